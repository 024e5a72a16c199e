"""What is seen from a point, once worked out: wedges of the plane, their gaps, and which points lie in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import pi
from typing import TYPE_CHECKING

import numpy as np

from gisops.coverage.buildings import ragged

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Seen"]

_TURN = 2.0 * pi


@dataclass(frozen=True)
class Seen:
    """What is seen from the origin: gaps of wedges.

    Parameters
    ----------
    angles
        ``(wedges + 1,)``: where wedges begin and end, radians counter-clockwise from forward, ascending.
    wedge
        ``(gaps,)``: the wedge of each gap, ascending; gaps of one wedge from near to far.
    near, far
        ``(gaps, 2)``: distance of the bounds at the beginning and the end of the wedge, metres; straight between.
    """

    angles: NDArray[np.float64]
    wedge: NDArray[np.int64]
    near: NDArray[np.float64]
    far: NDArray[np.float64]

    @cached_property
    def area_m2(self) -> float:
        """Area of all gaps: triangles to the far bound less triangles to the near one."""
        wide = np.sin(np.diff(self.angles))[self.wedge] / 2.0
        return float(np.sum(wide * (self.far.prod(axis=1) - self.near.prod(axis=1))))

    def contains(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Say which points are seen."""
        seen = np.zeros(len(x), dtype=bool)
        if not len(self.wedge):
            return seen
        start = self.angles[0]
        angle = start + (np.arctan2(y, x) - start) % _TURN
        at = np.searchsorted(self.angles, angle, side="right") - 1
        inside = np.flatnonzero((at >= 0) & (at < len(self.angles) - 1))
        first = np.searchsorted(self.wedge, np.arange(len(self.angles)))
        counts = first[at[inside] + 1] - first[at[inside]]
        gap = ragged(first[at[inside]], counts)
        point = np.repeat(inside, counts)
        wedge = self.wedge[gap]
        # A chord between r0 and r1 over an angle w: r = r0 r1 sin w / (r0 sin s + r1 sin(w - s)) at angle s.
        after, before = np.sin(angle[point] - self.angles[wedge]), np.sin(self.angles[wedge + 1] - angle[point])
        sine, flat = np.sin(np.diff(self.angles))[wedge], np.hypot(x, y)[point]
        far, near = self.far[gap], self.near[gap]
        hit = flat * (far[:, 0] * after + far[:, 1] * before) <= far.prod(axis=1) * sine * (1.0 + 1e-9)
        hit &= flat * (near[:, 0] * after + near[:, 1] * before) >= near.prod(axis=1) * sine * (1.0 - 1e-9)
        seen[point[hit]] = True
        return seen
