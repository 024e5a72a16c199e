"""How available was the network: the lines of `gisops.health.availability`, summed by the database.

Exact for any period from the state intervals; by day from the daily roll-up, and
exactly for the days that are not rolled up. One snapshot of the database answers
all of a report.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import asyncpg

from gisops.health.availability import Counts, Line, OutageCounts, Span, Times, merged
from gisops.model.membership import GroupKind
from gisops.model.state import DeviceKind
from gisops.store import availability_sql as sql

__all__ = ["SILENT_COLLECTOR", "Day", "by_cause", "by_day", "by_group", "times_by"]

Key = tuple[str, ...]

SILENT_COLLECTOR = timedelta(seconds=60)
"""Without a heartbeat for longer, nobody asks: what happens since is unknown."""
_BEAT = "SELECT beat_at FROM log_head"
_GAPS = "SELECT t0, t1 FROM collector_gap WHERE t0 < $2 AND t1 > $1"
_HAS_WORK = "SELECT EXISTS (SELECT FROM maintenance WHERE t0 < $2 AND t1 > $1 AND t0 < t1)"
_OLDEST = "SELECT least($1, min(onset_at)) FROM failure WHERE restored_at >= $1 OR restored_at IS NULL"
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


async def by_group(
    connection: asyncpg.Connection,
    by: Sequence[GroupKind],
    kinds: Sequence[DeviceKind],
    period: Span,
    as_of: datetime,
) -> list[Line]:
    """Give every group over a whole period.

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
    key = sql.key_of(by)
    sizes = await times_by(connection, key, kinds, period, as_of)
    counts = await _failures(connection, sql.failures(key), kinds, [period], as_of)
    outages = await _outages(connection, key, kinds, [period])
    return _lines(sizes, counts, outages, 1, None)


async def by_day(
    connection: asyncpg.Connection,
    by: Sequence[GroupKind],
    kinds: Sequence[DeviceKind],
    days: Sequence[Day],
    as_of: datetime,
) -> list[Line]:
    """Give every group on every day, from the roll-up where it has the day; the days follow one another."""
    key, spans = sql.key_of(by), [day.span for day in days]
    sizes = await _rolled(connection, key, kinds, days)
    for day in days:
        if day.date not in sizes:
            sizes[day.date] = await times_by(connection, key, kinds, day.span, as_of)
    counts = await _failures(connection, sql.failures(key), kinds, spans, as_of)
    outages = await _outages(connection, key, kinds, spans)
    return [
        line
        for part, day in enumerate(days, start=1)
        for line in _lines(sizes[day.date], counts, outages, part, day.date)
    ]


async def by_cause(
    connection: asyncpg.Connection,
    by: Sequence[GroupKind],
    kinds: Sequence[DeviceKind],
    period: Span,
    as_of: datetime,
) -> list[Line]:
    """Give every cause there was in every group, over a whole period; the cause is last in the key."""
    key = sql.key_of(by)
    sizes = await times_by(connection, key, kinds, period, as_of)
    counts = await _failures(connection, sql.caused(key), kinds, [period], as_of)
    outages = await _outages(connection, f"{key} || o.cause", kinds, [period])
    gaps = await _unasked(connection, period, as_of)
    oldest = await connection.fetchval(_OLDEST, period[0])
    rows = await connection.fetch(
        sql.lost_by_cause(key), *period, _names(kinds), as_of, [a for a, _ in gaps], [b for _, b in gaps], oldest
    )
    lost = {tuple(row["grp"]): max(0.0, round(row["lost_s"], 6)) for row in rows}
    found = {grp for _, grp in (*counts, *outages)} | {grp for grp, seconds in lost.items() if seconds}
    caused = {
        grp: (devices, replace(times, lost_s=lost.get(grp, 0.0)))
        for grp in sorted(found)
        if (whole := sizes.get(grp[:-1])) is not None
        for devices, times in [whole]
    }
    return _lines(caused, counts, outages, 1, None)


async def times_by(
    connection: asyncpg.Connection, key: str, kinds: Sequence[DeviceKind], period: Span, as_of: datetime
) -> dict[Key, tuple[int, Times]]:
    """Give how many devices each group had and divide the period for it, exactly; ``key`` is SQL."""
    gaps = _edges(await _unasked(connection, period, as_of), period)
    arguments = (*period, _names(kinds), *gaps)
    work = {}
    if await connection.fetchval(_HAS_WORK, *period):
        rows = await connection.fetch(sql.taken_out(key, bool(gaps)), *arguments)
        work = {tuple(row["grp"]): row for row in rows}
    result = {}
    for row in await connection.fetch(sql.times(key, bool(gaps)), *arguments):
        available, lost, maintenance = row["available_s"], row["lost_s"], row["maintenance_s"]
        if (out := work.get(tuple(row["grp"]))) is not None:
            available -= out["available_s"]
            lost -= out["lost_s"]
            maintenance += out["work_s"] - out["maintenance_s"]
        # Rounding never makes a time negative; what is not known to be anything else is unknown.
        seconds = [max(0.0, round(value, 6)) for value in (available, lost, maintenance)]
        unknown = max(0.0, round(row["whole_s"] - sum(seconds), 6))
        result[tuple(row["grp"])] = (row["devices"], Times(seconds[0], seconds[1], unknown, seconds[2]))
    return result


async def _rolled(
    connection: asyncpg.Connection, key: str, kinds: Sequence[DeviceKind], days: Sequence[Day]
) -> dict[date, dict[Key, tuple[int, Times]]]:
    asked = ([d.date for d in days], [d.span[0] for d in days], [d.span[1] for d in days])
    rolled = [row["day"] for row in await connection.fetch(_ROLLED, *asked)]
    found: dict[date, dict[Key, tuple[int, Times]]] = {day: {} for day in rolled}
    for row in await connection.fetch(sql.days(key), _names(kinds), rolled):
        times = Times(row["available_s"], row["lost_s"], row["unknown_s"], row["maintenance_s"])
        found[row["day"]][tuple(row["grp"])] = (row["devices"], times)
    return found


def _lines(
    sizes: Mapping[Key, tuple[int, Times]],
    counts: Mapping[tuple[int, Key], Counts],
    outages: Mapping[tuple[int, Key], OutageCounts],
    part: int,
    day: date | None,
) -> list[Line]:
    return [
        Line(
            key,
            devices,
            times,
            counts.get((part, key), Counts()),
            outages.get((part, key), OutageCounts()),
            day,
        )
        for key, (devices, times) in sorted(sizes.items())
    ]


async def _failures(
    connection: asyncpg.Connection,
    statement: str,
    kinds: Sequence[DeviceKind],
    parts: Sequence[Span],
    as_of: datetime,
) -> dict[tuple[int, Key], Counts]:
    period = (parts[0][0], parts[-1][1])
    bounds = [*(start for start, _ in parts), period[1]]
    oldest = await connection.fetchval(_OLDEST, period[0])
    rows = await connection.fetch(statement, *period, _names(kinds), as_of, bounds, oldest)
    moves: dict[Key, dict[int, tuple[int, int, float]]] = defaultdict(dict)
    for row in rows:
        moves[tuple(row["grp"])][row["part"]] = (int(row["begun"]), int(row["ended"]), float(row["repair_s"]))
    found = {}
    for key, at in moves.items():
        is_open = at.get(0, (0, 0, 0.0))[0]
        for part in range(1, len(parts) + 1):
            begun, ended, repair_s = at.get(part, (0, 0, 0.0))
            is_open += begun - ended
            if begun or ended or is_open:
                found[part, key] = Counts(begun, ended, repair_s, is_open)
    return found


async def _outages(
    connection: asyncpg.Connection, key: str, kinds: Sequence[DeviceKind], parts: Sequence[Span]
) -> dict[tuple[int, Key], OutageCounts]:
    period = (parts[0][0], parts[-1][1])
    bounds = [*(start for start, _ in parts), period[1]]
    rows = await connection.fetch(sql.outages(key), *period, _names(kinds), bounds)
    return {(row["part"], tuple(row["grp"])): OutageCounts(*list(row)[2:]) for row in rows}


async def _unasked(connection: asyncpg.Connection, period: Span, as_of: datetime) -> list[Span]:
    gaps = [(row["t0"], row["t1"]) for row in await connection.fetch(_GAPS, *period)]
    beat_at = await connection.fetchval(_BEAT)
    if beat_at is not None and as_of - beat_at > SILENT_COLLECTOR:
        gaps.append((beat_at, as_of))
    return merged((max(start, period[0]), min(end, period[1])) for start, end in gaps)


def _edges(gaps: Sequence[Span], period: Span) -> tuple[list[datetime], list[float], list[float]] | tuple[()]:
    """Turn gaps into edges and, left of each and after the last, the line that sums them up to a moment.

    The line is in seconds of the period: what to add, and by what to multiply.

    Examples
    --------
    >>> at = [datetime(2026, 3, 1, 0, 0, second) for second in range(9)]
    >>> _edges([(at[2], at[5])], (at[0], at[8]))[1:]
    ([0.0, -2.0, 3.0], [0.0, 1.0, 0.0])
    """
    if not gaps:
        return ()
    offsets, slopes, total = [0.0], [0.0], 0.0
    for gap in gaps:
        start, end = ((moment - period[0]).total_seconds() for moment in gap)
        offsets += [total - start, total + end - start]
        slopes += [1.0, 0.0]
        total += end - start
    return [moment for gap in gaps for moment in gap], offsets, slopes


def _names(kinds: Sequence[DeviceKind]) -> list[str]:
    return [str(kind) for kind in kinds]
