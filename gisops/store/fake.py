"""A store in memory, for tests of the floors above; it keeps the promises of the real one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

from gisops.errors import StoreError
from gisops.model.event import StoredEvent
from gisops.model.outage import Outage
from gisops.store.ports import Batch, Sample, StateRow

__all__ = ["MemoryStore"]


class MemoryStore:
    """Both ends of a store; set ``is_away`` to have it refuse as a server that is down does."""

    def __init__(self, idle_s: float = 3.0) -> None:
        self.is_away = False
        self._idle_s = idle_s
        self._events: list[StoredEvent] = []
        self._ids: set[str] = set()
        self._states: dict[str, StateRow] = {}
        self._outages: dict[str, Outage] = {}
        self._samples: list[Sample] = []
        self._beat: datetime | None = None
        self._spoken = asyncio.Condition()

    async def write(self, batch: Batch) -> int:
        """Write all of a batch; give the last event seq."""
        self._need()
        for event in batch.events:
            if event.id not in self._ids:
                self._ids.add(event.id)
                self._events.append(StoredEvent(len(self._events) + 1, event))
        self._samples += batch.samples
        for row in batch.states:
            before = self._states.get(row.device_id)
            seen_at = row.seen_at or (before.seen_at if before else None)
            self._states[row.device_id] = replace(row, seen_at=seen_at)
        for device_id, seen_at in batch.seen.items():
            if device_id in self._states:
                self._states[device_id] = replace(self._states[device_id], seen_at=seen_at)
        self._outages |= {outage.id: outage for outage in batch.outages}
        self._beat = batch.beat_at
        async with self._spoken:
            self._spoken.notify_all()
        return len(self._events)

    async def states(self) -> tuple[int, list[StateRow]]:
        """Give the last event seq and every state."""
        self._need()
        return len(self._events), list(self._states.values())

    async def open_outages(self) -> list[Outage]:
        """Give the outages that last, latest first."""
        self._need()
        still = (outage for outage in self._outages.values() if outage.closed_at is None)
        return sorted(still, key=lambda outage: outage.opened_at, reverse=True)

    async def events_after(self, seq: int, limit: int = 1000) -> list[StoredEvent]:
        """Give events in log order, from after ``seq``."""
        self._need()
        return self._events[seq : seq + limit]

    async def device_events(self, device_id: str, limit: int = 50) -> list[StoredEvent]:
        """Give the latest events of a device, latest first."""
        self._need()
        return [e for e in reversed(self._events) if e.event.subject == device_id][:limit]

    async def samples(self, device_id: str, since: datetime, limit: int = 5000) -> list[Sample]:
        """Give a device's samples from ``since`` on, oldest first."""
        self._need()
        found = [s for s in self._samples if s.device_id == device_id and s.observed_at >= since]
        return sorted(found, key=lambda sample: sample.observed_at)[:limit]

    async def heartbeat(self) -> datetime | None:
        """Give the time of the last batch."""
        self._need()
        return self._beat

    async def follow(self, after_seq: int) -> AsyncIterator[list[StoredEvent]]:
        """Yield events as they are written; an empty list when nothing came for a while."""
        seq = after_seq
        while True:
            async with self._spoken:
                if len(self._events) <= seq:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._spoken.wait(), self._idle_s)
            fresh = self._events[seq:]
            seq += len(fresh)
            yield fresh

    async def close(self) -> None:
        """Nothing is held."""

    def _need(self) -> None:
        if self.is_away:
            raise StoreError("memory", "cannot be reached", "set is_away to False")
