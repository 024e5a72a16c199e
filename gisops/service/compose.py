"""The composition root: the one place that names concrete adapters and puts the floors together."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gisops.config.credentials import load_credentials
from gisops.diagnosis.facts import Signal
from gisops.diagnosis.likelihood import shipped_causes
from gisops.errors import GisopsError, StoreError
from gisops.health.catalogue import load_profiles
from gisops.health.profile import Profile
from gisops.inventory.load import load_inventory
from gisops.model.event import Event, EventKind
from gisops.model.inventory import Inventory
from gisops.priors.permits import permits_of
from gisops.probe.ports import ProbeTarget
from gisops.probe.prober import HostProber
from gisops.service.asker import Asker
from gisops.service.collector import Collector, targets_of
from gisops.service.fitter import Fitter
from gisops.service.hosts import Means, hosts_of, without_snmp
from gisops.service.keeper import Keeper
from gisops.service.lifeline import Lifeline
from gisops.service.live_store import StoreLiveView
from gisops.service.power_history import recall
from gisops.service.signals import signal_of
from gisops.service.watch import Watch
from gisops.service.writer import Writer, drain
from gisops.snmp.engine import SnmpEngine
from gisops.snmp.ports import Target
from gisops.snmp.schedule import Schedule
from gisops.snmp.traps import TrapListener
from gisops.store.desk import windows_since
from gisops.store.entries import events_of_kinds
from gisops.store.housekeeping import PgHousekeeping
from gisops.store.lock import RunLock
from gisops.store.migrate import migrate
from gisops.store.notices import tell_of_changes
from gisops.store.past import PgPast
from gisops.store.places import write_memberships
from gisops.store.ports import Batch, Reader
from gisops.store.reader import PgReader
from gisops.store.recorder import PgRecorder
from gisops.store.sessions import WORK_CHANNEL
from gisops.store.spool import Spool

__all__ = ["CollectorPlan", "Hooks", "collect", "live_view", "past_of"]


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
    spool
        Folder where readings and events wait while the database is away.
    spool_bytes
        How large it may grow before the oldest samples are dropped.
    means
        What a silent device can be asked, beside SNMP.
    """

    inventory: Path
    credentials: Path
    dsn: str
    spool: Path
    interval_s: float = 30.0
    timeout_s: float = 1.0
    trap_port: int | None = 16162
    bind: str = "127.0.0.1"
    spool_bytes: int = 4 * 1024**3
    means: Means = field(default_factory=Means)


@dataclass(frozen=True, slots=True)
class Hooks:
    """How the owner of a collector speaks with it.

    Parameters
    ----------
    stop
        Set it to have the collector write what is left and end.
    reload
        Set it to have the inventory and the credentials read again.
    on_ready
        Told the collector and the number of devices once it polls.
    on_reload
        Told the number of devices after each reload, or why it was refused.
    on_housekeeping
        Told why roll-ups and retention begin to fail, and ``None`` when they work again.
    """

    stop: asyncio.Event
    reload: asyncio.Event
    on_ready: Callable[[Collector, int], None]
    on_reload: Callable[[int | GisopsError], None]
    on_housekeeping: Callable[[str | None], None]


async def collect(plan: CollectorPlan, clock: Callable[[], datetime], hooks: Hooks) -> Collector:
    """Run a collector until it is told to stop."""
    stock = _read(plan)
    inventory, profiles, targets = stock.inventory, stock.profiles, stock.targets
    await asyncio.to_thread(migrate, plan.dsn)
    await asyncio.to_thread(write_memberships, plan.dsn, inventory, clock())
    watch = Watch(inventory, profiles, shipped_causes(), plan.interval_s, clock())
    loop = asyncio.get_running_loop()
    schedule = Schedule(targets, plan.interval_s, loop.time())
    schedule.hasten(targets, loop.time())
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(RunLock(plan.spool))
        reader = await PgReader.open(plan.dsn)
        stack.push_async_callback(reader.close)
        recorder = await PgRecorder.open(plan.dsn)
        stack.push_async_callback(recorder.close)
        spool = Spool(plan.spool, plan.spool_bytes)
        await drain(spool, recorder)
        await _restore(watch, reader, plan.dsn, clock)
        recalled = await recall(watch.power, reader, profiles, clock())
        engine = await SnmpEngine.open(plan.bind)
        stack.push_async_callback(engine.close)
        listeners: list[TrapListener] = []
        writer = Writer(recorder, spool, _to_all(listeners))
        await writer.open()
        prober = await HostProber.open()
        stack.push_async_callback(prober.close)
        asker = Asker(engine, prober, stock.hosts_without_snmp)
        lifeline = Lifeline(prober, stock.hosts, lambda result: watch.take_probe(result, clock()))
        stack.push_async_callback(lifeline.close)
        fitter = Fitter(engine)
        collector = Collector(watch, targets, asker, schedule, writer, clock, lifeline, fitter)
        collector.fit_to(inventory, profiles)
        if plan.trap_port is not None:
            listener = await TrapListener.open(
                plan.bind,
                plan.trap_port,
                collector.knows,
                collector.on_trap,
                clock,
                engine_ids=engine.engine_id_of,
                users={target.credential.name: target.credential for target in targets.values()}.values(),
                state_dir=plan.spool,
            )
            stack.push_async_callback(listener.close)
            listeners.append(listener)
        await recorder.write(Batch(clock(), events=[*recalled, _started(clock(), len(targets), plan.interval_s)]))
        stack.enter_context(_running(fitter.run(collector.take_fit)))

        def adopt(stock: _Stock) -> None:
            asker.adopt(stock.hosts_without_snmp)
            lifeline.adopt(stock.hosts)
            collector.adopt(stock.inventory, stock.profiles, stock.targets)

        stack.enter_context(_running(_reload_when_told(plan, adopt, hooks, clock)))
        stack.enter_context(_running(tell_of_changes(plan.dsn, hooks.reload)))
        stack.enter_context(_running(_follow_work(plan.dsn, watch, clock)))
        keeper = Keeper(_housekeeping(plan.dsn, inventory), clock, tell=hooks.on_housekeeping)
        stack.enter_context(_running(keeper.run(hooks.stop)))
        hooks.on_ready(collector, len(targets))
        await collector.run(hooks.stop)
        collector.tally.keep(keeper.tally.failed_rounds, keeper.tally.last_error)
    return collector


@dataclass(frozen=True, slots=True)
class _Stock:
    """What there is to ask, and how."""

    inventory: Inventory
    profiles: Mapping[str, Profile]
    targets: Mapping[str, Target]
    hosts: Mapping[str, ProbeTarget]
    hosts_without_snmp: Mapping[str, ProbeTarget]


def _read(plan: CollectorPlan) -> _Stock:
    inventory = load_inventory(plan.inventory)
    profiles = load_profiles(plan.inventory)
    targets = targets_of(inventory, profiles, load_credentials(plan.credentials), plan.timeout_s)
    hosts = hosts_of(inventory, profiles, plan.means, plan.timeout_s)
    alone = without_snmp(inventory, profiles)
    return _Stock(inventory, profiles, targets, hosts, {d: host for d, host in hosts.items() if d in alone})


async def _reload_when_told(
    plan: CollectorPlan, adopt: Callable[[_Stock], None], hooks: Hooks, clock: Callable[[], datetime]
) -> None:
    """Take a changed inventory in; one that cannot be read leaves everything as it is."""
    while True:
        await hooks.reload.wait()
        hooks.reload.clear()
        try:
            stock = await asyncio.to_thread(_read, plan)
            await asyncio.to_thread(write_memberships, plan.dsn, stock.inventory, clock())
        except GisopsError as error:
            hooks.on_reload(error)
            continue
        adopt(stock)
        hooks.on_reload(len(stock.targets))


def _housekeeping(dsn: str, inventory: Inventory) -> PgHousekeeping:
    return PgHousekeeping(dsn, ZoneInfo(inventory.settings.time_zone))


async def _announce(watch: Watch, dsn: str, clock: Callable[[], datetime]) -> None:
    watch.announce(await windows_since(dsn, clock()), clock())
    watch.issue(permits_of(await events_of_kinds(dsn, (EventKind.PERMIT_ISSUED, EventKind.PERMIT_ENDED))))


async def _follow_work(dsn: str, watch: Watch, clock: Callable[[], datetime]) -> None:
    """Let the watch know of work that is announced or ended, within a moment, for ever."""
    changed = asyncio.Event()
    with _running(tell_of_changes(dsn, changed, WORK_CHANNEL, at_first=True)):
        while True:
            await changed.wait()
            changed.clear()
            try:
                await _announce(watch, dsn, clock)
            except StoreError:
                # The connection that listens was lost, too; once it is made again this is told again.
                continue


def _to_all(listeners: list[TrapListener]) -> Callable[[Iterable[int]], None]:
    """Tell whoever listens by then what is stored."""

    def acknowledge(receipts: Iterable[int]) -> None:
        for listener in listeners:
            listener.acknowledge(receipts)

    return acknowledge


@contextlib.contextmanager
def _running(work: Coroutine[Any, Any, None]) -> Iterator[None]:
    """Have something run beside the rest, until the end."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()


async def _restore(watch: Watch, reader: Reader, dsn: str, clock: Callable[[], datetime]) -> None:
    _, states = await reader.states()
    outages = await reader.open_outages()
    signals: list[Signal] = []
    for outage in outages:
        for stored in await reader.device_events(outage.root_id):
            signal = signal_of(stored.event)
            if signal is not None:
                signals.append(signal)
    watch.restore(states, outages, signals)
    await _announce(watch, dsn, clock)


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
    view = StoreLiveView(load_inventory(inventory), load_profiles(inventory), await PgReader.open(dsn), clock)
    await view.start()
    try:
        yield view
    finally:
        await view.close()


@asynccontextmanager
async def past_of(dsn: str) -> AsyncIterator[PgPast]:
    """Give what a database remembers."""
    past = await PgPast.open(dsn)
    try:
        yield past
    finally:
        await past.close()
