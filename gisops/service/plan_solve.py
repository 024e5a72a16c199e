"""Which cameras make the best plan for the money? A choice that pays all it needs, and a proven bound on every plan.

The bound is the best choice at prices that no plan can undercut (:func:`~gisops.service.plan_bill.least_prices`).
Plans are sought at several guesses of what sharing saves: each guess is solved as a covering problem, its choice is
paid in full, trimmed to the budget where the guess was too low and filled where it was too high. The best is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gisops.planning.conflict import Conflict, NoChoiceError
from gisops.planning.feasible import keeps
from gisops.planning.gain import FirstGain
from gisops.planning.score import Score
from gisops.planning.solve import solve
from gisops.planning.trench import metres_to_net
from gisops.service.plan_bill import Bill, bill_of, capacity, least_prices

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from gisops.planning.halt import Halt
    from gisops.planning.siting import Siting
    from gisops.service.plan_problem import Problem

__all__ = ["Solved", "Stage", "solve_plan"]

_GUESSES = (1.0, 0.5, 0.25)
"""Share of an own pole, box and trench that a camera is priced with; 1 always keeps to the budget."""
_TRIES = 40
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a run is: its words, the best value so far and the bound, where there are any."""

    words: str
    done: int
    stages: int
    value: float | None
    bound: float | None


@dataclass(frozen=True)
class Solved:
    """A plan's choice.

    Parameters
    ----------
    bill
        What it buys and costs.
    value, already, bound
        Share of demand seen: with the plan, without it, and what no plan within the rules exceeds.
    """

    bill: Bill
    value: float
    already: float
    bound: float
    proof: str
    ended: str
    seconds: float

    @property
    def gap(self) -> float:
        """Share of the possible *gain* that is not proven to be reached: stricter than the gap of the total."""
        possible = self.bound - self.already
        return 0.0 if possible <= _ROUNDING else max(0.0, (self.bound - self.value) / possible)


def solve_plan(
    problem: Problem,
    halt: Halt,
    gap: float = 0.01,
    begin: Iterable[int] = (),
    locked: Iterable[int] = (),
    forbidden: Iterable[int] = (),
    tell: Callable[[Stage], None] = lambda _stage: None,
    budget: float | None = None,
) -> Solved:
    """Plan.

    Parameters
    ----------
    problem
        What to plan.
    halt
        When to stop; the best so far is then given with its gap.
    gap
        Share of the bound that need not be proven.
    begin
        A plan to begin with (warm start): kept unless a better one is found, where it keeps to the rules.
    locked, forbidden
        Candidates that must, and must not, be in the plan.
    tell
        Told at every stage.
    budget
        Rupees, where not the brief's.

    Raises
    ------
    NoChoiceError
        Where no plan keeps to all rules, or none was found in the time.
    """
    limit = problem.brief.budget if budget is None else budget
    search = _Search(problem, halt, limit, locked, forbidden)
    stages = len(_GUESSES) * 2 + 2
    began = halt.clock()
    search.offer(search.fitted({0, *begin}))
    bound, proof = 1.0, "all demand there is"
    for number, guess in enumerate(_GUESSES):
        if number == 1:
            tell(Stage("proving a bound", number, stages, search.value, None))
            answer = solve(
                "bound", search.at(least_prices(problem)), FirstGain(), halt.sooner(halt.left_s() / 2), gap
            )
            bound, proof = min(1.0, answer.bound), answer.proof
            search.offer(search.fitted(answer.chosen))
        tell(
            Stage(f"seeking: sharing guessed at {1 - guess:.0%}", number + (number > 0), stages, search.value, bound)
        )
        search.seek(guess, gap)
    for number, guess in enumerate(_GUESSES):
        if halt.reached() or (search.value or 0.0) >= bound * (1.0 - gap):
            break
        tell(Stage("spending what sharing saved", len(_GUESSES) + 1 + number, stages, search.value, bound))
        search.seek(guess, gap)
    if search.best is None:
        search.refuse()
    assert search.best is not None  # noqa: S101 - refuse always raises
    value = search.value or 0.0
    bound = max(bound, value)
    solved = Solved(
        bill_of(problem, search.best), value, search.already, bound, f"no plan buys cheaper; {proof}",
        "proven" if bound - value <= gap * (bound - search.already) else halt.why(), halt.clock() - began,
    )  # fmt: skip
    tell(Stage("done", stages, stages, value, bound))
    return solved


class _Search:
    """The best plan so far, and the ways to a better one."""

    def __init__(
        self, problem: Problem, halt: Halt, budget: float, locked: Iterable[int], forbidden: Iterable[int]
    ) -> None:
        self._problem, self._halt, self._budget = problem, halt, budget
        held = sorted({0, *locked})
        self._rules = replace(problem.siting.rules, locked=held, forbidden=sorted(set(forbidden)), budget=None)
        self._free_of_money = replace(problem.siting, rules=self._rules)
        self._held = set(held)
        self._far = ~np.isfinite(metres_to_net(problem.net.roads, problem.net.net))[problem.net.pole_vertex]
        self.already = Score(problem.siting, FirstGain(), [0]).value
        self.best: tuple[int, ...] | None = None
        self.value: float | None = None

    def at(self, prices: NDArray[np.float64]) -> Siting:
        """Give the problem at some prices."""
        far = np.flatnonzero(np.concatenate([[False], self._far[self._problem.pole]]))
        forbidden = sorted({*self._rules.forbidden, *far.tolist()} - self._held)
        return replace(
            self._problem.siting, cost=prices, rules=replace(self._rules, budget=self._budget, forbidden=forbidden)
        )

    def offer(self, chosen: set[int] | None) -> None:
        """Take a choice that keeps to everything, where it is better."""
        if chosen is None:
            return
        value = Score(self._problem.siting, FirstGain(), sorted(chosen)).value
        if self.value is None or value > self.value + 1e-12:
            self.best, self.value = tuple(sorted(chosen)), value

    def seek(self, guess: float, gap: float) -> None:
        """Solve at a guess of what sharing saves, and pay for it."""
        if self._halt.reached():
            return
        siting = self.at(self._prices(guess))
        try:
            answer = solve("plan", siting, FirstGain(), self._halt.sooner(self._halt.left_s() / 4), gap, self.best)
        except NoChoiceError:
            return
        self.offer(self.fitted(answer.chosen))

    def fitted(self, choice: Iterable[int]) -> set[int] | None:
        """Trim a choice until the budget pays it, fill what is left; ``None`` where that breaks a rule."""
        problem = self._problem
        chosen = {int(k) for k in choice} | self._held
        score = Score(problem.siting, FirstGain(), sorted(chosen))
        self._trim(score)
        self._fill(score)
        kept = set(score.chosen.tolist())
        is_paid = bill_of(problem, kept).total <= self._budget * (1.0 + _ROUNDING)
        return kept if is_paid and keeps(self._free_of_money, sorted(kept)) else None

    def refuse(self) -> None:
        """Say why there is no plan."""
        solve("plan", self.at(self._prices(1.0)), FirstGain(), self._halt, 1.0)
        raise NoChoiceError(Conflict(("budget with poles, boxes and fibre", "time"), ()))

    def _prices(self, guess: float) -> NDArray[np.float64]:
        """Price each camera with a share of a pole, box and trench of its own; what the best plan has is there."""
        problem, brief = self._problem, self._problem.brief
        net, built = list(problem.net.net), np.zeros(len(problem.ground.poles), dtype=bool)
        if self.best is not None:
            bill = bill_of(problem, self.best)
            built[bill.poles] = True
            net += [end for piece in bill.trench.pieces for end in piece]
        metres = metres_to_net(problem.net.roads, net)[problem.net.pole_vertex]
        metres = np.where(np.isfinite(metres), metres, 0.0)
        own = brief.box.cost / (1.0 + (capacity(problem) - 1.0) * (1.0 - guess)) + guess * metres * brief.fibre_per_m
        own += np.where(built, 0.0, brief.pole_cost * (0.5 + 0.5 * guess))
        prices: NDArray[np.float64] = problem.siting.cost.copy()
        prices[1:] += own[problem.pole]
        return prices

    def _trim(self, score: Score) -> None:
        """Give up what loses least for its rupees, whole poles at a time, until the rest is paid."""
        while True:
            bill = bill_of(self._problem, score.chosen.tolist())
            over = bill.total - self._budget * (1.0 + _ROUNDING)
            if over <= 0.0 or not self._give_up(score, bill, over):
                return

    def _give_up(self, score: Score, bill: Bill, over: float) -> bool:
        """Give up poles worth so many rupees; whether there was any to give up."""
        offers = []
        for pole, members in self._spare(bill).items():
            rupees = self._rupees(bill, members)
            lost = sum(score.remove(k) for k in members)
            for candidate in members:
                score.add(candidate)
            offers.append((lost / rupees, pole, rupees, members))
        is_less = False
        for _, _, rupees, members in sorted(offers):
            for candidate in members:
                score.remove(candidate)
            if keeps(self._free_of_money, score.chosen.tolist()):
                is_less = True
                over -= rupees
            else:
                for candidate in members:
                    score.add(candidate)
            if over <= 0.0:
                break
        return is_less

    def _spare(self, bill: Bill) -> dict[int, list[int]]:
        by_pole: dict[int, list[int]] = {}
        for candidate, pole in zip(bill.chosen.tolist(), self._problem.pole_of(bill.chosen).tolist(), strict=True):
            if candidate not in self._held:
                by_pole.setdefault(pole, []).append(candidate)
        return by_pole

    def _rupees(self, bill: Bill, members: list[int]) -> float:
        share = (bill.boxes_cost + bill.fibre_cost) / max(1, len(bill.chosen))
        return self._problem.brief.pole_cost + sum(float(self._problem.siting.cost[k]) + share for k in members)

    def _fill(self, score: Score) -> None:
        """Add what brings most for its rupees while the budget pays it."""
        problem = self._problem
        tried: set[int] = set()
        for _ in range(_TRIES):
            if self._halt.is_cancelled():
                return
            chosen = score.chosen
            bill = bill_of(problem, chosen.tolist())
            left = self._budget - bill.total
            poles = np.zeros(len(problem.ground.poles), dtype=bool)
            poles[bill.poles] = True
            prices = problem.siting.cost.copy()
            prices[1:] += np.where(poles[problem.pole], 0.0, problem.brief.pole_cost)
            gains = score.gains() / np.maximum(prices, 1.0)
            taken = np.unique(problem.siting.group[chosen])
            blocked = np.isin(problem.siting.group, taken[taken >= 0]) | (prices > left)
            blocked[list(self._rules.forbidden)] = True
            blocked[list(tried)] = True
            blocked[1:] |= self._far[problem.pole]
            best = int(np.where(blocked, -1.0, gains).argmax())
            if blocked[best] or gains[best] <= 0.0 or self._is_full(chosen):
                return
            tried.add(best)
            if bill_of(problem, [*chosen.tolist(), best]).total <= self._budget:
                score.add(best)

    def _is_full(self, chosen: NDArray[np.int64]) -> bool:
        return self._rules.count is not None and len(chosen) >= self._rules.count
