"""Which failures and outages have there been: two tables that follow the event log by its numbers.

The log has no gaps and one order, so that "everything up to N" is well defined:
each step takes the events after the last one taken and moves the number in the
same transaction. Killed anywhere, it goes on; done twice, it changes nothing.
"""

from __future__ import annotations

import asyncpg

from gisops.model.event import EventKind
from gisops.model.state import DeviceState

__all__ = ["catch_up"]

_STEP = 20_000
"""Events a transaction takes."""
_LOST = ", ".join(f"'{state}'" for state in DeviceState if state.is_lost)
_ANSWERS = f"'{DeviceState.UP}', '{DeviceState.DEGRADED}'"

# A device that is lost goes on being lost until it is seen to answer: what is between (unknown, maintenance, down
# that becomes unreachable) is left out, and of what is left only the turns count.
_TURNS = f"""
CREATE TEMP TABLE turn ON COMMIT DROP AS
WITH news AS (
    SELECT seq, subject AS device_id, payload->>'new' IN ({_LOST}) AS is_lost,
           coalesce((payload->>'since')::timestamptz, occurred_at) AS at,
           (payload->>'seen_at')::timestamptz AS seen_at
    FROM event
    WHERE seq > $1 AND seq <= $2 AND kind = '{EventKind.STATE_CHANGED}'
      AND payload->>'new' IN ({_LOST}, {_ANSWERS})
), beside AS (
    SELECT news.*, coalesce(
        lag(is_lost) OVER (PARTITION BY device_id ORDER BY seq),
        EXISTS (SELECT FROM failure AS f WHERE f.device_id = news.device_id AND f.restored_at IS NULL)
    ) AS was_lost
    FROM news
)
SELECT device_id, seq, is_lost, at, seen_at,
       lead(at) OVER (PARTITION BY device_id ORDER BY seq) AS next_at,
       row_number() OVER (PARTITION BY device_id ORDER BY seq) = 1 AS is_first
FROM beside WHERE is_lost <> was_lost
"""  # noqa: S608 - our own words
_RESTORED = """
UPDATE failure AS f SET restored_at = greatest(turn.at, f.onset_at)
FROM turn WHERE turn.is_first AND NOT turn.is_lost AND f.device_id = turn.device_id AND f.restored_at IS NULL
"""
_FAILED = """
INSERT INTO failure (device_id, onset_at, restored_at, seen_at)
SELECT DISTINCT ON (device_id, at)
       device_id, at, CASE WHEN next_at IS NOT NULL THEN greatest(next_at, at) END, seen_at
FROM turn WHERE is_lost ORDER BY device_id, at, seq DESC
ON CONFLICT (device_id, onset_at) DO UPDATE SET restored_at = excluded.restored_at
"""
_OUTAGES = f"""
WITH news AS (
    SELECT seq, kind, subject AS id, recorded_at, payload FROM event
    WHERE seq > $1 AND seq <= $2
      AND kind IN ('{EventKind.OUTAGE_OPENED}', '{EventKind.OUTAGE_UPDATED}', '{EventKind.OUTAGE_CLOSED}')
), last AS (
    SELECT DISTINCT ON (id) * FROM news ORDER BY id, seq DESC
), first AS (
    SELECT DISTINCT ON (id) id, recorded_at FROM news ORDER BY id, seq
)
INSERT INTO outage_life (id, root_id, cause, opened_at, detected_at, closed_at)
SELECT last.id, payload->>'root', payload->>'cause', (payload->>'opened_at')::timestamptz, first.recorded_at,
       (payload->>'closed_at')::timestamptz
FROM last JOIN first USING (id)
ON CONFLICT (id) DO UPDATE SET
    root_id = excluded.root_id, cause = excluded.cause, opened_at = excluded.opened_at,
    closed_at = excluded.closed_at
"""  # noqa: S608 - our own words
_MEMBERS = f"""
INSERT INTO outage_member (outage_id, device_id)
SELECT DISTINCT subject, member FROM event, jsonb_array_elements_text(payload->'members') AS member
WHERE seq > $1 AND seq <= $2
  AND kind IN ('{EventKind.OUTAGE_OPENED}', '{EventKind.OUTAGE_UPDATED}', '{EventKind.OUTAGE_CLOSED}')
ON CONFLICT DO NOTHING
"""  # noqa: S608 - our own words
_ACKNOWLEDGED = f"""
WITH first AS (
    SELECT DISTINCT ON (subject) subject AS id, occurred_at, payload->>'by' AS by FROM event
    WHERE seq > $1 AND seq <= $2 AND kind = '{EventKind.OUTAGE_ACKNOWLEDGED}' ORDER BY subject, seq
)
UPDATE outage_life AS o SET acknowledged_at = first.occurred_at, acknowledged_by = first.by
FROM first WHERE o.id = first.id AND o.acknowledged_at IS NULL
"""  # noqa: S608 - our own words
_BOUNDS = """
UPDATE outage_life AS o SET seen_at = (
    SELECT min(f.seen_at) FROM outage_member AS m JOIN failure AS f USING (device_id)
    WHERE m.outage_id = o.id AND f.onset_at >= o.opened_at AND f.onset_at <= o.detected_at)
FROM event AS e
WHERE e.seq > $1 AND e.seq <= $2 AND e.kind = 'outage_opened' AND e.subject = o.id AND o.seen_at IS NULL
"""


async def catch_up(connection: asyncpg.Connection) -> int:
    """Take in every event that is in the log by now.

    Parameters
    ----------
    connection
        Not inside a transaction.

    Returns
    -------
    int
        Events taken, of any kind.
    """
    taken = 0
    while step := await _step(connection):
        taken += step
    return taken


async def _step(connection: asyncpg.Connection) -> int:
    async with connection.transaction():
        # The lock is the turn: whoever comes second finds that there is less to do.
        done = await connection.fetchval("SELECT seq FROM tally_head FOR UPDATE")
        head = await connection.fetchval("SELECT seq FROM log_head")
        until = min(head, done + _STEP)
        if until == done:
            return 0
        await connection.execute(_TURNS, done, until)
        await connection.execute(_RESTORED)
        await connection.execute(_FAILED)
        for statement in (_OUTAGES, _MEMBERS, _ACKNOWLEDGED, _BOUNDS):
            await connection.execute(statement, done, until)
        await connection.execute("UPDATE tally_head SET seq = $1", until)
        return int(until - done)
