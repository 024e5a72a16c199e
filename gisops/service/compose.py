"""The composition root: the one place that names concrete adapters and puts the floors together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gisops.config.credentials import load_credentials
from gisops.diagnosis.facts import Signal
from gisops.diagnosis.likelihood import shipped_causes
from gisops.health.profile import shipped_profiles
from gisops.inventory.load import load_inventory
from gisops.model.event import Event, EventKind
from gisops.service.collector import Collector, targets_of
from gisops.service.live_store import StoreLiveView
from gisops.service.signals import signal_of
from gisops.service.watch import Watch
from gisops.snmp.engine import SnmpEngine
from gisops.snmp.schedule import Schedule
from gisops.snmp.traps import TrapListener
from gisops.store.migrate import migrate
from gisops.store.ports import Batch, Reader
from gisops.store.reader import PgReader
from gisops.store.recorder import PgRecorder

__all__ = ["CollectorPlan", "collect", "live_view"]


@dataclass(frozen=True, slots=True)
class CollectorPlan:
    """What a collector needs to run.

    Parameters
    ----------
    inventory, credentials
        Folder and file.
    dsn
        Database; brought to the present schema first.
    interval_s, timeout_s
        Between two polls of a device, and the wait for one answer.
    trap_port
        UDP port for traps on loopback; ``None``: do not listen.
    bind
        Local address of both sockets.
    """

    inventory: Path
    credentials: Path
    dsn: str
    interval_s: float = 30.0
    timeout_s: float = 1.0
    trap_port: int | None = 16162
    bind: str = "127.0.0.1"


async def collect(
    plan: CollectorPlan,
    clock: Callable[[], datetime],
    stop: asyncio.Event,
    on_ready: Callable[[Collector, int], None],
) -> Collector:
    """Run a collector until ``stop``; ``on_ready`` gets it and the number of devices once it polls."""
    inventory = load_inventory(plan.inventory)
    profiles = shipped_profiles()
    targets = targets_of(inventory, profiles, load_credentials(plan.credentials), plan.timeout_s)
    await asyncio.to_thread(migrate, plan.dsn)
    watch = Watch(inventory, profiles, shipped_causes(), plan.interval_s, clock())
    loop = asyncio.get_running_loop()
    schedule = Schedule(targets, plan.interval_s, loop.time())
    schedule.hasten(targets, loop.time())
    async with contextlib.AsyncExitStack() as stack:
        reader = await PgReader.open(plan.dsn)
        stack.push_async_callback(reader.close)
        await _restore(watch, reader)
        recorder = await PgRecorder.open(plan.dsn)
        stack.push_async_callback(recorder.close)
        engine = await SnmpEngine.open(plan.bind)
        stack.push_async_callback(engine.close)
        collector = Collector(watch, targets, engine, schedule, recorder, clock)
        if plan.trap_port is not None:
            sources = frozenset(target.address for target in targets.values())
            listener = await TrapListener.open(
                plan.bind, plan.trap_port, sources.__contains__, collector.on_trap, clock
            )
            stack.push_async_callback(listener.close)
        await recorder.write(Batch(clock(), events=[_started(clock(), len(targets), plan.interval_s)]))
        on_ready(collector, len(targets))
        await collector.run(stop)
    return collector


async def _restore(watch: Watch, reader: Reader) -> None:
    _, states = await reader.states()
    outages = await reader.open_outages()
    signals: list[Signal] = []
    for outage in outages:
        for stored in await reader.device_events(outage.root_id):
            signal = signal_of(stored.event)
            if signal is not None:
                signals.append(signal)
    watch.restore(states, outages, signals)


def _started(now: datetime, devices: int, interval_s: float) -> Event:
    return Event(
        f"{EventKind.COLLECTOR_STARTED}:{now.isoformat()}",
        EventKind.COLLECTOR_STARTED,
        "collector",
        now,
        now,
        {"devices": devices, "interval_s": interval_s},
    )


@asynccontextmanager
async def live_view(inventory: Path, dsn: str, clock: Callable[[], datetime]) -> AsyncIterator[StoreLiveView]:
    """Give the live view over a database, following its event log."""
    view = StoreLiveView(load_inventory(inventory), shipped_profiles(), await PgReader.open(dsn), clock)
    await view.start()
    try:
        yield view
    finally:
        await view.close()
