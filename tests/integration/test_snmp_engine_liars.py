"""The engine among agents that lie: only the answer to the question, from whom was asked, counts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Protocol

import pytest

from gisops.config.credentials import Credential
from gisops.errors import SnmpError
from gisops.model.event import Reachability
from gisops.snmp.engine import Limits, SnmpEngine
from gisops.snmp.ports import Reply, Target
from gisops.wire.message import V2C, Message, decode_message, encode_message
from gisops.wire.pdu import Pdu, PduType, Tag, VarBind

pytestmark = pytest.mark.integration
OIDS = ("1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.5.0")
WHO = Credential("c", "2c", community="for-tests-only")


def response(asked: Message, *values: tuple[int, int | bytes]) -> Message:
    assert isinstance(asked.pdu, Pdu)
    binds = tuple(VarBind(b.oid, tag, v) for b, (tag, v) in zip(asked.pdu.varbinds, values, strict=True))
    return Message(V2C, asked.community, Pdu(PduType.RESPONSE, asked.pdu.request_id, 0, 0, binds))


def truth(asked: Message, ticks: int = 7) -> Message:
    return response(asked, (Tag.TIMETICKS, ticks), (Tag.OCTET_STRING, b"box"))


class Agent(asyncio.DatagramProtocol):
    """Answers as ``say`` says, and counts how many questions are open at once."""

    def __init__(self, say: Callable[[Message], list[bytes]], delay_s: float = 0.0) -> None:
        self.say = say
        self.delay_s = delay_s
        self.open = self.most = self.heard = 0
        self.port = 0
        self.transport: asyncio.DatagramTransport | None = None

    async def start(self, address: str = "127.0.0.1") -> Agent:
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(address, 0))
        self.port = self.transport.get_extra_info("sockname")[1]
        return self

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard += 1
        self.open += 1
        self.most = max(self.most, self.open)
        asyncio.get_running_loop().call_later(self.delay_s, self.answer, decode_message(data), addr)

    def answer(self, asked: Message, addr: tuple[str, int]) -> None:
        self.open -= 1
        for data in self.say(asked):
            if self.transport is not None:
                self.transport.sendto(data, addr)


@pytest.fixture
async def engine() -> AsyncIterator[SnmpEngine]:
    opened = await SnmpEngine.open(limits=Limits(per_uplink=2))
    yield opened
    await opened.close()


class Start(Protocol):
    """Starts an agent that ends with the test."""

    async def __call__(
        self, say: Callable[[Message], list[bytes]], delay_s: float = 0.0, address: str = "127.0.0.1"
    ) -> Agent: ...


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    started: list[Agent] = []

    async def begin(say: Callable[[Message], list[bytes]], delay_s: float = 0.0, address: str = "127.0.0.1") -> Agent:
        started.append(await Agent(say, delay_s).start(address))
        return started[-1]

    yield begin
    for agent in started:
        if agent.transport is not None:
            agent.transport.close()
    await asyncio.sleep(0)


def target(agent: Agent, name: str = "d", **changes: object) -> Target:
    return replace(Target(name, "127.0.0.1", agent.port, WHO, OIDS, 0.2, 0), **changes)  # type: ignore[arg-type]


async def ask(engine: SnmpEngine, *targets: Target) -> list[Reply]:
    replies: list[Reply] = []
    await engine.poll(targets, replies.append)
    return replies


def with_pdu(message: Message, **changes: object) -> bytes:
    assert isinstance(message.pdu, Pdu)
    return encode_message(replace(message, pdu=replace(message.pdu, **changes)))  # type: ignore[arg-type]


def other_object(message: Message) -> bytes:
    assert isinstance(message.pdu, Pdu)
    first, second = message.pdu.varbinds
    return with_pdu(message, varbinds=(first, replace(second, oid="1.3.6.1.2.1.1.6.0")))


LIES: dict[str, Callable[[Message], bytes]] = {
    "community": lambda m: encode_message(replace(m, community=b"for-tests-onlx")),
    "request id": lambda m: with_pdu(m, request_id=m.pdu.request_id + 1),  # type: ignore[union-attr]
    "object": other_object,
    "cut short": lambda m: encode_message(m)[:-3],
    "a byte more": lambda m: encode_message(m) + b"\x00",
    "a question": lambda m: with_pdu(m, type=PduType.GET),
    "wrong length inside": lambda m: encode_message(m)[:1] + b"\x7f" + encode_message(m)[2:],
}


@pytest.mark.parametrize("lie", LIES)
@pytest.mark.parametrize("is_known", [False, True], ids=["first answer", "form of the answer known"])
async def test_a_lie_is_not_an_answer_and_the_truth_after_it_is(
    engine: SnmpEngine, start: Start, lie: str, is_known: bool
) -> None:
    liar = await start(lambda m: [encode_message(truth(m))])
    if is_known:
        await ask(engine, target(liar))
    liar.say = lambda m: [LIES[lie](truth(m))]
    (reply,) = await ask(engine, target(liar))
    assert (reply.reachability, reply.values) == (Reachability.SILENT, ())
    liar.say = lambda m: [LIES[lie](truth(m, 8)), encode_message(truth(m, 9)), encode_message(truth(m, 10))]
    (reply,) = await ask(engine, target(liar))
    assert reply.values == (9, b"box")


async def test_an_answer_from_elsewhere_is_not_believed(engine: SnmpEngine, start: Start) -> None:
    elsewhere = await start(lambda _: [], address="127.0.0.2")

    def through_another(asked: Message) -> list[bytes]:
        if elsewhere.transport is not None:
            elsewhere.transport.sendto(encode_message(truth(asked)), engine.address)
        return []

    agent = await start(through_another)
    (reply,) = await ask(engine, target(agent))
    assert (reply.reachability, engine.stats.strays) == (Reachability.SILENT, 1)
    # Nor from a device that is itself asked.
    elsewhere.port = elsewhere.transport.get_extra_info("sockname")[1] if elsewhere.transport else 0
    replies = await ask(engine, target(agent), target(elsewhere, "e", address="127.0.0.2"))
    assert {reply.reachability for reply in replies} == {Reachability.SILENT}


async def test_values_of_any_length_are_read_poll_after_poll(engine: SnmpEngine, start: Start) -> None:
    said: list[tuple[int, bytes]] = [(2**n, b"x" * (n * 7 % 150)) for n in range(0, 32, 3)] * 2
    waiting = iter(said)

    def say(asked: Message) -> list[bytes]:
        ticks, text = next(waiting)
        return [encode_message(response(asked, (Tag.TIMETICKS, ticks), (Tag.OCTET_STRING, text)))]

    agent = await start(say)
    heard = [(await ask(engine, target(agent)))[0].values for _ in said]
    assert heard == said
    assert engine.stats.general == 0


async def test_octets_that_mean_nothing_cost_nobody_else_an_answer(engine: SnmpEngine, start: Start) -> None:
    good = await start(lambda m: [encode_message(truth(m))])
    bad = await start(lambda m: [encode_message(response(m, (Tag.TIMETICKS, 1), (Tag.OBJECT_ID, "1.3.5")))])  # type: ignore[arg-type]
    assert (await ask(engine, target(bad)))[0].values == (1, "1.3.5")

    def endless(asked: Message) -> list[bytes]:
        data = encode_message(response(asked, (Tag.TIMETICKS, 1), (Tag.OBJECT_ID, "1.3.5")))  # type: ignore[arg-type]
        return [data[:-1] + b"\x85"]  # the last number of the identifier never ends

    bad.say = endless
    replies = {
        r.target.device_id: r.reachability for r in await ask(engine, target(bad, "bad"), target(good, "good"))
    }
    assert replies == {"bad": Reachability.SILENT, "good": Reachability.ANSWERED}
    assert engine.stats.garbage == 1


async def test_an_uplink_carries_no_more_than_its_cap(engine: SnmpEngine, start: Start) -> None:
    agent = await start(lambda m: [encode_message(truth(m))], delay_s=0.01)
    behind_one = [target(agent, f"d{n}", uplink="box") for n in range(9)]
    replies = await ask(engine, *behind_one)
    assert {reply.reachability for reply in replies} == {Reachability.ANSWERED}
    assert (agent.most, agent.heard) == (2, 9)
    agent.most = 0
    await ask(engine, *(replace(t, uplink="") for t in behind_one))
    assert agent.most == 9


async def test_an_agent_that_cannot_fit_an_answer_is_asked_in_parts(engine: SnmpEngine, start: Start) -> None:
    def say(asked: Message) -> list[bytes]:
        assert isinstance(asked.pdu, Pdu)
        if len(asked.pdu.varbinds) > 1:
            return [encode_message(replace(asked, pdu=replace(asked.pdu, type=PduType.RESPONSE, error_status=1)))]
        return [encode_message(response(asked, (Tag.OCTET_STRING, asked.pdu.varbinds[0].oid.encode())))]

    agent = await start(say)
    (reply,) = await ask(engine, target(agent))
    assert reply.values == tuple(oid.encode() for oid in OIDS)


async def test_a_walk_of_a_silent_device_fails_with_its_place(engine: SnmpEngine, start: Start) -> None:
    agent = await start(lambda _: [])
    with pytest.raises(SnmpError, match=f"127.0.0.1:{agent.port}: does not answer"):
        await engine.walk(target(agent, timeout_s=0.05), "1.3.6.1.2.1.2")


async def test_closing_reports_what_is_under_way_as_silent(start: Start) -> None:
    engine = await SnmpEngine.open()
    agent = await start(lambda _: [])
    replies: list[Reply] = []
    asking = asyncio.create_task(engine.poll([target(agent, timeout_s=30.0)], replies.append))
    await asyncio.sleep(0)
    await engine.close()
    await asking
    assert [reply.reachability for reply in replies] == [Reachability.SILENT]


async def test_who_was_silent_is_asked_first_and_delays_nobody(engine: SnmpEngine, start: Start) -> None:
    silent = await start(lambda _: [])
    good = await start(lambda m: [encode_message(truth(m))])
    heard: list[str] = []
    silent.say = lambda _: heard.append("silent") or []  # type: ignore[func-returns-value]
    good.say = lambda m: heard.append("good") or [encode_message(truth(m))]  # type: ignore[func-returns-value]
    targets = [target(good, "good"), target(silent, "silent")]
    for expected in (["good", "silent"], ["silent", "good"]):
        heard.clear()
        assert [reply.target.device_id for reply in await ask(engine, *targets)] == ["good", "silent"]
        assert heard == expected


async def test_nobody_is_called_silent_while_answers_are_unread(engine: SnmpEngine, start: Start) -> None:
    """More answers than one look takes in wait while the whole process stands still for longer than the timeout."""
    asked: list[Message] = []

    def all_at_once(question: Message) -> list[bytes]:
        asked.append(question)
        if len(asked) < 600:
            return []
        asyncio.get_running_loop().call_soon(time.sleep, 0.7)
        return [encode_message(truth(each)) for each in asked]

    agent = await start(all_at_once)
    replies = await ask(engine, *(target(agent, f"d{n}", timeout_s=0.5) for n in range(600)))
    assert {reply.reachability for reply in replies} == {Reachability.ANSWERED}
