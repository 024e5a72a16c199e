"""What is seen, by the plainest method there is: many rays, each cut by GEOS against every footprint. The oracle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

__all__ = ["lit_area_m2", "lit_pieces"]


def lit_pieces(
    polygons: Sequence[shapely.Polygon],
    heights: Sequence[float | None],
    viewer_m: float,
    target_m: float,
    angle: float,
    reach_m: float,
) -> list[tuple[float, float]]:
    """Give the lit stretches of one ray from the origin, from near to far, metres."""
    ray = shapely.LineString([(0.0, 0.0), (reach_m * np.cos(angle), reach_m * np.sin(angle))])
    hidden = []
    cut = shapely.intersection(np.array(polygons, dtype=object), ray)
    for crossed, height in zip(cut, heights, strict=True):
        for part in shapely.get_parts(crossed):
            if part.length < 1e-9:
                continue
            along = np.hypot(*shapely.get_coordinates(part).T)
            start, end = float(along.min()), float(along.max())
            if height is None or height >= viewer_m:
                end = np.inf
            elif height > target_m:
                # Where the ray over the far edge of the roof is down at the target's height.
                end += end * (height - target_m) / (viewer_m - height)
            hidden.append((start, end))
    lit, reached = [], 0.0
    for start, end in sorted(hidden):
        if start > reached:
            lit.append((reached, start))
        reached = max(reached, end)
    if reached < reach_m:
        lit.append((reached, reach_m))
    return [(a, min(b, reach_m)) for a, b in lit if a < reach_m]


def lit_area_m2(
    polygons: Sequence[shapely.Polygon],
    heights: Sequence[float | None],
    viewer_m: float,
    target_m: float,
    window: tuple[float, float],
    reach_m: float,
    rays: int,
) -> float:
    """Add up thin sectors, a ray each."""
    width = (window[1] - window[0]) / rays
    angles = window[0] + (np.arange(rays) + 0.5) * width
    return sum(
        (b * b - a * a) / 2.0 * width
        for angle in angles
        for a, b in lit_pieces(polygons, heights, viewer_m, target_m, float(angle), reach_m)
    )
