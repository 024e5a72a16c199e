"""Who is inside announced work at which moment; work that comes again, by the clock on the wall."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gisops.errors import ConfigError
from gisops.health.maintenance import MaintenanceCalendar, repeated
from gisops.model.maintenance import MaintenanceWindow
from gisops.model.membership import GroupKind, Membership
from gisops.model.state import DeviceKind

T0 = datetime(2026, 3, 1, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLACES = {
    "B1": Membership("B1", DeviceKind.BOX, "B1", "S1", "P1", "south", "Alpha"),
    "C1": Membership("C1", DeviceKind.CAMERA, "B1", "S1", "P1", "south", "Alpha"),
    "C2": Membership("C2", DeviceKind.CAMERA, "B2", "S2", "P1", "west", "Alpha"),
}


def window(name: str, scope: GroupKind, scope_id: str, start: float = 0, end: float = 1) -> MaintenanceWindow:
    return MaintenanceWindow(name, scope, scope_id, T0 + start * HOUR, T0 + end * HOUR, "Ali")


@pytest.mark.parametrize(
    ("scope", "scope_id", "inside"),
    [
        (GroupKind.DEVICE, "C1", ["C1"]),
        (GroupKind.BOX, "B1", ["B1", "C1"]),
        (GroupKind.SITE, "S2", ["C2"]),
        (GroupKind.STATION, "P1", ["B1", "C1", "C2"]),
        (GroupKind.DISTRICT, "south", ["B1", "C1"]),
        (GroupKind.CONTRACTOR, "Beta", []),
        (GroupKind.ALL, "all", ["B1", "C1", "C2"]),
    ],
)
def test_a_window_is_about_what_belongs_to_its_scope(scope: GroupKind, scope_id: str, inside: list[str]) -> None:
    calendar = MaintenanceCalendar([window("W", scope, scope_id)], PLACES)
    assert [device for device in PLACES if calendar.in_maintenance(device, T0)] == inside


def test_the_end_is_not_in_it_and_of_several_the_last_to_end_is_told() -> None:
    long, short = window("L", GroupKind.DISTRICT, "south", 0.5, 3), window("S", GroupKind.DEVICE, "C1", 0, 1)
    calendar = MaintenanceCalendar([long, short], PLACES)
    told = [calendar.in_maintenance("C1", T0 + hour * HOUR) for hour in (-0.1, 0, 0.5, 1, 2.9, 3)]
    assert told == [None, short, long, long, long, None]
    assert calendar.windows_at(T0 + 0.75 * HOUR) == [short, long]
    assert calendar.in_maintenance("stranger", T0) is None


def test_work_comes_again_at_the_same_time_of_the_clock_on_the_wall() -> None:
    # Berlin went to summer time on 29 March 2026: 9:00 was 8:00 UTC before and 7:00 after.
    berlin = ZoneInfo("Europe/Berlin")
    first = window("M", GroupKind.ALL, "all", 0, 2)
    moved = MaintenanceWindow(
        "M",
        GroupKind.ALL,
        "all",
        datetime(2026, 3, 28, 8, tzinfo=UTC),
        datetime(2026, 3, 28, 9, tzinfo=UTC),
        "Ali",
    )
    assert [(w.starts_at.day, w.starts_at.hour) for w in repeated(moved, 1, date(2026, 3, 30), berlin)] == [
        (28, 8),
        (29, 7),
        (30, 7),
    ]
    with pytest.raises(ConfigError, match="0 windows"):
        repeated(first, 7, date(2026, 2, 1), berlin)
    with pytest.raises(ConfigError, match="lasts longer"):
        repeated(window("M", GroupKind.ALL, "all", 0, 25), 1, date(2026, 4, 1), berlin)
