"""What do we know now: polls and traps in, states, outages and events out. No I/O, no clock.

One `Watch` holds everything the collector knows of the city. Its owner feeds it
replies and traps and asks it to settle; what comes out is written and shown.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from gisops.diagnosis.engine import review
from gisops.diagnosis.facts import SIGNAL_REACH, DeviceFact, Facts, Layout, SharedRisk, Signal
from gisops.diagnosis.likelihood import CauseTable
from gisops.fibre.topology import spans_with_boxes_behind
from gisops.health.machine import PATH_LOST, Parent, Track, expire, judge, overlay
from gisops.health.profile import Profile
from gisops.model.event import Event, EventKind, Observation, Reachability
from gisops.model.inventory import Inventory
from gisops.model.outage import Outage
from gisops.model.state import DeviceKind, DeviceState
from gisops.snmp.ports import Reply, Trap
from gisops.store.ports import Batch, Sample, StateRow

__all__ = ["FIRST_CAMERA_PORT", "Watch", "layout_of", "signal_of"]

FIRST_CAMERA_PORT = 2
"""ifIndex of a camera's port is this plus its ``switch_port``; ports 1 and 2 are the fibre uplinks."""
ALERT_FOR = timedelta(seconds=120)
"""How long a box is asked every second after its door, tilt or mains spoke."""
_SAYS_OTHERWISE = {
    "door_opened": ("door_open", 0.5),
    "tilted": ("tilt_deg", 15.0),
    "on_battery": ("on_battery_s", 0.5),
}
"""Signal, and the reading that takes it back when a later poll finds it at or below so much."""
_IN_FLIGHT = timedelta(seconds=3)
"""An answer may have been on its way when a trap overtook it."""
STALE_INTERVALS = 3.0
"""Poll intervals without a question after which a state is not known any more."""


def layout_of(inventory: Inventory) -> Layout:
    """Say who hangs on whom: cameras on boxes, boxes on feeders and on isolating spans."""
    feeders = [
        SharedRisk(feeder_id, "feeder", boxes)
        for feeder_id, boxes in inventory.boxes_of_feeder.items()
        if len(boxes) > 1
    ]
    spans = [
        SharedRisk(behind.span_ids[0], "span", behind.box_ids, behind.span_ids[1:])
        for behind in spans_with_boxes_behind(inventory)
        if len(behind.box_ids) > 1
    ]
    return Layout(
        cameras_of_box=inventory.cameras_of_box,
        ports_of_camera={c.id: (c.box_id, c.switch_port) for c in inventory.cameras.values()},
        risks=(*feeders, *spans),
    )


class Watch:
    """Everything the collector knows of the city.

    Parameters
    ----------
    inventory
        What stands in the city.
    profiles
        By name, for every profile the inventory uses.
    causes
        Priors and likelihoods.
    interval_s
        Seconds between two polls of a device.
    now
        UTC; from when the states are unknown.
    """

    def __init__(
        self,
        inventory: Inventory,
        profiles: Mapping[str, Profile],
        causes: CauseTable,
        interval_s: float,
        now: datetime,
    ) -> None:
        self._inventory = inventory
        self._causes = causes
        self._interval_s = interval_s
        devices = inventory.devices.values()
        self._profiles = {device.id: profiles[device.profile] for device in devices}
        self._by_address = {device.address: device.id for device in devices}
        self._by_port = {(c.box_id, FIRST_CAMERA_PORT + c.switch_port): c.id for c in inventory.cameras.values()}
        self._layout = layout_of(inventory)
        self._tracks = {device.id: Track(device.id, DeviceState.UNKNOWN, now) for device in devices}
        self._outages: dict[str, Outage] = {}
        self._cut_off: frozenset[str] = frozenset()
        self._signals: deque[Signal] = deque()
        self._alert_until: dict[str, datetime] = {}
        self._urgent: set[str] = set()
        self._dirty = True
        self._samples: list[Sample] = []
        self._events: list[Event] = []
        self._states: dict[str, StateRow] = {}
        self._seen: dict[str, datetime] = {}

    @property
    def outages(self) -> Mapping[str, Outage]:
        """The open outages by id."""
        return self._outages

    def state_of(self, device_id: str) -> DeviceState:
        """Give the state of a device as last decided."""
        return self._tracks[device_id].state

    def restore(self, states: Iterable[StateRow], outages: Iterable[Outage], signals: Iterable[Signal]) -> None:
        """Go on from what an earlier collector left: states, open outages, recent signals."""
        for row in states:
            if row.device_id in self._tracks:
                lost = row.state.is_lost
                self._tracks[row.device_id] = Track(
                    row.device_id,
                    row.state,
                    row.since,
                    row.reason,
                    seen_at=row.seen_at,
                    missed_at=row.since if lost else None,
                    misses=2 if lost else 0,
                    metrics=row.metrics,
                )
        self._outages = {outage.id: outage for outage in outages}
        self._cut_off = self._behind_cuts()
        self._signals.extend(sorted(signals, key=lambda signal: signal.at))

    def take_reply(self, reply: Reply, at: datetime) -> None:
        """Take in how a device took one poll."""
        device_id = reply.target.device_id
        profile = self._profiles[device_id]
        answered = reply.reachability is Reachability.ANSWERED
        values = profile.decode(reply.values) if answered else {}
        observation = Observation(device_id, at, reply.reachability, values, reply.rtt_s)
        before = self._tracks[device_id]
        after = judge(before, observation, profile, self._parent_of(before))
        self._samples.append(Sample(device_id, at, profile.name, answered, reply.rtt_s, tuple(values.values())))
        self._take(before, after, at)
        if answered:
            self._seen[device_id] = at
            self._take_back(device_id, values, at)
        elif after.misses and not after.state.is_lost:
            self._urgent.update(self._company_of(device_id))

    def take_trap(self, trap: Trap) -> str | None:
        """Take in a notification; give the device it came from, ``None`` for a stranger."""
        device_id = self._by_address.get(trap.source)
        if device_id is None:
            return None
        profile = self._profiles[device_id]
        name = profile.traps.get(trap.oid, "other")
        metrics = {
            metric.name: metric.decode(value)
            for oid, value in trap.values
            if (metric := profile.metric_of_oid.get(oid)) is not None
        }
        port = _port_of(trap)
        self._events.append(
            Event(
                f"trap:{device_id}:{name}:{trap.received_at.isoformat()}",
                EventKind.TRAP_RECEIVED,
                device_id,
                trap.received_at,
                trap.received_at,
                {"trap": name, "oid": trap.oid, "values": metrics, "port": port},
            )
        )
        self._hear(device_id, name, metrics, port, trap.received_at)
        track = self._tracks[device_id]
        if metrics and not track.state.is_lost:
            self._take(track, overlay(track, metrics, profile, trap.received_at), trap.received_at)
        return device_id

    def settle(self, now: datetime) -> Batch:
        """Decide what follows from everything taken in so far, and hand it over."""
        for track in list(self._tracks.values()):
            after = expire(track, now, STALE_INTERVALS * self._interval_s)
            if after is not track:
                self._take(track, after, now)
        outages = self._review(now) if self._dirty else []
        batch = Batch(
            beat_at=now,
            samples=tuple(self._samples),
            events=tuple(self._events),
            states=tuple(self._states.values()),
            outages=tuple(outages),
            seen=self._seen,
        )
        self._samples, self._events, self._states, self._seen = [], [], {}, {}
        return batch

    def take_urgent(self, now: datetime) -> set[str]:
        """Give the devices that ought to be asked at once, and forget them."""
        self._alert_until = {d: until for d, until in self._alert_until.items() if until > now}
        urgent, self._urgent = self._urgent, set()
        return urgent

    def on_alert(self) -> frozenset[str]:
        """Give the boxes that are asked every second for now."""
        return frozenset(d for d in self._alert_until if not self._tracks[d].state.is_lost)

    def _take(self, before: Track, after: Track, at: datetime) -> None:
        self._tracks[after.device_id] = after
        if (before.misses > 0) != (after.misses > 0):
            self._dirty = True
        if (before.state, before.reason) != (after.state, after.reason):
            self._dirty = True
            self._record_state(before, after, at)

    def _record_state(self, before: Track, after: Track, at: datetime) -> None:
        kind = DeviceKind.BOX if after.device_id in self._inventory.boxes else DeviceKind.CAMERA
        row = StateRow(after.device_id, kind, after.state, after.since, after.seen_at, after.reason, after.metrics)
        self._states[after.device_id] = row
        self._events.append(
            Event(
                f"state:{after.device_id}:{at.isoformat()}:{after.state}:{len(self._events)}",
                EventKind.STATE_CHANGED,
                after.device_id,
                at,
                at,
                {
                    "device_kind": str(kind),
                    "old": str(before.state),
                    "new": str(after.state),
                    "reason": after.reason,
                    "since": after.since.isoformat(),
                    "seen_at": after.seen_at.isoformat() if after.seen_at else None,
                    "metrics": dict(after.metrics),
                },
            )
        )

    def _parent_of(self, track: Track) -> Parent:
        camera = self._inventory.cameras.get(track.device_id)
        if camera is None:
            return Parent.LOST if track.device_id in self._cut_off else Parent.ALIVE
        box = self._tracks[camera.box_id]
        if box.state.is_lost:
            return Parent.LOST
        asked_since = track.missed_at is None or (box.asked_at is not None and box.asked_at >= track.missed_at)
        return Parent.ALIVE if box.misses == 0 and asked_since else Parent.PENDING

    def _company_of(self, device_id: str) -> set[str]:
        """Name who must be asked before a silent device is judged: itself, its box, its fellows."""
        camera = self._inventory.cameras.get(device_id)
        if camera is not None:
            return {device_id, camera.box_id}
        company = {device_id, *self._layout.cameras_of_box[device_id]}
        for risk in self._layout.risks:
            if risk.kind == "span" and device_id in risk.box_ids:
                company.update(risk.box_ids[:8])
        return {d for d in company if not self._tracks[d].state.is_lost}

    def _hear(
        self,
        device_id: str,
        trap_name: str,
        metrics: Mapping[str, float | None],
        port: int | None,
        at: datetime,
    ) -> None:
        camera_id = self._by_port.get((device_id, port)) if port is not None else None
        self._urgent.add(camera_id or device_id)
        signal = _signal(device_id, trap_name, metrics, port, at)
        if signal is None:
            return
        self._signals.append(signal)
        self._dirty = True
        if signal.name in ("door_opened", "tilted", "on_battery"):
            self._alert_until[device_id] = at + ALERT_FOR

    def _take_back(self, device_id: str, values: Mapping[str, float | None], at: datetime) -> None:
        """Forget signals that a later reading has overtaken: the door was shut again, the mains came back."""
        if not any(signal.device_id == device_id for signal in self._signals):
            return
        over = set()
        for name, (metric, limit) in _SAYS_OTHERWISE.items():
            reading = values.get(metric)
            if reading is not None and reading <= limit:
                over.add(name)
        self._signals = deque(
            s for s in self._signals if not (s.device_id == device_id and s.name in over and s.at < at - _IN_FLIGHT)
        )

    def _review(self, now: datetime) -> Sequence[Outage]:
        self._dirty = False
        while self._signals and self._signals[0].at < now - 2 * SIGNAL_REACH:
            self._signals.popleft()
        facts = Facts(
            {
                t.device_id: DeviceFact(
                    t.device_id,
                    (t.missed_at or t.since) if t.state.is_lost else None,
                    t.metrics,
                    t.seen_at,
                )
                for t in self._tracks.values()
            },
            tuple(self._signals),
        )
        changed = review(self._outages, facts, self._layout, self._causes, now)
        for outage in changed:
            self._events.append(_outage_event(outage, outage.id in self._outages, now))
            self._outages[outage.id] = outage
            if outage.closed_at is not None:
                del self._outages[outage.id]
            self._mark_unreachable(outage, now)
        self._cut_off = self._behind_cuts()
        return changed

    def _behind_cuts(self) -> frozenset[str]:
        """Name the devices of the open outages whose root is a span."""
        cuts = (o for o in self._outages.values() if o.root_id in self._inventory.spans)
        return frozenset(device_id for outage in cuts for device_id in outage.member_ids)

    def _mark_unreachable(self, outage: Outage, now: datetime) -> None:
        """Boxes behind a lost span are not down: the path to them is."""
        if outage.closed_at is not None or outage.root_id not in self._inventory.spans:
            return
        for device_id in outage.member_ids:
            track = self._tracks[device_id]
            if track.state is DeviceState.DOWN:
                after = replace(
                    track,
                    state=DeviceState.UNREACHABLE,
                    reason=PATH_LOST,
                )
                self._tracks[device_id] = after
                self._record_state(track, after, now)


def _outage_event(outage: Outage, was_open: bool, now: datetime) -> Event:
    if outage.closed_at is not None:
        kind = EventKind.OUTAGE_CLOSED
    else:
        kind = EventKind.OUTAGE_UPDATED if was_open else EventKind.OUTAGE_OPENED
    occurred_at = outage.opened_at if kind is EventKind.OUTAGE_OPENED else now
    return Event(f"{kind}:{outage.id}:{now.isoformat()}", kind, outage.id, occurred_at, now, outage.to_json())


def _port_of(trap: Trap) -> int | None:
    """Give the ifIndex a link trap is about (IF-MIB: ifIndex is the index of every binding)."""
    for oid, value in trap.values:
        if oid.startswith("1.3.6.1.2.1.2.2.1.1.") and isinstance(value, int):
            return value
    return None


def signal_of(event: Event) -> Signal | None:
    """Give the signal that a recorded trap was; ``None`` for anything else."""
    if event.kind is not EventKind.TRAP_RECEIVED:
        return None
    payload = event.payload
    return _signal(event.subject, payload["trap"], payload["values"], payload["port"], event.occurred_at)


def _signal(
    device_id: str, trap: str, metrics: Mapping[str, float | None], port: int | None, at: datetime
) -> Signal | None:
    """Read what a trap means for a diagnosis; ``port`` becomes the switch port of a camera."""
    name: str | None = None
    if trap == "door_changed":
        name = "door_opened" if metrics.get("door_open") else None
    elif trap == "tilt_changed":
        name = "tilted" if (metrics.get("tilt_deg") or 0.0) > 0 else None
    elif trap in ("on_battery", "link_down"):
        name = trap
    if name is None:
        return None
    return Signal(device_id, name, at, port - FIRST_CAMERA_PORT if port is not None else None)
