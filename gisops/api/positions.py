"""The position feed over HTTP: who sends, how much, in which of the forms, and what is answered.

``/`` and ``/osmand``: OsmAnd protocol (query or form) and the JSON of Traccar Client; ``/traccar``: Traccar's
position forward; ``/owntracks``: OwnTracks. The token comes as ``Authorization: Bearer``, as password of HTTP
Basic (OwnTracks), or as ``token`` in the query, for trackers that can do no more; no address is ever logged.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from gisops.config.trackers import Sender, Senders
from gisops.errors import PositionError, StoreError
from gisops.model.position import Fix
from gisops.service.pace import Pace
from gisops.service.position_feed import PositionFeed
from gisops.trails.messages import from_osmand, from_owntracks, from_traccar, from_traccar_client

__all__ = ["MOST_BYTES", "Limits", "create_app"]

MOST_BYTES = 65_536
_BODY_S = 10.0
_RETRY = {"Retry-After": "5"}


class Limits:
    """How much is taken: of each sender, of each tracker, and of those who have no token."""

    def __init__(self) -> None:
        self.sender = Pace(per_s=100.0, burst=1000)
        self.tracker = Pace(per_s=2.0, burst=300)  # a tracker that was out of reach sends what it kept
        self.stranger = Pace(per_s=2.0, burst=20)


class _RefusedError(Exception):
    """An answer that ends a request early."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.answer = PlainTextResponse(f"{text}\n", status, dict(headers or {}))


def create_app(
    feed: PositionFeed,
    senders: Senders,
    limits: Limits | None = None,
    monotonic: Callable[[], float] = time.monotonic,
) -> Starlette:
    """Build the application over an opened feed.

    Parameters
    ----------
    feed
        Where positions go.
    senders
        Who may send.
    limits
        How much is taken.
    monotonic
        Seconds on a clock that only goes forward.
    """
    limits = limits or Limits()

    async def receive(request: Request, read: Callable[[Request, bytes], Fix | None]) -> Response:
        sender = _known(request, senders, limits, monotonic)
        body = await _body(request)
        fix = read(request, body)
        if fix is not None:
            if not limits.tracker.allows(fix.tracker_id, monotonic()):
                raise _RefusedError(429, f"tracker {fix.tracker_id}: sends too often: send it later", _RETRY)
            await feed.take(sender, fix)
        return Response(b"[]", 200, media_type="application/json")  # OwnTracks wants a list; the others look at 200

    def route(path: str, methods: list[str], read: Callable[[Request, bytes], Fix | None]) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                return await receive(request, read)
            except _RefusedError as refused:
                return refused.answer
            except PositionError as error:
                return PlainTextResponse(f"{error}\n", 400)
            except StoreError as error:
                return PlainTextResponse(f"{error.what}: send it again\n", 503, _RETRY)
            except ClientDisconnect:
                return Response(status_code=400)

        return Route(path, endpoint, methods=methods)

    return Starlette(
        routes=[
            route("/", ["GET", "POST"], _osmand),
            route("/osmand", ["GET", "POST"], _osmand),
            route("/traccar", ["POST"], lambda _, body: from_traccar(_json(body))),
            route("/owntracks", ["POST"], _owntracks),
        ]
    )


def _known(request: Request, senders: Senders, limits: Limits, monotonic: Callable[[], float]) -> Sender:
    sender = senders.find(token) if (token := _token(request)) else None
    if sender is None:
        host = request.client.host if request.client else ""
        if not limits.stranger.allows(host, monotonic()):
            raise _RefusedError(429, "positions: too many requests without a valid token: wait", _RETRY)
        challenge = {"WWW-Authenticate": 'Basic realm="positions", Bearer'}
        raise _RefusedError(401, "positions: no valid token: send the one of this tracker", challenge)
    if not limits.sender.allows(sender.name, monotonic()):
        raise _RefusedError(429, f"sender {sender.name}: sends too often: send it later", _RETRY)
    return sender


def _token(request: Request) -> str | None:
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            _, _, password = base64.b64decode(rest, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return None
        return password
    return request.query_params.get("token")


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_S):
            async for part in request.stream():
                body += part
                if len(body) > MOST_BYTES:
                    raise _RefusedError(413, f"positions: more than {MOST_BYTES} bytes: send one position a message")
    except TimeoutError:
        raise _RefusedError(408, "positions: the message did not come: send it again") from None
    return bytes(body)


def _osmand(request: Request, body: bytes) -> Fix | None:
    if body[:1] == b"{" or "json" in request.headers.get("content-type", ""):
        return from_traccar_client(_json(body))
    try:
        form = dict(parse_qsl(body.decode("ascii"), max_num_fields=100)) if body else {}
    except ValueError:
        raise PositionError(
            "osmand", "the form cannot be read", "send it as application/x-www-form-urlencoded"
        ) from None
    return from_osmand({**request.query_params, **form})


def _owntracks(request: Request, body: bytes) -> Fix | None:
    if not body:  # the app's way to delete a friend
        return None
    return from_owntracks(_json(body), request.headers.get("x-limit-d"))


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise PositionError("positions", "is no JSON object", "send the message as the program makes it")
    return document
