"""Which nodes and routes do files of fibre hold? OFDS in its three forms, or what any GIS drew; typed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import shapely

from gisops.errors import FibreFileError, InventoryError
from gisops.fibre.ofds.features import are_ofds_features, from_features
from gisops.fibre.ofds.package import OfdsRecord, from_package
from gisops.fibre.ofds.tables import TABLES, from_tables
from gisops.fibre.routes.offer import Note, Offer
from gisops.inventory.column_map import ColumnMap, match_columns
from gisops.inventory.incoming import row_values
from gisops.inventory.official import Official, official_layers, read_official
from gisops.inventory.raw import Raw
from gisops.inventory.text_file import read_text
from gisops.inventory.typed import typed_values

__all__ = ["FibreFiles", "read_fibre_files"]

_DECIMALS = 7
"""1 cm, as for every other layer."""
_KINDS = {"Point": "nodes", "LineString": "spans", "MultiLineString": "spans"}
_KML = frozenset({".kml", ".kmz"})
_OURS = frozenset({"nodes", "spans"})


@dataclass
class FibreFiles:
    """What was read: nodes and routes that can be fitted, notes on what cannot, and how many features there were."""

    nodes: list[Offer] = field(default_factory=list)
    routes: list[Offer] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    read: int = 0


def read_fibre_files(
    paths: Sequence[Path], *, layer: str | None = None, crs: str | None = None, columns: ColumnMap | None = None
) -> FibreFiles:
    """Read files of fibre.

    Parameters
    ----------
    paths
        OFDS JSON; OFDS GeoJSON (nodes and spans) or a folder of both; OFDS CSV tables or a
        folder of them; GeoJSON, GeoPackage, Shapefile, KML or KMZ of another tool.
    layer, crs
        Of files of other tools: one layer of several (all are read), and the
        coordinate reference system where the file does not say.
    columns
        Which of their columns is which of the spans' where the names differ.

    Raises
    ------
    FibreFileError, InventoryError, ConfigError
        Where a file cannot be read at all.
    """
    found = FibreFiles()
    collections: list[Mapping[str, Any]] = []
    tables: dict[Path, dict[str, str]] = {}
    for path in (file for given in paths for file in _in_folder(given)):
        kind, content = _recognised(path)
        if kind == "package":
            _take_records(found, from_package(content, str(path)))
        elif kind == "features":
            collections.append(content)
        elif kind == "table":
            tables.setdefault(path if path.is_dir() else path.parent, {}).update(content)
        else:
            _take_layers(found, path, layer, crs, columns or ColumnMap())
    for folder, texts in tables.items():
        _take_records(found, from_package(from_tables(texts, str(folder)), str(folder)))
    if collections:
        place = ", ".join(str(path) for path in paths)
        _take_records(found, from_package(from_features(*collections, place=place), place))
    return found


def _in_folder(path: Path) -> tuple[Path, ...]:
    """Give the two files of OFDS GeoJSON where that is what a folder holds; else the path itself."""
    files = tuple(path / f"{table}.geojson" for table in ("nodes", "spans"))
    return tuple(file for file in files if file.is_file()) or (path,)


def _recognised(path: Path) -> tuple[str, Any]:
    """Tell which form of the standard a file is, and its content; or that it is of another tool."""
    if path.is_dir():
        texts = {f"{name}.csv": path / f"{name}.csv" for name in ("networks", *TABLES)}
        there = {name: read_text(file) for name, file in texts.items() if file.is_file()}
        if there:
            return "table", there
        if any(path.glob("*.shp")):
            return "other", None
        raise FibreFileError(str(path), "holds no OFDS and no Shapefiles", "give the files themselves")
    ending = path.suffix.lower()
    if ending in (".json", ".geojson"):
        text = read_text(path)
        try:
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise FibreFileError(str(path), f"is not JSON ({error})", "export it again") from error
        if isinstance(document, dict) and "networks" in document:
            return "package", document
        if are_ofds_features(document):
            return "features", document
    if ending == ".csv":
        text = read_text(path)
        if any(f"{table}/0/id" in text.partition("\n")[0] for table in _OURS):
            return "table", {f"{'nodes' if 'nodes/0/' in text.partition(chr(10))[0] else 'spans'}.csv": text}
        raise FibreFileError(str(path), "is no table of OFDS", "name its columns nodes/0/id or spans/0/id")
    return "other", None


def _take_records(found: FibreFiles, records: Mapping[str, Sequence[OfdsRecord]]) -> None:
    for table, entries in records.items():
        for entry in entries:
            found.read += 1
            raw = Raw(Path())
            values = typed_values(raw, table, entry.place, entry.values)
            if not entry.place or raw.findings:
                found.notes += [Note("refused", f.place, f.what, f.remedy) for f in raw.findings]
                continue
            if entry.geometry is None or _KINDS.get(entry.geometry.geom_type) != table or entry.geometry.is_empty:
                what = "has no location" if table == "nodes" else "has no route"
                found.notes.append(Note("refused", entry.place, what, "draw it: a map needs its place"))
                continue
            _take(found, table, Offer(entry.place, _given(values), _rounded(entry.geometry)))


def _take_layers(found: FibreFiles, path: Path, layer: str | None, crs: str | None, columns: ColumnMap) -> None:
    files = sorted(path.glob("*.shp")) if path.is_dir() else [path]
    for file in files:
        names: tuple[str | None, ...] = (layer,) if layer is not None else official_layers(file)
        if not names:
            raise InventoryError(str(file), "has no layer", "export it again from its source")
        for name in names:
            official = read_official(file, name, crs)
            if any(row.geometry is not None for row in official.rows):
                counted = f"{name}." if file.suffix.lower() in _KML else None
                _take_rows(found, str(file), official, columns, counted)


def _take_rows(
    found: FibreFiles, place: str, official: Official, columns: ColumnMap, counted: str | None = None
) -> None:
    """Take the rows of one layer; an id that is ``counted`` and a number only counts the rows."""
    matched = {
        table: match_columns(place, table, official.columns, columns if table == "spans" else ColumnMap())[0]
        for table in _OURS
    }
    for row in official.rows:
        found.read += 1
        kind = row.geometry.geom_type if row.geometry is not None else None
        table = _KINDS.get(str(kind))
        if row.geometry is None or row.geometry.is_empty or table is None:
            what = "has no geometry" if kind is None or table else f"is a {kind}"
            found.notes.append(Note("refused", row.place, what, "draw it as a line (a route) or a point (a node)"))
            continue
        values, findings = row_values(table, row, matched[table])
        if findings:
            found.notes += [Note("refused", f.place, f.what, f.remedy) for f in findings]
            continue
        if counted is not None and _is_counted(str(values.get("id")), counted):
            del values["id"]  # the next file would count from one again, and change these
        named = f"{row.place} ({values.get('name') or values.get('id')})" if values else row.place
        _take(found, table, Offer(named, values, _rounded(row.geometry)))


def _is_counted(feature_id: str, counted: str) -> bool:
    return feature_id.startswith(counted) and feature_id.removeprefix(counted).isdecimal()


def _take(found: FibreFiles, table: str, offer: Offer) -> None:
    (found.nodes if table == "nodes" else found.routes).append(offer)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return dict(_pairs(values))


def _pairs(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if value is not None and value != ():
            yield name, value


def _rounded(geometry: Any) -> Any:  # noqa: ANN401 - a shapely geometry
    return shapely.transform(shapely.force_2d(geometry), lambda xy: xy.round(_DECIMALS))
