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
from gisops.planning.conflict import NoChoiceError, find_conflict, unknown
from gisops.planning.dual import Prices, lower_bound
from gisops.planning.exact import solve_exact
from gisops.planning.feasible import Purse, broken, keeps
from gisops.planning.gain import FirstGain
from gisops.planning.greedy import fill, greedy
from gisops.planning.merge import merged
from gisops.planning.repair import around, replan
from gisops.planning.score import Score
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
        found = solve_exact(work, gain, halt, gap, choice, seed)
        if found.is_infeasible:
            conflict = find_conflict(siting, halt)
            if conflict is not None:
                raise NoChoiceError(conflict)
        if found.chosen is not None:
            return task.answer(found.chosen, found.bound, "HiGHS, exact model")
        choice = np.zeros(0, dtype=np.int64) if choice is None else choice
    return _search(task, work, choice)


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


def _search(task: _Task, work: Siting, choice: NDArray[np.int64]) -> Answer:
    """Improve the choice and lower the bound in turns."""
    if broken(work, choice.tolist()):
        # Nothing that keeps to the rules was found in time, nor that there is nothing.
        raise NoChoiceError(unknown(work))
    gain, halt, gap = task.gain, task.halt, task.gap
    score, purse = Score(work, gain, choice), Purse.full(work)
    for k in choice.tolist():
        purse.take(k)
    prices = lower_bound(work, gain.envelope(work), score.value, halt, steps=400)
    if not _is_done(score.value, prices.bound, gap):
        swap(score, purse, halt)
        fill(score, purse, halt, is_by_cost=work.rules.budget is not None)
    if isinstance(gain, FirstGain):
        _replan_all(score, purse, prices, gap, halt, task.seed)
    if not _is_done(score.value, prices.bound, gap) and not halt.reached():
        prices = lower_bound(work, gain.envelope(work), score.value, halt, steps=3000, begin=prices)
    return task.answer(score.chosen, prices.bound, "Lagrangian bound")


def _replan_all(score: Score, purse: Purse, prices: Prices, gap: float, halt: Halt, seed: int) -> None:
    """Re-plan neighbourhoods, those first where the relaxation is unsure."""
    siting = score.siting
    rng = random.Random(seed)  # noqa: S311 - repeatable chance
    undecided = np.minimum(prices.share, 1.0 - prices.share) + 1e-3
    undecided[~siting.free] = 0.0
    heap = np.cumsum(undecided)
    idle = 0
    while idle < _IDLE and heap[-1] > 0.0 and not halt.reached() and not _is_done(score.value, prices.bound, gap):
        seeds = [int(np.searchsorted(heap, rng.random() * heap[-1])) for _ in range(rng.choice((1, 1, 2, 3)))]
        part = around(siting, seeds, _PART, siting.free)
        idle = 0 if replan(score, purse, part, halt.sooner(5.0)) > 0.0 else idle + 1


def _is_done(value: float, bound: float, gap: float) -> bool:
    return bound - value <= gap * abs(bound) + 1e-9 * max(1.0, abs(bound))
