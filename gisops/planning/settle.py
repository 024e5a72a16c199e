"""Which candidates are decided already? What the bound rules out in or out of any better choice.

Forcing a candidate in (or out) lowers the Lagrangian bound by what it earns less (more) than the one it displaces;
where that is below the value of a known choice, the candidate is settled (reduced-cost fixing).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gisops.planning.dual import Prices
    from gisops.planning.siting import Siting

__all__ = ["settled"]


def settled(siting: Siting, prices: Prices, value: float) -> Siting:
    """Give the problem with settled candidates locked or forbidden; the best choices stay possible.

    Only where a count is the one limit: with a budget or groups the problem is given back as it is.

    Parameters
    ----------
    siting, prices
        The problem, and a bound on it.
    value
        What a known choice is worth.
    """
    rules = siting.rules
    if rules.count is None or rules.budget is not None or (siting.group >= 0).any():
        return siting
    free = np.flatnonzero(siting.free)
    places = rules.count - len(set(rules.locked))
    order = free[np.argsort(-prices.worth[free], kind="stable")]
    taken, left = order[: max(0, places)], order[max(0, places) :]
    least_in = float(prices.worth[taken[-1]]) if len(taken) == places and places > 0 else 0.0
    most_out = float(prices.worth[left[0]]) if len(left) else 0.0
    slack = prices.bound - value + 1e-9 * max(1.0, abs(value))
    shut = left[least_in - prices.worth[left] > slack]
    sure = taken[prices.worth[taken] - most_out > slack]
    locked = [*rules.locked, *(int(k) for k in sure)]
    forbidden = [*rules.forbidden, *(int(k) for k in shut)]
    return replace(siting, rules=replace(rules, locked=locked, forbidden=forbidden))
