"""What a database needs done from time to time: roll-ups, tallies, days of availability, retention."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

import asyncpg

from gisops.store.availability_days import roll_up_days
from gisops.store.reference_retention import forget_references
from gisops.store.retention import Keep, RetentionTally, retain
from gisops.store.rollup import RollupTally, roll_up
from gisops.store.sessions import DRIVER_ERRORS, connect, failed
from gisops.store.tally import catch_up

__all__ = ["Housekeeping", "PgHousekeeping", "RoundTally"]

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class RoundTally:
    """What one round did: windows rolled up, events counted into tallies, local days made."""

    rollup: RollupTally = field(default_factory=RollupTally)
    events: int = 0
    days: int = 0


class Housekeeping(Protocol):
    """What the keeper asks of a store."""

    async def round(self, now: datetime) -> RoundTally:
        """Roll up what is due."""
        ...

    async def retain(self, now: datetime) -> RetentionTally:
        """Drop what is too old."""
        ...

    async def close(self) -> None:
        """Release the connection."""
        ...


class PgHousekeeping:
    """Housekeeping of a PostgreSQL database over one connection, made again where it was lost.

    Parameters
    ----------
    dsn
        The database.
    zone
        In which days of availability begin.
    keep
        How long each series is kept.
    """

    def __init__(self, dsn: str, zone: ZoneInfo, keep: Keep | None = None) -> None:
        self._dsn = dsn
        self._zone = zone
        self._keep = keep or Keep()
        self._connection: Any = None

    async def round(self, now: datetime) -> RoundTally:
        """Roll up the samples, tally the events and make the local days that are over.

        Raises
        ------
        StoreError
            Where the database is away; what was done until then stays done.
        """

        async def work(connection: asyncpg.Connection) -> RoundTally:
            rollup = await roll_up(connection, now)
            events = await catch_up(connection)
            return RoundTally(rollup, events, await roll_up_days(connection, self._zone, now))

        return await self._ask(work)

    async def retain(self, now: datetime) -> RetentionTally:
        """Drop what is older than is kept and has been rolled up; forget references whose time is over.

        Raises
        ------
        StoreError
            Where the database is away; what was dropped until then stays dropped.
        """

        async def work(connection: asyncpg.Connection) -> RetentionTally:
            # Before the partitions: these must go in time even while another program is busy with those.
            forgotten = await forget_references(connection, now)
            return replace(await retain(connection, self._keep, now), references=forgotten)

        return await self._ask(work)

    async def close(self) -> None:
        """Release the connection."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _ask(self, work: Callable[[asyncpg.Connection], Awaitable[Answer]]) -> Answer:
        if self._connection is None or self._connection.is_closed():
            self._connection = await connect(self._dsn)
        try:
            return await work(self._connection)
        except DRIVER_ERRORS as error:
            # Whatever it was in the middle of: the next round begins with a connection that is clean.
            await self.close()
            raise failed(self._dsn, error) from error
