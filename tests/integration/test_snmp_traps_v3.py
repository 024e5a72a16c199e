"""Version 3 traps and informs sent by net-snmp to the one port: believed, refused, held, answered, replayed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from gisops.config.credentials import Credential
from gisops.errors import SnmpError
from gisops.wire.usm import user_keys
from gisops.wire.v3 import open_v3, parse_v3
from tests.integration.notifiers import (
    DOOR,
    DOOR_TRAP,
    ENGINE,
    Ears,
    listening,
    snmptrap,
    start_snmptrap,
    v3_arguments,
)

pytestmark = pytest.mark.integration
SHA1 = Credential("a", "3", "", "sha", "SHA-1", "auth-pass-one", "AES-128", "priv-pass-one")
SHA2 = Credential("b", "3", "", "sha2", "SHA-256", "auth-pass-two", "AES-128", "priv-pass-two")
STRONG = Credential("c", "3", "", "strong", "SHA-512", "auth-pass-three", "AES-256", "priv-pass-three")
SIGNED = Credential("d", "3", "", "signed", "SHA-224", "auth-pass-four")
USERS = (SHA1, SHA2, STRONG, SIGNED)
BIND = (DOOR, "i", "1")
CLOCK = (3, 1000)


async def send_trap(ears: Ears, folder: Path, user: Credential, **how: object) -> int:
    options = v3_arguments(user, **{"engine_id": ENGINE, "clock": CLOCK, **how})  # type: ignore[arg-type]
    return await snmptrap(folder, *options, ears.address, "4200", DOOR_TRAP, *BIND)


async def start_inform(ears: Ears, folder: Path, user: Credential, tries: int = 20) -> asyncio.subprocess.Process:
    options = [*v3_arguments(user), "-Ci", "-t", "0.4", "-r", str(tries)]
    return await start_snmptrap(folder, *options, ears.address, "4200", DOOR_TRAP, *BIND)


class Tap:
    """Stands between a sender and the listener: passes everything on, keeps it, can send it again."""

    def __init__(self, listener_port: int) -> None:
        self._to = ("127.0.0.1", listener_port)
        self.sent: list[bytes] = []
        self.answers: list[bytes] = []
        self._front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._client: tuple[str, int] | None = None
        for sock in (self._front, self._back):
            sock.setblocking(False)
            sock.bind(("127.0.0.1", 0))
        loop = asyncio.get_running_loop()
        loop.add_reader(self._front, self._forth)
        loop.add_reader(self._back, self._home)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._front.getsockname()[1]}"

    def _forth(self) -> None:
        data, self._client = self._front.recvfrom(65535)
        self.sent.append(data)
        self.send(data)

    def _home(self) -> None:
        data = self._back.recv(65535)
        self.answers.append(data)
        if self._client is not None:
            self._front.sendto(data, self._client)

    def send(self, data: bytes) -> None:
        self._back.sendto(data, self._to)

    def close(self) -> None:
        loop = asyncio.get_running_loop()
        for sock in (self._front, self._back):
            loop.remove_reader(sock)
            sock.close()


async def test_traps_of_every_kind_of_user_are_taken(tmp_path: Path) -> None:
    async with listening(*USERS) as ears:
        for number, user in enumerate(USERS):
            assert await send_trap(ears, tmp_path, user, clock=(3, 1000 + number)) == 0
        await ears.until(lambda: len(ears.heard) == 4)
        tally = ears.listener.tally
    assert {(trap.source, trap.oid, trap.uptime_s, trap.values, trap.receipt) for trap in ears.heard} == {
        ("127.0.0.1", DOOR_TRAP, 42.0, ((DOOR, 1),), None)
    }
    assert (tally.taken, tally.refused, tally.malformed) == (4, 0, 0)


async def test_traps_that_cannot_be_believed_are_refused_and_counted(tmp_path: Path) -> None:
    async with listening(*USERS) as ears:
        wrong = replace(SHA2, auth_password="wrong-password")
        stranger = replace(SHA2, user="nobody")
        open_trap = replace(SHA2, auth=None, privacy=None)
        half_open = replace(SHA2, privacy=None)
        assert await send_trap(ears, tmp_path, wrong) == 0
        assert await send_trap(ears, tmp_path, stranger) == 0
        assert await send_trap(ears, tmp_path, open_trap) == 0
        assert await send_trap(ears, tmp_path, half_open) == 0
        assert await send_trap(ears, tmp_path, SHA2, engine_id=b"\x80\x00\x00\x00\x05other") == 0
        await ears.until(lambda: ears.listener.tally.refused == 5)
        reasons = dict(ears.listener.tally.reasons)
    assert ears.heard == []
    assert reasons == {
        "Authenticator mismatched": 1,
        "unknown user": 1,
        "less secure than its user": 2,
        "engine id of another sender": 1,
    }


async def test_a_trap_of_an_agent_whose_engine_is_not_known_is_refused(tmp_path: Path) -> None:
    async with listening(SHA1, engine_ids={}) as ears:
        assert await send_trap(ears, tmp_path, SHA1) == 0
        await ears.until(lambda: ears.listener.tally.refused == 1)
        assert dict(ears.listener.tally.reasons) == {"engine id of the sender is not known": 1}


async def test_an_old_clock_and_a_replay_are_refused(tmp_path: Path) -> None:
    async with listening(SHA1) as ears:
        tap = Tap(ears.listener.port)
        options = v3_arguments(SHA1, engine_id=ENGINE, clock=CLOCK)
        assert await snmptrap(tmp_path, *options, tap.address, "1", DOOR_TRAP) == 0
        await ears.until(lambda: len(ears.heard) == 1)
        tap.send(tap.sent[0])
        await ears.until(lambda: ears.listener.tally.refused == 1)
        # 151 s behind, boots of the past; then a reboot, and what was current before it.
        assert await send_trap(ears, tmp_path, SHA1, clock=(3, 849)) == 0
        assert await send_trap(ears, tmp_path, SHA1, clock=(2, 5000)) == 0
        await ears.until(lambda: ears.listener.tally.refused == 3)
        assert await send_trap(ears, tmp_path, SHA1, clock=(4, 1)) == 0
        await ears.until(lambda: len(ears.heard) == 2)
        assert await send_trap(ears, tmp_path, SHA1, clock=(3, 1100)) == 0
        await ears.until(lambda: ears.listener.tally.refused == 4)
        tap.close()
        assert dict(ears.listener.tally.reasons) == {"replayed": 1, "not in the time window": 3}
    assert len(ears.heard) == 2


@pytest.mark.parametrize("user", USERS, ids=lambda user: f"{user.auth} {user.privacy}")
async def test_an_inform_discovers_us_and_is_answered_once_stored(tmp_path: Path, user: Credential) -> None:
    async with listening(*USERS) as ears:
        sender = await start_inform(ears, tmp_path, user)
        await ears.until(lambda: ears.listener.tally.repeats >= 1)
        assert sender.returncode is None
        (trap,) = ears.heard
        assert (trap.oid, trap.values) == (DOOR_TRAP, ((DOOR, 1),))
        assert trap.receipt is not None
        ears.listener.acknowledge([trap.receipt])
        assert await sender.wait() == 0
        tally = ears.listener.tally
        assert (tally.refused, tally.malformed, tally.informs, tally.acknowledged) == (0, 0, 1, 1)
    assert len(ears.heard) == 1


async def test_an_inform_with_a_wrong_password_is_refused_and_never_answered(tmp_path: Path) -> None:
    async with listening(SHA2, acknowledges=True) as ears:
        wrong = replace(SHA2, privacy_password="wrong-password")
        sender = await start_inform(ears, tmp_path, replace(SHA2, auth_password="wrong-password"), tries=0)
        assert await sender.wait() == 1
        sender = await start_inform(ears, tmp_path, wrong, tries=0)
        assert await sender.wait() == 1
        assert ears.listener.tally.refused + ears.listener.tally.malformed >= 2
    assert ears.heard == []


async def test_a_captured_inform_sent_again_is_refused(tmp_path: Path) -> None:
    async with listening(SHA2, acknowledges=True) as ears:
        tap = Tap(ears.listener.port)
        options = [*v3_arguments(SHA2), "-Ci", "-t", "2", "-r", "1"]
        assert await snmptrap(tmp_path, *options, tap.address, "1", DOOR_TRAP) == 0
        captured, answer = tap.sent[-1], tap.answers[-1]
        answers = len(tap.answers)
        tap.send(captured)
        await ears.until(lambda: ears.listener.tally.refused == 1)
        assert dict(ears.listener.tally.reasons) == {"replayed": 1}
        assert len(tap.answers) == answers
        tap.close()
        assert ears.listener.secure is not None
        keys = user_keys(SHA2, ears.listener.secure.engine_id)
        _, said = open_v3(parse_v3(answer), keys)
        _, asked = open_v3(parse_v3(captured), keys)
        assert (said.type, said.request_id, said.varbinds) == (0xA2, asked.request_id, asked.varbinds)
    assert len(ears.heard) == 1


async def test_an_inform_of_before_our_restart_is_refused_and_ours_is_the_same_engine(tmp_path: Path) -> None:
    async with listening(SHA2, acknowledges=True, state_dir=tmp_path / "run") as ears:
        tap = Tap(ears.listener.port)
        options = [*v3_arguments(SHA2), "-Ci", "-t", "2", "-r", "1"]
        assert await snmptrap(tmp_path, *options, tap.address, "1", DOOR_TRAP) == 0
        captured = tap.sent[-1]
        tap.close()
        assert ears.listener.secure is not None
        engine_id = ears.listener.secure.engine_id
    async with listening(SHA2, acknowledges=True, state_dir=tmp_path / "run") as ears:
        assert ears.listener.secure is not None
        assert ears.listener.secure.engine_id == engine_id == parse_v3(captured).engine_id
        tap = Tap(ears.listener.port)
        tap.send(captured)
        await ears.until(lambda: ears.listener.tally.refused == 1)
        tap.close()
        assert ears.heard == []


async def test_a_child_that_dies_is_started_again_and_informs_come_through(tmp_path: Path) -> None:
    async with listening(SHA2, state_dir=tmp_path / "run") as ears:
        secure = ears.listener.secure
        assert secure is not None
        sender = await start_inform(ears, tmp_path, SHA2, tries=30)
        await ears.until(lambda: len(ears.heard) == 1)
        os.kill(secure.pid or 0, signal.SIGKILL)
        await ears.until(lambda: ears.listener.tally.restarts == 1)
        await secure.ready()
        # What the first child held is gone with it: the sender tries again, and is known.
        await ears.until(lambda: ears.listener.tally.repeats >= 1)
        ears.listener.acknowledge([ears.heard[0].receipt or 0])
        assert await sender.wait() == 0
        pid = secure.pid
    assert len(ears.heard) == 1
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_two_credentials_with_one_user_name_are_an_error() -> None:
    with pytest.raises(SnmpError, match="several credentials have the user sha2"):
        async with listening(SHA2, replace(SHA1, user="sha2")):
            pass
