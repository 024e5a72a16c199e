"""Traps and informs of versions 1 and 2c sent by net-snmp, and what strangers, garbage and bursts do."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from gisops.snmp.kernel_drops import kernel_drops, kernel_drops_in
from gisops.wire.message import V2C, Message, decode_message, encode_message
from gisops.wire.notification import TRAP_OID, UPTIME
from gisops.wire.pdu import Pdu, PduType, Tag, VarBind
from tests.integration.notifiers import DOOR, DOOR_TRAP, listening, snmptrap, start_snmptrap

pytestmark = pytest.mark.integration
BIND = (DOOR, "i", "1")


def inform(request_id: int, ticks: int = 4200, door: int = 1) -> bytes:
    binds = (
        VarBind(UPTIME, Tag.TIMETICKS, ticks),
        VarBind(TRAP_OID, Tag.OBJECT_ID, DOOR_TRAP),
        VarBind(DOOR, Tag.INTEGER, door),
    )
    return encode_message(Message(V2C, b"x", Pdu(PduType.INFORM, request_id, 0, 0, binds)))


async def test_v1_v2c_and_informs_are_taken(tmp_path: Path) -> None:
    async with listening(acknowledges=True) as ears:
        to = ears.address
        assert await snmptrap(tmp_path, "-v2c", "-c", "x", to, "4200", DOOR_TRAP, *BIND) == 0
        assert await snmptrap(tmp_path, "-v2c", "-c", "x", "-Ci", "-r", "0", to, "4200", DOOR_TRAP, *BIND) == 0
        v1 = ("-v1", "-c", "x", to)
        assert await snmptrap(tmp_path, *v1, "1.3.6.1.4.1.32473.1", "127.0.0.1", "6", "1", "4200", *BIND) == 0
        assert await snmptrap(tmp_path, *v1, "1.3.6.1.4.1.8072", "127.0.0.1", "2", "0", "100") == 0
        await ears.until(lambda: len(ears.heard) == 4)
        tally = ears.listener.tally
    assert [trap.oid for trap in ears.heard] == [DOOR_TRAP] * 3 + ["1.3.6.1.6.3.1.1.5.3"]
    assert {trap.values for trap in ears.heard[:3]} == {((DOOR, 1),)}
    assert ears.heard[0].uptime_s == 42.0
    assert [trap.receipt for trap in ears.heard] == [None, 1, None, None]
    assert (tally.received, tally.taken, tally.informs, tally.acknowledged, tally.drops) == (4, 4, 1, 1, 0)


async def test_an_inform_is_answered_when_it_is_stored_and_not_before(tmp_path: Path) -> None:
    async with listening() as ears:
        options = ("-v2c", "-c", "x", "-Ci", "-t", "0.3", "-r", "9")
        sender = await start_snmptrap(tmp_path, *options, ears.address, "4200", DOOR_TRAP, *BIND)
        # It tries again and again: nothing was stored, so nothing was said.
        await ears.until(lambda: ears.listener.tally.repeats >= 2)
        assert sender.returncode is None
        (trap,) = ears.heard
        assert trap.receipt is not None
        ears.listener.acknowledge([trap.receipt])
        assert await sender.wait() == 0
    assert len(ears.heard) == 1
    assert ears.listener.tally.acknowledged == 1


async def test_an_inform_never_stored_is_never_answered(tmp_path: Path) -> None:
    async with listening() as ears:
        options = ("-v2c", "-c", "x", "-Ci", "-t", "0.1", "-r", "2")
        assert await snmptrap(tmp_path, *options, ears.address, "1", DOOR_TRAP) == 1
    assert ears.listener.tally.acknowledged == 0


async def test_an_inform_that_comes_again_after_its_answer_was_lost_is_answered_and_not_told_twice() -> None:
    async with listening() as ears:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as agent:
            agent.bind(("127.0.0.1", 0))
            agent.setblocking(False)
            agent.connect(("127.0.0.1", ears.listener.port))
            agent.send(inform(7))
            await ears.until(lambda: len(ears.heard) == 1)
            ears.listener.acknowledge([ears.heard[0].receipt or 0])
            await ears.until(lambda: readable(agent))
            agent.send(inform(7))
            await ears.until(lambda: readable(agent))
            # The same number with another content or uptime is another inform.
            for other in (inform(7, door=2), inform(7, ticks=1), inform(8)):
                agent.send(other)
            await ears.until(lambda: len(ears.heard) == 4)
    assert len({trap.id for trap in ears.heard}) == 4
    assert all(trap.id.startswith("inform:127.0.0.1:") for trap in ears.heard)


def readable(agent: socket.socket) -> bool:
    try:
        answer = decode_message(agent.recv(2000))
    except BlockingIOError:
        return False
    asked = decode_message(inform(7))
    assert isinstance(asked.pdu, Pdu)
    assert answer == replace(asked, pdu=replace(asked.pdu, type=PduType.RESPONSE))
    return True


async def test_acknowledging_what_is_not_known_changes_nothing() -> None:
    async with listening() as ears:
        ears.listener.acknowledge([1, 99])
        assert ears.listener.tally.acknowledged == 0


async def test_strangers_and_garbage_change_nothing(tmp_path: Path) -> None:
    async with listening(allowed="127.9.9.9") as ears:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as liar:
            liar.bind(("127.9.9.9", 0))
            for rubbish in (b"\x00", b"\x30\x03\x02\x01\x01", bytes(900)):
                liar.sendto(rubbish, ("127.0.0.1", ears.listener.port))
            liar.sendto(bytes.fromhex("3003020103"), ("127.0.0.1", ears.listener.port))
        assert await snmptrap(tmp_path, "-v2c", "-c", "x", ears.address, "1", DOOR_TRAP) == 0
        await ears.until(lambda: ears.listener.tally.received == 5)
    tally = ears.listener.tally
    assert ears.heard == []
    assert (tally.malformed, tally.strangers, tally.refused) == (3, 1, 1)
    assert dict(tally.reasons) == {"no version 3 credential": 1}


async def test_a_burst_that_fits_no_buffer_is_counted_as_lost() -> None:
    sent = 30_000
    datagram = encode_message(
        Message(
            V2C,
            b"x",
            Pdu(
                PduType.TRAP_V2,
                1,
                0,
                0,
                (VarBind(UPTIME, Tag.TIMETICKS, 1), VarBind(TRAP_OID, Tag.OBJECT_ID, DOOR_TRAP)),
            ),
        )
    )
    async with listening() as ears:
        ears.listener._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 262_144)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flood:
            # Nobody reads while this runs: the kernel keeps what fits and throws the rest away.
            for _ in range(sent):
                flood.sendto(datagram, ("127.0.0.1", ears.listener.port))
        await ears.until(lambda: len(ears.heard) + ears.listener.tally.drops == sent)
        assert ears.listener.tally.drops > 0


def test_drops_by_the_kernels_table_are_those_of_the_socket() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as full,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flood,
    ):
        full.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        full.bind(("127.0.0.1", 0))
        for _ in range(100):
            flood.sendto(bytes(500), full.getsockname())
        drops = kernel_drops(full)
        inode = int(Path(f"/proc/self/fd/{full.fileno()}").readlink().name[8:-1])
        assert 50 < drops < 100
        assert kernel_drops_in(Path("/proc/net/udp").read_text(encoding="ascii"), inode) == drops
