"""What does more money bring? Plans over a grid of budgets, each begun with the one before, and the knee."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gisops.planning.conflict import NoChoiceError
from gisops.service.plan_solve import solve_plan

if TYPE_CHECKING:
    from gisops.planning.halt import Halt
    from gisops.service.plan_problem import Problem

__all__ = ["knee", "plan_curve"]


def plan_curve(
    problem: Problem,
    budgets: Sequence[float],
    halt: Halt,
    gap: float = 0.01,
    tell: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[dict[str, Any]]:
    """Plan for each budget, the lowest first.

    Parameters
    ----------
    problem
        What to plan; its own budget is not asked.
    budgets
        Rupees.
    halt
        When to stop; each budget gets an even share of what is left. Budgets that were not reached have no point.

    Returns
    -------
    list of dict
        ``budget``, ``cost``, ``value``, ``bound``, ``gap``, ``cameras``, ``fibre_m``, ``ended``; where the rules
        cannot be kept for so little, ``value`` is ``None`` and ``why`` says so.
    """
    points: list[dict[str, Any]] = []
    begin: Sequence[int] = ()
    ordered = sorted(set(budgets))
    for number, budget in enumerate(ordered):
        if halt.reached():
            break
        tell(number, len(ordered))
        own = halt if not np.isfinite(halt.left_s()) else halt.sooner(halt.left_s() / (len(ordered) - number))
        try:
            solved = solve_plan(problem, own, gap, begin, budget=budget)
        except NoChoiceError as error:
            points.append({"budget": budget, "value": None, "why": str(error)})
            continue
        begin = solved.bill.chosen.tolist()
        points.append(
            {
                "budget": budget, "cost": solved.bill.total, "value": solved.value, "bound": solved.bound,
                "gap": solved.gap, "cameras": len(begin), "fibre_m": round(solved.bill.trench.metres, 1),
                "ended": solved.ended,
            }
        )  # fmt: skip
    tell(len(ordered), len(ordered))
    return points


def knee(cost: Sequence[float], value: Sequence[float]) -> int | None:
    """Give the point farthest above the straight line from first to last (Satopaa and others 2011, Kneedle).

    Parameters
    ----------
    cost, value
        Of the points, costs ascending.

    Returns
    -------
    int
        Its number; ``None`` with fewer than three points or where no point lies above the line.

    Examples
    --------
    >>> knee([0.0, 10.0, 20.0, 30.0], [0.0, 8.0, 10.0, 11.0]), knee([0.0, 1.0, 2.0], [0.0, 1.0, 2.0])
    (1, None)
    """
    if len(cost) < 3 or cost[-1] <= cost[0] or value[-1] <= value[0]:
        return None
    x = (np.array(cost) - cost[0]) / (cost[-1] - cost[0])
    y = (np.array(value) - value[0]) / (value[-1] - value[0])
    above = y - x
    best = int(above.argmax())
    return best if above[best] > 1e-9 else None
