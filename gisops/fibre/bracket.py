"""Between which two nodes a cut lies that only nodes and ports tell of: an interval of chainage, never a point."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from gisops.fibre.network import FibreNetwork
from gisops.fibre.trace import Routes

__all__ = ["Bracket", "brackets"]


@dataclass(frozen=True, slots=True)
class Bracket:
    """Spans in a row that the evidence cannot tell apart.

    Parameters
    ----------
    span_ids
        In order from ``from_id``.
    from_id, to_id
        Nodes at both ends: what answers on the centre's side, what is parted on the other.
    from_m, to_m
        Chainage: metres of route, counted from ``from_id``; always from 0 to the whole length.
    from_centre_m
        Cable from the centre to ``from_id``; ``None`` where no centre is reached.
    """

    span_ids: tuple[str, ...]
    from_id: str
    to_id: str
    from_m: float
    to_m: float
    from_centre_m: float | None


def brackets(network: FibreNetwork, routes: Routes, spans: Iterable[int]) -> tuple[Bracket, ...]:
    """Put spans that hang together in a row into one interval each.

    Parameters
    ----------
    network, routes
        The fibre and its shortest ways.
    spans
        Numbers of the spans a cut may be on.

    Returns
    -------
    tuple of Bracket
        Spans that hang together but branch stand alone, for there is no one chainage along a branch.
    """
    at: dict[int, list[int]] = defaultdict(list)
    left = set(spans)
    for span in left:
        for node in {int(network.starts[span]), int(network.ends[span])}:
            at[node].append(span)
    found = []
    while left:
        group, frontier = set(), [min(left)]
        while frontier:
            span = frontier.pop()
            if span in group:
                continue
            group.add(span)
            for node in (int(network.starts[span]), int(network.ends[span])):
                frontier += [other for other in at[node] if other not in group]
        left -= group
        found += _group(network, routes, group, at)
    return tuple(sorted(found, key=lambda bracket: bracket.span_ids))


def _group(network: FibreNetwork, routes: Routes, group: set[int], at: dict[int, list[int]]) -> list[Bracket]:
    nodes = {node for span in group for node in (int(network.starts[span]), int(network.ends[span]))}
    tips = [node for node in nodes if len(at[node]) == 1]
    if len(tips) == 2 and all(len(at[node]) <= 2 for node in nodes):
        return [_row(network, routes, min(tips, key=lambda n: (float(routes.distance_m[n]), n)), group, at)]
    rows = []
    for span in group:
        start, end = int(network.starts[span]), int(network.ends[span])
        first = min(start, end, key=lambda n: (float(routes.distance_m[n]), n))
        rows.append(_row(network, routes, first, {span}, {start: [span], end: [span]}))
    return rows


def _row(network: FibreNetwork, routes: Routes, first: int, group: set[int], at: dict[int, list[int]]) -> Bracket:
    order: list[int] = []
    node = first
    while onward := [span for span in at[node] if span in group and span not in order]:
        order.append(onward[0])
        node = network.other_end(onward[0], node)
    far = float(routes.distance_m[first])
    return Bracket(
        span_ids=tuple(network.span_ids[span] for span in order),
        from_id=network.node_ids[first],
        to_id=network.node_ids[node],
        from_m=0.0,
        to_m=sum(float(network.route_m[span]) for span in order),
        from_centre_m=far if far != float("inf") else None,
    )
