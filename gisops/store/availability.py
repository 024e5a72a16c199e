"""How available was the network: the sums of `gisops.health.availability`, made by the database.

Exact for any period from the state intervals; by day from the daily roll-up, and
exactly for the days that are not rolled up. One snapshot of the database answers
all of a report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

import asyncpg

from gisops.errors import StoreError
from gisops.health.availability import Counts, Span, Times, merged
from gisops.model.membership import GroupKind
from gisops.model.state import DeviceKind
from gisops.store import availability_sql as sql

__all__ = ["SILENT_COLLECTOR", "Day", "Group", "OutageCounts", "by_cause", "by_day", "by_group", "times_by"]

SILENT_COLLECTOR = timedelta(seconds=60)
"""Without a heartbeat for longer, nobody asks: what happens since is unknown."""
_BEAT = "SELECT beat_at FROM log_head"
_GAPS = "SELECT t0, t1 FROM collector_gap WHERE t0 < $2 AND t1 > $1"
_HAS_WORK = "SELECT EXISTS (SELECT FROM maintenance WHERE t0 < $2 AND t1 > $1 AND t0 < t1)"
_OLDEST = "SELECT min(onset_at) FROM failure WHERE restored_at >= $1 OR restored_at IS NULL"
_ROLLED = """
SELECT d.day FROM availability_done AS d
WHERE (d.day, d.t0, d.t1) IN (SELECT * FROM unnest($1::date[], $2::timestamptz[], $3::timestamptz[]))
  AND NOT EXISTS (SELECT FROM maintenance AS w WHERE w.seq > d.seq AND w.t0 < d.t1 AND w.planned_t1 > d.t0)
"""


@dataclass(frozen=True, slots=True)
class Day:
    """A local day, or what the period has of it."""

    date: date
    span: Span


@dataclass(frozen=True, slots=True)
class OutageCounts:
    """What is counted of the outages opened in a period.

    Parameters
    ----------
    outages
        How many were opened (a group has those with a device of it).
    detect_least_s, detect_most_s
        Sum of the times to detect: from the first poll that was missed, and from the last
        that was answered. The truth lies between.
    acknowledged, acknowledge_s
        How many of them somebody has taken on, and the sum of the times until then.
    """

    outages: int = 0
    detect_least_s: float = 0.0
    detect_most_s: float = 0.0
    acknowledged: int = 0
    acknowledge_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a report: a group in a period; ``devices`` 0 and only ``lost_s`` where it is a cause."""

    id: str
    name: str | None
    devices: int
    times: Times
    counts: Counts = field(default_factory=Counts)
    outages: OutageCounts = field(default_factory=OutageCounts)
    day: date | None = None


async def by_group(
    connection: asyncpg.Connection, by: GroupKind, kinds: Sequence[DeviceKind], period: Span, as_of: datetime
) -> list[Group]:
    """Give every group of a kind, over a whole period.

    Parameters
    ----------
    connection
        In a transaction with one snapshot; the tallies are up to date.
    by, kinds
        How devices are grouped, and which devices.
    period
        It ends at ``as_of`` at the latest.
    as_of
        Now, UTC.
    """
    times = await times_by(connection, by, kinds, period, as_of)
    counts = await _failures(connection, sql.failures(by), kinds, [period], as_of)
    outages = await _outages(connection, by, kinds, [period])
    return [
        Group(
            group_id,
            name,
            n,
            times[group_id],
            counts.get((1, group_id), Counts()),
            outages.get((1, group_id), OutageCounts()),
        )
        for group_id, name, n in await _devices(connection, by, kinds)
    ]


async def by_day(
    connection: asyncpg.Connection, by: GroupKind, kinds: Sequence[DeviceKind], days: Sequence[Day], as_of: datetime
) -> list[Group]:
    """Give every group of a kind on every day, from the roll-up where it has the day."""
    spans = [day.span for day in days]
    period = (spans[0][0], spans[-1][1])
    groups = await _devices(connection, by, kinds)
    times = await _daily_times(connection, by, kinds, days, as_of)
    counts = await _failures(connection, sql.failures(by), kinds, spans, as_of, period)
    outages = await _outages(connection, by, kinds, spans, period)
    return [
        Group(
            group_id,
            name,
            n,
            times[day.date, group_id],
            counts.get((part, group_id), Counts()),
            outages.get((part, group_id), OutageCounts()),
            day.date,
        )
        for part, day in enumerate(days, start=1)
        for group_id, name, n in groups
    ]


async def by_cause(
    connection: asyncpg.Connection, kinds: Sequence[DeviceKind], period: Span, as_of: datetime
) -> list[Group]:
    """Give the lost time, the failures and the outages of every cause there was, over a whole period."""
    counts = await _failures(connection, sql.caused(), kinds, [period], as_of)
    outages = await _outages(connection, None, kinds, [period])
    gaps = await _unasked(connection, period, as_of)
    oldest = await _oldest(connection, period)
    rows = await connection.fetch(
        sql.lost_by_cause(), *period, _names(kinds), as_of, [a for a, _ in gaps], [b for _, b in gaps], oldest
    )
    lost = {row["grp"]: row["lost_s"] for row in rows}
    causes = sorted({*(cause for _, cause in counts), *(cause for _, cause in outages), *lost})
    return [
        Group(
            cause,
            None,
            0,
            Times(lost_s=max(0.0, lost.get(cause, 0.0))),
            counts.get((1, cause), Counts()),
            outages.get((1, cause), OutageCounts()),
        )
        for cause in causes
    ]


async def times_by(
    connection: asyncpg.Connection, by: GroupKind, kinds: Sequence[DeviceKind], period: Span, as_of: datetime
) -> dict[str, Times]:
    """Divide a period for every group of a kind, exactly; in a transaction with one snapshot."""
    length_s = (period[1] - period[0]).total_seconds()
    gaps = _lines(await _unasked(connection, period, as_of), period)
    arguments = (*period, _names(kinds), *(gaps or ()))
    rows = {row["grp"]: row for row in await connection.fetch(sql.times(by, bool(gaps)), *arguments)}
    out = {}
    if await connection.fetchval(_HAS_WORK, *period):
        out = {row["grp"]: row for row in await connection.fetch(sql.taken_out(by, bool(gaps)), *arguments)}
    result = {}
    for group_id, _, n in await _devices(connection, by, kinds):
        held, work = rows.get(group_id), out.get(group_id)
        available, lost, maintenance = (held[1], held[2], held[3]) if held else (0.0, 0.0, 0.0)
        if work:
            available -= work["available_s"]
            lost -= work["lost_s"]
            maintenance += work["work_s"] - work["maintenance_s"]
        result[group_id] = _rest_unknown(available, lost, maintenance, n * length_s)
    return result


async def _daily_times(
    connection: asyncpg.Connection, by: GroupKind, kinds: Sequence[DeviceKind], days: Sequence[Day], as_of: datetime
) -> dict[tuple[date, str], Times]:
    rolled = {
        row["day"]
        for row in await connection.fetch(
            _ROLLED, [d.date for d in days], [d.span[0] for d in days], [d.span[1] for d in days]
        )
    }
    rows = await connection.fetch(
        f"""
        SELECT r.day, {sql.COLUMNS[by]} AS grp, sum(available_s), sum(lost_s), sum(maintenance_s)
        FROM availability_day AS r JOIN membership USING (device_id)
        WHERE r.day = ANY($1) AND kind = ANY($2) GROUP BY 1, 2""",  # noqa: S608 - constants
        sorted(rolled),
        _names(kinds),
    )
    sums = {(row[0], row[1]): (row[2], row[3], row[4]) for row in rows}
    groups = await _devices(connection, by, kinds)
    result = {}
    for day in days:
        if day.date not in rolled:
            exact = await times_by(connection, by, kinds, day.span, as_of)
            result.update({(day.date, group_id): times for group_id, times in exact.items()})
            continue
        length_s = (day.span[1] - day.span[0]).total_seconds()
        for group_id, _, n in groups:
            result[day.date, group_id] = _rest_unknown(*sums.get((day.date, group_id), (0.0, 0.0, 0.0)), n * length_s)
    return result


def _rest_unknown(available: float, lost: float, maintenance: float, whole: float) -> Times:
    """What is not known to be anything else is unknown; rounding never makes a time negative."""
    times = [max(0.0, round(seconds, 6)) for seconds in (available, lost, maintenance)]
    return Times(times[0], times[1], max(0.0, round(whole - sum(times), 6)), times[2])


async def _failures(
    connection: asyncpg.Connection,
    statement: str,
    kinds: Sequence[DeviceKind],
    parts: Sequence[Span],
    as_of: datetime,
    period: Span | None = None,
) -> dict[tuple[int, str], Counts]:
    period = period or parts[0]
    oldest = await _oldest(connection, period)
    begins, ends = [start for start, _ in parts], [end for _, end in parts]
    rows = await connection.fetch(statement, *period, _names(kinds), as_of, begins, ends, oldest)
    return {(row["part"], row["grp"]): Counts(row[2], row[3], row[4], row[5]) for row in rows}


async def _outages(
    connection: asyncpg.Connection,
    by: GroupKind | None,
    kinds: Sequence[DeviceKind],
    parts: Sequence[Span],
    period: Span | None = None,
) -> dict[tuple[int, str], OutageCounts]:
    begins, ends = [start for start, _ in parts], [end for _, end in parts]
    rows = await connection.fetch(sql.outages(by), *(period or parts[0]), _names(kinds), begins, ends)
    return {(row["part"], row["grp"]): OutageCounts(row[2], row[3], row[4], row[5], row[6]) for row in rows}


async def _devices(
    connection: asyncpg.Connection, by: GroupKind, kinds: Sequence[DeviceKind]
) -> list[tuple[str, str | None, int]]:
    rows = await connection.fetch(sql.devices(by), _names(kinds))
    if not rows:
        raise StoreError("membership", "no inventory is known there", "run gisops poll, or give --inventory DIR")
    return [(row["grp"], row["name"], row["n"]) for row in rows]


async def _oldest(connection: asyncpg.Connection, period: Span) -> datetime:
    oldest: datetime | None = await connection.fetchval(_OLDEST, period[0])
    return min(oldest or period[0], period[0])


async def _unasked(connection: asyncpg.Connection, period: Span, as_of: datetime) -> list[Span]:
    gaps = [(row["t0"], row["t1"]) for row in await connection.fetch(_GAPS, *period)]
    beat_at = await connection.fetchval(_BEAT)
    if beat_at is not None and as_of - beat_at > SILENT_COLLECTOR:
        gaps.append((beat_at, as_of))
    return merged((max(start, period[0]), min(end, period[1])) for start, end in gaps)


def _lines(gaps: Sequence[Span], period: Span) -> tuple[list[float], list[float], list[float]] | None:
    """Turn gaps into edges and, left of each and after the last, the line that sums them up to a moment.

    Examples
    --------
    >>> at = [datetime(2026, 3, 1, 0, 0, second) for second in range(9)]
    >>> _lines([(at[2], at[5])], (at[0], at[8]))
    ([2.0, 5.0], [0.0, -2.0, 3.0], [0.0, 1.0, 0.0])
    """
    if not gaps:
        return None
    edges = [(moment - period[0]).total_seconds() for gap in gaps for moment in gap]
    offsets, slopes, total = [0.0], [0.0], 0.0
    for start, end in list(pairwise(edges))[::2]:
        offsets += [total - start, total + end - start]
        slopes += [1.0, 0.0]
        total += end - start
    return edges, offsets, slopes


def _names(kinds: Sequence[DeviceKind]) -> list[str]:
    return [str(kind) for kind in kinds]
