"""The time slider: the map as it was at a past minute, with a mark that none takes it for now."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components.attributes import attributes
from dashboard.components.shell import icon

__all__ = ["past_bar"]

_SPANS = (("3600", "1 hour"), ("21600", "6 hours"), ("86400", "1 day"), ("604800", "7 days"), ("2592000", "30 days"))
_SPEEDS = (1, 10, 60, 300, 600)


def past_bar() -> list[Component]:
    """Give the slider and the mark that the page wears while it shows the past."""
    return [
        html.Div(id=ids.PAST_MARK, className="past-mark", role="status"),
        html.Div(
            id=ids.PAST_BAR,
            className="panel past-bar",
            role="group",
            **attributes(aria_label="Time"),
            children=[
                html.Button(
                    [icon("clock"), html.Span("Past")],
                    className="tool past-open",
                    title="Show the map as it was",
                    **attributes(data_past="open"),
                ),
                html.Div(className="past-controls", children=_controls()),
            ],
        ),
    ]


def _controls() -> list[Component]:
    return [
        html.Button(
            icon("play"),
            id=ids.PAST_PLAY,
            className="ghost",
            title="Play or pause",
            **attributes(data_past="play", aria_label="Play"),
        ),
        html.Select(
            [html.Option(f"{n}×", value=str(n)) for n in _SPEEDS],
            id=ids.PAST_SPEED,
            title="How fast it plays",
            **attributes(aria_label="Speed"),
        ),
        html.Span(id=ids.PAST_TIME, className="past-time"),
        html.Div(id=ids.PAST_RANGE, className="past-range"),
        html.Div(id=ids.PAST_PICK, className="past-pick"),
        html.Select(
            [html.Option(label, value=seconds) for seconds, label in _SPANS],
            id=ids.PAST_SPAN,
            title="How much time the slider spans",
            **attributes(aria_label="Span"),
        ),
        html.Button("Back to now", id=ids.PAST_LIVE, className="tool past-live", **attributes(data_past="live")),
    ]
