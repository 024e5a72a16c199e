"""Does anything at an address take, or refuse, a TCP connection? Either proves that the host lives."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import struct

from gisops.health.vitality import Sign
from gisops.probe.ports import Echo

__all__ = ["connect", "knock", "sign_of"]

_FROM_THE_WAY = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ETIMEDOUT, errno.ENONET})
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER: a probe leaves no connection in TIME_WAIT behind, however many hosts are asked."""


def sign_of(error: OSError) -> Echo:
    """Say what an error of a connection attempt means for the host.

    A refusal comes from the host itself; an unreachable from a router; anything else (no
    descriptors, no free port, a local filter) from this machine, and says nothing of the host.

    Examples
    --------
    >>> sign_of(ConnectionRefusedError(errno.ECONNREFUSED, "x")).sign
    <Sign.REFUSED: 'refused'>
    >>> sign_of(OSError(errno.EMFILE, "x"))
    Echo(sign=<Sign.NOT_ALLOWED: 'not_allowed'>, rtt_s=None, detail='Too many open files')
    """
    words = os.strerror(error.errno) if error.errno else str(error)
    if error.errno in (errno.ECONNREFUSED, errno.ECONNRESET):
        return Echo(Sign.REFUSED, None, words)
    return Echo(Sign.SILENT if error.errno in _FROM_THE_WAY else Sign.NOT_ALLOWED, None, words)


async def connect(address: str, port: int) -> socket.socket:
    """Open a connection; the caller bounds the time and closes the socket.

    Raises
    ------
    OSError
        As connect(2) gives it; see `sign_of`.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
    except BaseException:
        sock.close()
        raise
    if sock.getsockname() == sock.getpeername():
        # On its own machine an ephemeral port can meet itself (RFC 9293, simultaneous open).
        sock.close()
        raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
    return sock


async def knock(address: str, port: int, timeout_s: float) -> Echo:
    """Connect and close.

    Parameters
    ----------
    address, port
        IPv4 address and TCP port.
    timeout_s
        Longest wait.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    try:
        async with asyncio.timeout(timeout_s):
            sock = await connect(address, port)
    except TimeoutError as error:
        # ETIMEDOUT of the kernel is a TimeoutError, too.
        return sign_of(error) if error.errno else Echo(Sign.SILENT, None, f"no answer in {timeout_s:g} s")
    except OSError as error:
        echo = sign_of(error)
        rtt_s = loop.time() - began if echo.sign.is_life else None
        return Echo(echo.sign, rtt_s, echo.detail)
    rtt_s = loop.time() - began
    sock.close()
    return Echo(Sign.ANSWERED, rtt_s, "port open")
