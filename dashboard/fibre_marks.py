"""What the page draws over the map for a question to the fibre: lines and points as JSON.

Kinds of lines: ``span`` (chosen), ``trace`` (way of a device), ``pull`` (cable to pull),
``bracket`` (interval between two nodes a cut lies in), ``interval`` (what an OTDR leaves open).
Kinds of points: ``cut``, ``crew``, ``enclosure``, ``centre``, ``place``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import shapely

from dashboard.fibre_desk import SpanAnswer
from gisops.fibre.otdr_place import CrewPoint, OtdrPlace
from gisops.fibre.suspect import CutHypothesis
from gisops.fibre.trace import Path
from gisops.model.inventory import Inventory

__all__ = ["NO_MARKS", "place_marks", "span_marks", "trace_marks"]

NO_MARKS: Mapping[str, Any] = {"lines": [], "points": []}


def span_marks(inventory: Inventory, answer: SpanAnswer) -> dict[str, Any]:
    """Draw a chosen span, the cut, what must be pulled, the way for the crew, and what is suspected now."""
    repair, position = answer.impact.repairs[0], answer.impact.positions[0]
    points = [*_crew(inventory, answer.crew)]
    if position is not None:
        points.append(_point("cut", position.lon, position.lat, f"{answer.chainage_m:,.0f} m"))
    return {
        "lines": [
            *_suspected(inventory, answer.suspects),
            *(_span("pull", inventory, span_id) for span_id in repair.span_ids),
            _span("span", inventory, answer.span_id),
        ],
        "points": points,
    }


def trace_marks(inventory: Inventory, path: Path) -> dict[str, Any]:
    """Draw the way of a device to its centre."""
    centre = inventory.centres[path.centre_id]
    return {
        "lines": [_span("trace", inventory, hop.span_id) for hop in path.hops],
        "points": [_point("centre", centre.lon, centre.lat, centre.name)],
    }


def place_marks(inventory: Inventory, place: OtdrPlace, crew: CrewPoint) -> dict[str, Any]:
    """Draw where an OTDR puts a break, and the interval it leaves open."""
    return {
        "lines": [_line("interval", place.line)],
        "points": [
            *_crew(inventory, crew),
            _point("place", place.lon, place.lat, f"{place.from_m:,.0f} to {place.to_m:,.0f} m"),
        ],
    }


def _suspected(inventory: Inventory, suspects: Iterable[CutHypothesis]) -> list[dict[str, Any]]:
    spans = {s for hypothesis in suspects for bracket in hypothesis.brackets for s in bracket.span_ids}
    return [_span("bracket", inventory, span_id) for span_id in sorted(spans)]


def _crew(inventory: Inventory, crew: CrewPoint) -> list[dict[str, Any]]:
    enclosure = inventory.nodes[crew.enclosure_id].geometry
    found = [_point("enclosure", enclosure.x, enclosure.y, crew.enclosure_id)]
    if crew.road_name is not None:
        found.append(_point("crew", crew.lon, crew.lat, crew.road_name))
    return found


def _span(kind: str, inventory: Inventory, span_id: str) -> dict[str, Any]:
    return {**_line(kind, inventory.spans[span_id].geometry), "id": span_id}


def _line(kind: str, line: shapely.Geometry) -> dict[str, Any]:
    points = shapely.get_coordinates(line).round(6).tolist()
    return {"kind": kind, "points": points if len(points) > 1 else points * 2}


def _point(kind: str, lon: float, lat: float, label: str) -> dict[str, Any]:
    return {"kind": kind, "lon": round(lon, 6), "lat": round(lat, 6), "label": label}
