"""What can go wrong in a part of the city, with the truth of it: scenarios for judging the diagnosis.

Everything is drawn from a seed. What each fault does to the devices is the
simulator's; what the right answer is, is said here. Where the evidence that got
through cannot tell two causes apart, the right answer is the set of both.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from gisops.bench.city_play import Noise, Silence
from gisops.model.inventory import Inventory
from gisops.model.outage import Cause
from gisops.simulate.faults import Fault

__all__ = ["KINDS", "Scenario", "Truth", "draw", "part_of"]

BOXES = 40
"""In one scenario."""
BEGINS_S = (70.0, 130.0)
"""When the first fault strikes: every device was polled twice by then."""
LASTS_S = 240.0
"""Played on after the last fault."""


@dataclass(frozen=True, slots=True)
class Truth:
    """One fault, and what ought to be said of it.

    Parameters
    ----------
    kind
        One of :data:`KINDS`.
    at_s
        When it strikes; for a theft, when the cables are cut.
    causes, roots
        The right answers.
    struck
        Devices that may be lost by it.
    """

    kind: str
    at_s: float
    causes: frozenset[Cause]
    roots: frozenset[str]
    struck: frozenset[str]


@dataclass(slots=True)
class Scenario:
    """A part of the city, and what goes wrong there."""

    number: int
    inventory: Inventory
    faults: list[Fault] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)
    silences: list[Silence] = field(default_factory=list)
    charge: dict[str, float] = field(default_factory=dict)
    """Share of charge that a box begins with, where it is not full."""
    works: set[str] = field(default_factory=set)
    """Boxes with a permit to work."""
    noise: Noise = field(default_factory=Noise)

    @property
    def until_s(self) -> float:
        """When the curtain falls."""
        return max(truth.at_s for truth in self.truths) + LASTS_S


def part_of(inventory: Inventory, rng: random.Random, boxes: int = BOXES) -> Inventory:
    """Cut a part out of a city: a box drawn at random, and those nearest to it, with their cameras."""
    middle = rng.choice(sorted(inventory.boxes.values(), key=lambda box: box.id))
    near = sorted(inventory.boxes.values(), key=lambda b: (b.lon - middle.lon) ** 2 + (b.lat - middle.lat) ** 2)
    kept = {box.id: box for box in near[:boxes]}
    cameras = {c.id: c for c in inventory.cameras.values() if c.box_id in kept}
    return replace(inventory, boxes=kept, cameras=cameras)


def draw(number: int, city: Inventory, rng: random.Random) -> Scenario:
    """Draw one scenario: one fault in six of ten, else two or three at once, on a bad line or a good one."""
    scenario = Scenario(number, part_of(city, rng))
    scenario.noise = Noise(
        packet_loss=rng.choice([0.0, 0.0, 0.01, 0.02, 0.05, 0.10]),
        mute_share=rng.choice([0.0, 0.0, 0.0, 0.1, 1.0]),
        skew_s=rng.choice([0.0, 0.0, 0.5, 2.0]),
    )
    for kind in rng.choices(list(KINDS), k=rng.choices([1, 2, 3], [6, 3, 1])[0]):
        at = rng.uniform(*BEGINS_S)
        KINDS[kind](scenario, at, rng)
    if not scenario.truths:
        _camera_fault(scenario, rng.uniform(*BEGINS_S), rng)
    return scenario


def _taken(scenario: Scenario) -> set[str]:
    """Devices that an earlier fault strikes: two faults on one device have no separate truth."""
    return {device for truth in scenario.truths for device in truth.struck}


def _free_box(scenario: Scenario, rng: random.Random, min_cameras: int = 1) -> str | None:
    taken = _taken(scenario)
    inventory = scenario.inventory
    free = [
        box
        for box in sorted(inventory.boxes)
        if box not in taken and len(inventory.cameras_of_box[box]) >= min_cameras
    ]
    return rng.choice(free) if free else None


def _with_cameras(inventory: Inventory, *boxes: str) -> frozenset[str]:
    return frozenset({*boxes, *(c for box in boxes for c in inventory.cameras_of_box[box])})


def _theft(scenario: Scenario, at: float, rng: random.Random) -> None:
    box = _free_box(scenario, rng)
    if box is None:
        return
    approach = rng.uniform(4.0, 40.0)
    scenario.faults.append(Fault(at, "theft", box, approach_s=approach))
    struck = _with_cameras(scenario.inventory, box)
    causes = frozenset({Cause.THEFT})
    scenario.truths.append(Truth("theft", at + approach, causes, frozenset({box}), struck))


def _box_fault(scenario: Scenario, at: float, rng: random.Random) -> None:
    box = _free_box(scenario, rng)
    if box is None:
        return
    scenario.faults.append(Fault(at, "box_fault", box))
    struck = _with_cameras(scenario.inventory, box)
    # At the end of a spur nothing stands behind the box: its cut cable looks like its dead switch.
    alone = _spans_that_part(scenario.inventory).get(frozenset({box}), [])
    causes = {Cause.BOX_FAULT} | ({Cause.FIBRE_CUT} if alone else set())
    roots = frozenset({box, *alone})
    scenario.truths.append(Truth("box_fault", at, frozenset(causes), roots, struck))


def _camera_fault(scenario: Scenario, at: float, rng: random.Random) -> None:
    taken = _taken(scenario)
    free = [c for c in sorted(scenario.inventory.cameras) if c not in taken]
    if not free:
        return
    camera = rng.choice(free)
    scenario.faults.append(Fault(at, "camera_fault", camera))
    one = frozenset({camera})
    scenario.truths.append(Truth("camera_fault", at, frozenset({Cause.CAMERA_FAULT}), one, one))


def _fibre_cut(scenario: Scenario, at: float, rng: random.Random) -> None:
    taken = _taken(scenario)
    parts = _spans_that_part(scenario.inventory)
    free = [(boxes, spans) for boxes, spans in sorted(parts.items(), key=lambda p: sorted(p[0])) if not boxes & taken]
    if not free:
        return
    boxes, spans = rng.choice(free)
    scenario.faults.append(Fault(at, "fibre_cut", rng.choice(spans)))
    # A box alone at the end of a spur: see _box_fault.
    causes = {Cause.FIBRE_CUT} | ({Cause.BOX_FAULT} if len(boxes) == 1 else set())
    roots = frozenset({*spans, *(boxes if len(boxes) == 1 else ())})
    struck = _with_cameras(scenario.inventory, *boxes)
    scenario.truths.append(Truth("fibre_cut", at, frozenset(causes), roots, struck))


def _power_cut(scenario: Scenario, at: float, rng: random.Random) -> None:
    """Strike a feeder whose batteries are of every charge: some last minutes, most outlast the scenario."""
    taken = _taken(scenario)
    feeders = scenario.inventory.boxes_of_feeder
    free = [f for f, boxes in sorted(feeders.items()) if len(boxes) >= 2 and not set(boxes) & taken]
    if not free:
        return
    feeder = rng.choice(free)
    boxes = feeders[feeder]
    for box in boxes:
        if rng.random() < 0.6:
            scenario.charge[box] = rng.uniform(0.022, 0.04)
    scenario.faults.append(Fault(at, "power_cut", feeder))
    causes = frozenset({Cause.POWER_CUT})
    struck = _with_cameras(scenario.inventory, *boxes)
    scenario.truths.append(Truth("power_cut", at, causes, frozenset({feeder}), struck))


def _tamper(scenario: Scenario, at: float, rng: random.Random) -> None:
    """Open a box and leave it: nothing is lost, and somebody was there."""
    box = _free_box(scenario, rng)
    if box is None:
        return
    scenario.faults.append(Fault(at, "tamper", box))
    causes = frozenset({Cause.TAMPER, Cause.THEFT})
    scenario.truths.append(Truth("tamper", at, causes, frozenset({box}), _with_cameras(scenario.inventory, box)))


def _planned_work(scenario: Scenario, at: float, rng: random.Random) -> None:
    """A crew with a permit opens a box and takes it out of service."""
    box = _free_box(scenario, rng)
    if box is None:
        return
    scenario.works.add(box)
    scenario.faults.append(Fault(at, "visit", box, approach_s=rng.uniform(30.0, 120.0)))
    cause = frozenset({Cause.PLANNED_WORK})
    scenario.truths.append(Truth("planned_work", at, cause, frozenset({box}), _with_cameras(scenario.inventory, box)))


def _vendor_shutdown(scenario: Scenario, at: float, rng: random.Random) -> None:
    if _taken(scenario):
        return
    vendors = sorted({camera.vendor for camera in scenario.inventory.cameras.values() if camera.vendor})
    vendor = rng.choice(vendors)
    scenario.faults.append(Fault(at, "vendor_shutdown", vendor))
    struck = frozenset(c.id for c in scenario.inventory.cameras.values() if c.vendor == vendor)
    truth = Truth("vendor_shutdown", at, frozenset({Cause.VENDOR_SHUTDOWN}), frozenset({vendor}), struck)
    scenario.truths.append(truth)


def _blindness(scenario: Scenario, at: float, _: random.Random) -> None:
    """Let nothing get through to us: the collector's own uplink is gone."""
    if _taken(scenario):
        return
    scenario.silences.append(Silence(at, at + LASTS_S + BEGINS_S[1]))
    everybody = frozenset(scenario.inventory.devices)
    cause = frozenset({Cause.UPSTREAM_FAULT})
    scenario.truths.append(Truth("blindness", at, cause, frozenset({"collector"}), everybody))


def _spans_that_part(inventory: Inventory) -> dict[frozenset[str], list[str]]:
    """Give, for every set of boxes that one cut parts from all centres, the spans that do; by flooding the graph."""
    neighbours: dict[str, list[tuple[str, str]]] = {}
    for span in inventory.spans.values():
        neighbours.setdefault(span.start_id, []).append((span.end_id, span.id))
        neighbours.setdefault(span.end_id, []).append((span.start_id, span.id))
    centres = [centre.node_id for centre in inventory.centres.values()]
    parts: dict[frozenset[str], list[str]] = {}
    for cut in sorted(inventory.spans):
        reached, frontier = set(centres), list(centres)
        while frontier:
            for node, by in neighbours.get(frontier.pop(), ()):
                if by != cut and node not in reached:
                    reached.add(node)
                    frontier.append(node)
        lost = frozenset(box.id for box in inventory.boxes.values() if box.node_id not in reached)
        if lost:
            parts.setdefault(lost, []).append(cut)
    return parts


KINDS: Mapping[str, Callable[[Scenario, float, random.Random], None]] = {
    "theft": _theft,
    "box_fault": _box_fault,
    "camera_fault": _camera_fault,
    "fibre_cut": _fibre_cut,
    "power_cut": _power_cut,
    "tamper": _tamper,
    "planned_work": _planned_work,
    "vendor_shutdown": _vendor_shutdown,
    "blindness": _blindness,
}
"""Kinds of fault, each drawn with the same odds."""
