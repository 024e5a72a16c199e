"""The straightforward way to a visible area: shapely takes every building's shadow off the field of view."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from gisops.coverage.levels import Criterion
from gisops.coverage.pose import Pose

__all__ = ["visible_by_clipping"]

_FAR = 1e3


def visible_by_clipping(
    pose: Pose,
    criterion: Criterion,
    tree: shapely.STRtree,
    polygons: NDArray[np.object_],
    height_m: NDArray[np.float64],
    target_m: float,
) -> shapely.Geometry:
    """Give the same area as `gisops.coverage.outline.visible_area`, by unions and differences of polygons.

    A shadow is the union of the building and of what each of its walls sweeps out while it moves away from the
    camera by the factor of the roof's height.
    """
    field = pose.optics.field(criterion)
    if not field:
        return shapely.Polygon()
    around = shapely.Polygon(pose.to_plane(np.array(field)))
    hull = shapely.union(around, shapely.Point(pose.x, pose.y)).convex_hull
    shadows = []
    for number in tree.query(hull, predicate="intersects"):
        local = shapely.transform(
            polygons[number], lambda points: np.column_stack(pose.to_local(points[:, 0], points[:, 1]))
        )
        shadows.append(_shadow(local, _factor(float(height_m[number]), pose.height_m, target_m)))
    return shapely.difference(shapely.Polygon(field), shapely.union_all(shadows))


def _factor(height: float, viewer: float, target: float) -> float:
    if height <= target:
        return 1.0
    return _FAR if np.isnan(height) or height >= viewer else (viewer - target) / (viewer - height)


def _shadow(local: shapely.Geometry, factor: float) -> shapely.Geometry:
    if factor == 1.0:
        return local
    sheets = [
        shapely.multipoints([a, b, a * factor, b * factor]).convex_hull
        for ring in shapely.get_rings(local)
        for a, b in zip(shapely.get_coordinates(ring)[:-1], shapely.get_coordinates(ring)[1:], strict=True)
    ]
    return shapely.union_all([local, *sheets])
