"""When is housekeeping done: roll-ups every minute, retention once a day, also after the database was away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from gisops.errors import StoreError
from gisops.store.housekeeping import Housekeeping

__all__ = ["RETAIN_EVERY", "ROUND_S", "Keeper", "KeeperTally", "wait_for"]

ROUND_S = 60.0
"""Seconds between two rounds."""
RETAIN_EVERY = timedelta(days=1)
RETAIN_AGAIN = timedelta(minutes=10)
"""Until retention is tried again where a partition was in use or could not be dropped yet."""


@dataclass(slots=True)
class KeeperTally:
    """What a keeper has done since it started."""

    rounds: int = 0
    failed_rounds: int = 0
    five_minutes: int = 0
    hours: int = 0
    too_late: int = 0
    events: int = 0
    days: int = 0
    dropped: int = 0
    references: int = 0
    """References to events of other systems whose time was over."""
    last_error: str | None = None
    """Why the last round failed; ``None`` when it did not."""


def _tell_nobody(_: str | None) -> None:
    """Be content with the tally."""


async def wait_for(stop: asyncio.Event, seconds: float) -> None:
    """Wait until ``stop`` is set, but not longer than so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


class Keeper:
    """Keeps a database in order until told to stop.

    Parameters
    ----------
    housekeeping
        Does the work.
    clock
        Gives UTC.
    wait
        Waits for the stop, or so many seconds.
    tell
        Told why when rounds begin to fail, and ``None`` when they do not any more; once each.
    """

    def __init__(
        self,
        housekeeping: Housekeeping,
        clock: Callable[[], datetime],
        wait: Callable[[asyncio.Event, float], Awaitable[None]] = wait_for,
        tell: Callable[[str | None], None] = _tell_nobody,
    ) -> None:
        self._housekeeping = housekeeping
        self._clock = clock
        self._wait = wait
        self._tell = tell
        self._retain_at: datetime | None = None
        self.tally = KeeperTally()

    async def run(self, stop: asyncio.Event) -> None:
        """Do a round a minute until ``stop`` is set; a database that is away costs a round, nothing else."""
        try:
            while not stop.is_set():
                await self._round()
                await self._wait(stop, ROUND_S)
        finally:
            await self._housekeeping.close()

    async def _round(self) -> None:
        now = self._clock()
        self.tally.rounds += 1
        try:
            done = await self._housekeeping.round(now)
            self.tally.five_minutes += done.rollup.five_minutes
            self.tally.hours += done.rollup.hours
            self.tally.too_late += done.rollup.too_late
            self.tally.events += done.events
            self.tally.days += done.days
            if self._retain_at is None or now >= self._retain_at:
                await self._retain(now)
        except StoreError as error:
            self.tally.failed_rounds += 1
            self._note(str(error))
        else:
            self._note(None)

    def _note(self, error: str | None) -> None:
        was_failing = self.tally.last_error is not None
        self.tally.last_error = error
        if was_failing != (error is not None):
            self._tell(error)

    async def _retain(self, now: datetime) -> None:
        done = await self._housekeeping.retain(now)
        self.tally.dropped += len(done.dropped)
        self.tally.references += done.references
        has_left = done.is_busy or done.in_use or done.not_rolled_up
        self._retain_at = now + (RETAIN_AGAIN if has_left else RETAIN_EVERY)
