"""What is to be written next: samples, events and projections since the last batch."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime
from typing import Any

from gisops.health.machine import Track
from gisops.model.event import Event, EventKind
from gisops.model.outage import Outage
from gisops.model.state import DeviceKind
from gisops.store.ports import Batch, Sample, StateRow

__all__ = ["Ledger"]


class Ledger:
    """Gathers what one batch will hold."""

    def __init__(self) -> None:
        self._samples: list[Sample] = []
        self._events: list[Event] = []
        self._states: dict[str, StateRow] = {}
        self._outages: dict[str, Outage] = {}
        self._seen: dict[str, datetime] = {}

    def add_sample(self, sample: Sample) -> None:
        """Note one poll; an answer is also when the device was last seen."""
        self._samples.append(sample)
        if sample.answered:
            self._seen[sample.device_id] = sample.observed_at

    def add_event(self, event: Event) -> None:
        """Note something that happened."""
        self._events.append(event)

    def add_state(
        self, kind: DeviceKind, before: Track, after: Track, at: datetime, lost_at: datetime | None = None
    ) -> None:
        """Note a new state (or a new reason): the projection and the event; ``lost_at`` as the diagnosis has it."""
        row = StateRow(after.device_id, kind, after.state, after.since, after.seen_at, after.reason, after.metrics)
        self._states[after.device_id] = row
        payload: dict[str, Any] = {
            "device_kind": str(kind),
            "old": str(before.state),
            "new": str(after.state),
            "reason": after.reason,
            "since": after.since.isoformat(),
            "seen_at": after.seen_at.isoformat() if after.seen_at else None,
            "lost_at": lost_at.isoformat() if lost_at else None,
            "metrics": dict(after.metrics),
        }
        identity = f"state:{after.device_id}:{at.isoformat()}:{after.state}:{len(self._events)}"
        self._events.append(Event(identity, EventKind.STATE_CHANGED, after.device_id, at, at, payload))

    def add_outages(self, changed: Sequence[Outage], known: Container[str], now: datetime) -> None:
        """Note outages that were opened, changed or closed."""
        for outage in changed:
            self._outages[outage.id] = outage
            self._events.append(_outage_event(outage, outage.id in known, now))

    def take(self, now: datetime) -> Batch:
        """Hand everything over, and begin anew."""
        batch = Batch(
            beat_at=now,
            samples=tuple(self._samples),
            events=tuple(self._events),
            states=tuple(self._states.values()),
            outages=tuple(self._outages.values()),
            seen=self._seen,
        )
        self._samples, self._events, self._states, self._outages, self._seen = [], [], {}, {}, {}
        return batch


def _outage_event(outage: Outage, was_open: bool, now: datetime) -> Event:
    if outage.closed_at is not None:
        kind = EventKind.OUTAGE_CLOSED
    else:
        kind = EventKind.OUTAGE_UPDATED if was_open else EventKind.OUTAGE_OPENED
    occurred_at = outage.opened_at if kind is EventKind.OUTAGE_OPENED else now
    return Event(f"{kind}:{outage.id}:{now.isoformat()}", kind, outage.id, occurred_at, now, outage.to_json())
