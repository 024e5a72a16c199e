"""The question every page asks: what is the network like now, and what changed since.

`LiveView` is all the dashboard knows of the system below it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gisops.model.event import StoredEvent
from gisops.model.inventory import Inventory
from gisops.model.outage import Outage
from gisops.store.ports import Sample, StateRow
from gisops.trails.trail import Trail

__all__ = ["Delta", "DeviceHistory", "LiveView", "Snapshot"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything live, of one moment.

    Parameters
    ----------
    seq
        Last event inside; ask for changes after it.
    states
        By device id; a device that was never polled is not in it (``unknown``).
    outages
        Open ones by id.
    heartbeat_at
        When the collector last wrote; ``None`` if it never did.
    """

    seq: int
    states: Mapping[str, StateRow]
    outages: Mapping[str, Outage]
    heartbeat_at: datetime | None


@dataclass(frozen=True, slots=True)
class Delta:
    """What changed from ``from_seq`` (exclusive) to ``seq`` (inclusive).

    ``outages`` holds opened, updated and closed ones (``closed_at`` set); a delta
    with nothing in it is the stream's own heartbeat.
    """

    from_seq: int
    seq: int
    states: Sequence[StateRow]
    outages: Sequence[Outage]
    heartbeat_at: datetime | None
    moved: Sequence[str] = ()
    """Boxes whose trail is another now."""


@dataclass(frozen=True, slots=True)
class DeviceHistory:
    """What one device's drawer shows besides its record."""

    state: StateRow | None
    events: Sequence[StoredEvent]
    samples: Sequence[Sample]
    metric_names: Sequence[str]
    metric_units: Sequence[str]


class LiveView(Protocol):
    """What the network is like now, for a page."""

    @property
    def inventory(self) -> Inventory:
        """What stands in the city."""
        ...

    async def snapshot(self) -> Snapshot:
        """Give everything live, of one moment."""
        ...

    def changes(self, after_seq: int) -> AsyncIterator[Delta]:
        """Yield what changes after ``after_seq``, at least every few seconds, for ever."""
        ...

    async def trails(self) -> Sequence[Trail]:
        """Give the trails of boxes that are away, or were lately, the latest begun first."""
        ...

    async def device(self, device_id: str) -> DeviceHistory:
        """Give the history of a device; ``KeyError`` for an unknown id."""
        ...
