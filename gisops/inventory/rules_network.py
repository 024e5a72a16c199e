"""What must hold of the network: spans join their nodes, fibre leads to a centre, a port carries one camera."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pyproj import Geod

from gisops.inventory.finding import Finding
from gisops.inventory.raw import Raw, Row

__all__ = [
    "cable_shorter_than_route",
    "camera_away_from_its_box",
    "fibre_islands",
    "full_switches",
    "looped_spans",
    "span_ends",
    "switch_ports",
    "zero_length_spans",
]

_GEOD = Geod(ellps="WGS84")
_END_TOLERANCE_M = 1.0
_NO_LENGTH_M = 0.01
_MOST_NAMED = 3


def span_ends(raw: Raw) -> Iterator[Finding]:
    """A span begins and ends at its nodes, within 1 m."""
    nodes = raw.by_id("nodes")
    for row in raw.rows("spans"):
        apart = {}
        for key, at in (("start_id", 0), ("end_id", -1)):
            node = nodes.get(row.values.get(key) or "")
            if node is not None:
                apart[key] = _apart_m(row, at, node), _apart_m(row, -1 - at, node)
        if len(apart) == 2 and all(here > _END_TOLERANCE_M >= there for here, there in apart.values()):
            what = f"span {row.values['id']} runs from its end {row.values['end_id']} to its start"
            yield Finding(row.place, what, "turn its line round, or swap start and end", "span_ends")
            continue
        for key, (here, _) in apart.items():
            if here > _END_TOLERANCE_M:
                what = f"span {row.values['id']} ends {here:.1f} m from its node {row.values[key]}"
                yield Finding(row.place, what, "move the end onto the node", "span_ends")


def zero_length_spans(raw: Raw) -> Iterator[Finding]:
    """A span has a length."""
    for row in raw.rows("spans"):
        if _GEOD.geometry_length(row.geometry) <= _NO_LENGTH_M:
            what = f"span {row.values['id']} has no length"
            yield Finding(row.place, what, "draw its route", "zero_length_span")


def cable_shorter_than_route(raw: Raw) -> Iterator[Finding]:
    """Cable is no shorter than the route it lies in (the drawing may be off by 1 % and 1 m)."""
    for row in raw.rows("spans"):
        cable_m = row.values.get("cable_length_m")
        if cable_m is None:
            continue
        route_m = _GEOD.geometry_length(row.geometry)
        if cable_m < route_m * 0.99 - 1.0:
            what = f"span {row.values['id']} has {cable_m:,.1f} m of cable on a route of {route_m:,.1f} m"
            remedy = "correct its cable length (fibreLength is in km) or its route"
            yield Finding(row.place, what, remedy, "cable_shorter_than_route")


def looped_spans(raw: Raw) -> Iterator[Finding]:
    """A span joins two different nodes."""
    for row in raw.rows("spans"):
        if row.values.get("start_id") is not None and row.values["start_id"] == row.values.get("end_id"):
            what = f"span {row.values['id']} starts and ends at node {row.values['start_id']}"
            yield Finding(row.place, what, "name the other node", "looped_spans")


def fibre_islands(raw: Raw) -> Iterator[Finding]:
    """Every station and box is joined to a centre by fibre; one finding for each island."""
    if not {"nodes", "spans", "centres"} <= set(raw.tables) or not raw.rows("centres"):
        return
    reached = _joined_to({row.values.get("node_id") for row in raw.rows("centres")}, neighbours := _neighbours(raw))
    nodes, seen = raw.by_id("nodes"), set(reached)
    hanging: dict[str, list[Row]] = {}
    for table in ("stations", "boxes"):
        for row in raw.rows(table):
            hanging.setdefault(row.values.get("node_id") or "", []).append(row)
    for node_id in nodes:
        if node_id in seen or node_id not in hanging:
            continue
        island = _joined_to({node_id}, neighbours)
        seen |= island
        lost = [row for member in sorted(island & set(hanging)) for row in hanging[member]]
        named = ", ".join(str(row.values["id"]) for row in lost[:_MOST_NAMED])
        more = f" and {len(lost) - _MOST_NAMED} more" if len(lost) > _MOST_NAMED else ""
        verb = "has" if len(lost) == 1 else "have"
        what = f"{named}{more} at node {node_id} {verb} no fibre to a centre"
        yield Finding(nodes[node_id].place, what, "add the missing span", "fibre_islands")


def switch_ports(raw: Raw) -> Iterator[Finding]:
    """A switch port carries one camera, and the switch has that port."""
    boxes = raw.by_id("boxes")
    used = Counter((row.values.get("box_id"), row.values.get("switch_port")) for row in raw.rows("cameras"))
    for row in raw.rows("cameras"):
        box_id, port = row.values.get("box_id"), row.values.get("switch_port")
        if box_id is None or port is None:
            continue
        if used[box_id, port] > 1:
            what = f"{row.values['id']} shares port {port} of {box_id}"
            yield Finding(row.place, what, "give each camera its own port", "switch_ports")
        ports = boxes[box_id].values.get("switch_ports") if box_id in boxes else None
        if ports is not None and port > ports:
            what = f"{row.values['id']} is on port {port} of {box_id}, which has {ports}"
            yield Finding(row.place, what, "correct the port or the switch", "switch_ports")


def full_switches(raw: Raw) -> Iterator[Finding]:
    """A box has no more cameras than its switch has ports."""
    used = Counter(row.values.get("box_id") for row in raw.rows("cameras"))
    for row in raw.rows("boxes"):
        ports, cameras = row.values.get("switch_ports"), used[row.values.get("id")]
        if ports is not None and row.values.get("id") is not None and cameras > ports:
            what = f"{row.values['id']} has {cameras} cameras on a switch of {ports} ports"
            yield Finding(row.place, what, "correct switch_ports or move cameras", "full_switches")


def camera_away_from_its_box(raw: Raw) -> Iterator[Finding]:
    """A camera hangs at the site of its box."""
    boxes = raw.by_id("boxes")
    for row in raw.rows("cameras"):
        box = boxes.get(row.values.get("box_id") or "")
        here, there = row.values.get("site_id"), box.values.get("site_id") if box else None
        if here is not None and there is not None and here != there:
            what = f"{row.values['id']} is at site {here}, its box {row.values['box_id']} at {there}"
            yield Finding(row.place, what, "correct site_id or box_id", "camera_away_from_its_box")


def _apart_m(span: Row, at: int, node: Row) -> float:
    x, y = span.geometry.coords[at][:2]
    return float(_GEOD.inv(x, y, node.geometry.x, node.geometry.y)[2])


def _neighbours(raw: Raw) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in raw.rows("spans"):
        a, b = row.values.get("start_id"), row.values.get("end_id")
        if a and b:
            found.setdefault(a, []).append(b)
            found.setdefault(b, []).append(a)
    return found


def _joined_to(start: set[str | None], neighbours: dict[str, list[str]]) -> set[str]:
    reached = {node for node in start if node is not None}
    frontier = list(reached)
    while frontier:
        for other in neighbours.get(frontier.pop(), []):
            if other not in reached:
                reached.add(other)
                frontier.append(other)
    return reached
