"""Does a host answer an echo request? One socket, any number of hosts.

An answer counts only with our identifier, a sequence number under way, the
address that was asked and the random octets that were sent; what else arrives
is counted and changes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gisops.errors import ProbeError
from gisops.health.vitality import Sign
from gisops.probe import complaint
from gisops.probe.ports import Echo
from gisops.probe.tcp import sign_of

__all__ = ["IcmpSocket", "IcmpStats", "checksum", "hear_only", "open_socket"]

ATTEMPTS = 2
"""Echo requests a host is sent in its time: one lost on a bad line is no sign of death."""
_SWEEP_S = 0.02
_DRAIN = 256
_RECEIVE_BUFFER = 1024 * 1024
_ECHO_REPLY, _ECHO_REQUEST = 0, 8
_SOL_RAW, _ICMP_FILTER = 255, 1
_HEADER = struct.Struct("!BBHHH")
_TOKEN = 16


@dataclass(slots=True)
class IcmpStats:
    """Messages by what became of them."""

    sent: int = 0
    received: int = 0
    matched: int = 0
    strays: int = 0
    """Late, repeated, forged, somebody else's."""


@dataclass(slots=True)
class _Ping:
    address: str
    token: bytes
    answer: asyncio.Future[Echo]
    deadline: float
    again_at: list[float]
    sent_at: dict[int, float] = field(default_factory=dict)
    detail: str = ""


def open_socket(make: Callable[[int], socket.socket] | None = None) -> tuple[socket.socket, bool]:
    """Open what this process may: an echo socket (net.ipv4.ping_group_range), or else a raw one (CAP_NET_RAW).

    Parameters
    ----------
    make
        Makes an ICMP socket of a type; a test passes one that refuses.

    Returns
    -------
    tuple
        The socket, and whether it is raw.

    Raises
    ------
    ProbeError
        Where neither is allowed.
    """
    make = make or (lambda kind: socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP))
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        with contextlib.suppress(PermissionError):
            return make(kind), kind is socket.SOCK_RAW
    raise ProbeError(
        "ICMP", "not allowed here", "widen net.ipv4.ping_group_range to this group, or grant CAP_NET_RAW"
    )


def hear_only(sock: socket.socket, *icmp_types: int) -> None:
    """Have a raw ICMP socket pass over every other type (raw(7), ICMP_FILTER)."""
    blocked = 0xFFFFFFFF & ~sum(1 << icmp_type for icmp_type in icmp_types)
    sock.setsockopt(_SOL_RAW, _ICMP_FILTER, struct.pack("=I", blocked))


class IcmpSocket:
    """Sends echo requests and takes the answers in; make it with `open`."""

    def __init__(self, sock: socket.socket, is_raw: bool, loop: asyncio.AbstractEventLoop) -> None:
        self._sock = sock
        self._loop = loop
        self.is_raw = is_raw
        self._identifier = int.from_bytes(os.urandom(2), "big")
        self._sequence = 0
        self._pending: dict[int, _Ping] = {}
        self._sweeper: asyncio.TimerHandle | None = None
        self.stats = IcmpStats()

    @classmethod
    async def open(cls, make: Callable[[int], socket.socket] | None = None) -> IcmpSocket:
        """Open the socket.

        Raises
        ------
        ProbeError
            Where ICMP is not allowed to this process.
        """
        sock, is_raw = open_socket(make)
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        pinger = cls(sock, is_raw, asyncio.get_running_loop())
        if is_raw:
            hear_only(sock, _ECHO_REPLY, complaint.UNREACHABLE)
        else:
            sock.bind(("0.0.0.0", 0))  # noqa: S104 - the kernel's choice of identifier; only its answers come back
            pinger._identifier = sock.getsockname()[1]
            complaint.listen(sock)
        pinger._loop.add_reader(sock.fileno(), pinger._drain)
        return pinger

    async def ping(self, address: str, timeout_s: float) -> Echo:
        """Ask one host; any number of calls may be under way.

        Parameters
        ----------
        address
            IPv4 address.
        timeout_s
            Longest wait, all attempts together.
        """
        now = self._loop.time()
        again_at = [now + timeout_s * k / ATTEMPTS for k in range(ATTEMPTS - 1, 0, -1)]
        ping = _Ping(address, os.urandom(_TOKEN), self._loop.create_future(), now + timeout_s, again_at)
        self._send(ping)
        if self._sweeper is None:
            self._sweeper = self._loop.call_later(_SWEEP_S, self._sweep)
        try:
            return await ping.answer
        finally:
            for sequence in ping.sent_at:
                self._pending.pop(sequence, None)

    async def close(self) -> None:
        """Close the socket; hosts not heard of by now are reported as not asked."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        self._loop.remove_reader(self._sock.fileno())
        self._sock.close()
        for ping in self._under_way():
            _finish(ping, Echo(Sign.NOT_ALLOWED, None, "closed before the answer"))

    def _under_way(self) -> Sequence[_Ping]:
        return list({id(ping): ping for ping in self._pending.values()}.values())

    def _send(self, ping: _Ping) -> None:
        for _ in range(65536):
            self._sequence = (self._sequence + 1) % 65536
            if self._sequence not in self._pending:
                break
        else:
            _finish(ping, Echo(Sign.NOT_ALLOWED, None, "65,536 echo requests are under way"))
            return
        head = _HEADER.pack(_ECHO_REQUEST, 0, 0, self._identifier, self._sequence)
        total = checksum(head + ping.token)
        data = _HEADER.pack(_ECHO_REQUEST, 0, total, self._identifier, self._sequence) + ping.token
        self._pending[self._sequence] = ping
        ping.sent_at[self._sequence] = self._loop.time()
        try:
            self._put(data, ping.address)
            self.stats.sent += 1
        except BlockingIOError:
            return  # A full buffer loses a request, as a line does; the next attempt makes up for it.
        except OSError as error:
            echo = sign_of(error)
            ping.detail = echo.detail
            if echo.sign is Sign.NOT_ALLOWED:
                _finish(ping, echo)

    def _put(self, data: bytes, address: str) -> None:
        try:
            self._sock.sendto(data, (address, 0))
        except BlockingIOError:
            raise
        except OSError:
            # The error may be an old one, of another host: once it is taken off the queue, this one is sent.
            self._complaints()
            self._sock.sendto(data, (address, 0))

    def _drain(self) -> None:
        for _ in range(_DRAIN):
            try:
                data, (source, _) = self._sock.recvfrom(2048)
            except BlockingIOError:
                break
            except OSError:
                break  # The error queue below says which.
            self.stats.received += 1
            if not self._take(data, source):
                self.stats.strays += 1
        if not self.is_raw:
            self._complaints()

    def _take(self, data: bytes, source: str) -> bool:
        if self.is_raw:
            data = data[(data[0] & 15) * 4 :] if data else b""
        if len(data) < _HEADER.size:
            return False
        kind, code, _, identifier, sequence = _HEADER.unpack_from(data)
        if kind == complaint.UNREACHABLE:
            return self._take_raw_complaint(data[_HEADER.size :], code, source)
        ping = self._pending.get(sequence)
        if kind != _ECHO_REPLY or identifier != self._identifier or ping is None or ping.address != source:
            return False
        if data[_HEADER.size :] != ping.token:
            return False
        self.stats.matched += 1
        del self._pending[sequence]
        _finish(ping, Echo(Sign.ANSWERED, self._loop.time() - ping.sent_at[sequence], "echo reply"))
        return True

    def _take_raw_complaint(self, about: bytes, code: int, source: str) -> bool:
        """Take an unreachable in, with the datagram it is about: IP header, then at least 8 octets (RFC 792)."""
        start = (about[0] & 15) * 4 if about else 0
        if len(about) < max(start, 20) + _HEADER.size or about[9] != socket.IPPROTO_ICMP:
            return False
        return self._complain(about[start:], socket.inet_ntoa(about[16:20]), code, source)

    def _complain(self, request: bytes, to: str, code: int, source: str) -> bool:
        if len(request) < _HEADER.size:
            return False
        kind, _, _, identifier, sequence = _HEADER.unpack_from(request)
        ping = self._pending.get(sequence)
        if kind != _ECHO_REQUEST or identifier != self._identifier or ping is None or ping.address != to:
            return False
        # Words only: a router's complaint can be passing, and an answer in time still counts.
        ping.detail = f"{source} says {complaint.words_of(complaint.UNREACHABLE, code)}"
        return True

    def _complaints(self) -> None:
        if self.is_raw:
            return
        with contextlib.suppress(BlockingIOError):
            for _ in range(_DRAIN):
                said = complaint.read(self._sock)
                if said is not None and said.icmp_type == complaint.UNREACHABLE:
                    self._complain(said.data, said.about, said.code, said.sender)

    def _sweep(self) -> None:
        """Ask again those who are late, and call those silent whose time is up."""
        now = self._loop.time()
        for ping in self._under_way():
            if ping.deadline <= now:
                _finish(ping, Echo(Sign.SILENT, None, ping.detail or "no echo reply"))
            elif ping.again_at and ping.again_at[-1] <= now:
                ping.again_at.pop()
                self._send(ping)
        self._sweeper = self._loop.call_later(_SWEEP_S, self._sweep) if self._pending else None


def checksum(data: bytes) -> int:
    """Give the Internet checksum (RFC 1071) of an even number of octets.

    Examples
    --------
    >>> hex(checksum(bytes.fromhex("0001f203f4f5f6f7")))
    '0x220d'
    """
    words: tuple[int, ...] = struct.unpack(f"!{len(data) // 2}H", data)
    total = sum(words)
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def _finish(ping: _Ping, echo: Echo) -> None:
    if not ping.answer.done():
        ping.answer.set_result(echo)
