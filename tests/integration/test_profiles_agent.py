"""Shipped profiles on net-snmp's real agent: its walk as a file, and its tables fitted and read over the wire."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gisops.health.catalogue import shipped_profiles
from gisops.health.select import choose_profile
from gisops.health.trial import try_profile
from gisops.health.walk_file import read_walk
from gisops.model.event import Reachability
from gisops.service.fit import fit_one
from gisops.snmp.engine import SnmpEngine
from gisops.snmp.ports import Reply, Target
from tests.integration.agents import V2C, Snmpd, running_snmpd

pytestmark = pytest.mark.integration
PROFILES = shipped_profiles()
T0 = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    with running_snmpd(tmp_path_factory.mktemp("snmpd")) as running:
        yield running


@pytest.mark.parametrize("options", [["-On"], ["-On", "-m", ""], ["-OQn"], ["-One"], ["-Onx"]])
def test_what_snmpwalk_really_prints_is_read(agent: Snmpd, tmp_path: Path, options: list[str]) -> None:
    """The same values whichever way they are printed, and a profile that reads them."""
    walk = shutil.which("snmpbulkwalk")
    assert walk is not None
    command = [walk, "-v2c", "-c", V2C.community, *options, f"127.0.0.1:{agent.port}"]
    path = tmp_path / "agent.walk"
    parts = [subprocess.run([*command, root], capture_output=True, check=True).stdout for root in ("1.3.6.1.2.1",)]
    path.write_bytes(b"".join(parts))
    seen = read_walk(path)
    assert seen.values["1.3.6.1.2.1.1.6.0"] == b"Karachi"
    assert seen.sys_object_id == "1.3.6.1.4.1.8072.3.2.10"
    choice = choose_profile(seen.values, PROFILES)
    assert not choice.is_known  # net-snmp runs on everything
    trial = try_profile(PROFILES["host-resources"], [seen.values], T0)
    values = {line.name: line.value for line in trial.lines}
    assert 0 < (values["memory_used_pct"] or 0) <= 100
    assert (values["processes"] or 0) > 0


async def test_tables_of_a_real_agent_are_fitted_and_read(agent: Snmpd) -> None:
    engine = await SnmpEngine.open()
    replies: list[Reply] = []
    try:
        profile = PROFILES["host-resources"]
        fit = await fit_one(Target("d", "127.0.0.1", agent.port, V2C, profile.oids, 1.0, 1), profile, engine)
        assert (fit.trouble, fit.is_complete) == ("", True)
        await engine.poll([fit.target], replies.append)
    finally:
        await engine.close()
    (reply,) = replies
    assert reply.reachability is Reachability.ANSWERED, reply.detail
    reading = fit.profile.read(reply.values, datetime.now(UTC), None)
    assert 0 < (reading.metrics["memory_used_pct"] or 0) <= 100
    clock = reading.metrics["clock_ahead_s"]
    assert clock is not None
    assert abs(clock) < timedelta(seconds=60).total_seconds()
