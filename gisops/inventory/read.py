"""What the files of an inventory say, value by value, with the place of each and every complaint.

Reading never stops at the first mistake and never raises for the content of a
file: what cannot be used becomes a `Finding`.
"""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import shape

from gisops.inventory.finding import Finding
from gisops.inventory.schema import nearest, parse_value, schema

__all__ = ["CSV_TABLES", "GEOJSON_FILES", "Raw", "Row", "read_inventory"]

CSV_TABLES = ("stations", "centres", "feeders", "sites", "boxes", "cameras")
GEOJSON_FILES = {
    "districts": "districts/districts.geojson",
    "nodes": "fibre_routes/nodes.geojson",
    "spans": "fibre_routes/spans.geojson",
    "places": "basemap/places.geojson",
    "roads": "basemap/roads.geojson",
    "coastline": "basemap/coastline.geojson",
    "rivers": "basemap/rivers.geojson",
}
OPTIONAL = frozenset({"places", "roads", "coastline", "rivers"})
_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326")
_KINDS = {
    "districts": ("Polygon", "MultiPolygon"),
    "nodes": ("Point",),
    "spans": ("LineString",),
    "places": ("Point",),
    "roads": ("LineString", "MultiLineString"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its place, its typed values, and its geometry if it has one."""

    place: str
    values: Mapping[str, Any]
    geometry: Any = None


@dataclass
class Raw:
    """Everything that was read, and everything that was wrong with it."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def complain(self, rule: str, place: str, what: str, remedy: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(place, what, remedy, rule))


def read_inventory(folder: Path) -> Raw:
    """Read every file of an inventory folder."""
    raw = Raw()
    _read_settings(raw, folder / "inventory.toml")
    for table in CSV_TABLES:
        _read_csv(raw, table, folder / f"{table}.csv")
    for table, name in GEOJSON_FILES.items():
        _read_geojson(raw, table, folder / name)
    return raw


def _text_of(raw: Raw, path: Path, optional: bool = False) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        if not optional:
            raw.complain("missing_file", str(path), "is missing", "add it, see docs/inventory.md")
    except OSError as error:
        raw.complain("unreadable_file", str(path), f"cannot be read ({error.strerror})", "check its mode")
    except UnicodeDecodeError as error:
        raw.complain("encoding", str(path), f"byte {error.start} is not UTF-8", "save it as UTF-8 (Excel: CSV UTF-8)")
    return None


def _read_settings(raw: Raw, path: Path) -> None:
    text = _text_of(raw, path)
    if text is None:
        return
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raw.complain("toml", str(path), f"is not valid TOML ({error})", "correct the line it names")
        return
    raw.tables["settings"] = [Row(str(path), _typed(raw, "settings", str(path), document))]


def _read_csv(raw: Raw, table: str, path: Path) -> None:
    text = _text_of(raw, path)
    if text is None:
        return
    first = text.partition("\n")[0]
    delimiter = ";" if ";" in first and "," not in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = raw.tables.setdefault(table, [])
    try:
        header = [name.strip() for name in next(reader, [])]
        if not _header_is_good(raw, table, path, header):
            return
        for cells in reader:
            place = f"{path}:{reader.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raw.complain(
                    "cell_count",
                    place,
                    f"{len(cells)} cells, {len(header)} columns",
                    "quote cells with commas",
                )
                continue
            rows.append(Row(place, _typed(raw, table, place, dict(zip(header, cells, strict=True)))))
    except csv.Error as error:
        raw.complain("csv", f"{path}:{reader.line_num}", f"is not CSV ({error})", "check its quotes")


def _header_is_good(raw: Raw, table: str, path: Path, header: list[str]) -> bool:
    known = [column.name for column in schema()[table]]
    place = f"{path}:1"
    for name in sorted(set(header) - set(known)):
        raw.complain("unknown_key", place, f"unknown column {name!r}", nearest(name, known, "remove it"))
    for name in sorted({name for name in header if header.count(name) > 1}):
        raw.complain("repeated_key", place, f"column {name!r} stands twice", "remove one")
    missing = [c.name for c in schema()[table] if c.required and c.name not in header]
    for name in missing:
        raw.complain("missing_key", place, f"column {name!r} is missing", "add it, see docs/inventory.md")
    return not missing and len(set(header)) == len(header)


def _typed(raw: Raw, table: str, place: str, found: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    columns = {column.name: column for column in schema()[table]}
    if table == "settings":
        for name in found:
            if name not in columns:
                raw.complain("unknown_key", place, f"unknown key {name!r}", nearest(name, columns, "remove it"))
    for name, column in columns.items():
        value, complaint = parse_value(column, found.get(name))
        if complaint is not None:
            raw.complain("bad_value", place, f"{name} is {found[name]!r}", complaint)
        elif value is None and column.required:
            raw.complain("missing_value", place, f"{name} is empty", f"fill it in ({column.description})")
        values[name] = value
    return values


def _read_geojson(raw: Raw, table: str, path: Path) -> None:
    text = _text_of(raw, path, optional=table in OPTIONAL)
    if text is None:
        return
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raw.complain("json", str(path), f"is not JSON ({error})", "export it again")
        return
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raw.complain("geojson", str(path), "is not a GeoJSON FeatureCollection", "export it as one")
        return
    name = str((document.get("crs") or {}).get("properties", {}).get("name", "CRS84"))
    if not name.endswith(_WGS84):
        raw.complain("crs", str(path), f"its CRS is {name}", "reproject it to WGS 84 (EPSG:4326)")
        return
    rows = raw.tables.setdefault(table, [])
    rows.extend(_features(raw, table, path, features))


def _features(raw: Raw, table: str, path: Path, features: Iterable[Any]) -> Iterable[Row]:
    for number, feature in enumerate(features, 1):
        place = f"{path} feature {number}"
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            raw.complain("geojson", place, "has no properties", "export it again")
            continue
        try:
            geometry = shape(feature["geometry"])
        except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError):
            raw.complain("geometry", place, "has no readable geometry", "export it again")
            continue
        if _geometry_is_good(raw, table, place, geometry):
            found = _flatten(table, properties, geometry)
            yield Row(place, _typed(raw, table, place, found) if table in schema() else found, geometry)


def _geometry_is_good(raw: Raw, table: str, place: str, geometry: Any) -> bool:  # noqa: ANN401
    kinds = _KINDS.get(table)
    if kinds and geometry.geom_type not in kinds:
        raw.complain("geometry", place, f"is a {geometry.geom_type}", f"use {' or '.join(kinds)}")
        return False
    if geometry.is_empty:
        raw.complain("geometry", place, "is empty", "remove it or draw it")
        return False
    west, south, east, north = geometry.bounds
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90:
        raw.complain("crs", place, f"coordinate {east:.0f} {north:.0f} is not in degrees", "reproject it to WGS 84")
        return False
    if not geometry.is_valid:
        reason = shapely.is_valid_reason(geometry)
        raw.complain("geometry", place, f"is not valid ({reason})", "repair it (make valid)")
        return False
    return True


def _flatten(table: str, properties: Mapping[str, Any], geometry: Any) -> dict[str, Any]:  # noqa: ANN401
    """Bring OFDS properties and point coordinates into the columns of the schema."""
    found = dict(properties)
    if table == "nodes":
        found["kinds"] = properties.get("type")
    if table == "spans":
        for end in ("start", "end"):
            node = properties.get(end)
            found[f"{end}_id"] = node.get("id") if isinstance(node, dict) else node
        found["fibre_count"] = properties.get("fibreCount")
        found["ring"] = properties.get("gisops:ring")
    if table == "places":
        found["lon"], found["lat"] = geometry.x, geometry.y
    return found
