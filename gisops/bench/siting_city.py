"""What is a made-up siting problem like? Poles with orientations over a grid of cells with hot spots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array

from gisops.planning.siting import Rules, Siting

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["city"]

_CELL_M = 20.0
_ORIENTATIONS = 8
_FIELD_DEG = 60.0


def city(candidates: int, cells: int, count: int, seed: int, range_m: float = 60.0) -> Siting:
    """Make a problem.

    Parameters
    ----------
    candidates
        Orientations: eight on each pole, 60 degrees wide.
    cells
        Cells of 20 m by 20 m; rounded down to a square.
    count
        How many may be chosen.
    seed
        Where chance begins.
    range_m
        How far a camera sees.
    """
    rng = np.random.default_rng(seed)
    side = int(cells**0.5)
    edge_m = side * _CELL_M
    middle = (np.arange(side) + 0.5) * _CELL_M
    x, y = (each.ravel() for each in np.meshgrid(middle, middle))
    weight = _demand(rng, x, y, edge_m)
    poles = candidates // _ORIENTATIONS
    px, py = rng.random(poles) * edge_m, rng.random(poles) * edge_m
    reach = int(range_m // _CELL_M) + 1
    around = np.arange(-reach, reach + 1)
    ox, oy = (each.ravel() for each in np.meshgrid(around, around))
    gx, gy = (px // _CELL_M).astype(int)[:, None] + ox, (py // _CELL_M).astype(int)[:, None] + oy
    dx, dy = (gx + 0.5) * _CELL_M - px[:, None], (gy + 0.5) * _CELL_M - py[:, None]
    near = (gx >= 0) & (gx < side) & (gy >= 0) & (gy < side) & (np.hypot(dx, dy) <= range_m)
    bearing = np.degrees(np.arctan2(dx, dy)) % 360.0
    rows, columns = [], []
    for k in range(_ORIENTATIONS):
        off = np.abs((bearing - k * 360.0 / _ORIENTATIONS + 180.0) % 360.0 - 180.0)
        pole, at = np.nonzero(near & (off <= _FIELD_DEG / 2.0))
        rows.append(pole * _ORIENTATIONS + k)
        columns.append(gy[pole, at] * side + gx[pole, at])
    row, column = np.concatenate(rows), np.concatenate(columns)
    shape = (poles * _ORIENTATIONS, side * side)
    covers: csr_array = coo_array((np.ones(len(row)), (row, column)), shape=shape).tocsr()
    return Siting(covers, weight, rules=Rules(count=count))


def _demand(
    rng: np.random.Generator, x: NDArray[np.float64], y: NDArray[np.float64], edge_m: float
) -> NDArray[np.float64]:
    """Give cells a weight: chance everywhere, and hot spots of 100 to 250 m."""
    weight = rng.gamma(0.5, 1.0, len(x))
    for _ in range(max(3, len(x) // 2500)):
        cx, cy = rng.random(2) * edge_m
        width = 100.0 + 150.0 * rng.random()
        weight += 20.0 * rng.random() * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2.0 * width**2))
    return weight
