"""Which new span would do most for its money: new ways around the spans that alone lead to many.

Costed along roads, and never along the spans it is to relieve: a second cable in the
same trench is cut by the same shovel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gisops.fibre.network import FibreNetwork
from gisops.fibre.roadway import RoadGraph, Way, road_graph
from gisops.fibre.topology import Skeleton
from gisops.geo.measure import geodesic_length_m
from gisops.geo.project import geometry_from_utm42, geometry_to_utm42, to_utm42
from gisops.model.inventory import Inventory

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Pricing", "Proposal", "propose"]


@dataclass(frozen=True, slots=True)
class Pricing:
    """What a new span costs and how it may run.

    Parameters
    ----------
    per_m
        Price of a metre, any currency; 1.0 ranks by length.
    detour
        By which a straight leg off the roads is longened: the street grid's mean is about 1.3.
    apart_m
        Nearer than this to a span it is in the same trench.
    leg_m
        A node farther than this from every road is not reached along roads.
    spurs
        How many of the worst dead ends are looked at.
    """

    per_m: float = 1.0
    detour: float = 1.3
    apart_m: float = 25.0
    leg_m: float = 300.0
    spurs: int = 8


@dataclass(frozen=True, slots=True)
class Proposal:
    """A new span.

    Parameters
    ----------
    from_id, to_id
        Its nodes; ``to_id`` is the one that has a way without it.
    route_m
        Length of its route, metres.
    cost
        Weighted length times price.
    relieves
        Spans that are no longer the only way to anything.
    devices
        Devices behind the worst of those.
    exposure_device_km
        By how much the sum over all bridges of devices behind times length falls.
    removes_worst
        Whether the worst bridge of the whole network is among them.
    along_roads
        False for a straight line where no road leads.
    line
        Its route, shapely LineString, WGS 84.
    """

    from_id: str
    to_id: str
    route_m: float
    cost: float
    relieves: tuple[str, ...]
    devices: int
    exposure_device_km: float
    removes_worst: bool
    along_roads: bool
    line: shapely.LineString


def propose(
    inventory: Inventory,
    network: FibreNetwork,
    skeleton: Skeleton,
    behind: NDArray[np.int64],
    pricing: Pricing,
) -> tuple[Proposal, ...]:
    """Look for new spans around the worst dead ends.

    Parameters
    ----------
    inventory, network, skeleton
        The city and its fibre; roads are read.
    behind
        By span, devices behind a bridge; 0 for others.
    pricing
        Figures to use.

    Returns
    -------
    tuple of Proposal
        Those that remove the worst bridge first, the cheapest of them first; then those around other
        dead ends, by exposure removed for the money.
    """
    work = _Work(inventory, network, skeleton, behind, pricing)
    tops = [span for span in skeleton.bridges.tolist() if behind[span] and work.is_top(span)]
    tops.sort(key=lambda span: (-int(behind[span]), span))
    if not tops:
        return ()
    found: list[Proposal] = []
    for top in tops[: pricing.spurs]:
        found += _best(work.around(top, worst=tops[0]))
    found.sort(key=lambda p: (not p.removes_worst, p.cost if p.removes_worst else -p.exposure_device_km / p.cost))
    # Two dead ends that are joined to each other are found from either side.
    unique = {frozenset((p.from_id, p.to_id)): p for p in reversed(found)}
    return tuple(p for p in found if unique[frozenset((p.from_id, p.to_id))] is p)


def _best(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Keep what is not beaten: nothing that relieves as much for less."""
    kept: list[Proposal] = []
    for proposal in sorted(proposals, key=lambda p: (p.cost, -p.exposure_device_km)):
        if not kept or proposal.exposure_device_km > kept[-1].exposure_device_km + 1e-9:
            kept.append(proposal)
    return kept[:4]


class _Work:
    """What all dead ends share: places in metres, roads, legs from nodes to roads."""

    def __init__(
        self,
        inventory: Inventory,
        network: FibreNetwork,
        skeleton: Skeleton,
        behind: NDArray[np.int64],
        pricing: Pricing,
    ) -> None:
        self.network, self.skeleton, self.behind, self.pricing = network, skeleton, behind, pricing
        nodes = [inventory.nodes[node_id].geometry for node_id in network.node_ids]
        self.spots = np.column_stack(to_utm42([p.x for p in nodes], [p.y for p in nodes]))
        self.roads: RoadGraph = road_graph(road.geometry for road in inventory.roads.values())
        self._is_bridge = np.zeros(len(network.span_ids), dtype=bool)
        self._is_bridge[skeleton.bridges] = True
        self._exposure = behind * network.cable_m / 1000.0
        # A straight leg crosses no water; a road does, on its bridge.
        water = [geometry_to_utm42(line) for line in (*inventory.coastline, *inventory.rivers)]
        self._water = shapely.unary_union(water)
        shapely.prepare(self._water)
        self._legs: dict[int, list[tuple[int, float]]] = {}

    def is_top(self, span: int) -> bool:
        """Whether no bridge leads to this one."""
        node = self.network.other_end(span, int(self.skeleton.below[span]))
        return not self._ways_up(node)

    def around(self, top: int, worst: int) -> list[Proposal]:
        """Give for each node behind a bridge the cheapest new span to the rest of the network."""
        network, skeleton = self.network, self.skeleton
        inside = skeleton.subtree(top).tolist()
        is_inside = np.zeros(len(network.node_ids), dtype=bool)
        is_inside[inside] = True
        spurs = [top, *(int(skeleton.parent_span[n]) for n in inside if self._is_bridge[skeleton.parent_span[n]])]
        trench = shapely.unary_union([geometry_to_utm42(network.lines[s]) for s in set(spurs)]).buffer(
            self.pricing.apart_m
        )
        shapely.prepare(trench)
        outside = [n for n in self._reachable() if not is_inside[n]]
        closed = (
            shapely.contains_xy(trench, self.roads.points[:, 0], self.roads.points[:, 1])
            if len(self.roads.points)
            else np.zeros(0, dtype=bool)
        )
        sources = {n: self._leg(n) for n in outside}
        targets = {n: [*self._leg(n), *self._free_legs(n, closed, trench)] for n in inside}
        ways = self.roads.ways(sources, targets, closed, self.spots)
        met = {way.target for way in ways}
        straight = (self._straight(n, outside, trench) for n in inside if n not in met)
        found = [self._proposal(way, True, worst) for way in ways]
        return found + [self._proposal(way, False, worst) for way in straight if way is not None]

    def _reachable(self) -> list[int]:
        return [*self.network.centre_of, *self.skeleton.nodes.tolist()]

    def _leg(self, node: int) -> list[tuple[int, float]]:
        if node not in self._legs:
            x, y = self.spots[node]
            near = self.roads.near(float(x), float(y), 1)
            self._legs[node] = [
                (v, d if d < self.pricing.apart_m else d * self.pricing.detour)
                for v, d in near
                if d <= self.pricing.leg_m
            ]
        return self._legs[node]

    def _free_legs(self, node: int, closed: NDArray[np.bool_], trench: shapely.Geometry) -> list[tuple[int, float]]:
        """Give straight legs to roads that are not in the trench, where the leg itself leaves it at once."""
        x, y = (float(v) for v in self.spots[node])
        return [
            (vertex, away * self.pricing.detour)
            for vertex, away in self.roads.near(x, y, 6, closed)
            if away <= self.pricing.leg_m
            and self._leaves(leg := shapely.LineString([(x, y), self.roads.points[vertex]]), trench)
            and not leg.intersects(self._water)
        ]

    def _leaves(self, line: shapely.LineString, trench: shapely.Geometry) -> bool:
        # The corridor around the node's own span cannot be left in less than its width.
        return float(line.intersection(trench).length) <= 3 * self.pricing.apart_m

    def _straight(self, node: int, outside: list[int], trench: shapely.Geometry) -> Way | None:
        away = np.hypot(*(self.spots[outside] - self.spots[node]).T)
        for place in np.argsort(away, kind="stable")[:6].tolist():
            line = shapely.LineString([self.spots[node], self.spots[outside[place]]])
            if away[place] > 0.0 and self._leaves(line, trench) and not line.intersects(self._water):
                return Way(outside[place], node, float(away[place]) * self.pricing.detour, line)
        return None

    def _proposal(self, way: Way, on_roads: bool, worst: int) -> Proposal:
        up, down = self._ways_up(way.target), self._ways_up(way.source)
        relieved = sorted(up ^ down)
        line = geometry_from_utm42(way.line)
        route_m = geodesic_length_m(line) * (1.0 if on_roads else self.pricing.detour)
        return Proposal(
            from_id=self.network.node_ids[way.target],
            to_id=self.network.node_ids[way.source],
            route_m=route_m,
            cost=max(way.cost_m, 1.0) * self.pricing.per_m,
            relieves=tuple(self.network.span_ids[s] for s in relieved),
            devices=max((int(self.behind[s]) for s in relieved), default=0),
            exposure_device_km=float(self._exposure[relieved].sum()) if relieved else 0.0,
            removes_worst=worst in relieved,
            along_roads=on_roads,
            line=line,
        )

    def _ways_up(self, node: int) -> set[int]:
        """Give the bridges between a node and the centres."""
        found = set()
        while (span := int(self.skeleton.parent_span[node])) >= 0:
            if self._is_bridge[span]:
                found.add(span)
            node = self.network.other_end(span, node)
        return found
