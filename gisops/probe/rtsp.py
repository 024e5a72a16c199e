"""Does a camera speak RTSP? One OPTIONS request, and no more than the first line of what comes back.

Any valid status line is an answer: a camera that wants a password (401) lives as
well as one that does not. An open port that says nothing proves less than it
seems: carriers' and firewalls' proxies accept for hosts that are gone.
"""

from __future__ import annotations

import asyncio
import re
import socket

from gisops.health.vitality import Sign
from gisops.probe.ports import Echo
from gisops.probe.tcp import connect, sign_of

__all__ = ["MAX_BYTES", "ask_options", "read_status", "request_of"]

MAX_BYTES = 2048
"""More than that without an end of line is no status line."""
_STATUS = re.compile(rb"RTSP/(?P<version>\d\.\d) (?P<code>[1-5]\d\d)(?: (?P<reason>[^\r\n]*))?\r?\n")
_SHOWN = 40


def request_of(address: str, port: int, path: str) -> bytes:
    """Write an OPTIONS request (RFC 2326 section 10.1; RFC 7826 section 13.1).

    Version 1.0, which every camera speaks; a server of 2.0 alone answers 505, and lives.
    """
    where = path if path == "*" else f"rtsp://{address}:{port}/{path.removeprefix('/')}"
    return f"OPTIONS {where} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: gisops\r\n\r\n".encode("ascii")


def read_status(data: bytes) -> Echo | None:
    r"""Read the first line of an answer; ``None`` while it may still become one.

    Examples
    --------
    >>> read_status(b"RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n").detail
    '401 Unauthorized'
    >>> read_status(b"RTSP/1.0 40") is None
    True
    >>> read_status(b"HTTP/1.1 400 Bad Request\r\n").detail
    "not RTSP: 'HTTP/1.1 400 Bad Request'"
    """
    status = _STATUS.match(data)
    if status is not None:
        reason = (status["reason"] or b"").decode("utf-8", "replace").strip()
        said = "".join(c if c.isprintable() else "?" for c in reason)[:_SHOWN]
        return Echo(Sign.ANSWERED, None, f"{status['code'].decode()} {said}".strip())
    start = data[:5]
    if b"\n" in data or len(data) >= MAX_BYTES or not b"RTSP/".startswith(start):
        line = data.split(b"\n", 1)[0].strip()[:_SHOWN]
        return Echo(Sign.REFUSED, None, f"not RTSP: {line.decode('ascii', 'backslashreplace')!r}")
    return None


async def ask_options(address: str, port: int, path: str, timeout_s: float) -> Echo:
    """Ask for the options of a path.

    Parameters
    ----------
    address, port, path
        IPv4 address, TCP port, and the path (``*``: the server as a whole).
    timeout_s
        Longest wait for all of it, however slowly bytes drip in.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    sock: socket.socket | None = None
    data = b""
    try:
        async with asyncio.timeout(timeout_s):
            sock = await connect(address, port)
            await loop.sock_sendall(sock, request_of(address, port, path))
            echo = read_status(data)
            while echo is None:
                more = await loop.sock_recv(sock, MAX_BYTES - len(data))
                if not more:
                    echo = _ended(data, "the connection was closed")
                    break
                data += more
                echo = read_status(data)
    except TimeoutError as error:
        silent = Echo(Sign.SILENT, None, f"no answer in {timeout_s:g} s")
        if sock is not None:
            silent = _ended(data, f"waited {timeout_s:g} s")
        echo = sign_of(error) if error.errno else silent
    except OSError as error:
        echo = sign_of(error) if sock is None else _ended(data, sign_of(error).detail)
    finally:
        if sock is not None:
            sock.close()
    return Echo(echo.sign, loop.time() - began if echo.sign.is_life else None, echo.detail)


def _ended(data: bytes, how: str) -> Echo:
    """Say what an exchange was worth that ended before a status line."""
    if data:
        shown = data[:_SHOWN].decode("ascii", "backslashreplace")
        return Echo(Sign.REFUSED, None, f"no whole answer ({how}): {shown!r}")
    return Echo(Sign.SILENT, None, f"connected, and no answer ({how})")
