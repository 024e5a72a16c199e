"""What can be made to go wrong, when, and to what: the timeline file and the injected fault, checked."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gisops.errors import ScenarioError
from gisops.model.inventory import Inventory
from gisops.simulate.getaway import destination_of

__all__ = ["FAULTS", "Fault", "parse_fault", "read_timeline"]

FAULTS: Mapping[str, str] = {
    "theft": "boxes",
    "tamper": "boxes",
    "visit": "boxes",
    "box_fault": "boxes",
    "weak_battery": "boxes",
    "camera_fault": "cameras",
    "agent_fault": "devices",
    "power_cut": "feeders",
    "fibre_cut": "spans",
    "packet_loss": "devices",
    "vendor_shutdown": "vendors",
    "restore": "anything",
}
"""Fault to what it strikes. ``agent_fault``: the SNMP agent hangs, and the host lives on.
``visit``: a crew opens the box and switches it off for its work."""
_KEYS = frozenset({"at_s", "fault", "target", "duration_s", "loss", "approach_s", "tracker_to"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Parameters
    ----------
    at_s
        Seconds after the start of the simulation.
    kind
        One of :data:`FAULTS`.
    target
        Id of what it strikes.
    duration_s
        After which it is put right; ``None``: never.
    loss
        ``packet_loss`` only: share of datagrams lost, each way.
    approach_s
        ``theft`` and ``visit`` only: from the opened door to the cut cables, or to the switch.
    tracker_to
        ``theft`` only: where the box's tracker is driven afterwards, a place of the inventory or
        ``LON,LAT``; empty: it falls silent with the box, or was never there.
    """

    at_s: float
    kind: str
    target: str
    duration_s: float | None = None
    loss: float = 0.2
    approach_s: float = 6.0
    tracker_to: str = ""


def read_timeline(path: Path, inventory: Inventory) -> list[Fault]:
    """Read a timeline: a TOML file of ``[[event]]`` tables.

    Raises
    ------
    ScenarioError
        For the first thing that cannot be played.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError(str(path), f"cannot be read ({error.strerror})", "name a timeline file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(str(path), f"is not TOML ({error})", "correct the line it names") from error
    tables = document.pop("event", [])
    for key in document:
        raise ScenarioError(str(path), f"unknown key {key}", "only [[event]] tables stand in a timeline")
    faults = [parse_fault(f"{path} event {n}", table, inventory) for n, table in enumerate(tables, 1)]
    return sorted(faults, key=lambda fault: fault.at_s)


def parse_fault(place: str, table: Mapping[str, Any], inventory: Inventory) -> Fault:
    """Check one fault and find its target.

    A target is an id, or ``feeder_of:BOX`` (the feeder of a box) or
    ``span_at:BOX`` (a span that ends at a box's node).
    """
    for key in table:
        if key not in _KEYS:
            raise ScenarioError(place, f"unknown key {key}", _hint(key, _KEYS))
    kind = str(table.get("fault", ""))
    if kind not in FAULTS:
        raise ScenarioError(place, f"unknown fault {kind!r}", _hint(kind, FAULTS))
    numbers = {}
    for key, low, high in (("at_s", 0, 1e9), ("duration_s", 0, 1e9), ("loss", 0, 1), ("approach_s", 0, 600)):
        value = table.get(key)
        if value is None:
            continue
        if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
            raise ScenarioError(place, f"{key} is {value!r}", f"write a number from {low:g} to {high:g}")
        numbers[key] = float(value)
    tracker_to = str(table.get("tracker_to", ""))
    if tracker_to:
        if kind != "theft":
            raise ScenarioError(place, f"tracker_to of a {kind}", "only a theft takes a tracker away")
        destination_of(place, tracker_to, inventory)
    target = _target(place, kind, str(table.get("target", "")), inventory)
    return Fault(
        at_s=numbers.get("at_s", 0.0),
        kind=kind,
        target=target,
        duration_s=numbers.get("duration_s"),
        loss=numbers.get("loss", 0.2),
        approach_s=numbers.get("approach_s", 6.0),
        tracker_to=tracker_to,
    )


def _target(place: str, kind: str, wanted: str, inventory: Inventory) -> str:
    selector, _, box_id = wanted.partition(":")
    if selector in ("feeder_of", "span_at") and box_id:
        box = inventory.boxes.get(box_id)
        if box is None:
            raise ScenarioError(place, f"box {box_id} is unknown", _hint(box_id, inventory.boxes))
        if selector == "feeder_of":
            return box.feeder_id
        ends = sorted(s.id for s in inventory.spans.values() if box.node_id in (s.start_id, s.end_id))
        if not ends:
            raise ScenarioError(place, f"no span ends at {box_id}", "name a span")
        return ends[0]
    known = _known(FAULTS[kind], inventory)
    if wanted not in known:
        raise ScenarioError(place, f"{FAULTS[kind]} have no {wanted!r}", _hint(wanted, known))
    return wanted


def _known(what: str, inventory: Inventory) -> frozenset[str]:
    if what == "vendors":
        return frozenset(camera.vendor for camera in inventory.cameras.values())
    tables: dict[str, Iterable[str]] = {
        "boxes": inventory.boxes,
        "cameras": inventory.cameras,
        "feeders": inventory.feeders,
        "spans": inventory.spans,
    }
    if what == "devices":
        return frozenset({*inventory.boxes, *inventory.cameras, "all"})
    if what == "anything":
        return frozenset({*(i for t in tables.values() for i in t), *_known("vendors", inventory), "all"})
    return frozenset(tables[what])


def _hint(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean {near[0]}?" if near else "name one that is in the inventory"
