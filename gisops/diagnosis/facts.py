"""What the diagnosis may know: the last word of each device, recent signals, shared risks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

__all__ = ["DeviceFact", "Facts", "Layout", "SharedRisk", "Signal"]

SIGNAL_REACH = timedelta(minutes=30)
"""How long before a loss a signal still bears on it."""


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


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known now that bears on a cause."""

    devices: Mapping[str, DeviceFact]
    signals: Sequence[Signal] = ()

    def heard(self, device_id: str, name: str) -> bool:
        """Whether the device gave that signal at most ``SIGNAL_REACH`` before it was lost, or since."""
        fact = self.devices.get(device_id)
        since = fact.lost_at - SIGNAL_REACH if fact and fact.lost_at else None
        return any(
            signal.device_id == device_id and signal.name == name and (since is None or since <= signal.at)
            for signal in self.signals
        )


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


@dataclass(frozen=True, slots=True)
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
    """

    cameras_of_box: Mapping[str, tuple[str, ...]]
    ports_of_camera: Mapping[str, tuple[str, int]]
    risks: Sequence[SharedRisk] = ()
