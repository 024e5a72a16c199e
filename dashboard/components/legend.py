"""The legend: what each colour and shape means, how many there are, and which layers show."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.board import STATES
from dashboard.components.shell import icon
from dashboard.words import STATE_LABELS

__all__ = ["DEFAULT_LAYERS", "legend"]

_LAYERS = (
    ("boxes", "Boxes"),
    ("cameras", "Cameras"),
    ("fibre", "Fibre"),
    ("stations", "Stations, centres"),
    ("places", "Places"),
    ("roads", "Roads"),
    ("districts", "Districts"),
    ("labels", "Names"),
    ("trails", "Boxes taken away"),
    ("inspections", "Overdue inspections"),
)
_COUNTED = frozenset({"inspections", "trails"})
"""Layers whose number of things stands beside their name."""
DEFAULT_LAYERS = [name for name, _ in _LAYERS if name != "inspections"]
# Off until asked for: working it out takes the server a while.
_COVERAGE = ("coverage", "Coverage")


def legend(has_coverage: bool = False) -> Component:
    """Give the panel; the page's script fills the counts and switches the layers."""
    layers = (*_LAYERS, _COVERAGE) if has_coverage else _LAYERS
    return html.Details(
        open=True,
        className="panel legend room-network",
        children=[
            html.Summary(["Legend and layers", icon("chevron")]),
            html.Div(
                className="legend-states",
                children=[
                    html.Span("", className="legend-head"),
                    html.Span("Boxes", className="legend-head num"),
                    html.Span("Cameras", className="legend-head num"),
                    *(cell for state in STATES for cell in _row(str(state), STATE_LABELS[state])),
                ],
            ),
            html.Div(
                className="legend-notes",
                children=[
                    html.Div([html.Span(className="sym sym-cluster"), "Group of sites: lost / cameras"]),
                    html.Div([html.Span(className="sym sym-station"), "Police station"]),
                    html.Div([html.Span(className="sym sym-centre"), "Command centre"]),
                    html.Div([html.Span(className="line-fibre"), "Fibre"]),
                ],
            ),
            html.Div(
                className="coverage-key",
                children=[
                    html.Div(
                        className="coverage-levels",
                        children=[
                            html.Span("Seen now, px/m", className="legend-head"),
                            html.Span("ha", className="legend-head num"),
                            html.Span("road km", className="legend-head num"),
                        ],
                    ),
                    html.Div(id=ids.COVERAGE_LEVELS, className="coverage-levels"),
                    html.Div(id=ids.COVERAGE_NOTE, className="coverage-note"),
                ],
            ),
            dmc.ChipGroup(
                id=ids.LAYERS,
                multiple=True,
                value=DEFAULT_LAYERS,
                children=html.Div(
                    className="layer-chips",
                    children=[_chip(name, label) for name, label in layers],
                ),
            ),
        ],
    )


def _chip(name: str, label: str) -> dmc.Chip:
    count = html.Span("", id=ids.layer_count(name), className="layer-count") if name in _COUNTED else None
    return dmc.Chip([label, count], value=name, size="xs", radius="sm")


def _row(state: str, label: str) -> list[Component]:
    return [
        html.Span([html.Span(className=f"sym sym-{state}"), label], className="legend-state"),
        html.Span("–", id=ids.legend_count(f"boxes-{state}"), className="num"),
        html.Span("–", id=ids.legend_count(f"cameras-{state}"), className="num"),
    ]
