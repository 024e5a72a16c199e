"""The alerts in the database: what the notifier goes on from, and what it decides, all of a step or nothing.

All writing goes through one connection that holds an advisory lock: only one notifier decides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from gisops.alerting.alert import Alert
from gisops.alerting.codec import alert_from_json, alert_to_json
from gisops.alerting.happening import Note
from gisops.alerting.silence import Silence
from gisops.errors import StoreError
from gisops.model.maintenance import MaintenanceWindow
from gisops.store.dsn import place_of
from gisops.store.maintenance import WINDOWS_SINCE, window_of
from gisops.store.rows import json_text
from gisops.store.sessions import DRIVER_ERRORS, connect, failed
from gisops.store.silences import SILENCES_SINCE, silence_of

__all__ = ["Decision", "Kept", "NewNotice", "PgAlerts", "SupersededError"]

_LOCK = 0x6715A1E
_HELD = "SELECT document FROM alert WHERE held ORDER BY opened_at, id"
_TOLD = """
SELECT alert_id, receiver FROM notice_item AS i
JOIN unnest($1::text[], $2::integer[]) AS a (id, round) ON a.id = i.alert_id
WHERE i.state LIKE a.round || ':%'
"""
_ALERT = """
INSERT INTO alert (id, outage_id, state, severity, cause, district_id, opened_at, resolved_at, held, document)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, true, $9::jsonb)
ON CONFLICT (id) DO UPDATE SET outage_id = excluded.outage_id, state = excluded.state,
    severity = excluded.severity, cause = excluded.cause, district_id = excluded.district_id,
    opened_at = excluded.opened_at, resolved_at = excluded.resolved_at, held = true, document = excluded.document
"""
_NOTE = "INSERT INTO alert_audit (at, subject, what, who, why) VALUES ($1, $2, $3, $4, $5)"
_NOTICE = """
INSERT INTO notice (key, receiver, document, created_at, next_at) VALUES ($1, $2, $3::jsonb, $4, $4)
ON CONFLICT (key) DO NOTHING RETURNING id
"""
_ITEMS = """
INSERT INTO notice_item (alert_id, state, receiver, notice_id)
SELECT alert_id, state, $3, $4 FROM unnest($1::text[], $2::text[]) AS n (alert_id, state)
ON CONFLICT DO NOTHING RETURNING 1
"""
_BEGIN = """
INSERT INTO alert_cursor AS c (generation, step) VALUES (1, 0)
ON CONFLICT (only_row) DO UPDATE SET generation = c.generation + 1 RETURNING seq, generation, step
"""
_MOVE = """
UPDATE alert_cursor SET seq = greatest(seq, $1), step = step + 1
WHERE generation = $2 AND step = $3 RETURNING step
"""
_LOCK_TRIES, _LOCK_WAIT_S = 10, 0.5
"""How long a session that was killed may hold its lock yet."""
_KEEPALIVE = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
"""So that the lock of a machine that is gone is free within half a minute."""


class _LockedError(StoreError):
    """Another notifier decides now."""


class SupersededError(StoreError):
    """Another notifier has begun since: what this one knows is old."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What an earlier notifier left; ``seq`` is ``None`` where there was none."""

    seq: int | None
    alerts: list[Alert]
    silences: list[Silence]
    windows: list[MaintenanceWindow]


@dataclass(frozen=True, slots=True)
class NewNotice:
    """One message that is to be sent.

    Parameters
    ----------
    key
        The same message has the same key, and is queued once.
    receiver
        Address it goes to.
    document
        The message as JSON-ready values.
    items
        Alert id and state of each thing it says.
    """

    key: str
    receiver: str
    document: Mapping[str, Any]
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What one step is to leave in the database.

    Parameters
    ----------
    seq
        Number of the last event that was taken in.
    at
        UTC.
    alerts
        As they are now, of those that changed.
    dropped
        Ids of those that are over for good.
    notes, notices
        For the audit log, and for the outbox.
    """

    seq: int
    at: datetime
    alerts: Sequence[Alert] = ()
    dropped: Sequence[str] = ()
    notes: Sequence[Note] = ()
    notices: Sequence[NewNotice] = field(default_factory=tuple)


class PgAlerts:
    """The alerts over PostgreSQL; made by the one notifier that decides."""

    def __init__(self, dsn: str, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._dsn, self._sleep = dsn, sleep
        self._connection: Any = None
        self._generation = self._step = 0

    async def load(self, now: datetime) -> Kept:
        """Begin, and give what is there.

        Raises
        ------
        StoreError
            Where the database is away, or another notifier decides on it.
        """
        for left in reversed(range(_LOCK_TRIES)):
            try:
                connection = await self._connected()
                break
            except _LockedError:
                if left == 0:
                    raise
                await self._sleep(_LOCK_WAIT_S)
        try:
            row = await connection.fetchrow(_BEGIN)
            alerts = [alert_from_json(orjson.loads(r["document"])) for r in await connection.fetch(_HELD)]
            silences = [silence_of(row) for row in await connection.fetch(SILENCES_SINCE, now)]
            windows = [window_of(row) for row in await connection.fetch(WINDOWS_SINCE, now)]
        except DRIVER_ERRORS as error:
            raise failed(self._dsn, error) from error
        self._generation, self._step = row["generation"], row["step"]
        return Kept(row["seq"], alerts, silences, [w for w in windows if w.ends_at > now])

    async def told(self, alerts: Sequence[Alert]) -> dict[str, frozenset[str]]:
        """Give the receivers by alert id that something was queued for in the alert's round.

        Raises
        ------
        StoreError
            Where the database is away.
        """
        connection = await self._connected()
        try:
            rows = await connection.fetch(_TOLD, [a.id for a in alerts], [a.round for a in alerts])
        except DRIVER_ERRORS as error:
            raise failed(self._dsn, error) from error
        found: dict[str, set[str]] = {}
        for row in rows:
            found.setdefault(row["alert_id"], set()).add(row["receiver"])
        return {name: frozenset(receivers) for name, receivers in found.items()}

    async def commit(self, decision: Decision) -> None:
        """Write a decision; one that failed is given again, and is not written twice where only the answer was lost.

        Raises
        ------
        StoreError
            Where the database is away or full; nothing was written then, or nobody knows.
        SupersededError
            Where another notifier began meanwhile.
        """
        connection = await self._connected()
        try:
            async with connection.transaction():
                if await connection.fetchval(_MOVE, decision.seq, self._generation, self._step) is None:
                    await self._explain(connection)
                else:
                    await self._write(connection, decision)
        except DRIVER_ERRORS as error:
            raise failed(self._dsn, error) from error
        self._step += 1

    async def close(self) -> None:
        """Release the connection, and with it the lock."""
        if self._connection is not None:
            self._connection.terminate()
        self._connection = None

    async def _write(self, connection: asyncpg.Connection, decision: Decision) -> None:
        rows = [
            (
                alert.id,
                alert.outage_id,
                str(alert.state),
                str(alert.severity),
                str(alert.cause),
                alert.setting.district_id,
                alert.opened_at,
                alert.resolved_at,
                json_text(alert_to_json(alert)),
            )
            for alert in decision.alerts
        ]
        if rows:
            await connection.executemany(_ALERT, rows)
        if decision.dropped:
            await connection.execute("UPDATE alert SET held = false WHERE id = ANY($1)", list(decision.dropped))
        notes = [(decision.at, note.subject, note.what, note.by, note.why) for note in decision.notes]
        if notes:
            await connection.executemany(_NOTE, notes)
        for notice in decision.notices:
            document = json_text(dict(notice.document))
            made = await connection.fetchval(_NOTICE, notice.key, notice.receiver, document, decision.at)
            if made is None:
                continue
            alert_ids, states = [a for a, _ in notice.items], [s for _, s in notice.items]
            if not await connection.fetch(_ITEMS, alert_ids, states, notice.receiver, made):
                # All that it says was said to this receiver before, in another grouping.
                await connection.execute("DELETE FROM notice WHERE id = $1", made)

    async def _explain(self, connection: asyncpg.Connection) -> None:
        """Accept that the decision is in already; nothing else explains why the step is another."""
        row = await connection.fetchrow("SELECT generation, step FROM alert_cursor")
        if row is None or (row["generation"], row["step"]) != (self._generation, self._step + 1):
            raise SupersededError(place_of(self._dsn), "another notifier has begun since", "start this one again")

    async def _connected(self) -> Any:  # noqa: ANN401 - asyncpg is not typed
        if self._connection is not None and not self._connection.is_closed():
            return self._connection
        connection = await connect(self._dsn)
        try:
            await connection.execute(_KEEPALIVE)
            has_lock = await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK)
        except DRIVER_ERRORS as error:
            connection.terminate()
            raise failed(self._dsn, error) from error
        if not has_lock:
            connection.terminate()
            raise _LockedError(place_of(self._dsn), "another gisops notify run decides on it", "stop that one first")
        self._connection = connection
        return connection
