"""Which boxes hang on one span alone: the bridges of the fibre network and what is behind each.

A span is a *bridge* when cutting it parts some nodes from every command centre.
Ring spans are not; their loss shows on ports, never as lost devices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gisops.model.inventory import Inventory

__all__ = ["Behind", "spans_with_boxes_behind"]

_CORE = "\0core"
"""All centres stand for one node: reaching any of them is being connected."""


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


def spans_with_boxes_behind(inventory: Inventory) -> tuple[Behind, ...]:
    """Find every bridge that has boxes behind it, grouped by the boxes it isolates.

    Depth-first search with low links from the centres (Tarjan 1974, "A note on
    finding the bridges of a graph"), iterative, linear in spans.

    Parameters
    ----------
    inventory
        Nodes, spans, boxes and centres are read.

    Returns
    -------
    tuple of Behind
        Fewest boxes first; nodes that no centre reaches are in none.
    """
    core = {centre.node_id for centre in inventory.centres.values()}
    links: dict[str, list[tuple[str, str]]] = {_CORE: []}
    for span in inventory.spans.values():
        a = _CORE if span.start_id in core else span.start_id
        b = _CORE if span.end_id in core else span.end_id
        if a != b:
            links.setdefault(a, []).append((b, span.id))
            links.setdefault(b, []).append((a, span.id))
    order, parent_span, low = _search(links)
    boxes_at: dict[str, list[str]] = {}
    for box in inventory.boxes.values():
        boxes_at.setdefault(box.node_id, []).append(box.id)
    return _collect(order, parent_span, low, boxes_at)


def _search(
    links: Mapping[str, list[tuple[str, str]]],
) -> tuple[list[str], dict[str, tuple[str, str]], dict[str, int]]:
    """Walk depth first from the core: nodes in pre-order, parent of each, low links."""
    index = {_CORE: 0}
    low = {_CORE: 0}
    order = [_CORE]
    parent_span: dict[str, tuple[str, str]] = {}
    stack = [(_CORE, iter(links[_CORE]))]
    while stack:
        node, edges = stack[-1]
        for other, span_id in edges:
            if parent_span.get(node, ("", ""))[1] == span_id:
                continue
            if other in index:
                low[node] = min(low[node], index[other])
                continue
            index[other] = low[other] = len(order)
            order.append(other)
            parent_span[other] = (node, span_id)
            stack.append((other, iter(links[other])))
            break
        else:
            stack.pop()
            if node in parent_span:
                above = parent_span[node][0]
                low[above] = min(low[above], low[node])
    return order, parent_span, low


def _collect(
    order: list[str],
    parent_span: Mapping[str, tuple[str, str]],
    low: Mapping[str, int],
    boxes_at: Mapping[str, list[str]],
) -> tuple[Behind, ...]:
    index = {node: number for number, node in enumerate(order)}
    below: dict[str, set[str]] = {node: set(boxes_at.get(node, ())) for node in order}
    grouped: dict[tuple[str, ...], list[str]] = {}
    for node in reversed(order[1:]):
        above, span_id = parent_span[node]
        if low[node] == index[node] and below[node]:
            grouped.setdefault(tuple(sorted(below[node])), []).append(span_id)
        below[above] |= below[node]
    found = (Behind(tuple(reversed(spans)), boxes) for boxes, spans in grouped.items())
    return tuple(sorted(found, key=lambda behind: (len(behind.box_ids), behind.box_ids)))
