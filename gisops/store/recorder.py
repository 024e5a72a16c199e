"""What the collector writes: one batch, one transaction, one NOTIFY."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import orjson

from gisops.model.event import Event
from gisops.model.outage import Outage
from gisops.store.dsn import reaching
from gisops.store.ports import Batch, Sample, StateRow

__all__ = ["CHANNEL", "PgRecorder"]

CHANNEL = "gisops"
_WRITER_LOCK = 7_143_002
"""Held while events are written, so that a reader who saw seq N never misses a smaller one."""

_EVENTS = """
    INSERT INTO event (id, kind, subject, occurred_at, recorded_at, payload)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[],
                         $6::jsonb[])
    ON CONFLICT (id) DO NOTHING
"""
_STATES = """
    WITH incoming AS (
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[],
                             $6::text[], $7::jsonb[])
            AS i (device_id, kind, state, since, seen_at, reason, metrics)
    ), changed AS (
        SELECT i.* FROM incoming i LEFT JOIN device_state d USING (device_id)
        WHERE d.state IS DISTINCT FROM i.state
    ), closed AS (
        UPDATE state_history h SET t1 = greatest(c.since, h.t0) FROM changed c
        WHERE h.device_id = c.device_id AND h.t1 IS NULL
    )
    INSERT INTO device_state AS d (device_id, kind, state, since, seen_at, reason, metrics)
    SELECT * FROM incoming
    ON CONFLICT (device_id) DO UPDATE SET state = excluded.state, since = excluded.since,
        seen_at = coalesce(excluded.seen_at, d.seen_at), reason = excluded.reason, metrics = excluded.metrics
"""
_HISTORY = """
    INSERT INTO state_history (device_id, state, t0)
    SELECT d.device_id, d.state, d.since FROM device_state d
    WHERE d.device_id = ANY ($1::text[])
      AND NOT EXISTS (SELECT FROM state_history h WHERE h.device_id = d.device_id AND h.t1 IS NULL)
"""
_SEEN = """
    UPDATE device_state d SET seen_at = s.seen_at
    FROM unnest($1::text[], $2::timestamptz[]) AS s (device_id, seen_at)
    WHERE d.device_id = s.device_id AND d.seen_at IS DISTINCT FROM s.seen_at
"""
_OUTAGE = """
    INSERT INTO outage (id, root_id, cause, opened_at, updated_at, closed_at, document)
    VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb)
    ON CONFLICT (id) DO UPDATE SET root_id = excluded.root_id, cause = excluded.cause,
        opened_at = excluded.opened_at, updated_at = excluded.updated_at,
        closed_at = excluded.closed_at, document = excluded.document
"""
_BEAT = """
    INSERT INTO heartbeat (collector, beat_at) VALUES ('collector', $1)
    ON CONFLICT (collector) DO UPDATE SET beat_at = excluded.beat_at
"""


class PgRecorder:
    """A `gisops.store.ports.Recorder` over asyncpg; make it with `open`."""

    def __init__(self, dsn: str, pool: asyncpg.Pool) -> None:
        self._dsn = dsn
        self._pool = pool
        self._days: set[datetime] = set()

    @classmethod
    async def open(cls, dsn: str) -> PgRecorder:
        """Connect; `StoreError` where the server is away."""
        with reaching(dsn):
            pool = await asyncpg.create_pool(dsn, min_size=1, max_size=2, command_timeout=30)
        return cls(dsn, pool)

    async def write(self, batch: Batch) -> int:
        """Write all of a batch or nothing; give the last event seq.

        Raises
        ------
        StoreError
            Where the server is away; nothing of the batch is written then.
        """
        with reaching(self._dsn):
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock($1)", _WRITER_LOCK)
                await self._write_samples(connection, batch.samples)
                await _write_events(connection, batch.events)
                await _write_states(connection, batch.states)
                await _write_outages(connection, batch.outages)
                if batch.seen:
                    await connection.execute(_SEEN, list(batch.seen), list(batch.seen.values()))
                await connection.execute(_BEAT, batch.beat_at)
                seq: int = await connection.fetchval("SELECT coalesce(max(seq), 0) FROM event")
                await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, str(seq))
        return seq

    async def close(self) -> None:
        """Release the connections."""
        await asyncio.wait_for(self._pool.close(), 10)

    async def _write_samples(self, connection: Any, samples: Sequence[Sample]) -> None:  # noqa: ANN401
        if not samples:
            return
        for day in {_day_of(sample.observed_at) for sample in samples} - self._days:
            name = f"sample_{day:%Y%m%d}"
            until = day + timedelta(days=1)
            await connection.execute(
                f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF sample"
                f" FOR VALUES FROM ('{day.isoformat()}') TO ('{until.isoformat()}')"
            )
            self._days.add(day)
        await connection.copy_records_to_table(
            "sample",
            records=[(s.device_id, s.observed_at, s.profile, s.answered, s.rtt_s, s.values) for s in samples],
            columns=["device_id", "observed_at", "profile", "answered", "rtt_s", "readings"],
        )


def _day_of(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


async def _write_events(connection: Any, events: Sequence[Event]) -> None:  # noqa: ANN401
    if not events:
        return
    await connection.execute(
        _EVENTS,
        [e.id for e in events],
        [str(e.kind) for e in events],
        [e.subject for e in events],
        [e.occurred_at for e in events],
        [e.recorded_at for e in events],
        [_json(dict(e.payload)) for e in events],
    )


async def _write_states(connection: Any, states: Sequence[StateRow]) -> None:  # noqa: ANN401
    if not states:
        return
    rows = list({row.device_id: row for row in states}.values())
    await connection.execute(
        _STATES,
        [r.device_id for r in rows],
        [str(r.kind) for r in rows],
        [str(r.state) for r in rows],
        [r.since for r in rows],
        [r.seen_at for r in rows],
        [r.reason for r in rows],
        [_json(dict(r.metrics)) for r in rows],
    )
    await connection.execute(_HISTORY, [r.device_id for r in rows])


async def _write_outages(connection: Any, outages: Sequence[Outage]) -> None:  # noqa: ANN401
    for o in outages:
        await connection.execute(
            _OUTAGE,
            o.id,
            o.root_id,
            str(o.likeliest),
            o.opened_at,
            o.updated_at,
            o.closed_at,
            _json(o.to_json()),
        )
