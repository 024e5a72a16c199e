"""Which angles does each wall span, and in which buildings does the viewer stand? The ground of a sweep."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["INSIDE", "TURN", "Spans", "standing_in"]

TURN = 2.0 * pi
# A camera this near to a wall hangs on it: the building behind it blocks, as a wall does.
_ON_WALL_M = 0.05
_TOUCHING_M = 1e-6
INSIDE = 2
# So far out of a wall is a camera put whose position lies in it by less than ``_ON_WALL_M``.
_OUT_M = 0.001


def standing_in(
    edges: NDArray[np.float64], owner: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find the buildings around the origin.

    Returns
    -------
    standing
        ``(buildings,)``: 0 for one that is elsewhere, 1 where the origin is inside its bounds, `INSIDE` where it is
        well inside its walls.
    beside
        Where the viewer stands instead: the origin, or just before the wall that it would be a hair's breadth behind.
    """
    standing, beside = np.zeros(count, dtype=np.int64), np.zeros(2)
    if not len(edges):
        return standing, beside
    first = np.searchsorted(owner, np.arange(count))
    sides = np.array([[0, 2], [1, 3]])
    low = np.minimum.reduceat(edges[:, sides].min(axis=2), first) - _ON_WALL_M
    high = np.maximum.reduceat(edges[:, sides].max(axis=2), first) + _ON_WALL_M
    for number in np.flatnonzero((low <= 0.0).all(axis=1) & (high >= 0.0).all(axis=1)):
        x0, y0, x1, y1 = edges[owner == number].T
        dx, dy = x1 - x0, y1 - y0
        straddles = (y0 > 0.0) != (y1 > 0.0)
        is_inside = int((x0 - y0 * dx / np.where(straddles, dy, 1.0) > 0.0)[straddles].sum()) % 2 == 1
        squared = dx * dx + dy * dy
        share = np.clip(-(x0 * dx + y0 * dy) / np.where(squared > 0.0, squared, 1.0), 0.0, 1.0)
        foot = np.column_stack([x0 + share * dx, y0 + share * dy])
        distance = np.hypot(foot[:, 0], foot[:, 1])
        nearest = int(distance.argmin())
        standing[number] = INSIDE if is_inside and distance[nearest] > _ON_WALL_M else 1
        if is_inside and 0.0 < distance[nearest] <= _ON_WALL_M:
            beside = foot[nearest] * (1.0 + _OUT_M / distance[nearest])
    return standing, beside


@dataclass(frozen=True, slots=True)
class Spans:
    """Walls by the angles they span; one that spans the seam is there twice."""

    wall: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    turn: NDArray[np.float64]
    step: NDArray[np.float64]

    @classmethod
    def of(cls, edges: NDArray[np.float64], begin: float, span: float) -> Spans:
        """Measure walls from the angle ``begin`` on, as far as ``span``."""
        x0, y0, x1, y1 = edges.T
        turn, step = x0 * y1 - x1 * y0, edges[:, 2:] - edges[:, :2]
        one, two = (np.arctan2(y0, x0) - begin) % TURN, (np.arctan2(y1, x1) - begin) % TURN
        low, high = np.where(turn > 0.0, one, two), np.where(turn > 0.0, two, one)
        # Walls that point at the viewer hide nothing; of one that it touches, the rest of its building speaks.
        walls = np.flatnonzero(np.abs(turn) > _TOUCHING_M * np.hypot(step[:, 0], step[:, 1]))
        low, high = low[walls], high[walls]
        seam = high < low
        walls = np.concatenate([walls, walls[seam]])
        low, high = (
            np.concatenate([low, np.zeros(int(seam.sum()))]),
            np.concatenate([np.where(seam, TURN, high), high[seam]]),
        )
        high = np.minimum(high, span)
        keep = low < high
        return cls(walls[keep], low[keep], high[keep], turn, step)

    def distance(self, wall: NDArray[np.int64], angle: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far the line of a wall is in a direction."""
        step = self.step[wall]
        slope = np.cos(angle) * step[:, 1] - np.sin(angle) * step[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            found: NDArray[np.float64] = np.abs(self.turn[wall] / slope)
        return found
