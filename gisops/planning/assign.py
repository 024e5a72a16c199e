"""Which box feeds which camera? Boxes are opened at poles, then cameras are shared out over their ports.

Opening as few as possible is a capacitated covering problem, hard to solve; it is done greedily, and checked against
a bound that needs no search. Sharing out over the boxes that are open is a transportation problem, cameras to ports;
its least total of cable metres is found exactly (shortest augmenting paths: Jonker and Volgenant 1987).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from gisops.errors import PlanningError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Assignment", "assign_boxes"]

_FORBIDDEN_M = 1e9


@dataclass(frozen=True, slots=True)
class Assignment:
    """Boxes and who hangs on them.

    Parameters
    ----------
    box_pole
        By box, the pole it stands at, ascending.
    box_of
        By camera, its box.
    cable_m
        By camera, metres of cable: between the poles, straight, and ``mast_m`` up and down.
    least_boxes
        No assignment has fewer: poles that no cable joins cannot share a box.
    """

    box_pole: NDArray[np.int64]
    box_of: NDArray[np.int64]
    cable_m: NDArray[np.float64]
    least_boxes: int


def assign_boxes(
    xy: NDArray[np.float64], pole: ArrayLike, capacity: int, cable_m: float, mast_m: float = 0.0
) -> Assignment:
    """Open boxes and share out the cameras.

    Parameters
    ----------
    xy
        Poles (n x 2, metres).
    pole
        By camera, its pole.
    capacity
        Cameras a box feeds at most, by ports and by power.
    cable_m
        Longest cable, metres.
    mast_m
        Metres of each cable that run down one mast and into the box.

    Raises
    ------
    PlanningError
        Where the cable does not even reach down the mast, or a box feeds none.

    Examples
    --------
    >>> found = assign_boxes(np.array([[0.0, 0.0], [50.0, 0.0], [500.0, 0.0]]), [0, 1, 2], 2, 90.0)
    >>> found.box_pole.tolist(), found.box_of.tolist(), found.least_boxes
    ([0, 2], [0, 0, 1], 2)
    """
    poles = np.asarray(pole, dtype=np.int64)
    span_m = cable_m - mast_m
    if capacity < 1 or not span_m >= 0.0:
        raise PlanningError("boxes", f"{capacity} cameras, {span_m:g} m", "give a box a camera, a cable its mast")
    used, at = np.unique(poles, return_inverse=True)
    if not len(used):
        none = np.zeros(0, dtype=np.int64)
        return Assignment(none, none, np.zeros(0), 0)
    load = np.bincount(at, minlength=len(used))
    points = xy[used]
    tree = cKDTree(points)
    near = [np.array(tree.query_ball_point(point, span_m, return_sorted=True), dtype=np.int64) for point in points]
    boxes = np.sort(_open(near, load.copy(), capacity, points))
    slots = np.repeat(boxes, capacity)
    metres = np.hypot(*(points[at][:, None, :] - points[slots][None, :, :]).transpose(2, 0, 1))
    metres = np.where(metres <= span_m, metres, _FORBIDDEN_M)
    camera, slot = linear_sum_assignment(metres)
    far = metres[camera, slot]
    if (far > span_m).any():  # pragma: no cover - what is opened always feeds all
        raise PlanningError("boxes", "a camera is out of reach of every box", "report this with the plan's brief")
    kept, box_of = np.unique(slot // capacity, return_inverse=True)
    return Assignment(used[boxes[kept]], box_of.astype(np.int64), far + mast_m, _least(near, load, capacity))


def _open(
    near: list[NDArray[np.int64]], left: NDArray[np.int64], capacity: int, points: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Open a box where it serves most that is not served yet, again and again; one pole may have several."""
    opened = []
    while left.any():
        served = [min(capacity, int(left[around].sum())) for around in near]
        # Of equals the one that is needed most of all: few neighbours, and load of its own.
        best = max(range(len(near)), key=lambda k: (served[k], -len(near[k]), left[k], -k))
        opened.append(best)
        room = capacity
        around = near[best]
        nearest = around[np.argsort(np.hypot(*(points[around] - points[best]).T), kind="stable")]
        for other in nearest.tolist():
            taken = min(room, int(left[other]))
            left[other] -= taken
            room -= taken
    return np.array(opened, dtype=np.int64)


def _least(near: list[NDArray[np.int64]], load: NDArray[np.int64], capacity: int) -> int:
    """Give the larger of two bounds: cameras by capacity in each part that cables join; poles far from each other.

    Two poles that no pole has both within reach never share a box.
    """
    size = len(near)
    rows = np.repeat(np.arange(size), [len(around) for around in near])
    graph = coo_array((np.ones(len(rows)), (rows, np.concatenate(near))), shape=(size, size)).tocsr()
    parts, part = connected_components(graph, directed=False)
    by_ports = sum(math.ceil(int(load[part == k].sum()) / capacity) for k in range(parts))
    blocked = np.zeros(size, dtype=bool)
    apart = 0
    for k in range(size):
        if not blocked[k]:
            apart += 1
            blocked[np.unique(np.concatenate([near[other] for other in near[k]]))] = True
    return int(max(by_ports, apart))
