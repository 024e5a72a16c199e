"""How much cable lies in each span, where is it spliced, and who laid it? Invented, by the rules of the trade.

Cable comes on drums of a few kilometres: between two branches it is spliced
wherever a drum ends, and it runs uncut through the boxes between. Loops for
repair are kept at every node; sag and bends make cable longer than its route.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from tools.city.fibre import length_m

__all__ = ["lay_cable"]

DRUM_M = 3_000.0
"""A drum of loose-tube cable holds two to four kilometres."""
LOOP_AT_SPLICE_M = 15.0
"""An enclosure is lifted into a van to be worked on."""
LOOP_AT_BOX_M = 5.0
LOOP_AT_BUILDING_M = 20.0
EXCESS = {"duct": 0.006, "buried": 0.01, "aerial": 0.02}
"""Share by which cable is longer than its route: bends in ducts, snaking in trenches, sag between poles."""
OWNER = "Safe City Network Owner (demo)"
PHASE = "Phase I"

Feature = dict[str, Any]


def lay_cable(nodes: list[Feature], spans: list[Feature]) -> None:
    """Put splices and loops on the nodes, and cable, installation, owner and phase on the spans."""
    ends = Counter(end for span in spans for end in _ends(span))
    spliced = {node["id"] for node in nodes if ends[node["id"]] != 2 or node["id"][:2] == "J-"}
    spliced |= {node["id"] for node in nodes if node["properties"]["type"] == ["core"]}
    spliced |= _drum_ends(spans, spliced)
    loops: dict[str, float] = {}
    for node in nodes:
        indoors = node["properties"]["type"] == ["core"] or node["id"].startswith("N-PS-")
        at_splice = LOOP_AT_SPLICE_M if node["id"] in spliced else LOOP_AT_BOX_M
        loops[node["id"]] = LOOP_AT_BUILDING_M if indoors else at_splice
        node["properties"]["gisops:slack_m"] = loops[node["id"]]
        node["properties"]["gisops:splice_count"] = int(node["id"] in spliced)
    for span in spans:
        properties = span["properties"]
        kind = "duct" if "gisops:ring" in properties else "aerial" if _is_drop(span, ends) else "buried"
        route_m = length_m([tuple(point) for point in span["geometry"]["coordinates"]])
        cable_m = route_m * (1.0 + EXCESS[kind]) + sum(loops[end] for end in _ends(span))
        properties["fibreLength"] = round(cable_m / 1000.0, 4)
        properties["transmissionMediumOwner"] = {"id": OWNER, "name": OWNER}
        properties["phase"] = {"id": PHASE, "name": PHASE}
        properties["deployment"] = ["aboveGround" if kind == "aerial" else "belowGround"]
        properties["supportingInfrastructure"] = {"type": {"duct": "duct", "buried": "none", "aerial": "pole"}[kind]}


def _ends(span: Feature) -> tuple[str, str]:
    return span["properties"]["start"]["id"], span["properties"]["end"]["id"]


def _is_drop(span: Feature, ends: Counter[str]) -> bool:
    """Tell whether a span ends at a node that has no other."""
    return any(ends[end] == 1 for end in _ends(span))


def _drum_ends(spans: list[Feature], spliced: set[str]) -> set[str]:
    """Walk every run of spans between two splices; give the nodes where its drums end."""
    at: dict[str, list[Feature]] = {}
    for span in spans:
        for end in _ends(span):
            at.setdefault(end, []).append(span)
    found: set[str] = set()
    walked: set[str] = set()
    for start in sorted(spliced):
        for first in at[start]:
            if first["id"] in walked:
                continue
            stops: list[tuple[float, str]] = []
            node, span, metres = start, first, 0.0
            while True:
                walked.add(span["id"])
                metres += length_m([tuple(point) for point in span["geometry"]["coordinates"]])
                node = next(end for end in _ends(span) if end != node)
                if node in spliced:
                    break
                stops.append((metres, node))
                span = next(other for other in at[node] if other["id"] != span["id"])
            drums = int(metres // DRUM_M) + 1
            for number in range(1, drums if stops else 1):
                wanted = metres * number / drums
                found.add(min(stops, key=lambda stop: (abs(stop[0] - wanted), stop[1]))[1])
    return found
