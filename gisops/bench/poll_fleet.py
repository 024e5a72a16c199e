"""Who answers while polling is measured: a compiled fleet of agents on a core of its own."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gisops.config.credentials import Credential
from gisops.errors import ConfigError

__all__ = ["OIDS", "Fleet", "address_of", "build_responder", "cores", "credential_of", "fleet", "new_secrets"]

OIDS = (
    "1.3.6.1.2.1.1.3.0",
    "1.3.6.1.2.1.1.5.0",
    "1.3.6.1.2.1.33.1.2.1.0",
    "1.3.6.1.2.1.33.1.2.2.0",
    "1.3.6.1.2.1.33.1.2.3.0",
    "1.3.6.1.2.1.33.1.2.4.0",
    "1.3.6.1.2.1.33.1.2.5.0",
    "1.3.6.1.2.1.2.2.1.8.1",
    "1.3.6.1.2.1.31.1.1.1.6.1",
    "1.3.6.1.2.1.99.1.1.1.4.1",
)
"""What a device is asked; the last one is its own number."""
_SOURCE = Path(__file__).with_name("responder.c")
_FIRST = ipaddress.ip_address("127.64.0.1")
_STOP_S = 10.0


@dataclass(frozen=True, slots=True)
class Fleet:
    """Agents under way, and what it takes to talk to them.

    Parameters
    ----------
    port
        Of every agent; agent n is `address_of` (n).
    devices
        How many.
    community, user, auth_password, privacy_password
        Made up for this run.
    """

    port: int
    devices: int
    community: str
    user: str
    auth_password: str
    privacy_password: str

    def to_json(self) -> dict[str, Any]:
        """Give what a child process needs to know."""
        return asdict(self)


def address_of(number: int) -> str:
    """Give the loopback address of an agent.

    Examples
    --------
    >>> address_of(0), address_of(255)
    ('127.64.0.1', '127.64.1.0')
    """
    return str(_FIRST + number)


def cores() -> tuple[int, int]:
    """Give the core of what is measured and the core of the fleet; the same one where there is only one."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[0], usable[-1]


def credential_of(known: Fleet, version: str) -> Credential:
    """Give the credential for a version; ``"3"`` is authPriv with SHA-1 and AES-128."""
    if version == "2c":
        return Credential("bench", "2c", community=known.community)
    return Credential(
        "bench",
        "3",
        user=known.user,
        auth="SHA-1",
        auth_password=known.auth_password,
        privacy="AES-128",
        privacy_password=known.privacy_password,
    )


def build_responder(folder: Path) -> Path:
    """Compile the fleet.

    Raises
    ------
    ConfigError
        Where there is no C compiler, or it fails.
    """
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise ConfigError("bench poll", "there is no C compiler", "run tools/bench-packages.sh")
    program = folder / "responder"
    done = subprocess.run(
        [compiler, "-O2", "-o", str(program), str(_SOURCE)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ConfigError("bench poll", f"cannot compile {_SOURCE.name}: {done.stderr.strip()[:300]}", "see cc")
    return program


def new_secrets() -> tuple[str, str, str]:
    """Make a community and two passwords up."""
    return secrets.token_hex(8), secrets.token_hex(8), secrets.token_hex(8)


@contextlib.contextmanager
def fleet(
    program: Path, port: int, devices: int, silent_percent: int = 0, delay_ms: float = 0.0
) -> Iterator[tuple[Fleet, dict[str, float]]]:
    """Run a fleet; the second part is filled with its own counts once it has ended.

    Parameters
    ----------
    program
        From `build_responder`.
    port
        UDP port of every agent.
    devices
        How many agents.
    silent_percent
        Of every hundred, so many never answer.
    delay_ms
        Between question and answer.
    """
    community, auth_password, privacy_password = new_secrets()
    known = Fleet(port, devices, community, "gisops", auth_password, privacy_password)
    counts: dict[str, float] = {}
    arguments = [port, devices, silent_percent, round(delay_ms * 1000), community, known.user]
    process = subprocess.Popen(
        [str(program), *map(str, arguments), auth_password, privacy_password, str(cores()[1])],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if process.stdout is None or process.stdout.readline() != "ready\n":
            raise ConfigError(f"127.64.0.1:{port}", "the fleet cannot answer there", "free the port or give --port")
        yield known, counts
    finally:
        process.terminate()
        try:
            counts.update(json.loads(process.communicate(timeout=_STOP_S)[0] or "{}"))
        finally:
            process.kill()
            process.wait()
