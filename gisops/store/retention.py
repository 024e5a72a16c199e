"""How long are readings kept: whole partitions dropped by age, never one that is not rolled up yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg

from gisops.errors import ConfigError
from gisops.store.turns import sole

__all__ = ["Keep", "RetentionTally", "part_span", "retain"]

_LOCK_PATIENCE = "500ms"
"""A reader that holds a partition longer keeps it for today: writers queue behind a waiting drop."""
_PARTS = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = $1::text::regclass ORDER BY c.relname
"""
_DUE = "SELECT EXISTS (SELECT FROM rollup_due WHERE level_s = ANY($1) AND bucket >= $2 AND bucket < $3)"
_KEPT = """
INSERT INTO retained (series, kept_from) VALUES ($1, $2)
ON CONFLICT (series) DO UPDATE SET kept_from = greatest(retained.kept_from, excluded.kept_from)
"""
_NEEDED: dict[str, list[int]] = {"sample": [300], "sample_5m": [300, 3600], "sample_1h": []}
"""Series to the roll-ups that must be done before a part of it may go."""


@dataclass(frozen=True, slots=True)
class Keep:
    """How long each series is kept.

    Parameters
    ----------
    samples_days
        Every poll; 7 days: long enough to look into last week, and most of the disk.
    five_minutes_days
        60 days: two months of what happened hour by hour.
    hours_years
        3 years: trends, batteries and contracts.

    Raises
    ------
    ConfigError
        Where one is less than 1, or a coarser series would go before a finer one.
    """

    samples_days: int = 7
    five_minutes_days: int = 60
    hours_years: int = 3

    def __post_init__(self) -> None:
        limits = (self.samples_days, self.five_minutes_days, self.hours_years)
        if min(limits) < 1:
            raise ConfigError("retention", f"{min(limits)} is less than 1", "keep at least one")
        if not self.samples_days <= self.five_minutes_days <= 365 * self.hours_years:
            raise ConfigError(
                "retention",
                f"samples {self.samples_days} d, 5 minutes {self.five_minutes_days} d, hours {self.hours_years} y",
                "keep a coarser series at least as long as a finer one",
            )

    def kept_from(self, now: datetime) -> dict[str, datetime]:
        """Give the first moment that is kept of each series; days are UTC."""
        today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return {
            "sample": today - timedelta(days=self.samples_days),
            "sample_5m": today - timedelta(days=self.five_minutes_days),
            "sample_1h": _years_before(today, self.hours_years),
        }


@dataclass(frozen=True, slots=True)
class RetentionTally:
    """Names of the partitions that were dropped, and of those that had to stay and why."""

    dropped: tuple[str, ...] = ()
    not_rolled_up: tuple[str, ...] = ()
    in_use: tuple[str, ...] = ()
    references: int = 0
    """References to events of other systems that were deleted."""
    is_busy: bool = False
    """Another program was rolling up or dropping; nothing was done."""


def part_span(name: str) -> tuple[datetime, datetime]:
    """Give the first moment of a partition and the first after it, as its name says.

    Examples
    --------
    >>> [moment.date().isoformat() for moment in part_span("sample_20260301")]
    ['2026-03-01', '2026-03-02']
    >>> [moment.date().isoformat() for moment in part_span("sample_1h_202612")]
    ['2026-12-01', '2027-01-01']
    """
    digits = name.rpartition("_")[2]
    if len(digits) == 8:
        first = datetime.strptime(digits, "%Y%m%d").replace(tzinfo=UTC)
        return first, first + timedelta(days=1)
    first = datetime.strptime(digits, "%Y%m").replace(tzinfo=UTC)
    return first, (first + timedelta(days=31)).replace(day=1)


async def retain(connection: asyncpg.Connection, keep: Keep, now: datetime) -> RetentionTally:
    """Drop every partition that lies wholly before what is kept and has been rolled up.

    Parameters
    ----------
    connection
        Not inside a transaction; each drop is one of its own.
    keep
        How long each series is kept.
    now
        UTC.
    """
    async with sole(connection, "rollup") as is_ours:
        if not is_ours:
            return RetentionTally(is_busy=True)
        outcome: dict[str, list[str]] = {"dropped": [], "not_rolled_up": [], "in_use": []}
        for series, kept_from in keep.kept_from(now).items():
            for part in await _parts(connection, series):
                if part_span(part)[1] <= kept_from:
                    outcome[await _drop(connection, series, part)].append(part)
        return RetentionTally(tuple(outcome["dropped"]), tuple(outcome["not_rolled_up"]), tuple(outcome["in_use"]))


async def _parts(connection: asyncpg.Connection, series: str) -> Sequence[str]:
    return [record["relname"] for record in await connection.fetch(_PARTS, series)]


async def _drop(connection: asyncpg.Connection, series: str, part: str) -> str:
    first, end = part_span(part)
    try:
        async with connection.transaction():
            if await connection.fetchval(_DUE, _NEEDED[series], first, end):
                return "not_rolled_up"
            await connection.execute(f"SET LOCAL lock_timeout = '{_LOCK_PATIENCE}'")
            # The parent first, as writers do: never in each other's way for good.
            await connection.execute(f"LOCK TABLE ONLY {series} IN ACCESS EXCLUSIVE MODE")
            await connection.execute(f"LOCK TABLE {part} IN ACCESS EXCLUSIVE MODE")
            # Whoever wrote into it until now has committed, and his notes are to be seen.
            if await connection.fetchval(_DUE, _NEEDED[series], first, end):
                return "not_rolled_up"
            await connection.execute(f"DROP TABLE {part}")
            await connection.execute(_KEPT, series, end)
    except asyncpg.LockNotAvailableError:
        return "in_use"
    return "dropped"


def _years_before(day: datetime, years: int) -> datetime:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
