"""Power, sun and load shedding by hand-worked numbers; charge stays between empty and full."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisops.simulate.physics import (
    Battery,
    battery_voltage_v,
    health_of,
    is_shed,
    panel_health_of,
    panel_power_w,
    sky_of,
    step_battery,
    sun_elevation_deg,
)


def test_a_battery_on_a_92_w_load_loses_100_wh_an_hour() -> None:
    assert step_battery(Battery(1000, 800), 3600, 92.0, False, 0.0).charge_wh == pytest.approx(700.0)


def test_solar_carries_the_load_and_the_mains_charge() -> None:
    assert step_battery(Battery(1000, 500), 3600, 92.0, False, 92.0).charge_wh == pytest.approx(500.0)
    # 150 W of charger at 0.92 for an hour.
    assert step_battery(Battery(1000, 500), 3600, 92.0, True, 0.0).charge_wh == pytest.approx(638.0)


def test_the_sun_of_karachi_at_noon() -> None:
    # Latitude 24.86: at the June solstice 90 - 24.86 + 23.45 = 88.6 degrees, in December 41.7.
    noon = 12 - 67.03 / 15  # UTC hours at which the mean sun stands south
    for month, day, expected in ((6, 21, 88.6), (12, 21, 41.7)):
        at = datetime(2026, month, day, int(noon), round(noon % 1 * 60), tzinfo=UTC)
        assert sun_elevation_deg(at, 67.03, 24.86) == pytest.approx(expected, abs=0.3)
    assert sun_elevation_deg(datetime(2026, 6, 21, 19, 30, tzinfo=UTC), 67.03, 24.86) < 0


def test_a_panel_gives_85_percent_of_its_rating_overhead_half_at_30_degrees_and_nothing_at_night() -> None:
    watts = [panel_power_w(120.0, 1.0, height, 1.0) for height in (90.0, 30.0, 0.0, -20.0)]
    assert watts == pytest.approx([102.0, 51.0, 0.0, 0.0])
    assert panel_power_w(120.0, 0.5, 90.0, 0.6) == pytest.approx(30.6)


def test_the_fleet_is_old_some_batteries_hold_little_and_some_panels_are_gone() -> None:
    boxes = [f"BX-{n:04d}" for n in range(3000)]
    shares = sorted(map(health_of, boxes))
    assert 0.15 <= shares[0] < 0.20
    assert 0.95 < shares[-1] <= 1.0
    # 0.15 + 0.85 u^0.7: the median of u is 0.5, its tenth 0.1.
    assert shares[1500] == pytest.approx(0.673, abs=0.02)
    assert shares[300] == pytest.approx(0.320, abs=0.02)
    panels = [panel_health_of(box) for box in boxes]
    assert sum(p == 0 for p in panels) / 3000 == pytest.approx(0.05, abs=0.01)
    assert sum(p < 0.5 for p in panels) / 3000 == pytest.approx(0.20, abs=0.02)
    assert max(panels) <= 1.0


@given(st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds are naive
def test_the_sky_lets_through_more_than_half_and_never_jumps(at: datetime) -> None:
    assert 0.55 <= sky_of(at) <= 1.0
    assert abs(sky_of(at + timedelta(seconds=36)) - sky_of(at)) <= 0.0046


@pytest.mark.parametrize(("utc_hour", "expected"), [(20, False), (21, True), (22, True), (23, False)])
def test_load_shedding_is_in_local_time(utc_hour: int, expected: bool) -> None:
    # 02:00-04:00 in Karachi is 21:00-23:00 UTC of the day before.
    assert is_shed("02:00-04:00", datetime(2026, 11, 21, utc_hour, tzinfo=UTC)) is expected


def test_the_pack_is_24_v_and_falls_when_empty() -> None:
    volts = [battery_voltage_v(share, False) for share in (0.0, 0.5, 1.0)]
    assert volts == pytest.approx([22.4, 26.0, 27.2])


@given(st.floats(0, 5000), st.floats(0, 1), st.floats(0, 86400), st.floats(0, 500), st.booleans(), st.floats(0, 500))
def test_charge_stays_between_empty_and_full(
    capacity: float, share: float, seconds: float, load: float, mains: bool, solar: float
) -> None:
    after = step_battery(Battery(capacity, capacity * share), seconds, load, mains, solar)
    assert 0.0 <= after.charge_wh <= capacity
