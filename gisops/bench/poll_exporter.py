"""What prometheus-snmp-exporter takes for the same questions: Debian's binary, asked over HTTP, a scrape a device."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gisops.bench.poll_fleet import OIDS, Fleet, address_of, cores
from gisops.bench.poll_round import Ask, Outcome, Round, memory_mb
from gisops.children import end_with_parent
from gisops.errors import ConfigError

__all__ = ["PROGRAM", "is_installed", "measure_exporter"]

PROGRAM = "prometheus-snmp-exporter"
_SCRAPERS = 16
_START_S = 15.0
_COUNTER64 = "1.3.6.1.2.1.31.1.1.1.6.1"
_TEXT = "1.3.6.1.2.1.1.5.0"


def is_installed() -> bool:
    """Whether there is a binary to measure."""
    return shutil.which(PROGRAM) is not None


def measure_exporter(ask: Ask, fleet: Fleet, port: int, folder: Path) -> Outcome:
    """Scrape every device ``ask.rounds`` times; processor time is the exporter's own, without who asks it.

    Parameters
    ----------
    ask, fleet
        Whom to ask how often.
    port
        TCP port on loopback for the exporter.
    folder
        For its configuration.

    Raises
    ------
    ConfigError
        Where it does not start.
    """
    config = folder / "snmp.yml"
    config.touch(mode=0o600)
    config.write_text(_module(ask, fleet), encoding="utf-8")
    usable = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {cores()[0]})  # from its start on: Go makes as many threads as it sees cores
    try:
        process = subprocess.Popen(
            [PROGRAM, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - no threads run here
        )
    finally:
        os.sched_setaffinity(0, usable)
    try:
        _await(port, process)
        outcome = Outcome()
        with ThreadPoolExecutor(_SCRAPERS) as pool:
            shares = [range(k, ask.devices, _SCRAPERS) for k in range(_SCRAPERS)]
            for _ in range(ask.rounds):
                began, burnt = time.perf_counter(), _used_s(process.pid)
                right = sum(pool.map(lambda share: _scrape(share, fleet.port, port), shares))
                outcome.rounds.append(
                    Round(time.perf_counter() - began, _used_s(process.pid) - burnt, right),
                )
        outcome.rss_mb = memory_mb(process.pid)
        outcome.descriptors = len(os.listdir(f"/proc/{process.pid}/fd"))  # noqa: PTH208
        return outcome
    finally:
        process.terminate()
        process.wait()


def _module(ask: Ask, fleet: Fleet) -> str:
    """Write the module; numbers go out as gauges, the last object is the device's number."""
    lines = ["bench:", "  get:", *(f"    - {oid}" for oid in OIDS), "  metrics:"]
    for number, oid in enumerate(OIDS):
        kind = "DisplayString" if oid == _TEXT else "counter" if oid == _COUNTER64 else "gauge"
        lines += [f"    - name: object{number}", f"      oid: {oid}", f"      type: {kind}", "      help: bench"]
    lines += [f"  version: {2 if ask.version == '2c' else 3}", f"  timeout: {ask.timeout_s}s", "  retries: 0"]
    lines += ["  auth:"]
    if ask.version == "2c":
        return "\n".join([*lines, f"    community: {fleet.community}", ""])
    lines += ["    security_level: authPriv", f"    username: {fleet.user}", "    auth_protocol: SHA"]
    lines += [f"    password: {fleet.auth_password}", "    priv_protocol: AES"]
    return "\n".join([*lines, f"    priv_password: {fleet.privacy_password}", ""])


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1.0)
            connection.request("GET", "/")
            connection.getresponse().read()
            connection.close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise ConfigError(PROGRAM, "does not start", "see its log") from None
            time.sleep(0.05)
        else:
            return


def _scrape(share: range, agent_port: int, port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30.0)
    right = 0
    for number, place in _places(share, agent_port):
        connection.request("GET", f"/snmp?target={place}&module=bench")
        body = connection.getresponse().read()
        right += _says(body, number)
    connection.close()
    return right


def _says(body: bytes, number: int) -> bool:
    """Whether the last object has this value, however the exporter writes it (16000 is 16000, or 1.6e+04)."""
    start = f"\nobject{len(OIDS) - 1} ".encode()
    _, _, rest = body.partition(start)
    value = rest.partition(b"\n")[0]
    return bool(value) and float(value) == number


def _places(share: range, agent_port: int) -> Iterator[tuple[int, str]]:
    return ((number, f"{address_of(number)}:{agent_port}") for number in share)


def _used_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
