"""How is a siting solved, small or large? So that the answer carries a proven gap.

Small ones go to HiGHS whole. Large ones: greedy, swaps, a Lagrangian bound, then exact re-planning of one
neighbourhood after another until the gap asked for is proven, time is up, or nothing more helps.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gisops.planning.answer import Answer
from gisops.planning.blocks import block_bound
from gisops.planning.conflict import NoChoiceError, find_conflict, unknown
from gisops.planning.dual import Prices, lower_bound
from gisops.planning.exact import solve_exact
from gisops.planning.feasible import Purse, broken, keeps
from gisops.planning.gain import FirstGain
from gisops.planning.greedy import fill, greedy
from gisops.planning.merge import merged
from gisops.planning.repair import around, replan
from gisops.planning.score import Score
from gisops.planning.settle import settled
from gisops.planning.swap import swap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gisops.planning.gain import Gain
    from gisops.planning.halt import Halt
    from gisops.planning.siting import Siting

__all__ = ["solve"]

_SMALL = 20_000
"""Entries of the incidence up to which HiGHS takes the whole problem at once."""
_WORTH_SETTLING = 5_000
"""Entries below which HiGHS is done before a bound would have settled anything."""
_BLOCK_SIZES = (150, 300, 600)
_ROUNDS = 5
_PART = 160
_IDLE = 60
"""Neighbourhoods in a row that bring nothing before the search ends."""


def solve(
    model: str,
    siting: Siting,
    gain: Gain,
    halt: Halt,
    gap: float = 0.0,
    begin: Sequence[int] | None = None,
    seed: int = 0,
) -> Answer:
    """Solve.

    Parameters
    ----------
    model
        Name for the answer.
    siting, gain
        The problem, and how a cell's worth grows.
    halt
        When to stop.
    gap
        Share of the bound that need not be proven.
    begin
        A choice to begin with (warm start); it counts only where it keeps to the rules.
    seed
        Where chance begins: the same gives the same, unless time cuts it short.

    Raises
    ------
    NoChoiceError
        Where no choice keeps to all rules.
    """
    task = _Task(model, siting, gain, halt, gap, seed, halt.clock())
    work = merged(siting) if isinstance(gain, FirstGain) else siting
    choice = _first_choice(work, gain, halt, begin)
    if work.covers.nnz <= _SMALL or choice is None:
        problem, choice = _prepared(work, gain, halt, choice)
        found = solve_exact(problem, gain, halt, gap, choice, seed)
        if found.is_infeasible:
            conflict = find_conflict(siting, halt)
            if conflict is not None:
                raise NoChoiceError(conflict)
        if found.chosen is not None:
            return task.answer(found.chosen, found.bound, "HiGHS, exact model")
        choice = np.zeros(0, dtype=np.int64) if choice is None else choice
    return _search(task, work, choice)


def _prepared(
    work: Siting, gain: Gain, halt: Halt, choice: NDArray[np.int64] | None
) -> tuple[Siting, NDArray[np.int64] | None]:
    """Polish the choice and settle what a quick bound allows, so that the exact model is smaller."""
    if choice is None or not isinstance(gain, FirstGain):
        return work, choice
    best = _Best(work, gain, choice)
    best.polish(halt)
    if work.covers.nnz < _WORTH_SETTLING:
        return work, best.score.chosen
    prices = lower_bound(work, gain.envelope(work), best.score.value, halt, steps=300)
    return settled(work, prices, best.score.value), best.score.chosen


def _first_choice(siting: Siting, gain: Gain, halt: Halt, begin: Sequence[int] | None) -> NDArray[np.int64] | None:
    """Give the better of greedy and what is begun with; ``None`` where neither keeps to the rules."""
    choices = [greedy(siting, gain, halt)]
    if begin is not None:
        choices.append(np.array(sorted(set(begin)), dtype=np.int64))
    good = [(Score(siting, gain, choice).value, choice) for choice in choices if keeps(siting, choice.tolist())]
    return max(good, key=lambda each: each[0])[1] if good else None


@dataclass(frozen=True, slots=True)
class _Task:
    """What :func:`solve` was asked."""

    model: str
    siting: Siting
    gain: Gain
    halt: Halt
    gap: float
    seed: int
    began: float

    def answer(self, chosen: NDArray[np.int64], bound: float, proof: str) -> Answer:
        """Give the answer."""
        value = Score(self.siting, self.gain, chosen).value
        bound = max(bound, value)
        ended = "proven" if _is_done(value, bound, self.gap) else self.halt.why()
        seconds = self.halt.clock() - self.began
        return Answer(self.model, tuple(int(k) for k in chosen), value, bound, False, proof, ended, seconds)


class _Best:
    """The best choice so far, and what is left of count and budget."""

    def __init__(self, siting: Siting, gain: Gain, choice: NDArray[np.int64]) -> None:
        self.siting, self.gain = siting, gain
        self.score, self.purse = self._begin(choice)

    def _begin(self, choice: NDArray[np.int64]) -> tuple[Score, Purse]:
        purse = Purse.full(self.siting)
        for k in choice.tolist():
            purse.take(k)
        return Score(self.siting, self.gain, choice.tolist()), purse

    def polish(self, halt: Halt) -> None:
        """Fill what is left and swap."""
        is_by_cost = self.siting.rules.budget is not None
        fill(self.score, self.purse, halt, is_by_cost=is_by_cost)
        if swap(self.score, self.purse, halt):
            fill(self.score, self.purse, halt, is_by_cost=is_by_cost)

    def offer(self, choice: NDArray[np.int64], halt: Halt) -> None:
        """Make a choice keep to count, budget and groups, polish it, and take it where it is worth more."""
        score, purse = self._begin(choice)
        locked = set(self.siting.rules.locked)
        for members in self.siting.group_members.values():
            twice = sorted((k for k in members if score.has(k)), key=lambda k: (k not in locked, -score.loss(k)))
            for goes in twice[1:]:
                score.remove(goes)
                purse.give_back(goes)
            if twice:
                purse.taken[self.siting.group[twice[0]]] = True
        while purse.count_left < 0 or purse.money_left < 0.0:
            cost = self.siting.cost if purse.money_left < 0.0 else np.ones(self.siting.candidates)
            movable = [k for k in score.chosen.tolist() if k not in locked]
            if not movable:
                return
            goes = min(movable, key=lambda k: (score.loss(k) / max(float(cost[k]), 1e-12), k))
            score.remove(goes)
            purse.give_back(goes)
        if broken(self.siting, score.chosen.tolist()):
            return
        before = self.score, self.purse
        self.score, self.purse = score, purse
        self.polish(halt)
        if self.score.value <= before[0].value:
            self.score, self.purse = before


def _search(task: _Task, work: Siting, choice: NDArray[np.int64]) -> Answer:
    """Improve the choice and lower the bound in turns."""
    if broken(work, choice.tolist()):
        # Nothing that keeps to the rules was found in time, nor that there is nothing.
        raise NoChoiceError(unknown(work))
    gain, halt, gap = task.gain, task.halt, task.gap
    best = _Best(work, gain, choice)
    prices = lower_bound(work, gain.envelope(work), best.score.value, halt, steps=400)
    bound, proof = prices.bound, "Lagrangian bound"
    if not _is_done(best.score.value, bound, gap):
        best.polish(halt)
    if isinstance(gain, FirstGain):
        for size in _BLOCK_SIZES:
            if halt.reached() or _is_done(best.score.value, bound, gap):
                break
            blocks = block_bound(
                work,
                prices,
                lambda: best.score.value,
                halt,
                size,
                lambda found: best.offer(found, halt),
                gap,
                _ROUNDS,
            )
            if blocks < bound:
                bound, proof = blocks, f"Lagrangian decomposition into blocks of up to {size} candidates"
            _replan_all(best, prices, bound, gap, halt, task.seed + size)
    elif not _is_done(best.score.value, bound, gap) and not halt.reached():
        bound = lower_bound(work, gain.envelope(work), best.score.value, halt, steps=3000, begin=prices).bound
    return task.answer(best.score.chosen, bound, proof)


def _replan_all(best: _Best, prices: Prices, bound: float, gap: float, halt: Halt, seed: int) -> None:
    """Re-plan neighbourhoods, those first where the relaxation is unsure."""
    siting = best.siting
    rng = random.Random(seed)  # noqa: S311 - repeatable chance
    undecided = np.minimum(prices.share, 1.0 - prices.share) + 1e-3
    undecided[~siting.free] = 0.0
    heap = np.cumsum(undecided)
    idle = 0
    while idle < _IDLE and heap[-1] > 0.0 and not halt.reached() and not _is_done(best.score.value, bound, gap):
        seeds = [int(np.searchsorted(heap, rng.random() * heap[-1])) for _ in range(rng.choice((1, 1, 2, 3)))]
        part = around(siting, seeds, _PART, siting.free)
        idle = 0 if replan(best.score, best.purse, part, halt.sooner(5.0)) > 0.0 else idle + 1


def _is_done(value: float, bound: float, gap: float) -> bool:
    return bound - value <= gap * abs(bound) + 1e-9 * max(1.0, abs(bound))
