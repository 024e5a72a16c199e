"""Which documents of coverage the page fetches: what each camera sees, and the sums of those that work now."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

import orjson
from fastapi import FastAPI, HTTPException, Request, Response

from dashboard.payload import Packed, packed
from gisops.errors import GisopsError
from gisops.service.live import LiveView
from gisops.store.ports import StateRow

__all__ = ["CoverageSource", "register"]


class CoverageSource(Protocol):
    """Who knows what the cameras see (`gisops.service.coverage_map.CoverageMap`)."""

    async def bands(self) -> dict[str, Any]:
        """Give what each camera sees, as rings to draw."""
        ...

    async def live(self, states: Mapping[str, StateRow]) -> dict[str, Any]:
        """Sum up what the cameras that work now see."""
        ...


def register(server: FastAPI, view: LiveView, source: CoverageSource) -> None:
    """Add the routes to a server; must come before the application's catch-all."""
    kept: list[Packed] = []

    @server.get("/data/coverage.json")
    async def coverage_json(request: Request) -> Response:
        if not kept:
            try:
                document = await source.bands()
            except (GisopsError, OSError) as error:
                raise HTTPException(503, str(error)) from error
            kept[:] = [await asyncio.to_thread(packed, document)]
        headers = {"ETag": kept[0].etag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == kept[0].etag:
            return Response(status_code=304, headers=headers)
        return Response(kept[0].body, media_type="application/json", headers={**headers, "Content-Encoding": "gzip"})

    @server.get("/data/coverage-live.json")
    async def coverage_live_json() -> Response:
        try:
            snapshot = await view.snapshot()
            document = await source.live(snapshot.states)
        except (GisopsError, OSError) as error:
            raise HTTPException(503, str(error)) from error
        body = orjson.dumps({"seq": snapshot.seq, **document})
        return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})
