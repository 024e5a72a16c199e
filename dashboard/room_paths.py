"""Which addresses are rooms of the one page: each is answered as the front door is, and the page's script reads it.

The framework prepares itself on the first request for the front door only; a room asked for first would stay empty.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["RoomPaths", "is_room"]

_ROOMS = frozenset({"/network", "/command"})
_CASES = "/case/"


def is_room(path: str) -> bool:
    """Tell whether an address is a room.

    Examples
    --------
    >>> is_room("/command"), is_room("/command/"), is_room("/case/O-1"), is_room("/data/city.json")
    (True, True, True, False)
    """
    return path.rstrip("/") in _ROOMS or (path.startswith(_CASES) and len(path) > len(_CASES))


class RoomPaths:
    """Lead every room to the front door."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and is_room(scope["path"]):
            scope = {**scope, "path": "/", "raw_path": b"/"}
        await self._app(scope, receive, send)
