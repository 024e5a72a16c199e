"""Which way does the light go from a box to its centre? Its spans, lengths and splices.

The way is the shortest by cable. Pure: a network in, paths out.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gisops.errors import InventoryError
from gisops.fibre.network import FibreNetwork

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Hop", "Path", "Routes", "routes_of", "trace"]


@dataclass(frozen=True, slots=True)
class Routes:
    """The shortest way of every node to its nearest centre.

    Parameters
    ----------
    distance_m
        Cable to the centre, metres; infinite where there is none.
    via_span
        First span on the way; -1 at a centre and where there is no way.
    at, end
        Pre-order position of each node in the tree of ways, and one past its subtree; -1 without a way.
    nodes
        Nodes in that order, centres included.
    """

    distance_m: NDArray[np.float64]
    via_span: NDArray[np.int64]
    at: NDArray[np.int64]
    end: NDArray[np.int64]
    nodes: NDArray[np.int64]

    def riding(self, network: FibreNetwork, span: int) -> NDArray[np.int64]:
        """Give the nodes whose way runs over a span."""
        for node in (int(network.starts[span]), int(network.ends[span])):
            if int(self.via_span[node]) == span:
                return self.nodes[int(self.at[node]) : int(self.end[node])]
        return self.nodes[:0]


@dataclass(frozen=True, slots=True)
class Hop:
    """One span of a path, from the box towards the centre; chainages count cable from the centre, metres."""

    span_id: str
    from_id: str
    to_id: str
    route_m: float
    cable_m: float
    from_chainage_m: float
    to_chainage_m: float
    splices: int
    splices_known: bool


@dataclass(frozen=True, slots=True)
class Path:
    """The way of a node to its centre.

    Parameters
    ----------
    node_id, centre_id
        Where it begins and ends.
    hops
        Spans in order from the node; none for a node that is a centre.
    splices
        All on the way, the two at the patch panels included.
    cable_known, splices_known
        Whether the inventory gives every length and every count; else route lengths and one
        splice a node stand in.
    """

    node_id: str
    centre_id: str
    hops: tuple[Hop, ...]
    splices: int
    cable_known: bool
    splices_known: bool

    @property
    def cable_m(self) -> float:
        """Cable from end to end, metres."""
        return sum(hop.cable_m for hop in self.hops)

    @property
    def route_m(self) -> float:
        """Route from end to end, metres."""
        return sum(hop.route_m for hop in self.hops)


def routes_of(network: FibreNetwork) -> Routes:
    """Find the shortest way of every node at once (Dijkstra from all centres).

    Returns
    -------
    Routes
        Ties go to the lower span number, so that answers repeat.
    """
    count = len(network.node_ids)
    distance, via = [float("inf")] * count, [-1] * count
    cable = network.cable_m.tolist()
    queue: list[tuple[float, int, int]] = [(0.0, -1, centre) for centre in sorted(network.centre_of)]
    settled = [False] * count
    order = []
    while queue:
        far, span, node = heapq.heappop(queue)
        if settled[node]:
            continue
        settled[node], distance[node], via[node] = True, far, span
        order.append(node)
        for other, link in network.links[node]:
            if not settled[other] and far + cable[link] <= distance[other]:
                distance[other] = far + cable[link]
                heapq.heappush(queue, (distance[other], link, other))
    sizes = [1] * count
    above = [-1 if via[node] < 0 else network.other_end(via[node], node) for node in range(count)]
    for node in reversed(order):
        if above[node] >= 0:
            sizes[above[node]] += sizes[node]
    at, next_free, nodes = [-1] * count, [0] * count, [0] * len(order)
    top = 0
    for node in order:  # a node comes after the one above it, so its place is free
        if above[node] < 0:
            at[node], top = top, top + sizes[node]
        else:
            at[node] = next_free[above[node]]
            next_free[above[node]] += sizes[node]
        next_free[node] = at[node] + 1
        nodes[at[node]] = node
    end = [at[node] + sizes[node] if at[node] >= 0 else -1 for node in range(count)]
    return Routes(np.array(distance), np.array(via), np.array(at), np.array(end), np.array(nodes, dtype=np.int64))


def trace(network: FibreNetwork, routes: Routes, node: int) -> Path:
    """Follow the way of a node to its centre.

    Parameters
    ----------
    network, routes
        The fibre and its shortest ways.
    node
        Number of the node.

    Raises
    ------
    InventoryError
        If no centre can be reached from it.
    """
    if int(routes.at[node]) < 0:
        raise InventoryError(
            f"node {network.node_ids[node]}", "reaches no centre", "draw the missing span, or name the centre's node"
        )
    hops, at, left = [], node, float(routes.distance_m[node])
    while (span := int(routes.via_span[at])) >= 0:
        there = network.other_end(span, at)
        cable = float(network.cable_m[span])
        is_end = int(routes.via_span[there]) < 0
        recorded = network.splice_count[there]
        hops.append(
            Hop(
                span_id=network.span_ids[span],
                from_id=network.node_ids[at],
                to_id=network.node_ids[there],
                route_m=float(network.route_m[span]),
                cable_m=cable,
                from_chainage_m=left,
                to_chainage_m=max(0.0, left - cable),
                # The centre's end is a pigtail at the patch panel, whatever else is spliced there.
                splices=1 if is_end or recorded is None else recorded,
                splices_known=is_end or recorded is not None,
            )
        )
        at, left = there, left - cable
    return Path(
        node_id=network.node_ids[node],
        centre_id=network.centre_of[at],
        hops=tuple(hops),
        splices=sum(hop.splices for hop in hops) + (1 if hops else 0),
        cable_known=all(bool(network.cable_known[network.span_number[hop.span_id]]) for hop in hops),
        splices_known=all(hop.splices_known for hop in hops),
    )
