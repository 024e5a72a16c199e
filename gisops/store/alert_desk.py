"""What people enter about alerts, written to the log; and the alerts as they are, read."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from gisops.alerting.alert import Alert
from gisops.alerting.codec import alert_from_json
from gisops.alerting.silence import Silence
from gisops.errors import StoreError
from gisops.model.event import Event, EventKind
from gisops.store.recorder import PgRecorder
from gisops.store.sessions import DRIVER_ERRORS, connect, failed
from gisops.store.silences import SILENCES_SINCE, silence_of

__all__ = [
    "AuditLine",
    "add_silence",
    "assign",
    "audit_of",
    "end_silence",
    "held_alerts",
    "outbox_counts",
    "silences_since",
]

_KNOWN_OUTAGE = "SELECT EXISTS (SELECT FROM outage WHERE id = $1)"
_OUTAGES = "SELECT id FROM outage ORDER BY opened_at DESC LIMIT 1000"
_HELD = "SELECT document FROM alert WHERE held ORDER BY resolved_at IS NOT NULL, opened_at DESC, id"
_AUDIT = """
SELECT at, subject, what, who, why FROM alert_audit
WHERE $1 = '' OR subject = $1 ORDER BY id DESC LIMIT $2
"""
_COUNTS = """
SELECT receiver, count(*) FILTER (WHERE sent_at IS NOT NULL) AS sent,
       count(*) FILTER (WHERE sent_at IS NULL AND given_up_at IS NULL) AS waiting,
       count(*) FILTER (WHERE given_up_at IS NOT NULL) AS given_up,
       (array_agg(last_error ORDER BY id DESC) FILTER (WHERE last_error <> ''))[1] AS last_error
FROM notice GROUP BY receiver ORDER BY receiver
"""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One change: of which alert or silence, what, by whom and why."""

    at: datetime
    subject: str
    what: str
    who: str
    why: str


async def add_silence(dsn: str, silence: Silence, now: datetime) -> None:
    """Add a silence.

    Raises
    ------
    StoreError
        Where the database is away, or does not know the outage it is about.
    """
    if silence.outage_id:
        await _need_outage(dsn, silence.outage_id)
    kind = EventKind.SILENCE_ADDED
    await _note(dsn, [Event(f"{kind}:{silence.id}", kind, silence.id, now, now, silence.to_json())])


async def end_silence(dsn: str, name: str, by: str, now: datetime) -> Silence:
    """End a silence from now on; give it as it was.

    Raises
    ------
    StoreError
        Where the database is away, or there is none of that name that is not over.
    """
    left = {silence.id: silence for silence in await silences_since(dsn, now)}
    if name not in left:
        near = difflib.get_close_matches(name, left, n=1)
        remedy = f"did you mean {near[0]}?" if near else "see gisops silence list"
        raise StoreError(f"silence {name}", "is over or not known", remedy)
    kind, payload = EventKind.SILENCE_ENDED, {"ends_at": now.isoformat(), "by": by}
    await _note(dsn, [Event(f"{kind}:{name}", kind, name, now, now, payload)])
    return left[name]


async def silences_since(dsn: str, moment: datetime) -> list[Silence]:
    """Give the silences that end after a moment, the earliest first."""
    return [silence_of(row) for row in await _fetch(dsn, SILENCES_SINCE, moment)]


async def assign(dsn: str, outage_id: str, to: str, by: str, note: str, now: datetime) -> None:
    """Give an outage to somebody.

    Raises
    ------
    StoreError
        Where the database is away, or there is no such outage.
    """
    await _need_outage(dsn, outage_id)
    kind = EventKind.ALERT_ASSIGNED
    payload = {"to": to, "by": by, "note": note}
    await _note(dsn, [Event(f"{kind}:{outage_id}:{now.isoformat()}", kind, outage_id, now, now, payload)])


async def held_alerts(dsn: str) -> list[Alert]:
    """Give the alerts that last, latest first, and then those resolved lately."""
    return [alert_from_json(orjson.loads(row["document"])) for row in await _fetch(dsn, _HELD)]


async def audit_of(dsn: str, subject: str, most: int) -> list[AuditLine]:
    """Give the latest changes of an alert or silence (of any where ``subject`` is empty), latest first."""
    return [AuditLine(**dict(row)) for row in await _fetch(dsn, _AUDIT, subject, most)]


async def outbox_counts(dsn: str) -> list[dict[str, Any]]:
    """Give by receiver how many messages were sent, wait and were given up, and the last error."""
    return [dict(row) for row in await _fetch(dsn, _COUNTS)]


async def _need_outage(dsn: str, outage_id: str) -> None:
    (row,) = await _fetch(dsn, _KNOWN_OUTAGE, outage_id)
    if not row[0]:
        known = [r["id"] for r in await _fetch(dsn, _OUTAGES)]
        near = difflib.get_close_matches(outage_id, known, n=1)
        remedy = f"did you mean {near[0]}?" if near else "see gisops notify alerts"
        raise StoreError(f"outage {outage_id}", "is not known", remedy)


async def _note(dsn: str, events: Sequence[Event]) -> None:
    recorder = await PgRecorder.open(dsn)
    try:
        await recorder.note(events)
    finally:
        await recorder.close()


async def _fetch(dsn: str, query: str, *arguments: object) -> list[Any]:
    connection = await connect(dsn)
    try:
        rows: list[Any] = await connection.fetch(query, *arguments)
    except DRIVER_ERRORS as error:
        raise failed(dsn, error) from error
    finally:
        connection.terminate()
    return rows
