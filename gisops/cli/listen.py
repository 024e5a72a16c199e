"""How a command listens on TCP and says that it does."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import TYPE_CHECKING

from gisops.errors import ConfigError

if TYPE_CHECKING:
    import uvicorn

__all__ = ["announce", "listen"]


async def announce(server: uvicorn.Server, url: str) -> None:
    """Print a JSON line once a server answers."""
    while not server.started:  # noqa: ASYNC110 - uvicorn offers a flag, not an event
        await asyncio.sleep(0.02)
    print(json.dumps({"ready": True, "url": url}), flush=True)


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket.

    Raises
    ------
    ConfigError
        Where the address cannot be used.
    """
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(128)
    except OSError as error:
        sock.close()
        raise ConfigError(
            f"{host}:{port}", f"cannot be served on ({error.strerror})", "stop what uses it, or choose another --port"
        ) from error
    return sock
