"""What a collector would have seen and said: the simulated city played in virtual time before a `Watch`.

Polls, confirmations, traps and what gets lost on the way are this module's; what
breaks and what the devices then show is the simulator's. Nothing here knows how
causes are judged.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from gisops.config.credentials import Credential
from gisops.diagnosis.likelihood import shipped_causes
from gisops.health.catalogue import shipped_profiles
from gisops.model.event import Event, Reachability
from gisops.model.inventory import Inventory
from gisops.model.outage import Outage
from gisops.model.permit import Permit, PermitScope
from gisops.service.collector import CONFIRM_TIMEOUT_S, targets_of
from gisops.service.watch import Watch
from gisops.simulate.city import City, Notice
from gisops.simulate.faults import Fault
from gisops.simulate.fleet import agents_of, notification_of
from gisops.snmp.ports import Reply, Target, Trap, Value

__all__ = ["BEGAN", "LIVES_EVERY_S", "Noise", "Said", "Silence", "Transcript", "play", "with_wrong_feeders"]

BEGAN = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
"""22:00 in Karachi, outside every load-shedding window of the demo city."""
_INTERVAL_S = 30.0
_TIMEOUT_S = 1.0
LIVES_EVERY_S = 2.0
"""Seconds between two steps of the simulated city: what a fault does shows so much later at most."""
_ALERT_S = 1.0
_FOR_EVER = 1e9


@dataclass(frozen=True, slots=True)
class Noise:
    """How bad the line and the records are.

    Parameters
    ----------
    packet_loss
        Share of datagrams lost, each way.
    mute_share
        Share of boxes whose notifications never arrive (not configured).
    skew_s
        Notifications are stamped up to so much too late or too early.
    """

    packet_loss: float = 0.0
    mute_share: float = 0.0
    skew_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Silence:
    """Our own blindness: nothing gets through between two seconds."""

    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Said:
    """What was said of an outage, and when."""

    second: float
    outage: Outage


@dataclass(slots=True)
class Transcript:
    """Everything that was said, and what got through of what would have told.

    Parameters
    ----------
    said
        In order.
    told
        Device and notification of each trap that arrived, with its second.
    lost
        Device to the second of its first confirmed loss.
    events
        What the collector wrote into its log.
    """

    said: list[Said] = field(default_factory=list)
    told: list[tuple[float, str, str]] = field(default_factory=list)
    answered: dict[str, float] = field(default_factory=dict)
    lost: dict[str, float] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)


def play(  # noqa: PLR0913, PLR0917 - a play has its city, its cast, its noise and its chance
    city: City,
    truth: Inventory,
    believed: Inventory,
    faults: Sequence[Fault],
    until_s: float,
    noise: Noise,
    rng: random.Random,
    silences: Iterable[Silence] = (),
    works: frozenset[str] = frozenset(),
) -> Transcript:
    """Play faults against a collector that believes an inventory.

    Parameters
    ----------
    city
        The simulated city at :data:`BEGAN`; it is used up.
    truth, believed
        What stands there, and what the collector was told.
    faults
        What breaks, by seconds since the beginning.
    until_s
        When to stop.
    noise, rng
        What gets lost on the way, and chance.
    silences
        When the collector hears nobody.
    works
        Boxes with a permit to work; a register is kept.
    """
    return _Player(city, truth, believed, noise, rng, tuple(silences), works).play(faults, until_s)


class _Player:
    def __init__(
        self,
        city: City,
        truth: Inventory,
        believed: Inventory,
        noise: Noise,
        rng: random.Random,
        silences: tuple[Silence, ...],
        works: frozenset[str],
    ) -> None:
        profiles = shipped_profiles()
        credentials = {d.credential: Credential(d.credential, "2c", "x") for d in believed.devices.values()}
        self._city = city
        self._noise = noise
        self._rng = rng
        self._silences = silences
        self._targets = targets_of(believed, profiles, credentials, _TIMEOUT_S)
        self._agents = {agent.device_id: agent for agent in agents_of(city, credentials).values()}
        self._address = {device.id: device.address for device in truth.devices.values()}
        self._watch = Watch(believed, profiles, shipped_causes(), _FOR_EVER, BEGAN)
        self._watch.issue(_permits(works))
        self._mute = {b for b in truth.boxes if rng.random() < noise.mute_share}
        self._queue: list[tuple[float, int, str, str]] = []
        self._order = itertools.count()
        self._asking: set[str] = set()
        self._out = Transcript()

    def play(self, faults: Sequence[Fault], until_s: float) -> Transcript:
        for fault in faults:
            self._city.inject(fault, _at(fault.at_s))
        for device_id in self._targets:
            self._put(self._rng.uniform(0, _INTERVAL_S), "poll", device_id)
        self._put(0.0, "live", "")
        self._put(0.0, "alert", "")
        while self._queue and self._queue[0][0] <= until_s:
            second, _, what, device_id = heapq.heappop(self._queue)
            self._do(second, what, device_id)
        return self._out

    def _put(self, second: float, what: str, device_id: str) -> None:
        heapq.heappush(self._queue, (second, next(self._order), what, device_id))

    def _do(self, second: float, what: str, device_id: str) -> None:
        if what == "live":
            self._hear(self._city.advance(_at(second)), second)
            self._put(second + LIVES_EVERY_S, "live", "")
        elif what == "poll":
            self._ask(second, device_id, _TIMEOUT_S)
            self._put(second + _INTERVAL_S, "poll", device_id)
        elif what == "alert":
            for box_id in sorted(self._watch.on_alert(_at(second))):
                self._ask(second, box_id, CONFIRM_TIMEOUT_S)
            self._put(second + _ALERT_S, "alert", "")
        elif what == "silent":
            self._asking.discard(device_id)
            self._watch.take_reply(Reply(self._targets[device_id], Reachability.SILENT), _at(second))
        else:
            self._asking.discard(device_id)
            self._answer(second, device_id)
        if what in ("silent", "answer", "live"):
            self._settle(second)

    def _ask(self, second: float, device_id: str, timeout_s: float) -> None:
        if device_id in self._asking:
            return
        self._asking.add(device_id)
        for attempt in range(2):
            if self._gets_through(second, device_id):
                self._put(second + attempt * timeout_s + 0.02, "answer", device_id)
                return
        self._put(second + 2 * timeout_s, "silent", device_id)

    def _gets_through(self, second: float, device_id: str) -> bool:
        is_deaf = any(s.from_s <= second < s.until_s for s in self._silences)
        is_lost = self._rng.random() < self._noise.packet_loss or self._rng.random() < self._noise.packet_loss
        return not is_deaf and not is_lost and self._city.answers(device_id)

    def _answer(self, second: float, device_id: str) -> None:
        target: Target = self._targets[device_id]
        agent = self._agents[device_id]
        now = _at(second)
        values: list[Value] = []
        for oid in target.oids:
            found = agent.get(oid, now)
            values.append(None if found is None else found[1])
        self._out.answered[device_id] = second
        self._watch.take_reply(Reply(target, Reachability.ANSWERED, tuple(values), 0.02), now)

    def _hear(self, notices: Sequence[Notice], second: float) -> None:
        for notice in notices:
            is_deaf = any(s.from_s <= second < s.until_s for s in self._silences)
            is_lost = self._rng.random() < self._noise.packet_loss
            if notice.device_id in self._mute or is_deaf or is_lost:
                continue
            at = second + self._rng.uniform(-self._noise.skew_s, self._noise.skew_s)
            oid, binds = notification_of(notice, self._agents[notice.device_id], _at(second))
            self._out.told.append((second, notice.device_id, notice.kind))
            self._watch.take_trap(Trap(self._address[notice.device_id], _at(at), oid, None, binds))

    def _settle(self, second: float) -> None:
        batch = self._watch.settle(_at(second))
        self._out.events += batch.events
        self._out.said += [Said(second, outage) for outage in batch.outages]
        for row in batch.states:
            if row.state.is_lost:
                self._out.lost.setdefault(row.device_id, second)
        for device_id in sorted(self._watch.take_urgent()):
            self._ask(second, device_id, CONFIRM_TIMEOUT_S)


def _permits(works: frozenset[str]) -> list[Permit]:
    """Issue a permit for each box, and one that is over: a register is kept."""
    over = Permit("PT-0", PermitScope.BOX, "", BEGAN - timedelta(days=2), BEGAN - timedelta(days=1), "nobody")
    held = [
        Permit(f"PT-{box_id}", PermitScope.BOX, box_id, BEGAN, BEGAN + timedelta(days=1), "crew")
        for box_id in sorted(works)
    ]
    return [over, *held]


def _at(second: float) -> datetime:
    return BEGAN + timedelta(seconds=second)


def with_wrong_feeders(inventory: Inventory, share: float, rng: random.Random) -> Inventory:
    """Give an inventory in which a share of the boxes stands on another feeder than in truth."""
    feeders = sorted(inventory.feeders)
    boxes = {
        box.id: replace(box, feeder_id=rng.choice(feeders)) if rng.random() < share else box
        for box in inventory.boxes.values()
    }
    return replace(inventory, boxes=boxes)
