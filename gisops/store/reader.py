"""What is read back: states, outages, events and samples, and the log as it grows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from gisops.errors import StoreError
from gisops.model.event import Event, EventKind, StoredEvent
from gisops.model.outage import Outage
from gisops.model.state import DeviceKind, DeviceState
from gisops.store.dsn import UNREACHABLE, reaching
from gisops.store.ports import Sample, StateRow
from gisops.store.recorder import CHANNEL

__all__ = ["PgReader"]

IDLE_S = 3.0
_EVENTS_AFTER = """
    SELECT seq, id, kind, subject, occurred_at, recorded_at, payload FROM event
    WHERE seq > $1 ORDER BY seq LIMIT $2
"""
_EVENTS_OF = """
    SELECT seq, id, kind, subject, occurred_at, recorded_at, payload FROM event
    WHERE subject = $1 ORDER BY seq DESC LIMIT $2
"""


class PgReader:
    """A `gisops.store.ports.Reader` over asyncpg; make it with `open`."""

    def __init__(self, dsn: str, pool: asyncpg.Pool) -> None:
        self._dsn = dsn
        self._pool = pool

    @classmethod
    async def open(cls, dsn: str) -> PgReader:
        """Connect; `StoreError` where the server is away."""
        with reaching(dsn):
            pool = await asyncpg.create_pool(dsn, min_size=1, max_size=6, command_timeout=30)
        return cls(dsn, pool)

    async def states(self) -> tuple[int, list[StateRow]]:
        """Give the last event seq and every state, both of one moment."""
        with reaching(self._dsn):
            async with (
                self._pool.acquire() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                seq: int = await connection.fetchval("SELECT coalesce(max(seq), 0) FROM event")
                rows = await connection.fetch(
                    "SELECT device_id, kind, state, since, seen_at, reason, metrics FROM device_state"
                )
        return seq, [_state_row(row) for row in rows]

    async def open_outages(self) -> list[Outage]:
        """Give the outages that last, latest first."""
        rows = await self._fetch("SELECT document FROM outage WHERE closed_at IS NULL ORDER BY opened_at DESC")
        return [Outage.from_json(orjson.loads(row["document"])) for row in rows]

    async def events_after(self, seq: int, limit: int = 1000) -> list[StoredEvent]:
        """Give events in log order, from after ``seq``."""
        rows = await self._fetch(_EVENTS_AFTER, seq, limit)
        return [_stored_event(row) for row in rows]

    async def device_events(self, device_id: str, limit: int = 50) -> list[StoredEvent]:
        """Give the latest events of a device, latest first."""
        rows = await self._fetch(_EVENTS_OF, device_id, limit)
        return [_stored_event(row) for row in rows]

    async def samples(self, device_id: str, since: datetime, limit: int = 5000) -> list[Sample]:
        """Give a device's samples from ``since`` on, oldest first."""
        rows = await self._fetch(
            "SELECT device_id, observed_at, profile, answered, rtt_s, readings FROM sample"
            " WHERE device_id = $1 AND observed_at >= $2 ORDER BY observed_at LIMIT $3",
            device_id,
            since,
            limit,
        )
        return [
            Sample(
                r["device_id"],
                r["observed_at"],
                r["profile"],
                r["answered"],
                r["rtt_s"],
                tuple(r["readings"]),
            )
            for r in rows
        ]

    async def heartbeat(self) -> datetime | None:
        """Give the time of the collector's last batch; ``None`` if it never wrote."""
        rows = await self._fetch("SELECT max(beat_at) AS beat_at FROM heartbeat")
        beat: datetime | None = rows[0]["beat_at"]
        return beat

    async def follow(self, after_seq: int) -> AsyncIterator[list[StoredEvent]]:
        """Yield events as they are committed, in log order; an empty list when nothing came for a while."""
        seq = after_seq
        while True:
            try:
                async for events in self._follow_once(seq):
                    if events:
                        seq = events[-1].seq
                    yield events
            except (*UNREACHABLE, StoreError):
                yield []
                await asyncio.sleep(1.0)

    async def close(self) -> None:
        """Release the connections."""
        await asyncio.wait_for(self._pool.close(), 10)

    async def _follow_once(self, after_seq: int) -> AsyncIterator[list[StoredEvent]]:
        """Follow on one connection until it breaks."""
        spoken = asyncio.Event()
        connection = await asyncpg.connect(self._dsn, timeout=10)
        try:
            connection.add_termination_listener(lambda _: spoken.set())
            await connection.add_listener(CHANNEL, lambda *_: spoken.set())
            seq = after_seq
            while not connection.is_closed():
                spoken.clear()
                while events := await self.events_after(seq):
                    seq = events[-1].seq
                    yield events
                try:
                    await asyncio.wait_for(spoken.wait(), IDLE_S)
                except TimeoutError:
                    yield []
        finally:
            await connection.close(timeout=5)

    async def _fetch(self, sql: str, *arguments: object) -> list[Any]:
        with reaching(self._dsn):
            rows: list[Any] = await self._pool.fetch(sql, *arguments)
        return rows


def _state_row(row: Any) -> StateRow:  # noqa: ANN401 - a driver's record
    return StateRow(
        row["device_id"],
        DeviceKind(row["kind"]),
        DeviceState(row["state"]),
        row["since"],
        row["seen_at"],
        row["reason"],
        orjson.loads(row["metrics"]),
    )


def _stored_event(row: Any) -> StoredEvent:  # noqa: ANN401 - a driver's record
    return StoredEvent(
        row["seq"],
        Event(
            row["id"],
            EventKind(row["kind"]),
            row["subject"],
            row["occurred_at"],
            row["recorded_at"],
            orjson.loads(row["payload"]),
        ),
    )
