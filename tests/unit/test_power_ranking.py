"""Autonomy, capacity, ranking and harvest, against figures worked out by hand."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from gisops.health.power.capacity import Basis, learn_battery
from gisops.health.power.episode import End, Episode
from gisops.health.power.estimate import Panel
from gisops.health.power.harvest import harvest_by_day
from gisops.health.power.ranking import autonomy_of, rank_batteries
from gisops.health.power.sun import clear_sky_share
from gisops.model.inventory import Box

T0 = datetime(2026, 11, 1, tzinfo=UTC)


def episode(day: int, hours: float, end: End, charge: tuple[float, float] = (100, 3), wh: float = 0.0) -> Episode:
    began = T0 + timedelta(days=day)
    over = began + timedelta(hours=hours)
    return Episode(
        "B", began, began, over, over if end is End.DARK else None, end, charge[0], charge[1],
        wh or None, 80.0, None, None, began, charge[0],
    )  # fmt: skip


def box(box_id: str, rated_wh: float | None) -> Box:
    return Box(box_id, "S", "Box", 67.0, 24.85, "F", "N", "a", "2c", "c", "Contractor", "M", battery_wh=rated_wh)


def test_autonomy_is_the_product_limit_median() -> None:
    runs = [episode(1, 2.0, End.MAINS_BACK), episode(2, 4.0, End.DARK), episode(3, 6.0, End.DARK)]
    # At 4 h two are at risk: 1/2 is left, the median. Without lower bounds it would be 4 or 6.
    assert autonomy_of(runs) == (4.0, False)
    # Three at risk at 4 h: 2/3 left; at 6 h one of two: 1/3 left.
    assert autonomy_of([episode(1, 7.0, End.MAINS_BACK), *runs[1:]]) == (6.0, False)


def test_lower_bounds_alone_stay_lower_bounds() -> None:
    assert autonomy_of([episode(1, 2.0, End.MAINS_BACK), episode(2, 3.0, End.UNKNOWN)]) == (3.0, True)
    # Dark after an hour, but from 40 %: a full battery lasts at least an hour.
    assert autonomy_of([episode(1, 1.0, End.DARK, (40, 3))]) == (1.0, True)
    assert autonomy_of([]) is None


def test_capacity_is_what_is_drawn_for_all_of_the_gauge() -> None:
    battery = learn_battery([episode(1, 3.0, End.MAINS_BACK, (100, 60), 240.0)], None)
    assert battery is not None
    assert battery.capacity == pytest.approx(600.0)  # 240 Wh for 40 %
    # Gauge: sqrt 2 x 1 % of 40 %; and 5 % from one discharge to the next, of the episode and of the next one.
    assert battery.log_sd == pytest.approx(math.sqrt(2 / 40**2 + 0.05**2 + 0.05**2))
    assert (battery.basis, battery.episodes, battery.darknesses) == (Basis.HISTORY, 1, 0)


def test_a_battery_nobody_measured_is_a_guess_from_its_label() -> None:
    battery = learn_battery([], 1000.0)
    assert battery is not None
    assert battery.capacity == pytest.approx(650.0)
    assert battery.basis is Basis.RATED
    assert learn_battery([], None) is None
    small = learn_battery([episode(1, 0.1, End.MAINS_BACK, (100, 95), 20.0)], 1000.0)
    assert small is not None
    assert small.basis is Basis.RATED  # 5 % tell nothing


def test_where_it_goes_dark_is_learned() -> None:
    battery = learn_battery([episode(d, 3.0, End.DARK, (100, 20), 240.0) for d in (1, 2)], None)
    assert battery is not None
    assert battery.cut_pct == 20.0
    assert battery.capacity == pytest.approx(300.0)


def test_one_early_darkness_is_not_believed_yet() -> None:
    runs = [episode(1, 3.0, End.DARK, (100, 5), 240.0), episode(2, 1.0, End.DARK, (100, 45), 140.0)]
    battery = learn_battery(runs, None)
    assert battery is not None
    assert battery.cut_pct == 5.0
    alone = learn_battery(runs[1:], None)
    assert alone is not None
    assert alone.cut_pct == 3.0
    again = learn_battery([*runs, episode(3, 1.0, End.DARK, (100, 43), 140.0)], None)
    assert again is not None
    assert again.cut_pct == 44.0


def test_without_a_load_the_battery_is_told_in_hours() -> None:
    battery = learn_battery([episode(1, 3.0, End.MAINS_BACK, (100, 60))], 1000.0, in_hours=True)
    assert battery is not None
    assert battery.capacity == pytest.approx(7.5)


def test_batteries_are_ranked_by_what_they_lost() -> None:
    histories = {
        "half": [episode(1, 4.0, End.DARK, (100, 0), 400.0)],
        "good": [episode(1, 2.0, End.MAINS_BACK, (100, 80), 190.0)],
        "odd": [episode(1, 2.0, End.MAINS_BACK, (100, 80), 190.0)],
    }
    boxes = [box("good", 1000.0), box("none", 1000.0), box("half", 1000.0), box("odd", None)]
    ranks = {found.box_id: found for found in rank_batteries(boxes, histories)}
    assert [(f.box_id, f.rank) for f in ranks.values()] == [("half", 1), ("good", 2), ("odd", None), ("none", None)]
    half = ranks["half"]
    # 400 Wh for 100 %, weighed against the label's guess of 650 Wh (precision 1/0.45^2 to 1/(0.05^2 + 2/100^2)).
    weight, guess = 1 / (0.05**2 + 2 / 100**2), 1 / 0.45**2
    usable = math.exp((weight * math.log(400) + guess * math.log(650)) / (weight + guess))
    assert half.usable_wh == pytest.approx(usable)
    assert half.lost_share == pytest.approx(1 - usable / 1000)
    assert (half.autonomy_h, half.share, half.is_met, half.darknesses) == (4.0, 0.5, False, 1)
    assert half.projected_h == pytest.approx(usable / 80.0)
    good = ranks["good"]
    assert (good.autonomy_h, good.is_at_least, good.is_met) == (2.0, True, None)
    assert ranks["odd"].lost_share is None
    assert ranks["odd"].projected_h is not None
    nobody = ranks["none"]
    assert (nobody.episodes, nobody.autonomy_h, nobody.share, nobody.lost_share) == (0, None, None, None)


KARACHI = ZoneInfo("Asia/Karachi")
PANEL = Panel(200.0, 67.0, 24.85)


def test_the_clear_sky_is_brightest_at_the_solar_noon_and_dark_at_night() -> None:
    # 21 June, Karachi: the sun culminates at 12:00 - 67/15 h + 2 min (equation of time) = 07:34 UTC, 88.6 deg high.
    day = datetime(2026, 6, 21, tzinfo=UTC).timestamp()
    minutes = np.arange(1440, dtype=np.float64)
    share = clear_sky_share(day + 60.0 * minutes, 67.0, 24.85)
    assert abs(int(share.argmax()) - (7 * 60 + 34)) <= 2
    # Haurwitz at a zenith angle of 1.4 deg: 1098 x 0.9997 x exp(-0.057 / 0.9997) = 1036.8 W/m2.
    assert share.max() == pytest.approx(1.0368, abs=0.002)
    assert share[20 * 60] == 0.0
    # Day length there: 13 h 37 min by the sun's centre (arccos(-tan 24.85 tan 23.44) / 7.5 deg an hour = 13.54 h).
    assert (share > 0).sum() / 60 == pytest.approx(13.54, abs=0.1)


def test_a_harvest_is_cut_at_local_midnight() -> None:
    # 18:30 UTC is 23:30 in Karachi; 12 W for an hour in two readings half an hour apart.
    moments = [datetime(2026, 11, 20, 18, 30, tzinfo=UTC) + timedelta(minutes=n) for n in (0, 20, 40, 60)]
    found = harvest_by_day([(m, 12.0) for m in moments], PANEL, KARACHI)
    assert [h.day for h in found] == [date(2026, 11, 20), date(2026, 11, 21)]
    assert [h.energy_wh for h in found] == pytest.approx([6.0, 6.0])
    assert [h.observed_h for h in found] == pytest.approx([0.5, 0.5])
    assert [h.share_of_clear_sky for h in found] == [None, None]


def test_a_panel_at_half_the_clear_sky_shows_as_half() -> None:
    midnight = datetime(2026, 11, 19, 19, 0, tzinfo=UTC)
    moments = [midnight + timedelta(minutes=5 * n) for n in range(289)]
    shares = clear_sky_share(np.array([m.timestamp() for m in moments]), PANEL.lon_deg, PANEL.lat_deg)
    (day,) = harvest_by_day([(m, 100.0 * s) for m, s in zip(moments, shares, strict=True)], PANEL, KARACHI)
    assert day.day == date(2026, 11, 20)
    assert day.share_of_clear_sky == pytest.approx(0.5, abs=0.002)
    assert day.daylight_share == pytest.approx(1.0, abs=0.002)
    assert day.observed_h == pytest.approx(24.0)


def test_gaps_and_missing_readings_are_no_harvest() -> None:
    noon = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)
    readings = [(noon, 100.0), (noon + timedelta(minutes=10), None), (noon + timedelta(minutes=20), 100.0)]
    readings.append((noon + timedelta(hours=2), 100.0))
    (day,) = harvest_by_day(readings, PANEL, KARACHI)
    assert day.energy_wh == pytest.approx(100.0 / 3)  # bridged 20 minutes, not the 100 after them
    assert day.daylight_share < 0.1
    assert harvest_by_day([], PANEL, KARACHI) == []
