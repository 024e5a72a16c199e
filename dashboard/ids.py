"""Which component carries which id: the one list that layout, callbacks, scripts and tests share.

Scripts in ``assets/`` find components by the same text, so a change here is a
change there.
"""

from __future__ import annotations

__all__ = [
    "ACK",
    "BANNER",
    "CASE",
    "CLOCK",
    "COVERAGE_LEVELS",
    "COVERAGE_NOTE",
    "DETAIL_BODY",
    "DETAIL_CLOSE",
    "DETAIL_DEEDS",
    "DETAIL_PANEL",
    "DETAIL_TICK",
    "DISTRICT",
    "FEED",
    "FEED_HEAD",
    "FIBRE_MARKS",
    "GRID",
    "INSETS",
    "KPI_VALUES",
    "LAYERS",
    "LEGEND_TOGGLE",
    "LINK",
    "LIST_GROUPS",
    "LIST_TOOLS",
    "MAP",
    "MESSAGE",
    "NUDGE",
    "NUDGE_ACK",
    "OFFLINE_HEAD",
    "OTDR_ASK",
    "OTDR_DISTANCE",
    "OTDR_FORM",
    "OTDR_LAUNCH",
    "OTDR_MARKS",
    "OTDR_PLACE",
    "PAST_BAR",
    "PAST_LIVE",
    "PAST_MARK",
    "PAST_PICK",
    "PAST_PLAY",
    "PAST_RANGE",
    "PAST_SPAN",
    "PAST_SPEED",
    "PAST_TIME",
    "PROVIDER",
    "RESPONSE",
    "ROOMS",
    "SCHEMATIC",
    "SEARCH",
    "SEARCH_RESULTS",
    "SELECTED",
    "SERVICES",
    "STATUS",
    "STREAM",
    "THEME",
    "THEME_TOGGLE",
    "WALL_TOOLS",
    "kpi",
    "kpi_note",
    "layer",
    "layer_count",
    "legend_count",
]

PROVIDER = "provider"
MAP = "city-map"

STREAM = "stream"
"""Element whose attribute the websocket callback writes each message to."""
MESSAGE = "data-message"
"""That attribute. It is nobody's input: the renderer keeps every value an input ever had, for undo, and a page that
is watched all day would keep the day."""
ACK = "stream-ack"
"""Store with the sequence number the page has reached; the server asks for it to see that the page lives."""
LINK = "stream-link"
"""Store that is true while the websocket callback runs."""
NUDGE = "stream-nudge"
"""Store whose change makes the page speak over the websocket, which reopens a closed one at once."""
NUDGE_ACK = "stream-nudge-ack"

STATUS = "live-status"
CLOCK = "wall-clock"
BANNER = "stale-banner"
THEME = "theme"
THEME_TOGGLE = "theme-toggle"

SEARCH = "search"
SEARCH_RESULTS = "search-results"
DISTRICT = "district"
LAYERS = "layers"
LEGEND_TOGGLE = "legend-toggle"
COVERAGE_LEVELS = "coverage-levels"
COVERAGE_NOTE = "coverage-note"

LIST_TOOLS = "list-tools"
LIST_GROUPS = "list-groups"
OFFLINE_HEAD = "offline-head"
GRID = "offline-grid"

SELECTED = "selected"
"""Store with ``{"kind", "id"}`` of what the drawer shows, or null."""
DETAIL_DEEDS = "detail-deeds"
"""Buttons that act on what the drawer shows."""
DETAIL_PANEL = "detail-panel"
DETAIL_BODY = "detail-body"
DETAIL_CLOSE = "detail-close"
DETAIL_TICK = "detail-tick"
"""Store that counts up when something about the selected subject is new."""

FIBRE_MARKS = "fibre-marks"
"""Store with the lines and points that the map draws for what the drawer shows."""
SCHEMATIC = "fibre-schematic"
OTDR_FORM = "otdr-form"
OTDR_LAUNCH = "otdr-launch"
OTDR_DISTANCE = "otdr-distance"
OTDR_ASK = "otdr-ask"
OTDR_PLACE = "otdr-place"
OTDR_MARKS = "otdr-marks"
"""Store with the lines and points of the reading that was placed."""

ROOMS = "rooms"
SERVICES = "services"
FEED = "feed"
FEED_HEAD = "feed-head"
INSETS = "insets"
WALL_TOOLS = "wall-tools"
RESPONSE = "response"
PAST_BAR = "past-bar"
PAST_MARK = "past-mark"
PAST_TIME = "past-time"
PAST_RANGE = "past-range"
PAST_SPAN = "past-span"
PAST_PLAY = "past-play"
PAST_SPEED = "past-speed"
PAST_LIVE = "past-live"
PAST_PICK = "past-pick"
CASE = "case"

KPI_VALUES = ("sites", "boxes", "cameras", "lost", "outages", "stations", "fibre", "poll")


def kpi(name: str) -> str:
    """Give the id of the large figure of a key number."""
    return f"kpi-{name}"


def kpi_note(name: str) -> str:
    """Give the id of the line under a key number."""
    return f"kpi-{name}-note"


def layer(name: str) -> str:
    """Give the id of a map layer."""
    return f"layer-{name}"


def layer_count(name: str) -> str:
    """Give the id of the number beside a layer's name in the list of layers."""
    return f"layer-count-{name}"


def legend_count(state: str) -> str:
    """Give the id of the count beside a state in the legend."""
    return f"legend-{state}"
