"""What people enter, written to the log: announced work, work that is over, an outage somebody takes on."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from gisops.errors import StoreError
from gisops.model.event import Event, EventKind
from gisops.model.maintenance import MaintenanceWindow
from gisops.model.membership import GroupKind
from gisops.store.availability_sql import key_of
from gisops.store.maintenance import WINDOWS_SINCE, window_of
from gisops.store.recorder import PgRecorder
from gisops.store.sessions import DRIVER_ERRORS, connect, failed

__all__ = ["acknowledge", "end_windows", "plan_windows", "windows_since"]

_OUTAGE = "SELECT id, root_id FROM outage ORDER BY opened_at DESC LIMIT 1000"
_ACKNOWLEDGED = f"""
SELECT payload->>'by' AS by, occurred_at FROM event
WHERE subject = $1 AND kind = '{EventKind.OUTAGE_ACKNOWLEDGED}' ORDER BY seq LIMIT 1
"""  # noqa: S608 - our own word


async def windows_since(dsn: str, moment: datetime) -> list[MaintenanceWindow]:
    """Give the windows that were to end after a moment, the earliest first.

    Raises
    ------
    StoreError
        Where the database is away.
    """
    return [window_of(row) for row in await _fetch(dsn, WINDOWS_SINCE, moment)]


async def plan_windows(dsn: str, windows: Sequence[MaintenanceWindow], now: datetime) -> None:
    """Announce work; all windows or none.

    Raises
    ------
    StoreError
        Where the database is away, or does not know what the work is to be on.
    """
    for scope, scope_id in {(window.scope, window.scope_id) for window in windows}:
        query = f"SELECT DISTINCT ({key_of([scope])})[1] AS id FROM membership AS m WHERE t1 = 'infinity'"  # noqa: S608
        known = [row["id"] for row in await _fetch(dsn, query)]
        if scope is not GroupKind.ALL and scope_id not in known:
            raise _unknown(str(scope), scope_id, known, "run gisops poll once so that the inventory is known")
    kind = EventKind.MAINTENANCE_PLANNED
    await _note(dsn, [Event(f"{kind}:{w.id}", kind, w.id, now, now, w.to_json()) for w in windows])


async def end_windows(dsn: str, name: str, by: str, note: str, now: datetime) -> list[MaintenanceWindow]:
    """End a window, or all of a series, from now on; give those that were ended, as they were.

    Raises
    ------
    StoreError
        Where the database is away, or there is no such work that is not over.
    """
    left = [window for window in await windows_since(dsn, now) if now < window.ends_at]
    ended = [window for window in left if name in (window.id, window.series)]
    if not ended:
        known = [name for window in left for name in (window.id, window.series)]
        raise _unknown("maintenance", name, known, "see gisops maintenance list")
    kind, payload = EventKind.MAINTENANCE_CANCELLED, {"ends_at": now.isoformat(), "by": by, "note": note}
    await _note(dsn, [Event(f"{kind}:{w.id}:{now.isoformat()}", kind, w.id, now, now, payload) for w in ended])
    return ended


async def acknowledge(dsn: str, outage_id: str, by: str, note: str, now: datetime) -> tuple[str, datetime]:
    """Take an outage on; give who has it and since when: whoever was first keeps it.

    Raises
    ------
    StoreError
        Where the database is away, or there is no such outage.
    """
    outages = await _fetch(dsn, _OUTAGE)
    if outage_id not in (row["id"] for row in outages):
        known = [row["id"] for row in outages]
        raise _unknown("outage", outage_id, known, "see the outages on the page of gisops serve")
    kind = EventKind.OUTAGE_ACKNOWLEDGED
    # One identity an outage: a second acknowledgement changes nothing.
    await _note(dsn, [Event(f"{kind}:{outage_id}", kind, outage_id, now, now, {"by": by, "note": note})])
    (row,) = await _fetch(dsn, _ACKNOWLEDGED, outage_id)
    return row["by"], row["occurred_at"]


def _unknown(what: str, name: str, known: Iterable[str], remedy: str) -> StoreError:
    near = difflib.get_close_matches(name, sorted(set(known)), n=1)
    return StoreError(f"{what} {name}", "is not known", f"did you mean {near[0]}?" if near else remedy)


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
