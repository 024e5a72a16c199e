"""Where is it worth seeing? Cells of a grid, weighted by a mix of layers that the planner sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import cKDTree

from gisops.errors import PlanningError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["Demand", "grid", "kernel_weight", "mixed", "road_weight"]

_REACH = 3.0
"""A kernel ends at three bandwidths, where 1.1 % of its height is left."""


@dataclass(frozen=True, slots=True)
class Demand:
    """Cells: their middles (n x 2, metres UTM 42N) and the length of their edge."""

    xy: NDArray[np.float64]
    edge_m: float


def grid(area_utm42: BaseGeometry, edge_m: float) -> Demand:
    """Lay square cells over an area; a cell belongs to it where its middle does.

    Parameters
    ----------
    area_utm42
        Shapely (Multi)Polygon, metres.
    edge_m
        Edge of a cell, metres.

    Raises
    ------
    PlanningError
        Where the edge is not above 0, or there would be more than 5 million cells.

    Examples
    --------
    >>> grid(shapely.box(0, 0, 40, 20), 20.0).xy.tolist()
    [[10.0, 10.0], [30.0, 10.0]]
    """
    if shapely.is_empty(area_utm42):
        return Demand(np.zeros((0, 2)), edge_m)
    west, south, east, north = shapely.bounds(area_utm42).tolist()
    if not edge_m > 0.0 or (east - west) * (north - south) / edge_m**2 > 5e6:
        raise PlanningError(
            "demand grid", f"cells of {edge_m:g} m", "give an edge that makes 5 million cells or fewer"
        )
    first_x, first_y = np.floor(west / edge_m), np.floor(south / edge_m)
    x = (first_x + np.arange(int(np.ceil(east / edge_m) - first_x)) + 0.5) * edge_m
    y = (first_y + np.arange(int(np.ceil(north / edge_m) - first_y)) + 0.5) * edge_m
    xs, ys = (each.ravel() for each in np.meshgrid(x, y))
    inside = shapely.contains_xy(area_utm42, xs, ys)
    return Demand(np.column_stack((xs[inside], ys[inside])), edge_m)


def kernel_weight(demand: Demand, xy: ArrayLike, weight: ArrayLike, bandwidth_m: float) -> NDArray[np.float64]:
    """Spread points (incidents, critical places) over the cells around them, each as much as it weighs.

    Parameters
    ----------
    demand
        The cells.
    xy, weight
        Points (n x 2, metres) and what each weighs, from 0 up.
    bandwidth_m
        Standard deviation of the Gaussian kernel, metres.

    Returns
    -------
    ndarray
        By cell. A point with no cell within three bandwidths adds nothing.
    """
    points, each = np.asarray(xy, dtype=float).reshape(-1, 2), np.asarray(weight, dtype=float)
    if each.shape != (len(points),) or not np.isfinite(each).all() or (each < 0.0).any() or not bandwidth_m > 0.0:
        raise PlanningError(
            "demand", "weights or bandwidth do not fit", "give one from 0 up a point, and metres above 0"
        )
    spread = np.zeros(len(demand.xy))
    if not len(points) or not len(spread):
        return spread
    tree = cKDTree(demand.xy)
    for point, worth in zip(points, each, strict=True):
        near = np.array(sorted(tree.query_ball_point(point, _REACH * bandwidth_m)), dtype=np.int64)
        if len(near):
            away = np.hypot(*(demand.xy[near] - point).T)
            kernel = np.exp(-0.5 * (away / bandwidth_m) ** 2)
            spread[near] += worth * kernel / kernel.sum()
    return spread


def road_weight(demand: Demand, roads_utm42: Sequence[BaseGeometry]) -> NDArray[np.float64]:
    """Give each cell the metres of road in it."""
    half = demand.edge_m / 2.0
    x, y = demand.xy.T
    squares = shapely.box(x - half, y - half, x + half, y + half)
    roads = np.array(list(roads_utm42), dtype=object)
    metres = np.zeros(len(squares))
    if len(roads) and len(squares):
        tree = shapely.STRtree(squares)
        road, cell = tree.query(roads, predicate="intersects")
        np.add.at(metres, cell, shapely.length(shapely.intersection(roads[road], squares[cell])))
    return metres


def mixed(layers: Mapping[str, NDArray[np.float64]], shares: Mapping[str, float]) -> NDArray[np.float64]:
    """Mix layers: each is scaled to a total of 1, then weighted with its share.

    Raises
    ------
    PlanningError
        Where a share names no layer, is below 0, or a layer holds an unknown or negative weight.

    Examples
    --------
    >>> layers = {"incidents": np.array([3.0, 1.0]), "roads": np.array([0.0, 5.0])}
    >>> mixed(layers, {"incidents": 0.5, "roads": 0.5}).tolist()
    [0.375, 0.625]
    """
    total: NDArray[np.float64] | None = None
    for name, share in shares.items():
        layer = layers.get(name)
        if layer is None:
            raise PlanningError("demand mix", f"no layer {name!r}", f"name one of {', '.join(sorted(layers))}")
        if not share >= 0.0 or not np.isfinite(layer).all() or (layer < 0.0).any():
            raise PlanningError("demand mix", f"{name}: a share or weight is negative or unknown", "give 0 or more")
        whole = float(layer.sum())
        part = layer * (share / whole) if whole > 0.0 else np.zeros_like(layer)
        total = part if total is None else total + part
    if total is None:
        raise PlanningError("demand mix", "no shares", "give a share of at least one layer")
    return total
