"""Where could a camera stand, and which way could it look? And the cells it would see at the level wanted.

On the flat: range and field of view only. What stands in the way is for a viewshed to say: its answer replaces the
incidence, cell by cell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.spatial import cKDTree

from gisops.errors import PlanningError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array
    from shapely.geometry.base import BaseGeometry

    from gisops.planning.demand import Demand

__all__ = ["CameraModel", "Candidates", "orient", "road_poles"]

_WELD_M = 1.0
"""Poles closer than this are one."""


@dataclass(frozen=True, slots=True)
class CameraModel:
    """A camera of the catalogue, with its lens and its price as installed."""

    name: str
    sensor_width_px: int
    hfov_deg: float
    cost: float
    power_w: float | None = None

    def range_m(self, level_px_per_m: float) -> float:
        """Give how far it resolves that many pixels a metre across its picture (IEC 62676-4).

        Examples
        --------
        >>> round(CameraModel("4K", 3840, 60.0, 1.0).range_m(80.0), 1)
        41.6
        """
        if not level_px_per_m > 0.0 or not 0.0 < self.hfov_deg < 180.0:
            raise PlanningError(f"camera {self.name}", "level or field out of range", "give px/m > 0, 0 < deg < 180")
        return self.sensor_width_px / (2.0 * math.tan(math.radians(self.hfov_deg) / 2.0) * level_px_per_m)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Poles times models times azimuths.

    Parameters
    ----------
    pole, model
        By candidate, index of its pole and of its model.
    azimuth_deg
        By candidate, clockwise from grid north.
    cost
        By candidate, that of its model.
    covers
        By candidate and cell.
    """

    pole: NDArray[np.int64]
    model: NDArray[np.int64]
    azimuth_deg: NDArray[np.float64]
    cost: NDArray[np.float64]
    covers: csr_array


def road_poles(
    roads_utm42: Sequence[BaseGeometry], every_m: float, exclude_utm42: BaseGeometry | None = None
) -> NDArray[np.float64]:
    """Place poles where roads meet or end, and between at equal steps no longer than ``every_m``.

    Parameters
    ----------
    roads_utm42
        Shapely (Multi)LineStrings, metres.
    every_m
        Longest step, metres.
    exclude_utm42
        Area where no pole may stand (private land, consulates); ``None``: none.

    Returns
    -------
    ndarray
        Poles (n x 2, metres), sorted by easting, then northing.

    Examples
    --------
    >>> road_poles([shapely.LineString([(0, 0), (100, 0)])], 60.0).tolist()
    [[0.0, 0.0], [50.0, 0.0], [100.0, 0.0]]
    """
    if not every_m > 0.0:
        raise PlanningError("candidates", f"a pole every {every_m:g} m", "give metres above 0")
    found = []
    # Noded and joined again: each line now runs from one junction or end to the next.
    merged = shapely.line_merge(shapely.unary_union(list(roads_utm42)))
    for line in shapely.get_parts(merged):
        steps = max(1, math.ceil(shapely.length(line) / every_m))
        points = shapely.line_interpolate_point(line, np.linspace(0.0, 1.0, steps + 1), normalized=True)
        found.append(shapely.get_coordinates(points))
    poles = np.concatenate(found) if found else np.zeros((0, 2))
    if exclude_utm42 is not None and len(poles):
        poles = poles[~shapely.intersects_xy(exclude_utm42, poles[:, 0], poles[:, 1])]
    _, first = np.unique(np.rint(poles / _WELD_M), axis=0, return_index=True)
    poles = poles[np.sort(first)]
    return np.asarray(poles[np.lexsort((poles[:, 1], poles[:, 0]))], dtype=np.float64)


def orient(
    poles: NDArray[np.float64],
    models: Sequence[CameraModel],
    azimuths: int,
    level_px_per_m: float,
    demand: Demand,
) -> Candidates:
    """Turn each model on each pole through so many azimuths, and find what it sees.

    Parameters
    ----------
    poles
        n x 2, metres.
    models
        The catalogue.
    azimuths
        How many, evenly from north on.
    level_px_per_m
        Level of detail wanted.
    demand
        The cells; one is seen where its middle is within range and field of view.
    """
    if azimuths < 1 or not models:
        raise PlanningError("candidates", f"{azimuths} azimuths of {len(models)} models", "give at least one of each")
    tree = cKDTree(demand.xy) if len(demand.xy) else None
    ranges = [model.range_m(level_px_per_m) for model in models]
    rows, columns, count = [], [], 0
    for pole in poles:
        near = np.zeros(0, dtype=np.int64)
        if tree is not None:
            near = np.array(sorted(tree.query_ball_point(pole, max(ranges))), dtype=np.int64)
        dx, dy = (demand.xy[near] - pole).T
        away, bearing = np.hypot(dx, dy), np.degrees(np.arctan2(dx, dy))
        for model, range_m in zip(models, ranges, strict=True):
            for turn in range(azimuths):
                off = np.abs((bearing - turn * 360.0 / azimuths + 180.0) % 360.0 - 180.0)
                seen = near[(away <= range_m) & (off <= model.hfov_deg / 2.0)]
                rows.append(np.full(len(seen), count))
                columns.append(seen)
                count += 1
    shape = (count, len(demand.xy))
    row = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
    column = np.concatenate(columns) if columns else np.zeros(0, dtype=np.int64)
    per_pole = len(models) * azimuths
    index = np.arange(count)
    model_of = (index % per_pole) // azimuths
    return Candidates(
        index // per_pole,
        model_of,
        (index % azimuths) * 360.0 / azimuths,
        np.array([model.cost for model in models])[model_of],
        coo_array((np.ones(len(row)), (row, column)), shape=shape).tocsr(),
    )
