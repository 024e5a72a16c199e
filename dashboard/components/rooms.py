"""The way from room to room: links that the page's script follows without loading anything anew."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components.attributes import attributes

__all__ = ["ROOMS", "rooms"]

ROOMS = (("network", "/", "Network"), ("command", "/command", "Command"))
"""Name of a room, where it is, what it is called."""


def rooms() -> Component:
    """Give the links; the script marks the room one is in."""
    return html.Nav(
        id=ids.ROOMS,
        className="rooms",
        **attributes(aria_label="Rooms"),
        children=[html.A(label, href=path, className=f"room room-to-{name}") for name, path, label in ROOMS],
    )
