"""How does a river bend between the points somebody wrote down? A centripetal Catmull-Rom spline.

The curve passes through every written point and, unlike the uniform spline, makes neither
loops nor cusps: C. Yuksel, S. Schaefer, J. Keyser, "Parameterization and applications of
Catmull-Rom curves", Computer-Aided Design 43 (2011).
"""

from __future__ import annotations

from itertools import pairwise
from math import hypot

from tools.city.geojson import DECIMALS
from tools.city.junctions import Point

__all__ = ["bend"]

_STEPS = 4


def _mix(a: Point, b: Point, ta: float, tb: float, t: float) -> Point:
    share = (t - ta) / (tb - ta)
    return (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))


def _between(p: tuple[Point, Point, Point, Point], share: float) -> Point:
    """Point of the spline between the second and the third of four points (Barry and Goldman's pyramid)."""
    t = [0.0]
    for a, b in pairwise(p):
        t.append(t[-1] + hypot(b[0] - a[0], b[1] - a[1]) ** 0.5)
    at = t[1] + share * (t[2] - t[1])
    a1, a2, a3 = (_mix(p[i], p[i + 1], t[i], t[i + 1], at) for i in range(3))
    b1, b2 = _mix(a1, a2, t[0], t[2], at), _mix(a2, a3, t[1], t[3], at)
    return _mix(b1, b2, t[1], t[2], at)


def bend(points: list[Point]) -> list[Point]:
    """Put three points of a smooth curve between each two that are given.

    Parameters
    ----------
    points
        At least two points, no two in a row the same.

    Returns
    -------
    list of Point
        The curve from the first to the last point, rounded to the decimals that are written.

    Examples
    --------
    A straight line stays one.

    >>> bend([(0.0, 0.0), (1.0, 0.0)])
    [(0.0, 0.0), (0.25, 0.0), (0.5, 0.0), (0.75, 0.0), (1.0, 0.0)]
    """
    first, second, last, before = points[0], points[1], points[-1], points[-2]
    # The curve leaves its ends in the direction of its neighbours: reflect them.
    padded = [
        (2 * first[0] - second[0], 2 * first[1] - second[1]),
        *points,
        (2 * last[0] - before[0], 2 * last[1] - before[1]),
    ]
    curve: list[Point] = []
    for i in range(1, len(points)):
        four = (padded[i - 1], padded[i], padded[i + 1], padded[i + 2])
        curve.append(points[i - 1])
        for step in range(1, _STEPS):
            x, y = _between(four, step / _STEPS)
            curve.append((round(x, DECIMALS), round(y, DECIMALS)))
    return [*curve, last]
