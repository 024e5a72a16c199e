"""What follows from a position: stored once, held against the box's place, and told in the log.

Any order, any repetition and a restart between any two messages lead to the same events.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from gisops.config.trackers import Sender
from gisops.errors import PositionError
from gisops.model.event import Event, EventKind
from gisops.model.inventory import Box, Inventory
from gisops.model.position import Fix
from gisops.store.positions import PositionStore
from gisops.trails.excursion import excursions, in_order
from gisops.trails.record import RECOVERED_BACK, RECOVERED_TOLD, fix_of, home_of, moved_event, recovered_event

__all__ = ["PositionFeed", "Taken"]

AHEAD = timedelta(minutes=2)
"""A fix from the future says that the tracker's clock is wrong."""
OLDEST = timedelta(days=30)
_LOOK_BACK = timedelta(days=7)
_MOST_FIXES = 2000
_FIXES_AT_HOME = 32
"""Fixes that are kept of a box that is at its place."""


class Taken(StrEnum):
    """What became of a position."""

    NEW = "new"
    KNOWN = "known"
    """It had come before."""


@dataclass(slots=True)
class _Memory:
    fixes: list[Fix] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    recovered: list[datetime] = field(default_factory=list)
    found: list[Fix] = field(default_factory=list)
    """The last fixes before somebody said that it was recovered: where it rests since."""
    seq: int = 0
    """How far into the log it was looked up."""


class PositionFeed:
    """Takes positions in; call `open` first."""

    def __init__(self, inventory: Inventory, store: PositionStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._memories: dict[str, _Memory] = {}
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.adopt(inventory)

    def adopt(self, inventory: Inventory) -> None:
        """Go on with another inventory."""
        self._inventory = inventory
        self._boxes = {box.tracker_id: box for box in inventory.boxes.values() if box.tracker_id}

    async def open(self) -> None:
        """Look over who was heard lately: what was stored before the power failed is told now.

        Raises
        ------
        StoreError
            Where the database is away.
        """
        for tracker_id in await self._store.heard_since(self._clock() - _LOOK_BACK):
            box = self._boxes.get(tracker_id)
            if box is not None:
                async with self._turns[tracker_id]:
                    await self._review(box, await self._memory(box), self._clock())

    async def take(self, sender: Sender, fix: Fix) -> Taken:
        """Take a position in.

        Raises
        ------
        PositionError
            Where the sender may not speak for the tracker, no box has it, or its time cannot be.
        StoreError
            Where the database is away; the same position may be sent again.
        """
        now = self._clock()
        box = self._boxes.get(fix.tracker_id)
        if not sender.may_speak_for(fix.tracker_id) or box is None:
            # One answer for both: who may not speak for a tracker learns nothing about it.
            raise PositionError(
                f"tracker {fix.tracker_id}",
                f"is of no box that {sender.name} may speak for",
                "add it as tracker_id in boxes.csv, and to the sender's trackers",
            )
        if not now - OLDEST <= fix.at <= now + AHEAD:
            raise PositionError(
                f"tracker {fix.tracker_id}",
                f"its fix is of {fix.at.isoformat()}",
                f"set its clock; positions are taken from {OLDEST.days} days back on",
            )
        async with self._turns[fix.tracker_id]:
            memory = await self._memory(box)
            is_new = await self._store.add(fix, now)
            if is_new:
                memory.fixes.append(fix)
            # A known one is looked at again: the telling may have failed the first time.
            await self._review(box, memory, now)
        return Taken.NEW if is_new else Taken.KNOWN

    async def _memory(self, box: Box) -> _Memory:
        tracker_id = box.tracker_id or ""
        memory = self._memories.get(tracker_id)
        if memory is None:
            since = self._clock() - _LOOK_BACK
            fixes = await self._store.recent(tracker_id, since, _MOST_FIXES)
            memory = _Memory(fixes)
            await self._learn(box, memory)
            self._memories[tracker_id] = memory
        return memory

    async def _learn(self, box: Box, memory: _Memory) -> None:
        """Read what the log says: which fixes are told, and when somebody said that it is recovered."""
        news = await self._store.trail_events(box.id, memory.seq)
        memory.seq = max((item.seq for item in news), default=memory.seq)
        stored = [item.event for item in news]
        memory.told.update(event.id for event in stored)
        ends = [event for event in stored if event.kind is EventKind.BOX_RECOVERED]
        told = [event.occurred_at for event in ends if event.payload.get("how") == RECOVERED_TOLD]
        memory.recovered = sorted({*memory.recovered, *told})
        last = max(ends, key=lambda event: event.occurred_at, default=None)
        if last is not None and last.payload.get("how") == RECOVERED_TOLD:
            moved = [fix_of(event) for event in stored if event.kind is EventKind.BOX_MOVED]
            before = [fix for fix in in_order([*memory.found, *moved, *memory.fixes]) if fix.at <= last.occurred_at]
            memory.found = before[-2:]
        elif last is not None:
            memory.found = []

    async def _review(self, box: Box, memory: _Memory, now: datetime) -> None:
        memory.fixes.sort(key=lambda fix: fix.at)
        fixes = in_order([*memory.found, *memory.fixes])
        trips = excursions(home_of(box), fixes, memory.recovered)
        if trips and trips[-1].back_at is None:
            # Somebody may have said by now that it is recovered.
            await self._learn(box, memory)
            fixes = in_order([*memory.found, *memory.fixes])
            trips = excursions(home_of(box), fixes, memory.recovered)
        news: list[Event] = []
        for trip in trips:
            identities = {f"{EventKind.BOX_MOVED}:{box.id}:{f.tracker_id}:{f.at.isoformat()}": f for f in trip.fixes}
            news += [
                moved_event(box, trip, fix, self._inventory, now)
                for identity, fix in identities.items()
                if identity not in memory.told
            ]
            if trip.back_at is not None and trip.back_at not in memory.recovered:
                back = recovered_event(box.id, trip.back_at, now, RECOVERED_BACK)
                news += [back] if back.id not in memory.told else []
        await self._store.note(news)
        memory.told.update(event.id for event in news)
        is_away = bool(trips) and trips[-1].back_at is None
        memory.fixes = memory.fixes[-_MOST_FIXES if is_away else -_FIXES_AT_HOME :]
