"""The polling engine against net-snmp's real agent: v2c, v3, and everything a liar could send."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from gisops.model.event import Reachability
from gisops.snmp.engine import SnmpEngine
from gisops.snmp.ports import Reply, Target
from gisops.wire.v3 import parse_v3
from tests.integration.agents import V2C, V3, Relay, Snmpd, free_port, running_snmpd

pytestmark = pytest.mark.integration
UPTIME, LOCATION, NOTHING = "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.6.0", "1.3.6.1.2.1.33.1.2.1.0"
OIDS = (UPTIME, LOCATION, NOTHING)


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    with running_snmpd(tmp_path_factory.mktemp("snmpd")) as running:
        yield running


@pytest.fixture
async def engine() -> AsyncIterator[SnmpEngine]:
    opened = await SnmpEngine.open()
    yield opened
    await opened.close()


def target(port: int, version: str = "3", **changes: object) -> Target:
    credential = V3 if version == "3" else V2C
    return replace(Target("d", "127.0.0.1", port, credential, OIDS, 0.5, 0), **changes)  # type: ignore[arg-type]


async def ask(engine: SnmpEngine, *targets: Target) -> list[Reply]:
    replies: list[Reply] = []
    await engine.poll(targets, replies.append)
    return replies


@pytest.mark.parametrize("version", ["2c", "3"])
async def test_reads_a_real_agent(agent: Snmpd, engine: SnmpEngine, version: str) -> None:
    for _ in range(2):
        (reply,) = await ask(engine, target(agent.port, version))
        assert reply.reachability is Reachability.ANSWERED, reply.detail
        assert isinstance(reply.values[0], int)
        assert reply.values[1:] == (b"Karachi", None)
        assert reply.rtt_s is not None
        assert 0 < reply.rtt_s < 0.5


async def test_silent_targets_do_not_hold_up_the_others(agent: Snmpd, engine: SnmpEngine) -> None:
    silent = [target(free_port(), timeout_s=0.3, device_id=f"s{n}") for n in range(50)]
    order = [r.target.device_id for r in await ask(engine, *silent, target(agent.port))]
    assert order[0] == "d"
    assert len(order) == 51


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"auth_password": "another-password"}, "wrong digest: check the passwords"),
        ({"user": "nobody"}, "unknown user"),
    ],
)
async def test_a_wrong_credential_is_refused_with_its_reason(
    agent: Snmpd, engine: SnmpEngine, change: dict[str, str], detail: str
) -> None:
    (reply,) = await ask(engine, target(agent.port, credential=replace(V3, **change)))
    assert (reply.reachability, reply.detail, reply.values) == (Reachability.REFUSED, detail, ())


async def test_an_agent_that_restarts_is_read_in_the_next_poll(agent: Snmpd, engine: SnmpEngine) -> None:
    await ask(engine, target(agent.port))
    agent.restart()
    (reply,) = await ask(engine, target(agent.port))
    assert reply.reachability is Reachability.ANSWERED


def flip(at: int) -> object:
    def tamper(data: bytes) -> list[bytes]:
        envelope = parse_v3(data)
        if not envelope.found_digest:
            return [data]
        place = envelope.digest_at if at == 0 else len(data) + at
        altered = bytearray(data)
        altered[place] ^= 1
        return [bytes(altered)]

    return tamper


@pytest.mark.parametrize("at", [0, -1], ids=["digest", "ciphertext"])
async def test_an_altered_reply_is_not_believed(agent: Snmpd, engine: SnmpEngine, at: int) -> None:
    relay, port = await Relay.open(("127.0.0.1", agent.port), flip(at))  # type: ignore[arg-type]
    (reply,) = await ask(engine, target(port))
    relay.close()
    assert reply.reachability is Reachability.SILENT
    assert engine.stats.forged == 1


async def test_a_replayed_reply_is_not_believed(agent: Snmpd, engine: SnmpEngine) -> None:
    heard: list[bytes] = []

    def replay(data: bytes) -> list[bytes]:
        if parse_v3(data).found_digest:
            heard.append(data)
        return [heard[0]] if heard else [data]

    relay, port = await Relay.open(("127.0.0.1", agent.port), replay)
    (first,) = await ask(engine, target(port))
    (second,) = await ask(engine, target(port))
    relay.close()
    assert first.reachability is Reachability.ANSWERED
    assert second.reachability is Reachability.SILENT


async def test_garbage_and_strays_change_nothing(agent: Snmpd, engine: SnmpEngine) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as liar:
        for rubbish in (b"", b"\x30\x82", b"hello", bytes(1400)):
            liar.sendto(rubbish, engine.address)
        (reply,) = await ask(engine, target(agent.port, "2c"))
    assert reply.reachability is Reachability.ANSWERED
    assert engine.stats.garbage == 4


async def test_a_community_it_does_not_know_is_silence(agent: Snmpd, engine: SnmpEngine) -> None:
    (reply,) = await ask(engine, target(agent.port, "2c", credential=replace(V2C, community="other")))
    assert reply.reachability is Reachability.SILENT


@pytest.mark.parametrize("version", ["2c", "3"])
async def test_walks_a_real_agent(agent: Snmpd, engine: SnmpEngine, version: str) -> None:
    system = await engine.walk(target(agent.port, version), "1.3.6.1.2.1.1")
    assert dict(system)[LOCATION] == b"Karachi"
    assert all(oid.startswith("1.3.6.1.2.1.1.") for oid, _ in system)
    few = await engine.walk(target(agent.port, version), "1.3.6.1.2.1.1", limit=3)
    assert [oid for oid, _ in few] == [oid for oid, _ in system[:3]]  # the uptime goes on
    assert await engine.walk(target(agent.port, version), "1.3.6.1.2.1.33") == ()
