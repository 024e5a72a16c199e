"""Devices with tables are walked: soon, again while they are not read whole, and not for nothing."""

from __future__ import annotations

import asyncio

from gisops.config.credentials import Credential
from gisops.errors import SnmpError
from gisops.health.catalogue import shipped_profiles
from gisops.service.fit import Fit
from gisops.service.fitter import Fitter
from gisops.snmp.ports import Target, Value

SWITCH = shipped_profiles()["if-mib"]
CAMERA = shipped_profiles()["camera"]


def target(device_id: str, address: str = "127.0.0.5") -> Target:
    return Target(device_id, address, 161, Credential("x", "2c", "x"), ())


class FakeWalker:
    def __init__(self) -> None:
        self.silent: set[str] = set()
        self.walked: list[str] = []

    async def walk(self, target: Target, root: str, limit: int = 2000) -> tuple[tuple[str, Value], ...]:
        assert limit > 0
        self.walked.append(target.device_id)
        if target.device_id in self.silent:
            raise SnmpError(target.address, "silent", "see whether it is on")
        return ((f"{root}.1", 6), (f"{root}.2", 6))


async def test_a_switch_is_fitted_and_a_camera_without_tables_is_left_alone() -> None:
    walker, fits = FakeWalker(), asyncio.Queue[Fit]()
    fitter = Fitter(walker)
    running = asyncio.create_task(fitter.run(fits.put_nowait))
    fitter.want([(target("S1"), SWITCH), (target("C1"), CAMERA)])
    fit = await fits.get()
    assert (fit.target.device_id, fit.is_complete, fits.empty()) == ("S1", True, True)
    assert fit.target.oids == fit.profile.oids != ()
    assert set(walker.walked) == {"S1"}
    assert fitter.known(target("S1"), SWITCH) is fit
    assert fitter.known(target("S1", "127.0.0.6"), SWITCH) is None
    assert fitter.known(target("C1"), CAMERA) is None
    running.cancel()


async def test_a_silent_one_is_told_of_and_not_taken_for_known() -> None:
    walker, fits = FakeWalker(), asyncio.Queue[Fit]()
    walker.silent.add("S1")
    fitter = Fitter(walker)
    running = asyncio.create_task(fitter.run(fits.put_nowait))
    fitter.want([(target("S1"), SWITCH)])
    fit = await fits.get()
    assert (fit.is_complete, fitter.known(target("S1"), SWITCH)) == (False, None)
    walker.silent.clear()
    fitter.want([(target("S1"), SWITCH)])
    assert (await fits.get()).is_complete
    running.cancel()
