"""Power, sun and load shedding by hand-worked numbers; charge stays between empty and full."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisops.simulate.physics import Battery, battery_voltage_v, is_shed, step_battery, sun_elevation_deg


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
