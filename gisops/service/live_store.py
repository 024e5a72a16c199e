"""What is the network like now, read from the store: the `LiveView` of a real system.

One follower of the event log serves any number of viewers in this process.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from gisops.errors import StoreError
from gisops.health.profile import Profile
from gisops.model.event import Event, EventKind, StoredEvent
from gisops.model.inventory import Inventory
from gisops.model.outage import Outage
from gisops.model.state import DeviceKind, DeviceState
from gisops.service.live import Delta, DeviceHistory, Snapshot
from gisops.store.ports import Reader, StateRow
from gisops.trails.record import trails_from
from gisops.trails.trail import Trail

__all__ = ["StoreLiveView", "delta_of", "state_row_of"]

HISTORY = timedelta(hours=6)
"""How far back the samples of a device's drawer go."""
_OUTAGE_KINDS = frozenset({EventKind.OUTAGE_OPENED, EventKind.OUTAGE_UPDATED, EventKind.OUTAGE_CLOSED})
_TRAIL_KINDS = (EventKind.BOX_MOVED, EventKind.BOX_RECOVERED)
_TRAILS = timedelta(days=30)
"""How far back trails are shown."""
_RECOVERED_FOR = timedelta(hours=12)
"""How long one that is recovered is still shown."""
_LAGGARD = 500
"""Deltas a viewer may fall behind before its stream ends and it has to start afresh."""


def state_row_of(event: Event) -> StateRow:
    """Rebuild the state row that a ``state_changed`` event carries."""
    payload = event.payload
    seen_at = payload["seen_at"]
    return StateRow(
        event.subject,
        DeviceKind(payload["device_kind"]),
        DeviceState(payload["new"]),
        datetime.fromisoformat(payload["since"]),
        datetime.fromisoformat(seen_at) if seen_at else None,
        payload["reason"],
        payload["metrics"],
    )


def delta_of(from_seq: int, events: Iterable[StoredEvent], heartbeat_at: datetime | None) -> Delta:
    """Fold events into what a page has to redraw: the last word on each device and outage."""
    seq = from_seq
    states: dict[str, StateRow] = {}
    outages: dict[str, Outage] = {}
    moved: dict[str, None] = {}
    for stored in events:
        seq = stored.seq
        if stored.event.kind is EventKind.STATE_CHANGED:
            states[stored.event.subject] = state_row_of(stored.event)
        elif stored.event.kind in _OUTAGE_KINDS:
            outages[stored.event.subject] = Outage.from_json(stored.event.payload)
        elif stored.event.kind in _TRAIL_KINDS:
            moved[stored.event.subject] = None
    return Delta(from_seq, seq, tuple(states.values()), tuple(outages.values()), heartbeat_at, tuple(moved))


class StoreLiveView:
    """The live view over a store's reading end; call `start` before and `close` after use."""

    def __init__(
        self,
        inventory: Inventory,
        profiles: Mapping[str, Profile],
        reader: Reader,
        clock: Callable[[], datetime],
    ) -> None:
        self._inventory = inventory
        self._profiles = profiles
        self._reader = reader
        self._clock = clock
        self._viewers: set[asyncio.Queue[Delta | None]] = set()
        self._follower: asyncio.Task[None] | None = None
        self._seq = 0
        self._reading: asyncio.Task[Snapshot] | None = None

    @property
    def inventory(self) -> Inventory:
        """What stands in the city."""
        return self._inventory

    @property
    def reader(self) -> Reader:
        """The store's reading end; closed with the view."""
        return self._reader

    async def start(self) -> None:
        """Begin to follow the event log."""
        self._seq, _ = await self._reader.states()
        self._follower = asyncio.create_task(self._follow(), name="event log follower")

    async def close(self) -> None:
        """Stop following; every viewer's stream ends."""
        if self._follower is not None:
            self._follower.cancel()
            await asyncio.gather(self._follower, return_exceptions=True)
        for viewer in self._viewers:
            viewer.put_nowait(None)
        await self._reader.close()

    async def snapshot(self) -> Snapshot:
        """Give everything live, of one moment; whoever asks while it is read gets the same."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read(), name="snapshot of the network")
        return await asyncio.shield(self._reading)

    async def _read(self) -> Snapshot:
        seq, states = await self._reader.states()
        outages = await self._reader.open_outages()
        return Snapshot(
            seq,
            {row.device_id: row for row in states},
            {outage.id: outage for outage in outages},
            await self._reader.heartbeat(),
        )

    async def changes(self, after_seq: int) -> AsyncIterator[Delta]:
        """Yield what changes after ``after_seq``; ends when the view is closed or the viewer lags."""
        queue: asyncio.Queue[Delta | None] = asyncio.Queue()
        self._viewers.add(queue)
        try:
            seq = after_seq
            while missed := await self._reader.events_after(seq):
                delta = delta_of(seq, missed, await self._reader.heartbeat())
                seq = delta.seq
                yield delta
            while (delta_or_end := await queue.get()) is not None:
                if queue.qsize() > _LAGGARD:
                    return
                if delta_or_end.seq > seq or not (delta_or_end.states or delta_or_end.outages):
                    yield delta_or_end
                    seq = max(seq, delta_or_end.seq)
        finally:
            self._viewers.discard(queue)

    async def trails(self) -> Sequence[Trail]:
        """Give the trails of boxes that are away, or were lately, the latest begun first."""
        now = self._clock()
        events = [s.event for kind in _TRAIL_KINDS for s in await self._reader.events_of(kind, now - _TRAILS)]
        return [
            trail
            for trail in trails_from(events, self._inventory, now)
            if trail.recovered_at is None or now - trail.recovered_at < _RECOVERED_FOR
        ]

    async def device(self, device_id: str) -> DeviceHistory:
        """Give the history of a device; ``KeyError`` for an unknown id."""
        profile = self._profiles[self._inventory.devices[device_id].profile]
        _, states = await self._reader.states()
        return DeviceHistory(
            state=next((row for row in states if row.device_id == device_id), None),
            events=await self._reader.device_events(device_id),
            samples=await self._reader.samples(device_id, self._clock() - HISTORY),
            metric_names=tuple(metric.name for metric in profile.metrics),
            metric_units=tuple(metric.unit for metric in profile.metrics),
        )

    async def _follow(self) -> None:
        async for events in self._reader.follow(self._seq):
            try:
                heartbeat_at = await self._reader.heartbeat()
            except StoreError:
                # Away: the viewers keep the last heartbeat they saw, and its age says the rest.
                heartbeat_at = None
            delta = delta_of(self._seq, events, heartbeat_at)
            self._seq = delta.seq
            for viewer in self._viewers:
                viewer.put_nowait(delta)
