"""What the solar report says of a panel's day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gisops.health.catalogue import shipped_profiles
from gisops.service.report_solar import solar_rows, solar_summary
from gisops.store.ports import Sample
from tests.cities import small_city

CITY = small_city()
PROFILES = shipped_profiles()
NAMES = [metric.name for metric in PROFILES["cabinet"].metrics]


def sample(at: datetime, watts: float | None, *, answered: bool = True) -> Sample:
    values = tuple(watts if name == "solar_power_w" else None for name in NAMES)
    return Sample("B2", at, "cabinet", answered, 0.01, values if answered else ())


def test_a_day_of_a_panel_is_a_row() -> None:
    noon = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
    box = replace(CITY.boxes["B2"], solar_w=200.0)
    samples = [sample(noon + timedelta(minutes=m), 90.0) for m in range(0, 61, 5)]
    samples.insert(3, sample(noon + timedelta(minutes=12), None, answered=False))
    (row,) = solar_rows(CITY, box, samples, PROFILES)
    assert (row["day"], row["box"], row["panel_w"]) == ("2026-11-20", "B2", 200.0)
    assert row["harvest_wh"] == pytest.approx(90.0)
    assert row["read_h"] == pytest.approx(1.0)
    # Karachi at noon in November: the sun 45 deg high, Haurwitz 715 W/m2; 90 of 143 W.
    assert row["share_of_clear_sky_pct"] == pytest.approx(63, abs=2)
    summary = solar_summary(replace(CITY, boxes={"B2": box}), [row])
    assert summary == {"panels": 1, "panels_read": 1, "harvest_kwh": 0.09}


def test_a_box_without_a_panel_has_no_row() -> None:
    noon = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
    assert solar_rows(CITY, replace(CITY.boxes["B2"], solar_w=None), [sample(noon, 5.0)], PROFILES) == []
    assert solar_rows(CITY, replace(CITY.boxes["B2"], solar_w=100.0), [], PROFILES) == []
