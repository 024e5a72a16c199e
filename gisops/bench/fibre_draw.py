"""Draw breaks with what an OTDR would read of them, worked out with networkx and a sphere: no code of the product.

The cable a span has beyond its route and loops is *not* shared evenly along it, as the
product must assume: a random share of it lies in the first half.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from gisops.bench.fibre_truth import Truth
from gisops.model.inventory import Inventory

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Break", "Breaks", "apart_m"]

_EARTH_M = 6_371_008.8


@dataclass(frozen=True, slots=True)
class Break:
    """A break: where it is, and what an instrument at ``node_id`` reads into the fibre over ``span_ids``."""

    span_id: str
    lon: float
    lat: float
    node_id: str
    span_ids: tuple[str, ...]
    reading_m: float


def apart_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Give the distance of two places, longitude first, on a sphere (haversine), metres."""
    lat_a, lat_b = math.radians(a[1]), math.radians(b[1])
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(b[0] - a[0]) / 2) ** 2
    )
    return 2 * _EARTH_M * math.asin(math.sqrt(half))


class Breaks:
    """Draws breaks of an inventory.

    Parameters
    ----------
    truth
        The network as networkx sees it.
    rng
        Chance.
    error
        Half width of the instrument's error, as a share of the distance.
    """

    def __init__(self, truth: Truth, rng: random.Random, error: float) -> None:
        import networkx as nx

        self._nx, self._rng, self._error = nx, rng, error
        self.inventory: Inventory = truth.inventory
        self.graph: Any = nx.MultiGraph()
        self.graph.add_nodes_from(self.inventory.nodes)
        for span in self.inventory.spans.values():
            self.graph.add_edge(span.start_id, span.end_id, key=span.id, cable=self._cable_m(span.id))

    def on(self, span_id: str) -> Break:
        """Break a span at a place drawn along it, and launch from the nearest centre into a fibre over it."""
        nx, span = self._nx, self.inventory.spans[span_id]
        left = self.graph.copy()
        left.remove_edge(span.start_id, span.end_id, key=span_id)
        centres = {centre.node_id for centre in self.inventory.centres.values()}
        far, ways = nx.multi_source_dijkstra(left, centres, weight="cable")
        near = min((n for n in (span.start_id, span.end_id) if n in far), key=far.__getitem__)
        way = ways[near]
        spans = tuple(
            min(left[a][b], key=lambda key, a=a, b=b: left[a][b][key]["cable"])  # type: ignore[misc]
            for a, b in pairwise(way)
        )
        share = self._rng.random()
        lon, lat = self._along(span_id, share)
        into = self._fibre_m(span_id, share, from_start=near == span.start_id)
        truth_m = far[near] + into
        reading = truth_m * (1 + self._rng.uniform(-self._error, self._error))
        # The fibre goes on beyond the break, to a node drawn at random: the instrument's user names all of it.
        beyond = self._onward(left, span.end_id if near == span.start_id else span.start_id, {near, *way})
        return Break(span_id, lon, lat, way[0], (*spans, span_id, *beyond), reading)

    def _onward(self, graph: nx.MultiGraph[str], node: str, passed: set[str]) -> tuple[str, ...]:
        found: list[str] = []
        for _ in range(self._rng.randrange(4)):
            ways = [(other, key) for _, other, key in graph.edges(node, keys=True) if other not in passed]
            if not ways:
                break
            passed.add(node)
            node, key = self._rng.choice(sorted(ways))
            found.append(key)
        return tuple(found)

    def _legs(self, span_id: str) -> list[float]:
        points = self.inventory.spans[span_id].geometry.coords
        return [apart_m(a, b) for a, b in pairwise([(p[0], p[1]) for p in points])]

    def _cable_m(self, span_id: str) -> float:
        span = self.inventory.spans[span_id]
        return sum(self._legs(span_id)) if span.cable_length_m is None else span.cable_length_m

    def _along(self, span_id: str, share: float) -> tuple[float, float]:
        points = [(p[0], p[1]) for p in self.inventory.spans[span_id].geometry.coords]
        legs = self._legs(span_id)
        left = share * sum(legs)
        for (a, b), leg in zip(pairwise(points), legs, strict=True):
            if left <= leg and leg > 0.0:
                return a[0] + (b[0] - a[0]) * left / leg, a[1] + (b[1] - a[1]) * left / leg
            left -= leg
        return points[-1]

    def _fibre_m(self, span_id: str, share: float, *, from_start: bool) -> float:
        """Give the fibre from one end to the break: the loop there, the route, and what lies uneven along it."""
        span = self.inventory.spans[span_id]
        loops = [self.inventory.nodes[n].slack_m or 0.0 for n in (span.start_id, span.end_id)]
        cable = self._cable_m(span_id)
        laid = max(cable - sum(loops), 0.0)
        excess = max(laid - sum(self._legs(span_id)), 0.0)
        plain = laid - excess
        first = self._rng.random()  # share of the excess that lies in the first half
        snaked = excess * (2 * share * first if share < 0.5 else first + (2 * share - 1) * (1 - first))
        from_start_m = loops[0] + plain * share + snaked
        return from_start_m if from_start else cable - from_start_m
