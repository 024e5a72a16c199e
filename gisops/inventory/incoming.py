"""What official rows say in our own terms: typed values of our columns, a geometry that fits, or why not."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from pyproj import Transformer

from gisops.errors import InventoryError
from gisops.inventory.column_map import ColumnMap, are_one_name
from gisops.inventory.finding import Finding
from gisops.inventory.geojson_text import GEOMETRY_KINDS
from gisops.inventory.official import Official, OfficialRow
from gisops.inventory.schema import schema
from gisops.inventory.typed import shorten
from gisops.inventory.values import parse_value
from gisops.model.ofds import OFDS_NAMES, ofds_value

__all__ = ["Incoming", "incoming_rows", "row_values"]

_DECIMALS = 7
"""1 cm: finer than any survey of poles."""
_WKT_NAMES = frozenset({"wkt", "geometry", "geom", "the_geom"})
_FROM_GEOMETRY = ("lon", "lat")


@dataclass(frozen=True, slots=True)
class Incoming:
    """One usable row: its place, its id, the values it gives by our columns, its geometry if its table has one."""

    place: str
    id: str
    values: Mapping[str, Any]
    geometry: Any = None


def incoming_rows(
    table: str, official: Official, matched: ColumnMap, move: Transformer | None = None
) -> tuple[list[Incoming], list[Finding]]:
    """Bring official rows into our terms.

    Parameters
    ----------
    table, official, matched
        Our table, their rows, and which of their columns is which of ours.
    move
        Brings coordinates that stand in columns to WGS 84, where they are not.

    Returns
    -------
    usable, refused
        Rows that can be merged, and one finding for each reason why another cannot.
    """
    usable: dict[str, Incoming] = {}
    refused: list[Finding] = []
    for row in official.rows:
        findings: list[Finding] = []
        geometry = _geometry(table, row, matched, move, findings)
        values = _values(table, row, matched, geometry, findings)
        key = values.get("id")
        if key is None and not findings:
            findings.append(Finding(row.place, "has no id", "give it one", "missing_value"))
        if key in usable:
            what = f"id {key} stands already at {usable[key].place}"
            findings.append(Finding(row.place, what, "keep one of them", "duplicate_ids"))
        if findings or key is None:
            refused.extend(findings)
            continue
        usable[key] = Incoming(row.place, key, values, geometry if table in GEOMETRY_KINDS else None)
    return list(usable.values()), refused


def row_values(table: str, row: OfficialRow, matched: ColumnMap) -> tuple[dict[str, Any], list[Finding]]:
    """Type the values of one row by the schema of its table; its geometry is another matter.

    Returns
    -------
    values, findings
        What is given and can be used, and one finding for each value that cannot.
    """
    findings: list[Finding] = []
    return _values(table, row, matched, None, findings), findings


def _values(
    table: str,
    row: OfficialRow,
    matched: ColumnMap,
    geometry: Any,  # noqa: ANN401 - a shapely geometry
    findings: list[Finding],
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    placed = geometry is not None and geometry.geom_type == "Point"
    for column in schema()[table]:
        if column.name in _FROM_GEOMETRY and (placed or findings):
            if placed:
                values[column.name] = getattr(geometry, "x" if column.name == "lon" else "y")
            continue  # where the place is wrong, it has been said
        raw = matched.values.get(column.name, _given(table, column.name, row, matched))
        if raw is None:
            continue
        value, complaint = parse_value(column, raw)
        if complaint is not None:
            findings.append(Finding(row.place, f"{column.name} is {shorten(raw)}", complaint, "bad_value"))
        elif value is not None:
            values[column.name] = value
    return values


def _given(table: str, column: str, row: OfficialRow, matched: ColumnMap) -> Any:  # noqa: ANN401 - a value of any file
    """Give what a row says of a column; in a column with the name of the standard, in the form of the standard."""
    theirs = matched.columns.get(column, "")
    standard = OFDS_NAMES.get(table, {}).get(column)
    if standard is not None and are_one_name(theirs, standard):
        return ofds_value(table, column, {**row.values, standard: row.values.get(theirs)})
    return row.values.get(theirs)


def _geometry(
    table: str, row: OfficialRow, matched: ColumnMap, move: Transformer | None, findings: list[Finding]
) -> Any:  # noqa: ANN401 - a shapely geometry
    has_place = table in GEOMETRY_KINDS or any(column.name == "lon" for column in schema()[table])
    if not has_place:
        return None
    kinds = GEOMETRY_KINDS.get(table, ("Point",))
    geometry = row.geometry
    try:
        if geometry is None:
            geometry = _from_columns(row, matched, move, kinds)
    except (ValueError, shapely.errors.ShapelyError, InventoryError) as error:
        findings.append(Finding(row.place, f"has no readable place ({error})", "write numbers or WKT", "geometry"))
        return None
    if geometry is None or geometry.is_empty:
        return None
    if not all(math.isfinite(edge) and abs(edge) <= 180 for edge in geometry.bounds):
        x, y = shapely.get_coordinates(geometry)[0]
        what = f"coordinate {x:.0f} {y:.0f} is not in degrees"
        findings.append(Finding(row.place, what, "name its system with --crs, such as --crs EPSG:32642", "crs"))
        return None
    fitting = _fit(geometry, kinds)
    if fitting is None:
        findings.append(Finding(row.place, f"is a {geometry.geom_type}", f"use {' or '.join(kinds)}", "geometry"))
        return None
    return shapely.transform(fitting, lambda xy: xy.round(_DECIMALS))


def _from_columns(row: OfficialRow, matched: ColumnMap, move: Transformer | None, kinds: Sequence[str]) -> Any:  # noqa: ANN401 - a shapely geometry
    wkt = next((text for name, text in row.values.items() if name.lower() in _WKT_NAMES), None)
    lon, lat = (row.values.get(matched.columns.get(name, "")) for name in _FROM_GEOMETRY)
    if lon is not None and lat is not None and "Point" in kinds:
        geometry = shapely.Point(float(lon), float(lat))
    elif wkt is not None:
        geometry = shapely.from_wkt(wkt)
    else:
        return None
    if move is None:
        return geometry
    return shapely.transform(geometry, lambda xy: _columns(move, xy))


def _columns(move: Transformer, xy: Any) -> Any:  # noqa: ANN401 - arrays of shape (n, 2)
    x, y = move.transform(xy[:, 0], xy[:, 1])
    xy[:, 0], xy[:, 1] = x, y
    return xy


def _fit(geometry: Any, kinds: Sequence[str]) -> Any:  # noqa: ANN401 - shapely geometries
    """Give the geometry as one of the kinds: a collection of one part as that part, parts of a line as one line."""
    if geometry.geom_type in kinds:
        return geometry
    parts = shapely.get_parts(geometry)
    if len(parts) == 1 and parts[0].geom_type in kinds:
        return parts[0]
    if geometry.geom_type == "MultiLineString":
        merged = shapely.line_merge(geometry)
        return merged if merged.geom_type in kinds else None
    return None
