"""The collector over fakes: everything asked, everything written, nothing lost while the store is away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from gisops.config.credentials import Credential
from gisops.diagnosis.likelihood import shipped_causes
from gisops.health.catalogue import shipped_profiles
from gisops.model.event import EventKind, Reachability
from gisops.service.collector import Collector, targets_of
from gisops.service.live_store import StoreLiveView
from gisops.service.watch import Watch
from gisops.service.writer import Writer
from gisops.snmp.ports import Reply, Target
from gisops.snmp.schedule import Schedule
from gisops.store.fake import MemoryStore
from gisops.store.spool import Spool
from tests.cities import small_city

T0 = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
CITY = small_city()
PROFILES = shipped_profiles()
TARGETS = targets_of(CITY, PROFILES, {"street-v2c": Credential("street-v2c", "2c", "x")}, 1.0)


@dataclass
class FakePoller:
    """Answers at once for everybody but the silent."""

    silent: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    all_asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def poll(self, targets: Iterable[Target], on_reply: Callable[[Reply], None]) -> None:
        for target in targets:
            self.asked.append(target.device_id)
            if target.device_id in self.silent:
                on_reply(Reply(target, Reachability.SILENT))
            else:
                on_reply(Reply(target, Reachability.ANSWERED, (1,) * len(target.oids), 0.001))
        if len(set(self.asked)) == len(TARGETS):
            self.all_asked.set()

    async def close(self) -> None:
        self.asked.clear()


class Clock:
    """Moves a hundredth of a second on at every look."""

    def __init__(self) -> None:
        self.ticks = 0

    def __call__(self) -> datetime:
        self.ticks += 1
        return datetime.fromtimestamp(T0.timestamp() + self.ticks / 100, UTC)


@dataclass
class Rig:
    """A collector that asks everybody at once, and what stands around it."""

    poller: FakePoller
    store: MemoryStore
    stop: asyncio.Event
    collector: Collector


def rig(folder: Path) -> Rig:
    watch = Watch(CITY, PROFILES, shipped_causes(), 30.0, T0)
    schedule = Schedule(TARGETS, 30.0, asyncio.get_running_loop().time())
    schedule.hasten(TARGETS, 0.0)
    poller, store = FakePoller(), MemoryStore(idle_s=0.05)
    return Rig(
        poller,
        store,
        asyncio.Event(),
        Collector(watch, TARGETS, poller, schedule, Writer(store, Spool(folder)), Clock()),
    )


async def until_events(store: MemoryStore, number: int) -> None:
    async with asyncio.timeout(10):
        async for _ in store.follow(0):
            if len(await store.events_after(0)) >= number:
                return


async def test_everybody_is_asked_written_and_the_end_is_recorded(tmp_path: Path) -> None:
    r = rig(tmp_path)
    running = asyncio.create_task(r.collector.run(r.stop))
    await until_events(r.store, 15)
    r.stop.set()
    await running
    assert set(r.poller.asked) == set(TARGETS)
    assert len((await r.store.states())[1]) == 15
    assert (await r.store.events_after(0))[-1].event.kind is EventKind.COLLECTOR_STOPPED
    assert r.collector.tally.answers == len(r.poller.asked)


async def test_what_the_store_could_not_take_is_written_when_it_is_back(tmp_path: Path) -> None:
    r = rig(tmp_path)
    r.store.is_away = True
    running = asyncio.create_task(r.collector.run(r.stop))
    async with asyncio.timeout(10):
        await r.poller.all_asked.wait()
    r.store.is_away = False
    await until_events(r.store, 15)
    r.stop.set()
    await running
    assert len((await r.store.states())[1]) == 15


async def test_a_loss_reaches_a_viewer_as_one_outage_with_its_cameras(tmp_path: Path) -> None:
    r = rig(tmp_path)
    r.poller.silent = {"B2", "C2-1", "C2-2"}
    view = StoreLiveView(CITY, PROFILES, r.store, lambda: T0)
    await view.start()
    running = asyncio.create_task(r.collector.run(r.stop))
    async with asyncio.timeout(10):
        async for delta in view.changes(0):
            if any(set(o.member_ids) == r.poller.silent for o in delta.outages):
                break
    r.stop.set()
    await running
    snapshot = await view.snapshot()
    await view.close()
    (outage,) = [outage for outage in snapshot.outages.values() if outage.member_ids]
    assert (outage.root_id, outage.member_ids) == ("B2", ("B2", "C2-1", "C2-2"))
    assert snapshot.states["C2-1"].state == "unreachable"
