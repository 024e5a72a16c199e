"""Profiles fitted to devices: rows that a device has, silence, devices that are walked a few at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gisops.config.credentials import Credential
from gisops.errors import SnmpError
from gisops.health.catalogue import shipped_profiles
from gisops.health.profile import Profile
from gisops.health.raw import Raw
from gisops.health.reading import Reading
from gisops.health.walk_file import read_walk
from gisops.service.fit import MOST_ROWS, Fit, fit_all, fit_one, is_outdated
from gisops.snmp.ports import Target

WALKS = Path(__file__).parents[1] / "data" / "walks"
PROFILES = shipped_profiles()
AXIS = read_walk(WALKS / "axis.walk").values
T0 = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)


class WalkedDevices:
    """A walker over devices that are written down; one without a walk is silent once it is let go."""

    def __init__(self, devices: dict[str, dict[str, Raw]]) -> None:
        self.devices = devices
        self.asked: list[tuple[str, str]] = []
        self.under_way = self.most_under_way = 0
        self.let_go = asyncio.Event()

    async def walk(self, target: Target, root: str, limit: int = 2000) -> tuple[tuple[str, Raw], ...]:
        self.asked.append((target.device_id, root))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(0)
            if target.device_id not in self.devices:
                await self.let_go.wait()
                raise SnmpError(target.address, "is silent", "see whether it is on")
            device = self.devices[target.device_id]
            return tuple((oid, value) for oid, value in device.items() if oid.startswith(f"{root}."))[:limit]
        finally:
            self.under_way -= 1


def target(name: str, profile: Profile) -> Target:
    return Target(name, "127.0.0.1", 161, Credential("c", "2c", "x"), profile.oids)


async def test_a_table_profile_asks_for_nothing_until_it_is_fitted() -> None:
    axis = PROFILES["axis"]
    assert axis.oids == ("1.3.6.1.2.1.1.3.0",)
    fit = await fit_one(target("C1", axis), axis, WalkedDevices({"C1": AXIS}))
    assert (fit.trouble, fit.is_complete) == ("", True)
    assert fit.target.oids == fit.profile.oids
    assert "1.3.6.1.4.1.368.4.1.3.1.4.2.1" in fit.target.oids
    assert "1.3.6.1.2.1.31.1.1.1.10.2" in fit.target.oids
    assert "1.3.6.1.2.1.31.1.1.1.10.1" not in fit.target.oids  # the loopback
    reading = fit.profile.read([AXIS.get(oid) for oid in fit.target.oids], T0, None)
    assert reading.metrics["temperature_c"] == 78.0


async def test_a_profile_without_tables_costs_no_packet() -> None:
    walker = WalkedDevices({})
    cabinet = PROFILES["cabinet"]
    fit = await fit_one(target("B1", cabinet), cabinet, walker)
    assert fit == Fit(target("B1", cabinet), cabinet)
    assert walker.asked == []


async def test_a_silent_device_keeps_the_fit_it_had() -> None:
    axis = PROFILES["axis"]
    walker = WalkedDevices({"C1": AXIS})
    known = await fit_one(target("C1", axis), axis, walker)
    walker.devices.clear()
    walker.let_go.set()
    later = await fit_one(known.target, known.profile, walker)
    assert (later.profile, later.target) == (known.profile, known.target)
    assert (later.is_complete, later.trouble) == (False, "1.3.6.1.4.1.368.4.1.3.1.4 was not read: is silent")


async def test_a_fitted_profile_is_fitted_again_where_rows_moved() -> None:
    axis = PROFILES["axis"]
    known = await fit_one(target("C1", axis), axis, WalkedDevices({"C1": AXIS}))
    moved = {oid.replace("368.4.1.3.1.4.2.1", "368.4.1.3.1.4.2.9"): value for oid, value in AXIS.items()}
    later = await fit_one(known.target, known.profile, WalkedDevices({"C1": moved}))
    assert "1.3.6.1.4.1.368.4.1.3.1.4.2.9" in later.target.oids
    assert "1.3.6.1.4.1.368.4.1.3.1.4.2.1" not in later.target.oids


async def test_silent_devices_hold_up_nobody_and_few_are_walked_at_once() -> None:
    axis = PROFILES["axis"]
    walker = WalkedDevices({f"C{n}": AXIS for n in range(40)})
    pairs = [(target(name, axis), axis) for name in ("S1", "S2", *walker.devices)]
    order: list[str] = []
    async for fit in fit_all(pairs, walker, at_once=5):
        order.append(fit.target.device_id)
        if len(order) == 40:
            walker.let_go.set()
    assert set(order[:40]) == set(walker.devices)
    assert sorted(order[40:]) == ["S1", "S2"]
    assert walker.most_under_way == 5


async def test_leaving_early_ends_what_is_under_way() -> None:
    axis = PROFILES["axis"]
    walker = WalkedDevices({"C1": AXIS})
    fits = fit_all([(target(name, axis), axis) for name in ("S1", "C1")], walker)
    assert (await anext(fits)).target.device_id == "C1"
    await fits.aclose()
    assert walker.under_way == 0


async def test_a_table_that_is_too_long_is_read_in_part_and_said_so() -> None:
    ports = range(1, MOST_ROWS + 6)
    device: dict[str, Raw] = {
        f"1.3.6.1.2.1.2.2.1.{column}.{n}": value for column, value in ((3, 6), (8, 1)) for n in ports
    }
    switch = PROFILES["if-mib"]
    fit = await fit_one(target("B1", switch), switch, WalkedDevices({"B1": device}))
    assert fit.trouble == "only the first 2,000 rows of 1.3.6.1.2.1.2.2.1.8, 1.3.6.1.2.1.2.2.1.3 are read"
    assert fit.is_complete


def test_a_restart_outdates_a_fit() -> None:
    before = Reading({}, {}, T0, uptime_ticks=100_000)
    after = replace(before, at=T0 + timedelta(seconds=30), uptime_ticks=103_000)
    assert not is_outdated(before, after)
    assert is_outdated(before, replace(after, uptime_ticks=500))
    assert not is_outdated(None, after)
    assert not is_outdated(before, replace(after, uptime_ticks=None))
