"""Does a choice keep to the rules, and may one more be taken? Rules of a siting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from gisops.planning.siting import Siting

__all__ = ["Purse", "broken", "keeps"]

_ROUNDING = 1e-9


@dataclass
class Purse:
    """What is left of the count and the budget, and which groups are taken."""

    siting: Siting
    count_left: float
    money_left: float
    taken: NDArray[np.bool_]

    @classmethod
    def full(cls, siting: Siting) -> Purse:
        """Begin with nothing chosen."""
        rules = siting.rules
        budget = np.inf if rules.budget is None else rules.budget * (1.0 + _ROUNDING)
        groups = int(siting.group.max(initial=-1)) + 1
        count = np.inf if rules.count is None else rules.count
        return cls(siting, count, budget, np.zeros(groups, dtype=bool))

    def allows(self, candidate: int) -> bool:
        """Whether it may be taken, too."""
        group = self.siting.group[candidate]
        fits = self.count_left >= 1 and self.siting.cost[candidate] <= self.money_left
        return bool(fits and (group < 0 or not self.taken[group]))

    def allowed(self) -> NDArray[np.bool_]:
        """By candidate, whether it may be taken, too."""
        siting = self.siting
        if self.count_left < 1:
            return np.zeros(siting.candidates, dtype=bool)
        fits = siting.free & (siting.cost <= self.money_left)
        if len(self.taken):
            fits &= (siting.group < 0) | ~self.taken[siting.group]
        return fits

    def take(self, candidate: int) -> None:
        """Pay for it."""
        self._book(candidate, 1)

    def give_back(self, candidate: int) -> None:
        """Get its price back."""
        self._book(candidate, -1)

    def _book(self, candidate: int, sign: int) -> None:
        self.count_left -= sign
        self.money_left -= sign * float(self.siting.cost[candidate])
        group = self.siting.group[candidate]
        if group >= 0:
            self.taken[group] = sign > 0


def broken(siting: Siting, chosen: Iterable[int]) -> list[str]:
    """Name the rules that a choice breaks, in words; none where it keeps to all."""
    rules = siting.rules
    has = np.zeros(siting.candidates, dtype=bool)
    has[list(chosen)] = True
    found = []
    if rules.count is not None and has.sum() > rules.count:
        found.append(f"count: {int(has.sum()):,} chosen, at most {rules.count:,}")
    spent = float(siting.cost[has].sum())
    if rules.budget is not None and spent > rules.budget * (1.0 + _ROUNDING):
        found.append(f"budget: {spent:,.0f} spent, at most {rules.budget:,.0f}")
    groups = siting.group[has & (siting.group >= 0)]
    twice = np.flatnonzero(np.bincount(groups) > 1)
    found += [f"group {g}: more than one chosen" for g in twice[:3].tolist()]
    found += [f"locked {k}: not chosen" for k in rules.locked if not has[k]]
    found += [f"forbidden {k}: chosen" for k in rules.forbidden if has[k]]
    seen = (siting.covers.T @ has.astype(np.float64)) > 0.0
    found += [f"must {cell}: not seen" for cell in rules.must if not seen[cell]]
    for floor in rules.floors:
        weight = siting.weight[floor.cells]
        share = float(weight @ seen[floor.cells]) / max(float(weight.sum()), 1e-300)
        if share < floor.share - _ROUNDING:
            found.append(f"floor {floor.name}: {share:.1%} seen, at least {floor.share:.1%}")
    return found


def keeps(siting: Siting, chosen: Iterable[int]) -> bool:
    """Whether a choice keeps to all rules."""
    return not broken(siting, chosen)
