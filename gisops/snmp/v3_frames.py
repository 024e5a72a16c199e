"""What the listener and the process that opens version 3 notifications say to each other.

One message of a sequenced-packet socket pair is one frame: a letter, then its fields.
Secrets travel in `Setup` only, through the socket: never on a command line, in the
environment or in a file.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from gisops.config.credentials import Credential

__all__ = [
    "MAX_FRAME",
    "READY",
    "Ack",
    "Datagram",
    "Malformed",
    "Notified",
    "Refused",
    "Reply",
    "Setup",
    "decode_from_child",
    "decode_to_child",
]

MAX_FRAME = 70000
"""Octets; more than any datagram and its fields."""
READY = b"R"
_PLACE = struct.Struct("!4sHB")
_NOTIFIED = struct.Struct("!4sHIIIBBB")
_HANDLE = struct.Struct("!IB")


@dataclass(frozen=True, slots=True)
class Setup:
    """To the child, first: who may speak, and who we are."""

    engine_id: bytes
    boots: int
    users: tuple[Credential, ...]

    def encode(self) -> bytes:
        """Give the frame."""
        fields = {"engine_id": self.engine_id.hex(), "boots": self.boots, "users": [asdict(u) for u in self.users]}
        return b"C" + json.dumps(fields).encode()


@dataclass(frozen=True, slots=True)
class Datagram:
    """To the child: a version 3 datagram, where it came from, and the engine id of who is there."""

    source: tuple[str, int]
    engine_id: bytes
    data: bytes

    def encode(self) -> bytes:
        """Give the frame."""
        host, port = self.source
        place = _PLACE.pack(socket.inet_aton(host), port, len(self.engine_id))
        return b"D" + place + self.engine_id + self.data


@dataclass(frozen=True, slots=True)
class Ack:
    """To the child: answer the inform held under ``handle``, or just let go of it."""

    handle: int
    is_stored: bool

    def encode(self) -> bytes:
        """Give the frame."""
        return b"A" + _HANDLE.pack(self.handle, self.is_stored)


@dataclass(frozen=True, slots=True)
class Reply:
    """From the child: send this to there."""

    target: tuple[str, int]
    data: bytes

    def encode(self) -> bytes:
        """Give the frame."""
        return b"S" + _PLACE.pack(socket.inet_aton(self.target[0]), self.target[1], 0) + self.data


@dataclass(frozen=True, slots=True)
class Notified:
    """From the child: a notification that was authentic; ``handle`` is 0 unless it is an inform.

    ``mark`` is its digest on the wire (empty without authentication): no two messages share one.
    """

    source: tuple[str, int]
    handle: int
    engine_id: bytes
    boots: int
    time: int
    mark: bytes
    pdu: bytes

    def encode(self) -> bytes:
        """Give the frame."""
        host, port = self.source
        head = _NOTIFIED.pack(
            socket.inet_aton(host),
            port,
            self.handle,
            self.boots,
            self.time,
            len(self.engine_id),
            len(self.mark),
            0,
        )
        return b"N" + head + self.engine_id + self.mark + self.pdu


@dataclass(frozen=True, slots=True)
class Refused:
    """From the child: a datagram was not believed, and why."""

    reason: str

    def encode(self) -> bytes:
        """Give the frame."""
        return b"F" + self.reason.encode()


@dataclass(frozen=True, slots=True)
class Malformed:
    """From the child: a datagram could not be read."""

    def encode(self) -> bytes:
        """Give the frame."""
        return b"M"


def decode_to_child(frame: bytes) -> Setup | Datagram | Ack:
    """Read a frame of the listener."""
    kind, body = frame[:1], frame[1:]
    if kind == b"C":
        fields = json.loads(body)
        return Setup(bytes.fromhex(fields["engine_id"]), fields["boots"], _users(fields["users"]))
    if kind == b"A":
        handle, is_stored = _HANDLE.unpack(body)
        return Ack(handle, bool(is_stored))
    host, port, size = _PLACE.unpack_from(body)
    at = _PLACE.size + size
    return Datagram((socket.inet_ntoa(host), port), body[_PLACE.size : at], body[at:])


def decode_from_child(frame: bytes) -> Reply | Notified | Refused | Malformed:
    """Read a frame of the child (`READY` is not one of these)."""
    kind, body = frame[:1], frame[1:]
    if kind == b"M":
        return Malformed()
    if kind == b"F":
        return Refused(body.decode())
    if kind == b"S":
        host, port, _ = _PLACE.unpack_from(body)
        return Reply((socket.inet_ntoa(host), port), body[_PLACE.size :])
    host, port, handle, boots, time, id_size, mark_size, _ = _NOTIFIED.unpack_from(body)
    at = _NOTIFIED.size
    rest = body[at + id_size + mark_size :]
    engine_id = body[at : at + id_size]
    mark = body[at + id_size : at + id_size + mark_size]
    return Notified((socket.inet_ntoa(host), port), handle, engine_id, boots, time, mark, rest)


def _users(records: Iterable[dict[str, str]]) -> tuple[Credential, ...]:
    return tuple(Credential(**record) for record in records)
