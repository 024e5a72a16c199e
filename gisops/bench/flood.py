"""How is a storm of notifications made: pre-encoded datagrams, sent by a small program of its own."""

from __future__ import annotations

import ipaddress
import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gisops.errors import ConfigError

__all__ = ["Flood", "build_flood", "flooding", "source_address"]

_FIRST = ipaddress.IPv4Address("127.80.0.1")
_STOP = b"\0\0"


@dataclass(frozen=True, slots=True)
class Flood:
    """A sender that is ready and waits for the word."""

    process: subprocess.Popen[bytes]

    def begin(self) -> None:
        """Have it send."""
        if self.process.stdin is not None:
            self.process.stdin.write(b"!")
            self.process.stdin.flush()

    def seconds(self) -> float:
        """Wait until all is sent; give the seconds it took."""
        if self.process.stdout is None:
            return 0.0
        return float(json.loads(self.process.stdout.readline())["seconds"])


def source_address(number: int) -> str:
    """Give the address of a source by its number, from 0.

    Examples
    --------
    >>> source_address(0), source_address(256)
    ('127.80.0.1', '127.80.1.1')
    """
    return str(_FIRST + number)


def build_flood(folder: Path) -> Path:
    """Compile the sender into a folder; give the program.

    Raises
    ------
    ConfigError
        Without a C compiler.
    """
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise ConfigError("gisops bench", "a C compiler is missing", "install gcc: the sender is compiled here")
    program = folder / "flood"
    source = Path(__file__).with_name("flood.c")
    subprocess.run([compiler, "-O2", "-Wall", "-o", str(program), str(source)], check=True)
    return program


@contextmanager
def flooding(
    program: Path, port: int, rate: float, count: int, datagrams: Iterable[bytes], sources: int = 1
) -> Iterator[Flood]:
    """Have a sender ready for loopback.

    Parameters
    ----------
    program
        As `build_flood` gives it.
    port
        UDP port on 127.0.0.1.
    rate, count
        Datagrams a second (0: without a pause), and in all.
    datagrams
        Sent in turn, again and again.
    sources
        Addresses to send from; each sends 32 in a row.
    """
    command = [str(program), str(port), str(rate), str(count), str(sources)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        if process.stdin is None or process.stdout is None:
            raise ConfigError("gisops bench", "the sender has no pipes", "free some file descriptors")
        for datagram in datagrams:
            process.stdin.write(len(datagram).to_bytes(2, "big") + datagram)
        process.stdin.write(_STOP)
        process.stdin.flush()
        process.stdout.readline()
        yield Flood(process)
    finally:
        process.kill()
        process.communicate()
