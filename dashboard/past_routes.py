"""Which documents of the past the page fetches: a stretch of time to play, and one outage as a case."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from fastapi import FastAPI, HTTPException, Response

from dashboard.payload import City, delta_message, full_message
from gisops.errors import GisopsError
from gisops.service.past import Past, Stretch, snapshot_of, stretch

__all__ = ["register", "stretch_document"]

_DISTANT = timedelta(days=36500)


def register(server: FastAPI, past: Past, city: City, clock: Callable[[], datetime]) -> None:
    """Add the routes to a server; must come before the application's catch-all."""

    @server.get("/data/past.json")
    async def past_json(at: float, until: float, step: float = 1.0) -> Response:
        if not all(math.isfinite(value) for value in (at, until, step)) or step < 0.1 or until < at:
            raise HTTPException(400, "/data/past.json: at <= until and step >= 0.1 s: ask for such a stretch")
        now = clock()
        if abs(at - now.timestamp()) > _DISTANT.total_seconds() or at > now.timestamp():
            raise HTTPException(400, "/data/past.json: not in the past: ask for an earlier time")
        start = datetime.fromtimestamp(at, UTC)
        end = datetime.fromtimestamp(min(until, now.timestamp()), UTC)
        try:
            found = await stretch(past, start, end, timedelta(seconds=step))
        except (GisopsError, OSError) as error:
            raise HTTPException(503, str(error)) from error
        return _json(stretch_document(city, found))

    @server.get("/data/past-bounds.json")
    async def bounds_json() -> Response:
        try:
            bounds = await past.bounds()
        except (GisopsError, OSError) as error:
            raise HTTPException(503, str(error)) from error
        return _json({"first": _seconds(bounds.first_at), "last": _seconds(bounds.last_at)})


def stretch_document(city: City, found: Stretch) -> dict[str, Any]:
    """Give a stretch as the messages that a live page would have got, each with its time."""
    snapshot = snapshot_of(found.start)
    full = full_message(city, snapshot, found.start.at)
    deltas = []
    for at, delta in found.deltas:
        message, snapshot = delta_message(city, snapshot, delta, at)
        deltas.append({"at": at.timestamp(), "message": message})
    return {
        "at": found.start.at.timestamp(),
        "until": found.until.timestamp(),
        "unasked_since": _seconds(found.start.unasked_since),
        "full": full,
        "deltas": deltas,
    }


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _json(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), media_type="application/json", headers={"Cache-Control": "no-store"})
