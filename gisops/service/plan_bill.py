"""What does a choice of cameras cost in all? Poles, boxes and trenches that several share are paid once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gisops.planning.assign import Assignment, assign_boxes
from gisops.planning.trench import Trench, dig

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from gisops.service.plan_problem import Problem

__all__ = ["Bill", "bill_of", "capacity", "least_prices"]


@dataclass(frozen=True)
class Bill:
    """Rupees and what they buy.

    Parameters
    ----------
    chosen
        Candidates, ascending, without the cameras there are (candidate 0).
    poles
        Poles with a camera, ascending.
    assignment
        Boxes, in the order of ``chosen``.
    trench
        To the boxes.
    """

    chosen: NDArray[np.int64]
    poles: NDArray[np.int64]
    assignment: Assignment
    trench: Trench
    cameras_cost: float
    poles_cost: float
    boxes_cost: float
    fibre_cost: float

    @property
    def total(self) -> float:
        """Rupees in all."""
        return self.cameras_cost + self.poles_cost + self.boxes_cost + self.fibre_cost


def capacity(problem: Problem) -> int:
    """Give the cameras a box feeds for sure: by ports, and by power if all were the hungriest."""
    return problem.brief.box.capacity(max(camera.power_w or 0.0 for camera in problem.brief.cameras))


def bill_of(problem: Problem, chosen: Iterable[int]) -> Bill:
    """Work out a choice: boxes, cables and trenches with it."""
    brief = problem.brief
    ours = np.array(sorted(k for k in chosen if k), dtype=np.int64)
    pole = problem.pole_of(ours)
    mast = max(camera.height_m for camera in brief.cameras)
    assignment = assign_boxes(problem.ground.poles, pole, capacity(problem), max(mast, brief.box.cable_m), mast)
    poles = np.unique(pole)
    trench = dig(problem.net.roads, problem.net.net, problem.net.pole_vertex[assignment.box_pole].tolist())
    return Bill(
        ours,
        poles,
        assignment,
        trench,
        float(problem.siting.cost[ours].sum()),
        len(poles) * brief.pole_cost,
        len(assignment.box_pole) * brief.box.cost,
        trench.metres * brief.fibre_per_m,
    )


def least_prices(problem: Problem) -> NDArray[np.float64]:
    """Give by candidate rupees that no plan can buy it below: shares as if every pole and box were full, no trench.

    The best choice at these prices is worth no less than the best plan: a bound.
    """
    brief = problem.brief
    thriftiest = min(camera.power_w or 0.0 for camera in brief.cameras)
    share = brief.pole_cost / brief.arms + brief.box.cost / brief.box.capacity(thriftiest)
    prices: NDArray[np.float64] = problem.siting.cost + share
    prices[0] = 0.0
    return prices
