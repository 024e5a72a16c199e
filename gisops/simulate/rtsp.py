"""The simulated devices' second sign of life: an RTSP server at each one's loopback address.

The kernel answers echo requests, and refuses closed TCP ports, for every address
in 127/8, whether its device lives or not: in the simulated city neither ICMP nor
a bare TCP connection proves anything. Only an RTSP answer does, so the demo is
probed by RTSP alone. A dead device's connection is closed without a word.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket

from gisops.errors import ConfigError
from gisops.simulate.city import City

__all__ = ["RTSP_PORT", "RtspPresence", "answer_options"]

RTSP_PORT = 16554
"""Where simulated devices answer."""
_SO_BINDTODEVICE = 25
_BACKLOG = 1024
_REQUEST_BYTES = 4096
_PATIENCE_S = 5.0
_REQUEST = re.compile(rb"(?P<method>[A-Z_]+) (?P<uri>\S+) RTSP/(?P<version>\d\.\d)\r?\n")
_CSEQ = re.compile(rb"^CSeq: *(\d{1,9})\r?$", re.MULTILINE | re.IGNORECASE)
_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN"


def answer_options(request: bytes) -> bytes:
    r"""Give the answer to one request (RFC 2326 section 10.1).

    Examples
    --------
    >>> answer_options(b"OPTIONS * RTSP/1.0\r\nCSeq: 7\r\n\r\n").split(b"\r\n")[:2]
    [b'RTSP/1.0 200 OK', b'CSeq: 7']
    >>> answer_options(b"PLAY rtsp://h/ RTSP/1.0\r\nCSeq: 8\r\n\r\n").split(b"\r\n")[0]
    b'RTSP/1.0 401 Unauthorized'
    """
    line, number = _REQUEST.match(request), _CSEQ.search(request)
    cseq = f"CSeq: {number[1].decode()}\r\n" if number else ""
    if line is None or number is None:
        status, more = "400 Bad Request", ""
    elif line["version"] != b"1.0":
        status, more = "505 RTSP Version not supported", ""
    elif line["method"] == b"OPTIONS":
        status, more = "200 OK", f"Public: {_METHODS}\r\n"
    else:
        status, more = "401 Unauthorized", 'WWW-Authenticate: Basic realm="camera"\r\n'
    return f"RTSP/1.0 {status}\r\n{cseq}{more}\r\n".encode()


class RtspPresence:
    """One listening socket that answers as whichever device was called; make it with `open`."""

    def __init__(self, city: City) -> None:
        self._city = city
        boxes = {box.record.address: box.record.id for box in city.boxes.values()}
        cameras = {camera.record.address: camera.record.id for camera in city.cameras.values()}
        self._devices = boxes | cameras
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.StreamWriter] = set()

    @classmethod
    async def open(cls, city: City, port: int) -> RtspPresence:
        """Listen on every loopback address.

        Parameters
        ----------
        city
            Who lives.
        port
            TCP port, the same for every device.

        Raises
        ------
        ConfigError
            Where the port cannot be used.
        """
        presence = cls(city)
        sock = _bound(port)
        presence._server = await asyncio.start_server(presence._talk, sock=sock, limit=_REQUEST_BYTES)
        return presence

    async def close(self) -> None:
        """Stop listening and end every talk."""
        if self._server is not None:
            self._server.close()
            for writer in tuple(self._talks):
                writer.close()
            await self._server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talks.add(writer)
        called = writer.get_extra_info("sockname")[0]
        device_id = self._devices.get(called)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while request := await reader.readuntil(b"\r\n\r\n"):
                    # Read first: closing on unread octets would send a reset, which is a word, too.
                    if device_id is None or not self._city.host_answers(device_id):
                        break
                    writer.write(answer_options(request))
                    await writer.drain()
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # Whoever stops talking, or talks too much, is hung up on.
        finally:
            self._talks.discard(writer)
            writer.close()


def _bound(port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with contextlib.suppress(PermissionError):
        # Calls for any address but a device's are closed without a word in any case.
        sock.setsockopt(socket.SOL_SOCKET, _SO_BINDTODEVICE, b"lo")
    try:
        sock.bind(("0.0.0.0", port))  # noqa: S104 - every loopback address, and those alone
        sock.listen(_BACKLOG)
    except OSError as error:
        sock.close()
        raise ConfigError(
            f"TCP port {port}", f"cannot be used ({error.strerror})", "stop what uses it, or choose another"
        ) from error
    return sock
