"""What does a camera see, as polygons? The gaps of a sweep stitched together, and cut into bands of detail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gisops.coverage.buildings import Buildings
from gisops.coverage.levels import Criterion
from gisops.coverage.pose import Pose
from gisops.coverage.seen import Seen
from gisops.coverage.sight import asked_of, visible

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Band", "bands_of", "outline", "visible_area"]

# Two gaps side by side are one where they share more than this of their common ray, metres.
_SHARED_M = 1e-6
_SLIVER_M2 = 1e-3


@dataclass(frozen=True, slots=True)
class Band:
    """Where a camera meets one criterion and no finer one of its kind: a polygon in UTM metres, never empty."""

    criterion: int
    shape: shapely.Geometry


def outline(seen: Seen) -> shapely.Geometry:
    """Stitch the gaps of a sweep into one valid (multi)polygon around the origin.

    Runs of gaps side by side make one ring each, out along their far bounds and home along the near ones.
    """
    strips = [_ring(seen, run) for run in _runs(seen)]
    polygons = [shapely.Polygon(ring) for ring in strips if len(ring) >= 3]
    return shapely.union_all([p if p.is_valid else p.buffer(0.0) for p in polygons])


def _runs(seen: Seen) -> list[list[int]]:
    """Chain gaps that continue each other, each into one only; where light forks, a new run begins."""
    wedge = seen.wedge.tolist()
    near, far = seen.near, seen.far
    near_end, far_end = near[:, 1].tolist(), far[:, 1].tolist()
    near_begin, far_begin = near[:, 0].tolist(), far[:, 0].tolist()
    runs: list[list[int]] = []
    ends: dict[int, list[int]] = {}
    previous: list[int] = []
    at = 0
    while at < len(wedge):
        stop = at
        while stop < len(wedge) and wedge[stop] == wedge[at]:
            stop += 1
        here = list(range(at, stop))
        before = previous if previous and wedge[previous[0]] == wedge[at] - 1 else []
        fresh: dict[int, list[int]] = {}
        for gap in here:
            touching = [
                b for b in before if min(far_end[b], far_begin[gap]) - max(near_end[b], near_begin[gap]) > _SHARED_M
            ]
            run = ends.pop(touching[0], None) if touching else None
            if run is None:
                run = []
                runs.append(run)
            run.append(gap)
            fresh[gap] = run
        ends, previous, at = fresh, here, stop
    return runs


def _ring(seen: Seen, run: Sequence[int]) -> NDArray[np.float64]:
    rows = np.asarray(run)
    angles = np.stack([seen.angles[seen.wedge[rows]], seen.angles[seen.wedge[rows] + 1]], axis=1).ravel()
    far, near = seen.far[rows].ravel(), seen.near[rows].ravel()
    out = np.column_stack([far * np.cos(angles), far * np.sin(angles)])
    home = np.column_stack([near * np.cos(angles), near * np.sin(angles)])[::-1]
    ring = np.concatenate([out, home])
    keep = np.ones(len(ring), dtype=bool)
    keep[1:] = (np.abs(np.diff(ring, axis=0)) > 1e-9).any(axis=1)
    return ring[keep]


def visible_area(pose: Pose, criterion: Criterion, buildings: Buildings) -> shapely.Geometry:
    """Outline what a pose sees well enough for a criterion: a (multi)polygon in its own frame, or an empty one."""
    field = np.array(pose.optics.field(criterion))
    if not len(field):
        return shapely.Polygon()
    seen = visible(pose, field, buildings, pose.height_m - pose.optics.drop_m)
    return shapely.intersection(outline(seen), shapely.Polygon(field))


def bands_of(pose: Pose, criteria: Sequence[Criterion], buildings: Buildings) -> list[Band]:
    """Cut what a pose sees into bands, coarsest first; bands do not overlap.

    Plate reading and what else is asked of some roles only is a band of its own, over the others.
    """
    asked = sorted(asked_of(criteria, pose.role), key=lambda item: item[1].px_per_m)
    levels = [item for item in asked if not item[1].roles]
    if not levels:
        return []
    whole = visible_area(pose, levels[0][1], buildings)
    areas = []
    for number, criterion in asked:
        field = pose.optics.field(criterion)
        area = shapely.intersection(whole, shapely.Polygon(field)) if len(field) >= 3 else shapely.Polygon()
        areas.append((number, criterion, area))
    plain = [(number, area) for number, criterion, area in areas if not criterion.roles]
    finer = [*(area for _, area in plain[1:]), shapely.Polygon()]
    cut = [(number, shapely.difference(area, next_)) for (number, area), next_ in zip(plain, finer, strict=True)]
    cut += [(number, area) for number, criterion, area in areas if criterion.roles]
    placed = ((number, _in_plane(pose, area)) for number, area in cut)
    return [Band(number, shape) for number, shape in placed if not shapely.is_empty(shape)]


def _in_plane(pose: Pose, area: shapely.Geometry) -> shapely.Geometry:
    # What cutting leaves of shared edges is neither ground nor a valid polygon once it is turned.
    polygons = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon" and part.area > _SLIVER_M2]
    placed: shapely.Geometry = shapely.transform(shapely.MultiPolygon(polygons), pose.to_plane)
    return placed
