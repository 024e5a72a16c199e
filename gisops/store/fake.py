"""A store in memory for tests of the floors above: recorder and reader in one.

Held equal to the real one by a contract test that runs over both.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime

import orjson

from gisops.errors import StoreError
from gisops.model.event import Event, EventKind, StoredEvent
from gisops.model.outage import Outage
from gisops.store.ports import Batch, Mark, Sample, StateRow
from gisops.store.rows import json_text, through_store

__all__ = ["MemoryStore"]


class MemoryStore:
    """A `Recorder` and a `Reader` over lists and dictionaries.

    Parameters
    ----------
    idle_s
        Seconds without news after which `follow` yields an empty list.

    Attributes
    ----------
    is_away
        Set it to have the store refuse as a server that is down does.
    """

    def __init__(self, idle_s: float = 3.0) -> None:
        self.is_away = False
        self._idle_s = idle_s
        self._log: list[StoredEvent] = []
        self._ids: set[str] = set()
        self._states: dict[str, StateRow] = {}
        self._outages: dict[str, Outage] = {}
        self._samples: list[Sample] = []
        self._beat_at: datetime | None = None
        self._marks: dict[str, int] = {}
        self._news: set[asyncio.Event] = set()

    async def write(self, batch: Batch, mark: Mark | None = None) -> int:
        """Write all of a batch, unless it is in already; give the last event seq."""
        self._need()
        before = len(self._log)
        if mark is not None:
            if mark.number <= self._marks.get(mark.writer, 0):
                return before
            self._marks[mark.writer] = mark.number
        self._add_events(batch.events)
        self._samples += [through_store(sample) for sample in batch.samples]
        for row in batch.states:
            before_row = self._states.get(row.device_id)
            seen_at = row.seen_at or (before_row.seen_at if before_row else None)
            metrics = orjson.loads(json_text(dict(row.metrics)))
            self._states[row.device_id] = replace(row, seen_at=seen_at, metrics=metrics)
        for outage in batch.outages:
            self._outages[outage.id] = Outage.from_json(outage.to_json())
        for device_id, at in batch.seen.items():
            known = self._states.get(device_id)
            if known is not None:
                seen_at = at if known.seen_at is None else max(at, known.seen_at)
                self._states[device_id] = replace(known, seen_at=seen_at)
        self._beat_at = batch.beat_at if self._beat_at is None else max(self._beat_at, batch.beat_at)
        if len(self._log) > before:
            for news in self._news:
                news.set()
        return len(self._log)

    async def marked(self, writer: str) -> int:
        """Give the number of the last batch of a writer that is in."""
        self._need()
        return self._marks.get(writer, 0)

    async def states(self) -> tuple[int, list[StateRow]]:
        """Give the last event seq and every state, both of one moment."""
        self._need()
        return len(self._log), [self._states[device_id] for device_id in sorted(self._states)]

    async def open_outages(self) -> list[Outage]:
        """Give the outages that last, latest first."""
        self._need()
        lasting = [outage for outage in self._outages.values() if outage.closed_at is None]
        return sorted(lasting, key=lambda outage: (-outage.opened_at.timestamp(), outage.id))

    async def events_after(self, seq: int, limit: int = 1000) -> list[StoredEvent]:
        """Give events in log order, from after ``seq``."""
        self._need()
        return self._log[max(0, seq) : max(0, seq) + limit]

    async def device_events(self, device_id: str, limit: int = 50) -> list[StoredEvent]:
        """Give the latest events of a device, latest first."""
        self._need()
        return [stored for stored in reversed(self._log) if stored.event.subject == device_id][:limit]

    async def events_of(self, kind: EventKind, since: datetime) -> list[StoredEvent]:
        """Give the events of a kind that occurred at ``since`` or later, in log order."""
        self._need()
        return [s for s in self._log if s.event.kind is kind and s.event.occurred_at >= since]

    async def samples(self, device_id: str, since: datetime, limit: int = 5000) -> list[Sample]:
        """Give a device's samples from ``since`` on, oldest first."""
        self._need()
        found = [s for s in self._samples if s.device_id == device_id and s.observed_at >= since]
        return sorted(found, key=lambda sample: sample.observed_at)[:limit]

    async def heartbeat(self) -> datetime | None:
        """Give the time of the last batch; ``None`` if there was none."""
        self._need()
        return self._beat_at

    async def follow(self, after_seq: int) -> AsyncIterator[list[StoredEvent]]:
        """Yield events as they are written, in log order, none twice, none left out."""
        seq = max(0, after_seq)
        news = asyncio.Event()
        self._news.add(news)
        try:
            while True:
                events = self._log[seq : seq + 1000]
                seq += len(events)
                if events:
                    yield events
                    continue
                news.clear()
                try:
                    async with asyncio.timeout(self._idle_s):
                        await news.wait()
                except TimeoutError:
                    yield []
        finally:
            self._news.discard(news)

    async def close(self) -> None:
        """Release nothing: memory needs no closing."""

    def _add_events(self, events: Sequence[Event]) -> None:
        for event in events:
            if event.id not in self._ids:
                self._ids.add(event.id)
                kept = replace(event, payload=orjson.loads(json_text(dict(event.payload))))
                self._log.append(StoredEvent(len(self._log) + 1, kept))

    def _need(self) -> None:
        if self.is_away:
            raise StoreError("memory", "connection refused", "set is_away to False")
