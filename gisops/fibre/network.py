"""What is the fibre network made of? Nodes, spans, lengths, ports and centres as compact arrays.

Every question on the fibre starts here: node and span ids become numbers once, and
lengths are measured once. Pure; imports the model and the geodesy only.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gisops.errors import InventoryError
from gisops.geo.measure import distances_m
from gisops.model.inventory import Inventory, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FibreNetwork", "Link", "need_node", "need_span", "network_of"]

Link = tuple[int, int]
"""Number of the node at the other end, number of the span to it."""

_UPLINK_PORTS = 2
"""A box has two fibre ports, A and B (IF-MIB interfaces 1 and 2 of the cabinet profile)."""


@dataclass(frozen=True, slots=True)
class FibreNetwork:
    """The fibre as numbers; place ``k`` of an array belongs to node or span ``k``.

    Parameters
    ----------
    node_ids, span_ids
        In the order of the inventory.
    node_number, span_number
        The way back.
    starts, ends
        Nodes at the ends of each span; chainage counts from the start.
    route_m
        Geodesic length of the route as drawn, metres.
    cable_m
        Cable from end to end, loops at both nodes included; route length and loops
        where the inventory does not say.
    cable_known
        Whether the inventory says.
    lines
        Route of each span, shapely LineString, WGS 84.
    links
        For each node its neighbours; a span from a node to itself is left out.
    centre_of
        Centre id by the number of the node it stands at.
    boxes_at
        Box ids by node, sorted.
    ports
        Spans on the fibre ports A and B of a box: the two lowest span ids at its node.
    loop_m
        Cable that each span ending at a node stores in loops there, metres; ``None`` where not recorded.
    splice_count
        Splices that one fibre passes at a node; 0: the cable runs through whole; ``None`` where not recorded.
    """

    node_ids: tuple[str, ...]
    span_ids: tuple[str, ...]
    node_number: Mapping[str, int]
    span_number: Mapping[str, int]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    route_m: NDArray[np.float64]
    cable_m: NDArray[np.float64]
    cable_known: NDArray[np.bool_]
    lines: tuple[Any, ...]
    links: tuple[tuple[Link, ...], ...]
    centre_of: Mapping[int, str]
    boxes_at: tuple[tuple[str, ...], ...]
    ports: Mapping[str, tuple[int, ...]]
    loop_m: tuple[float | None, ...]
    splice_count: tuple[int | None, ...]

    def other_end(self, span: int, node: int) -> int:
        """Give the node at the other end of a span."""
        start, end = int(self.starts[span]), int(self.ends[span])
        return end if start == node else start


def need_span(network: FibreNetwork, span_id: str) -> int:
    """Give the number of a span.

    Raises
    ------
    InventoryError
        If there is none of that id; the nearest known one is named.
    """
    number = network.span_number.get(span_id)
    if number is None:
        raise InventoryError(f"span {span_id}", "is unknown", _hint(span_id, network.span_ids))
    return number


def need_node(network: FibreNetwork, node_id: str) -> int:
    """Give the number of a node.

    Raises
    ------
    InventoryError
        If there is none of that id; the nearest known one is named.
    """
    number = network.node_number.get(node_id)
    if number is None:
        raise InventoryError(f"node {node_id}", "is unknown", _hint(node_id, network.node_ids))
    return number


def network_of(inventory: Inventory) -> FibreNetwork:
    """Number the fibre of an inventory and measure it.

    Parameters
    ----------
    inventory
        Nodes, spans, boxes and centres are read.

    Returns
    -------
    FibreNetwork
        Linear in spans and their vertices.

    Raises
    ------
    InventoryError
        If a span, box or centre names a node that is not there.
    """
    node_ids, spans = tuple(inventory.nodes), tuple(inventory.spans.values())
    node_number = {node_id: number for number, node_id in enumerate(node_ids)}

    def number_of(node_id: str, place: str) -> int:
        if node_id not in node_number:
            raise InventoryError(place, f"names the node {node_id} that is not there", "run gisops check inventory")
        return node_number[node_id]

    starts = np.array([number_of(s.start_id, f"span {s.id}") for s in spans], dtype=np.int64)
    ends = np.array([number_of(s.end_id, f"span {s.id}") for s in spans], dtype=np.int64)
    route_m = _lengths_m(spans)
    loop_m = tuple(inventory.nodes[node_id].slack_m for node_id in node_ids)
    given = [s.cable_length_m for s in spans]
    loops = [(loop_m[a] or 0.0) + (loop_m[b] or 0.0) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]
    boxes_at: list[list[str]] = [[] for _ in node_ids]
    for box in inventory.boxes.values():
        boxes_at[number_of(box.node_id, f"box {box.id}")].append(box.id)
    links = _links(len(node_ids), starts, ends)
    span_ids = tuple(s.id for s in spans)
    return FibreNetwork(
        node_ids=node_ids,
        span_ids=span_ids,
        node_number=node_number,
        span_number={span_id: number for number, span_id in enumerate(span_ids)},
        starts=starts,
        ends=ends,
        route_m=route_m,
        cable_m=np.array(
            [
                route + loop if cable is None else cable
                for route, loop, cable in zip(route_m.tolist(), loops, given, strict=True)
            ],
            dtype=float,
        ),
        cable_known=np.array([cable is not None for cable in given], dtype=bool),
        lines=tuple(s.geometry for s in spans),
        links=links,
        centre_of={number_of(c.node_id, f"centre {c.id}"): c.id for c in inventory.centres.values()},
        boxes_at=tuple(tuple(sorted(ids)) for ids in boxes_at),
        ports=_ports(boxes_at, starts, ends, span_ids),
        loop_m=loop_m,
        splice_count=tuple(inventory.nodes[node_id].splice_count for node_id in node_ids),
    )


def _lengths_m(spans: tuple[Span, ...]) -> NDArray[np.float64]:
    """Measure all routes at once."""
    if not spans:
        return np.zeros(0)
    points, owner = shapely.get_coordinates([s.geometry for s in spans], return_index=True)
    steps = distances_m(points[:-1, 0], points[:-1, 1], points[1:, 0], points[1:, 1])
    inside = owner[:-1] == owner[1:]
    return np.asarray(np.bincount(owner[:-1][inside], weights=steps[inside], minlength=len(spans)), dtype=np.float64)


def _links(nodes: int, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> tuple[tuple[Link, ...], ...]:
    found: list[list[Link]] = [[] for _ in range(nodes)]
    for span, (a, b) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        if a != b:
            found[a].append((b, span))
            found[b].append((a, span))
    return tuple(tuple(each) for each in found)


def _ports(
    boxes_at: list[list[str]], starts: NDArray[np.int64], ends: NDArray[np.int64], span_ids: tuple[str, ...]
) -> dict[str, tuple[int, ...]]:
    at: list[list[int]] = [[] for _ in boxes_at]
    for span in sorted(range(len(span_ids)), key=span_ids.__getitem__):
        for node in {int(starts[span]), int(ends[span])}:
            at[node].append(span)
    return {box_id: tuple(at[node][:_UPLINK_PORTS]) for node, box_ids in enumerate(boxes_at) for box_id in box_ids}


def _hint(word: str, known: tuple[str, ...]) -> str:

    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else "name one that is in the inventory"
