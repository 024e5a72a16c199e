"""Who empties the outbox: one task an address, so that one that does not answer holds nobody else up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from gisops.errors import StoreError
from gisops.notify.backoff import next_try
from gisops.notify.message import Message
from gisops.notify.ports import Channel, Refused, Undelivered
from gisops.store.outbox import Waiting

__all__ = ["Outbox", "Sender"]

_LOOK_S = 5.0
"""How long at most until the outbox is looked at without being told."""


class Outbox(Protocol):
    """What a sender needs of the store."""

    async def next_for(self, receiver: str) -> Waiting | None:
        """Give the oldest message that waits for a receiver."""
        ...

    async def mark_sent(self, notice_id: int, at: datetime) -> None:
        """Note that the receiver has it."""
        ...

    async def mark_failed(self, notice_id: int, at: datetime, next_at: datetime | None, why: str) -> None:
        """Note that it did not get through."""
        ...


class Sender:
    """Sends what waits for one address, in order.

    Parameters
    ----------
    receiver, channel
        The address and the way to it.
    outbox
        Where messages wait.
    clock, random
        UTC, and a share from 0 to 1.
    wait
        Comes back when something was queued, or after so many seconds.
    complain
        Called with one line for each message that did not get through.
    """

    def __init__(
        self,
        receiver: str,
        channel: Channel,
        outbox: Outbox,
        clock: Callable[[], datetime],
        random: Callable[[], float],
        wait: Callable[[float], Awaitable[None]],
        complain: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._receiver, self._channel, self._outbox = receiver, channel, outbox
        self._clock, self._random, self._wait, self._complain = clock, random, wait, complain
        self.sent = 0

    async def run(self) -> None:
        """Send for ever."""
        while True:
            try:
                pause_s = await self.send_next()
            except StoreError as error:
                self._complain(str(error))
                pause_s = _LOOK_S
            if pause_s > 0:
                await self._wait(min(pause_s, _LOOK_S))

    async def send_next(self) -> float:
        """Try the oldest message that waits; give how long to wait for the next: 0 where it may be sent at once.

        Raises
        ------
        StoreError
            Where the database is away.
        """
        waiting = await self._outbox.next_for(self._receiver)
        if waiting is None:
            return _LOOK_S
        early_s = (waiting.next_at - self._clock()).total_seconds()
        if early_s > 0:
            return early_s
        try:
            await self._channel.send(Message.from_json(waiting.document))
        except Undelivered as error:
            now = self._clock()
            again = next_try(waiting.attempts + 1, waiting.created_at, now, self._random())
            if isinstance(error, Refused):
                again = None
            what = f"tried again at {again.isoformat()}" if again else "given up"
            self._complain(f"{self._receiver}: {error}: {what}")
            await self._outbox.mark_failed(waiting.id, now, again, str(error))
            return 0.0
        await self._outbox.mark_sent(waiting.id, self._clock())
        self.sent += 1
        return 0.0
