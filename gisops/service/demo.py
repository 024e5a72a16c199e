"""The whole system on one machine: database, simulated city, collector and page, started and ended as one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gisops.geo.measure import geodesic_length_m
from gisops.inventory.load import load_inventory
from gisops.model.event import EventKind
from gisops.model.inventory import Inventory
from gisops.model.outage import Cause, Outage
from gisops.service.demo_credentials import ensure_credentials, ensure_trackers
from gisops.service.programs import Program, Programs
from gisops.simulate.faults import Fault, read_timeline
from gisops.simulate.rtsp import RTSP_PORT
from gisops.store.embedded import EmbeddedPostgres, RunLock
from gisops.store.migrate import migrate
from gisops.store.reader import PgReader

__all__ = ["Demo", "DemoPlan", "running_demo", "watch_headless"]

_READY_S = 60.0


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """What to run and where.

    ``dsn`` ``None`` uses the embedded database; ``timeline`` ``None`` plays no
    faults; ``page_port`` ``None`` shows no page; ``has_traps`` whether the city
    sends traps; ``positions_port`` ``None`` leaves the boxes' trackers silent.
    """

    inventory: Path
    run_dir: Path
    timeline: Path | None
    interval_s: float = 30.0
    page_port: int | None = 8050
    trap_port: int = 16162
    has_traps: bool = True
    dsn: str | None = None
    positions_port: int | None = None


@dataclass(frozen=True, slots=True)
class Demo:
    """A running system."""

    plan: DemoPlan
    inventory: Inventory
    dsn: str
    programs: Programs
    simulator: Program
    collector: Program
    started_at: datetime
    """The simulation's zero, from which the timeline counts."""

    @property
    def control(self) -> Path:
        """The socket that takes faults."""
        return self.plan.run_dir / "control.sock"


@contextmanager
def running_demo(plan: DemoPlan, say: Callable[[str], None]) -> Iterator[Demo]:
    """Run the whole system for the length of a ``with`` block.

    Parameters
    ----------
    plan
        What to run.
    say
        Told of each step in words.

    Raises
    ------
    GisopsError
        Where any part cannot be started; what was started is ended again.
    """
    inventory = load_inventory(plan.inventory)
    if plan.timeline is not None:
        read_timeline(plan.timeline, inventory)  # said here, before anything is started
    with contextlib.ExitStack() as stack:
        stack.enter_context(RunLock(plan.run_dir))
        ensure_credentials(plan.run_dir / "credentials.toml", inventory)
        dsn = plan.dsn
        if dsn is None:
            say("starting the database")
            server = EmbeddedPostgres(plan.run_dir)
            dsn = server.start()
            stack.callback(server.stop)
        migrate(dsn)
        environ = {**os.environ, "GISOPS_DSN": dsn}
        programs = stack.enter_context(Programs(plan.run_dir / "log", environ))
        say(f"starting {len(inventory.devices):,} simulated devices, the collector and the page")
        common = ["--inventory", str(plan.inventory), "--run", str(plan.run_dir)]
        tracking: list[str] = []
        positions = None
        if plan.positions_port is not None:
            token, port = ensure_trackers(plan.run_dir), f"{plan.positions_port}"
            positions = programs.start("positions", ["positions", *common, "--port", port])
            tracking = ["--positions-port", port, "--positions-token", f"file:{token}"]
        simulator = programs.start("simulate", ["simulate", *common, *_simulator_arguments(plan), *tracking])
        collector = programs.start(
            "poll",
            [
                "poll",
                *common,
                "--interval",
                f"{plan.interval_s}",
                "--trap-port",
                f"{plan.trap_port}",
                "--probe",
                f"rtsp:{RTSP_PORT}",
            ],
        )
        page = None
        if plan.page_port is not None:
            page = programs.start("serve", ["serve", *common, "--port", f"{plan.page_port}"])
        said = programs.await_ready(simulator, _READY_S)
        for program in (collector, positions, page):
            if program is not None:
                programs.await_ready(program, _READY_S)
        started_at = datetime.fromisoformat(said["started_at"])
        yield Demo(plan, inventory, dsn, programs, simulator, collector, started_at)


def _simulator_arguments(plan: DemoPlan) -> list[str]:
    arguments = ["--trap-port", f"{plan.trap_port}"]
    if plan.timeline is not None:
        arguments += ["--timeline", str(plan.timeline)]
    if not plan.has_traps:
        arguments.append("--no-traps")
    return arguments


def watch_headless(demo: Demo, seconds: float, pause: Callable[[float], None]) -> dict[str, Any]:
    """Let a demo run, end its collector, and say what the system saw.

    Parameters
    ----------
    demo
        Running.
    seconds
        How long to watch.
    pause
        Waits so many seconds.

    Returns
    -------
    dict
        Counts of what stands in the city, what was polled and answered, the
        states, and for the first theft of the timeline how long it took to detect.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        demo.programs.check()
        pause(min(0.5, max(0.0, until - time.monotonic())))
    tally = demo.programs.stop(demo.collector)
    return {**_city_counts(demo.inventory), **asyncio.run(_seen(demo)), **_tally_counts(tally)}


def _city_counts(inventory: Inventory) -> dict[str, Any]:
    metres = sum(geodesic_length_m(span.geometry) for span in inventory.spans.values())
    return {
        "inventory": inventory.settings.name,
        "demo": inventory.settings.demo,
        "sites": len(inventory.sites),
        "boxes": len(inventory.boxes),
        "cameras": len(inventory.cameras),
        "stations": len(inventory.stations),
        "fibre_km": round(metres / 1000, 2),
        "devices": len(inventory.devices),
    }


def _tally_counts(tally: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("polls", "answers", "silences", "refusals", "traps", "state_changes", "samples_dropped")
    return {key: tally.get(key) for key in keys}


async def _seen(demo: Demo) -> dict[str, Any]:
    reader = await PgReader.open(demo.dsn)
    try:
        _, rows = await reader.states()
        outages = await reader.open_outages()
        states: dict[str, int] = {}
        for row in rows:
            states[str(row.state)] = states.get(str(row.state), 0) + 1
        return {
            "devices_polled": sum(row.seen_at is not None and row.seen_at >= demo.started_at for row in rows),
            "states": dict(sorted(states.items())),
            "outages": [
                {"root": o.root_id, "cause": str(o.likeliest), "members": len(o.member_ids)} for o in outages
            ],
            "theft": await _theft(demo, reader, outages),
        }
    finally:
        await reader.close()


async def _theft(demo: Demo, reader: PgReader, outages: list[Outage]) -> dict[str, Any] | None:
    """Say when the timeline's first theft began and when it was known for what it was."""
    fault = _first_theft(demo)
    if fault is None:
        return None
    began = demo.started_at + timedelta(seconds=fault.at_s)
    gone = began + timedelta(seconds=fault.approach_s)
    outage = next((o for o in outages if o.root_id == fault.target), None)
    warned = await _first_warning(reader, fault.target, began)
    called = await _called_theft(reader, outage.id, gone) if outage else None
    return {
        "box": fault.target,
        "began_at": began.isoformat(),
        "warned_after_s": round((warned - began).total_seconds(), 2) if warned else None,
        "detected": bool(outage and outage.likeliest is Cause.THEFT),
        "probability": round(outage.causes.get(Cause.THEFT, 0.0), 4) if outage else None,
        "detected_after_s": round((called - gone).total_seconds(), 2) if called else None,
        "cameras_inside": max(0, len(outage.member_ids) - 1) if outage else 0,
    }


def _first_theft(demo: Demo) -> Fault | None:
    if demo.plan.timeline is None:
        return None
    faults = read_timeline(demo.plan.timeline, demo.inventory)
    return next((fault for fault in faults if fault.kind == "theft"), None)


async def _first_warning(reader: PgReader, box_id: str, began: datetime) -> datetime | None:
    events = [s.event for s in await reader.device_events(box_id) if s.event.kind is EventKind.STATE_CHANGED]
    times = [event.recorded_at for event in events if event.recorded_at >= began]
    return min(times, default=None)


async def _called_theft(reader: PgReader, outage_id: str, gone: datetime) -> datetime | None:
    """Give when an outage was first called a theft, once the box was gone."""
    events = [s.event for s in await reader.device_events(outage_id)]
    called = (e.recorded_at for e in events if e.payload.get("cause") == Cause.THEFT and e.payload["members"])
    return min((at for at in called if at >= gone), default=None)
