"""Version 3 against a real snmpd behind a relay that lies: never data, never a lasting effect.

The relay knows the password where a test says so: what it signs carries a right digest,
so that only the rule under test can refuse it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace

import pytest

from gisops.model.event import Reachability
from gisops.snmp.engine import SnmpEngine
from gisops.snmp.ports import Reply, Target
from gisops.wire.pdu import Pdu, PduType, Tag, VarBind
from gisops.wire.usm import user_keys
from gisops.wire.v3 import FLAG_AUTH, Envelope, encode_v3, open_v3, parse_v3
from tests.integration.agents import V3, Relay, Snmpd, running_snmpd

pytestmark = pytest.mark.integration
LOCATION = "1.3.6.1.2.1.1.6.0"
OTHER_ENGINE = bytes.fromhex("80001f8880aaaaaaaaaaaaaaaa00000000")
Tamper = Callable[[bytes], list[bytes]]


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    with running_snmpd(tmp_path_factory.mktemp("snmpd")) as running:
        yield running


@pytest.fixture
async def engine() -> AsyncIterator[SnmpEngine]:
    opened = await SnmpEngine.open()
    yield opened
    await opened.close()


@pytest.fixture
async def relay(agent: Snmpd) -> AsyncIterator[tuple[Relay, int]]:
    opened, port = await Relay.open(("127.0.0.1", agent.port), honest)
    yield opened, port
    opened.close()


def honest(data: bytes) -> list[bytes]:
    return [data]


async def ask(engine: SnmpEngine, port: int) -> Reply:
    replies: list[Reply] = []
    await engine.poll([Target("d", "127.0.0.1", port, V3, (LOCATION,), 0.25, 0)], replies.append)
    (reply,) = replies
    return reply


class Liar:
    """Changes authenticated answers, lets reports pass, and counts the lies it told."""

    def __init__(self, change: Callable[[bytes, Envelope], list[bytes]]) -> None:
        self._change = change
        self.told = 0

    def __call__(self, data: bytes) -> list[bytes]:
        envelope = parse_v3(data)
        if not envelope.found_digest:
            return [data]
        lies = self._change(data, envelope)
        self.told += len([lie for lie in lies if lie != data])
        return lies


def flipped(data: bytes, at: int) -> bytes:
    altered = bytearray(data)
    altered[at] ^= 0x01
    return bytes(altered)


def signed(data: bytes, **changes: object) -> bytes:
    """Change an answer and sign it again, as one who holds the password could."""
    envelope = parse_v3(data)
    _, pdu = open_v3(envelope, user_keys(V3, envelope.engine_id))
    fresh = replace(envelope, **changes)  # type: ignore[arg-type]
    return encode_v3(fresh, pdu, user_keys(V3, fresh.engine_id), fresh.engine_id)


def unsigned(data: bytes) -> bytes:
    envelope = parse_v3(data)
    _, pdu = open_v3(envelope, user_keys(V3, envelope.engine_id))
    lie = replace(pdu, varbinds=(VarBind(LOCATION, Tag.OCTET_STRING, b"a lie"),))
    return encode_v3(replace(envelope, flags=0, salt=b""), lie, None, envelope.engine_id)


def only_signed(data: bytes) -> bytes:
    return signed(data, flags=FLAG_AUTH, salt=b"")


def engine_id_at(data: bytes) -> int:
    return data.index(parse_v3(data).engine_id)


LIES: dict[str, Callable[[bytes, Envelope], list[bytes]]] = {
    "first ciphertext byte": lambda data, e: [flipped(data, len(data) - len(e.body) + 4)],
    "last ciphertext byte": lambda data, _: [flipped(data, len(data) - 1)],
    "first digest byte": lambda data, e: [flipped(data, e.digest_at)],
    "last digest byte": lambda data, e: [flipped(data, e.digest_at + len(e.found_digest) - 1)],
    "digest of zeros": lambda data, e: [data.replace(e.found_digest, bytes(len(e.found_digest)))],
    "privacy parameters": lambda data, e: [flipped(data, data.index(e.salt))],
    "engine id, altered": lambda data, _: [flipped(data, engine_id_at(data) + 6)],
    "engine id, of another engine and signed": lambda data, _: [signed(data, engine_id=OTHER_ENGINE)],
    "user, of another and signed": lambda data, _: [signed(data, user=b"nobody")],
    "boots, one less and signed": lambda data, e: [signed(data, boots=e.boots - 1)],
    "boots, last of all and signed": lambda data, _: [signed(data, boots=2**31 - 1)],
    "not signed": lambda data, _: [unsigned(data)],
    "not encrypted": lambda data, _: [only_signed(data)],
    "another message id and signed": lambda data, e: [signed(data, msg_id=e.msg_id ^ 1)],
    "cut short": lambda data, _: [data[:-1], data[: len(data) // 2]],
    "every lie at once": lambda data, e: [
        flipped(data, e.digest_at),
        flipped(data, len(data) - 1),
        unsigned(data),
        only_signed(data),
        signed(data, engine_id=OTHER_ENGINE),
    ],
}


@pytest.mark.parametrize("lie", LIES)
async def test_a_lie_gives_no_data_and_leaves_no_trace(
    engine: SnmpEngine, relay: tuple[Relay, int], lie: str
) -> None:
    proxy, port = relay
    assert (await ask(engine, port)).values == (b"Karachi",)
    proxy.tamper = liar = Liar(LIES[lie])
    reply = await ask(engine, port)
    assert liar.told > 0
    assert reply.reachability in (Reachability.SILENT, Reachability.REFUSED)
    assert reply.values == ()
    # What the engine knows of the agent is what it knew: the next honest answer is believed at once.
    proxy.tamper = honest
    assert (await ask(engine, port)).values == (b"Karachi",)


@pytest.mark.parametrize(("age_s", "is_believed"), [(140, True), (160, False), (1000, False)])
async def test_an_answer_outside_the_time_window_is_refused(
    engine: SnmpEngine, relay: tuple[Relay, int], age_s: int, is_believed: bool
) -> None:
    proxy, port = relay

    def moved(data: bytes, by_s: int) -> bytes:
        envelope = parse_v3(data)
        is_ours = envelope.found_digest and envelope.time + by_s >= 0
        return signed(data, time=envelope.time + by_s) if is_ours else data

    # The relay makes the agent look as if it had run an hour longer, to both sides, and then older.
    proxy.forward = lambda data: moved(data, -3600)
    proxy.tamper = lambda data: [moved(data, 3600)]
    await ask(engine, port)
    assert (await ask(engine, port)).values == (b"Karachi",)
    proxy.tamper = lambda data: [moved(data, 3600 - age_s)]
    assert (await ask(engine, port)).values == ((b"Karachi",) if is_believed else ())
    proxy.tamper = lambda data: [moved(data, 3600)]
    assert (await ask(engine, port)).values == (b"Karachi",)


async def test_a_replayed_answer_is_refused(engine: SnmpEngine, relay: tuple[Relay, int]) -> None:
    proxy, port = relay
    heard: list[bytes] = []

    def keep(data: bytes, _: Envelope) -> list[bytes]:
        heard.append(data)
        return [data]

    def again(_: bytes, __: Envelope) -> list[bytes]:
        return heard[:1] * 3

    proxy.tamper = Liar(keep)
    assert (await ask(engine, port)).values == (b"Karachi",)
    proxy.tamper = liar = Liar(again)
    assert (await ask(engine, port)).values == ()
    assert liar.told == 3
    # With the message id of the present question, but the old signature.
    proxy.tamper = liar = Liar(lambda data, _: [heard[0].replace(_id(heard[0]), _id(data))])
    assert (await ask(engine, port)).values == ()
    assert liar.told == 1
    proxy.tamper = honest
    assert (await ask(engine, port)).values == (b"Karachi",)


def _id(data: bytes) -> bytes:
    return parse_v3(data).msg_id.to_bytes(4, "big")


async def test_a_forged_discovery_does_not_keep_us_from_the_agent(
    engine: SnmpEngine, relay: tuple[Relay, int]
) -> None:
    proxy, port = relay
    lies = 0

    def lie_first(data: bytes) -> list[bytes]:
        nonlocal lies
        envelope = parse_v3(data)
        if envelope.found_digest or lies:
            return [data]
        lies += 1
        unknown = VarBind("1.3.6.1.6.3.15.1.1.4.0", Tag.COUNTER32, 1)
        report = Pdu(PduType.REPORT, envelope.msg_id, 0, 0, (unknown,))
        return [encode_v3(replace(envelope, engine_id=OTHER_ENGINE, flags=0), report, None, OTHER_ENGINE)]

    proxy.tamper = lie_first
    assert (await ask(engine, port)).values == (b"Karachi",)
    assert lies == 1


@pytest.mark.parametrize("oid", ["1.3.6.1.6.3.15.1.1.2.0", "1.3.6.1.6.3.15.1.1.4.0", "1.3.6.1.6.3.15.1.1.5.0"])
async def test_forged_reports_give_no_data_and_leave_no_trace(
    engine: SnmpEngine, relay: tuple[Relay, int], oid: str
) -> None:
    proxy, port = relay
    assert (await ask(engine, port)).values == (b"Karachi",)

    def report(_: bytes, envelope: Envelope) -> list[bytes]:
        lie = Pdu(PduType.REPORT, envelope.msg_id, 0, 0, (VarBind(oid, Tag.COUNTER32, 1),))
        forged = replace(envelope, flags=0, boots=2**31 - 2, time=2**31 - 2, salt=b"")
        return [encode_v3(forged, lie, None, envelope.engine_id)]

    proxy.tamper = liar = Liar(report)
    assert (await ask(engine, port)).values == ()
    assert liar.told > 0
    proxy.tamper = honest
    assert (await ask(engine, port)).values == (b"Karachi",)


async def test_an_agent_that_rebooted_is_read_in_one_poll(
    agent: Snmpd, engine: SnmpEngine, relay: tuple[Relay, int]
) -> None:
    proxy, port = relay
    boots: list[int] = []

    def watch(data: bytes) -> list[bytes]:
        envelope = parse_v3(data)
        if envelope.found_digest:
            boots.append(envelope.boots)
        return [data]

    proxy.tamper = watch
    assert (await ask(engine, port)).values == (b"Karachi",)
    before = boots[-1]
    agent.reboot()
    assert (await ask(engine, port)).values == (b"Karachi",)
    assert boots[-1] == before + 1
