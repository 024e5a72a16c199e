"""Where trackers were, in the database: fixes added once, read in order, and what of them is in the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import asyncpg

from gisops.errors import StoreError
from gisops.model.event import Event, EventKind, StoredEvent
from gisops.model.position import Fix
from gisops.store.dsn import unreachable, url_of
from gisops.store.recorder import PgRecorder
from gisops.store.rows import event_of
from gisops.store.sessions import DRIVER_ERRORS, failed

__all__ = ["PgPositions", "PositionStore"]

_ADD = """
INSERT INTO position (tracker_id, fixed_at, received_at, lon, lat, accuracy_m, speed_mps, battery_pct)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING 1
"""
_RECENT = """
SELECT * FROM (
    SELECT tracker_id, fixed_at, lon, lat, accuracy_m, speed_mps, battery_pct FROM position
    WHERE tracker_id = $1 AND fixed_at >= $2 ORDER BY fixed_at DESC LIMIT $3
) AS latest ORDER BY fixed_at
"""
_HEARD = "SELECT DISTINCT tracker_id FROM position WHERE fixed_at >= $1 ORDER BY tracker_id"
_OF_BOX = f"""
SELECT seq, id, kind, subject, occurred_at, recorded_at, payload FROM event
WHERE subject = $1 AND kind IN ('{EventKind.BOX_MOVED}', '{EventKind.BOX_RECOVERED}') AND seq > $2
ORDER BY seq
"""  # noqa: S608 - our own words
_FORGET = "DELETE FROM position WHERE fixed_at < $1"


class PositionStore(Protocol):
    """What the position feed asks of a store."""

    async def add(self, fix: Fix, received_at: datetime) -> bool:
        """Add a fix; give whether it was new."""
        ...

    async def recent(self, tracker_id: str, since: datetime, limit: int) -> list[Fix]:
        """Give the latest fixes of a tracker from ``since`` on, oldest first."""
        ...

    async def heard_since(self, since: datetime) -> list[str]:
        """Give the trackers with a fix at ``since`` or later."""
        ...

    async def trail_events(self, box_id: str, after_seq: int) -> list[StoredEvent]:
        """Give what the log says of a box's moves, from after a number on."""
        ...

    async def note(self, events: Sequence[Event]) -> None:
        """Write events; one whose id is there already changes nothing."""
        ...


class PgPositions:
    """The `PositionStore` over PostgreSQL; open it with `PgPositions.open`."""

    def __init__(self, dsn: str, pool: Any, recorder: PgRecorder) -> None:  # noqa: ANN401 - asyncpg is not typed
        self._dsn = dsn
        self._pool = pool
        self._recorder = recorder

    @classmethod
    async def open(cls, dsn: str) -> PgPositions:
        """Connect.

        Raises
        ------
        StoreError
            Where the database cannot be reached.
        """
        try:
            pool = await asyncpg.create_pool(
                url_of(dsn),
                min_size=1,
                max_size=4,
                timeout=5.0,
                command_timeout=10.0,
                server_settings={"application_name": "gisops", "timezone": "UTC", "jit": "off"},
            )
        except DRIVER_ERRORS as error:
            raise unreachable(dsn, error) from None
        return cls(dsn, pool, await PgRecorder.open(dsn))

    async def add(self, fix: Fix, received_at: datetime) -> bool:
        """Add a fix; give whether it was new.

        Raises
        ------
        StoreError
            Where the database is away.
        """
        rows = await self._fetch(
            _ADD,
            fix.tracker_id,
            fix.at,
            received_at,
            fix.lon,
            fix.lat,
            fix.accuracy_m,
            fix.speed_mps,
            fix.battery_pct,
        )
        return bool(rows)

    async def recent(self, tracker_id: str, since: datetime, limit: int) -> list[Fix]:
        """Give the latest fixes of a tracker from ``since`` on, oldest first."""
        return [
            Fix(
                row["tracker_id"],
                row["fixed_at"],
                row["lon"],
                row["lat"],
                row["accuracy_m"],
                row["speed_mps"],
                row["battery_pct"],
            )
            for row in await self._fetch(_RECENT, tracker_id, since, limit)
        ]

    async def heard_since(self, since: datetime) -> list[str]:
        """Give the trackers with a fix at ``since`` or later."""
        return [row["tracker_id"] for row in await self._fetch(_HEARD, since)]

    async def trail_events(self, box_id: str, after_seq: int) -> list[StoredEvent]:
        """Give what the log says of a box's moves, from after a number on."""
        return [event_of(row) for row in await self._fetch(_OF_BOX, box_id, after_seq)]

    async def note(self, events: Sequence[Event]) -> None:
        """Write events; one whose id is there already changes nothing."""
        if events:
            await self._recorder.note(events)

    async def forget(self, before: datetime) -> None:
        """Delete fixes older than a moment."""
        await self._fetch(_FORGET, before)

    async def close(self) -> None:
        """Release the connections."""
        await self._recorder.close()
        self._pool.terminate()

    async def _fetch(self, query: str, *arguments: object) -> list[Any]:
        try:
            async with self._pool.acquire(timeout=5.0) as connection:
                rows: list[Any] = await connection.fetch(query, *arguments)
        except TimeoutError as error:
            raise StoreError("positions", "the database is busy", "send it again") from error
        except DRIVER_ERRORS as error:
            raise failed(self._dsn, error) from error
        return rows
