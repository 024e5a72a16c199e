"""How does fibre follow the roads? The road graph, routes over it, and the network they make together.

Uses networkx, a development dependency; nothing at run time needs this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import networkx as nx
from pyproj import Geod

from tools.city.fibre_plan import RINGS, SPURS, TRIM
from tools.city.junctions import JUNCTIONS, Point
from tools.city.network import noded
from tools.city.roads import ROADS

__all__ = ["Routes", "length_m", "road_graph", "routes"]

_GEOD = Geod(ellps="WGS84")
_REUSE = 6.0
"""A ring goes round rather than twice through the same trench, up to so many times the way."""


def length_m(points: Sequence[Point]) -> float:
    """Geodesic length of a line of points."""
    longitudes, latitudes = zip(*points, strict=True)
    length: float = _GEOD.line_length(longitudes, latitudes)
    return length


def road_graph() -> nx.Graph[Point]:
    """Every road as edges between its vertices, weighted by length."""
    graph: nx.Graph[Point] = nx.Graph()
    for line in noded(ROADS):
        points: list[Point] = [(x, y) for x, y in line]
        for a, b in pairwise(points):
            if a != b:
                graph.add_edge(a, b, length=length_m((a, b)))
    return graph


class Routes:
    """The fibre network as a graph over road vertices; each edge names the rings that use it."""

    def __init__(self) -> None:
        self.graph: nx.Graph[Point] = nx.Graph()
        self.rings: dict[str, list[Point]] = {}

    @property
    def length_m(self) -> float:
        """Length of all trenches, each counted once."""
        return float(sum(data["length"] for _, _, data in self.graph.edges(data=True)))

    def lay(self, roads: nx.Graph[Point], stops: Iterable[Point], ring: str | None) -> list[Point]:
        """Lay fibre along the roads from stop to stop; give the way."""
        used: set[frozenset[Point]] = set()

        def weight(a: Point, b: Point, data: dict[str, float]) -> float:
            again = frozenset((a, b)) in used or (ring is not None and self.graph.has_edge(a, b))
            return data["length"] * (_REUSE if again else 1.0)

        way: list[Point] = []
        for start, end in pairwise(stops):
            leg = nx.shortest_path(roads, start, end, weight=weight)
            used |= {frozenset(edge) for edge in pairwise(leg)}
            way += leg if not way else leg[1:]
        self.add(way, ring)
        return way

    def add(self, way: Sequence[Point], ring: str | None) -> None:
        """Put a way into the network."""
        for a, b in pairwise(way):
            if not self.graph.has_edge(a, b):
                self.graph.add_edge(a, b, length=length_m((a, b)), rings=())
            if ring is not None:
                rings = self.graph.edges[a, b]["rings"]
                self.graph.edges[a, b]["rings"] = tuple(sorted({*rings, ring}))

    def drop_stubs(self) -> None:
        """Take a ring's name off what is no part of its cycle: ways it went out and back."""
        for ring in self.rings:
            members = [(a, b) for a, b, data in self.graph.edges(data=True) if ring in data["rings"]]
            cycle: nx.Graph[Point] = nx.Graph(members)
            for a, b in list(nx.bridges(cycle)):
                data = self.graph.get_edge_data(a, b)  # type: ignore[arg-type] # the stubs lose the node type
                data["rings"] = tuple(r for r in data["rings"] if r != ring)


def routes(trim_m: float) -> Routes:
    """Lay every ring and spur, and the last spur as far as ``trim_m`` metres go."""
    roads = road_graph()
    made = Routes()
    for name, stops in RINGS:
        code = name.split()[0]
        made.rings[code] = made.lay(roads, [JUNCTIONS[s] for s in (*stops, stops[0])], code)
    for _, stops in SPURS:
        made.lay(roads, [JUNCTIONS[s] for s in stops], None)
    made.drop_stubs()
    made.add(_trimmed(roads, made, trim_m), None)
    return made


def _trimmed(roads: nx.Graph[Point], made: Routes, left_m: float) -> list[Point]:
    stops = [JUNCTIONS[s] for s in TRIM[1]]
    legs = [nx.shortest_path(roads, a, b, weight="length") for a, b in pairwise(stops)]
    way = [point for leg in legs for point in leg]
    out = [way[0]]
    for a, b in pairwise(way):
        if a == b or made.graph.has_edge(a, b):
            if a != b:
                out = [b]
            continue
        step = length_m((a, b))
        if step >= left_m:
            azimuth, _, _ = _GEOD.inv(*a, *b)
            lon, lat, _ = _GEOD.fwd(*a, azimuth, left_m)
            out.append((round(lon, 6), round(lat, 6)))
            return out
        out.append(b)
        left_m -= step
    return out
