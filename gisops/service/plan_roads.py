"""Where may be dug? Roads as a graph with poles and fibre nodes on it, and what a trench looks like on the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.ops import substring

from gisops.planning.trench import Roads, Trench

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DigNet", "dig_net"]

_KEY_M = 0.1


@dataclass(frozen=True)
class DigNet:
    """Roads to dig along, metres UTM 42N.

    Parameters
    ----------
    roads
        The graph.
    pole_vertex
        By pole, its vertex.
    net
        Vertices of the fibre nodes.
    lines
        By pair of vertices, the lower first, the piece of road between them.
    """

    roads: Roads
    pole_vertex: NDArray[np.int64]
    net: tuple[int, ...]
    lines: Mapping[tuple[int, int], LineString]

    def only(self, trench: Trench) -> Roads:
        """Give the graph of a trench alone: what is dug in stages stays inside it."""
        pieces = [(a, b, float(self.lines[a, b].length)) for a, b in trench.pieces]
        return Roads.of(self.roads.graph.shape[0], pieces)


def dig_net(
    roads_utm42: Sequence[LineString], poles: NDArray[np.float64], nodes: NDArray[np.float64], reach_m: float
) -> DigNet:
    """Cut roads where they meet, where poles stand and where fibre nodes are joined by the straight way.

    Parameters
    ----------
    roads_utm42
        All that may be dug along.
    poles, nodes
        Each n x 2, metres; a pole stands on a road, a node within ``reach_m`` of one, or it is left out.
    """
    lines = shapely.get_parts(shapely.line_merge(shapely.unary_union(list(roads_utm42))))
    tree = shapely.STRtree(lines)
    number: dict[tuple[int, int], int] = {}
    pieces: dict[tuple[int, int], LineString] = {}

    def vertex(point: NDArray[np.float64]) -> int:
        key = (round(point[0] / _KEY_M), round(point[1] / _KEY_M))
        return number.setdefault(key, len(number))

    def piece(one: int, other: int, line: LineString) -> None:
        key = (min(one, other), max(one, other))
        if one != other and (key not in pieces or line.length < pieces[key].length):
            pieces[key] = line

    everything = np.concatenate([poles.reshape(-1, 2), nodes.reshape(-1, 2)])
    points = np.array([Point(xy) for xy in everything], dtype=object)
    on = tree.nearest(points) if len(points) else np.zeros(0, dtype=np.int64)
    at = shapely.line_locate_point(lines[on], points)
    foot = shapely.line_interpolate_point(lines[on], at)
    is_near = (shapely.distance(points, foot) <= reach_m) | (np.arange(len(points)) < len(poles))
    vertices: dict[int, int] = {}
    for k, line in enumerate(lines):
        mine = np.flatnonzero((on == k) & is_near)
        stops = np.unique(np.concatenate([[0.0, line.length], np.round(at[mine], 2)]).clip(0.0, line.length))
        where = [vertex(xy) for xy in shapely.get_coordinates(shapely.line_interpolate_point(line, stops))]
        for (one, start), (other, end) in zip(
            zip(where, stops, strict=True), list(zip(where, stops, strict=True))[1:], strict=False
        ):
            piece(one, other, LineString(substring(line, float(start), float(end)).coords))
        for point in mine.tolist():
            vertices[point] = where[int(np.abs(stops - at[point]).argmin())]
    net = []
    for point in range(len(poles), len(everything)):
        if is_near[point]:
            own = vertex(everything[point])
            net.append(own)
            spur = LineString([everything[point], shapely.get_coordinates(foot[point])[0]])
            piece(own, vertices[point], spur)
    graph = Roads.of(len(number), [(a, b, float(line.length)) for (a, b), line in pieces.items()])
    pole_vertex = np.array([vertices[k] for k in range(len(poles))], dtype=np.int64)
    return DigNet(graph, pole_vertex, tuple(dict.fromkeys(net)), pieces)
