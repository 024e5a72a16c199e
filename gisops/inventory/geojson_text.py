"""Which records does a GeoJSON text hold: columns of the schema from RFC 7946 and OFDS properties, and back.

The fibre files follow the Open Fibre Data Standard 0.4 in its GeoJSON form
(:mod:`gisops.model.ofds`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import shapely
from shapely.geometry import shape

from gisops.inventory.raw import Raw, Row
from gisops.inventory.schema import nearest_or_none, schema
from gisops.inventory.typed import shorten, typed_values
from gisops.model.ofds import OFDS_NAMES, from_ofds, to_ofds

__all__ = ["GEOMETRY_KINDS", "columns_of", "properties_of", "read_features"]

GEOMETRY_KINDS: Mapping[str, tuple[str, ...]] = {
    "districts": ("Polygon", "MultiPolygon"),
    "nodes": ("Point",),
    "spans": ("LineString",),
    "places": ("Point",),
    "roads": ("LineString", "MultiLineString"),
    "coastline": ("LineString", "MultiLineString"),
    "rivers": ("LineString", "MultiLineString", "Polygon", "MultiPolygon"),
}
_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326")


def read_features(raw: Raw, table: str, place: str, text: str) -> None:
    """Put the records of a GeoJSON text into ``raw.tables[table]``; complain of what cannot be used."""
    features = _features_of(raw, place, text)
    if features is None:
        return
    rows = raw.tables.setdefault(table, [])
    for number, feature in enumerate(features, 1):
        rows.extend(_record(raw, table, f"{place} feature {number}", feature))
    if table in schema():
        _misspelt_properties(raw, table, place, features)


def columns_of(table: str, properties: Mapping[str, Any], geometry: Any) -> dict[str, Any]:  # noqa: ANN401
    """Bring OFDS properties and point coordinates into the columns of the schema."""
    found = from_ofds(table, properties)
    if table == "places" and geometry is not None:
        found["lon"], found["lat"] = geometry.x, geometry.y
    return found


def properties_of(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Bring values by column into the properties that are written; the way back of `columns_of`."""
    given = {name: value for name, value in values.items() if table != "places" or name not in ("lon", "lat")}
    return to_ofds(table, given)


def _features_of(raw: Raw, place: str, text: str) -> list[Any] | None:
    if not text.strip():
        raw.complain("empty_file", place, "is empty", "put a GeoJSON FeatureCollection into it")
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raw.complain("json", place, f"is not JSON ({error})", "export it again")
        return None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raw.complain("geojson", place, "is not a GeoJSON FeatureCollection", "export it as one")
        return None
    crs = document.get("crs")
    name = str(crs["properties"].get("name")) if _is_named(crs) else "CRS84" if crs is None else str(crs)[:80]
    if not name.endswith(_WGS84):
        raw.complain("crs", place, f"its CRS is {name}", "reproject it to WGS 84 (EPSG:4326)")
        return None
    return features


def _is_named(crs: object) -> bool:
    return isinstance(crs, dict) and isinstance(crs.get("properties"), dict)


def _record(raw: Raw, table: str, place: str, feature: object) -> Iterator[Row]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(feature, dict) or not isinstance(properties, dict):
        raw.complain("geojson", place, "has no properties", "export it again")
        return
    named = properties.get("id")
    if isinstance(named, str):
        raw.refused.setdefault(table, set()).add(named)
        place = f"{place} ({named[:64]})"
    try:
        geometry = shape(feature["geometry"])
        kind, bounds = geometry.geom_type, geometry.bounds
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, shapely.errors.ShapelyError):
        raw.complain("geometry", place, "has no readable geometry", "export it again")
        return
    if not _geometry_is_good(raw, table, place, geometry, kind, bounds):
        return
    found = columns_of(table, properties, geometry)
    if table in schema():
        found = typed_values(raw, table, place, found, OFDS_NAMES.get(table, {}))
    yield Row(place, found, geometry)


def _geometry_is_good(
    raw: Raw,
    table: str,
    place: str,
    geometry: Any,  # noqa: ANN401 - any shapely geometry
    kind: str,
    bounds: tuple[float, ...],
) -> bool:
    kinds = GEOMETRY_KINDS[table]
    if kind not in kinds:
        raw.complain("geometry", place, f"is a {kind}", f"use {' or '.join(kinds)}")
        return False
    if geometry.is_empty:
        raw.complain("geometry", place, "is empty", "remove it or draw it")
        return False
    if not all(math.isfinite(edge) for edge in bounds):
        raw.complain("geometry", place, "has a coordinate that is not a number", "export it again")
        return False
    west, south, east, north = bounds
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 180:
        what = f"coordinate {east:.0f} {north:.0f} is not in degrees"
        raw.complain("crs", place, what, "reproject it to WGS 84 (UTM 42N is EPSG:32642)")
        return False
    if max(abs(south), abs(north)) > 90:
        what = f"latitude {north if abs(north) > 90 else south:g} is beyond 90 degrees"
        raw.complain("swapped_lat_lon", place, what, "write longitude first, then latitude")
        return False
    if not geometry.is_valid and geometry.length > 0:
        reason = shapely.is_valid_reason(geometry)
        raw.complain("geometry", place, f"is not valid ({reason})", "repair it (make valid)")
        return False
    return True


def _misspelt_properties(raw: Raw, table: str, place: str, features: list[Any]) -> None:
    """Complain once of a property that is nearly one we read; others are free in GeoJSON."""
    names = OFDS_NAMES.get(table, {})
    known = {names.get(column.name, column.name) for column in schema()[table]}
    used: dict[str, int] = {}
    for number, feature in enumerate(features, 1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        for name in properties if isinstance(properties, dict) else ():
            used.setdefault(name, number)
    for name, number in used.items():
        near = nearest_or_none(name, known - set(used), 0.8)
        if name not in known and near is not None:
            what = f"unknown property {shorten(name)}"
            raw.complain("unknown_key", f"{place} feature {number}", what, f"did you mean {near}?")
