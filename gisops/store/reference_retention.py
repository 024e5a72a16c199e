"""How long are references to events of other systems kept? By kind, as it was last said; older ones are deleted."""

from __future__ import annotations

from datetime import datetime

import asyncpg

__all__ = ["forget_references"]

_FORGET = """
DELETE FROM reference_event AS r USING reference_kind AS k
WHERE k.kind = r.kind AND r.occurred_at < $1::timestamptz - make_interval(days => k.retain_days)
"""


async def forget_references(connection: asyncpg.Connection, now: datetime) -> int:
    """Delete what is older than its kind is kept; give how many."""
    done: str = await connection.execute(_FORGET, now)
    return int(done.rpartition(" ")[2])
