"""A trail's figures, worked out by hand on a meridian and on a drive with a stop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gisops.model.event import EventKind
from gisops.model.inventory import Station
from gisops.model.position import Fix
from gisops.trails.excursion import excursions, in_order
from gisops.trails.moved import Home
from gisops.trails.record import moved_event, recovered_event, trails_from
from gisops.trails.trail import TrailState, measure_trail
from tests.cities import small_city

HOME = Home(67.0, 24.8, 5.0)
T0 = datetime(2026, 3, 1, 21, tzinfo=UTC)
STATIONS = [Station("PS-A", "Alpha", "south", 67.0, 24.82, "N1"), Station("PS-B", "Beta", "south", 67.0, 24.90, "N2")]
# A thousandth of a degree of latitude at 24.8 degrees north is 110.77 m on the ellipsoid.
STEP_M = 110.77


def north(steps: float, after_s: float, accuracy_m: float | None = 5.0) -> Fix:
    return Fix("T", T0 + timedelta(seconds=after_s), 67.0, 24.8 + 0.001 * steps, accuracy_m)


def test_a_drive_north_has_its_length_speed_direction_and_the_station_it_passed() -> None:
    fixes = [north(n, 10 * n) for n in range(1, 31)]
    trail = measure_trail("B", HOME, fixes, STATIONS, fixes[-1].at)
    assert trail.distance_m == pytest.approx(30 * STEP_M, rel=1e-3)
    assert trail.displaced_m == pytest.approx(30 * STEP_M, rel=1e-3)
    assert trail.speed_mps == pytest.approx(STEP_M / 10, rel=1e-3)
    assert trail.bearing_deg == pytest.approx(0.0, abs=0.01)
    assert trail.state is TrailState.MOVING
    assert trail.nearest is not None
    assert trail.nearest.station_id == "PS-A"
    assert trail.nearest.bearing_deg == pytest.approx(180.0)
    assert trail.nearest.distance_m == pytest.approx(10 * STEP_M, rel=1e-3)
    assert [(p.station_id, round(p.distance_m), p.at) for p in trail.passed] == [
        ("PS-A", 0, T0 + timedelta(seconds=200))
    ]


def test_noise_adds_nothing_to_the_distance_and_a_box_that_stays_stands() -> None:
    fixes = [north(10 + 0.05 * (-1) ** n, 20 * n) for n in range(1, 20)]
    trail = measure_trail("B", HOME, fixes, STATIONS, fixes[-1].at)
    assert trail.distance_m == pytest.approx(10 * STEP_M, rel=0.01)
    assert trail.state is TrailState.STANDING
    assert trail.bearing_deg is None


def test_a_tracker_that_is_not_heard_any_more_is_lost_not_standing() -> None:
    fixes = [north(n, 10 * n) for n in range(1, 5)]
    assert measure_trail("B", HOME, fixes, [], T0 + timedelta(seconds=220)).state is TrailState.MOVING
    lost = measure_trail("B", HOME, fixes, [], T0 + timedelta(seconds=230))
    assert lost.state is TrailState.LOST
    assert lost.nearest is None


def test_one_fix_away_is_no_move_and_two_back_end_one() -> None:
    still = [north(0, 10 * n) for n in range(3)]
    assert excursions(HOME, in_order([*still, north(5, 30), north(0, 100)])) == []
    away = [north(5, 30), north(6, 40)]
    (trip,) = excursions(HOME, in_order([*still, *away, north(0, 100), north(0, 110)]))
    assert (trip.fixes, trip.back_at) == (tuple(away), T0 + timedelta(seconds=100))


def test_whoever_says_it_is_recovered_ends_it_and_a_later_move_is_another() -> None:
    fixes = [north(0, 0), north(5, 30), north(6, 40), north(6, 500), north(6, 510)]
    told = T0 + timedelta(seconds=300)
    trips = excursions(HOME, in_order(fixes), [told])
    assert [(len(t.fixes), t.back_at) for t in trips] == [(2, told)]  # it lies where it was found
    again = [*fixes, north(9, 600), north(12, 610)]
    assert [(len(t.fixes), t.back_at) for t in excursions(HOME, again, [told])] == [(2, told), (2, None)]


def test_a_fix_that_nothing_could_drive_to_is_left_out() -> None:
    fixes = [north(5, 30), north(900, 40), north(6, 50)]
    assert in_order(fixes) == [fixes[0], fixes[2]]


def test_an_unstated_accuracy_is_taken_for_a_poor_one() -> None:
    # 50 m: 6 deviations of 33.1 m and 3 of 3.3 m are 208.7 m; 1.8 steps are 199 m, 2 are 222 m.
    assert excursions(HOME, [north(1.8, 10, None), north(1.8, 20, None)]) == []
    assert len(excursions(HOME, [north(2, 10, None), north(2, 20, None)])) == 1


def test_the_log_gives_the_trail_back_whatever_the_order() -> None:
    inventory = small_city()
    box = next(iter(inventory.boxes.values()))
    fixes = [Fix("T", T0 + timedelta(seconds=10 * n), box.lon + 0.001 * n, box.lat, 5.0) for n in range(1, 9)]
    (trip,) = excursions(Home(box.lon, box.lat), fixes)
    events = [moved_event(box, trip, fix, inventory, fix.at) for fix in fixes]
    assert {event.kind for event in events} == {EventKind.BOX_MOVED}
    assert len({event.id for event in events}) == len(fixes)
    (trail,) = trails_from([*reversed(events), *events], inventory, fixes[-1].at)
    assert [fix.at for fix in trail.fixes] == [fix.at for fix in fixes]
    assert trail.state is TrailState.MOVING
    end = recovered_event(box.id, fixes[-1].at + timedelta(seconds=5), fixes[-1].at, "told", "Inspector")
    (closed,) = trails_from([end, *events], inventory, T0 + timedelta(days=1))
    assert closed.state is TrailState.RECOVERED
    assert closed.recovered_at == fixes[-1].at + timedelta(seconds=5)
    # A fix from where it was found, told of before the feed knew: still the one trail, still recovered.
    late = Fix("T", fixes[-1].at + timedelta(seconds=6), fixes[-1].lon, fixes[-1].lat, 5.0)
    (also,) = trails_from([end, *events, moved_event(box, trip, late, inventory, late.at)], inventory, T0)
    assert also.recovered_at == closed.recovered_at
