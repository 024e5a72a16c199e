"""What was the network like at a past instant? Read from the intervals of state and the life of outages.

One index probe a device, however long the history is; the judgement on an outage is the one that stood at that time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from gisops.errors import StoreError
from gisops.model.event import StoredEvent
from gisops.model.outage import Outage
from gisops.model.state import DeviceKind, DeviceState
from gisops.store.dsn import unreachable, url_of
from gisops.store.ports import StateRow
from gisops.store.rows import event_of
from gisops.store.sessions import DRIVER_ERRORS, failed

__all__ = ["Bounds", "Change", "PastMoment", "PgPast"]


_STATES = """
SELECT d.device_id, d.kind, h.state, h.reason, h.t0
FROM device_state AS d CROSS JOIN LATERAL (
    SELECT * FROM state_history AS s WHERE s.device_id = d.device_id AND s.t0 <= $1
    ORDER BY s.t0 DESC, s.t1 DESC NULLS FIRST LIMIT 1
) AS h WHERE h.t1 IS NULL OR h.t1 > $1
"""
# A gap between two heartbeats, or the time since the last one: nobody asked, so nothing is known.
_GAP = """
SELECT t0, t1 FROM collector_gap WHERE t0 < $1 AND t1 > $1
UNION ALL SELECT beat_at, NULL FROM log_head WHERE beat_at + interval '60 seconds' < $1
"""
_OUTAGES = """
SELECT coalesce(then_.payload, first_.payload, o.document) AS document, then_.payload IS NOT NULL AS is_known
FROM outage AS o
LEFT JOIN LATERAL (
    SELECT payload FROM event WHERE subject = o.id AND kind LIKE 'outage\\_%' AND payload ? 'members'
        AND recorded_at <= $1 ORDER BY seq DESC LIMIT 1
) AS then_ ON true
LEFT JOIN LATERAL (
    SELECT payload FROM event WHERE subject = o.id AND kind = 'outage_opened' ORDER BY seq LIMIT 1
) AS first_ ON true
WHERE o.opened_at <= $1 AND (o.closed_at IS NULL OR o.closed_at > $1)
ORDER BY o.opened_at DESC, o.id
"""
_CHANGES = """
SELECT h.device_id, d.kind, h.state, h.reason, h.t0
FROM state_history AS h JOIN device_state AS d USING (device_id)
WHERE h.t0 > $1 AND h.t0 <= $2 AND h.t1 IS DISTINCT FROM h.t0 ORDER BY h.t0, h.device_id
"""
_JUDGED = """
SELECT DISTINCT moment FROM (
    SELECT recorded_at AS moment FROM event
    WHERE kind IN ('outage_opened', 'outage_updated', 'outage_closed')
        AND occurred_at > $1::timestamptz - interval '1 day' AND recorded_at > $1 AND recorded_at <= $2
    UNION ALL SELECT opened_at FROM outage WHERE opened_at > $1 AND opened_at <= $2
    UNION ALL SELECT closed_at FROM outage WHERE closed_at > $1 AND closed_at <= $2
) AS m ORDER BY moment
"""
_EDGES = """
SELECT min(edge) FROM (
    SELECT t0 AS edge FROM collector_gap UNION ALL SELECT t1 FROM collector_gap
    UNION ALL SELECT beat_at + interval '60 seconds' FROM log_head
) AS e WHERE edge > $1
"""
_OF_OUTAGE = """
SELECT seq, id, kind, subject, occurred_at, recorded_at, payload FROM event
WHERE subject = $1 OR (subject = ANY($2) AND occurred_at >= $3 AND occurred_at <= $4)
ORDER BY seq LIMIT 20000
"""


@dataclass(frozen=True, slots=True)
class PastMoment:
    """Everything of one past instant.

    Parameters
    ----------
    at
        The instant, UTC.
    states
        Of the devices something is known of; the others are ``unknown``.
    outages
        Those that lasted, each as it was judged at ``at``.
    foreseen
        Ids of those that had begun but that nobody had noticed yet.
    unasked_since
        Where nobody asked at that time: since when; all states are left out then.
    """

    at: datetime
    states: tuple[StateRow, ...]
    outages: tuple[Outage, ...]
    foreseen: frozenset[str]
    unasked_since: datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened at ``at``: a device's state, or (``None``) the judgement on outages."""

    at: datetime
    state: StateRow | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """From the first known state to the last heartbeat; ``None`` before anything was written."""

    first_at: datetime | None
    last_at: datetime | None


class PgPast:
    """The past over PostgreSQL; open it with `PgPast.open`."""

    def __init__(self, dsn: str, pool: Any) -> None:  # noqa: ANN401 - asyncpg is not typed
        self._dsn = dsn
        self._pool = pool

    @classmethod
    async def open(cls, dsn: str) -> PgPast:
        """Connect.

        Raises
        ------
        StoreError
            Where the database cannot be reached.
        """
        try:
            pool = await asyncpg.create_pool(
                url_of(dsn),
                min_size=1,
                max_size=3,
                timeout=5.0,
                command_timeout=30.0,
                server_settings={"application_name": "gisops past", "timezone": "UTC", "jit": "off"},
            )
        except DRIVER_ERRORS as error:
            raise unreachable(dsn, error) from None
        return cls(dsn, pool)

    async def bounds(self) -> Bounds:
        """Say from when to when something is known."""
        row = await self._ask(
            lambda c: c.fetchrow("SELECT (SELECT min(t0) FROM state_history) AS a, beat_at FROM log_head")
        )
        return Bounds(row["a"], row["beat_at"])

    async def moment(self, at: datetime) -> PastMoment:
        """Give all states and outages of an instant, of one view of the database.

        Parameters
        ----------
        at
            Timezone-aware. A state holds from its beginning, inclusive, to its end, exclusive.
        """

        async def read(connection: asyncpg.Connection) -> PastMoment:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                gap = await connection.fetchrow(_GAP, at)
                rows = [] if gap else await connection.fetch(_STATES, at)
                outages = _outages(await connection.fetch(_OUTAGES, at))
            return PastMoment(
                at,
                tuple(_state(row) for row in rows),
                tuple(outage for outage, _ in outages),
                frozenset(outage.id for outage, is_known in outages if not is_known),
                gap["t0"] if gap else None,
            )

        moment: PastMoment = await self._ask(read)
        return moment

    async def outages(self, at: datetime) -> tuple[Outage, ...]:
        """Give the outages that lasted at an instant, each as it was judged then."""
        rows = await self._ask(lambda c: c.fetch(_OUTAGES, at))
        return tuple(outage for outage, _ in _outages(rows))

    async def changes(self, after: datetime, until: datetime) -> list[Change]:
        """Give what happened after ``after`` and not later than ``until``, oldest first."""

        async def read(connection: asyncpg.Connection) -> list[Change]:
            states = [Change(row["t0"], _state(row)) for row in await connection.fetch(_CHANGES, after, until)]
            judged = [Change(row["moment"], None) for row in await connection.fetch(_JUDGED, after, until)]
            return sorted([*states, *judged], key=lambda change: (change.at, change.state is None))

        found: list[Change] = await self._ask(read)
        return found

    async def next_edge(self, after: datetime) -> datetime | None:
        """Say when asking next began or ended after a time; ``None`` if never."""
        edge: datetime | None = await self._ask(lambda c: c.fetchval(_EDGES, after))
        return edge

    async def outage(self, outage_id: str) -> Outage | None:
        """Give an outage as last judged; ``None`` for an unknown id."""
        text = await self._ask(lambda c: c.fetchval("SELECT document FROM outage WHERE id = $1", outage_id))
        return None if text is None else Outage.from_json(orjson.loads(text))

    async def events_of(self, outage: Outage, since: datetime, until: datetime) -> list[StoredEvent]:
        """Give the events of an outage, and those of its members in a stretch of time, in log order."""
        rows = await self._ask(lambda c: c.fetch(_OF_OUTAGE, outage.id, list(outage.member_ids), since, until))
        return [event_of(row) for row in rows]

    async def close(self) -> None:
        """Release the connections."""
        self._pool.terminate()

    async def _ask(self, read: Callable[[asyncpg.Connection], Awaitable[Any]]) -> Any:  # noqa: ANN401
        try:
            async with asyncio.timeout(30), self._pool.acquire() as connection:
                return await read(connection)
        except TimeoutError:
            raise StoreError("the past", "was not answered within 30 s", "see what else the database does") from None
        except DRIVER_ERRORS as error:
            raise failed(self._dsn, error) from error


def _outages(rows: Iterable[Any]) -> list[tuple[Outage, bool]]:
    return [(Outage.from_json(orjson.loads(row["document"])), row["is_known"]) for row in rows]


def _state(row: Any) -> StateRow:  # noqa: ANN401 - asyncpg is not typed
    return StateRow(
        row["device_id"], DeviceKind(row["kind"]), DeviceState(row["state"]), row["t0"], None, row["reason"]
    )
