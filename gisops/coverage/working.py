"""Who worked at a moment? The event log folded up to it, and what a state means for sight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from gisops.model.event import EventKind, StoredEvent
from gisops.model.state import DeviceState

__all__ = ["SEEING", "states_at", "working_cameras"]

SEEING = frozenset({DeviceState.UP, DeviceState.DEGRADED})
"""States in which a camera counts as seeing. One that is unknown is not counted: missing is never up."""


def states_at(events: Iterable[StoredEvent], at: datetime) -> dict[str, DeviceState]:
    """Fold state changes up to a moment: the last state that had begun by then, by device id.

    Parameters
    ----------
    events
        In any order; other kinds are passed over. Of two changes that begin at one time the later in the log counts.
    at
        The moment, inclusive.
    """
    latest: dict[str, tuple[datetime, int, DeviceState]] = {}
    for stored in events:
        event = stored.event
        if event.kind is not EventKind.STATE_CHANGED or event.occurred_at > at:
            continue
        known = latest.get(event.subject)
        if known is None or (event.occurred_at, stored.seq) >= known[:2]:
            latest[event.subject] = (event.occurred_at, stored.seq, DeviceState(event.payload["new"]))
    return {device: state for device, (_, _, state) in latest.items()}


def working_cameras(cameras: Iterable[str], states: Mapping[str, DeviceState]) -> list[str]:
    """Keep the cameras whose state is one in which they see."""
    return [camera for camera in cameras if states.get(camera, DeviceState.UNKNOWN) in SEEING]
