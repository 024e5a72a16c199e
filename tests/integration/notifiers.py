"""A listener under test, and net-snmp's own tools that send to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from gisops.config.credentials import Credential
from gisops.snmp.ports import Trap
from gisops.snmp.traps import TrapListener

__all__ = ["DOOR", "DOOR_TRAP", "ENGINE", "Ears", "listening", "snmptrap", "start_snmptrap", "v3_arguments"]

DOOR_TRAP, DOOR = "1.3.6.1.4.1.32473.1.0.1", "1.3.6.1.2.1.99.1.1.1.4.2"
ENGINE = bytes.fromhex("80007ed905414c4641")
_NET_SNMP = {"AES-128": "AES", "AES-192": "AES-192", "AES-256": "AES-256", "SHA-1": "SHA"}
PATIENCE_S = 10.0


@dataclass
class Ears:
    """What a listener handed on, and how to wait for more."""

    listener: TrapListener = field(init=False)
    heard: list[Trap] = field(default_factory=list)
    acknowledges: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, trap: Trap) -> None:
        """Be the ``on_trap`` of a listener."""
        self.heard.append(trap)
        if self.acknowledges and trap.receipt is not None:
            self.listener.acknowledge([trap.receipt])
        self._news.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; looked at again whenever a trap came, and now and then."""
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                self._news.clear()
                try:
                    async with asyncio.timeout(0.02):
                        await self._news.wait()
                except TimeoutError:
                    continue

    @property
    def address(self) -> str:
        """Where senders send."""
        return f"127.0.0.1:{self.listener.port}"


@asynccontextmanager
async def listening(
    *users: Credential,
    allowed: str = "127.0.0.1",
    acknowledges: bool = False,
    engine_ids: Mapping[str, bytes] | None = None,
    state_dir: Path | None = None,
) -> AsyncIterator[Ears]:
    """Run a listener that takes version 3 notifications where users are given."""
    ears = Ears(acknowledges=acknowledges)
    ears.listener = await TrapListener.open(
        "127.0.0.1",
        0,
        lambda source: source == allowed,
        ears.take,
        lambda: datetime.now(UTC),
        users=users,
        engine_ids={"127.0.0.1": ENGINE} if engine_ids is None else engine_ids,
        state_dir=state_dir,
    )
    try:
        if ears.listener.secure is not None:
            await ears.listener.secure.ready()
        yield ears
    finally:
        await ears.listener.close()


def v3_arguments(user: Credential, *, engine_id: bytes = b"", clock: tuple[int, int] | None = None) -> list[str]:
    """Give net-snmp's options for a user; ``engine_id`` and ``clock`` are the sender's own, for traps."""
    level = "authPriv" if user.privacy else "authNoPriv" if user.auth else "noAuthNoPriv"
    options = ["-v3", "-l", level, "-u", user.user]
    if user.auth:
        options += ["-a", _NET_SNMP.get(user.auth, user.auth), "-A", user.auth_password]
    if user.privacy:
        options += ["-x", _NET_SNMP.get(user.privacy, user.privacy), "-X", user.privacy_password]
    if engine_id:
        options += ["-e", f"0x{engine_id.hex()}"]
    if clock is not None:
        options += ["-Z", f"{clock[0]},{clock[1]}"]
    return options


async def start_snmptrap(folder: Path, *arguments: str) -> asyncio.subprocess.Process:
    """Start net-snmp's sender; its state goes into ``folder``."""
    return await asyncio.create_subprocess_exec(
        "snmptrap",
        *arguments,
        stderr=asyncio.subprocess.DEVNULL,
        env={"SNMP_PERSISTENT_DIR": str(folder), "PATH": "/usr/bin:/bin", "SNMPCONFPATH": str(folder)},
    )


async def snmptrap(folder: Path, *arguments: str) -> int:
    """Send with net-snmp and give its exit code: not 0 where an inform was not acknowledged."""
    return await (await start_snmptrap(folder, *arguments)).wait()
