"""Which walls stand near a camera? Footprints as flat arrays under a grid of cells.

A million polygons are sixteen bytes a corner here, without an object each, in arrays that other processes map from
disk. A tree of shapely geometries would have to be built again in every process (docs/coverage.md has the figures).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Buildings", "Walls", "from_polygons", "load_arrays", "ragged", "save_arrays"]

_CELL_M = 64.0


@dataclass(frozen=True, slots=True)
class Walls:
    """The walls around one camera: an edge a row, and whose it is.

    Parameters
    ----------
    edges
        ``(n, 4)``: x and y of both ends, metres.
    owner
        ``(n,)``: number of the building, from 0, ascending.
    height_m
        ``(buildings,)``: NaN where unknown.
    """

    edges: NDArray[np.float64]
    owner: NDArray[np.int64]
    height_m: NDArray[np.float64]


@dataclass(frozen=True)
class Buildings:
    """All footprints of a city, in the order of the grid's cells; the largest stand first, outside the grid.

    Parameters
    ----------
    origin
        Easting and northing, metres, that every coordinate counts from: ``float32`` then keeps millimetres.
    edges
        ``(n, 4)`` float32, edges of all rings, building by building.
    first
        ``(buildings + 1,)``: first edge of each building.
    bounds
        ``(buildings, 4)`` float32: west, south, east, north.
    height_m
        ``(buildings,)`` float32, NaN where unknown.
    cell_first
        First building of each cell, row by row from the south-west, and their number at the end.
    shape
        Rows and columns of the grid, and how many buildings stand outside it at the front.
    """

    origin: NDArray[np.float64]
    edges: NDArray[np.float32]
    first: NDArray[np.int64]
    bounds: NDArray[np.float32]
    height_m: NDArray[np.float32]
    cell_first: NDArray[np.int64]
    shape: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.height_m)

    @cached_property
    def _grid(self) -> tuple[int, int, int, float, float]:
        rows, columns, large = (int(part) for part in self.shape)
        return rows, columns, large, float(self.origin[0]), float(self.origin[1])

    def near(self, corners: NDArray[np.float64]) -> NDArray[np.int64]:
        """Find the buildings whose bounds may touch a convex polygon.

        Parameters
        ----------
        corners
            ``(n, 2)``: easting and northing, metres, counter-clockwise.
        """
        rows, columns, large, east, north = self._grid
        at = corners - (east, north)
        low, high = at.min(axis=0), at.max(axis=0)
        # A building is kept in the cell of its middle, and reaches half a cell beyond at most.
        slack = _CELL_M / 2.0
        c0, r0 = (int(v) for v in np.floor((low - slack) / _CELL_M))
        c1, r1 = (int(v) for v in np.floor((high + slack) / _CELL_M))
        c0, r0, c1, r1 = max(c0, 0), max(r0, 0), min(c1, columns - 1), min(r1, rows - 1)
        parts = [np.arange(large)]
        if c0 <= c1:
            for row in range(r0, r1 + 1):
                base = row * columns
                parts.append(np.arange(self.cell_first[base + c0], self.cell_first[base + c1 + 1]))
        found = np.concatenate(parts)
        box = self.bounds[found].astype(np.float64)
        keep = (box[:, 0] <= high[0]) & (box[:, 2] >= low[0]) & (box[:, 1] <= high[1]) & (box[:, 3] >= low[1])
        found, box = found[keep], box[keep]
        # Outside one side of the polygon with all four corners: it cannot touch.
        middle, half = (box[:, :2] + box[:, 2:]) / 2.0, (box[:, 2:] - box[:, :2]) / 2.0
        step = np.roll(at, -1, axis=0) - at
        # Written out: a product of matrices would wake the threads of BLAS in every process.
        inside = np.ones(len(found), dtype=bool)
        for (x, y), (a, b) in zip(at, np.column_stack([step[:, 1], -step[:, 0]]), strict=True):
            least = middle[:, 0] * a + middle[:, 1] * b - half[:, 0] * abs(a) - half[:, 1] * abs(b)
            inside &= least <= a * x + b * y + 1e-6
        kept: NDArray[np.int64] = found[inside]
        return kept

    def walls(self, numbers: NDArray[np.int64]) -> Walls:
        """Give all edges of some buildings, in UTM metres."""
        counts = self.first[numbers + 1] - self.first[numbers]
        rows = ragged(self.first[numbers], counts)
        east, north = float(self.origin[0]), float(self.origin[1])
        edges = self.edges[rows].astype(np.float64) + np.array([east, north, east, north])
        return Walls(edges, np.repeat(np.arange(len(numbers)), counts), self.height_m[numbers].astype(np.float64))


def ragged(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Write out runs of numbers one after the other.

    Examples
    --------
    >>> ragged(np.array([5, 9]), np.array([3, 2])).tolist()
    [5, 6, 7, 9, 10]
    """
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    run: NDArray[np.int64] = np.arange(total) + np.repeat(starts - (ends - counts), counts)
    return run


def from_polygons(polygons: NDArray[np.object_], height_m: NDArray[np.float64]) -> Buildings:
    """Lay polygons out as arrays.

    Parameters
    ----------
    polygons
        Shapely polygons or multipolygons in UTM metres; holes are courtyards; empty ones are left out.
    height_m
        Their heights, NaN where unknown.
    """
    there = ~shapely.is_empty(polygons)
    polygons, height_m = polygons[there], np.asarray(height_m, dtype=np.float64)[there]
    if not len(polygons):
        return _empty()
    bounds = shapely.bounds(polygons)
    origin = np.floor(bounds[:, :2].min(axis=0))
    order, cell_first, shape = _in_cells(bounds - np.tile(origin, 2))
    polygons, height_m, bounds = polygons[order], height_m[order], bounds[order]
    parts, part_owner = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, point_ring = shapely.get_coordinates(rings, return_index=True)
    points = (points - origin).astype(np.float32)
    same = point_ring[:-1] == point_ring[1:]
    edges = np.hstack([points[:-1][same], points[1:][same]])
    owner = part_owner[ring_part[point_ring[:-1][same]]]
    first = np.searchsorted(owner, np.arange(len(polygons) + 1))
    # Rounding to float32 may move a corner by millimetres: the bounds must still hold it.
    local = bounds - np.tile(origin, 2) + (-0.01, -0.01, 0.01, 0.01)
    return Buildings(origin, edges, first, local.astype(np.float32), height_m.astype(np.float32), cell_first, shape)


def _in_cells(local: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Order buildings by cell, those larger than a cell before all; the first of each cell, and the grid's shape."""
    middle = (local[:, :2] + local[:, 2:]) / 2.0
    columns, rows = (int(v) + 1 for v in np.floor(middle.max(axis=0) / _CELL_M))
    cell = np.floor(middle[:, 1] / _CELL_M).astype(np.int64) * columns
    cell += np.floor(middle[:, 0] / _CELL_M).astype(np.int64)
    cell[(local[:, 2:] - local[:, :2]).max(axis=1) > _CELL_M - 0.1] = -1
    order = np.argsort(cell, kind="stable")
    cell_first = np.searchsorted(cell[order], np.arange(rows * columns + 1))
    return order, cell_first, np.array([rows, columns, int(cell_first[0])])


def _empty() -> Buildings:
    none = np.zeros((0, 4), dtype=np.float32)
    return Buildings(
        np.zeros(2), none, np.zeros(1, dtype=np.int64), none, np.zeros(0, dtype=np.float32),
        np.zeros(2, dtype=np.int64), np.array([1, 1, 0]),
    )  # fmt: skip


def save_arrays(buildings: Buildings, folder: Path) -> None:
    """Write the arrays into a folder, a file each, for processes that map them."""
    for field in fields(Buildings):
        np.save(folder / f"{field.name}.npy", getattr(buildings, field.name))


def load_arrays(folder: Path) -> Buildings:
    """Map arrays that `save_arrays` wrote; nothing is read before it is needed."""
    arrays: Mapping[str, NDArray[np.generic]] = {
        field.name: np.load(folder / f"{field.name}.npy", mmap_mode="r") for field in fields(Buildings)
    }
    return Buildings(**arrays)  # type: ignore[arg-type]
