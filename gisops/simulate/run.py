"""The simulator as a program: the city lives, answers, sends traps and takes faults until it is stopped."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from gisops.config.credentials import Credential
from gisops.errors import ConfigError
from gisops.model.inventory import Inventory
from gisops.simulate.city import City
from gisops.simulate.control import serve_control
from gisops.simulate.faults import Fault, parse_fault
from gisops.simulate.fleet import Fleet
from gisops.simulate.rtsp import RtspPresence
from gisops.simulate.trackers import Feed, Trackers

__all__ = ["SimulationPlan", "simulate"]

TICK_S = 0.2


@dataclass(frozen=True, slots=True)
class SimulationPlan:
    """What to simulate: the city, its secrets, its faults, where its traps go.

    ``trap_port`` ``None`` sends no traps; ``seed`` makes chance repeatable; ``rtsp_port`` ``None``
    gives the devices no RTSP; ``positions`` ``None`` leaves the trackers silent.
    """

    inventory: Inventory
    credentials: Mapping[str, Credential]
    trap_port: int | None
    control: Path
    timeline: tuple[Fault, ...] = ()
    seed: int = 1
    rtsp_port: int | None = None
    positions: Feed | None = None


async def simulate(
    plan: SimulationPlan,
    clock: Callable[[], datetime],
    stop: asyncio.Event,
    on_ready: Callable[[Fleet, datetime], None],
) -> None:
    """Run until ``stop`` is set; ``on_ready`` gets the agents and the zero of the timeline once they answer."""
    start = clock()
    city = City(plan.inventory, start, random.Random(plan.seed))  # noqa: S311 - chance, not secrecy
    fleet = await Fleet.open(city, plan.credentials, plan.trap_port, clock)
    try:
        presence = await RtspPresence.open(city, plan.rtsp_port) if plan.rtsp_port is not None else None
    except ConfigError:
        fleet.close()
        raise
    trackers = Trackers(plan.inventory, plan.positions, clock, random.Random(plan.seed))  # noqa: S311 - as above

    def begin(fault: Fault, at: datetime) -> None:
        city.inject(fault, at)
        trackers.note(fault, at)

    for fault in plan.timeline:
        begin(fault, start + timedelta(seconds=fault.at_s))

    def take(table: Mapping[str, object]) -> None:
        fault = parse_fault("command", table, plan.inventory)
        begin(fault, clock() + timedelta(seconds=fault.at_s))
        fleet.live()

    server = await serve_control(plan.control, take)
    sending = asyncio.create_task(trackers.run(), name="trackers")
    try:
        on_ready(fleet, start)
        while not stop.is_set():
            fleet.live()
            try:
                async with asyncio.timeout(TICK_S):
                    await stop.wait()
            except TimeoutError:
                continue
    finally:
        sending.cancel()
        server.close()
        if presence is not None:
            await presence.close()
        fleet.close()
        plan.control.unlink(missing_ok=True)
