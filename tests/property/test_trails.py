"""A resting tracker makes no false move; what a trail says does not hang on the order of its fixes."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gisops.model.position import Fix
from gisops.trails.excursion import excursions, in_order
from gisops.trails.moved import Home, displaced_m, thresholds_m
from tests.tracker_noise import resting_fixes

HOME = Home(67.029771, 24.813458)
START = datetime(2026, 3, 1, tzinfo=UTC)
MONTH_S = 30 * 86_400


@pytest.mark.parametrize("accuracy_m", [4.0, 15.0, 60.0])
@pytest.mark.parametrize("memory_s", [0.0, 300.0])
def test_a_resting_tracker_makes_less_than_one_false_move_in_thirty_days(accuracy_m: float, memory_s: float) -> None:
    boxes, every_s = 2, 30.0
    for seed in range(boxes):
        rng = np.random.default_rng(seed)
        fixes = resting_fixes(HOME, accuracy_m, START, MONTH_S, every_s, memory_s, rng)
        away: NDArray[np.bool_] = displaced_m(HOME, fixes) > thresholds_m(HOME, fixes)
        assert not np.any(away[1:] & away[:-1])


def test_lone_jumps_of_a_receiver_are_no_moves() -> None:
    rng = np.random.default_rng(7)
    fixes = resting_fixes(HOME, 8.0, START, 3 * 86_400, 60.0, 0.0, rng, jumps=0.002, jump_m=900.0)
    beyond = int(np.sum(displaced_m(HOME, fixes) > thresholds_m(HOME, fixes)))
    assert beyond >= 3  # it did jump
    assert excursions(HOME, in_order(fixes)) == []


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), order=st.randoms(use_true_random=False), repeats=st.integers(0, 30))
def test_any_order_and_any_repetition_of_fixes_is_the_same_excursion(seed: int, order: object, repeats: int) -> None:
    rng = np.random.default_rng(seed)
    fixes = resting_fixes(HOME, 8.0, START, 600, 30.0, 0.0, rng)
    gone_at = START + timedelta(seconds=600)
    fixes += [
        Fix("T", gone_at + timedelta(seconds=10 * n), HOME.lon + 0.0008 * (n + 1), HOME.lat, 8.0) for n in range(20)
    ]
    shuffled = fixes + [fixes[int(rng.integers(len(fixes)))] for _ in range(repeats)]
    order.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis gives a random.Random
    assert excursions(HOME, in_order(shuffled)) == excursions(HOME, in_order(fixes))
    (trip,) = excursions(HOME, in_order(fixes))
    assert len(trip.fixes) == 20
    assert trip.at_home is not None
    assert trip.at_home.at == START + timedelta(seconds=570)


@settings(max_examples=60, deadline=None)
@given(
    accuracy_m=st.floats(1.0, 100.0),
    metres=st.floats(600.0, 5000.0),
    bearing=st.floats(0.0, 360.0),
)
def test_what_is_really_taken_away_is_away_after_two_fixes(accuracy_m: float, metres: float, bearing: float) -> None:
    east, north = metres * math.sin(math.radians(bearing)), metres * math.cos(math.radians(bearing))
    lon = HOME.lon + east / (111_320 * math.cos(math.radians(HOME.lat)))
    lat = HOME.lat + north / 110_800
    at_home = Fix("T", START, HOME.lon, HOME.lat, accuracy_m)
    away = [Fix("T", START + timedelta(seconds=120 + 10 * n), lon, lat, accuracy_m) for n in range(2)]
    (trip,) = excursions(HOME, in_order([at_home, *away]))
    assert trip.fixes == tuple(away)
