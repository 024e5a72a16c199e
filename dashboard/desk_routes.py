"""How a page enters what people do about a loss, and how it learns what others entered."""

from __future__ import annotations

import orjson
from fastapi import FastAPI, HTTPException, Request, Response

from gisops.errors import GisopsError
from gisops.service.desk import Desk, read_deed

__all__ = ["register"]

_MOST_BYTES = 200_000


def _json(document: object) -> Response:
    return Response(orjson.dumps(document), media_type="application/json", headers={"Cache-Control": "no-store"})


def register(server: FastAPI, desk: Desk) -> None:
    """Add the routes to a server; must come before the application's catch-all."""

    @server.get("/data/desk.json")
    async def desk_json() -> Response:
        try:
            return _json(await desk.standing())
        except (GisopsError, OSError) as error:
            raise HTTPException(503, str(error)) from error

    @server.post("/data/desk")
    async def do(request: Request) -> Response:
        # A form of another site cannot send this type without asking first.
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            raise HTTPException(415, "/data/desk: takes JSON: send application/json")
        body = await request.body()
        try:
            deed = read_deed(orjson.loads(body[:_MOST_BYTES]))
            return _json({"done": await desk.do(deed)})
        except (GisopsError, orjson.JSONDecodeError) as error:
            raise HTTPException(422, str(error)) from error
        except OSError as error:
            raise HTTPException(503, str(error)) from error
