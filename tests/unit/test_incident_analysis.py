"""Analyses held to published or hand-worked results, and to chance: what is random must show nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from math import inf, pi
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from gisops.errors import IncidentError
from gisops.incidents.compare import compare, dispersion
from gisops.incidents.density import kernel_density, scott_bandwidth_m
from gisops.incidents.hotspots import (
    benjamini_hochberg,
    draw_tail,
    getis_ord_star,
    hot_squares,
    square_neighbours,
)
from gisops.incidents.hours import hour_table
from gisops.incidents.interval import poisson_interval, rate_ratio, share_interval
from gisops.incidents.knox import knox
from gisops.incidents.rates import area_rates

KHI = ZoneInfo("Asia/Karachi")


def grid(side: int) -> tuple[np.ndarray, np.ndarray]:
    column, row = (v.ravel() for v in np.meshgrid(np.arange(side), np.arange(side)))
    return column, row


def test_getis_ord_star_gives_the_published_example_of_pysal() -> None:
    """The six points of esda's ``G_Local``, neighbours within 15, weights of one: z as its documentation has them."""
    points = np.array([(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)], dtype=float)
    values = np.array([2.0, 3.0, 3.2, 5.0, 8.0, 7.0])
    away = np.hypot(*(points[:, None, :] - points[None, :, :]).transpose(2, 0, 1))
    ones, others = np.nonzero((away <= 15.0) & (away > 0.0))
    z = getis_ord_star(values, (ones, others))
    assert z == pytest.approx([-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331], abs=1e-8)


def test_the_exact_tail_is_that_of_all_draws_written_out() -> None:
    counts = np.array([0, 0, 0, 1, 1, 2, 5])
    for draws in (1, 2, 3, 4):
        sums = np.array([sum(draw) for draw in combinations(counts.tolist(), draws)])
        want = [(sums >= s).mean() for s in range(int(sums.max()) + 1)]
        assert draw_tail(counts, draws).tolist() == pytest.approx(want, abs=1e-12)


def test_benjamini_and_hochberg_give_their_own_published_example() -> None:
    """Benjamini and Hochberg (1995), section 4: fifteen p-values; at 0.05 their procedure rejects the first four."""
    p = np.array([
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
        0.7590, 1.0,
    ])  # fmt: skip
    assert benjamini_hochberg(p, 0.05).sum() == 4
    assert benjamini_hochberg(p[::-1], 0.05)[-4:].all()


def test_random_labels_give_no_hot_spot() -> None:
    """Four hundred incidents dealt to 900 squares at random, forty times: false finds stay within five per cent."""
    column, row = grid(30)
    pairs = square_neighbours(column, row)
    found = []
    for seed in range(40):
        counts = np.bincount(np.random.default_rng(seed).integers(0, 900, 400), minlength=900)
        found.append(bool(hot_squares(counts, pairs).is_hot.any()))
    # Five per cent of forty are two; more than five in forty has a chance of 1.4 %.
    assert sum(found) <= 5
    # The same of a clumped city whose squares were shuffled: labels, too, not only Poisson counts.
    for seed in range(20):
        rng = np.random.default_rng(1000 + seed)
        counts = rng.permutation(rng.negative_binomial(0.3, 0.3, 900))
        found.append(bool(hot_squares(counts, pairs).is_hot.any()))
    assert sum(found) <= 7


def test_a_real_hot_spot_is_found_and_nothing_far_from_it() -> None:
    column, row = grid(30)
    rng = np.random.default_rng(5)
    counts = rng.poisson(0.4, 900)
    inside = (abs(column - 10) <= 1) & (abs(row - 20) <= 1)
    counts[inside] += 4
    hot = hot_squares(counts, square_neighbours(column, row))
    assert hot.is_hot[inside].all()
    far = (abs(column - 10) > 3) | (abs(row - 20) > 3)
    assert hot.is_hot[far].sum() == 0


def test_one_square_that_holds_very_much_does_not_hide_another() -> None:
    column, row = grid(30)
    counts = np.random.default_rng(5).poisson(0.4, 900)
    counts[(column == 25) & (row == 5)] = 160
    second = (abs(column - 10) <= 1) & (abs(row - 20) <= 1)
    counts[second] += 4
    hot = hot_squares(counts, square_neighbours(column, row))
    assert hot.is_hot[second].all()
    assert np.flatnonzero(hot.is_peak).tolist() == np.flatnonzero((column == 25) & (row == 5)).tolist()


def test_no_incidents_or_the_same_everywhere_is_no_hot_spot() -> None:
    column, row = grid(4)
    pairs = square_neighbours(column, row)
    for counts in (np.zeros(16, dtype=int), np.full(16, 7)):
        found = hot_squares(counts, pairs)
        assert not found.is_hot.any()
        assert np.isnan(found.z).all()


def test_a_kernel_holds_one_incident_and_its_height_is_that_of_the_normal() -> None:
    one, none = np.ones(1), np.zeros(1)
    density = kernel_density(none + 1005.0, none + 2005.0, one, none, 200.0, 10.0)
    assert density.per_km2.sum() * 10.0**2 / 1e6 == pytest.approx(1.0, abs=1e-3), "4 sigma hold all but 1 in 10,000"
    assert density.per_km2.max() == pytest.approx(1e6 / (2.0 * pi * 200.0**2), rel=1e-3)
    row, column = np.unravel_index(density.per_km2.argmax(), density.per_km2.shape)
    assert (density.west_m + (column + 0.5) * 10.0, density.south_m + (row + 0.5) * 10.0) == (1005.0, 2005.0)
    # 200 m east the normal has fallen by exp(-1/2).
    assert density.per_km2[row, column + 20] / density.per_km2.max() == pytest.approx(np.exp(-0.5), rel=1e-6)


def test_a_street_is_spread_wider_than_an_exact_place() -> None:
    one, none = np.ones(1), np.zeros(1)
    exact = kernel_density(none, none, one, none, 150.0, 25.0).per_km2.max()
    street = kernel_density(none, none, one, none + 150.0, 150.0, 25.0).per_km2.max()
    # Twice the variance, half the height; widths come in steps of a quarter.
    assert street / exact == pytest.approx(0.5, rel=0.25)
    with pytest.raises(IncidentError, match="smaller"):
        kernel_density(none, none, one, none, 20.0, 25.0)


def test_scotts_bandwidth_by_hand() -> None:
    # Four corners of a square of 200 m: variance 100^2 * 4/3 both ways; 64 points would shrink by two.
    x, y = np.array([-100.0, 100.0, 100.0, -100.0]), np.array([-100.0, -100.0, 100.0, 100.0])
    assert scott_bandwidth_m(x, y) == pytest.approx((100.0**2 * 4 / 3) ** 0.5 * 4 ** (-1 / 6))
    with pytest.raises(IncidentError, match="one place"):
        scott_bandwidth_m(np.zeros(3), np.zeros(3))


def test_knox_by_hand() -> None:
    """Four incidents: A, B 50 m and 3 days apart, C 150 m from B on A's day, D far away."""
    x, y = np.array([0.0, 50.0, 200.0, 5000.0]), np.zeros(4)
    days = np.array([0.0, 3.0, 0.0, 40.0])
    found = knox(x, y, days, np.random.default_rng(1), (100.0, 200.0), (1.0, 7.0), deals=199)
    # Within 100 m: AB. Within 100-200 m: BC (150 m, 3 days) and AC (200 m, the same day).
    assert found.pairs.tolist() == [[0, 1], [1, 1]]
    # All 12 ways to deal 0, 0, 3, 40 out are alike: AB in 1-7 days in 4 of 12, on one day in 2 of 12.
    assert found.expected[0] == pytest.approx([1 / 6, 1 / 3], abs=0.1)


def test_knox_finds_near_repeats_and_none_in_shuffled_times() -> None:
    rng = np.random.default_rng(7)
    x, y, days = rng.uniform(0, 20_000, 300), rng.uniform(0, 20_000, 300), rng.uniform(0, 365, 300)
    again = rng.choice(300, 60, replace=False)
    x2, y2 = x[again] + rng.uniform(-60, 60, 60), y[again] + rng.uniform(-60, 60, 60)
    both = (np.concatenate([x, x2]), np.concatenate([y, y2]), np.concatenate([days, days[again] + 3.0]))
    bands = (200.0, 1000.0), (7.0, 28.0)
    repeats = knox(*both, np.random.default_rng(1), *bands, deals=199)
    assert repeats.ratio[0, 0] > 10.0
    assert repeats.p[0, 0] == pytest.approx(1 / 200)
    shuffled = [
        knox(both[0], both[1], rng.permutation(both[2]), np.random.default_rng(n), *bands, deals=99).p[0, 0]
        for n in range(20)
    ]
    # One in twenty is expected at 0.05; more than four has a chance of 0.3 %.
    assert sum(p <= 0.05 for p in shuffled) <= 4


def test_intervals_are_those_of_published_tables() -> None:
    """Garwood's limits for 0, 1, 10 and 100; Clopper and Pearson for 0 and 5 of 10; R's ``poisson.test`` example."""
    for count, low, high in ((0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.391), (100, 81.364, 121.627)):
        bounds = poisson_interval(count)
        assert (bounds.low, bounds.high) == pytest.approx((low, high), rel=1e-3, abs=1e-4)
    assert share_interval(5, 10).low == pytest.approx(0.1871, abs=1e-4)
    assert share_interval(5, 10).high == pytest.approx(0.8129, abs=1e-4)
    assert share_interval(0, 10).high == pytest.approx(1.0 - 0.025 ** (1 / 10), rel=1e-9)
    # eba1977: Fredericia against three other cities, ages 55-59; R prints 1.971488, 0.8584264 to 4.2772659.
    fredericia = rate_ratio(11, 800, 6 + 8 + 7, 1083 + 1050 + 878)
    assert (fredericia.value, fredericia.low, fredericia.high) == pytest.approx(
        (1.971488, 0.8584264, 4.2772659), rel=1e-6
    )
    assert rate_ratio(3, 1.0, 0, 1.0).high == inf
    assert rate_ratio(0, 1.0, 0, 1.0).value is None


def test_large_counts_keep_their_intervals() -> None:
    # Normal approximation: 1,000,000 +- 1.96 x 1,000.
    bounds = poisson_interval(1_000_000)
    assert (bounds.low, bounds.high) == pytest.approx((1_000_000 - 1960, 1_000_000 + 1961), rel=1e-5)


def test_before_and_after_beside_a_place_where_nothing_was_done() -> None:
    found = compare((100, 365.0), (50, 365.0), control=(100, 100))
    assert found.ratio.value == pytest.approx(0.5)
    assert found.ratio.high < 1.0, "fewer, beyond chance"
    assert found.net is not None
    assert (found.net.value, found.net.low, found.net.high) == pytest.approx((0.5, 0.3227, 0.7748), abs=1e-3)
    shorter = compare((100, 400.0), (25, 100.0))
    assert shorter.ratio.value == pytest.approx(1.0), "a quarter of the time, a quarter of the incidents"
    assert dispersion([4, 4, 4]) == 0.0
    assert dispersion([2, 4, 6]) == pytest.approx(1.0)


def test_hours_by_weekday_are_local_and_rates_are_over_hours_that_were() -> None:
    # 2026-03-02 is a Monday. Eight days: two Mondays, one of every other weekday.
    begin = datetime(2026, 3, 2, tzinfo=KHI).astimezone(UTC)
    moments = [begin + timedelta(hours=h) for h in (0.5, 24 * 7 + 0.5, 30.0, -1.0)]
    table = hour_table(moments, begin, begin + timedelta(days=8), KHI)
    assert table.counts.sum() == 3, "the one before the period is left out"
    assert table.counts[0, 0] == 2
    assert table.counts[1, 6] == 1, "30 hours after Monday's midnight: Tuesday at six"
    assert (table.hours[0] == 2.0).all()
    assert (table.hours[1:] == 1.0).all()
    assert table.rates[0, 0] == 1.0


def test_hours_that_a_clock_skips_are_not_there() -> None:
    """Pakistan put its clocks forward on 1 June 2008, at midnight: that Sunday had 23 hours."""
    begin, end = (datetime(2008, 6, day, tzinfo=KHI).astimezone(UTC) for day in (1, 2))
    hours = hour_table([], begin, end, KHI).hours
    assert hours.sum() == pytest.approx((end - begin).total_seconds() / 3600.0)
    assert hours[6, 0] == 0.0


def test_rates_of_districts_have_the_interval_of_their_count() -> None:
    rates = area_rates({"a": 10}, {"a": 2.0, "b": 5.0}, 365.25, {"a": 100_000})
    assert [rate.area_id for rate in rates] == ["a", "b"]
    assert (rates[0].per_km2_year.value, rates[0].per_km2_year.high) == pytest.approx((5.0, 9.195), rel=1e-3)
    assert rates[0].per_100k_year is not None
    assert rates[0].per_100k_year.value == pytest.approx(10.0)
    assert rates[1].per_km2_year.high == pytest.approx(3.689 / 5.0, rel=1e-3), "none seen is not none there"
