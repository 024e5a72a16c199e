"""What the drawer and the map show of the fibre for one subject: asked of the desk, built by pure functions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.components import drawer
from dashboard.components.fibre import crew_block, impact_block, place_block, suspect_block, way_block
from dashboard.fibre_desk import FibreDesk
from dashboard.fibre_marks import NO_MARKS, place_marks, span_marks, trace_marks
from dashboard.records import Schema
from dashboard.subject import Subject
from gisops.errors import GisopsError
from gisops.fibre.budget import Losses, budget
from gisops.service.live import Snapshot

__all__ = ["Shown", "launches", "reading_details", "span_details", "way_details"]

Shown = tuple[list[Any], Mapping[str, Any]]
"""Children for the drawer, and marks for the map."""


async def span_details(desk: FibreDesk, schema: Schema, subject: Subject, snapshot: Snapshot) -> Shown:
    """Show a span: what a cut does, what is suspected, where a crew goes."""
    span = desk.inventory.spans[subject.id]
    parts = ("Fibre span", span.id, span.ring, span.installation)
    head = drawer.head(span.name, " · ".join(part for part in parts if part), None)
    record = drawer.record_block("Record", schema.describe("spans", span))
    try:
        answer = await asyncio.to_thread(desk.span, subject.id, subject.at, snapshot)
    except GisopsError as error:
        return [head, _refused(error), record], NO_MARKS
    children = [
        head,
        impact_block(desk.inventory, answer),
        crew_block(answer.crew),
        suspect_block(desk.inventory, answer.suspects),
        record,
    ]
    return children, span_marks(desk.inventory, answer)


async def way_details(desk: FibreDesk, device_id: str) -> Shown:
    """Show the way of a box or camera to its centre."""
    try:
        path = await asyncio.to_thread(desk.way, device_id)
    except GisopsError as error:
        return [drawer.section("Way to its centre", _refused(error))], NO_MARKS
    budgets = budget(path.cable_m, path.splices, Losses())
    return [way_block(desk.inventory, path, device_id, budgets)], trace_marks(desk.inventory, path)


async def launches(desk: FibreDesk, span_id: str) -> tuple[list[dict[str, str]], str | None]:
    """Give the nodes an OTDR may be launched from, and the first of them; none where the fibre cannot be read."""
    try:
        found = await asyncio.to_thread(desk.launches, span_id)
    except GisopsError:
        return [], None
    return [{"value": node_id, "label": label} for node_id, label in found], found[0][0]


async def reading_details(desk: FibreDesk, span_id: str, node_id: object, distance: object) -> Shown:
    """Show where an OTDR reading lies."""
    if not isinstance(node_id, str) or isinstance(distance, bool) or not isinstance(distance, int | float):
        return [_words("Say where it was launched, and the distance it read.")], NO_MARKS
    try:
        place, crew = await asyncio.to_thread(desk.otdr, span_id, node_id, float(distance))
    except GisopsError as error:
        return [_refused(error)], NO_MARKS
    return list(place_block(place, crew)), place_marks(desk.inventory, place, crew)


def _refused(error: GisopsError) -> Component:
    return _words(str(error))


def _words(text: str) -> Component:
    return html.P(text, className="muted note")
