"""A feed over a store in memory: any order, any repetition, a restart anywhere, a database that fails in between."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gisops.config.trackers import Sender
from gisops.errors import PositionError, StoreError
from gisops.model.event import Event, EventKind, StoredEvent
from gisops.model.inventory import Inventory
from gisops.model.position import Fix
from gisops.service.position_feed import PositionFeed, Taken
from gisops.trails.record import recovered_event, trails_from
from tests.cities import small_city

T0 = datetime(2026, 3, 1, 21, tzinfo=UTC)
NOW = T0 + timedelta(hours=1)
SENDER = Sender("traccar", ("TR-*",))


class MemoryPositions:
    """A position store in memory that can be told to fail."""

    def __init__(self) -> None:
        self.fixes: dict[tuple[str, datetime], Fix] = {}
        self.events: dict[str, Event] = {}
        self.fails = 0

    async def add(self, fix: Fix, received_at: datetime) -> bool:
        assert received_at == NOW
        is_new = (fix.tracker_id, fix.at) not in self.fixes
        self.fixes.setdefault((fix.tracker_id, fix.at), fix)
        return is_new

    async def recent(self, tracker_id: str, since: datetime, limit: int) -> list[Fix]:
        found = [f for f in self.fixes.values() if f.tracker_id == tracker_id and f.at >= since]
        return sorted(found, key=lambda f: f.at)[-limit:]

    async def heard_since(self, since: datetime) -> list[str]:
        return sorted({f.tracker_id for f in self.fixes.values() if f.at >= since})

    async def trail_events(self, box_id: str, after_seq: int) -> list[StoredEvent]:
        numbered = [StoredEvent(n, event) for n, event in enumerate(self.events.values(), 1)]
        return [item for item in numbered if item.seq > after_seq and item.event.subject == box_id]

    async def note(self, events: Sequence[Event]) -> None:
        if events and self.fails:
            self.fails -= 1
            raise StoreError("memory", "away", "send it again")
        for event in events:
            self.events.setdefault(event.id, event)


def city() -> Inventory:
    inventory = small_city()
    boxes = {box.id: replace(box, tracker_id=f"TR-{box.id}") for box in inventory.boxes.values()}
    return replace(inventory, boxes=boxes)


def drive(inventory: Inventory) -> list[Fix]:
    box = inventory.boxes["B1"]
    still = [Fix("TR-B1", T0 + timedelta(seconds=10 * n), box.lon, box.lat, 5.0) for n in range(5)]
    gone = [
        Fix("TR-B1", T0 + timedelta(seconds=60 + 10 * n), box.lon + 0.001 * n, box.lat, 5.0) for n in range(1, 15)
    ]
    return [*still, *gone]


async def play(fixes: Sequence[Fix], restarts: Sequence[int] = (), fails: int = 0) -> MemoryPositions:
    store = MemoryPositions()
    store.fails = fails
    feed = PositionFeed(city(), store, lambda: NOW)
    for number, fix in enumerate(fixes):
        if number in restarts:
            feed = PositionFeed(city(), store, lambda: NOW)
            await feed.open()
        while True:  # a tracker sends again what was not taken
            try:
                await feed.take(SENDER, fix)
                break
            except StoreError:
                continue
    return store


async def test_a_box_that_is_driven_off_is_told_fix_by_fix() -> None:
    inventory = city()
    store = await play(drive(inventory))
    assert [e.kind for e in store.events.values()] == [EventKind.BOX_MOVED] * 14
    (trail,) = trails_from(store.events.values(), inventory, NOW)
    assert trail.home_until == T0 + timedelta(seconds=40)
    assert trail.began_at == T0 + timedelta(seconds=70)
    # 0.014 degrees of longitude at 24.85 degrees north: 1,415 m on the ellipsoid.
    assert trail.displaced_m == pytest.approx(1415, abs=3)


@pytest.mark.parametrize("seed", range(8))
async def test_order_repetition_restarts_and_a_failing_database_change_nothing(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - chance, not secrecy
    fixes = drive(city())
    shuffled = [*fixes, *rng.sample(fixes, 6)]
    rng.shuffle(shuffled)
    store = await play(shuffled, restarts=[3, 9, 15], fails=2)
    straight = await play(fixes)
    assert set(store.events) == set(straight.events)
    assert store.fixes == straight.fixes
    (one,) = trails_from(store.events.values(), city(), NOW)
    (other,) = trails_from(straight.events.values(), city(), NOW)
    assert (one.fixes, one.distance_m) == (other.fixes, other.distance_m)


async def test_a_box_that_comes_back_is_recovered_once() -> None:
    inventory = city()
    box = inventory.boxes["B1"]
    back = [Fix("TR-B1", T0 + timedelta(seconds=600 + 10 * n), box.lon, box.lat, 5.0) for n in range(4)]
    store = await play([*drive(inventory), *back, *back])
    (recovered,) = [e for e in store.events.values() if e.kind is EventKind.BOX_RECOVERED]
    assert (recovered.occurred_at, recovered.payload["how"]) == (T0 + timedelta(seconds=600), "back")


async def test_a_box_that_somebody_recovered_is_at_rest_where_it_was_found() -> None:
    fixes = drive(city())
    store = MemoryPositions()
    feed = PositionFeed(city(), store, lambda: NOW)
    for fix in fixes:
        await feed.take(SENDER, fix)
    told_at = fixes[-1].at + timedelta(seconds=5)
    await store.note([recovered_event("B1", told_at, NOW, "told", "Inspector")])
    before = len(store.events)
    for n in range(1, 90):
        if n == 60:  # long after what is remembered of the way there
            feed = PositionFeed(city(), store, lambda: NOW)
            for key in sorted(store.fixes, key=lambda key: key[1])[:-20]:
                del store.fixes[key]
            await feed.open()
        await feed.take(SENDER, replace(fixes[-1], at=told_at + timedelta(seconds=30 * n)))
    assert len(store.events) == before
    for n in range(3):  # and is taken from there again
        there = replace(fixes[-1], at=told_at + timedelta(seconds=2800 + 60 * n), lat=fixes[-1].lat + 0.003 * (n + 1))
        await feed.take(SENDER, there)
    assert len(store.events) == before + 3


@pytest.mark.parametrize(
    ("fix", "sender", "says"),
    [
        (Fix("TR-X", T0, 67.0, 24.8), SENDER, "is of no box"),
        (Fix("TR-B1", T0, 67.0, 24.8), Sender("TR-B2", ("TR-B2",)), "is of no box"),
        (Fix("TR-B1", NOW + timedelta(minutes=3), 67.0, 24.8), SENDER, "set its clock"),
        (Fix("TR-B1", NOW - timedelta(days=31), 67.0, 24.8), SENDER, "set its clock"),
    ],
)
async def test_what_may_not_or_cannot_be_is_refused(fix: Fix, sender: Sender, says: str) -> None:
    store = MemoryPositions()
    with pytest.raises(PositionError, match=says):
        await PositionFeed(city(), store, lambda: NOW).take(sender, fix)
    assert store.fixes == {}


async def test_many_at_once_of_one_tracker_are_taken_one_after_the_other() -> None:
    store = MemoryPositions()
    feed = PositionFeed(city(), store, lambda: NOW)
    taken = await asyncio.gather(*(feed.take(SENDER, fix) for fix in [*drive(city()), *drive(city())]))
    assert (taken.count(Taken.NEW), taken.count(Taken.KNOWN)) == (19, 19)
    assert sum(e.kind is EventKind.BOX_MOVED for e in store.events.values()) == 14
