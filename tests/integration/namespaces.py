"""A small network of its own for a test: two routers between a prober and a host, in network namespaces.

::

    prober 10.91.0.2 -- 10.91.0.1 R1 10.91.1.1 -- 10.91.1.2 R2 10.91.2.1 -- 10.91.2.2 host

Nothing of it reaches any other network; it is removed with `remove`.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import subprocess
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

__all__ = ["HOST", "R1", "R2", "Net", "why_not"]

T = TypeVar("T")
R1, R2, HOST = "10.91.0.1", "10.91.1.2", "10.91.2.2"
_CLONE_NEWNET = 0x40000000
_NOBODY = "02:00:00:00:00:99"
_BETWEEN = (
    ("p", "10.91.0.2/24", "r1", f"{R1}/24"),
    ("r1", "10.91.1.1/24", "r2", f"{R2}/24"),
    ("r2", "10.91.2.1/24", "h", f"{HOST}/24"),
)
_ROUTES = (("p", "default", R1), ("r1", "10.91.2.0/24", R2), ("r2", "10.91.0.0/24", "10.91.1.1"))


def why_not() -> str:
    """Say why namespaces cannot be made here; empty where they can."""
    return "" if os.geteuid() == 0 else "network namespaces need root"


class Net:
    """The network; ``name(x)`` is the namespace of ``p``, ``r1``, ``r2`` or ``h``."""

    def __init__(self) -> None:
        self._prefix = f"gisops-test-{os.getpid()}-"
        try:
            self._build()
        except BaseException:
            self.remove()
            raise

    def name(self, node: str) -> str:
        return self._prefix + node

    def ip(self, node: str, *arguments: str) -> None:
        subprocess.run(["ip", "-n", self.name(node), *arguments], check=True, capture_output=True)

    def sysctl(self, node: str, key: str, value: str) -> None:
        self.run(node, lambda: Path(f"/proc/sys/net/ipv4/{key}").write_text(value, encoding="ascii"))

    def run(self, node: str, work: Callable[[], T]) -> T:
        """Do something inside a namespace, in a thread that ends with it."""
        outcome: list[T] = []
        error: list[BaseException] = []

        def inside() -> None:
            fd = os.open(f"/run/netns/{self.name(node)}", os.O_RDONLY)
            try:
                _enter(fd)
                outcome.append(work())
            except BaseException as caught:  # noqa: BLE001 - handed to the caller
                error.append(caught)
            finally:
                os.close(fd)

        thread = threading.Thread(target=inside)
        thread.start()
        thread.join()
        if error:
            raise error[0]
        return outcome[0]

    def run_async(self, node: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        return self.run(node, lambda: asyncio.run(work()))

    def cut_behind_r1(self) -> None:
        """Let what router 1 sends on reach nobody, as in a cut fibre whose lasers still shine."""
        self.ip("r1", "neigh", "replace", R2, "lladdr", _NOBODY, "dev", "r1-r2", "nud", "permanent")

    def restore(self) -> None:
        """Make everything well again."""
        self.ip("r1", "neigh", "flush", "to", R2, "nud", "permanent")
        for node, link in (("r1", "r1-r2"), ("r2", "r2-r1"), ("h", "h-r2"), ("r2", "r2-h")):
            self.ip(node, "link", "set", link, "up")
        for node, to, via in _ROUTES:
            self.ip(node, "route", "replace", to, "via", via)
        self.ip("h", "route", "replace", "default", "via", "10.91.2.1")

    def remove(self) -> None:
        for node in ("p", "r1", "r2", "h"):
            with contextlib.suppress(subprocess.CalledProcessError):
                subprocess.run(["ip", "netns", "del", self.name(node)], check=True, capture_output=True)

    def _build(self) -> None:
        for node in ("p", "r1", "r2", "h"):
            subprocess.run(["ip", "netns", "add", self.name(node)], check=True, capture_output=True)
            self.ip(node, "link", "set", "lo", "up")
        for a, address_a, b, address_b in _BETWEEN:
            one, other = f"{a}-{b}", f"{b}-{a}"
            self.ip(a, "link", "add", one, "type", "veth", "peer", "name", other, "netns", self.name(b))
            for node, link, address in ((a, one, address_a), (b, other, address_b)):
                self.ip(node, "addr", "add", address, "dev", link)
                self.ip(node, "link", "set", link, "up")
        for node in ("r1", "r2"):
            self.sysctl(node, "ip_forward", "1")
            self.sysctl(node, "icmp_ratelimit", "0")  # a test asks more often than a router cares to answer
        self.restore()


def _enter(fd: int) -> None:
    """Move this thread into the network namespace behind a descriptor."""
    if ctypes.CDLL(None, use_errno=True).setns(fd, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
