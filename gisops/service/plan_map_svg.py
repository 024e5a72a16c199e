"""What does a plan look like on paper? Its map as one inline SVG: roads, places, cameras, boxes, trenches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from math import cos, radians
from typing import Any

import shapely

from gisops.model.inventory import Inventory
from gisops.service.plan_gis import view_of

__all__ = ["plan_map"]

_WIDTH = 1000.0
_PHASES = ("#1f6ab0", "#d9730d", "#2e7d32", "#8e24aa", "#00838f", "#ad1457")


def plan_map(plan: Mapping[str, Any], inventory: Inventory, phase: str | None = None) -> str:
    """Give the map; of one phase, or of all in their colours."""
    paper = _Paper(shapely.geometry.shape(plan["area"]))
    colours = {row["name"]: _PHASES[n % len(_PHASES)] for n, row in enumerate(plan["phases"])}

    def shown(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        return [row for row in rows if phase in (None, row["phase"])]

    roads = [paper.path(shapely.get_coordinates(line).tolist()) for line in paper.inside(inventory.roads.values())]
    parts = [
        f'<path d="{paper.area()}" fill="#fff" stroke="#51606f" stroke-dasharray="6 4"/>',
        f'<path d="{" ".join(roads)}" fill="none" stroke="#c3cad3" stroke-width="2.2"/>',
    ]
    old = [paper.at(c.lon, c.lat) for c in inventory.cameras.values() if paper.holds(c.lon, c.lat)]
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" fill="#9aa4b0"/>' for x, y in old]
    trench = " ".join(paper.path(piece["line"]) for piece in shown(plan["fibre"]["pieces"]))
    parts.append(f'<path class="trench" d="{trench}" fill="none" stroke="#7b3fa0" stroke-width="3"/>')
    for camera in shown(plan["cameras"]):
        said = escape(f"{camera['id']} {camera['model']}, {camera['azimuth_deg']:g}°, {camera['box']}")
        colour = colours.get(camera["phase"], _PHASES[0])
        parts.append(
            f'<path d="{paper.path(view_of(camera))}Z" fill="{colour}" fill-opacity=".35" stroke="{colour}" '
            f'stroke-width=".6"><title>{said}</title></path>'
        )
    for box in shown(plan["boxes"]):
        x, y = paper.at(box["lon"], box["lat"])
        parts.append(
            f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{colours.get(box["phase"], "#333")}" '
            f'stroke="#fff"><title>{escape(box["id"])}</title></rect>'
        )
    parts += [_name(paper, place.lon, place.lat, place.name) for place in _named(inventory, plan, paper)]
    parts.append(_legend(colours if phase is None else {phase: colours[phase]}, paper.height))
    return (
        f'<svg class="plan-map" role="img" aria-label="Map of the plan" '
        f'viewBox="0 0 {_WIDTH:.0f} {paper.height:.0f}" '
        f'xmlns="http://www.w3.org/2000/svg" font-family="sans-serif">{"".join(parts)}</svg>'
    )


class _Paper:
    """Degrees to paper: equirectangular at the middle, true to shape over a city."""

    def __init__(self, area: Any) -> None:  # noqa: ANN401 - a shapely (Multi)Polygon
        west, south, east, north = area.bounds
        self._area, self._west, self._north = area, west, north
        self._x = _WIDTH / (east - west)
        self._y = self._x / cos(radians((south + north) / 2.0))
        self.height = (north - south) * self._y
        self._box = shapely.box(west, south, east, north)

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        return (lon - self._west) * self._x, (self._north - lat) * self._y

    def holds(self, lon: float, lat: float) -> bool:
        return bool(shapely.intersects_xy(self._box, lon, lat))

    def path(self, points: Sequence[Sequence[float]]) -> str:
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (self.at(lon, lat) for lon, lat in points))

    def area(self) -> str:
        parts = shapely.get_parts(self._area)
        return " ".join(self.path(list(part.exterior.coords)) + "Z" for part in parts)

    def inside(self, roads: Iterable[Any]) -> list[Any]:
        shapes = [shapely.intersection(road.geometry, self._box) for road in roads]
        lines = [part for shape in shapes for part in shapely.get_parts(shape)]
        return [line for line in lines if line.geom_type == "LineString" and not line.is_empty]


def _named(inventory: Inventory, plan: Mapping[str, Any], paper: _Paper) -> list[Any]:
    """Name the places that must be seen, and crossings: what a reader finds the way by."""
    musts = {must["place"] for must in plan["musts"]}
    places = [p for p in inventory.places.values() if p.id in musts or p.kind == "crossing"]
    return [place for place in places if paper.holds(place.lon, place.lat)]


def _name(paper: _Paper, lon: float, lat: float, name: str) -> str:
    x, y = paper.at(lon, lat)
    turned = ' text-anchor="end"' if x > _WIDTH - 140 else ""
    return (
        f'<text x="{x + (-6 if turned else 6):.1f}" y="{y - 6:.1f}"{turned} font-size="14" fill="#16212f" '
        f'stroke="#fff" stroke-width="3" paint-order="stroke">{escape(name)}</text>'
    )


def _legend(colours: Mapping[str, str], height: float) -> str:
    return "".join(
        f'<rect x="12" y="{height - 26 - 20 * n:.0f}" width="12" height="12" fill="{colour}"/>'
        f'<text x="30" y="{height - 15 - 20 * n:.0f}" font-size="14" fill="#16212f">Phase {escape(name)}</text>'
        for n, (name, colour) in enumerate(colours.items())
    )
