"""Is a device inside announced work, and when does work come again: decided from windows, without a clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from gisops.errors import ConfigError
from gisops.model.maintenance import MaintenanceWindow
from gisops.model.membership import GroupKind, Membership

__all__ = ["MOST_WINDOWS", "MaintenanceCalendar", "repeated"]

MOST_WINDOWS = 400
"""Windows one series has at most: a year of days."""


class MaintenanceCalendar:
    """The announced work of a city.

    Parameters
    ----------
    windows
        Those that hold now or later.
    memberships
        Where each device belongs, by its id.
    """

    def __init__(self, windows: Iterable[MaintenanceWindow], memberships: Mapping[str, Membership]) -> None:
        self._memberships = memberships
        self._by_scope: dict[tuple[GroupKind, str], list[MaintenanceWindow]] = defaultdict(list)
        for window in windows:
            self._by_scope[window.scope, window.scope_id].append(window)

    def windows_at(self, now: datetime) -> list[MaintenanceWindow]:
        """Give the windows that hold at a moment, the earliest first."""
        holding = (window for windows in self._by_scope.values() for window in windows if window.holds(now))
        return sorted(holding, key=lambda window: (window.starts_at, window.id))

    def in_maintenance(self, device_id: str, now: datetime) -> MaintenanceWindow | None:
        """Give the window a device is in at a moment: of several the one that ends last; ``None`` without one.

        A device that is in no inventory is in no window but those of all devices and its own.
        """
        where = self._memberships.get(device_id)
        scopes = [(GroupKind.DEVICE, device_id), (GroupKind.ALL, "all")]
        if where is not None:
            scopes = [(kind, where.group(kind)) for kind in GroupKind]
        holding = [window for scope in scopes for window in self._by_scope.get(scope, ()) if window.holds(now)]
        return max(holding, key=lambda window: (window.ends_at, window.id), default=None)


def repeated(first: MaintenanceWindow, every_days: int, until: date, zone: ZoneInfo) -> list[MaintenanceWindow]:
    """Give work that comes again as single windows, at the same time of the clock on the wall.

    Parameters
    ----------
    first
        The first of them; its id becomes the id of the series.
    every_days
        Days from one to the next: 1 daily, 7 weekly.
    until
        Last local day on which one may begin.
    zone
        Whose clock and days.

    Raises
    ------
    ConfigError
        Where windows of the series would overlap, or are more than `MOST_WINDOWS`.

    Examples
    --------
    >>> nine = datetime(2026, 3, 1, 4, tzinfo=UTC)
    >>> first = MaintenanceWindow("M1", GroupKind.BOX, "B1", nine, nine + timedelta(hours=2), "Ali")
    >>> [(w.id, w.starts_at.day) for w in repeated(first, 7, date(2026, 3, 15), ZoneInfo("Asia/Karachi"))]
    [('M1.1', 1), ('M1.2', 8), ('M1.3', 15)]
    """
    if every_days < 1 or first.ends_at - first.starts_at > timedelta(days=every_days):
        raise ConfigError(
            "maintenance", f"lasts longer than the {every_days} days to the next", "make it shorter, or rarer"
        )
    start, end = (moment.astimezone(zone) for moment in (first.starts_at, first.ends_at))
    count = (until - start.date()).days // every_days + 1
    if not 1 <= count <= MOST_WINDOWS:
        raise ConfigError(
            "maintenance", f"{max(count, 0)} windows until {until}", f"choose a day that gives 1 to {MOST_WINDOWS}"
        )
    # Adding days to a local time moves the clock on the wall, whatever the offset does.
    steps = [timedelta(days=number * every_days) for number in range(count)]
    return [
        replace(
            first,
            id=f"{first.id}.{number}",
            series=first.id,
            starts_at=(start + step).astimezone(UTC),
            ends_at=(end + step).astimezone(UTC),
        )
        for number, step in enumerate(steps, start=1)
    ]
