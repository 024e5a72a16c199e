r"""How many pixels a metre does a camera give where? The pinhole camera over flat ground.

Everything is in the frame of the camera's foot: ``x`` metres forward along its azimuth, ``y`` metres to
the left, on a horizontal plane at the height at which things are looked at. With ``f`` the focal length in
pixels, ``h`` the camera's height above that plane and ``t`` its tilt below the horizon,

- ``f = W / (2 tan(hfov / 2))``: the sensor's half width is the tangent of half its field of view;
- depth along the axis ``Z = x cos t + h sin t``;
- a thing at depth ``Z``, at right angles to the axis, has ``f / Z`` pixels a metre;
- it is in the picture where ``|y| <= Z tan(hfov / 2)`` and ``|x sin t - h cos t| <= Z tan(vfov / 2)``, with
  ``tan(vfov / 2) = tan(hfov / 2) H / W`` (square pixels).

That is the perspective projection of R. Hartley and A. Zisserman, *Multiple View Geometry*, 2nd ed. (2004), section
6.1; ``f / Z`` at right angles to the axis is the pixel density in which IEC 62676-4 states its levels. Lines of equal
density are therefore straight, not arcs. No straight-line lens is wider than about 120 degrees: wider ones are taken
as equidistant (``r = f a``: as many pixels a degree everywhere), their density as ``W / hfov`` over the distance.
Lens distortion, haze, focus and darkness are not in the model: it says what a sharp picture by day can give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import cos, inf, pi, radians, sin, sqrt, tan
from typing import TYPE_CHECKING

import numpy as np

from gisops.coverage.levels import Criterion

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MAX_REACH_M", "TARGET_HEIGHT_M", "Optics", "px_per_m_at"]

TARGET_HEIGHT_M = 1.5
"""Height above ground at which pixels a metre are judged: face of a person, roof edge of a car."""
MAX_REACH_M = 1500.0
"""Nothing farther is counted as seen, whatever the lens: haze and heat shimmer, which no model here knows."""
_WIDEST_STRAIGHT_DEG = 120.0
_ARC_STEP = radians(2.0)


def px_per_m_at(distance_m: float, hfov_deg: float, width_px: int) -> float:
    """Pixels a metre at a distance along the axis of a level camera.

    Examples
    --------
    90 degrees see 2 m in 1 m distance: 1,920 px on 40 m in 20 m distance are 48 a metre.

    >>> round(px_per_m_at(20.0, 90.0, 1920), 6)
    48.0
    """
    return width_px / (2.0 * tan(radians(hfov_deg) / 2.0) * distance_m)


@dataclass(frozen=True)
class Optics:
    """One camera, looking one way.

    Parameters
    ----------
    hfov_deg
        Horizontal field of view, degrees, above 0 to 360.
    tilt_deg
        Angle of the axis below the horizon, degrees, 0 to 90.
    drop_m
        Height above the plane on which things are looked at, metres; may be negative.
    width_px, height_px
        The sensor's pixels.
    """

    hfov_deg: float
    tilt_deg: float
    drop_m: float
    width_px: int
    height_px: int

    @property
    def is_straight(self) -> bool:
        """Whether straight lines stay straight in the picture (pinhole), or it is an equidistant fisheye."""
        return self.hfov_deg <= _WIDEST_STRAIGHT_DEG

    @cached_property
    def focal_px(self) -> float:
        """Focal length in pixels; for a fisheye, pixels a radian."""
        if self.is_straight:
            return self.width_px / (2.0 * tan(radians(self.hfov_deg) / 2.0))
        return self.width_px / radians(self.hfov_deg)

    @cached_property
    def half_angles(self) -> tuple[float, float]:
        """Half the horizontal and half the vertical field of view, radians."""
        across = radians(self.hfov_deg) / 2.0
        ratio = self.height_px / self.width_px
        down = float(np.arctan(tan(across) * ratio)) if self.is_straight else min(pi / 2.0, across * ratio)
        return across, down

    def density(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixels a metre at points of the plane; 0 where they are outside the picture.

        Parameters
        ----------
        x, y
            Metres forward and to the left, the same shape.

        Examples
        --------
        Level, 90 degrees wide: at (20, 0) 48 px/m; 15 m down a 4:3 picture at 20 m is the very edge.

        >>> level = Optics(90.0, 0.0, 0.0, 1920, 1440)
        >>> level.density(np.array([20.0, 20.0, -20.0]), np.array([0.0, 21.0, 0.0])).round(6).tolist()
        [48.0, 0.0, 0.0]
        """
        if self.is_straight:
            return self._straight_density(x, y)
        across, down = self.half_angles
        tilt = radians(self.tilt_deg)
        flat = np.hypot(x, y)
        slant = np.maximum(np.hypot(flat, self.drop_m), 1e-3)
        depression = np.arctan2(self.drop_m, flat)
        inside = (np.abs(np.arctan2(y, x)) <= across + 1e-12) & (np.abs(depression - tilt) <= down + 1e-12)
        return np.where(inside, self.focal_px / slant, 0.0)

    def _straight_density(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        across, down = self.half_angles
        c, s, h = cos(radians(self.tilt_deg)), sin(radians(self.tilt_deg)), self.drop_m
        depth = x * c + h * s
        inside = (depth > 1e-3) & (np.abs(y) <= depth * tan(across)) & (np.abs(x * s - h * c) <= depth * tan(down))
        return np.where(inside, self.focal_px / np.maximum(depth, 1e-3), 0.0)

    def is_flat_enough(
        self, criterion: Criterion, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Say from which points of the plane the look up at the camera is no steeper than a criterion allows."""
        if criterion.max_depression_deg >= 90.0:
            return np.ones(len(x), dtype=bool)
        return np.hypot(x, y) * tan(radians(criterion.max_depression_deg)) >= self.drop_m

    def field(self, criterion: Criterion) -> list[tuple[float, float]]:
        """Outline the ground on which a criterion is met, walls aside: corners of a polygon, counter-clockwise.

        Empty where there is none. The bound on the look down is not part of it (see `is_flat_enough`).
        """
        if not self.is_straight:
            return self._ring(criterion.px_per_m)
        across, down = tan(self.half_angles[0]), tan(self.half_angles[1])
        c, s, h = cos(radians(self.tilt_deg)), sin(radians(self.tilt_deg)), self.drop_m
        r = MAX_REACH_M
        corners = [(-r, -r), (r, -r), (r, r), (-r, r)]
        for a, b, most in (
            (c, 0.0, self.focal_px / criterion.px_per_m - h * s),
            (-across * c, 1.0, across * h * s),
            (-across * c, -1.0, across * h * s),
            (-(s + down * c), 0.0, h * (down * s - c)),
            (s - down * c, 0.0, h * (c + down * s)),
        ):
            corners = _clipped(corners, a, b, most)
        return corners if len(corners) >= 3 else []

    def _ring(self, px_per_m: float) -> list[tuple[float, float]]:
        across, down = self.half_angles
        tilt, h = radians(self.tilt_deg), self.drop_m
        slant = min(MAX_REACH_M, self.focal_px / px_per_m)
        if h <= 0.0 or slant <= h:
            return [] if slant <= h else _sector(0.0, slant, across)
        far = min(sqrt(slant * slant - h * h), h / tan(tilt - down) if tilt > down else inf)
        near = h / tan(tilt + down) if tilt + down < pi / 2.0 else 0.0
        return _sector(near, far, across) if far > near else []


def _sector(near: float, far: float, across: float) -> list[tuple[float, float]]:
    steps = max(2, int(np.ceil(2.0 * across / _ARC_STEP)) + 1)
    angles = np.linspace(-across, across, steps)
    if across >= pi - 1e-9 and near == 0.0:
        return [(far * cos(a), far * sin(a)) for a in angles[:-1]]
    outer = [(far * cos(a), far * sin(a)) for a in angles]
    return [*outer, *(((near * cos(a), near * sin(a)) for a in angles[::-1]) if near else [(0.0, 0.0)])]


def _clipped(corners: Sequence[tuple[float, float]], a: float, b: float, most: float) -> list[tuple[float, float]]:
    """Keep of a convex polygon what has ``a x + b y <= most`` (Sutherland and Hodgman, CACM 17, 1974)."""
    kept: list[tuple[float, float]] = []
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], *corners[:1]], strict=True):
        over0, over1 = a * x0 + b * y0 - most, a * x1 + b * y1 - most
        if over0 <= 0.0:
            kept.append((x0, y0))
        if (over0 < 0.0 < over1) or (over1 < 0.0 < over0):
            share = over0 / (over0 - over1)
            kept.append((x0 + share * (x1 - x0), y0 + share * (y1 - y0)))
    return kept
