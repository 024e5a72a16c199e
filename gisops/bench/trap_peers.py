"""How fast others take the same traps: net-snmp's snmptrapd and pysnmp, each at its best, after the same burst.

Both get the receive buffer we have. snmptrapd loads no MIB and prints one letter a
trap; pysnmp is its notification receiver, with a callback that counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

from gisops.bench.flood import flooding
from gisops.bench.trap_samples import COMMUNITY, SENDER_ENGINE, USER
from gisops.snmp.traps import RECEIVE_BUFFER

__all__ = ["free_port", "pysnmp_rate", "snmptrapd_binary", "snmptrapd_rate"]

_PATIENCE_S = 30.0


def free_port() -> int:
    """Give a UDP port that is free on loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def snmptrapd_binary() -> str | None:
    """Find net-snmp's receiver."""
    return shutil.which("snmptrapd") or shutil.which("snmptrapd", path="/usr/sbin")


def snmptrapd_rate(binary: str, program: Path, datagrams: list[bytes], folder: Path) -> float:
    """Give traps a second that snmptrapd took of one burst."""
    (folder / "snmptrapd.conf").write_text(
        "disableAuthorization yes\nformat2 t\\n\ndoNotRetainNotificationLogs yes\n", encoding="ascii"
    )
    (folder / "snmp.conf").write_text(f"serverRecvBuf {RECEIVE_BUFFER}\nmibs :\n", encoding="ascii")
    said = folder / "said"
    said.write_bytes(b"")
    port = free_port()
    process = subprocess.Popen(
        [binary, "-f", "-n", "-On", "-m", "", "-Lf", str(said), f"udp:127.0.0.1:{port}"],
        env={"SNMPCONFPATH": str(folder), "SNMP_PERSISTENT_DIR": str(folder), "PATH": "/usr/bin:/usr/sbin"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_bound(port)
        before = said.stat().st_size
        with flooding(program, port, 0, len(datagrams), datagrams) as flood:
            began = time.perf_counter()
            flood.begin()
            ended, size = _wait_for(said, before + 2 * len(datagrams))
        return (size - before) / 2 / (ended - began)
    finally:
        process.terminate()
        process.wait()


def _wait_until_bound(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    wanted = f":{port:04X} "
    while wanted not in Path("/proc/net/udp").read_text(encoding="ascii") and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.2)


def _wait_for(file: Path, wanted: int) -> tuple[float, int]:
    """Wait until a file has its size, or grows no more; give when it had it, and the size."""
    grown_at, size = time.perf_counter(), 0
    while size < wanted and time.perf_counter() - grown_at < 2.0:
        time.sleep(0.002)
        found = file.stat().st_size
        if found > size:
            grown_at, size = time.perf_counter(), found
    return grown_at, size


def pysnmp_rate(program: Path, datagrams: list[bytes], *, is_v3: bool = False) -> float:
    """Give traps a second that pysnmp's notification receiver took of one burst."""
    return asyncio.run(_pysnmp_rate(program, datagrams, is_v3=is_v3))


async def _pysnmp_rate(program: Path, datagrams: list[bytes], *, is_v3: bool) -> float:
    from pysnmp.carrier.asyncio.dgram import udp
    from pysnmp.entity import config
    from pysnmp.entity.engine import SnmpEngine
    from pysnmp.entity.rfc3413 import ntfrcv
    from pysnmp.proto.api import v2c

    engine = SnmpEngine()
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    sock.bind(("127.0.0.1", 0))
    port = sock.getsockname()[1]
    transport = udp.UdpAsyncioTransport().open_server_mode(sock=sock)
    config.add_transport(engine, udp.DOMAIN_NAME, transport)
    if is_v3:
        config.add_v3_user(
            engine,
            USER.user,
            config.USM_AUTH_HMAC192_SHA256,
            USER.auth_password,
            config.USM_PRIV_CFB128_AES,
            USER.privacy_password,
            securityEngineId=v2c.OctetString(SENDER_ENGINE),
        )
    else:
        config.add_v1_system(engine, "bench", COMMUNITY)
    done = asyncio.Event()
    count, ended = 0, 0.0

    def take(*_: Any) -> None:  # noqa: ANN401 - pysnmp is not typed
        nonlocal count, ended
        count += 1
        ended = time.perf_counter()
        if count == len(datagrams):
            done.set()

    ntfrcv.NotificationReceiver(engine, take)
    await asyncio.sleep(0.1)
    with flooding(program, port, 0, len(datagrams), datagrams) as flood:
        began = time.perf_counter()
        flood.begin()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_S):
                await done.wait()
    engine.close_dispatcher()
    await asyncio.sleep(0)
    return count / (ended - began) if count else 0.0
