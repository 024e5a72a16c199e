"""Does somebody outside hear from us: a beat that goes on only while devices are really asked.

The outside party raises the alarm when the beat stops, whatever stopped it: the collector,
the database, this program, the machine or its line.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from gisops.errors import StoreError
from gisops.notify.http import Request, send_request
from gisops.notify.ports import Undelivered

__all__ = ["Deadman", "is_fresh", "post_beat"]

Post = Callable[[datetime, datetime], Awaitable[None]]
"""Takes now and the collector's last beat."""


def is_fresh(beat_at: datetime | None, now: datetime, within: timedelta) -> bool:
    """Whether the collector was at work lately; one that never was is not."""
    return beat_at is not None and now - beat_at <= within


def post_beat(url: str, timeout_s: float = 10.0) -> Post:
    """Give a way to tell the outside party at an address."""

    async def post(now: datetime, beat_at: datetime) -> None:
        document = {"gisops": "alive", "at": now.isoformat(), "collector_beat_at": beat_at.isoformat()}
        headers = {"Content-Type": "application/json"}
        await send_request(Request(url, json.dumps(document).encode(), headers), timeout_s)

    return post


class Deadman:
    """The beat.

    Parameters
    ----------
    beat
        Gives the collector's last beat.
    post
        Tells the outside party.
    clock, sleep
        UTC, and how to wait.
    every, within
        Between two beats; and how old the collector's may be.
    complain
        Called with one line when the beat stops, and when it cannot be told.
    """

    def __init__(
        self,
        beat: Callable[[], Awaitable[datetime | None]],
        post: Post,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
        every: timedelta = timedelta(seconds=60),
        within: timedelta = timedelta(seconds=120),
        complain: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._beat, self._post, self._clock, self._sleep = beat, post, clock, sleep
        self._every, self._within, self._complain = every, within, complain
        self._was_fresh = True
        self.told = 0

    async def run(self) -> None:
        """Beat for ever."""
        while True:
            await self.once()
            await self._sleep(self._every.total_seconds())

    async def once(self) -> bool:
        """Tell the outside party if the collector is at work; give whether it was told."""
        try:
            beat_at = await self._beat()
        except StoreError:
            beat_at = None
        now = self._clock()
        if beat_at is None or not is_fresh(beat_at, now, self._within):
            if self._was_fresh:
                last = beat_at.isoformat() if beat_at else "none"
                self._complain(
                    f"heartbeat: the collector is silent (last beat: {last}): the outside party is not told"
                )
            self._was_fresh = False
            return False
        self._was_fresh = True
        try:
            await self._post(now, beat_at)
        except Undelivered as error:
            self._complain(f"heartbeat: {error}: tried again in {self._every.total_seconds():g} s")
            return False
        self.told += 1
        return True
