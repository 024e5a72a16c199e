"""What a notification means for a diagnosis."""

from __future__ import annotations

from gisops.diagnosis.facts import Signal
from gisops.model.event import Event, EventKind
from gisops.service.layout import FIRST_CAMERA_PORT
from gisops.snmp.ports import Trap

__all__ = ["port_of", "signal_of"]


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
