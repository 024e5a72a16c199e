"""Which spans hold the network together: the depth-first tree, bridges, and pairs that cut only jointly.

All centres count as one root: reaching any of them is being connected. A span is
a *bridge* when cutting it parts some nodes from every centre. Ring spans are not;
their loss shows on ports, never as lost devices, unless a second span of the same
*class* is cut too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gisops.fibre.network import FibreNetwork, network_of
from gisops.model.inventory import Inventory

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Behind", "Skeleton", "articulation_nodes", "isolated_by", "skeleton_of", "spans_with_boxes_behind"]

_SEED = 1974
"""Labels are drawn anew in every run from here, so that answers repeat."""


@dataclass(frozen=True, slots=True)
class Behind:
    """What is lost with one span.

    Parameters
    ----------
    span_ids
        Spans in a row with the same boxes behind them: a cut of any of them
        looks the same from the centre. Nearest to the centre first.
    box_ids
        Boxes that have no other way, sorted.
    """

    span_ids: tuple[str, ...]
    box_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The depth-first tree from the centres.

    Parameters
    ----------
    at
        Position of each node in pre-order; 0 for centres (the root), -1 for nodes that no centre reaches.
    end
        One past the last position of the subtree of each node (of the root: all).
    nodes
        Nodes in pre-order, from position 1; position 0 stands for all centres.
    parent_span
        Span to the node above; -1 for centres and unreached nodes.
    low
        Least position that the subtree reaches without that span.
    below
        For each span the node at its lower end where it is in the tree, else -1.
    label
        For each span a 64-bit label: two spans that cut only jointly have the same one, a
        bridge has 0 (cycle space sampling, Pritchard and Thurimella 2011; wrong with odds of 2^-64 a pair).
    """

    at: NDArray[np.int64]
    end: NDArray[np.int64]
    nodes: NDArray[np.int64]
    parent_span: NDArray[np.int64]
    low: NDArray[np.int64]
    below: NDArray[np.int64]
    label: NDArray[np.int64]

    @property
    def bridges(self) -> NDArray[np.int64]:
        """Numbers of the spans that alone lead to something."""
        children = self.nodes[self.low[self.nodes] == self.at[self.nodes]]
        return np.sort(self.parent_span[children])

    def subtree(self, span: int) -> NDArray[np.int64]:
        """Give the nodes below a tree span; none for another."""
        node = int(self.below[span])
        if node < 0:
            return self.nodes[:0]
        return self.nodes[int(self.at[node]) - 1 : int(self.end[node]) - 1]


def skeleton_of(network: FibreNetwork, without: Collection[int] = ()) -> Skeleton:
    """Search a network depth first from its centres (Tarjan 1974, low links), iteratively.

    Parameters
    ----------
    network
        The fibre.
    without
        Numbers of spans that are cut already.

    Returns
    -------
    Skeleton
        Linear in spans.
    """
    count, spans = len(network.node_ids), len(network.span_ids)
    at, low = [-1] * count, [-1] * count
    parent_span, parent, below = [-1] * count, [-1] * count, [-1] * spans
    order: list[int] = []
    gone = set(without)
    centres = sorted(network.centre_of)
    for centre in centres:
        at[centre] = low[centre] = 0
    root: list[tuple[int, int]] = [link for centre in centres for link in network.links[centre]]
    stack: list[tuple[int, list[tuple[int, int]], int]] = [(-1, root, 0)]
    while stack:
        node, links, place = stack.pop()
        while place < len(links):
            other, span = links[place]
            place += 1
            if span in gone or (node >= 0 and span == parent_span[node]):
                continue
            if at[other] >= 0:
                if node >= 0:
                    low[node] = min(low[node], at[other])
                continue
            order.append(other)
            at[other] = low[other] = len(order)
            parent_span[other], parent[other], below[span] = span, node, other
            stack.append((node, links, place))
            stack.append((other, list(network.links[other]), 0))
            break
    end = [position + 1 for position in at]
    for node in reversed(order):
        above = parent[node]
        if above >= 0:
            low[above] = min(low[above], low[node])
            end[above] = max(end[above], end[node])
    for centre in centres:
        end[centre] = len(order) + 1
    label = _labels(network, order, at, parent, parent_span, below, gone)
    return Skeleton(
        at=np.array(at),
        end=np.array(end),
        nodes=np.array(order, dtype=np.int64),
        parent_span=np.array(parent_span),
        low=np.array(low),
        below=np.array(below, dtype=np.int64),
        label=label,
    )


def _labels(
    network: FibreNetwork,
    order: list[int],
    at: list[int],
    parent: list[int],
    parent_span: list[int],
    below: list[int],
    gone: Collection[int],
) -> NDArray[np.int64]:
    """Label each tree span with the exclusive or of the labels of the spans that bypass it."""
    drawn = np.random.default_rng(_SEED).integers(1, 2**63, len(network.span_ids), dtype=np.int64).tolist()
    mark = [0] * len(network.node_ids)
    label = [0] * len(network.span_ids)
    for span, (a, b) in enumerate(zip(network.starts.tolist(), network.ends.tolist(), strict=True)):
        if below[span] >= 0 or at[a] < 0 or at[b] < 0 or span in gone:
            continue
        label[span] = drawn[span]
        if a != b:
            mark[a] ^= drawn[span]
            mark[b] ^= drawn[span]
    for node in reversed(order):
        label[parent_span[node]] = mark[node]
        if parent[node] >= 0:
            mark[parent[node]] ^= mark[node]
    return np.array(label, dtype=np.int64)


def isolated_by(network: FibreNetwork, cut: Collection[int]) -> NDArray[np.bool_]:
    """Say which nodes reach no centre once spans are cut.

    Parameters
    ----------
    network
        The fibre.
    cut
        Numbers of the cut spans, any number of them.

    Returns
    -------
    ndarray of bool
        By node; nodes that reach no centre anyway are among them.
    """
    reached = [False] * len(network.node_ids)
    frontier = list(network.centre_of)
    for node in frontier:
        reached[node] = True
    gone = set(cut)
    while frontier:
        for other, span in network.links[frontier.pop()]:
            if not reached[other] and span not in gone:
                reached[other] = True
                frontier.append(other)
    return ~np.array(reached, dtype=bool)


def articulation_nodes(network: FibreNetwork, skeleton: Skeleton) -> dict[int, NDArray[np.int64]]:
    """Find the nodes whose loss parts others from every centre, and what is parted.

    Returns
    -------
    dict
        Node number to the nodes that depend on it, itself left out; centres are not in it.
    """
    parted: dict[int, list[NDArray[np.int64]]] = defaultdict(list)
    for child in skeleton.nodes.tolist():
        span = int(skeleton.parent_span[child])
        above = network.other_end(span, child)
        if above not in network.centre_of and skeleton.low[child] >= skeleton.at[above]:
            parted[above].append(skeleton.subtree(span))
    return {node: np.concatenate(parts) for node, parts in sorted(parted.items())}


def spans_with_boxes_behind(inventory: Inventory) -> tuple[Behind, ...]:
    """Find every bridge that has boxes behind it, grouped by the boxes it isolates.

    Parameters
    ----------
    inventory
        Nodes, spans, boxes and centres are read.

    Returns
    -------
    tuple of Behind
        Fewest boxes first; nodes that no centre reaches are in none.
    """
    network = network_of(inventory)
    skeleton = skeleton_of(network)
    grouped: dict[tuple[str, ...], list[int]] = {}
    for span in skeleton.bridges.tolist():
        boxes = sorted(box_id for node in skeleton.subtree(span).tolist() for box_id in network.boxes_at[node])
        if boxes:
            grouped.setdefault(tuple(boxes), []).append(span)
    found = [
        Behind(tuple(network.span_ids[s] for s in sorted(spans, key=lambda s: skeleton.at[skeleton.below[s]])), boxes)
        for boxes, spans in grouped.items()
    ]
    return tuple(sorted(found, key=lambda behind: (len(behind.box_ids), behind.box_ids)))
