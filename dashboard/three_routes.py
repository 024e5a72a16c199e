"""The 3D view at ``/3d``: pydeck's bundled program, the city once, and the live layers again and again."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pydeck
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from dashboard.data_routes import answer_packed
from dashboard.payload import Packed, packed
from dashboard.three import ground_layers, live_layers, view_state
from gisops.errors import GisopsError
from gisops.service.live import LiveView

__all__ = ["Footprints", "register"]

Footprints = Callable[[], list[dict[str, Any]]]
"""Loads the buildings as rows (`dashboard.three.building_rows`); called once, in a thread."""

_BUNDLE = Path(pydeck.__file__).parent / "nbextension" / "static" / "index.js"
_PAGE = (Path(__file__).parent / "three.html").read_text(encoding="utf-8")


def register(server: FastAPI, view: LiveView, footprints: Footprints) -> None:
    """Add the routes to a server; must come before the application's catch-all."""
    kept: dict[str, Packed] = {}

    def bundle() -> Packed:
        body = _BUNDLE.read_bytes()
        return Packed(gzip.compress(body, 6, mtime=0), f'"{len(body)}-{_BUNDLE.stat().st_mtime_ns:x}"')

    def ground() -> Packed:
        inventory = view.inventory
        layers = ground_layers(inventory, footprints())
        return packed({"view": view_state(inventory), "demo": inventory.settings.demo, "layers": layers})

    async def once(name: str, make: Callable[[], Packed]) -> None:
        if name not in kept:
            kept[name] = await asyncio.to_thread(make)

    @server.get("/3d")
    async def page() -> HTMLResponse:
        return HTMLResponse(_PAGE)

    @server.get("/data/3d/deck.js")
    async def deck_js(request: Request) -> Response:
        await once("bundle", bundle)
        return answer_packed(request, kept["bundle"], "text/javascript")

    @server.get("/data/3d/ground.json")
    async def ground_json(request: Request) -> Response:
        with _refusing():
            await once("ground", ground)
        return answer_packed(request, kept["ground"], "application/json")

    @server.get("/data/3d/live.json")
    async def live_json() -> Response:
        with _refusing():
            snapshot = await view.snapshot()
        layers = await asyncio.to_thread(live_layers, view.inventory, snapshot)
        beat = snapshot.heartbeat_at.timestamp() if snapshot.heartbeat_at else None
        body = orjson.dumps({"seq": snapshot.seq, "heartbeat": beat, "layers": layers})
        return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


@contextmanager
def _refusing() -> Iterator[None]:
    """Say to the browser what could not be had."""
    try:
        yield
    except (GisopsError, OSError) as error:
        raise HTTPException(503, str(error)) from error
