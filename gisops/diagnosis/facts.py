"""What the diagnosis may know: the last word of each device, recent signals, shared risks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

__all__ = ["DeviceFact", "Facts", "Layout", "SharedRisk", "Signal"]

SIGNAL_REACH = timedelta(minutes=30)
"""How long before a loss a signal still bears on it."""
DOOR_OPEN = 0.5
"""A door sensor's reading above this: open."""
TILTED_DEG = 15.0
"""A cabinet tilted by more than this was moved."""
_SAYS_OTHERWISE = {
    "door_opened": ("door_open", DOOR_OPEN),
    "tilted": ("tilt_deg", TILTED_DEG),
    "on_battery": ("on_battery_s", 0.0),
}
"""Signal, and the reading that takes it back when a later poll finds it at or below so much."""
_IN_FLIGHT = timedelta(seconds=3)
"""An answer may have been on its way when a notification overtook it."""


@dataclass(frozen=True, slots=True)
class DeviceFact:
    """The last word of a device.

    Parameters
    ----------
    device_id
        The device.
    lost_at
        First unanswered poll of a confirmed loss; ``None`` while it is not lost.
    metrics
        Last readings it gave; a missing one is ``None`` or absent.
    seen_at
        When it last answered; ``None`` if never.
    """

    device_id: str
    lost_at: datetime | None
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """Something a device said by itself: ``door_opened``, ``tilted``, ``on_battery``, ``link_down``.

    ``port`` is the switch port of a ``link_down``, else ``None``.
    """

    device_id: str
    name: str
    at: datetime
    port: int | None = None


class Facts:
    """Everything known now that bears on a cause; kept up to date by `know`, `hear` and `take_back`.

    Parameters
    ----------
    devices
        By id.
    signals
        What devices said lately.

    Attributes
    ----------
    devices
        By id.
    lost
        Onset of the loss by device, of those that are lost.
    on_battery
        Boxes that answer, and say that they have no mains.
    disturbed
        Boxes that answer, with an open door or off the vertical.
    works
        Elements (boxes, sites, spans) where a permit to work is in force; ``None`` where no register is kept.
    worked_on
        Devices inside announced work: an open door there is no intrusion.
    shed
        Feeders that are off by plan.
    blind_since
        Since when we hear nobody at all; ``None`` while we do.
    """

    def __init__(self, devices: Mapping[str, DeviceFact] | None = None, signals: Iterable[Signal] = ()) -> None:
        self.devices: dict[str, DeviceFact] = {}
        self.lost: dict[str, datetime] = {}
        self.on_battery: set[str] = set()
        self.disturbed: set[str] = set()
        self.works: frozenset[str] | None = None
        self.shed: frozenset[str] = frozenset()
        self.worked_on: frozenset[str] = frozenset()
        self.blind_since: datetime | None = None
        self._signals: dict[str, list[Signal]] = {}
        for fact in (devices or {}).values():
            self.know(fact)
        for signal in signals:
            self.hear(signal)

    def know(self, fact: DeviceFact) -> None:
        """Take the last word of a device in."""
        device_id = fact.device_id
        self.devices[device_id] = fact
        if fact.lost_at is not None:
            self.lost[device_id] = fact.lost_at
            self.on_battery.discard(device_id)
            self.disturbed.discard(device_id)
            return
        self.lost.pop(device_id, None)
        metrics = fact.metrics
        (self.on_battery.add if (metrics.get("on_battery_s") or 0.0) > 0 else self.on_battery.discard)(device_id)
        is_disturbed = (metrics.get("door_open") or 0.0) > DOOR_OPEN or (metrics.get("tilt_deg") or 0.0) > TILTED_DEG
        (self.disturbed.add if is_disturbed else self.disturbed.discard)(device_id)

    def forget(self, device_id: str) -> None:
        """Know nothing more of a device."""
        self.leave_out(device_id)
        self._signals.pop(device_id, None)

    def leave_out(self, device_id: str) -> None:
        """Conclude nothing from a device for now, neither that it is lost nor that it answers; keep what it said."""
        self.devices.pop(device_id, None)
        self.lost.pop(device_id, None)
        self.on_battery.discard(device_id)
        self.disturbed.discard(device_id)

    def hear(self, signal: Signal) -> None:
        """Take in what a device said; the same thing twice is one."""
        said = self._signals.setdefault(signal.device_id, [])
        if signal not in said:
            said.append(signal)

    def take_back(self, device_id: str, metrics: Mapping[str, float | None], at: datetime) -> None:
        """Forget what a later reading has overtaken: the door was shut again, the mains came back."""
        said = self._signals.get(device_id)
        if not said:
            return
        kept = [signal for signal in said if not _is_overtaken(signal, metrics, at)]
        self._put(device_id, kept)

    def forget_old(self, now: datetime) -> None:
        """Drop the signals that no loss can rest on any more."""
        oldest = now - 2 * SIGNAL_REACH
        for device_id, said in list(self._signals.items()):
            if any(signal.at < oldest for signal in said):
                self._put(device_id, [signal for signal in said if signal.at >= oldest])

    def said_by(self, device_id: str) -> Sequence[Signal]:
        """Give what a device said lately."""
        return self._signals.get(device_id, ())

    def heard(self, device_id: str, name: str) -> bool:
        """Whether the device gave that signal at most ``SIGNAL_REACH`` before it was lost, or since."""
        lost_at = self.lost.get(device_id)
        since = lost_at - SIGNAL_REACH if lost_at else None
        return any(s.name == name and (since is None or since <= s.at) for s in self._signals.get(device_id, ()))

    def _put(self, device_id: str, said: list[Signal]) -> None:
        if said:
            self._signals[device_id] = said
        else:
            self._signals.pop(device_id, None)


def _is_overtaken(signal: Signal, metrics: Mapping[str, float | None], at: datetime) -> bool:
    metric, limit = _SAYS_OTHERWISE.get(signal.name, ("", 0.0))
    reading = metrics.get(metric)
    return reading is not None and reading <= limit and signal.at < at - _IN_FLIGHT


@dataclass(frozen=True, slots=True)
class SharedRisk:
    """Boxes that one failure takes together: a feeder, or the spans that alone lead to them.

    Parameters
    ----------
    root_id
        Identity of the feeder or of the span nearest to the centre.
    kind
        ``feeder`` or ``span``.
    box_ids
        Sorted.
    also
        Other spans whose cut looks the same from the centre.
    """

    root_id: str
    kind: str
    box_ids: tuple[str, ...]
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """What does not change from minute to minute: who hangs on whom.

    Parameters
    ----------
    cameras_of_box
        Camera ids by box id.
    ports_of_camera
        Box id and switch port by camera id.
    risks
        Feeders and isolating spans.
    vendors
        Maker of each camera, where it is known.
    lone
        Boxes that one cut parts from every centre, and nobody else with them, to the spans that do;
        ``None`` where the fibre is not known.
    """

    cameras_of_box: Mapping[str, tuple[str, ...]]
    ports_of_camera: Mapping[str, tuple[str, int]]
    risks: Sequence[SharedRisk] = ()
    vendors: Mapping[str, str] = field(default_factory=dict)
    lone: Mapping[str, tuple[str, ...]] | None = None

    @cached_property
    def risks_of_box(self) -> Mapping[str, tuple[SharedRisk, ...]]:
        """The feeder and the spans that a box depends on."""
        found: dict[str, list[SharedRisk]] = {}
        for risk in self.risks:
            for box_id in risk.box_ids:
                found.setdefault(box_id, []).append(risk)
        return {box_id: tuple(risks) for box_id, risks in found.items()}

    @cached_property
    def feeder_of(self) -> Mapping[str, SharedRisk]:
        """The feeder of a box, with its other boxes."""
        return {box_id: risk for risk in self.risks if risk.kind == "feeder" for box_id in risk.box_ids}
