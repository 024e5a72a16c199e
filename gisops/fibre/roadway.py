"""How far is it from fibre node to fibre node along roads: a graph of road vertices, and ways over it.

Metres in UTM 42N. Where no road leads, a straight leg counts with a detour factor.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gisops.geo.project import geometry_to_utm42

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["RoadGraph", "Way", "road_graph"]

_STEP_M = 40.0
"""Roads are broken into pieces no longer than this, so that a node is never far from a vertex."""
_GRAIN_M = 1.0
"""Vertices closer than this are one: drawings do not meet to the millimetre."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way from a source to a target: cost in weighted metres, metres along roads and off them, its line in UTM."""

    source: int
    target: int
    cost_m: float
    line: shapely.LineString


@dataclass(frozen=True, slots=True)
class RoadGraph:
    """Vertices of all roads (x, y in metres) and the pieces between them."""

    points: NDArray[np.float64]
    links: tuple[tuple[tuple[int, float], ...], ...]
    tree: shapely.STRtree

    def near(self, x: float, y: float, count: int, avoid: NDArray[np.bool_] | None = None) -> list[tuple[int, float]]:
        """Give the nearest vertices with their distance, nearest first."""
        if not len(self.points):
            return []
        for reach in (100.0, 400.0, 1600.0, 6400.0):
            found = self.tree.query(shapely.Point(x, y).buffer(reach))
            if avoid is not None:
                found = found[~avoid[found]]
            if len(found) >= count or reach == 6400.0:
                away = np.hypot(self.points[found, 0] - x, self.points[found, 1] - y)
                order = np.argsort(away, kind="stable")[:count]
                return [(int(found[k]), float(away[k])) for k in order.tolist()]
        return []

    def ways(
        self,
        sources: Mapping[int, Iterable[tuple[int, float]]],
        targets: Mapping[int, Iterable[tuple[int, float]]],
        closed: NDArray[np.bool_],
        spots: NDArray[np.float64],
    ) -> list[Way]:
        """Find for each target its cheapest way from any source, all in one search (Dijkstra).

        Parameters
        ----------
        sources, targets
            Fibre node to the vertices it reaches, with the weighted metres of that leg.
        closed
            By vertex: a piece with both ends closed may not be used.
        spots
            Places of the fibre nodes, metres.
        """
        cost: dict[int, float] = {}
        back: dict[int, int] = {}
        origin: dict[int, int] = {}
        queue: list[tuple[float, int, int, int]] = []
        for source, legs in sources.items():
            for vertex, leg in legs:
                heapq.heappush(queue, (leg, vertex, -1, source))
        while queue:
            far, vertex, before, source = heapq.heappop(queue)
            if vertex in cost:
                continue
            cost[vertex], back[vertex], origin[vertex] = far, before, source
            for other, length in self.links[vertex]:
                if other not in cost and not (closed[vertex] and closed[other]):
                    heapq.heappush(queue, (far + length, other, vertex, source))
        found = []
        for target, legs in targets.items():
            best = min(((cost[v] + leg, v) for v, leg in legs if v in cost), default=None)
            if best is None:
                continue
            chain, vertex = [spots[target]], best[1]
            source = origin[vertex]
            while vertex >= 0:
                chain.append(self.points[vertex])
                vertex = back[vertex]
            chain.append(spots[source])
            found.append(Way(source, target, best[0], shapely.LineString(np.array(chain))))
        return found


def road_graph(roads: Iterable[Any]) -> RoadGraph:
    """Make the graph of roads; where two cross they meet.

    Parameters
    ----------
    roads
        Shapely (Multi)LineStrings, WGS 84.
    """
    lines = [geometry_to_utm42(road) for road in roads]
    merged = shapely.segmentize(shapely.unary_union(lines), _STEP_M) if lines else shapely.MultiLineString()
    number: dict[tuple[int, int], int] = {}
    points: list[tuple[float, float]] = []
    links: list[dict[int, float]] = []
    for part in getattr(merged, "geoms", [merged]):
        before = -1
        for x, y in shapely.get_coordinates(part).tolist():
            key = (round(x / _GRAIN_M), round(y / _GRAIN_M))
            here = number.setdefault(key, len(points))
            if here == len(points):
                points.append((x, y))
                links.append({})
            if before >= 0 and before != here:
                length = math.dist(points[before], points[here])
                links[before][here] = links[here][before] = length
            before = here
    places = np.array(points, dtype=float).reshape(-1, 2)
    tree = shapely.STRtree(np.asarray(shapely.points(places)))
    return RoadGraph(places, tuple(tuple(each.items()) for each in links), tree)
