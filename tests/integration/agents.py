"""A real net-snmp agent on loopback, and a relay in front of it that can tamper."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gisops.config.credentials import Credential

__all__ = ["V2C", "V3", "Relay", "Snmpd", "free_port", "running_snmpd"]

V2C = Credential("v2c", "2c", community="for-tests-only")
V3 = Credential(
    "v3",
    "3",
    user="gisops",
    auth="SHA-256",
    auth_password="test-auth-pass",
    privacy="AES-128",
    privacy_password="test-priv-pass",
)


def free_port() -> int:
    """Give a UDP port that is free on loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@dataclass
class Snmpd:
    """A running agent and how to run it again."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    def restart(self) -> None:
        """Kill it and start it again on the same configuration: another engine."""
        self.process.kill()
        self.process.wait()
        (self.folder / "persist" / "snmpd.conf").unlink()
        self.process = _start(self.folder, self.port)

    def reboot(self) -> None:
        """End it politely and start it again: the same engine, started once more."""
        self.process.terminate()
        self.process.wait()
        self.process = _start(self.folder, self.port)


def _start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    binary = shutil.which("snmpd") or shutil.which("snmpd", path="/usr/sbin")
    if binary is None:
        raise RuntimeError("snmpd is missing: install Debian's snmpd (make test does it as root)")
    process = subprocess.Popen(
        [
            binary,
            "-f",
            "-Lf",
            str(folder / "log"),
            f"udp:127.0.0.1:{port}",
        ],
        env={
            "SNMPCONFPATH": f"{folder}:{folder}/persist",
            "SNMP_PERSISTENT_DIR": str(folder / "persist"),
            "PATH": "/usr/bin:/usr/sbin",
        },
        stdin=subprocess.DEVNULL,
    )
    probe = ["snmpget", "-v2c", "-c", V2C.community, "-t", "0.2", "-r", "0"]
    probe += [f"127.0.0.1:{port}", "1.3.6.1.2.1.1.3.0"]
    deadline = time.monotonic() + 15
    while subprocess.run(probe, capture_output=True, check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"snmpd did not answer: {(folder / 'log').read_text()}")
    return process


@contextmanager
def running_snmpd(folder: Path) -> Iterator[Snmpd]:
    """Run net-snmp's agent with one v2c community and one v3 authPriv user."""
    (folder / "persist").mkdir(parents=True, exist_ok=True)
    (folder / "snmpd.conf").write_text(
        f"rocommunity {V2C.community} 127.0.0.1\n"
        f'createUser {V3.user} SHA-256 "{V3.auth_password}" AES "{V3.privacy_password}"\n'
        f"rouser {V3.user} priv\n"
        "sysLocation Karachi\n"
    )
    port = free_port()
    agent = Snmpd(port, folder, _start(folder, port))
    try:
        yield agent
    finally:
        agent.process.kill()
        agent.process.wait()


class Relay(asyncio.DatagramProtocol):
    """Passes questions to an agent, and answers back through ``tamper`` (a list: drop, repeat, alter)."""

    def __init__(self, agent: tuple[str, int], tamper: Callable[[bytes], list[bytes]]) -> None:
        self._agent = agent
        self.tamper = tamper
        self.forward: Callable[[bytes], bytes] = bytes
        """What becomes of a question on its way to the agent."""
        self._client: tuple[str, int] | None = None
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, agent: tuple[str, int], tamper: Callable[[bytes], list[bytes]]) -> tuple[Relay, int]:
        """Start a relay; give it and its port."""
        relay = cls(agent, tamper)
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: relay, local_addr=("127.0.0.1", 0)
        )
        relay._transport = transport
        return relay, transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Pass a datagram on."""
        if self._transport is None:
            return
        if addr != self._agent:
            self._client = addr
            self._transport.sendto(self.forward(data), self._agent)
        elif self._client is not None:
            for out in self.tamper(data):
                self._transport.sendto(out, self._client)

    def close(self) -> None:
        """Stop."""
        if self._transport is not None:
            self._transport.close()
