"""One HTTP request, and what its answer means for a message: taken, refused, or try again."""

from __future__ import annotations

import asyncio
import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gisops import __version__
from gisops.notify.ports import Refused, Undelivered

__all__ = ["Request", "send_request"]

_REFUSED = frozenset({400, 413, 415, 422})
"""The message itself is not wanted. A wrong token (401, 403) or path (404) will be put right: that is tried again."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked; address and headers may hold secrets and never show."""

    url: str = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    method: str = "POST"


async def send_request(request: Request, timeout_s: float) -> None:
    """Send a request; proxies and redirects are not followed.

    Raises
    ------
    Undelivered
        Where no answer comes, or one other than 2xx.
    """
    await asyncio.to_thread(_exchange, request, timeout_s)


def _exchange(request: Request, timeout_s: float) -> None:
    parts = urlsplit(request.url)
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, parts.port, timeout=timeout_s, context=context)
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=timeout_s)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"User-Agent": f"gisops/{__version__}", **request.headers}
    try:
        connection.request(request.method, target, request.body or None, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        # Its own text may repeat the address, key and all.
        raise Undelivered(f"{host}: {type(error).__name__}") from None
    finally:
        connection.close()
    if 200 <= status < 300:
        return
    raise (Refused if status in _REFUSED else Undelivered)(f"{host}: answered {status}")
