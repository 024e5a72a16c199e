"""Announced work in the database: the table that follows the event log, and what is read from it."""

from __future__ import annotations

from typing import Any

import asyncpg

from gisops.model.event import EventKind
from gisops.model.maintenance import MaintenanceWindow
from gisops.model.membership import GroupKind
from gisops.store.sessions import WORK_CHANNEL

__all__ = ["WINDOWS_SINCE", "note_maintenance", "window_of"]

WINDOWS_SINCE = """
SELECT id, scope_kind, scope_id, t0, t1, planned_by, note, series FROM maintenance
WHERE planned_t1 > $1 ORDER BY t0, id
"""
_PLANNED = f"""
INSERT INTO maintenance (id, series, scope_kind, scope_id, t0, t1, planned_t1, planned_by, note, seq)
SELECT subject, payload->>'series', payload->>'scope', payload->>'scope_id', (payload->>'starts_at')::timestamptz,
       (payload->>'ends_at')::timestamptz, (payload->>'ends_at')::timestamptz, payload->>'by', payload->>'note', seq
FROM event WHERE seq > $1 AND kind = '{EventKind.MAINTENANCE_PLANNED}'
ON CONFLICT (id) DO NOTHING
"""  # noqa: S608 - our own word
_CANCELLED = f"""
UPDATE maintenance AS m
SET t1 = least(m.t1, greatest(m.t0, (e.payload->>'ends_at')::timestamptz)), seq = e.seq
FROM event AS e WHERE e.seq > $1 AND e.kind = '{EventKind.MAINTENANCE_CANCELLED}' AND e.subject = m.id
"""  # noqa: S608 - our own word


async def note_maintenance(connection: asyncpg.Connection, after_seq: int) -> None:
    """Bring the table in line with the events after a number; inside the transaction that wrote them.

    Where it changed, `WORK_CHANNEL` is told with the commit.
    """
    done = [await connection.execute(statement, after_seq) for statement in (_PLANNED, _CANCELLED)]
    if done != ["INSERT 0 0", "UPDATE 0"]:
        await connection.execute("SELECT pg_notify($1, '')", WORK_CHANNEL)


def window_of(row: Any) -> MaintenanceWindow:  # noqa: ANN401 - asyncpg is not typed
    """Read a row; its end is the one it really had."""
    return MaintenanceWindow(
        row["id"],
        GroupKind(row["scope_kind"]),
        row["scope_id"],
        row["t0"],
        row["t1"],
        row["planned_by"],
        row["note"],
        row["series"],
    )
