"""One outage from beginning to end, for whoever looks into it later: frame of the case view."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components.attributes import attributes

__all__ = ["case_panel"]


def case_panel() -> Component:
    """Give the panel; the page's script fills it from ``/data/case/ID.json``."""
    return html.Aside(
        html.Div(id=ids.CASE, className="detail-scroll"),
        className="panel case",
        **attributes(aria_label="Case"),
    )
