"""The Network page: which boxes and cameras are offline, where, why and since when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components.attributes import attributes
from dashboard.components.case import case_panel
from dashboard.components.city_map import city_map
from dashboard.components.command import command_wall
from dashboard.components.fibre import otdr_form
from dashboard.components.legend import legend
from dashboard.components.offline import offline_panel
from dashboard.components.past_bar import past_bar
from dashboard.components.shell import icon, key_numbers, stores, title_bar
from dashboard.details import shown
from dashboard.fibre_desk import FibreDesk
from dashboard.fibre_details import launches, reading_details
from dashboard.fibre_marks import NO_MARKS
from dashboard.payload import City
from dashboard.planning_routes import PATH as PLANNING
from dashboard.records import load_schema
from dashboard.report_routes import PATH as REPORTS
from dashboard.subject import parse_subject
from dashboard.theme import MANTINE
from gisops.model.inventory import Inventory
from gisops.service.live import LiveView

__all__ = ["DESCRIPTION", "PATH", "TITLE", "layout", "register"]

PATH = "/"
TITLE = "Network · gisops"
DESCRIPTION = "Live state of the camera network: boxes, cameras, fibre and outages"


def layout(
    inventory: Inventory,
    tile_url: str | None,
    has_coverage: bool = False,
    has_past: bool = False,
    has_reports: bool = False,
    has_desk: bool = False,
    has_planning: bool = False,
) -> dmc.MantineProvider:
    """Give the page."""
    settings = inventory.settings
    districts = [(district.id, district.name) for district in inventory.districts.values()]
    return dmc.MantineProvider(
        id=ids.PROVIDER,
        theme=MANTINE,
        forceColorScheme="dark",
        children=html.Div(
            className="page",
            children=[
                *stores(),
                html.Main(city_map(inventory, tile_url), className="stage"),
                title_bar(settings.name, settings.demo, districts),
                html.Div(id=ids.BANNER, className="banner", role="alert"),
                key_numbers(),
                offline_panel(has_desk),
                legend(has_coverage),
                _drawer(),
                *command_wall(has_coverage),
                *([*past_bar(), case_panel()] if has_past else []),
                html.Footer([_credit(settings.demo), *_rooms(has_reports, has_planning)], className="credit"),
            ],
        ),
    )


def _credit(demo: bool) -> str:
    data = "demonstration data, drawn by hand" if demo else "inventory of the operator"
    return f"gisops · map and network: {data} · WGS 84"


def _rooms(has_reports: bool, has_planning: bool) -> list[Component | str]:
    found = [("Contract reports", REPORTS)] * has_reports + [("Planning", PLANNING)] * has_planning
    return [part for words, path in found for part in (" · ", html.A(words, href=path))]


def _drawer() -> Component:
    close = html.Button(
        icon("close"), id=ids.DETAIL_CLOSE, className="ghost", title="Close (Esc)", **attributes(aria_label="Close")
    )
    return html.Aside(
        id=ids.DETAIL_PANEL,
        className="panel detail",
        **attributes(aria_label="Details"),
        children=[
            close,
            html.Div(
                [html.Div(id=ids.DETAIL_DEEDS, className="list-tools"), html.Div(id=ids.DETAIL_BODY), otdr_form()],
                className="detail-scroll",
            ),
        ],
    )


def register(app: Dash, view: LiveView, city: City, clock: Callable[[], datetime]) -> None:
    """Attach the page's callbacks."""
    schema = load_schema()

    desk = FibreDesk(city.inventory)

    @app.callback(
        Output(ids.DETAIL_BODY, "children"),
        Output(ids.FIBRE_MARKS, "data"),
        Input(ids.SELECTED, "data"),
        Input(ids.DETAIL_TICK, "data"),
    )
    async def show_details(selected: object, _tick: object) -> object:
        subject = parse_subject(selected, city.inventory)
        if subject is None:
            return no_update, NO_MARKS
        return await shown(view, schema, desk, subject, clock())

    @app.callback(
        Output(ids.OTDR_LAUNCH, "data"),
        Output(ids.OTDR_LAUNCH, "value"),
        Input(ids.SELECTED, "data"),
    )
    async def offer_launches(selected: object) -> object:
        subject = parse_subject(selected, city.inventory)
        if subject is None or subject.table != "spans":
            return no_update, no_update
        return await launches(desk, subject.id)

    @app.callback(
        Output(ids.OTDR_PLACE, "children"),
        Output(ids.OTDR_MARKS, "data"),
        Input(ids.OTDR_ASK, "n_clicks"),
        Input(ids.SELECTED, "data"),
        State(ids.OTDR_LAUNCH, "value"),
        State(ids.OTDR_DISTANCE, "value"),
    )
    async def place_reading(_clicks: object, selected: object, launch: object, distance: object) -> object:
        subject = parse_subject(selected, city.inventory)
        if subject is None or subject.table != "spans" or ctx.triggered_id != ids.OTDR_ASK:
            return [], NO_MARKS
        return await reading_details(desk, subject.id, launch, distance)

    def in_browser(name: str, *dependencies: Input | Output | State, initial: bool = True) -> None:
        app.clientside_callback(  # type: ignore[no-untyped-call]
            ClientsideFunction("gisops", name), *dependencies, prevent_initial_call=not initial
        )

    in_browser("drawer", Output(ids.DETAIL_PANEL, "className"), Input(ids.SELECTED, "data"))
    in_browser("marks", Output(ids.MAP, "className"), Input(ids.FIBRE_MARKS, "data"), Input(ids.OTDR_MARKS, "data"))
    in_browser("close", Output(ids.SELECTED, "data"), Input(ids.DETAIL_CLOSE, "n_clicks"), initial=False)
    in_browser("district", Output(ids.DISTRICT, "className"), Input(ids.DISTRICT, "value"))
    in_browser("layers", Output(ids.LAYERS, "className"), Input(ids.LAYERS, "value"))
    in_browser("search", Output(ids.SEARCH, "className"), Input(ids.SEARCH, "value"))
    in_browser("chooseRow", Output(ids.GRID, "className"), Input(ids.GRID, "cellClicked"), initial=False)
    in_browser(
        "toggleTheme",
        Output(ids.THEME, "data"),
        Input(ids.THEME_TOGGLE, "n_clicks"),
        State(ids.THEME, "data"),
        initial=False,
    )
    in_browser("theme", Output(ids.PROVIDER, "forceColorScheme"), Input(ids.THEME, "data"))
