"""Devices without SNMP are asked by RTSP and TCP, the others by SNMP, each once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import pytest

from gisops.config.credentials import Credential
from gisops.errors import ConfigError
from gisops.health.vitality import Sign
from gisops.model.event import Reachability
from gisops.probe.ports import Echo, ProbeResult, ProbeTarget
from gisops.service.asker import Asker
from gisops.service.hosts import Means, parse_means
from gisops.service.lifeline import Lifeline
from gisops.snmp.ports import Reply, Target


class FakePoller:
    async def poll(self, targets: Iterable[Target], on_reply: Callable[[Reply], None]) -> None:
        for target in targets:
            on_reply(Reply(target, Reachability.ANSWERED, (7,), 0.01))

    async def close(self) -> None:
        raise AssertionError("it belongs to somebody else")


class FakeProber:
    def __init__(self, **signs: Sign) -> None:
        self.signs = signs
        self.asked: list[ProbeTarget] = []
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def probe(self, targets: Iterable[ProbeTarget], on_result: Callable[[ProbeResult], None]) -> None:
        for target in targets:
            self.asked.append(target)
            await self.may_answer.wait()
            on_result(ProbeResult(target, {"rtsp": Echo(self.signs[target.device_id], 0.02)}))

    async def close(self) -> None:
        raise AssertionError("it belongs to somebody else")


def target(device_id: str) -> Target:
    return Target(device_id, "127.0.0.5", 161, Credential("x", "2c", "x"), (), timeout_s=0.4)


def host(device_id: str) -> ProbeTarget:
    return ProbeTarget(device_id, "127.0.0.5", icmp=False, rtsp_port=554, trace=True)


async def test_each_is_asked_once_by_its_own_means() -> None:
    prober = FakeProber(C2=Sign.ANSWERED, C3=Sign.SILENT, C4=Sign.NOT_ALLOWED)
    asker = Asker(FakePoller(), prober, {d: host(d) for d in ("C2", "C3", "C4")})
    replies: list[Reply] = []
    await asker.poll([target(d) for d in ("C1", "C2", "C3", "C4")], replies.append)
    await asker.close()
    assert {reply.target.device_id: (reply.reachability, reply.values, reply.rtt_s) for reply in replies} == {
        "C1": (Reachability.ANSWERED, (7,), 0.01),
        "C2": (Reachability.ANSWERED, (), 0.02),
        "C3": (Reachability.SILENT, (), None),
        "C4": (Reachability.REFUSED, (), None),
    }
    assert [(asked.trace, asked.timeout_s) for asked in prober.asked] == [(False, 0.4)] * 3


async def test_the_lifeline_asks_each_once_at_a_time() -> None:
    prober = FakeProber(C1=Sign.ANSWERED)
    prober.may_answer.clear()
    told: asyncio.Queue[str] = asyncio.Queue()
    lifeline = Lifeline(prober, {"C1": host("C1")}, lambda result: told.put_nowait(result.target.device_id))
    lifeline.ask({"C1", "C9"})
    lifeline.ask({"C1"})
    prober.may_answer.set()
    assert await told.get() == "C1"
    lifeline.ask({"C1"})
    assert await told.get() == "C1"
    await lifeline.close()
    assert len(prober.asked) == 2


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("icmp,rtsp:554", Means(True, 554, ())),
        ("rtsp,tcp:80,tcp:443", Means(False, 554, (80, 443))),
        ("none", Means(False, None, ())),
    ],
)
def test_means_are_read(text: str, means: Means) -> None:
    assert parse_means(text) == means


@pytest.mark.parametrize("text", ["", "ping", "tcp", "tcp:0", "rtsp:99999", "icmp:7"])
def test_what_is_no_means_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ConfigError, match="--probe"):
        parse_means(text)
