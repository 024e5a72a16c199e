"""The city as it truly is: who has power, who is reachable, what is open, gone or broken.

The collector never sees this; it sees what the agents answer. Time is passed
in, so a test can play an hour in a millisecond.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gisops.model.inventory import Box, Camera, Inventory
from gisops.simulate.faults import Fault
from gisops.simulate.physics import (
    CAMERA_W,
    SWITCH_W,
    Battery,
    health_of,
    is_shed,
    panel_health_of,
    panel_power_w,
    sky_of,
    step_battery,
    sun_elevation_deg,
)

__all__ = ["BoxUnit", "CameraUnit", "City", "Notice"]

EMPTY_SHARE = 0.02
"""The UPS cuts off here to spare its battery; it comes back with the mains."""
LOW_SHARE = 0.20
STEP_S = 1.0
RFC1628_TRAP_S = 60.0
"""upsTrapOnBattery is repeated every minute (RFC 1628)."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a device wants to tell by a trap: ``kind`` as in the device profiles; ``port`` for links."""

    device_id: str
    kind: str
    port: int | None = None


@dataclass(slots=True)
class BoxUnit:
    """One distribution box, as it truly is."""

    record: Box
    camera_ids: tuple[str, ...]
    load_w: float
    battery: Battery
    booted_at: datetime
    has_mains: bool = True
    on_battery_since: datetime | None = None
    is_running: bool = True
    is_reachable: bool = True
    is_stolen: bool = False
    is_broken: bool = False
    door_open: bool = False
    tilt_deg: float = 0.6
    panel_health: float = 1.0
    solar_w: float = 0.0
    sun_deg: float = 0.0
    uplinks: list[bool] = field(default_factory=lambda: [True, True])
    ports_down: set[int] = field(default_factory=set)
    told_on_battery_at: datetime | None = None


@dataclass(slots=True)
class CameraUnit:
    """One camera, as it truly is."""

    record: Camera
    booted_at: datetime
    is_running: bool = True
    is_broken: bool = False


class City:
    """Every box and camera of an inventory with its physics and its faults.

    Parameters
    ----------
    inventory
        What stands in the city.
    start
        UTC; the simulation's zero.
    rng
        Where chance comes from.
    """

    def __init__(self, inventory: Inventory, start: datetime, rng: random.Random) -> None:
        self._inventory = inventory
        self._start = start
        self._rng = rng
        self._at = start
        self._dead_feeders: set[str] = set()
        self._cut_spans: set[str] = set()
        self._off_vendors: set[str] = set()
        self._hung_agents: set[str] = set()
        self.loss: dict[str, float] = {}
        self._sky = sky_of(start)
        self.boxes = {box.id: self._new_box(box) for box in inventory.boxes.values()}
        self.cameras = {c.id: CameraUnit(c, self._booted()) for c in inventory.cameras.values()}
        self._pending: list[tuple[datetime, str, Fault]] = []
        self._notices: list[Notice] = []
        self._sides = self._uplink_spans()
        self._settle_fibre()
        self._notices.clear()

    def inject(self, fault: Fault, at: datetime) -> None:
        """Make a fault begin at ``at``."""
        self._pending.append((at, "begin", fault))
        if fault.kind == "theft":
            self._pending.append((at + timedelta(seconds=fault.approach_s * 0.6), "tilt", fault))
            self._pending.append((at + timedelta(seconds=fault.approach_s), "gone", fault))
        if fault.kind == "visit":
            self._pending.append((at + timedelta(seconds=fault.approach_s), "off", fault))
        if fault.duration_s is not None:
            self._pending.append((at + timedelta(seconds=fault.duration_s), "end", fault))
        self._pending.sort(key=lambda item: item[0])

    def advance(self, now: datetime) -> list[Notice]:
        """Let the city live until ``now``; give what its devices want to tell."""
        while self._pending and self._pending[0][0] <= now:
            at, phase, fault = self._pending.pop(0)
            self._live_until(at)
            self._apply(phase, fault)
        self._live_until(now)
        self._tell_on_battery()
        notices, self._notices = self._notices, []
        return [n for n in notices if self.answers(n.device_id)]

    def answers(self, device_id: str) -> bool:
        """Whether a question to the device's agent gets through and is answered (chance losses aside)."""
        return self.host_answers(device_id) and not {device_id, "all"} & self._hung_agents

    def host_answers(self, device_id: str) -> bool:
        """Whether the device is on and reached; its agent may hang all the same."""
        box = self.boxes.get(device_id)
        if box is not None:
            return box.is_running and box.is_reachable
        camera = self.cameras[device_id]
        above = self.boxes[camera.record.box_id]
        return camera.is_running and above.is_running and above.is_reachable

    def is_lost_by_chance(self, device_id: str) -> bool:
        """Whether this datagram is one of those that a bad line loses."""
        share = max(self.loss.get(device_id, 0.0), self.loss.get("all", 0.0))
        return share > 0 and self._rng.random() < share

    def _new_box(self, box: Box) -> BoxUnit:
        cameras = self._inventory.cameras_of_box[box.id]
        load = SWITCH_W + sum(self._inventory.cameras[c].power_w or CAMERA_W for c in cameras)
        capacity = (box.battery_wh or 0.0) * health_of(box.id)
        return BoxUnit(
            box, cameras, load, Battery(capacity, capacity), self._booted(), panel_health=panel_health_of(box.id)
        )

    def _booted(self) -> datetime:
        return self._start - timedelta(seconds=self._rng.uniform(3600, 90 * 86400))

    def _live_until(self, now: datetime) -> None:
        while (now - self._at).total_seconds() >= STEP_S:
            step = min((now - self._at).total_seconds(), 60.0)
            self._at += timedelta(seconds=step)
            self._step(step)

    def _step(self, seconds: float) -> None:
        shed = {f.id for f in self._inventory.feeders.values() if is_shed(f.shedding, self._at)}
        dark = shed | self._dead_feeders
        self._sky = sky_of(self._at)
        for box in self.boxes.values():
            if box.is_stolen:
                continue
            self._step_box(box, seconds, box.record.feeder_id not in dark)
        for camera in self.cameras.values():
            self._step_camera(camera)

    def _step_box(self, box: BoxUnit, seconds: float, has_mains: bool) -> None:
        box.sun_deg = sun_elevation_deg(self._at, box.record.lon, box.record.lat)
        box.solar_w = panel_power_w(box.record.solar_w or 0.0, box.panel_health, box.sun_deg, self._sky)
        box.has_mains = has_mains
        box.battery = step_battery(
            box.battery, seconds, box.load_w if box.is_running else 0.0, has_mains, box.solar_w
        )
        has_power = has_mains or box.battery.share > (EMPTY_SHARE if box.is_running else 2 * EMPTY_SHARE)
        runs = has_power and not box.is_broken
        if runs and not box.is_running:
            box.booted_at = self._at
            self._notices.append(Notice(box.record.id, "cold_start"))
        box.is_running = runs
        on_battery = runs and not has_mains
        if on_battery and box.on_battery_since is None:
            box.on_battery_since = self._at
            self._notices.append(Notice(box.record.id, "ups_alarm_added"))
        elif not on_battery and box.on_battery_since is not None:
            box.on_battery_since = box.told_on_battery_at = None
            self._notices.append(Notice(box.record.id, "ups_alarm_removed"))

    def _step_camera(self, camera: CameraUnit) -> None:
        above = self.boxes[camera.record.box_id]
        is_off = camera.is_broken or camera.record.vendor in self._off_vendors
        runs = above.is_running and not above.is_stolen and not is_off
        if runs == camera.is_running:
            return
        camera.is_running = runs
        port = 2 + camera.record.switch_port
        if runs:
            camera.booted_at = self._at
            above.ports_down.discard(port)
            self._notices.append(Notice(camera.record.id, "cold_start"))
            self._notices.append(Notice(above.record.id, "link_up", port))
        elif above.is_running:
            above.ports_down.add(port)
            self._notices.append(Notice(above.record.id, "link_down", port))

    def _tell_on_battery(self) -> None:
        for box in self.boxes.values():
            if box.on_battery_since is None:
                continue
            told = box.told_on_battery_at
            if told is None or (self._at - told).total_seconds() >= RFC1628_TRAP_S:
                box.told_on_battery_at = self._at
                self._notices.append(Notice(box.record.id, "on_battery"))

    def _apply(self, phase: str, fault: Fault) -> None:
        is_on = phase != "end"
        if fault.kind == "restore":
            self._restore(fault.target)
        elif fault.kind in ("theft", "tamper"):
            self._theft(self.boxes[fault.target], phase)
        elif fault.kind == "visit":
            self._visit(self.boxes[fault.target], phase)
        elif fault.kind == "box_fault":
            self.boxes[fault.target].is_broken = is_on
        elif fault.kind == "weak_battery":
            box = self.boxes[fault.target]
            box.battery = Battery(box.battery.capacity_wh, box.battery.capacity_wh * (0.05 if is_on else 1.0))
        elif fault.kind == "camera_fault":
            self.cameras[fault.target].is_broken = is_on
        elif fault.kind == "packet_loss":
            self.loss[fault.target] = fault.loss if is_on else 0.0
        else:
            sets = {
                "power_cut": self._dead_feeders,
                "fibre_cut": self._cut_spans,
                "vendor_shutdown": self._off_vendors,
                "agent_fault": self._hung_agents,
            }
            (sets[fault.kind].add if is_on else sets[fault.kind].discard)(fault.target)
            self._settle_fibre()
        self._step(0.0)

    def _theft(self, box: BoxUnit, phase: str) -> None:
        if phase == "begin":
            box.door_open = True
            self._notices.append(Notice(box.record.id, "door_changed"))
        elif phase == "tilt":
            box.tilt_deg = 47.0
            self._notices.append(Notice(box.record.id, "tilt_changed"))
        elif phase == "gone":
            box.is_stolen, box.is_running = True, False
        else:
            self._replace(box)

    def _visit(self, box: BoxUnit, phase: str) -> None:
        box.is_broken = phase == "off"
        box.door_open = phase != "end"
        if phase != "off":
            self._notices.append(Notice(box.record.id, "door_changed"))

    def _replace(self, box: BoxUnit) -> None:
        box.is_stolen = box.is_broken = box.door_open = False
        box.tilt_deg = 0.6
        box.battery = Battery(box.battery.capacity_wh, box.battery.capacity_wh)

    def _restore(self, target: str) -> None:
        for box in self.boxes.values():
            if target in (box.record.id, "all"):
                self._replace(box)
        for camera in self.cameras.values():
            if target in (camera.record.id, "all"):
                camera.is_broken = False
        for active in (self._dead_feeders, self._cut_spans, self._off_vendors, self._hung_agents):
            active.difference_update(set(active) if target == "all" else {target})
        for device_id in list(self.loss):
            if target in (device_id, "all"):
                del self.loss[device_id]
        self._settle_fibre()

    def _uplink_spans(self) -> dict[str, list[str]]:
        """Name the spans on the two fibre ports of each node, in order of id."""
        sides: dict[str, list[str]] = {}
        for span in sorted(self._inventory.spans.values(), key=lambda span: span.id):
            for node in (span.start_id, span.end_id):
                sides.setdefault(node, []).append(span.id)
        return {node: spans[:2] for node, spans in sides.items()}

    def _settle_fibre(self) -> None:
        """Find who still reaches a centre over uncut spans, and which ports lost their light."""
        reached = {centre.node_id for centre in self._inventory.centres.values()}
        neighbours: dict[str, list[str]] = {}
        for a, b in self._uncut():
            neighbours.setdefault(a, []).append(b)
            neighbours.setdefault(b, []).append(a)
        frontier = list(reached)
        while frontier:
            fresh = [n for n in neighbours.get(frontier.pop(), ()) if n not in reached]
            reached.update(fresh)
            frontier.extend(fresh)
        for box in self.boxes.values():
            box.is_reachable = box.record.node_id in reached
            for port, span_id in enumerate(self._sides.get(box.record.node_id, ())):
                has_light = span_id not in self._cut_spans
                if box.uplinks[port] != has_light:
                    box.uplinks[port] = has_light
                    kind = "link_up" if has_light else "link_down"
                    self._notices.append(Notice(box.record.id, kind, port + 1))

    def _uncut(self) -> Iterator[tuple[str, str]]:
        for span in self._inventory.spans.values():
            if span.id not in self._cut_spans:
                yield span.start_id, span.end_id

    def has_second_uplink(self, box_id: str) -> bool:
        """Whether the box stands between two spans (the last box of a spur does not)."""
        return len(self._sides.get(self.boxes[box_id].record.node_id, ())) > 1
