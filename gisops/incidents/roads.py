"""How far does one get along the roads, and what does one pass? A graph of streets between junctions, timed by class.

Metres in UTM 42N. Roads meet where their drawings share a vertex; a crossing without one is a flyover.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
import shapely.ops

from gisops.geo.project import geometry_to_utm42

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gisops.model.inventory import Road

__all__ = ["FLIGHT_KMH", "PATROL_KMH", "Edge", "Reach", "Reached", "RoadNet", "Spot", "road_net"]

FLIGHT_KMH: Mapping[str, float] = {"motorway": 90.0, "expressway": 70.0, "arterial": 45.0, "street": 30.0}
"""How fast a motorcycle gets away by class of road: our assumption, on the fast side, so that nobody is let slip."""
PATROL_KMH: Mapping[str, float] = {"motorway": 70.0, "expressway": 55.0, "arterial": 35.0, "street": 22.0}
"""How fast a patrol gets there through traffic by class of road: our assumption, on the slow side."""
_OTHER_KMH = 20.0
_ON_FOOT_KMH = 5.0
_GRAIN_M = 1.0


@dataclass(frozen=True, slots=True)
class Edge:
    """A piece of one road between two junctions.

    Parameters
    ----------
    road_id, kind
        Of the road.
    ends
        Nodes at its beginning and end.
    line
        UTM metres.
    """

    road_id: str
    kind: str
    ends: tuple[int, int]
    line: shapely.LineString
    length_m: float


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on an edge: metres along it, and how far off the road the place is."""

    edge: int
    along_m: float
    off_m: float


@dataclass(frozen=True, slots=True)
class Reach:
    """When one reaches both ends of an edge, seconds; infinity where not in time.

    ``inside`` is set where one starts on this edge: metres along it, and seconds until one is on the road.
    """

    edge: int
    at_s: tuple[float, float]
    inside: tuple[float, float] | None = None


@dataclass(frozen=True)
class Reached(Mapping[int, Reach]):
    """Which edges one gets to in time, and when; for all of them at once, or edge by edge.

    Parameters
    ----------
    start
        Where one set out.
    walk_s
        Seconds until one is on the road.
    at_s
        ``(edges, 2)``: when one reaches either end; infinity where not in time.
    """

    start: Spot
    walk_s: float
    at_s: NDArray[np.float64]

    @cached_property
    def edges(self) -> NDArray[np.int64]:
        """Edges one gets to, ascending."""
        there: NDArray[np.bool_] = np.isfinite(self.at_s.min(axis=1))
        there[self.start.edge] = True
        return np.flatnonzero(there)

    def __getitem__(self, edge: int) -> Reach:
        a, b = self.at_s[edge].tolist()
        is_first = edge == self.start.edge
        if not (is_first or np.isfinite(min(a, b))):
            raise KeyError(edge)
        return Reach(edge, (a, b), (self.start.along_m, self.walk_s) if is_first else None)

    def __iter__(self) -> Iterator[int]:
        return iter(self.edges.tolist())

    def __len__(self) -> int:
        return len(self.edges)


class RoadNet:
    """Streets between junctions; build it with `road_net`."""

    def __init__(self, edges: Sequence[Edge], nodes: int) -> None:
        self.edges = tuple(edges)
        self._tree = shapely.STRtree([edge.line for edge in edges])
        links: list[list[tuple[int, int]]] = [[] for _ in range(nodes)]
        for number, edge in enumerate(edges):
            links[edge.ends[0]].append((edge.ends[1], number))
            links[edge.ends[1]].append((edge.ends[0], number))
        self._links = tuple(tuple(found) for found in links)
        self._ends = np.array([edge.ends for edge in edges], dtype=np.int64).reshape(-1, 2)
        self.lengths_m = np.array([edge.length_m for edge in edges], dtype=np.float64)
        self._seconds: dict[tuple[tuple[str, float], ...], list[float]] = {}

    def snap(self, x: NDArray[np.float64], y: NDArray[np.float64], within_m: float) -> list[Spot | None]:
        """Find the nearest place on a road for each point; ``None`` where none is near enough."""
        points = np.asarray(shapely.points(x, y), dtype=object)
        found: list[Spot | None] = [None] * len(points)
        if not self.edges or not len(points):
            return found
        (who, which), away = self._tree.query_nearest(points, max_distance=within_m, return_distance=True)
        for point, edge, off in zip(who.tolist(), which.tolist(), away.tolist(), strict=True):
            if found[point] is None:
                along = float(shapely.line_locate_point(self.edges[edge].line, points[point]))
                found[point] = Spot(edge, along, off)
        return found

    def seconds(self, speeds: Mapping[str, float]) -> list[float]:
        """Give how long each edge takes."""
        key = tuple(speeds.items())
        known = self._seconds.get(key)
        if known is None:
            known = [edge.length_m / (speeds.get(edge.kind, _OTHER_KMH) / 3.6) for edge in self.edges]
            self._seconds[key] = known
        return known

    def reach(self, start: Spot, speeds: Mapping[str, float], within_s: float, until: Iterable[int] = ()) -> Reached:
        """Say which edges one gets to in time, and when (Dijkstra).

        Parameters
        ----------
        start
            Where one sets out; the way to the road is walked.
        speeds
            By class of road, km/h.
        within_s
            Seconds one has.
        until
            Stop once both ends of these edges have been reached.

        """
        walk = start.off_m / (_ON_FOOT_KMH / 3.6)
        best = self._settled(
            start, walk, speeds, within_s, {node for edge in until for node in self.edges[edge].ends}
        )
        times = np.full(len(self._links), np.inf)
        times[list(best)] = list(best.values())
        return Reached(start, walk, times[self._ends])

    def _settled(
        self, start: Spot, walk: float, speeds: Mapping[str, float], within_s: float, wanted: set[int]
    ) -> dict[int, float]:
        """Give the nodes reached in time, by the seconds it takes; no more once all wanted ones are."""
        seconds, links = self.seconds(speeds), self._links
        first = self.edges[start.edge]
        share = start.along_m / first.length_m
        best: dict[int, float] = {}
        queue: list[tuple[float, int]] = []
        for node, part in ((first.ends[0], share), (first.ends[1], 1.0 - share)):
            heapq.heappush(queue, (walk + part * seconds[start.edge], node))
        has_wish = bool(wanted)
        while queue:
            at, node = heapq.heappop(queue)
            if node in best:
                continue
            if at > within_s:
                break
            best[node] = at
            wanted.discard(node)
            if has_wish and not wanted:
                break
            for other, edge in links[node]:
                if other not in best:
                    heapq.heappush(queue, (at + seconds[edge], other))
        return best

    def time_at(self, reach: Reach, along_m: float, seconds: Sequence[float]) -> float:
        """Say when one is at a place on an edge, seconds; infinity where not in time (``seconds``: by edge)."""
        length = self.edges[reach.edge].length_m
        each = seconds[reach.edge] / length
        soonest = min(reach.at_s[0] + each * along_m, reach.at_s[1] + each * (length - along_m))
        if reach.inside is not None:
            soonest = min(soonest, reach.inside[1] + each * abs(along_m - reach.inside[0]))
        return soonest

    def pieces(self, reach: Reach, seconds: Sequence[float], within_s: float) -> list[shapely.LineString]:
        """Give what of an edge one passes in time, as lines (``seconds``: by edge)."""
        edge = self.edges[reach.edge]
        each = seconds[reach.edge] / edge.length_m
        spans = []
        for at, along, forward in ((reach.at_s[0], 0.0, True), (reach.at_s[1], edge.length_m, False)):
            if at < within_s:
                far = (within_s - at) / each
                spans.append((along, along + far) if forward else (along - far, along))
        if reach.inside is not None and reach.inside[1] < within_s:
            far = (within_s - reach.inside[1]) / each
            spans.append((reach.inside[0] - far, reach.inside[0] + far))
        cut = (
            shapely.ops.substring(edge.line, max(0.0, a), min(edge.length_m, b)) for a, b in _joined(spans) if b > a
        )
        # Where a piece has no length a point comes out.
        return [piece for piece in cut if isinstance(piece, shapely.LineString)]


def road_net(roads: Iterable[Road]) -> RoadNet:
    """Break roads at their junctions.

    Raises
    ------
    GeometryError
        If a road lies outside the zone.
    """
    chains: list[tuple[Road, list[int], NDArray[np.float64]]] = []
    number: dict[tuple[int, int], int] = {}
    neighbours: dict[int, set[int]] = {}
    for road in roads:
        for line in shapely.get_parts(geometry_to_utm42(road.geometry)):
            points = shapely.get_coordinates(line)
            grains = np.rint(points / _GRAIN_M).astype(np.int64).tolist()
            nodes = [number.setdefault((x, y), len(number)) for x, y in grains]
            for a, b in pairwise(nodes):
                neighbours.setdefault(a, set()).add(b)
                neighbours.setdefault(b, set()).add(a)
            chains.append((road, nodes, points))
    edges = []
    for road, nodes, points in chains:
        cuts = [0, *(n for n in range(1, len(nodes) - 1) if len(neighbours[nodes[n]]) != 2), len(nodes) - 1]
        for a, b in pairwise(cuts):
            line = shapely.LineString(points[a : b + 1])
            if line.length > 0.0:
                edges.append(Edge(road.id, road.kind, (nodes[a], nodes[b]), line, float(line.length)))
    return RoadNet(edges, len(number))


def _joined(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for a, b in sorted(spans):
        if joined and a <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(b, joined[-1][1]))
        else:
            joined.append((a, b))
    return joined
