"""Silences in the database: the table that follows the event log, and what is read from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import asyncpg
import orjson

from gisops.alerting.silence import Silence
from gisops.model.event import EventKind

__all__ = ["SILENCES_SINCE", "note_silences", "silence_of"]

SILENCES_SINCE = "SELECT document, t1, ended_by FROM silence WHERE t1 > $1 ORDER BY t0, id"
_ADDED = f"""
INSERT INTO silence (id, t0, t1, document, seq)
SELECT subject, (payload->>'starts_at')::timestamptz, (payload->>'ends_at')::timestamptz, payload, seq
FROM event WHERE seq > $1 AND kind = '{EventKind.SILENCE_ADDED}'
ON CONFLICT (id) DO NOTHING
"""  # noqa: S608 - our own word
_ENDED = f"""
UPDATE silence AS s
SET t1 = least(s.t1, greatest(s.t0, (e.payload->>'ends_at')::timestamptz)),
    ended_by = e.payload->>'by', seq = e.seq
FROM event AS e WHERE e.seq > $1 AND e.kind = '{EventKind.SILENCE_ENDED}' AND e.subject = s.id
"""  # noqa: S608 - our own word


async def note_silences(connection: asyncpg.Connection, after_seq: int) -> None:
    """Bring the table in line with the events after a number; inside the transaction that wrote them."""
    await connection.execute(_ADDED, after_seq)
    await connection.execute(_ENDED, after_seq)


def silence_of(row: Any) -> Silence:  # noqa: ANN401 - asyncpg is not typed
    """Read a row; its end is the one it really had."""
    end: datetime = row["t1"]
    return Silence.from_json({**orjson.loads(row["document"]), "ends_at": end.isoformat()})
