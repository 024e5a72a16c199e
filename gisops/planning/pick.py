"""Which candidates earn most when each earns on its own? At most a count, a budget and one a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gisops.planning.siting import Siting

__all__ = ["pick", "top"]


def pick(siting: Siting, worth: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Choose what earns most, never less than what the best whole choice earns.

    Where there is a budget, the last one bought may be a fraction (Dantzig), and where there are groups of
    different costs too, a price on the money is searched that is valid for any choice.

    Parameters
    ----------
    siting
        For its rules and costs.
    worth
        By candidate, what it earns, from 0 up.

    Returns
    -------
    chosen, earned
        By candidate how much of it, 0 to 1; and an upper bound on what whole choices earn.
    """
    rules = siting.rules
    locked = np.array(sorted(set(rules.locked)), dtype=np.int64)
    sure = float(worth[locked].sum())
    count = np.inf if rules.count is None else rules.count - len(locked)
    money = np.inf if rules.budget is None else rules.budget - float(siting.cost[locked].sum())
    chosen = np.zeros(len(worth))
    chosen[locked] = 1.0
    free = np.flatnonzero(siting.free & (worth > 0.0) & (siting.cost <= money * (1.0 + 1e-9)))
    if not len(free) or count < 1:
        return chosen, sure
    if rules.budget is None:
        best = top(siting, free, worth[free], count)
        chosen[best] = 1.0
        return chosen, sure + float(worth[best].sum())
    return _within_budget(siting, free, worth, count, money, chosen, sure)


def top(siting: Siting, free: NDArray[np.intp], earns: NDArray[np.float64], count: float) -> NDArray[np.intp]:
    """Give the ``count`` that earn most, above 0, one a group."""
    keep = earns > 0.0
    free, earns = free[keep], earns[keep]
    group = siting.group[free]
    if (group >= 0).any():
        # The first of each run of one group, sorted by group and then by what it earns, is its best.
        own = np.where(group >= 0, group, int(group.max()) + 1 + np.arange(len(group)))
        order = np.lexsort((-earns, own))
        first = np.concatenate(([True], np.diff(own[order]) > 0)) if len(order) else np.zeros(0, dtype=bool)
        free, earns = free[order[first]], earns[order[first]]
    if len(free) <= count:
        return free
    best = np.argpartition(-earns, int(count) - 1)[: int(count)]
    return free[best]


def _within_budget(
    siting: Siting,
    free: NDArray[np.intp],
    worth: NDArray[np.float64],
    count: float,
    money: float,
    chosen: NDArray[np.float64],
    sure: float,
) -> tuple[NDArray[np.float64], float]:
    """Price the money: the least over prices of ``price * money + what is earned beyond it``."""
    cost = siting.cost[free]

    def at(price: float) -> tuple[float, float, NDArray[np.intp]]:
        best = top(siting, free, worth[free] - price * cost, count)
        spent = float(siting.cost[best].sum())
        return price * money + float((worth[best] - price * siting.cost[best]).sum()), spent, best

    bound, spent, best = at(0.0)
    if spent <= money:
        chosen[best] = 1.0
        return chosen, sure + bound
    low, high = 0.0, float((worth[free] / np.maximum(cost, 1e-12))[cost > 0.0].max(initial=0.0)) + 1e-12
    over, under = best, free[:0]
    for _ in range(30):
        price = (low + high) / 2.0
        value, spent, best = at(price)
        bound = min(bound, value)
        if spent > money:
            low, over = price, best
        else:
            high, under = price, best
    bound = min(bound, at(high)[0])
    # Between the choice that is too dear and the one that is not, as much of the former as the money buys.
    dear, cheap = float(siting.cost[over].sum()), float(siting.cost[under].sum())
    part = min(1.0, max(0.0, (money - cheap) / max(dear - cheap, 1e-12)))
    mixed = np.zeros(len(worth))
    mixed[over] += part
    mixed[under] += 1.0 - part
    return chosen + mixed, sure + bound
