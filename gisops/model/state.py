"""Which states a device can be in, and what kinds of device there are."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["DeviceKind", "DeviceState"]


class DeviceKind(StrEnum):
    """What a polled device is."""

    BOX = "box"
    CAMERA = "camera"


class DeviceState(StrEnum):
    """The state of a device as last decided; missing data is ``unknown``, never ``up``."""

    UP = "up"
    """Answers, and every reading is inside its limits."""
    DEGRADED = "degraded"
    """Answers, and at least one reading is outside its limits."""
    DOWN = "down"
    """Asked, silent, and the path to it is known to be good."""
    UNREACHABLE = "unreachable"
    """Silent, and something on its path is lost too."""
    MAINTENANCE = "maintenance"
    """Announced work; not judged."""
    UNKNOWN = "unknown"
    """Not asked lately."""

    @property
    def is_lost(self) -> bool:
        """Whether nothing can be had from the device now."""
        return self in (DeviceState.DOWN, DeviceState.UNREACHABLE)
