"""Which static and live documents the page fetches over HTTP.

``/data/city.json`` and the GeoJSON layers are packed once and answered from
memory, with an ETag; ``/data/live.json`` is the whole live state, for a page
whose stream broke.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import orjson
from fastapi import FastAPI, HTTPException, Request, Response

from dashboard.layers import LAYER_NAMES, layer_document
from dashboard.payload import City, Packed, city_document, full_message, packed
from gisops.errors import GisopsError
from gisops.service.live import LiveView
from gisops.trails.record import trail_json

__all__ = ["answer_packed", "register"]


def answer_packed(request: Request, document: Packed, media_type: str) -> Response:
    """Answer with a packed document, or with 304 where the asker has it."""
    headers = {"ETag": document.etag, "Cache-Control": "no-cache", "Content-Encoding": "gzip"}
    if request.headers.get("if-none-match") == document.etag:
        return Response(status_code=304, headers={"ETag": document.etag, "Cache-Control": "no-cache"})
    return Response(document.body, media_type=media_type, headers=headers)


def register(
    server: FastAPI,
    view: LiveView,
    city: City,
    clock: Callable[[], datetime],
    stale_after_s: float,
    silent_after_s: float,
) -> None:
    """Add the routes to a server; must come before the application's catch-all."""
    layers: dict[str, Packed] = {}
    static = packed(city_document(city, stale_after_s, silent_after_s))

    @server.get("/data/city.json")
    async def city_json(request: Request) -> Response:
        return answer_packed(request, static, "application/json")

    @server.get("/data/live.json")
    async def live_json() -> Response:
        try:
            snapshot = await view.snapshot()
        except (GisopsError, OSError) as error:
            raise HTTPException(503, str(error)) from error
        message = full_message(city, snapshot, clock())
        return Response(
            orjson.dumps(message),
            media_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    @server.get("/data/trails.json")
    async def trails_json() -> Response:
        try:
            trails = await view.trails()
        except (GisopsError, OSError) as error:
            raise HTTPException(503, str(error)) from error
        body = await asyncio.to_thread(lambda: orjson.dumps({"trails": [trail_json(trail) for trail in trails]}))
        return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})

    @server.get("/data/{name}.geojson")
    async def layer_json(request: Request, name: str) -> Response:
        if name not in LAYER_NAMES:
            raise HTTPException(404, f"/data/{name}.geojson: no such layer: ask for one of {LAYER_NAMES}")
        if name not in layers:
            layers[name] = await asyncio.to_thread(lambda: packed(layer_document(city.inventory, name)))
        return answer_packed(request, layers[name], "application/geo+json")
