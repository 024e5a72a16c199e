"""What were the readings in each 5 minutes and each hour: samples, rolled up once a window has closed.

Every transaction that writes samples also notes which windows they fall into
(``rollup_due``). A roll-up takes the notes of one window away, makes the window
anew from all its samples and commits both together: killed at any point it is
done again, done twice it changes nothing, and a late sample makes its window due
again. Hours are made from the 5 minutes in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import asyncpg

from gisops.store.turns import sole

__all__ = ["FIVE_MINUTES", "GRACE", "HOUR", "Level", "RollupTally", "buckets_of", "roll_up", "rolled_up_to"]

FIVE_MINUTES = timedelta(minutes=5)
HOUR = timedelta(hours=1)
GRACE = timedelta(seconds=10)
"""A window is rolled up this long after its end; what comes later makes it due again."""
BACKLOG = 400
"""Windows of one level that one call makes at most: more than a day of them."""
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_MOST_N = 32767

Level = Literal[300, 3600]
_SOURCE: dict[Level, str] = {300: "sample", 3600: "sample_5m"}
_TARGET: dict[Level, str] = {300: "sample_5m", 3600: "sample_1h"}
_WIDTH: dict[Level, timedelta] = {300: FIVE_MINUTES, 3600: HOUR}

_DUE = """
SELECT DISTINCT bucket FROM rollup_due
WHERE level_s = $1 AND bucket <= $2
  AND NOT ($1 = 3600 AND EXISTS (SELECT FROM rollup_due AS finer
                                 WHERE finer.level_s = 300 AND finer.bucket >= rollup_due.bucket
                                   AND finer.bucket < rollup_due.bucket + interval '1 hour'))
ORDER BY bucket LIMIT $3
"""
_KEPT_FROM = "SELECT kept_from FROM retained WHERE series = $1"
_WIDTHS = {
    300: """
SELECT coalesce(max(cardinality(readings)), 0) AS width, profile FROM sample
WHERE ts >= $1 AND ts < $2 GROUP BY profile ORDER BY width
""",
    3600: """
SELECT coalesce(max(cardinality(n)), 0) AS width, profile FROM sample_5m
WHERE bucket >= $1 AND bucket < $2 GROUP BY profile ORDER BY width
""",
}
_PUT = """
ON CONFLICT (device_id, bucket, profile) DO UPDATE SET
    asked = excluded.asked, answered = excluded.answered,
    rtt_mean_s = excluded.rtt_mean_s, rtt_max_s = excluded.rtt_max_s,
    low = excluded.low, mean = excluded.mean, high = excluded.high, n = excluded.n
"""


@dataclass(frozen=True, slots=True)
class RollupTally:
    """What one call did.

    Parameters
    ----------
    five_minutes, hours
        Windows made or made anew.
    rows
        Rows written for them.
    too_late
        Windows that got samples after their other samples had been dropped: left as they were.
    is_busy
        Another program was rolling up; nothing was done.
    """

    five_minutes: int = 0
    hours: int = 0
    rows: int = 0
    too_late: int = 0
    is_busy: bool = False

    def __add__(self, other: RollupTally) -> RollupTally:
        """Count two calls as one."""
        return RollupTally(
            self.five_minutes + other.five_minutes,
            self.hours + other.hours,
            self.rows + other.rows,
            self.too_late + other.too_late,
            self.is_busy or other.is_busy,
        )


def bucket_of(at: datetime, width: timedelta = FIVE_MINUTES) -> datetime:
    """Give the start of the window that holds a moment.

    Examples
    --------
    >>> bucket_of(datetime(2026, 3, 1, 12, 4, 59, tzinfo=UTC)).isoformat()
    '2026-03-01T12:00:00+00:00'
    """
    return at - (at - _FIRST) % width


def buckets_of(moments: Iterable[datetime]) -> list[datetime]:
    """Give the 5-minute windows that hold these moments, each once, in order."""
    return sorted({bucket_of(at) for at in moments})


async def roll_up(connection: asyncpg.Connection, now: datetime) -> RollupTally:
    """Make every closed window that is due: 5 minutes first, then the hours they fall into.

    Parameters
    ----------
    connection
        Not inside a transaction; each window is a transaction of its own.
    now
        UTC; windows that ended `GRACE` before it are closed.
    """
    async with sole(connection, "rollup") as is_ours:
        if not is_ours:
            return RollupTally(is_busy=True)
        return await _level(connection, 300, now) + await _level(connection, 3600, now)


async def rolled_up_to(connection: asyncpg.Connection, level: Level, now: datetime) -> datetime:
    """Give the watermark: every sample before it that is in the database is in the roll-up, too."""
    closed = bucket_of(now - GRACE, _WIDTH[level])
    first = await connection.fetchval(
        "SELECT min(date_bin(make_interval(secs => $1), bucket, $2)) FROM rollup_due WHERE level_s <= $1",
        level,
        _FIRST,
    )
    return closed if first is None else min(first, closed)


async def _level(connection: asyncpg.Connection, level: Level, now: datetime) -> RollupTally:
    kept_from = await connection.fetchval(_KEPT_FROM, _SOURCE[level])
    made = rows = too_late = 0
    for record in await connection.fetch(_DUE, level, now - GRACE - _WIDTH[level], BACKLOG):
        bucket = record["bucket"]
        is_late = kept_from is not None and bucket < kept_from
        async with connection.transaction():
            # First, so that what is committed from here on leaves a note of its own.
            await connection.execute("DELETE FROM rollup_due WHERE level_s = $1 AND bucket = $2", level, bucket)
            if not is_late:
                rows += await _make(connection, level, bucket)
        made += not is_late
        too_late += is_late
    five_minutes, hours = (made, 0) if level == 300 else (0, made)
    return RollupTally(five_minutes, hours, rows, too_late)


async def _make(connection: asyncpg.Connection, level: Level, bucket: datetime) -> int:
    end = bucket + _WIDTH[level]
    await connection.execute("SELECT make_rollup_part($1, $2)", level, bucket)
    rows = 0
    for width, profiles in _by_width(await connection.fetch(_WIDTHS[level], bucket, end)):
        said = await connection.execute(_statement(level, width), bucket, end, profiles)
        rows += int(said.rpartition(" ")[2])
    if level == 300:
        hour = bucket_of(bucket, HOUR)
        await connection.execute("INSERT INTO rollup_due (level_s, bucket) VALUES (3600, $1)", hour)
    return rows


def _by_width(found: Sequence[Any]) -> list[tuple[int, list[str]]]:
    """Take profiles of one width together: one pass over the samples for each."""
    widths: dict[int, list[str]] = {}
    for record in found:
        widths.setdefault(record["width"], []).append(record["profile"])
    return list(widths.items())


def _statement(level: Level, width: int) -> str:
    """Write the aggregate of a window with ``width`` metrics: four aggregates a metric, one pass.

    Arrays are cut to the longest of their own group: where a profile grew inside the
    window, a device that never gave the new metrics does not get them.
    """
    numbers = range(1, width + 1)
    if level == 300:
        # A reading that is not a number is missing.
        low = _array(f"min(nullif(readings[{k}], 'NaN'))" for k in numbers)
        mean = _array(f"avg(nullif(readings[{k}], 'NaN'))::real" for k in numbers)
        high = _array(f"max(nullif(readings[{k}], 'NaN'))" for k in numbers)
        n = _array(f"least(count(nullif(readings[{k}], 'NaN')), {_MOST_N})::smallint" for k in numbers)
        counts = "count(*), count(*) FILTER (WHERE answered)"
        rtt = "avg(rtt_s) FILTER (WHERE answered), max(rtt_s) FILTER (WHERE answered)"
        source, time, length = "sample", "ts", "max(cardinality(readings))"
    else:
        low = _array(f"min(low[{k}])" for k in numbers)
        mean = _array(f"(sum(mean[{k}]::float8 * n[{k}]) / nullif(sum(n[{k}]), 0))::real" for k in numbers)
        high = _array(f"max(high[{k}])" for k in numbers)
        n = _array(f"least(coalesce(sum(n[{k}]), 0), {_MOST_N})::smallint" for k in numbers)
        counts = "sum(asked), sum(answered)"
        rtt = "sum(rtt_mean_s::float8 * answered) / nullif(sum(answered), 0), max(rtt_max_s)"
        source, time, length = "sample_5m", "bucket", "max(cardinality(n))"
    return f"""
INSERT INTO {_TARGET[level]} (device_id, bucket, profile, asked, answered, rtt_mean_s, rtt_max_s, low, mean, high, n)
SELECT device_id, $1, profile, {counts}, {rtt},
       ({low}::real[])[1:{length}], ({mean}::real[])[1:{length}],
       ({high}::real[])[1:{length}], ({n}::smallint[])[1:{length}]
FROM {source} WHERE {time} >= $1 AND {time} < $2 AND profile = ANY($3)
GROUP BY device_id, profile
ORDER BY device_id, profile
{_PUT}"""  # noqa: S608 - names and numbers of our own


def _array(expressions: Iterable[str]) -> str:
    return f"ARRAY[{', '.join(expressions)}]"
