"""Expected coverage: monotone, submodular, true to Monte Carlo; the score is the same in any order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gisops.planning.dual import lower_bound
from gisops.planning.gain import BackupGain, ExpectedGain, FirstGain, Gain
from gisops.planning.halt import Halt
from gisops.planning.score import Score
from gisops.planning.siting import Rules, Siting

FOREVER = Halt(lambda: 0.0)


def _siting(seed: int, candidates: int = 8, cells: int = 12, count: int | None = None) -> tuple[Siting, np.ndarray]:
    rng = np.random.default_rng(seed)
    seen = [np.flatnonzero(rng.random(cells) < 0.35).tolist() for _ in range(candidates)]
    box = rng.integers(0, max(1, candidates // 2), candidates)
    q = rng.uniform(0.05, 1.0, candidates)[box]
    return Siting.of(seen, rng.gamma(1.0, 1.0, cells), box=box, rules=Rules(count=count)), q


def _gains(q: np.ndarray) -> tuple[Gain, ...]:
    return FirstGain(), BackupGain(0.65), ExpectedGain(q)


subsets = st.sets(st.integers(0, 7))


@given(st.integers(0, 10_000), subsets, subsets, st.integers(0, 7))
def test_monotone_and_submodular(seed: int, small: set[int], more: set[int], extra: int) -> None:
    siting, q = _siting(seed)
    large = small | more
    for gain in _gains(q):

        def worth(chosen: set[int], gain: Gain = gain) -> float:
            return Score(siting, gain, sorted(chosen)).value

        assert worth(large) >= worth(small) - 1e-9
        if extra not in large:
            adds_to_small = worth(small | {extra}) - worth(small)
            adds_to_large = worth(large | {extra}) - worth(large)
            assert adds_to_small >= adds_to_large - 1e-9
            assert Score(siting, gain, sorted(small)).gain(extra) == pytest.approx(adds_to_small, abs=1e-9)


@given(st.integers(0, 10_000), st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=25))
def test_any_order_of_changes_gives_the_same_to_the_last_bit(seed: int, steps: list[tuple[int, int]]) -> None:
    siting, q = _siting(seed)
    for gain in _gains(q):
        score = Score(siting, gain)
        before = score.value
        for one, other in steps:
            if not score.has(one):
                change = score.add(one)
            elif not score.has(other):
                change = score.move(one, other)
            else:
                assert score.loss(one) == pytest.approx(
                    Score(siting, gain, score.chosen.tolist()).loss(one), abs=1e-9
                )
                change = -score.remove(one)
            assert score.value == pytest.approx(before + change, abs=1e-9)
            before = score.value
        fresh = Score(siting, gain, score.chosen.tolist())
        assert score.value == fresh.value
        assert (score.state == fresh.state).all()
        assert score.gains() == pytest.approx([fresh.gain(k) for k in range(8)], abs=1e-9)


@given(st.integers(0, 10_000), subsets.filter(bool), st.sets(st.integers(0, 11)))
def test_dragging_and_dropping_back(seed: int, chosen: set[int], cells: set[int]) -> None:
    siting, q = _siting(seed)
    for gain in _gains(q):
        score = Score(siting, gain, sorted(chosen))
        before, camera = score.value, min(chosen)
        score.drag(camera, [])
        change = score.drag(camera, sorted(cells))
        assert score.value >= 0.0
        elsewhere = Score(siting, gain, sorted(chosen - {camera})).value
        assert score.value >= elsewhere - 1e-9
        assert change >= -1e-12
        score.drop(camera)
        assert score.value == before


@given(st.integers(0, 10_000), st.integers(1, 8))
@settings(max_examples=60)
def test_bound_is_never_below_any_choice(seed: int, count: int) -> None:
    siting, q = _siting(seed, count=count)
    rng = np.random.default_rng(seed + 1)
    for gain in _gains(q):
        prices = lower_bound(siting, gain.envelope(siting), 0.0, FOREVER, steps=40)
        for _ in range(10):
            chosen = rng.permutation(8)[:count]
            assert Score(siting, gain, chosen.tolist()).value <= prices.bound + 1e-6


@pytest.mark.parametrize("seed", range(4))
def test_expected_coverage_is_what_falling_boxes_show(seed: int) -> None:
    siting, q = _siting(seed, 10, 30)
    chosen = [0, 2, 3, 5, 8, 9]
    rng = np.random.default_rng(seed)
    rounds = 40_000
    up_by_box = {int(b): rng.random(rounds) < q[np.flatnonzero(siting.box == b)[0]] for b in np.unique(siting.box)}
    seen = np.zeros((siting.cells, rounds), dtype=bool)
    for j in chosen:
        seen[siting.cells_of(j)] |= up_by_box[int(siting.box[j])]
    by_round = siting.weight @ seen
    value = Score(siting, ExpectedGain(q), chosen).value
    # Four standard errors of the mean: once in 16,000 seeds by chance.
    assert abs(value - float(by_round.mean())) <= 4.0 * float(by_round.std()) / rounds**0.5
