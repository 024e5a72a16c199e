"""The Planning room: ``/planning`` runs briefs, shows plans, takes changes by hand and gives the files.

The page is one document with its own script; what is asked is checked here, what is true is decided by the desk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson
import shapely
from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from gisops.errors import ConfigError, GisopsError
from gisops.model.inventory import Inventory
from gisops.service.plan_desk import PlanDesk

__all__ = ["PATH", "register"]

PATH = "/planning"
_HERE = Path(__file__).parent
_PAGE = (_HERE / "planning.html").read_text(encoding="utf-8")
_SCRIPT = (_HERE / "planning.js").read_text(encoding="utf-8")
_MOST_BYTES = 500_000


def register(server: FastAPI, desk: PlanDesk) -> None:
    """Add the routes to a server; must come before the application's catch-all."""
    _show(server, desk)
    _change(server, desk)


def _show(server: FastAPI, desk: PlanDesk) -> None:
    ground = orjson.dumps(_ground(desk.inventory))

    @server.get(PATH)
    async def page() -> Response:
        return HTMLResponse(_PAGE, headers={"Cache-Control": "no-store"})

    @server.get(f"{PATH}/planning.js")
    async def script() -> Response:
        return Response(_SCRIPT, media_type="text/javascript", headers={"Cache-Control": "no-store"})

    @server.get(f"{PATH}/ground.json")
    async def ground_json() -> Response:
        return Response(ground, media_type="application/json")

    @server.get(f"{PATH}/desk.json")
    async def desk_json() -> Response:
        return await _answer(lambda: {"briefs": desk.briefs(), "plans": desk.plans(), "state": desk.state()})

    @server.get(f"{PATH}/state.json")
    async def state() -> Response:
        return await _answer(desk.state)

    @server.get(f"{PATH}/compare.json")
    async def compare(a: str, b: str) -> Response:
        return await _answer(lambda: desk.compare(a, b))

    @server.get(f"{PATH}/plans/{{name}}/{{export}}")
    async def export(name: str, export: str) -> Response:
        try:
            path = desk.file(name, export)
        except GisopsError as error:
            return _refused(error)
        shown = "inline" if export in ("report.html", "plan.json") else "attachment"
        return FileResponse(path, filename=f"{name}-{export}", content_disposition_type=shown)


def _change(server: FastAPI, desk: PlanDesk) -> None:
    @server.post(f"{PATH}/run")
    async def run(request: Request) -> Response:
        asked = await _asked(request)
        return await _answer(lambda: desk.start(_text(asked, "brief"), _number(asked, "seconds")), asked)

    @server.post(f"{PATH}/again")
    async def again(request: Request) -> Response:
        asked = await _asked(request)
        return await _answer(lambda: desk.again(_text(asked, "plan"), _number(asked, "seconds")), asked)

    @server.post(f"{PATH}/open")
    async def reopen(request: Request) -> Response:
        asked = await _asked(request)
        return await _answer(lambda: desk.open(_text(asked, "plan")), asked)

    @server.post(f"{PATH}/cancel")
    async def cancel(request: Request) -> Response:
        return await _answer(desk.cancel, await _asked(request))

    @server.post(f"{PATH}/edit")
    async def edit(request: Request) -> Response:
        asked = await _asked(request)
        return await _answer(lambda: _edit(desk, asked), asked)


def _edit(desk: PlanDesk, asked: Mapping[str, Any]) -> dict[str, Any]:
    where = None
    if asked.get("action") == "move":
        where = (_number(asked, "lon"), _number(asked, "lat"), _number(asked, "azimuth_deg"))
    return desk.edit(_text(asked, "plan"), _text(asked, "camera"), _text(asked, "action"), where)


async def _asked(request: Request) -> dict[str, Any]:
    """Read what is posted. JSON alone: a form of another site cannot send it without being asked first."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        return {"": "send JSON"}
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            return {"": "too long"}
    try:
        found = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        return {"": "not JSON"}
    return found if isinstance(found, dict) else {"": "no object"}


async def _answer(ask: Callable[[], Any], asked: Mapping[str, Any] | None = None) -> Response:
    if asked is not None and "" in asked:
        return _refused(ConfigError("request", str(asked[""]), "send one JSON object"))
    try:
        found = await asyncio.to_thread(ask)
    except GisopsError as error:
        return _refused(error)
    body = orjson.dumps(found if found is not None else {"ok": True})
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


def _refused(error: GisopsError) -> Response:
    return Response(orjson.dumps({"error": str(error)}), status_code=400, media_type="application/json")


def _text(asked: Mapping[str, Any], key: str) -> str:
    value = asked.get(key)
    if not isinstance(value, str) or not value:
        raise ConfigError(key, "is missing", "send a text")
    return value


def _number(asked: Mapping[str, Any], key: str) -> float:
    value = asked.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(key, f"is {value!r}", "send a number")
    return float(value)


def _ground(inventory: Inventory) -> dict[str, Any]:
    """Give what lies under a plan: degrees, five decimals."""

    def lines(shapes: Any) -> list[Any]:  # noqa: ANN401 - geometries of any kind of line
        parts = [part for shape in shapes for part in shapely.get_parts(shape)]
        return [shapely.get_coordinates(part).round(5).tolist() for part in parts]

    return {
        "name": inventory.settings.name,
        "demo": inventory.settings.demo,
        "roads": lines(road.geometry for road in inventory.roads.values()),
        "coast": lines([*inventory.coastline, *inventory.rivers]),
        "places": [[p.lon, p.lat, p.name] for p in inventory.places.values() if p.critical],
        "cameras": [[c.lon, c.lat] for c in inventory.cameras.values()],
        "nodes": [[round(n.geometry.x, 5), round(n.geometry.y, 5)] for n in inventory.nodes.values()],
    }
