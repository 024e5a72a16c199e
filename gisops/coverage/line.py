"""Does one pose see one point past the walls? A single line, where `gisops.coverage.sweep` looks at a whole field.

The same rule: from the way into a building to ``factor`` times the way out the plane is hidden. Along a line that is
so at distance D where a wall is crossed at d < D <= factor d, or where the point lies inside (an odd number of
walls).
"""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING

import numpy as np

from gisops.coverage.buildings import Buildings
from gisops.coverage.pose import Pose
from gisops.coverage.sight import visible
from gisops.coverage.sweep import shadow_factors

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["sees_past"]

_HALF_WIDTH_M = 0.06
"""Walls this near to the line are fetched: a camera within 5 cm of a wall hangs on it (`gisops.coverage.spans`)."""
_TARGET_M = 0.5


def sees_past(pose: Pose, forward: float, left: float, buildings: Buildings) -> bool:
    """Say whether walls leave a point to be seen; whether it is in the picture is not asked here.

    Parameters
    ----------
    pose
        Who looks.
    forward, left
        The point in the frame of the camera's foot, metres.
    buildings
        What stands in the way.
    """
    distance = hypot(forward, left)
    if distance <= 0.0:
        return True
    ahead = np.array([forward, left]) / distance
    aside = np.array([-ahead[1], ahead[0]]) * _HALF_WIDTH_M
    tip, foot = np.array([forward, left]), -ahead * _HALF_WIDTH_M
    near = buildings.near(pose.to_plane(np.array([foot - aside, tip - aside, tip + aside, foot + aside])))
    if not len(near):
        return True
    bounds = buildings.bounds[near]
    x, y = pose.x - float(buildings.origin[0]), pose.y - float(buildings.origin[1])
    around = (
        (bounds[:, 0] - _HALF_WIDTH_M <= x) & (x <= bounds[:, 2] + _HALF_WIDTH_M)
        & (bounds[:, 1] - _HALF_WIDTH_M <= y) & (y <= bounds[:, 3] + _HALF_WIDTH_M)
    )  # fmt: skip
    target_height_m = pose.height_m - pose.optics.drop_m
    if around.any():
        # On, in or beside a building: that has rules of its own, which the sweep knows.
        return _swept(pose, forward, left, buildings, target_height_m)
    walls = buildings.walls(near)
    x0, y0 = pose.to_local(walls.edges[:, 0], walls.edges[:, 1])
    x1, y1 = pose.to_local(walls.edges[:, 2], walls.edges[:, 3])
    at, who = _crossed(np.column_stack([x0, y0, x1, y1]), ahead)
    before = (at > 0.0) & (at < distance)
    at, who = at[before], walls.owner[who[before]]
    factor = shadow_factors(walls.height_m, pose.height_m, target_height_m)[who]
    if bool((distance <= factor * at).any()):
        return False
    return not bool((np.bincount(who) % 2).any())


def _crossed(edges: NDArray[np.float64], ahead: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Give how far ahead the line through the origin crosses which edges."""
    side0 = ahead[0] * edges[:, 1] - ahead[1] * edges[:, 0]
    side1 = ahead[0] * edges[:, 3] - ahead[1] * edges[:, 2]
    number = np.flatnonzero((side0 > 0.0) != (side1 > 0.0))
    share = side0[number] / (side0[number] - side1[number])
    along0 = edges[number, 0] * ahead[0] + edges[number, 1] * ahead[1]
    along1 = edges[number, 2] * ahead[0] + edges[number, 3] * ahead[1]
    return along0 + share * (along1 - along0), number


def _swept(pose: Pose, forward: float, left: float, buildings: Buildings, target_height_m: float) -> bool:
    around = np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]) * _TARGET_M + (forward, left)
    seen = visible(pose, around, buildings, target_height_m)
    return bool(seen.contains(np.array([forward]), np.array([left]))[0])
