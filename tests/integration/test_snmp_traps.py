"""Traps and informs sent by net-snmp's own tool, and what strangers and garbage do (nothing)."""

from __future__ import annotations

import asyncio
import socket
import subprocess
from datetime import UTC, datetime

import pytest

from gisops.snmp.ports import Trap
from gisops.snmp.traps import TrapListener

pytestmark = pytest.mark.integration
DOOR_TRAP, DOOR = "1.3.6.1.4.1.32473.1.0.1", "1.3.6.1.2.1.99.1.1.1.4.2"


async def send(*arguments: str) -> int:
    process = await asyncio.create_subprocess_exec("snmptrap", *arguments, stderr=subprocess.DEVNULL)
    return await process.wait()


async def listening(allowed: str) -> tuple[TrapListener, list[Trap]]:
    heard: list[Trap] = []
    listener = await TrapListener.open(
        "127.0.0.1", 0, lambda source: source == allowed, heard.append, lambda: datetime.now(UTC)
    )
    return listener, heard


async def test_v1_v2c_and_inform_are_taken_and_the_inform_is_acknowledged() -> None:
    listener, heard = await listening("127.0.0.1")
    to = f"127.0.0.1:{listener.port}"
    bind = (DOOR, "i", "1")
    assert await send("-v2c", "-c", "x", to, "4200", DOOR_TRAP, *bind) == 0
    assert await send("-v2c", "-c", "x", "-Ci", "-t", "2", "-r", "0", to, "4200", DOOR_TRAP, *bind) == 0
    assert await send("-v1", "-c", "x", to, "1.3.6.1.4.1.32473.1", "127.0.0.1", "6", "1", "4200", *bind) == 0
    assert await send("-v1", "-c", "x", to, "1.3.6.1.4.1.8072", "127.0.0.1", "2", "0", "100") == 0
    await listener.close()
    assert [trap.oid for trap in heard] == [DOOR_TRAP] * 3 + ["1.3.6.1.6.3.1.1.5.3"]
    assert {trap.values for trap in heard[:3]} == {((DOOR, 1),)}
    assert heard[0].uptime_s == 42.0


async def test_strangers_and_garbage_change_nothing() -> None:
    listener, heard = await listening("127.9.9.9")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as liar:
        liar.bind(("127.9.9.9", 0))
        for rubbish in (b"\x00", b"\x30\x03\x02\x01\x01", bytes(900)):
            liar.sendto(rubbish, ("127.0.0.1", listener.port))
    assert await send("-v2c", "-c", "x", f"127.0.0.1:{listener.port}", "1", DOOR_TRAP) == 0
    await listener.close()
    assert heard == []
    assert (listener.stats.garbage, listener.stats.strangers) == (3, 1)
