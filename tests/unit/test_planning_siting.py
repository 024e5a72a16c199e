"""Covering models: brute force and spopt agree, rules are kept or named, every stop gives a bound."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

import numpy as np
import pytest

from gisops.errors import PlanningError
from gisops.planning.conflict import NoChoiceError, find_conflict
from gisops.planning.covering import LSCP, MCLP, BackupCoverage, ExpectedCoverage
from gisops.planning.feasible import keeps
from gisops.planning.halt import Halt
from gisops.planning.siting import Floor, Rules, Siting

FOREVER = Halt(lambda: 0.0)


def _random(seed: int, candidates: int = 9, cells: int = 14, **more: object) -> Siting:
    rng = np.random.default_rng(seed)
    seen = [np.flatnonzero(rng.random(cells) < 0.25).tolist() for _ in range(candidates)]
    arrays: dict[str, object] = {"cost": rng.integers(1, 9, candidates).astype(float)} | more
    return Siting.of(seen, rng.integers(0, 10, cells).astype(float), **arrays)  # type: ignore[arg-type]


def _boxes_seen(siting: Siting, chosen: tuple[int, ...], cell: int) -> set[int]:
    return {int(siting.box[j]) for j in chosen if cell in siting.cells_of(j).tolist()}


def _brute(siting: Siting, worth: Callable[[set[int]], float]) -> float:
    best = -1.0
    for size in range(siting.candidates + 1):
        for chosen in itertools.combinations(range(siting.candidates), size):
            if keeps(siting, chosen):
                value = sum(
                    float(siting.weight[i]) * worth(_boxes_seen(siting, chosen, i)) for i in range(siting.cells)
                )
                best = max(best, value)
    return best


RULES = (
    Rules(count=3),
    Rules(budget=11.0),
    Rules(count=4, budget=14.0, locked=(2,), forbidden=(5,)),
    Rules(count=4, must=(0, 3), floors=(Floor("East", np.arange(7, 12), 0.3),)),
)


@pytest.mark.parametrize("seed", range(12))
def test_brute_force_agrees_on_all_models(seed: int) -> None:
    rng = np.random.default_rng(1000 + seed)
    box = rng.integers(0, 5, 9)
    group = np.where(rng.random(9) < 0.4, rng.integers(0, 2, 9), -1)
    siting = _random(seed, box=box, group=group, rules=RULES[seed % 4])
    q_of_box = rng.uniform(0.5, 0.99, 5)
    q = q_of_box[box]
    cases: tuple[tuple[MCLP | BackupCoverage | ExpectedCoverage, Callable[[set[int]], float]], ...] = (
        (MCLP(siting), lambda boxes: float(len(boxes) > 0)),
        (BackupCoverage(siting, 0.7), lambda boxes: (0.0, 0.7, 1.0)[min(2, len(boxes))]),
        (
            ExpectedCoverage(siting, q),
            lambda boxes: 1.0 - float(np.prod([1.0 - q_of_box[b] for b in boxes])) if boxes else 0.0,
        ),
    )
    for model, worth in cases:
        best = _brute(siting, worth)
        if best < 0.0:
            with pytest.raises(NoChoiceError):
                model.solve(FOREVER)
            continue
        answer = model.solve(FOREVER)
        assert answer.value == pytest.approx(best, rel=1e-7)
        assert answer.bound == pytest.approx(best, rel=1e-6)
        assert answer.ended == "proven"
        assert keeps(siting, answer.chosen)


@pytest.mark.parametrize("seed", range(8))
def test_set_covering_costs_least(seed: int) -> None:
    siting = _random(seed)
    seen = [i for i in range(siting.cells) if _boxes_seen(siting, tuple(range(9)), i)]
    costs = [
        float(siting.cost[list(chosen)].sum())
        for size in range(10)
        for chosen in itertools.combinations(range(9), size)
        if all(_boxes_seen(siting, chosen, i) for i in seen)
    ]
    answer = LSCP(siting).solve(FOREVER)
    assert (answer.value, answer.bound, answer.gap) == (min(costs), min(costs), 0.0)
    assert sorted({*LSCP(siting).unseen.tolist(), *seen}) == list(range(siting.cells))


def test_leave_upgrade_or_new_by_hand() -> None:
    # An old camera sees cell 0 for nothing; its upgrade, for 4, cells 0 and 1; a new one elsewhere, for 5, cell 2.
    siting = Siting.of(
        [[0], [0, 1], [2]], [1.0, 6.0, 6.5], cost=[0.0, 4.0, 5.0], group=[0, 0, -1], rules=Rules(budget=5.0)
    )
    answer = MCLP(siting).solve(FOREVER)
    assert (answer.value, answer.chosen) == (7.5, (0, 2))


def test_backup_wants_another_box() -> None:
    # Two cameras of box 0 and one of box 1 see the same cell: the second counts only from box 1.
    siting = Siting.of([[0], [0], [0]], [10.0], box=[0, 0, 1], cost=[1.0, 1.0, 5.0], rules=Rules(budget=2.0))
    assert BackupCoverage(siting, 0.6).solve(FOREVER).value == 6.0
    siting = Siting.of([[0], [0], [0]], [10.0], box=[0, 0, 1], cost=[1.0, 1.0, 5.0], rules=Rules(budget=6.0))
    assert BackupCoverage(siting, 0.6).solve(FOREVER).value == 10.0


def test_conflict_is_smallest_and_the_cheapest_way_out_comes_first() -> None:
    # Cells 0 and 1 must be seen, each by one candidate of cost 6: 12 is needed, 10 is there; count 9 is no matter.
    siting = Siting.of(
        [[0], [1], [2]], [1.0, 1.0, 1.0], cost=[6.0, 6.0, 1.0], rules=Rules(count=9, budget=10.0, must=(0, 1, 2))
    )
    with pytest.raises(NoChoiceError) as caught:
        MCLP(siting).solve(FOREVER)
    conflict = caught.value.conflict
    assert set(conflict.rules) == {"budget 10", "must 0", "must 1"}
    assert [(r.rule, r.to) for r in conflict.remedies] == [("budget", 13.0), ("must 0", None), ("must 1", None)]
    assert "budget to 13" in str(caught.value)


def test_conflict_of_floor_and_count() -> None:
    # One camera of two sees at most 6 of 10 of the district; 0.8 is asked.
    floors = (Floor("Malir", np.array([0, 1]), 0.8),)
    siting = Siting.of([[0], [1]], [6.0, 4.0], rules=Rules(count=1, floors=floors))
    conflict = find_conflict(siting, FOREVER)
    assert conflict is not None
    assert set(conflict.rules) == {"count 1", "floor Malir 0.8"}
    found = {r.rule: r.to for r in conflict.remedies}
    assert found == {"count": 2.0, "floor Malir": pytest.approx(0.6)}
    assert conflict.remedies[0].rule == "floor Malir"  # a quarter given up, where the count would double


def test_locked_and_forbidden_at_once() -> None:
    siting = Siting.of([[0], [0]], [1.0], rules=Rules(locked=(0,), forbidden=(0,)))
    conflict = find_conflict(siting, FOREVER)
    assert conflict is not None
    assert set(conflict.rules) == {"locked 0", "forbidden 0"}


def test_no_conflict_where_a_choice_is_possible() -> None:
    assert find_conflict(_random(1, rules=Rules(count=3)), FOREVER) is None


def _large(seed: int, count: int = 60) -> Siting:
    rng = np.random.default_rng(seed)
    seen = []
    for _ in range(1200):
        x, y = int(rng.integers(0, 96)), int(rng.integers(0, 96))
        seen.append([(y + dy) * 100 + x + dx for dy in range(5) for dx in range(5)])
    return Siting.of(seen, rng.gamma(0.5, 1.0, 10_000), rules=Rules(count=count))


def test_large_one_is_close_with_proof_and_the_same_again() -> None:
    siting = _large(3)
    assert siting.covers.nnz > 20_000  # HiGHS does not take it whole
    answer = MCLP(siting).solve(FOREVER, gap=0.01, seed=4)
    assert answer.ended == "proven"
    assert answer.gap <= 0.01
    assert answer.value == pytest.approx(
        siting.weight[np.unique(np.concatenate([siting.cells_of(j) for j in answer.chosen]))].sum()
    )
    assert MCLP(siting).solve(FOREVER, gap=0.01, seed=4) == answer


def test_cancelled_large_one_gives_its_best_with_a_bound() -> None:
    siting = _large(3)
    cancel = threading.Event()
    cancel.set()
    stopped = MCLP(siting).solve(Halt(lambda: 0.0, None, cancel))
    solved = MCLP(siting).solve(FOREVER, gap=0.02)
    assert stopped.ended == "cancelled"
    assert keeps(siting, stopped.chosen)
    assert stopped.value <= solved.bound <= stopped.bound * (1.0 + 1e-9) or stopped.bound >= solved.value


def test_warm_start_counts() -> None:
    siting = _random(5, rules=Rules(count=3))
    best = MCLP(siting).solve(FOREVER)
    assert MCLP(siting).solve(FOREVER, begin=best.chosen).value == best.value


@pytest.mark.parametrize("kind", ["cost", "group", "box"])
def test_arrays_that_do_not_fit_are_refused(kind: str) -> None:
    more: dict[str, object] = {kind: [1, 2, 3]}
    with pytest.raises(PlanningError, match=f"siting {kind}"):
        Siting.of([[0], [0]], [1.0], **more)  # type: ignore[arg-type]


def test_indices_and_numbers_out_of_range_are_refused() -> None:
    with pytest.raises(PlanningError, match="must: 7"):
        Siting.of([[0]], [1.0], rules=Rules(must=(7,)))
    with pytest.raises(PlanningError, match="cell that there is not"):
        Siting.of([[3]], [1.0])
    with pytest.raises(PlanningError, match="negative or unknown"):
        Siting.of([[0]], [float("nan")])
    with pytest.raises(PlanningError, match="availability"):
        ExpectedCoverage(Siting.of([[0]], [1.0]), np.array([0.0])).solve(FOREVER)
    with pytest.raises(PlanningError, match="two availabilities"):
        ExpectedCoverage(Siting.of([[0], [0]], [1.0], box=[0, 0]), np.array([0.5, 0.6])).solve(FOREVER)


def test_nothing_to_choose_from() -> None:
    answer = MCLP(Siting.of([[]], [1.0], rules=Rules(count=1))).solve(FOREVER)
    assert (answer.value, answer.bound, answer.gap) == (0.0, 0.0, 0.0)


def test_large_one_with_budget_and_groups_keeps_them_and_is_close() -> None:
    plain = _large(3)
    rng = np.random.default_rng(8)
    cost = rng.integers(50, 150, plain.candidates).astype(float)
    group = np.arange(plain.candidates) // 4
    siting = Siting(plain.covers, plain.weight, cost=cost, group=group, rules=Rules(budget=5000.0))
    answer = MCLP(siting).solve(FOREVER, gap=0.02)
    assert keeps(siting, answer.chosen)
    assert answer.ended == "proven"
    assert answer.gap <= 0.02
