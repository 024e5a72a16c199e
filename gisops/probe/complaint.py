"""What did the way say of a datagram that we sent? ICMP errors, from Linux' error queue.

With IP_RECVERR a plain UDP or echo socket learns what otherwise only a raw
socket sees: which router answered, with which ICMP type and code (ip(7)).
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass

__all__ = ["Complaint", "is_supported", "listen", "read", "words_of"]

TIME_EXCEEDED, UNREACHABLE = 11, 3
PORT_UNREACHABLE = 3
_IP_RECVERR = 11
_ORIGIN_ICMP = 2
_EXTENDED = struct.Struct("=IBBBBII")
_WORDS = {
    0: "network unreachable",
    1: "host unreachable",
    2: "protocol unreachable",
    PORT_UNREACHABLE: "port unreachable",
    6: "network unreachable",
    7: "host unreachable",
    9: "administratively prohibited",
    10: "administratively prohibited",
    11: "network unreachable",
    12: "host unreachable",
    13: "administratively prohibited",
}
"""Codes of ICMP type 3 (RFC 792; RFC 1122 section 3.2.2.1; RFC 1812 section 5.2.7.1)."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One ICMP error.

    Parameters
    ----------
    sender
        Address of the router or host that sent it.
    about, port
        Where the datagram was going.
    icmp_type, code
        As received.
    data
        Start of the datagram it is about, as far as it was sent back.
    """

    sender: str
    about: str
    port: int
    icmp_type: int
    code: int
    data: bytes


def is_supported() -> bool:
    """Whether this system has an error queue (Linux)."""
    return hasattr(socket, "MSG_ERRQUEUE")


def listen(sock: socket.socket) -> None:
    """Have the errors of a socket queued from now on."""
    sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)


def read(sock: socket.socket) -> Complaint | None:
    """Take the next error off the queue; ``None`` where it is no ICMP error.

    Raises
    ------
    BlockingIOError
        Where the queue is empty.
    """
    data, ancillary, _, to = sock.recvmsg(512, 512, socket.MSG_ERRQUEUE)
    for level, kind, value in ancillary:
        if level != socket.IPPROTO_IP or kind != _IP_RECVERR or len(value) < _EXTENDED.size + 8:
            continue
        _, origin, icmp_type, code, _, _, _ = _EXTENDED.unpack_from(value)
        family = int.from_bytes(value[_EXTENDED.size : _EXTENDED.size + 2], "little")
        if origin == _ORIGIN_ICMP and family == socket.AF_INET:
            sender = socket.inet_ntoa(value[_EXTENDED.size + 4 : _EXTENDED.size + 8])
            return Complaint(sender, to[0], to[1], icmp_type, code, data)
    return None


def words_of(icmp_type: int, code: int) -> str:
    """Say what an ICMP error means for the way; empty for a time exceeded, which means nothing bad."""
    return _WORDS.get(code, f"unreachable (code {code})") if icmp_type == UNREACHABLE else ""
