"""How much cable must be pulled to mend a cut: to the nearest splice enclosure on either side.

A cut cable is not mended in the ground: a new length is pulled between two enclosures.
Where the cable runs through a node whole, the crew has to go on to the next.
"""

from __future__ import annotations

from dataclasses import dataclass

from gisops.fibre.network import FibreNetwork

__all__ = ["Repair", "enclosure_beyond", "repair_of"]


@dataclass(frozen=True, slots=True)
class Repair:
    """What a crew must bring.

    Parameters
    ----------
    span_ids
        Spans to pull anew, in a row.
    enclosure_ids
        Nodes at both ends of the new length.
    cable_m
        New cable, metres.
    stored_m
        Cable that lies in loops at those two nodes, metres; ``None`` where not recorded. A
        short damage may be mended from it.
    notes
        What had to be assumed.
    """

    span_ids: tuple[str, ...]
    enclosure_ids: tuple[str, str]
    cable_m: float
    stored_m: float | None
    notes: tuple[str, ...]


def repair_of(network: FibreNetwork, span: int) -> Repair:
    """Work out what a cut of a span needs.

    Parameters
    ----------
    network
        The fibre.
    span
        Number of the cut span.
    """
    first, before, assumed = enclosure_beyond(network, span, int(network.starts[span]))
    last, after, assumed_too = enclosure_beyond(network, span, int(network.ends[span]))
    spans = [*reversed(before), span, *after]
    notes = []
    unsure = sorted({network.node_ids[node] for node in (*assumed, *assumed_too)})
    if unsure:
        notes.append(f"splices at {', '.join(unsure)} are not recorded: an enclosure is assumed there")
    unknown = [network.span_ids[s] for s in spans if not network.cable_known[s]]
    if unknown:
        notes.append(f"cable length of {', '.join(unknown)} is not recorded: the route length stands in")
    loops = [network.loop_m[first], network.loop_m[last]]
    return Repair(
        span_ids=tuple(network.span_ids[s] for s in spans),
        enclosure_ids=(network.node_ids[first], network.node_ids[last]),
        cable_m=sum(float(network.cable_m[s]) for s in spans),
        stored_m=None if None in loops else sum(loop for loop in loops if loop is not None),
        notes=tuple(notes),
    )


def enclosure_beyond(network: FibreNetwork, span: int, node: int) -> tuple[int, list[int], list[int]]:
    """Walk on from a span over one of its ends to where the cable is spliced: node, spans passed, unsure nodes."""
    passed: list[int] = []
    seen = {span}
    while network.splice_count[node] == 0:
        onward = [(other, link) for other, link in network.links[node] if link not in seen]
        if len(onward) != 1:  # a branch is spliced whatever is recorded; an end has nothing beyond
            break
        node, link = onward[0]
        seen.add(link)
        passed.append(link)
    return node, passed, [node] if network.splice_count[node] is None else []
