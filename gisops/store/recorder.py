"""What the collector learnt, written: one transaction a batch, all of it or nothing.

Order of the log: the transaction locks the one row of ``log_head`` first, takes
its event numbers from it and holds it until commit. Writers therefore commit in
the order of their numbers and without gaps, at the price of writing one at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg

from gisops.model.event import Event, EventKind
from gisops.store.maintenance import note_maintenance
from gisops.store.ports import Batch, Mark
from gisops.store.rollup import buckets_of
from gisops.store.rows import columns_of_events, columns_of_outages, columns_of_states, sample_record
from gisops.store.sessions import CHANNEL, DRIVER_ERRORS, MISTAKES, WORK_CHANNEL, connect, failed
from gisops.store.silences import note_silences

__all__ = ["PgRecorder"]

_LOCK_HEAD = "SELECT seq FROM log_head FOR UPDATE"
_ADD_EVENTS = """
WITH added AS (
    INSERT INTO event (seq, id, kind, subject, occurred_at, recorded_at, payload)
    SELECT $1 + row_number() OVER (ORDER BY place),
           id, kind, subject, occurred_at, recorded_at, payload::jsonb
    FROM unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[])
         WITH ORDINALITY AS new (id, kind, subject, occurred_at, recorded_at, payload, place)
    WHERE NOT EXISTS (SELECT FROM event AS old WHERE old.id = new.id)
    RETURNING 1
)
SELECT count(*) FROM added
"""
_MOVE_HEAD = "UPDATE log_head SET seq = $1, beat_at = greatest(beat_at, $2)"
_STATES = """
WITH new AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[],
                         $6::text[], $7::text[])
    AS n (device_id, kind, state, since, seen_at, reason, metrics)
)
INSERT INTO device_state (device_id, kind, state, since, seen_at, reason, metrics)
SELECT device_id, kind, state, since, seen_at, reason, metrics::jsonb FROM new
ON CONFLICT (device_id) DO UPDATE SET
    kind = excluded.kind, state = excluded.state, since = excluded.since,
    seen_at = coalesce(excluded.seen_at, device_state.seen_at),
    reason = excluded.reason, metrics = excluded.metrics
"""
_END_INTERVALS = """
UPDATE state_history AS h SET t1 = greatest(n.since, h.t0)
FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS n (device_id, state, since)
WHERE h.device_id = n.device_id AND h.t1 IS NULL AND h.state <> n.state
"""
_BEGIN_INTERVALS = """
INSERT INTO state_history (device_id, state, reason, t0)
SELECT n.device_id, n.state, n.reason,
       greatest(n.since, (SELECT h.t1 FROM state_history AS h WHERE h.device_id = n.device_id
                          ORDER BY h.t0 DESC, h.t1 DESC LIMIT 1))
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) AS n (device_id, state, since, reason)
WHERE NOT EXISTS (SELECT FROM state_history AS h WHERE h.device_id = n.device_id AND h.t1 IS NULL)
"""
_OUTAGES = """
INSERT INTO outage (id, root_id, cause, opened_at, updated_at, closed_at, document)
SELECT id, root_id, cause, opened_at, updated_at, closed_at, document::jsonb
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[],
            $7::text[]) AS n (id, root_id, cause, opened_at, updated_at, closed_at, document)
ON CONFLICT (id) DO UPDATE SET
    root_id = excluded.root_id, cause = excluded.cause, opened_at = excluded.opened_at,
    updated_at = excluded.updated_at, closed_at = excluded.closed_at, document = excluded.document
"""
_SEEN = """
UPDATE device_state AS d SET seen_at = greatest(d.seen_at, n.seen_at)
FROM unnest($1::text[], $2::timestamptz[]) AS n (device_id, seen_at)
WHERE d.device_id = n.device_id
"""
_MOVE_MARK = """
INSERT INTO writer_mark AS m (writer, number) VALUES ($1, $2)
ON CONFLICT (writer) DO UPDATE SET number = excluded.number WHERE m.number < excluded.number
RETURNING number
"""
_DUE = "INSERT INTO rollup_due (level_s, bucket) SELECT 300, unnest($1::timestamptz[])"
_SAMPLE_COLUMNS = ("device_id", "ts", "profile", "answered", "rtt_s", "readings")

_OF_WORK = frozenset({EventKind.PERMIT_ISSUED, EventKind.PERMIT_ENDED})
"""Events after which whoever collects reads the permits again."""


class PgRecorder:
    """The writing end over PostgreSQL; open it with `PgRecorder.open`.

    One connection, made again where it was lost. A write that fails leaves
    nothing behind. Where only the answer to a commit was lost, the batch may be in:
    given again with the same mark it is recognised and not written twice.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: Any = None
        self._turn = asyncio.Lock()
        self._days: set[date] = set()

    @classmethod
    async def open(cls, dsn: str) -> PgRecorder:
        """Connect.

        Raises
        ------
        StoreError
            Where the database cannot be reached.
        """
        recorder = cls(dsn)
        await recorder._connected()
        return recorder

    async def write(self, batch: Batch, mark: Mark | None = None) -> int:
        """Write all of a batch in one transaction and notify once.

        Parameters
        ----------
        batch
            What to write.
        mark
            Its number among the batches of its writer; a batch that is in already
            changes nothing.

        Returns
        -------
        int
            Last event number of the log.

        Raises
        ------
        StoreError
            Where the database is away or full. Nothing of the batch is there then. What
            the driver says of a batch that no database could take passes unchanged: to
            try that again would be of no use.
        """
        async with self._turn:
            connection = await self._connected()
            try:
                seq = await self._write_into_days(connection, batch, mark)
            except MISTAKES:  # an error of asyncpg, too, but not of the database
                raise
            except DRIVER_ERRORS as error:
                raise failed(self._dsn, error) from error
            return seq

    async def note(self, events: Sequence[Event]) -> int:
        """Write events that people made: an acknowledgement, announced work.

        Unlike `write` this is no heartbeat: a person at the keyboard is no sign that devices are asked.

        Returns
        -------
        int
            Last event number of the log.

        Raises
        ------
        StoreError
            Where the database is away or full; nothing was written then.
        """
        async with self._turn:
            connection = await self._connected()
            try:
                async with connection.transaction():
                    before = await connection.fetchval(_LOCK_HEAD)
                    seq = int(before) + await self._add_events(connection, before, events)
                    await self._move_head(connection, before, seq, None)
                    if any(event.kind in _OF_WORK for event in events):
                        await connection.execute("SELECT pg_notify($1, '')", WORK_CHANNEL)
            except MISTAKES:
                raise
            except DRIVER_ERRORS as error:
                raise failed(self._dsn, error) from error
            return seq

    async def marked(self, writer: str) -> int:
        """Give the number of the last batch of a writer that is in; 0 if there is none.

        Raises
        ------
        StoreError
            Where the database cannot be reached.
        """
        async with self._turn:
            connection = await self._connected()
            try:
                number = await connection.fetchval("SELECT number FROM writer_mark WHERE writer = $1", writer)
            except DRIVER_ERRORS as error:
                raise failed(self._dsn, error) from error
            return int(number or 0)

    async def close(self) -> None:
        """Release the connection."""
        async with self._turn:
            if self._connection is not None and not self._connection.is_closed():
                try:
                    await self._connection.close(timeout=5)
                except DRIVER_ERRORS:
                    self._connection.terminate()
            self._connection = None

    async def _connected(self) -> Any:  # noqa: ANN401 - asyncpg is not typed
        if self._connection is None or self._connection.is_closed():
            self._connection = await connect(self._dsn)
        return self._connection

    async def _write_into_days(self, connection: asyncpg.Connection, batch: Batch, mark: Mark | None) -> int:
        """Write; where retention dropped a day that this batch needs, make the day again and write."""
        try:
            await self._make_days(connection, batch)
            return await self._write(connection, batch, mark)
        except asyncpg.CheckViolationError:
            if not batch.samples:
                raise
            self._days.clear()
            await self._make_days(connection, batch)
            return await self._write(connection, batch, mark)

    async def _make_days(self, connection: asyncpg.Connection, batch: Batch) -> None:
        """Make the partitions this batch needs, and tomorrow's before midnight needs it."""
        days = {_day(sample.observed_at) for sample in batch.samples}
        if days:
            days.add(_day(batch.beat_at) + timedelta(days=1))
        for day in sorted(days - self._days):
            await connection.execute("SELECT make_sample_day($1)", day)
            self._days.add(day)

    async def _write(self, connection: asyncpg.Connection, batch: Batch, mark: Mark | None) -> int:
        transaction = connection.transaction()
        await transaction.start()
        try:
            before = await connection.fetchval(_LOCK_HEAD)
            if mark is not None and await connection.fetchval(_MOVE_MARK, mark.writer, mark.number) is None:
                await transaction.rollback()
                return int(before)
            seq = before + await self._add_events(connection, before, batch.events)
            await self._add_rest(connection, batch)
            await self._move_head(connection, before, seq, batch.beat_at)
        except BaseException:
            if not connection.is_closed():
                await transaction.rollback()
            raise
        await transaction.commit()
        return int(seq)

    async def _add_events(self, connection: asyncpg.Connection, before: int, events: Sequence[Event]) -> int:
        if not events:
            return 0
        return int(await connection.fetchval(_ADD_EVENTS, before, *columns_of_events(events)))

    async def _move_head(
        self, connection: asyncpg.Connection, before: int, seq: int, beat_at: datetime | None
    ) -> None:
        await connection.execute(_MOVE_HEAD, seq, beat_at)
        if seq > before:
            await note_maintenance(connection, before)
            await note_silences(connection, before)
            await connection.execute("SELECT pg_notify($1, $2)", CHANNEL, str(seq))

    async def _add_rest(self, connection: asyncpg.Connection, batch: Batch) -> None:
        if batch.samples:
            await connection.copy_records_to_table(
                "sample",
                records=[sample_record(sample) for sample in batch.samples],
                columns=_SAMPLE_COLUMNS,
            )
            await connection.execute(_DUE, buckets_of(sample.observed_at for sample in batch.samples))
        if batch.states:
            columns = columns_of_states(batch.states)
            ids, _, states, since, _, reasons, _ = columns
            await connection.execute(_STATES, *columns)
            await connection.execute(_END_INTERVALS, ids, states, since)
            await connection.execute(_BEGIN_INTERVALS, ids, states, since, reasons)
        if batch.outages:
            await connection.execute(_OUTAGES, *columns_of_outages(batch.outages))
        if batch.seen:
            # Sorted, so that two writers never lock the same rows in opposite order.
            ids = sorted(batch.seen)
            await connection.execute(_SEEN, ids, [batch.seen[device_id] for device_id in ids])


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
