"""What the floors above ask of a store, whichever it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from gisops.model.event import Event, EventKind, StoredEvent
from gisops.model.outage import Outage
from gisops.model.state import DeviceKind, DeviceState

__all__ = ["Batch", "Mark", "Reader", "Recorder", "Sample", "StateRow"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One poll of one device, wide: values in the order of its profile's metrics.

    ``values`` is empty when the device did not answer; a missing reading is ``None``.
    """

    device_id: str
    observed_at: datetime
    profile: str
    answered: bool
    rtt_s: float | None
    values: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class StateRow:
    """The state of a device as last decided, with its last readings."""

    device_id: str
    kind: DeviceKind
    state: DeviceState
    since: datetime
    seen_at: datetime | None
    """When it last answered; ``None`` if it never did (written, ``None`` keeps what was known)."""
    reason: str = ""
    metrics: Mapping[str, float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one tick of the collector wants written, all or nothing.

    Parameters
    ----------
    samples, events
        Appended; an event whose id is there already changes nothing.
    states, outages
        Projections, upserted by device id and outage id.
    seen
        Device id to the time it last answered, for devices whose state is unchanged.
    beat_at
        When this batch was made: the collector's heartbeat.
    """

    beat_at: datetime
    samples: Sequence[Sample] = ()
    events: Sequence[Event] = ()
    states: Sequence[StateRow] = ()
    outages: Sequence[Outage] = ()
    seen: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mark:
    """Which of a writer's batches this is, or the last of those merged into it.

    Numbers ascend; a batch that carries a number not above what the store remembers
    of its writer is in already, and changes nothing.
    """

    writer: str
    number: int


class Recorder(Protocol):
    """The writing end, held by the collector."""

    async def write(self, batch: Batch, mark: Mark | None = None) -> int:
        """Write all of a batch in one transaction, NOTIFY once; give the last event seq."""
        ...

    async def marked(self, writer: str) -> int:
        """Give the number of the last batch of a writer that is in; 0 if there is none."""
        ...

    async def close(self) -> None:
        """Release the connections."""
        ...


class Reader(Protocol):
    """The reading end, held by whoever shows something."""

    async def states(self) -> tuple[int, list[StateRow]]:
        """Give the last event seq and every state, both of one moment."""
        ...

    async def open_outages(self) -> list[Outage]:
        """Give the outages that last, latest first."""
        ...

    async def events_after(self, seq: int, limit: int = 1000) -> list[StoredEvent]:
        """Give events in log order, from after ``seq``."""
        ...

    async def device_events(self, device_id: str, limit: int = 50) -> list[StoredEvent]:
        """Give the latest events of a device, latest first."""
        ...

    async def events_of(self, kind: EventKind, since: datetime) -> list[StoredEvent]:
        """Give the events of a kind that occurred at ``since`` or later, in log order."""
        ...

    async def samples(self, device_id: str, since: datetime, limit: int = 5000) -> list[Sample]:
        """Give a device's samples from ``since`` on, oldest first."""
        ...

    async def heartbeat(self) -> datetime | None:
        """Give the time of the collector's last batch; ``None`` if it never wrote."""
        ...

    def follow(self, after_seq: int) -> AsyncIterator[list[StoredEvent]]:
        """Yield events as they are committed, in log order, none twice, none left out.

        Survives a restart of the database: it reconnects and goes on from the last
        seq it gave. Yields an empty list when nothing came for a few seconds.
        """
        ...

    async def close(self) -> None:
        """Release the connections."""
        ...
