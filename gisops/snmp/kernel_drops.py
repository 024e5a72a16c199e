"""How many datagrams the kernel threw away because a socket's receive buffer was full."""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path

__all__ = ["kernel_drops", "kernel_drops_in"]

_SO_MEMINFO = 55
"""Linux 4.12: an array of 32-bit counts."""
_MEMINFO = struct.Struct("9I")
_DROPS_AT = 8
"""SK_MEMINFO_DROPS."""


def kernel_drops(sock: socket.socket, table: Path = Path("/proc/net/udp")) -> int:
    """Give how many datagrams a socket lost to a full buffer so far.

    Parameters
    ----------
    sock
        A bound UDP socket.
    table
        The kernel's list of UDP sockets, read where the socket itself cannot be asked.

    Returns
    -------
    int
        Count; 0 where the system keeps none.
    """
    try:
        return int(_MEMINFO.unpack(sock.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size))[_DROPS_AT])
    except (OSError, struct.error):
        pass
    try:
        return kernel_drops_in(table.read_text(encoding="ascii"), os.fstat(sock.fileno()).st_ino)
    except OSError:
        return 0


def kernel_drops_in(table: str, inode: int) -> int:
    r"""Find a socket's drops in the text of ``/proc/net/udp``: last column, found by inode (tenth).

    Examples
    --------
    >>> kernel_drops_in("sl ...\n1: a b 07 0:0 00:0 0 0 0 4711 2 ffff 12\n", 4711)
    12
    """
    for line in table.splitlines()[1:]:
        columns = line.split()
        if len(columns) >= 13 and columns[9] == str(inode):
            return int(columns[12])
    return 0
