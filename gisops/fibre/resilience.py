"""Where does the fibre hang on one thing: bridges, single nodes, stations' least cuts, and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gisops.fibre.mincut import minimum_cut
from gisops.fibre.network import FibreNetwork, network_of
from gisops.fibre.propose import Pricing, Proposal, propose
from gisops.fibre.topology import Skeleton, articulation_nodes, skeleton_of
from gisops.model.inventory import Inventory

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Report", "StationCut", "WeakNode", "WeakSpan", "resilience"]


@dataclass(frozen=True, slots=True)
class WeakSpan:
    """A span that alone leads to something, and what that is."""

    span_id: str
    boxes: int
    cameras: int
    stations: int

    @property
    def devices(self) -> int:
        """Boxes and cameras together."""
        return self.boxes + self.cameras


@dataclass(frozen=True, slots=True)
class WeakNode:
    """A node whose loss (a burnt enclosure) parts others; its own devices are not counted."""

    node_id: str
    boxes: int
    cameras: int
    stations: int


@dataclass(frozen=True, slots=True)
class StationCut:
    """The fewest spans that part a police station from every centre; none where it stands at one or is parted."""

    station_id: str
    span_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """How the fibre stands up to loss.

    Parameters
    ----------
    bridges, nodes
        Single points of failure, worst first.
    stations
        Least cuts, the smallest first.
    one_span_ids
        Nodes without two ways that share no span.
    one_node_ids
        Nodes without two ways that share no node; those of ``one_span_ids`` are among them.
    parted_ids
        Nodes that no centre reaches at all.
    proposals
        New spans, ranked.
    """

    bridges: tuple[WeakSpan, ...]
    nodes: tuple[WeakNode, ...]
    stations: tuple[StationCut, ...]
    one_span_ids: tuple[str, ...]
    one_node_ids: tuple[str, ...]
    parted_ids: tuple[str, ...]
    proposals: tuple[Proposal, ...]


def resilience(
    inventory: Inventory,
    pricing: Pricing | None = None,
    network: FibreNetwork | None = None,
    skeleton: Skeleton | None = None,
) -> Report:
    """Report every single point of failure and the cheapest ways to remove the worst.

    Parameters
    ----------
    inventory
        What stands in the city.
    pricing
        Of new spans; defaults rank by metres.
    network, skeleton
        Of that inventory; made from it where left out.
    """
    network = network or network_of(inventory)
    skeleton = skeleton or skeleton_of(network)
    at_node = _counts(inventory, network)
    below = _below(skeleton, at_node, len(network.span_ids))
    bridges = [
        WeakSpan(network.span_ids[span], *(int(number) for number in below[span]))
        for span in skeleton.bridges.tolist()
    ]
    parted = articulation_nodes(network, skeleton)
    nodes = [
        WeakNode(network.node_ids[node], *(int(number) for number in at_node[others].sum(axis=0)))
        for node, others in parted.items()
    ]
    is_one_span = np.zeros(len(network.node_ids), dtype=bool)
    for span in skeleton.bridges.tolist():
        is_one_span[skeleton.subtree(span)] = True
    is_one_node = is_one_span.copy()
    for others in parted.values():
        is_one_node[others] = True
    is_bridge = np.zeros(len(network.span_ids), dtype=bool)
    is_bridge[skeleton.bridges] = True
    behind = np.where(is_bridge, below[:, 0] + below[:, 1], 0)
    return Report(
        bridges=tuple(sorted(bridges, key=lambda w: (-w.devices, -w.stations, w.span_id))),
        nodes=tuple(sorted(nodes, key=lambda w: (-w.boxes - w.cameras, -w.stations, w.node_id))),
        stations=_stations(inventory, network),
        one_span_ids=_names(network, is_one_span),
        one_node_ids=_names(network, is_one_node),
        parted_ids=_names(network, skeleton.at < 0),
        proposals=propose(inventory, network, skeleton, behind, pricing or Pricing()),
    )


def _names(network: FibreNetwork, chosen: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(network.node_ids[node] for node in np.flatnonzero(chosen).tolist())


def _counts(inventory: Inventory, network: FibreNetwork) -> NDArray[np.int64]:
    """Count boxes, cameras and stations by node."""
    found = np.zeros((len(network.node_ids), 3), dtype=np.int64)
    for box in inventory.boxes.values():
        node = network.node_number[box.node_id]
        found[node, 0] += 1
        found[node, 1] += len(inventory.cameras_of_box[box.id])
    for station in inventory.stations.values():
        found[network.node_number[station.node_id], 2] += 1
    return found


def _below(skeleton: Skeleton, at_node: NDArray[np.int64], spans: int) -> NDArray[np.int64]:
    """Add the counts up below each tree span."""
    running = np.concatenate([np.zeros((1, 3), dtype=np.int64), np.cumsum(at_node[skeleton.nodes], axis=0)])
    found = np.zeros((spans, 3), dtype=np.int64)
    children = skeleton.nodes
    found[skeleton.parent_span[children]] = running[skeleton.end[children] - 1] - running[skeleton.at[children] - 1]
    return found


def _stations(inventory: Inventory, network: FibreNetwork) -> tuple[StationCut, ...]:
    found = [
        StationCut(
            station.id,
            tuple(network.span_ids[s] for s in minimum_cut(network, network.node_number[station.node_id])),
        )
        for station in inventory.stations.values()
    ]
    return tuple(sorted(found, key=lambda cut: (len(cut.span_ids), cut.station_id)))
