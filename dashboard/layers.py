"""Which lines and areas lie under the devices: the map layers as GeoJSON.

Pure: an inventory in, feature collections out. A layer whose file is missing
from the inventory is an empty collection, never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shapely import line_merge, make_valid, set_precision, union_all
from shapely.geometry import Point, Polygon, mapping
from shapely.geometry.base import BaseGeometry

from gisops.model.inventory import Inventory

__all__ = ["LAYER_NAMES", "layer_document"]

LAYER_NAMES = ("sea", "districts", "roads", "coastline", "rivers", "fibre", "places", "stations")

# West, south and east of what a page can pan to: open sea lies between this and the coast.
_FRAME = (66.0, 24.0, 68.4)


def layer_document(inventory: Inventory, name: str) -> dict[str, Any]:
    """Give one layer.

    Parameters
    ----------
    inventory
        What stands in the city.
    name
        One of :data:`LAYER_NAMES`; ``KeyError`` for another.

    Returns
    -------
    dict
        A GeoJSON FeatureCollection in WGS 84, coordinates to a metre.
    """
    makers: dict[str, Callable[[], list[tuple[dict[str, Any], Any]]]] = {
        "sea": lambda: [({}, area) for area in _sea(inventory.coastline)],
        "districts": lambda: [({"id": d.id, "name": d.name}, d.geometry) for d in inventory.districts.values()],
        "roads": lambda: [({"name": r.name, "kind": r.kind}, r.geometry) for r in inventory.roads.values()],
        "coastline": lambda: [({}, line) for line in inventory.coastline],
        "rivers": lambda: [({}, line) for line in inventory.rivers],
        "fibre": lambda: [
            ({"id": s.id, "ring": s.ring or "", "fibres": s.fibre_count}, s.geometry)
            for s in inventory.spans.values()
        ],
        "places": lambda: [
            ({"id": p.id, "name": p.name, "kind": p.kind, "critical": p.critical}, Point(p.lon, p.lat))
            for p in inventory.places.values()
        ],
        "stations": lambda: [
            ({"id": s.id, "name": s.name}, Point(s.lon, s.lat)) for s in inventory.stations.values()
        ],
    }
    features = [_feature(properties, geometry) for properties, geometry in makers[name]()]
    return {"type": "FeatureCollection", "features": features}


def _feature(properties: Mapping[str, Any], geometry: BaseGeometry) -> dict[str, Any]:
    rounded = set_precision(geometry, 1e-5, mode="pointwise")
    return {"type": "Feature", "properties": dict(properties), "geometry": mapping(rounded)}


def _sea(coastline: Iterable[Any]) -> list[Any]:
    """Close the coast, from its western end to its eastern, along the south of the frame."""
    parts = [line for line in coastline if line.geom_type == "LineString" and not line.is_ring]
    if not parts:
        return []
    merged = line_merge(union_all(parts))
    shore = max(getattr(merged, "geoms", [merged]), key=lambda part: float(part.length))
    points = [(float(x), float(y)) for x, y, *_ in shore.coords]
    if points[0][0] > points[-1][0]:
        points.reverse()
    west, south, east = _FRAME
    beyond = [(east, points[-1][1]), (east, south), (west, south), (west, points[0][1])]
    return [make_valid(Polygon([*points, *beyond]))]
