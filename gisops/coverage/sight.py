"""Who sees what how well? One pose against the walls around it, and the points and squares before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gisops.coverage.buildings import Buildings
from gisops.coverage.levels import Criterion
from gisops.coverage.pose import Pose
from gisops.coverage.seen import Seen
from gisops.coverage.sweep import shadow_factors, sweep
from gisops.coverage.targets import Points

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Sight", "asked_of", "look", "squares_seen", "visible"]

# Arcs and walls are bounded by the field itself; the sweep looks a little farther.
_BEYOND = 1.001


@dataclass(frozen=True, slots=True)
class Sight:
    """What one camera sees, over all its poses: numbers of squares and points, and a bit for each criterion met.

    Squares are ``column << 32 | row`` of a grid whose corner is the origin of the zone.
    """

    squares: NDArray[np.int64]
    square_bits: NDArray[np.uint8]
    points: NDArray[np.int64]
    point_bits: NDArray[np.uint8]


def asked_of(criteria: Sequence[Criterion], role: str) -> list[tuple[int, Criterion]]:
    """Give the criteria asked of a camera of a role, with their numbers."""
    return [(number, c) for number, c in enumerate(criteria) if not c.roles or role in c.roles]


def visible(pose: Pose, field: NDArray[np.float64], buildings: Buildings, target_height_m: float) -> Seen:
    """Sweep what a pose sees of a field (corners in its own frame); walls that cannot matter are not looked at."""
    reach = float(np.hypot(field[:, 0], field[:, 1]).max()) * _BEYOND
    hull = shapely.get_coordinates(shapely.convex_hull(shapely.multipoints([*field, (0.0, 0.0)])))[:-1]
    # GEOS gives hulls clockwise.
    walls = buildings.walls(buildings.near(pose.to_plane(hull[::-1])))
    x0, y0 = pose.to_local(walls.edges[:, 0], walls.edges[:, 1])
    x1, y1 = pose.to_local(walls.edges[:, 2], walls.edges[:, 3])
    factor = shadow_factors(walls.height_m, pose.height_m, target_height_m)
    angle = pi if field[:, 0].min() <= 0.0 else float(np.abs(np.arctan2(field[:, 1], field[:, 0])).max())
    return sweep(np.column_stack([x0, y0, x1, y1]), walls.owner, factor, (-angle, angle), reach)


def look(
    poses: Sequence[Pose],
    buildings: Buildings,
    criteria: Sequence[Criterion],
    points: Points,
    grid_m: float,
) -> Sight:
    """Look out of all poses of one camera: each square and point counts as its best pose sees it."""
    squares, square_bits, seen_points, point_bits = [], [], [], []
    for pose in poses:
        asked = asked_of(criteria, pose.role)
        field = np.array(pose.optics.field(min((c for _, c in asked), key=lambda c: c.px_per_m)))
        if not len(field):
            continue
        seen = visible(pose, field, buildings, pose.height_m - pose.optics.drop_m)
        keys, bits = squares_seen(pose, seen, field, asked, grid_m)
        squares.append(keys)
        square_bits.append(bits)
        plane = pose.to_plane(field)
        (west, south), (east, north) = plane.min(axis=0), plane.max(axis=0)
        near = points.near(west, south, east, north)
        bits = _bits(pose, seen, asked, points.x[near], points.y[near])
        seen_points.append(near[bits > 0])
        point_bits.append(bits[bits > 0])
    return Sight(*_merged(squares, square_bits), *_merged(seen_points, point_bits))


def squares_seen(
    pose: Pose, seen: Seen, field: NDArray[np.float64], asked: Sequence[tuple[int, Criterion]], grid_m: float
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Give the squares whose middles a pose sees, and which criteria it meets there."""
    plane = pose.to_plane(field) / grid_m
    (c0, r0), (c1, r1) = np.floor(plane.min(axis=0)).astype(int), np.floor(plane.max(axis=0)).astype(int)
    column, row = (v.ravel() for v in np.meshgrid(np.arange(c0, c1 + 1), np.arange(r0, r1 + 1)))
    bits = _bits(pose, seen, asked, (column + 0.5) * grid_m, (row + 0.5) * grid_m)
    kept = bits > 0
    return (column[kept] << 32) | row[kept], bits[kept]


def _bits(
    pose: Pose,
    seen: Seen,
    asked: Sequence[tuple[int, Criterion]],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> NDArray[np.uint8]:
    forward, left = pose.to_local(x, y)
    density = pose.optics.density(forward, left)
    # What is not in the picture sharply enough need not be asked for walls.
    candidates = np.flatnonzero(density >= min(c.px_per_m for _, c in asked))
    candidates = candidates[seen.contains(forward[candidates], left[candidates])]
    bits = np.zeros(len(x), dtype=np.uint8)
    for number, criterion in asked:
        sharp = candidates[density[candidates] >= criterion.px_per_m]
        sharp = sharp[pose.optics.is_flat_enough(criterion, forward[sharp], left[sharp])]
        bits[sharp] |= np.uint8(1 << number)
    return bits


def _merged(
    keys: Sequence[NDArray[np.int64]], bits: Sequence[NDArray[np.uint8]]
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    if not keys:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint8)
    if len(keys) == 1:
        return keys[0], bits[0]
    every, every_bits = np.concatenate(keys), np.concatenate(bits)
    if not len(every):
        return every, every_bits
    order = np.argsort(every, kind="stable")
    every, every_bits = every[order], every_bits[order]
    first = np.flatnonzero(np.concatenate([[True], every[1:] != every[:-1]]))
    return every[first], np.bitwise_or.reduceat(every_bits, first)
