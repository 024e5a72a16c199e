"""Which ground, roads and places are to be seen? Points that stand for square metres, metres and places.

One way of looking answers for all three: a camera sees some points and not others, and what it sees is the sum of
what they stand for. Ground is a grid of squares by their middles, a road its pieces of a few metres by theirs; a
place is seen when ground within a few metres of it is, for its own point may lie inside a building.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, pi
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gisops.geo.measure import geodesic_length_m
from gisops.geo.project import geometry_to_utm42, to_utm42
from gisops.model.inventory import District, Place, Road

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PLACE_RADIUS_M", "Areas", "Points", "place_points", "road_points"]

PLACE_RADIUS_M = 25.0
_ROAD_STEP_M = 4.0
_CELL_M = 64.0
_TILE = 64


@dataclass(frozen=True)
class Points:
    """Points under a grid.

    Parameters
    ----------
    x, y
        UTM metres, in the order of the grid's cells.
    weight
        What each stands for.
    group
        Number of the road or place it belongs to.
    cell
        Its cell, ascending; ``corner``, ``columns`` say which that is.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    weight: NDArray[np.float64]
    group: NDArray[np.int64]
    cell: NDArray[np.int64]
    corner: tuple[float, float]
    columns: int

    @classmethod
    def of(
        cls,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        weight: NDArray[np.float64],
        group: NDArray[np.int64],
    ) -> Points:
        """Sort points into a grid."""
        if not len(x):
            return cls(x, y, weight, group, np.zeros(0, dtype=np.int64), (0.0, 0.0), 1)
        corner = (float(x.min()), float(y.min()))
        column, row = (np.floor((v - c) / _CELL_M).astype(np.int64) for v, c in zip((x, y), corner, strict=True))
        columns = int(column.max()) + 1
        cell = row * columns + column
        order = np.argsort(cell, kind="stable")
        return cls(x[order], y[order], weight[order], group[order], cell[order], corner, columns)

    def near(self, west: float, south: float, east: float, north: float) -> NDArray[np.int64]:
        """Number the points in the cells that a box touches."""
        if not len(self.x):
            return np.zeros(0, dtype=np.int64)
        c0, c1 = (int((v - self.corner[0]) // _CELL_M) for v in (west, east))
        r0, r1 = (int((v - self.corner[1]) // _CELL_M) for v in (south, north))
        c0, c1, r0 = max(0, c0), min(self.columns - 1, c1), max(0, r0)
        r1 = min(r1, int(self.cell[-1]) // self.columns)
        if c0 > c1 or r0 > r1:
            return np.zeros(0, dtype=np.int64)
        rows = np.arange(r0, r1 + 1) * self.columns
        first, last = np.searchsorted(self.cell, rows + c0), np.searchsorted(self.cell, rows + c1, side="right")
        return np.concatenate([np.arange(a, b) for a, b in zip(first, last, strict=True)])


def road_points(roads: Sequence[Road]) -> Points:
    """Cut roads into pieces of some metres; each point stands for the geodesic length of its piece."""
    xs, ys, weights, groups = [], [], [], []
    for number, road in enumerate(roads):
        for line in shapely.get_parts(road.geometry):
            metres = geodesic_length_m(line)
            if metres <= 0.0:
                continue
            count = max(1, ceil(metres / _ROAD_STEP_M))
            share = (np.arange(count) + 0.5) / count
            at = shapely.get_coordinates(
                shapely.line_interpolate_point(geometry_to_utm42(line), share, normalized=True)
            )
            xs.append(at[:, 0])
            ys.append(at[:, 1])
            weights.append(np.full(count, metres / count))
            groups.append(np.full(count, number))
    return _joined(xs, ys, weights, groups)


def place_points(places: Sequence[Place]) -> Points:
    """Set points around places: the place itself and two rings, the outer at `PLACE_RADIUS_M`."""
    ring = np.arange(12) * pi / 6.0
    dx = np.concatenate([[0.0], 0.5 * np.cos(ring), np.cos(ring)]) * PLACE_RADIUS_M
    dy = np.concatenate([[0.0], 0.5 * np.sin(ring), np.sin(ring)]) * PLACE_RADIUS_M
    if not places:
        return _joined([], [], [], [])
    x, y = to_utm42(np.array([p.lon for p in places]), np.array([p.lat for p in places]))
    each = np.repeat(np.arange(len(places)), len(dx))
    return Points.of(
        np.repeat(x, len(dx)) + np.tile(dx, len(places)),
        np.repeat(y, len(dy)) + np.tile(dy, len(places)),
        np.ones(len(each)),
        each,
    )


def _joined(
    xs: list[NDArray[np.float64]],
    ys: list[NDArray[np.float64]],
    weights: list[NDArray[np.float64]],
    groups: list[NDArray[np.int64]],
) -> Points:
    if not xs:
        none = np.zeros(0)
        return Points.of(none, none, none, np.zeros(0, dtype=np.int64))
    return Points.of(np.concatenate(xs), np.concatenate(ys), np.concatenate(weights), np.concatenate(groups))


class Areas:
    """In which district is a point? The number of the district in the order given, -1 for none."""

    def __init__(self, districts: Iterable[District]) -> None:
        self._shapes = [geometry_to_utm42(district.geometry) for district in districts]
        for shape in self._shapes:
            shapely.prepare(shape)

    def of_points(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
        """Ask for each point."""
        found = np.full(len(x), -1, dtype=np.int64)
        for number, shape in enumerate(self._shapes):
            found[shapely.intersects_xy(shape, x, y)] = number
        return found

    def of_grid(self, column: NDArray[np.int64], row: NDArray[np.int64], grid_m: float) -> NDArray[np.int64]:
        """Ask for squares of a grid: tile by tile, and square by square only where a boundary passes."""
        tile_key = (column // _TILE) * (1 << 31) + row // _TILE
        keys, inverse = np.unique(tile_key, return_inverse=True)
        west, south = (keys >> 31) * _TILE * grid_m, (keys & ((1 << 31) - 1)) * _TILE * grid_m
        tiles = shapely.box(west, south, west + _TILE * grid_m, south + _TILE * grid_m)
        whole = np.full(len(keys), -1, dtype=np.int64)
        mixed = np.zeros(len(keys), dtype=bool)
        for number, shape in enumerate(self._shapes):
            whole[shapely.contains(shape, tiles)] = number
            mixed |= shapely.intersects(shape.boundary, tiles)
        found = whole[inverse]
        asked = np.flatnonzero(mixed[inverse])
        found[asked] = self.of_points(*((part[asked].astype(np.float64) + 0.5) * grid_m for part in (column, row)))
        return found
