"""What the devices said by themselves lately, and whether it still holds."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from gisops.diagnosis.facts import SIGNAL_REACH, Signal
from gisops.model.event import Event, EventKind
from gisops.service.layout import FIRST_CAMERA_PORT
from gisops.snmp.ports import Trap

__all__ = ["Signals", "port_of", "signal_of"]

_SAYS_OTHERWISE = {
    "door_opened": ("door_open", 0.5),
    "tilted": ("tilt_deg", 15.0),
    "on_battery": ("on_battery_s", 0.5),
}
"""Signal, and the reading that takes it back when a later poll finds it at or below so much."""
_IN_FLIGHT = timedelta(seconds=3)
"""An answer may have been on its way when a trap overtook it."""


class Signals:
    """The recent signals, oldest first; a later reading may take one back."""

    def __init__(self) -> None:
        self._recent: deque[Signal] = deque()

    def __iter__(self) -> Iterator[Signal]:
        """Go through them, oldest first."""
        return iter(self._recent)

    def add(self, signals: Iterable[Signal]) -> None:
        """Take signals in."""
        self._recent.extend(sorted(signals, key=lambda signal: signal.at))

    def forget_old(self, now: datetime) -> None:
        """Drop what no loss can rest on any more."""
        while self._recent and self._recent[0].at < now - 2 * SIGNAL_REACH:
            self._recent.popleft()

    def take_back(self, device_id: str, values: Mapping[str, float | None], at: datetime) -> None:
        """Forget what a later reading has overtaken: the door was shut again, the mains came back."""
        if not any(signal.device_id == device_id for signal in self._recent):
            return
        over = set()
        for name, (metric, limit) in _SAYS_OTHERWISE.items():
            reading = values.get(metric)
            if reading is not None and reading <= limit:
                over.add(name)
        self._recent = deque(
            s for s in self._recent if not (s.device_id == device_id and s.name in over and s.at < at - _IN_FLIGHT)
        )


def port_of(trap: Trap) -> int | None:
    """Give the ifIndex a link trap is about (IF-MIB: ifIndex is the index of every binding)."""
    for oid, value in trap.values:
        if oid.startswith("1.3.6.1.2.1.2.2.1.1.") and isinstance(value, int):
            return value
    return None


def signal_of(event: Event) -> Signal | None:
    """Read what a recorded trap means for a diagnosis; ``None`` for anything else.

    An ifIndex becomes the switch port of a camera.
    """
    if event.kind is not EventKind.TRAP_RECEIVED:
        return None
    trap, metrics, port = (event.payload[key] for key in ("trap", "values", "port"))
    name: str | None = None
    if trap == "door_changed":
        name = "door_opened" if metrics.get("door_open") else None
    elif trap == "tilt_changed":
        name = "tilted" if (metrics.get("tilt_deg") or 0.0) > 0 else None
    elif trap in ("on_battery", "link_down"):
        name = trap
    if name is None:
        return None
    return Signal(event.subject, name, event.occurred_at, port - FIRST_CAMERA_PORT if port is not None else None)
