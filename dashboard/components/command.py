"""The wall of the command room: services by district, the feed of alerts, the centres' own views, its tools.

Frames only: the page's scripts fill them from the live stream.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components.attributes import attributes
from dashboard.components.shell import icon

__all__ = ["command_wall"]

_TOOLS = (
    ("heat", "Districts", "Colour districts by the share of cameras that are lost", True),
    ("blind", "Blind spots", "Ground and sites that nobody sees because of losses", True),
    ("coverage", "Coverage", "What the cameras that work now see", False),
    ("sound", "Sound", "A tone when an outage opens; off unless you ask for it", False),
)


def command_wall(has_coverage: bool) -> list[Component]:
    """Give the panels.

    Parameters
    ----------
    has_coverage
        Whether anybody knows what the cameras see.
    """
    return [
        html.Section(
            className="panel services room-command",
            **attributes(aria_label="Services by district"),
            children=[
                html.Div([html.H2("Services by district"), html.Span("cameras live")], className="panel-head"),
                html.Div(id=ids.SERVICES, role="table"),
            ],
        ),
        html.Aside(
            className="panel feed room-command",
            **attributes(aria_label="Alerts"),
            children=[
                html.Div([html.H2("Alerts"), html.Span(id=ids.FEED_HEAD)], className="panel-head"),
                html.Ol(id=ids.FEED, **attributes(aria_live="polite")),
            ],
        ),
        html.Section(id=ids.INSETS, className="insets room-command", **attributes(aria_label="Regional centres")),
        _tools(has_coverage),
        html.Aside(
            html.Div(id=ids.RESPONSE, className="detail-scroll"),
            className="panel response room-command",
            **attributes(aria_label="Response"),
        ),
    ]


def _tools(has_coverage: bool) -> Component:
    switches = [
        html.Button(
            label,
            className="tool",
            title=hint,
            **attributes(data_tool=name, aria_pressed="true" if is_on else "false"),
        )
        for name, label, hint, is_on in _TOOLS
        if has_coverage or name != "coverage"
    ]
    return html.Div(
        id=ids.WALL_TOOLS,
        className="panel wall-tools room-command",
        role="toolbar",
        **attributes(aria_label="Wall"),
        children=[
            *switches,
            html.A(
                "3D", className="tool", href="/3d", title="Buildings, views, fibre and losses in three dimensions"
            ),
            html.Button(
                [icon("wall"), "Wallboard"],
                className="tool",
                title="Full screen, views in turn; Esc ends it",
                **attributes(data_tool="wall", aria_pressed="false"),
            ),
        ],
    )
