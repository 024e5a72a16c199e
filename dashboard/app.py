"""The composition of the page: one Dash application on one FastAPI server over one LiveView.

Builds everything from what it is given; nothing is loaded or opened at import,
and two applications in one process do not share state.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from dash import Dash
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from dashboard import (
    case_routes,
    coverage_routes,
    data_routes,
    desk_routes,
    past_routes,
    planning_routes,
    report_routes,
    stream,
    three_routes,
)
from dashboard.coverage_routes import CoverageSource
from dashboard.headers import SecurityHeaders, content_policy
from dashboard.pages import network
from dashboard.payload import City
from dashboard.room_paths import RoomPaths
from gisops.service.contract_source import ContractSource
from gisops.service.desk import Desk
from gisops.service.live import LiveView
from gisops.service.past import Past
from gisops.service.plan_desk import PlanDesk

__all__ = ["create_app"]


def create_app(  # noqa: PLR0913 - each is a source that a room needs, and may be missing
    view: LiveView,
    *,
    tile_url: str | None = None,
    clock: Callable[[], datetime],
    stale_after_s: float = 90.0,
    silent_after_s: float = 12.0,
    coverage: CoverageSource | None = None,
    contracts: ContractSource | None = None,
    past: Past | None = None,
    footprints: three_routes.Footprints = list,
    desk: Desk | None = None,
    planner: PlanDesk | None = None,
) -> FastAPI:
    """Build the ASGI application of the live map.

    Parameters
    ----------
    view
        What the network is like; asked for ``inventory`` once, then for
        ``snapshot``, ``changes`` and ``device``.
    tile_url
        Tile template such as ``http://tiles.local/{z}/{x}/{y}.png``; without
        one the map is drawn from the inventory's own lines and asks nobody.
    clock
        Gives the time now, timezone-aware UTC.
    stale_after_s
        Age of the collector's last write, in seconds, at which the page is
        marked stale.
    silent_after_s
        Seconds without a message at which the page says its stream broke; more
        than the longest pause of ``view.changes``.
    coverage
        What the cameras see; without it the map has no such layer.
    contracts
        How contractors did; without it there is no room ``/reports``.
    past
        Who remembers; without it the page has no time slider and no cases.
    footprints
        Loads the buildings that the 3D view shows; by default there are none.
    desk
        Who takes what people enter; without it the list has no actions.
    planner
        Who plans; without it there is no room ``/planning``.

    Returns
    -------
    fastapi.FastAPI
        Run it with uvicorn, one process or several.
    """
    city = City.of(view.inventory)
    server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    data_routes.register(server, view, city, clock, stale_after_s, silent_after_s)
    if coverage is not None:
        coverage_routes.register(server, view, coverage)
    if contracts is not None:
        report_routes.register(server, contracts, city.inventory, clock)
    three_routes.register(server, view, footprints)
    if desk is not None:
        desk_routes.register(server, desk)
    if planner is not None:
        planning_routes.register(server, planner)
    if past is not None:
        past_routes.register(server, past, city, clock)
        case_routes.register(server, past, city.inventory)
    app = Dash(
        "dashboard",
        server=server,  # type: ignore[arg-type] # any server of the backend, whatever it says
        backend="fastapi",
        assets_folder=str(Path(__file__).parent / "assets"),
        title=network.TITLE,
        update_title="",
        add_log_handler=False,
        websocket_inactivity_timeout=0,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
        description=network.DESCRIPTION,
    )
    has = {
        "has_coverage": coverage is not None,
        "has_past": past is not None,
        "has_reports": contracts is not None,
        "has_desk": desk is not None,
        "has_planning": planner is not None,
    }
    app.layout = network.layout(city.inventory, tile_url, **has)
    stream.register(app, view, city, clock)
    network.register(app, view, city, clock)
    server.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=4)
    server.add_middleware(SecurityHeaders, policy=content_policy(tile_url))
    server.add_middleware(RoomPaths)
    return server
