"""What is the least money that keeps to all rules? Set covering, by HiGHS on what dominance leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gisops.planning.answer import Answer
from gisops.planning.conflict import NoChoiceError, find_conflict, unknown
from gisops.planning.feasible import keeps
from gisops.planning.gain import FirstGain
from gisops.planning.greedy import greedy
from gisops.planning.highs import solve_linear
from gisops.planning.linear import Rows, write_rules

if TYPE_CHECKING:
    from gisops.planning.halt import Halt
    from gisops.planning.siting import Siting

__all__ = ["solve_least"]


def solve_least(model: str, siting: Siting, halt: Halt, gap: float = 0.0, seed: int = 0) -> Answer:
    """Choose candidates of the least cost that keep to the rules.

    Parameters
    ----------
    model
        Name for the answer.
    siting
        The problem; weights matter to floors only.
    halt
        When to stop.
    gap
        Share of the cost that need not be proven.
    seed
        Seed of HiGHS.

    Raises
    ------
    NoChoiceError
        Where no choice keeps to all rules, or none was found in time.
    """
    began = halt.clock()
    n = siting.candidates
    rows = Rows()
    rows.add(0, np.arange(n), 0.0, -np.inf, 0.0)  # a model without rules still has a row
    extra = write_rules(siting, rows, n, None)
    least, most = np.zeros(n + extra), np.ones(n + extra)
    least[np.array(siting.rules.locked, dtype=np.int64)] = 1.0
    most[np.array(siting.rules.forbidden, dtype=np.int64)] = 0.0
    pay = np.concatenate((-siting.cost, np.zeros(extra)))
    is_clear = not set(siting.rules.locked) & set(siting.rules.forbidden)
    solved = solve_linear(rows.close(pay, least, most, n), halt, gap, None, seed) if is_clear else None
    if solved is None or solved.is_infeasible:
        conflict = find_conflict(siting, halt)
        raise NoChoiceError(conflict if conflict is not None else unknown(siting))
    lower = max(0.0, -solved.bound)
    if solved.columns is not None:
        chosen = np.flatnonzero(solved.columns[:n] > 0.5)
    else:
        chosen = greedy(siting, FirstGain(), halt)
        if not keeps(siting, chosen.tolist()):
            raise NoChoiceError(unknown(siting))
    cost = float(siting.cost[chosen].sum())
    lower = min(lower, cost)
    is_done = cost - lower <= gap * cost + 1e-9 * max(1.0, cost)
    ended = "proven" if is_done else halt.why()
    picked = tuple(int(k) for k in chosen)
    return Answer(model, picked, cost, lower, True, "HiGHS, exact model", ended, halt.clock() - began)
