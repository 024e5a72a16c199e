"""Is a feeder off by plan now, and until when: its load-shedding windows held against the local clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from gisops.errors import ConfigError
from gisops.model.inventory import Feeder

__all__ = ["PlannedOutage", "planned_outage", "windows_of"]

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PlannedOutage:
    """A feeder is off by plan: from when to when, UTC; the end is not in it."""

    feeder_id: str
    starts_at: datetime
    ends_at: datetime


def planned_outage(feeder: Feeder, now: datetime, zone: tzinfo) -> PlannedOutage | None:
    """Give the planned outage that a feeder is in; ``None`` where it is to have power.

    Parameters
    ----------
    feeder
        Its ``shedding`` lists local-time windows such as ``02:00-04:00;23:30-00:30``.
    now
        UTC.
    zone
        In which the plan is written.

    Returns
    -------
    PlannedOutage or None
        Windows that follow one another without a gap are one.

    Raises
    ------
    ConfigError
        Where the plan cannot be read.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> feeder = Feeder("F", "F", "Grid", "23:30-01:00")
    >>> found = planned_outage(feeder, datetime(2026, 3, 1, 19, 30, tzinfo=UTC), ZoneInfo("Asia/Karachi"))
    >>> found.starts_at.isoformat(), found.ends_at.isoformat()
    ('2026-03-01T18:30:00+00:00', '2026-03-01T20:00:00+00:00')
    """
    today = now.astimezone(zone).date()
    spans = []
    for starts, ends in windows_of(feeder):
        for day in (today - _DAY, today, today + _DAY):
            begins = datetime.combine(day, starts, zone)
            over = datetime.combine(day if starts < ends else day + _DAY, ends, zone)
            spans.append((begins.astimezone(UTC), over.astimezone(UTC)))
    merged: list[tuple[datetime, datetime]] = []
    for begins, over in sorted(spans):
        if merged and begins <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(over, merged[-1][1]))
        else:
            merged.append((begins, over))
    return next((PlannedOutage(feeder.id, a, b) for a, b in merged if a <= now < b), None)


def windows_of(feeder: Feeder) -> list[tuple[time, time]]:
    """Read a feeder's windows in local time; one that ends at or before its start ends on the next day.

    Raises
    ------
    ConfigError
        Where one cannot be read.
    """
    found = []
    for part in filter(None, (word.strip() for word in feeder.shedding.split(";"))):
        starts, _, ends = part.partition("-")
        try:
            found.append((time.fromisoformat(starts.strip()), time.fromisoformat(ends.strip())))
        except ValueError:
            raise ConfigError(f"feeder {feeder.id} shedding", f"{part} is no window", "write 02:00-04:00") from None
    return found
