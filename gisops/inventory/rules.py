"""What must hold between the records of an inventory: one function a rule.

Each names the offender, the value and the remedy, and finds all of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import shapely
from pyproj import Geod

from gisops.inventory.finding import Finding
from gisops.inventory.read import Raw, Row
from gisops.inventory.schema import nearest, schema

__all__ = ["RULES"]

Rule = Callable[[Raw], Iterator[Finding]]
_GEOD = Geod(ellps="WGS84")
_END_TOLERANCE_M = 1.0
_LOCATED = ("stations", "centres", "sites", "boxes", "cameras")
_SECRET = re.compile(r"(?i)^(public|private)$|password|secret|\s")


def _ids(raw: Raw, table: str) -> dict[str, Row]:
    return {row.values["id"]: row for row in raw.tables.get(table, []) if row.values.get("id")}


def duplicate_ids(raw: Raw) -> Iterator[Finding]:
    """An id stands once in its table."""
    for table, rows in raw.tables.items():
        seen: dict[str, Row] = {}
        for row in rows:
            key = row.values.get("id")
            if key is not None and key in seen and table in schema():
                yield Finding(
                    row.place,
                    f"id {key} stands already at {seen[key].place}",
                    "give it its own",
                    "duplicate_ids",
                )
            elif key is not None:
                seen[key] = row


def duplicate_addresses(raw: Raw) -> Iterator[Finding]:
    """No two devices share a management address."""
    seen: dict[str, str] = {}
    for table in ("boxes", "cameras"):
        for row in raw.tables.get(table, []):
            address = row.values.get("address")
            if address is None:
                continue
            if address in seen:
                yield Finding(
                    row.place,
                    f"{row.values['id']} has address {address} of {seen[address]}",
                    "correct one of them",
                    "duplicate_addresses",
                )
            seen.setdefault(address, str(row.values["id"]))


def dangling_references(raw: Raw) -> Iterator[Finding]:
    """What a record refers to is there (a camera's box, a box's feeder and fibre node …)."""
    for table, columns in schema().items():
        for column in (c for c in columns if c.references):
            known = _ids(raw, str(column.references))
            if str(column.references) not in raw.tables:
                continue
            for row in raw.tables.get(table, []):
                wanted = row.values.get(column.name)
                if wanted is not None and wanted not in known:
                    who = row.values.get("id")
                    what = f"{who} has {column.name} {wanted}, which is not in {column.references}"
                    remedy = nearest(wanted, known, f"add it to {column.references}")
                    yield Finding(row.place, what, remedy, "dangling_references")


def district_coverage(raw: Raw) -> Iterator[Finding]:
    """Districts are one coverage: shared edges coincide, no overlaps."""
    rows = [row for row in raw.tables.get("districts", []) if row.geometry is not None]
    if len(rows) < 2:
        return
    bad = shapely.coverage_invalid_edges([row.geometry for row in rows])
    for row, edges in zip(rows, bad, strict=True):
        if edges is not None and not edges.is_empty:
            x, y = edges.geoms[0].coords[0] if hasattr(edges, "geoms") else edges.coords[0]
            what = f"{row.values['id']} overlaps or misses its neighbour near {x:.5f} {y:.5f}"
            yield Finding(row.place, what, "make the shared edge coincide", "district_coverage")


def outside_districts(raw: Raw) -> Iterator[Finding]:
    """Every located record lies in a district; swapped coordinates are recognised."""
    districts = [row.geometry for row in raw.tables.get("districts", []) if row.geometry is not None]
    if not districts:
        return
    tree = shapely.STRtree(districts)
    for table in _LOCATED:
        rows = [
            row
            for row in raw.tables.get(table, [])
            if row.values.get("lon") is not None and row.values.get("lat") is not None
        ]
        if not rows:
            continue
        xy = np.array([(row.values["lon"], row.values["lat"]) for row in rows])
        inside = _inside(tree, xy)
        swapped = _inside(tree, xy[:, ::-1])
        for row, is_in, would_be in zip(rows, inside, swapped, strict=True):
            if is_in:
                continue
            where = f"{row.values.get('id')} at lon {row.values['lon']:g} lat {row.values['lat']:g}"
            if would_be:
                yield Finding(row.place, f"{where} has lon and lat swapped", "swap them", "swapped_lat_lon")
            else:
                yield Finding(
                    row.place, f"{where} is outside every district", "correct its place", "outside_districts"
                )


def _inside(tree: Any, xy: Any) -> Any:  # noqa: ANN401 - numpy and shapely arrays
    found = np.zeros(len(xy), dtype=bool)
    found[tree.query(shapely.points(xy), predicate="intersects")[0]] = True
    return found


def span_ends(raw: Raw) -> Iterator[Finding]:
    """A span begins and ends at its nodes, and has a length."""
    nodes = _ids(raw, "nodes")
    for row in raw.tables.get("spans", []):
        name = row.values.get("id")
        if _GEOD.geometry_length(row.geometry) <= 0.01:
            yield Finding(row.place, f"span {name} has no length", "draw its route", "zero_length_span")
        for key, at in (("start_id", 0), ("end_id", -1)):
            node = nodes.get(row.values.get(key) or "")
            if node is None:
                continue
            x, y = row.geometry.coords[at][:2]
            _, _, apart = _GEOD.inv(x, y, node.geometry.x, node.geometry.y)
            if apart > _END_TOLERANCE_M:
                what = f"span {name} ends {apart:.1f} m from its node {row.values[key]}"
                yield Finding(row.place, what, "move the end onto the node", "span_ends")


def fibre_islands(raw: Raw) -> Iterator[Finding]:
    """Every node that something hangs on is joined to a centre."""
    neighbours: dict[str, list[str]] = {}
    for row in raw.tables.get("spans", []):
        a, b = row.values.get("start_id"), row.values.get("end_id")
        if a and b:
            neighbours.setdefault(a, []).append(b)
            neighbours.setdefault(b, []).append(a)
    reached = {row.values.get("node_id") for row in raw.tables.get("centres", [])}
    frontier = list(reached)
    while frontier:
        for other in neighbours.get(frontier.pop() or "", []):
            if other not in reached:
                reached.add(other)
                frontier.append(other)
    nodes = _ids(raw, "nodes")
    for table in ("stations", "boxes"):
        for row in raw.tables.get(table, []):
            node = row.values.get("node_id")
            if node in nodes and node not in reached:
                what = f"{row.values['id']} at node {node} has no fibre to a centre"
                yield Finding(row.place, what, "add the missing span", "fibre_islands")


def switch_ports(raw: Raw) -> Iterator[Finding]:
    """A switch port carries one camera, and the switch has that port."""
    boxes = _ids(raw, "boxes")
    cameras = raw.tables.get("cameras", [])
    used = Counter((row.values.get("box_id"), row.values.get("switch_port")) for row in cameras)
    for row in cameras:
        box_id, port = row.values.get("box_id"), row.values.get("switch_port")
        if box_id is None or port is None:
            continue
        if used[box_id, port] > 1:
            what = f"{row.values['id']} shares port {port} of {box_id}"
            yield Finding(row.place, what, "give each camera its own port", "switch_ports")
        box = boxes.get(box_id)
        ports = box.values.get("switch_ports") if box else None
        if ports is not None and port > ports:
            what = f"{row.values['id']} is on port {port} of {box_id}, which has {ports}"
            yield Finding(row.place, what, "correct the port or the switch", "switch_ports")


def secrets(raw: Raw) -> Iterator[Finding]:
    """A credential is a name, never the secret itself."""
    for table in ("boxes", "cameras"):
        for row in raw.tables.get(table, []):
            credential = row.values.get("credential")
            if credential and _SECRET.search(credential):
                what = f"{row.values['id']} has a credential that looks like a secret"
                yield Finding(row.place, what, "name an entry of the credentials file", "secrets")


RULES: tuple[Rule, ...] = (
    duplicate_ids,
    duplicate_addresses,
    dangling_references,
    district_coverage,
    outside_districts,
    span_ends,
    fibre_islands,
    switch_ports,
    secrets,
)
