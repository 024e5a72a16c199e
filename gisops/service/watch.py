"""What do we know now: polls and traps in, states, outages and events out. No I/O, no clock.

One `Watch` holds everything the collector knows of the city. Its owner feeds it
replies and traps and asks it to settle; what comes out is written and shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from gisops.diagnosis.caseload import Caseload
from gisops.diagnosis.facts import Signal
from gisops.diagnosis.likelihood import CauseTable
from gisops.health.flap import FlapRule
from gisops.health.machine import (
    PATH_LOST,
    Parent,
    Track,
    attest,
    is_in_doubt,
    judge,
    overlay,
    release,
    standing_of,
)
from gisops.health.power.watch import PowerNews, PowerWatch
from gisops.health.profile import Profile
from gisops.health.vitality import Evidence, Finding, Verdict, decide
from gisops.model.event import Event, EventKind, Observation, Reachability
from gisops.model.inventory import Inventory
from gisops.model.maintenance import MaintenanceWindow
from gisops.model.outage import Cause, Outage
from gisops.model.permit import Permit
from gisops.model.state import DeviceState
from gisops.probe.ports import ProbeResult
from gisops.service.blindness import Blindness
from gisops.service.layout import FIRST_CAMERA_PORT, layout_of
from gisops.service.ledger import Ledger
from gisops.service.notifications import Intake, Recorded
from gisops.service.readings import Readings
from gisops.service.signals import signal_of
from gisops.service.standing import Standing
from gisops.service.surroundings import Surroundings
from gisops.service.urgency import Urgency
from gisops.snmp.ports import Reply, Trap
from gisops.store.ports import Batch, Sample, StateRow

__all__ = ["Watch"]

STALE_INTERVALS = 3.0
"""Poll intervals without a question after which a state is not known any more."""
_EXPIRY = timedelta(seconds=5)
"""How often everybody is looked over for staleness: a look at 17,000 devices takes some milliseconds."""


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

    Attributes
    ----------
    power
        Runs on battery and times to dark of the boxes.
    """

    def __init__(
        self,
        inventory: Inventory,
        profiles: Mapping[str, Profile],
        causes: CauseTable,
        interval_s: float,
        now: datetime,
    ) -> None:
        self._cases = Caseload(layout_of(inventory), causes)
        self._interval_s = interval_s
        self._flap_rule = FlapRule(spacing_s=0.8 * interval_s)
        self._ledger = Ledger()
        self._standing = Standing(self._ledger, self._cases, self._flap_rule)
        self._tracks = self._standing.tracks
        self._readings = Readings()
        self._blindness = Blindness()
        self._is_blind = False
        self._cut_off: frozenset[str] = frozenset()
        self._intake = Intake(self._device_at, self._profile_of)
        self._receipts: list[int] = []
        self._look_over_at = now
        self._doubts: set[str] = set()
        self.power = PowerWatch(())
        self._surroundings = Surroundings(inventory)
        self._stand_on(inventory, profiles, now)

    @property
    def outages(self) -> Mapping[str, Outage]:
        """The open outages by id."""
        return self._cases.outages

    def state_of(self, device_id: str) -> DeviceState:
        """Give the state of a device as last decided."""
        return self._tracks[device_id].state

    def restore(self, states: Iterable[StateRow], outages: Iterable[Outage], signals: Iterable[Signal]) -> None:
        """Go on from what an earlier collector left: states, open outages, recent signals."""
        self._standing.restore(states, self._readings.profiles)
        self._cases.restore(outages)
        self._cut_off = self._behind_cuts()
        for signal in signals:
            self._cases.hear(signal)

    def adopt(self, inventory: Inventory, profiles: Mapping[str, Profile], now: datetime) -> None:
        """Go on with another inventory: who stays keeps its state, who is new is unknown.

        Who is gone is written as unknown once, and asked, judged and shown no more.
        """
        added, removed = self._stand_on(inventory, profiles, now)
        self._cases.adopt(self._layout)
        payload = {"devices": len(self._tracks), "added": added, "removed": removed}
        kind = EventKind.INVENTORY_CHANGED
        self._ledger.add_event(Event(f"{kind}:{now.isoformat()}", kind, "collector", now, now, payload))

    def announce(self, windows: Iterable[MaintenanceWindow], now: datetime) -> None:
        """Know what work is announced from now on: it excuses losses that begin inside it."""
        self._standing.announce(windows, now)

    def take_reply(self, reply: Reply, at: datetime) -> None:
        """Take in how a device took one poll; one that is not in the inventory any more is passed over."""
        device_id = reply.target.device_id
        before = self._tracks.get(device_id)
        if before is None:
            return
        profile = self._readings.profiles[device_id]
        answered = reply.reachability is Reachability.ANSWERED
        if self._is_deaf(reply, before, at):
            self._ledger.add_sample(Sample(device_id, at, profile.name, False, None, ()))
            return
        if answered and not self._readings.is_current(reply):
            return
        reading = self._readings.read(reply, at) if answered else None
        values = reading.metrics if reading is not None else {}
        observation = Observation(device_id, at, reply.reachability, values, reply.rtt_s)
        after = judge(before, observation, profile, self._parent_of(before), self._flap_rule)
        news = self._follow_power(device_id, reply.reachability, values, at)
        if news.metrics:
            after = replace(after, metrics={**after.metrics, **news.metrics})
        self._ledger.add_sample(Sample(device_id, at, profile.name, answered, reply.rtt_s, tuple(values.values())))
        self._standing.take(before, after, at, news.is_new)
        if after.misses > 1:
            self._release(device_id, at)
        if answered:
            self._cases.take_back(device_id, values, at)
            self._vouch(device_id, at)
        elif reply.reachability is Reachability.SILENT:
            if is_in_doubt(after):
                self._urgency.silent(after, self._tracks)
            if self._is_path_good(device_id):
                self._doubts.add(device_id)
            self._withdraw(device_id)

    def take_probe(self, result: ProbeResult, at: datetime) -> None:
        """Take in how a silent device took other questions than SNMP."""
        device_id = result.target.device_id
        before = self._tracks.get(device_id)
        if before is None:
            return
        camera = self._inventory.cameras.get(device_id)
        box_lives = None
        if camera is not None:
            box = self._tracks[camera.box_id]
            box_lives = False if box.state.is_lost else True if box.misses == 0 else None
        seen = Evidence(Reachability.SILENT, result.signs, result.route, camera.box_id if camera else "", box_lives)
        after = attest(before, decide(seen), at, self._parent_of(before), self._flap_rule)
        if after is not before:
            self._standing.take(before, after, at)

    def fit(self, device_id: str, profile: Profile) -> None:
        """Read a device by its profile with the rows that it has."""
        self._readings.fit(device_id, profile)

    def take_doubts(self) -> set[str]:
        """Give the silent devices that ought to be asked by other means, and forget them."""
        taken, self._doubts = self._doubts, set()
        return taken

    def take_outdated(self) -> set[str]:
        """Give the devices whose rows may have moved, and forget them."""
        return self._readings.take_outdated()

    def _is_deaf(self, reply: Reply, track: Track, at: datetime) -> bool:
        """Whether nobody is heard at all, so that this silence says nothing."""
        blindness = self._blindness
        if reply.reachability is not Reachability.SILENT:
            if blindness.answered(at):
                self._see_again(at)
            return False
        if not track.state.is_lost:
            for device_id in blindness.silent(track.device_id, at, self._good_boxes()):
                self._urgency.add(device_id)
        if blindness.since is not None and not self._is_blind:
            self._be_blind(blindness.since, at)
        return blindness.since is not None

    def _be_blind(self, since: datetime | None, at: datetime) -> None:
        """Take it in, and down, that we hear nobody since then; or, with ``None``, that we do again."""
        self._is_blind = since is not None
        self._cases.blind(since)
        kind = EventKind.COLLECTOR_BLINDED if since else EventKind.COLLECTOR_HEARS
        payload = {"since": since.isoformat()} if since else {}
        self._ledger.add_event(Event(f"{kind}:{at.isoformat()}", kind, "collector", at, at, payload))

    def _see_again(self, at: datetime) -> None:
        """After a blindness everybody begins anew: what was missed in it, or just before, says nothing."""
        self._be_blind(None, at)
        for track in self._tracks.values():
            if track.misses and not track.state.is_lost:
                self._standing.know(replace(track, misses=0, missed_at=None))

    def _good_boxes(self) -> list[str]:
        boxes = (self._tracks[box_id] for box_id in self._inventory.boxes)
        return [box.device_id for box in boxes if not box.misses and box.seen_at is not None]

    def _vouch(self, camera_id: str, at: datetime) -> None:
        """An answer through a silent box shows that the box has power and fibre: its agent alone is dead."""
        camera = self._inventory.cameras.get(camera_id)
        if camera is None:
            return
        box = self._tracks[camera.box_id]
        if box.misses and (box.missed_at is None or at > box.missed_at):
            found = Finding(Verdict.AGENT_DEAD, ("snmp silent", "its cameras answer"))
            self._standing.take(box, attest(box, found, at, Parent.ALIVE, self._flap_rule), at)

    def _withdraw(self, camera_id: str) -> None:
        """A camera that falls silent vouches for its box no more."""
        camera = self._inventory.cameras.get(camera_id)
        if camera is not None and self._tracks[camera.box_id].lives_at is not None:
            self._standing.know(replace(self._tracks[camera.box_id], lives_at=None, life=""))

    def _follow_power(
        self, device_id: str, reachability: Reachability, values: Mapping[str, float | None], at: datetime
    ) -> PowerNews:
        """Note the runs on battery that ended by this poll; a refusal says nothing of the power."""
        if reachability is Reachability.REFUSED:
            return PowerNews()
        is_silent = reachability is Reachability.SILENT
        news = self.power.missed(device_id, at) if is_silent else self.power.take(device_id, values, at)
        for event in news.events:
            self._ledger.add_event(event)
        return news

    def take_trap(self, trap: Trap) -> str | None:
        """Take in a notification; give the device it came from, ``None`` for a stranger."""
        self._take_recorded(self._intake.take(trap))
        return self._by_address.get(trap.source)

    def settle(self, now: datetime) -> Batch:
        """Decide what follows from everything taken in so far, and hand it over."""
        self._take_recorded(self._intake.due(now))
        self._decide(now)
        return self._ledger.take(now)

    def finish(self, now: datetime) -> Batch:
        """Settle for the last time: what waits to be folded with others waits no more."""
        self._take_recorded(self._intake.flush(now))
        return self.settle(now)

    def issue(self, permits: Iterable[Permit]) -> None:
        """Know which permits to work there are from now on; with none at all, no register is kept."""
        self._surroundings.issue(permits)

    def take_receipts(self) -> tuple[int, ...]:
        """Give the receipts of the informs in what was handed over since the last call."""
        taken, self._receipts = tuple(self._receipts), []
        return taken

    def take_urgent(self) -> set[str]:
        """Give the devices that ought to be asked at once, and forget them."""
        return self._urgency.take()

    def on_alert(self, now: datetime) -> frozenset[str]:
        """Give the boxes that are asked every moment for now."""
        alert = self._urgency.on_alert(now)
        return frozenset(d for d in alert if d in self._tracks and not self._tracks[d].state.is_lost)

    def _stand_on(self, inventory: Inventory, profiles: Mapping[str, Profile], now: datetime) -> tuple[int, int]:
        """Build every look-up that follows from the inventory; give how many devices are new, and are gone."""
        devices = inventory.devices.values()
        self._inventory = inventory
        self._readings.stand_on(inventory, profiles)
        self._by_address = {device.address: device.id for device in devices}
        self._by_port = {(c.box_id, FIRST_CAMERA_PORT + c.switch_port): c.id for c in inventory.cameras.values()}
        self._layout = layout_of(inventory)
        self.power.adopt(inventory.boxes.values())
        self._surroundings.stand_on(inventory)
        self._urgency = Urgency(self._layout)
        return self._standing.stand_on(inventory, now)

    def _decide(self, now: datetime) -> None:
        """Call stale who was not asked, see whose work is over, and review what the facts amount to."""
        self._standing.turn(now)
        if now >= self._look_over_at:
            self._look_over_at = now + _EXPIRY
            self._standing.look_over(now, STALE_INTERVALS * self._interval_s)
        if self._surroundings.look(now):
            self._cases.arrange(self._surroundings.works, self._surroundings.shed)
        if self._cases.is_due(now):
            self._review(now)

    def _take_recorded(self, recorded: Recorded) -> None:
        """Take in what is recorded of notifications, and what follows from it."""
        self._receipts += recorded.receipts
        for event in recorded.events:
            self._ledger.add_event(event)
            if event.subject in self._tracks:
                self._heed(event)

    def _heed(self, event: Event) -> None:
        """See what a notification means: who ought to be asked, a signal, another state."""
        device_id, at, payload = event.subject, event.occurred_at, event.payload
        track, profile = self._tracks[device_id], self._readings.profiles[device_id]
        self._urgency.add(self._by_port.get((device_id, payload["port"] or 0), device_id))
        signal = signal_of(event)
        if signal is not None:
            self._cases.hear(signal)
            self._urgency.heard(device_id, signal.name, at)
        if payload["values"] and not track.state.is_lost:
            self._standing.take(track, overlay(track, payload["values"], profile, at, self._flap_rule), at)

    def _device_at(self, address: str) -> str | None:
        return self._by_address.get(address)

    def _profile_of(self, device_id: str) -> Profile | None:
        return self._readings.profiles.get(device_id)

    def _release(self, box_id: str, at: datetime) -> None:
        """Judge the cameras whose silence waited for a word on their box."""
        for camera_id in self._layout.cameras_of_box.get(box_id, ()):
            track = self._tracks[camera_id]
            after = release(track, at, self._parent_of(track), self._flap_rule)
            if after is not track:
                self._standing.take(track, after, at)

    def _parent_of(self, track: Track) -> Parent:
        if self._blindness.is_suspected:
            return Parent.PENDING
        camera = self._inventory.cameras.get(track.device_id)
        if camera is None:
            return Parent.LOST if track.device_id in self._cut_off else Parent.ALIVE
        return standing_of(self._tracks[camera.box_id], track)

    def _review(self, now: datetime) -> None:
        known = frozenset(self._cases.outages)
        changed = self._cases.review(now)
        self._ledger.add_outages(changed, known, now)
        for outage in changed:
            self._mark_unreachable(outage, now)
            if outage.likeliest is Cause.THEFT and outage.root_id in outage.member_ids:
                for event in self.power.taken_away(outage.root_id, now):
                    self._ledger.add_event(event)
        self._cut_off = self._behind_cuts()

    def _is_path_good(self, device_id: str) -> bool:
        """Whether nothing is known against the way to a device: its box answers, no cut is before it."""
        camera = self._inventory.cameras.get(device_id)
        return self._tracks[camera.box_id].misses == 0 if camera is not None else device_id not in self._cut_off

    def _behind_cuts(self) -> frozenset[str]:
        """Name the devices of the open outages whose root is a span."""
        cuts = (o for o in self._cases.outages.values() if o.root_id in self._inventory.spans)
        return frozenset(device_id for outage in cuts for device_id in outage.member_ids)

    def _mark_unreachable(self, outage: Outage, now: datetime) -> None:
        """Boxes behind a lost span are not down: the path to them is."""
        if outage.closed_at is not None or outage.root_id not in self._inventory.spans:
            return
        for device_id in outage.member_ids:
            track = self._tracks[device_id]
            if track.state is DeviceState.DOWN:
                self._standing.take(track, replace(track, state=DeviceState.UNREACHABLE, reason=PATH_LOST), now)
