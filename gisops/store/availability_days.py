"""How available was each device on each local day that is over: made once, and again when maintenance changes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import asyncpg

from gisops.health.availability import Span
from gisops.model.state import DeviceKind
from gisops.store.availability import Day, times_by
from gisops.store.availability_sql import PLACE
from gisops.store.turns import sole

__all__ = ["FINAL_AFTER", "local_days", "roll_up_days"]

FINAL_AFTER = timedelta(minutes=5)
"""A day is made when the heartbeat is this far past its end: states are written in order, so none is missing then."""
_MOST_DAYS = 40
"""Days one call makes at most."""
_FIRST = "SELECT min(t0) FROM state_history"
_DONE = """
SELECT d.day, d.t0, d.t1 FROM availability_done AS d
WHERE NOT EXISTS (SELECT FROM maintenance AS w WHERE w.seq > d.seq AND w.t0 < d.t1 AND w.planned_t1 > d.t0)
"""
_PUT_DONE = """
INSERT INTO availability_done (day, t0, t1, seq) VALUES ($1, $2, $3, $4)
ON CONFLICT (day) DO UPDATE SET t0 = excluded.t0, t1 = excluded.t1, seq = excluded.seq
"""
_COLUMNS = ("day", "membership_id", "available_s", "lost_s", "unknown_s", "maintenance_s")


def local_days(period: Span, zone: ZoneInfo) -> Iterator[Day]:
    """Divide a period into local days; the first and the last may be cut.

    Examples
    --------
    >>> from datetime import UTC
    >>> period = datetime(2026, 3, 1, 18, tzinfo=UTC), datetime(2026, 3, 2, 19, tzinfo=UTC)
    >>> [(str(d.date), d.span[0].hour) for d in local_days(period, ZoneInfo("Asia/Karachi"))]
    [('2026-03-01', 18), ('2026-03-02', 19)]
    """
    day = period[0].astimezone(zone).date()
    while (span := _span(day, zone))[0] < period[1]:
        yield Day(day, (max(span[0], period[0]), min(span[1], period[1])))
        day += timedelta(days=1)


async def roll_up_days(connection: asyncpg.Connection, zone: ZoneInfo, now: datetime) -> int:
    """Make the days that are over and not made yet, the latest first.

    Parameters
    ----------
    connection
        Not inside a transaction; each day is a transaction of its own.
    zone
        In which days begin.
    now
        UTC.

    Returns
    -------
    int
        Days made or made anew.
    """
    first = await connection.fetchval(_FIRST)
    beat_at = await connection.fetchval("SELECT beat_at FROM log_head")
    if first is None or beat_at is None:
        return 0
    async with sole(connection, "availability") as is_ours:
        if not is_ours:
            return 0
        done = {(row["day"], row["t0"], row["t1"]) for row in await connection.fetch(_DONE)}
        over = [
            day
            for day in local_days((_span(first.astimezone(zone).date(), zone)[0], now), zone)
            if day.span[1] + FINAL_AFTER <= min(beat_at, now) and (day.date, *day.span) not in done
        ]
        for day in over[::-1][:_MOST_DAYS]:
            await _make(connection, day, now)
        return len(over[::-1][:_MOST_DAYS])


async def _make(connection: asyncpg.Connection, day: Day, now: datetime) -> None:
    async with connection.transaction(isolation="repeatable_read"):
        # The first statement takes the snapshot: what is planned after this number is not in it.
        seq = await connection.fetchval("SELECT seq FROM log_head")
        if not await connection.fetchval("SELECT EXISTS (SELECT FROM membership)"):
            return
        found = await times_by(connection, PLACE, tuple(DeviceKind), day.span, now)
        await connection.execute("DELETE FROM availability_day WHERE day = $1", day.date)
        await connection.copy_records_to_table(
            "availability_day",
            records=[
                (day.date, int(place), t.available_s, t.lost_s, t.unknown_s, t.maintenance_s)
                for (place,), (_, t) in found.items()
            ],
            columns=_COLUMNS,
        )
        await connection.execute(_PUT_DONE, day.date, *day.span, seq)


def _span(day: date, zone: ZoneInfo) -> Span:
    utc = ZoneInfo("UTC")
    start = datetime.combine(day, time(), zone).astimezone(utc)
    return start, datetime.combine(day + timedelta(days=1), time(), zone).astimezone(utc)
