"""How far does the way to a host go? Traceroute, bounded in hops, datagrams and time.

Where raw sockets are allowed, scapy builds the echo requests and reads what
comes back; it never sends by itself, so nothing leaves for any address but the
target's. Elsewhere plain UDP with a growing TTL does, its errors read from the
error queue: no privilege needed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from gisops.errors import ProbeError
from gisops.health.vitality import Hop, Route
from gisops.probe import complaint
from gisops.probe.icmp import ATTEMPTS, hear_only

__all__ = ["MAX_HOPS", "EchoWay", "UdpWay", "Way", "open_way", "trace"]

MAX_HOPS = 16
"""A city network is a handful of hops across; more means a loop."""
_FIRST_PORT = 33434
"""Where traceroute has always sent: no service listens there (IANA: traceroute)."""
_DRAIN = 256


@dataclass(frozen=True, slots=True)
class _Said:
    """One answer on the way: to which TTL, who, what, and whether it was the host itself."""

    ttl: int
    sender: str
    says: str
    is_host: bool


class Way(Protocol):
    """A means of sending a datagram that dies at a given hop, and of hearing where."""

    name: str
    sock: socket.socket

    def send(self, ttl: int, attempt: int) -> None:
        """Send one to the target; raises OSError."""
        ...

    def read(self) -> _Said | None:
        """Take one answer in; ``None`` for a stray; raises BlockingIOError where there is none."""
        ...


class UdpWay:
    """UDP to ports where nothing listens; no privilege needed."""

    name = "UDP with IP_RECVERR"

    def __init__(self, address: str) -> None:
        self._address = address
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setblocking(False)
        complaint.listen(self.sock)

    def send(self, ttl: int, attempt: int) -> None:
        """Send an empty datagram whose port tells the TTL."""
        self.sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
        to = (self._address, _FIRST_PORT + attempt * MAX_HOPS + ttl - 1)
        try:
            self.sock.sendto(b"", to)
        except OSError:
            # What was reported may be an earlier datagram's error; the queue has that in full.
            self.sock.sendto(b"", to)

    def read(self) -> _Said | None:
        """Take one error off the queue, or a datagram that something there sent back."""
        try:
            said = complaint.read(self.sock)
        except BlockingIOError:
            return self._read_datagram()
        if said is None or said.about != self._address:
            return None
        # The host may complain of its own accord only of the port; any other word comes from the way.
        words = complaint.words_of(said.icmp_type, said.code)
        is_host = said.sender == self._address
        return _Said(self._ttl_of(said.port), said.sender, "" if is_host else words, is_host)

    def _read_datagram(self) -> _Said | None:
        try:
            _, (sender, port) = self.sock.recvfrom(64)
        except BlockingIOError:
            raise
        except OSError:
            return None  # The queue has told it already.
        return _Said(self._ttl_of(port), sender, "", True) if sender == self._address else None

    def _ttl_of(self, port: int) -> int:
        return (port - _FIRST_PORT) % MAX_HOPS + 1


class EchoWay:
    """Echo requests on a raw socket, built and read by scapy."""

    name = "echo requests (scapy)"

    def __init__(self, address: str, layers: Any, sock: socket.socket) -> None:  # noqa: ANN401 - scapy is untyped
        self._address = address
        self._layers = layers
        self.sock = sock
        self._identifier = int.from_bytes(os.urandom(2), "big")
        self._token = os.urandom(16)

    def send(self, ttl: int, attempt: int) -> None:
        """Send an echo request whose sequence number tells the TTL; the kernel fills in our address."""
        ip, icmp = self._layers.IP, self._layers.ICMP
        packet = ip(src="0.0.0.0", dst=self._address, ttl=ttl) / icmp(  # noqa: S104
            type="echo-request", id=self._identifier, seq=attempt * 256 + ttl
        )
        self.sock.sendto(bytes(packet / self._token), (self._address, 0))

    def read(self) -> _Said | None:
        """Take one ICMP message in."""
        data, (sender, _) = self.sock.recvfrom(2048)
        icmp = self._layers.IP(data).getlayer(self._layers.ICMP)
        if icmp is None:
            return None
        if icmp.type == 0:
            is_ours = icmp.id == self._identifier and bytes(icmp.payload) == self._token
            return _Said(icmp.seq % 256, sender, "", True) if is_ours and sender == self._address else None
        about, request = icmp.getlayer(self._layers.IPerror), icmp.getlayer(self._layers.ICMPerror)
        if about is None or request is None or about.dst != self._address or request.id != self._identifier:
            return None
        words = complaint.words_of(icmp.type, icmp.code)
        return _Said(request.seq % 256, sender, words, False)


async def open_way(address: str, raw: Callable[[], socket.socket] | None = None) -> Way:
    """Choose the means: raw sockets where they are allowed, else UDP.

    Parameters
    ----------
    address
        IPv4 address of the target.
    raw
        Makes a raw ICMP socket that takes whole datagrams; a test passes one that refuses.

    Raises
    ------
    ProbeError
        Where neither is there (no raw socket, and not Linux).
    """
    try:
        sock = (raw or _raw_socket)()
    except PermissionError:
        if not complaint.is_supported():
            raise ProbeError("route", "not allowed here", "grant CAP_NET_RAW, or run on Linux") from None
        return UdpWay(address)
    try:
        layers = await asyncio.to_thread(_scapy_layers)
    except BaseException:
        sock.close()
        raise
    return EchoWay(address, layers, sock)


def _raw_socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL, 1)
    hear_only(sock, 0, complaint.UNREACHABLE, complaint.TIME_EXCEEDED)
    return sock


def _scapy_layers() -> Any:  # noqa: ANN401 - scapy is untyped
    """Import scapy where it is first needed: it takes most of a second and talks on the way."""
    import logging  # noqa: PLC0415

    logging.getLogger("scapy").setLevel(logging.ERROR)
    from scapy.layers import inet  # noqa: PLC0415

    return inet


async def trace(way: Way, timeout_s: float, max_hops: int = MAX_HOPS, attempts: int = ATTEMPTS) -> Route:
    """Find the route and close the way.

    Parameters
    ----------
    way
        From `open_way`; it knows the target.
    timeout_s
        Wait for each of the ``attempts``; it ends sooner once every hop has answered.
    max_hops, attempts
        At most their product of datagrams are sent.
    """
    loop = asyncio.get_running_loop()
    seen = _Seen(loop, max_hops, attempts)
    loop.add_reader(way.sock.fileno(), seen.drain, way)
    try:
        for attempt in range(attempts):
            await seen.send(way, attempt)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await seen.complete.wait()
    finally:
        loop.remove_reader(way.sock.fileno())
        way.sock.close()
    return seen.route()


@dataclass(slots=True)
class _Seen:
    loop: asyncio.AbstractEventLoop
    max_hops: int
    attempts: int
    hops: dict[int, Hop] = field(default_factory=dict)
    sent_at: dict[int, float] = field(default_factory=dict)
    host_ttl: int | None = None
    end_ttl: int | None = None
    complete: asyncio.Event = field(default_factory=asyncio.Event)

    def last_ttl(self) -> int:
        """The TTL beyond which nothing more can be learnt."""
        return min(ttl for ttl in (self.host_ttl, self.end_ttl, self.max_hops) if ttl is not None)

    async def send(self, way: Way, attempt: int) -> None:
        for ttl in range(1, self.max_hops + 1):
            # Answers are taken in between: nothing is sent past the end of the route once it is known.
            await asyncio.sleep(0)
            if ttl > self.last_ttl():
                break
            if ttl in self.hops:
                continue
            with contextlib.suppress(OSError):
                # No route from here at all shows as a route without a hop.
                way.send(ttl, attempt)
                self.sent_at[ttl] = self.loop.time()

    def drain(self, way: Way) -> None:
        with contextlib.suppress(BlockingIOError):
            for _ in range(_DRAIN):
                at = self.loop.time()
                said = way.read()
                if said is not None:
                    self.take(said, at)

    def take(self, said: _Said, at: float) -> None:
        sent_at = self.sent_at.get(said.ttl)
        if sent_at is None:
            return
        self.hops.setdefault(said.ttl, Hop(said.ttl, said.sender, at - sent_at, said.says))
        if said.is_host:
            self.host_ttl = min(said.ttl, self.host_ttl or said.ttl)
        elif said.says:
            self.end_ttl = min(said.ttl, self.end_ttl or said.ttl)
        if all(ttl in self.hops for ttl in range(1, self.last_ttl() + 1)):
            self.complete.set()

    def route(self) -> Route:
        last = self.last_ttl()
        heard = max((ttl for ttl in self.hops if ttl <= last), default=0)
        hops = tuple(self.hops.get(ttl, Hop(ttl, None)) for ttl in range(1, heard + 1))
        return Route(hops, self.host_ttl is not None and heard == self.host_ttl)
