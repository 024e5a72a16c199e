"""The frame around the map: title bar, banner, key numbers."""

from __future__ import annotations

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components.attributes import attributes
from dashboard.components.rooms import rooms

__all__ = ["icon", "key_numbers", "stores", "title_bar"]

_KEY_NUMBERS = (
    ("sites", "Sites", "Poles and gantries; blind means that every camera of the site is lost"),
    ("boxes", "Boxes up", "Distribution boxes that answer, of all"),
    ("cameras", "Cameras live", "Cameras that answer, of all"),
    ("lost", "Cameras lost", "Cameras that are down or unreachable"),
    ("outages", "Open outages", "Groups of devices lost for one cause"),
    ("stations", "Stations", "Police stations on the network"),
    ("fibre", "Fibre", "Geodesic length of the fibre spans"),
    ("poll", "Last poll", "Age of the collector's last write"),
)


def icon(name: str) -> Component:
    """Give a drawing of the style sheet; decoration only."""
    return html.Span(className=f"icon icon-{name}", **attributes(aria_hidden="true"))


def title_bar(name: str, demo: bool, districts: Sequence[tuple[str, str]]) -> Component:
    """Give the top bar.

    Parameters
    ----------
    name
        Of the inventory.
    demo
        Whether the label that this is no real data must show.
    districts
        Id and name of each, for the filter.
    """
    return html.Header(
        className="bar",
        children=[
            html.Div(
                className="brand",
                children=[
                    html.Span(className="mark", **attributes(aria_hidden="true")),
                    html.Div([html.H1("Network"), html.Span(name, className="brand-sub")]),
                    rooms(),
                    html.Span("DEMO DATA", className="demo", title="Not the real network") if demo else None,
                ],
            ),
            html.Div(
                className="finder",
                role="search",
                children=[
                    icon("search"),
                    dcc.Input(
                        id=ids.SEARCH,
                        type="text",
                        placeholder="Find a device, site, place or station",
                        autoComplete="off",
                        debounce=False,
                        maxLength=80,
                    ),
                    html.Kbd("/"),
                    html.Ul(id=ids.SEARCH_RESULTS, className="results", role="listbox"),
                ],
            ),
            dmc.Select(
                id=ids.DISTRICT,
                data=[{"value": key, "label": label} for key, label in districts],
                placeholder="All districts",
                clearable=True,
                size="sm",
                w=170,
                comboboxProps={"zIndex": 3000},
                leftSection=icon("district"),
            ),
            html.Div(className="spacer"),
            html.Div("Connecting", id=ids.STATUS, className="status", role="status"),
            html.Div(id=ids.CLOCK, className="clock"),
            html.Button(
                icon("theme"),
                id=ids.THEME_TOGGLE,
                className="ghost",
                title="Light or dark",
                **attributes(aria_label="Switch between light and dark"),
            ),
        ],
    )


def key_numbers() -> Component:
    """Give the strip of key numbers; the page's script fills it."""
    return html.Section(
        className="kpis",
        **attributes(aria_label="Key numbers"),
        children=[
            html.Div(
                className=f"kpi kpi-{name}",
                title=hint,
                children=[
                    html.Div(label, className="kpi-label"),
                    html.Div("–", id=ids.kpi(name), className="kpi-value"),
                    html.Div("", id=ids.kpi_note(name), className="kpi-note"),
                ],
            )
            for name, label, hint in _KEY_NUMBERS
        ],
    )


def stores() -> list[Component]:
    """Give the page's invisible state."""
    return [
        html.Div(id=ids.STREAM, hidden=True),
        dcc.Store(id=ids.ACK),
        dcc.Store(id=ids.LINK),
        dcc.Store(id=ids.NUDGE),
        dcc.Store(id=ids.NUDGE_ACK),
        dcc.Store(id=ids.SELECTED),
        dcc.Store(id=ids.DETAIL_TICK, data=0),
        dcc.Store(id=ids.FIBRE_MARKS),
        dcc.Store(id=ids.OTDR_MARKS),
        dcc.Store(id=ids.THEME, storage_type="local", data="dark"),
    ]
