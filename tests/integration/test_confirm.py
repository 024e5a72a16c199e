"""A missed poll is confirmed quickly over real sockets: the device and its fellows are judged within two seconds."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gisops.config.credentials import Credential
from gisops.diagnosis.likelihood import shipped_causes
from gisops.health.catalogue import shipped_profiles
from gisops.service.collector import Collector, targets_of
from gisops.service.watch import Watch
from gisops.service.writer import Writer
from gisops.snmp.engine import SnmpEngine
from gisops.snmp.schedule import Schedule
from gisops.store.fake import MemoryStore
from gisops.store.spool import Spool
from tests.cities import small_city

pytestmark = pytest.mark.integration


def now() -> datetime:
    return datetime.now(UTC)


async def test_what_fell_silent_is_judged_with_its_fellows_within_two_seconds(tmp_path: Path) -> None:
    city = small_city()
    profiles = shipped_profiles()
    # Nobody listens there: the whole city is silent, and every verdict has to wait for its box.
    targets = {
        d: replace(target, address=f"127.77.0.{number + 1}", port=9)
        for number, (d, target) in enumerate(
            targets_of(city, profiles, {"street-v2c": Credential("street-v2c", "2c", "x")}, 0.4).items()
        )
    }
    schedule = Schedule(targets, 30.0, asyncio.get_running_loop().time())
    schedule.hasten(["C4-1"], 0.0)
    store, stop = MemoryStore(idle_s=0.05), asyncio.Event()
    engine = await SnmpEngine.open("127.0.0.1")
    watch = Watch(city, profiles, shipped_causes(), 30.0, now())
    writer = Writer(store, Spool(tmp_path))
    running = asyncio.create_task(Collector(watch, targets, engine, schedule, writer, now).run(stop))
    began = now()
    judged: dict[str, datetime] = {}
    async with asyncio.timeout(20):
        async for news in store.follow(0):
            for event in (stored.event for stored in news):
                if event.subject in ("C4-1", "C4-2", "B4") and event.payload["new"] in ("down", "unreachable"):
                    judged.setdefault(event.subject, event.occurred_at)
            if len(judged) == 3:
                break
    stop.set()
    await running
    await engine.close()
    missed = min(s.observed_at for s in await store.samples("C4-1", began))
    rows = {row.device_id: row for row in (await store.states())[1]}
    assert (rows["C4-1"].state, rows["C4-2"].state) == ("unreachable", "unreachable")
    assert (max(judged.values()) - missed).total_seconds() < 2.0
