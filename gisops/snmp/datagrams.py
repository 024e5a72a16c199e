"""How many datagrams leave and arrive in one go: a UDP socket that sends and receives in batches.

Linux takes up to `BATCH` datagrams in one system call (sendmmsg, recvmmsg);
Python does not offer them, so they are called through ctypes. Elsewhere, and
where the C library lacks them, the same interface works a datagram at a time.
"""

from __future__ import annotations

import ctypes
import errno
import socket
import struct
import sys
from collections.abc import Sequence
from typing import Protocol

from gisops.errors import SnmpError

__all__ = ["BATCH", "Arrival", "Datagrams", "open_datagrams", "socket_name", "source_of"]

BATCH = 64
"""Datagrams a system call."""
RECEIVE_BUFFER = 4 * 1024 * 1024
_ROOM = 65536 + 320
"""Octets a datagram gets; the odd part keeps the rooms from sharing the same lines of the processor's cache."""
_SO_RCVBUFFORCE = 33
_NAME = struct.Struct("=H2s4s8x")
_SOURCE_OCTETS = 8

Arrival = tuple[int, int, bytes]
"""Where a datagram begins in `Datagrams.buffer`, its octets, and its source."""


def socket_name(address: str, port: int) -> bytes:
    """Give ``sockaddr_in`` of an IPv4 address and port; its first 8 octets are the source of an answer.

    Raises
    ------
    SnmpError
        Where the address is not IPv4.
    """
    try:
        return _NAME.pack(socket.AF_INET, port.to_bytes(2, "big"), socket.inet_aton(address))
    except (OSError, OverflowError, ValueError) as error:
        raise SnmpError(f"{address}:{port}", "is not an IPv4 address and port", "correct the inventory") from error


def source_of(name: bytes) -> bytes:
    """Give the part of a socket name that tells one source from another."""
    return name[:_SOURCE_OCTETS]


class Datagrams(Protocol):
    """One non-blocking UDP socket."""

    buffer: memoryview
    """Where what was received stands until the next call."""
    sock: socket.socket

    def send(self, messages: Sequence[bytes], names: Sequence[bytes]) -> int:
        """Send up to `BATCH` datagrams; give how many the system took (less: its buffer is full, wait)."""
        ...

    def receive(self) -> list[Arrival]:
        """Take in what is there, `BATCH` at most; empty: nothing more."""
        ...


def open_datagrams(bind: str, port: int) -> Datagrams:
    """Open a socket with a large receive buffer.

    Raises
    ------
    SnmpError
        Where the address cannot be used.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    try:
        sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER)
    except OSError:  # not root, or not Linux: as much as the system allows
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    try:
        sock.bind((bind, port))
    except OSError as error:
        sock.close()
        raise SnmpError(f"{bind}:{port}", f"cannot poll from here ({error.strerror})", "choose another") from error
    if sys.platform == "linux":
        calls = ctypes.PyDLL(None, use_errno=True)
        if hasattr(calls, "sendmmsg") and hasattr(calls, "recvmmsg"):
            return BatchDatagrams(sock, calls)
    return PlainDatagrams(sock)


class PlainDatagrams:
    """A datagram a system call, anywhere."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.buffer = memoryview(bytearray(BATCH * _ROOM))

    def send(self, messages: Sequence[bytes], names: Sequence[bytes]) -> int:
        """Send; see `Datagrams`."""
        for number, (message, name) in enumerate(zip(messages, names, strict=True)):
            _, port, address = _NAME.unpack(name)
            try:
                self.sock.sendto(message, (socket.inet_ntoa(address), int.from_bytes(port, "big")))
            except BlockingIOError:
                return number
            except OSError:
                # No route: to the device's state the same as a lost datagram.
                continue
        return len(messages)

    def receive(self) -> list[Arrival]:
        """Receive; see `Datagrams`."""
        found: list[Arrival] = []
        for at in range(0, BATCH * _ROOM, _ROOM):
            try:
                size, (address, port) = self.sock.recvfrom_into(self.buffer[at : at + _ROOM])
            except BlockingIOError:
                break
            except OSError:
                continue
            found.append((at, size, source_of(socket_name(address, port))))
        return found


class _IoVec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]


class _Message(ctypes.Structure):
    """``struct msghdr``."""

    _fields_ = [
        ("name", ctypes.c_void_p),
        ("name_size", ctypes.c_uint32),
        ("vectors", ctypes.c_void_p),
        ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_size", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    ]


class _Header(ctypes.Structure):
    """``struct mmsghdr``: a message and the octets sent or received."""

    _fields_ = [("message", _Message), ("size", ctypes.c_uint)]


class _Arena:
    """Memory for `BATCH` datagrams as the system calls want it, laid out once."""

    def __init__(self) -> None:
        # Pages that no datagram ever reaches are never given out by the kernel.
        self.data = (ctypes.c_char * (BATCH * _ROOM))()
        self.names = (ctypes.c_char * (BATCH * _NAME.size))()
        self.vectors = (_IoVec * BATCH)()
        self.headers = (_Header * BATCH)()
        base, names = ctypes.addressof(self.data), ctypes.addressof(self.names)
        vectors, vector_octets = ctypes.addressof(self.vectors), ctypes.sizeof(_IoVec)
        for number in range(BATCH):
            self.vectors[number] = _IoVec(base + number * _ROOM, _ROOM)
            message = _Message(
                names + number * _NAME.size, _NAME.size, vectors + number * vector_octets, 1, None, 0, 0
            )
            self.headers[number] = _Header(message, 0)


class BatchDatagrams:
    """Many datagrams a system call, on Linux."""

    def __init__(self, sock: socket.socket, calls: ctypes.PyDLL) -> None:
        self.sock = sock
        self._fd = sock.fileno()
        self._out, self._in = _Arena(), _Arena()
        self._out_data = memoryview(self._out.data).cast("B")
        self._out_names = memoryview(self._out.names).cast("B")
        self._out_sizes: list[int] = []
        self._out_base = ctypes.addressof(self._out.data)
        self.buffer = memoryview(self._in.data).cast("B")
        self._in_names = self._in.names
        self._in_headers = memoryview(self._in.headers).cast("B")
        gap, whole = _Header.size.offset, ctypes.sizeof(_Header)
        self._sizes = struct.Struct("=" + f"{gap}xI{whole - gap - 4}x" * BATCH)
        self._rooms = range(0, BATCH * _ROOM, _ROOM)
        self._sources = [slice(n * _NAME.size, n * _NAME.size + _SOURCE_OCTETS) for n in range(BATCH)]
        self._sendmmsg, self._recvmmsg = calls.sendmmsg, calls.recvmmsg
        self._sendmmsg.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int]
        self._recvmmsg.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p]
        self._out_headers = ctypes.addressof(self._out.headers)
        self._in_first = ctypes.addressof(self._in.headers)

    def send(self, messages: Sequence[bytes], names: Sequence[bytes]) -> int:
        """Send; see `Datagrams`."""
        joined, together = b"".join(messages), b"".join(names)
        self._out_data[: len(joined)] = joined
        self._out_names[: len(together)] = together
        sizes = [len(message) for message in messages]
        if sizes != self._out_sizes[: len(sizes)]:
            at = self._out_base
            for vector, size in zip(self._out.vectors, sizes, strict=False):
                vector.base, vector.size = at, size
                at += size
            self._out_sizes = sizes
        return self._pass_on(len(messages))

    def _pass_on(self, count: int) -> int:
        done = 0
        while done < count:
            first = self._out_headers + done * ctypes.sizeof(_Header)
            taken = self._sendmmsg(self._fd, first, count - done, 0)
            if taken > 0:
                done += taken
            elif ctypes.get_errno() in (errno.EAGAIN, errno.ENOBUFS):
                return done
            elif ctypes.get_errno() != errno.EINTR:
                # No route: to the device's state the same as a lost datagram.
                done += 1
        return done

    def receive(self) -> list[Arrival]:
        """Receive; see `Datagrams`."""
        count = self._recvmmsg(self._fd, self._in_first, BATCH, socket.MSG_DONTWAIT, None)
        if count <= 0:
            return []
        names = self._in_names.raw
        sizes = self._sizes.unpack_from(self._in_headers)
        return [
            (at, size, names[source])
            for at, size, source, _ in zip(self._rooms, sizes, self._sources, range(count), strict=False)
        ]
