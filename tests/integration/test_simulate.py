"""The simulated agents asked by net-snmp's own tools, and by our engine; faults as they look from outside."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gisops.errors import ScenarioError
from gisops.health.catalogue import shipped_profiles
from gisops.model.event import Reachability
from gisops.model.inventory import Inventory
from gisops.service.collector import targets_of
from gisops.simulate.control import inject
from gisops.simulate.fleet import Fleet
from gisops.simulate.run import SimulationPlan, simulate
from gisops.snmp.engine import SnmpEngine
from gisops.snmp.ports import Reply, Trap
from gisops.snmp.traps import TrapListener
from tests.cities import small_city
from tests.integration.agents import V2C, V3, free_port

pytestmark = pytest.mark.integration
CREDENTIALS = {"street-v2c": V2C, "redzone-v3": V3}


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Running:
    inventory: Inventory
    control: Path
    fleet: Fleet
    traps: list[Trap] = field(default_factory=list)
    heard: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def ask(self, *ids: str) -> dict[str, Reply]:
        targets = targets_of(self.inventory, shipped_profiles(), CREDENTIALS, 0.5)
        engine = await SnmpEngine.open()
        replies: dict[str, Reply] = {}
        await engine.poll([targets[i] for i in ids], lambda r: replies.update({r.target.device_id: r}))
        await engine.close()
        return replies

    async def inject(self, **fault: object) -> None:
        await asyncio.to_thread(inject, self.control, fault)

    async def await_trap(self, oid: str) -> Trap:
        async with asyncio.timeout(10), self.heard:
            await self.heard.wait_for(lambda: any(trap.oid == oid for trap in self.traps))
        return next(trap for trap in self.traps if trap.oid == oid)


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[Running]:
    port = free_port()
    base = small_city()
    boxes = {k: dataclasses.replace(b, snmp_port=port) for k, b in base.boxes.items()}
    boxes["B2"] = dataclasses.replace(boxes["B2"], snmp_version="3", credential="redzone-v3")
    cameras = {k: dataclasses.replace(c, snmp_port=port) for k, c in base.cameras.items()}
    inventory = dataclasses.replace(base, boxes=boxes, cameras=cameras)
    running: Running

    def on_trap(trap: Trap) -> None:
        running.traps.append(trap)
        wakers.add(asyncio.create_task(wake()))

    async def wake() -> None:
        async with running.heard:
            running.heard.notify_all()

    wakers: set[asyncio.Task[None]] = set()
    listener = await TrapListener.open("127.0.0.1", 0, lambda _: True, on_trap, now)
    stop = asyncio.Event()
    ready: asyncio.Future[Fleet] = asyncio.get_running_loop().create_future()
    plan = SimulationPlan(inventory, CREDENTIALS, listener.port, tmp_path / "control")
    task = asyncio.create_task(simulate(plan, now, stop, lambda fleet, _: ready.set_result(fleet)))
    running = Running(inventory, plan.control, await ready)
    yield running
    stop.set()
    await task
    await listener.close()
    await asyncio.gather(*wakers)


async def net_snmp(tool: str, city: Running, device: str, *arguments: str) -> list[str]:
    record = city.inventory.devices[device]
    version = ["-v2c", "-c", V2C.community]
    if record.snmp_version == "3":
        version = ["-v3", "-l", "authPriv", "-u", V3.user, "-a", "SHA-256", "-A", V3.auth_password]
        version += ["-x", "AES", "-X", V3.privacy_password]
    process = await asyncio.create_subprocess_exec(
        tool,
        *version,
        "-On",
        "-t",
        "2",
        "-r",
        "0",
        f"{record.address}:{record.snmp_port}",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    return out.decode().splitlines()


@pytest.mark.parametrize("device", ["B1", "B2"], ids=["v2c", "v3"])
async def test_net_snmp_reads_each_box_at_its_own_address(city: Running, device: str) -> None:
    (name,) = await net_snmp("snmpget", city, device, "1.3.6.1.2.1.1.5.0")
    assert name == f'.1.3.6.1.2.1.1.5.0 = STRING: "{device}"'


@pytest.mark.parametrize("tool", ["snmpwalk", "snmpbulkwalk"])
async def test_a_walk_is_complete_and_in_order(city: Running, tool: str) -> None:
    lines = await net_snmp(tool, city, "B2", "1.3.6.1.2.1")
    oids = [tuple(map(int, line.split(" ")[0].strip(".").split("."))) for line in lines if "No more" not in line]
    assert oids == sorted(set(oids))
    # 7 system, 18 UPS, ifNumber, 4 ports x 9 columns, 6 sensors x 6 columns.
    assert len(oids) == 7 + 18 + 1 + 36 + 36


async def test_our_engine_reads_every_metric_of_the_profiles(city: Running) -> None:
    replies = await city.ask("B1", "B2", "C1-1")
    assert {r.reachability for r in replies.values()} == {Reachability.ANSWERED}
    cabinet = shipped_profiles()["cabinet"].read(replies["B2"].values, now(), None).metrics
    # The boxes of the small city have no panel: its object is missing, not zero.
    assert [name for name, value in cabinet.items() if value is None] == ["solar_power_w"]
    assert (cabinet["door_open"], cabinet["tilt_deg"], cabinet["input_voltage_v"]) == (0.0, 0.6, 226.0)


async def test_a_theft_tells_first_and_is_silent_then(city: Running) -> None:
    await city.inject(fault="theft", target="B2", approach_s=0.5)
    door = await city.await_trap("1.3.6.1.4.1.32473.1.0.1")
    assert (door.source, door.values) == ("127.16.0.2", (("1.3.6.1.2.1.99.1.1.1.4.2", 1),))
    await city.await_trap("1.3.6.1.4.1.32473.1.0.2")
    async with asyncio.timeout(5):
        while (await city.ask("B2"))["B2"].reachability is not Reachability.SILENT:
            pass
    replies = await city.ask("C2-1", "B1")
    assert [replies[d].reachability for d in ("C2-1", "B1")] == [Reachability.SILENT, Reachability.ANSWERED]


async def test_a_cut_spur_is_silent_beyond_and_the_port_before_it_loses_light(city: Running) -> None:
    await city.inject(fault="fibre_cut", target="S5")
    replies = await city.ask("B3", "B4", "B5", "C5-1")
    silent = [d for d, r in replies.items() if r.reachability is Reachability.SILENT]
    assert sorted(silent) == ["B4", "B5", "C5-1"]
    assert shipped_profiles()["cabinet"].read(replies["B3"].values, now(), None).metrics["uplink_b_oper"] == 0.0


async def test_a_power_cut_puts_the_feeder_on_battery(city: Running) -> None:
    await city.inject(fault="power_cut", target="feeder_of:B1")
    assert (await city.await_trap("1.3.6.1.2.1.33.2.1")).source in ("127.16.0.1", "127.16.0.2")
    replies = await city.ask("B1", "B3")
    volts = [
        shipped_profiles()["cabinet"].read(replies[d].values, now(), None).metrics["input_voltage_v"]
        for d in ("B1", "B3")
    ]
    assert volts == [0.0, 226.0]


async def test_garbage_changes_nothing_and_a_wrong_fault_is_refused_with_a_hint(city: Running) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as liar:
        for rubbish in (b"", b"\x30", bytes(500)):
            liar.sendto(rubbish, ("127.16.0.1", city.inventory.boxes["B1"].snmp_port))
    assert (await city.ask("B1"))["B1"].reachability is Reachability.ANSWERED
    assert city.fleet.garbage == 3
    with pytest.raises(ScenarioError, match=r"unknown fault 'thefd': did you mean theft\?"):
        await city.inject(fault="thefd", target="B1")
