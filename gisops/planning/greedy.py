"""Which choice is good at once? The candidate that adds most, again and again, looked at lazily.

Lazy evaluation (Minoux 1978; CELF: Leskovec et al., KDD 2007): what a candidate adds never grows, so the one on
top of the heap after a fresh look is the best. For a plain count the choice is worth at least 1 - 1/e of the best
(Nemhauser, Wolsey and Fisher 1978); a budget needs partial enumeration for that (Sviridenko 2004), which is
not done: the bound says what is left.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from gisops.planning.feasible import Purse
from gisops.planning.score import Score

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gisops.planning.gain import Gain
    from gisops.planning.halt import Halt
    from gisops.planning.siting import Siting

__all__ = ["fill", "greedy"]


def greedy(siting: Siting, gain: Gain, halt: Halt) -> NDArray[np.int64]:
    """Choose candidates: first what must be seen and the floors, then what adds most.

    With a budget both the most for the money and the most as such are tried, and the better is taken
    (Khuller, Moss and Naor 1999). The rules may stay broken: ask :func:`gisops.planning.feasible.broken`.
    """
    choices = []
    for is_by_cost in (False, True) if siting.rules.budget is not None else (False,):
        score, purse = Score(siting, gain), Purse.full(siting)
        for candidate in siting.rules.locked:
            score.add(candidate)
            purse.take(candidate)
        _see_musts(siting, score, purse, halt)
        for k in range(len(siting.rules.floors)):
            _reach_floor(siting, k, score, purse, halt)
        fill(score, purse, halt, is_by_cost=is_by_cost)
        choices.append((score.value, score.chosen))
    return max(choices, key=lambda choice: choice[0])[1]


def fill(score: Score, purse: Purse, halt: Halt, *, is_by_cost: bool) -> None:
    """Add what adds most until nothing more may be taken or adds anything.

    Parameters
    ----------
    score, purse
        Where to begin; changed in place.
    halt
        When to stop.
    is_by_cost
        Whether to go by worth for the money.
    """
    cost = np.maximum(score.siting.cost, 1e-12) if is_by_cost else np.ones(score.siting.candidates)
    first = np.where(purse.allowed(), score.gains() / cost, 0.0)

    def look(candidate: int) -> float:
        return score.gain(candidate) / float(cost[candidate])

    def take(candidate: int) -> bool:
        score.add(candidate)
        purse.take(candidate)
        return purse.count_left >= 1

    _lazily(first, look, take, purse, halt)


def _lazily(
    first: NDArray[np.float64],
    look: Callable[[int], float],
    take: Callable[[int], bool],
    purse: Purse,
    halt: Halt,
) -> None:
    """Take the best again and again; ``take`` says whether to go on."""
    heap = [(-float(first[k]), int(k)) for k in np.flatnonzero(first > 0.0)]
    heapq.heapify(heap)
    looks = 0
    while heap:
        _, candidate = heapq.heappop(heap)
        looks += 1
        if looks % 256 == 0 and halt.reached():
            return
        if not purse.allows(candidate):
            continue
        now = look(candidate)
        if now <= 0.0:
            continue
        if heap and now < -heap[0][0]:
            heapq.heappush(heap, (-now, candidate))
            continue
        if not take(candidate):
            return


def _see_musts(siting: Siting, score: Score, purse: Purse, halt: Halt) -> None:
    """Add what sees most of the cells that must be seen, for the money."""
    unseen = np.zeros(siting.cells)
    unseen[np.array(siting.rules.must, dtype=np.int64)] = 1.0
    unseen[score.state > 0] = 0.0
    _cover(siting, unseen, 1e-9, score, purse, halt)


def _reach_floor(siting: Siting, floor: int, score: Score, purse: Purse, halt: Halt) -> None:
    """Add what sees most of a district until its floor is reached."""
    rule = siting.rules.floors[floor]
    unseen = np.zeros(siting.cells)
    unseen[rule.cells] = siting.weight[rule.cells]
    allowed_unseen = (1.0 - rule.share) * float(unseen.sum()) * (1.0 + 1e-12)
    unseen[score.state > 0] = 0.0
    _cover(siting, unseen, allowed_unseen + 1e-9, score, purse, halt)


def _cover(siting: Siting, unseen: NDArray[np.float64], until: float, score: Score, purse: Purse, halt: Halt) -> None:
    """Add candidates until what is unseen weighs ``until`` or less."""
    if unseen.sum() <= until:
        return
    price = siting.cost + (1e-9 if siting.rules.budget is not None else 1.0)
    price = price if siting.rules.budget is not None else np.ones(siting.candidates)
    first = np.where(purse.allowed(), (siting.covers @ unseen) / price, 0.0)

    def look(candidate: int) -> float:
        return float(unseen[siting.cells_of(candidate)].sum() / price[candidate])

    def take(candidate: int) -> bool:
        score.add(candidate)
        purse.take(candidate)
        unseen[siting.cells_of(candidate)] = 0.0
        return bool(unseen.sum() > until)

    _lazily(first, look, take, purse, halt)
