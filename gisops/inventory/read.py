"""What the files of an inventory say, value by value, with the place of each and every complaint.

Reading never stops at the first mistake and never raises for the content of a
file: what cannot be used becomes a `Finding`.
"""

from __future__ import annotations

import errno
import tomllib
from collections.abc import Mapping
from pathlib import Path

from gisops.errors import InventoryError
from gisops.inventory.csv_text import CsvText, parse_csv
from gisops.inventory.finding import Finding
from gisops.inventory.geojson_text import read_features
from gisops.inventory.raw import Raw, Row
from gisops.inventory.schema import nearest, schema
from gisops.inventory.text_file import read_text
from gisops.inventory.typed import shorten, typed_values

__all__ = ["CSV_TABLES", "GEOJSON_FILES", "Raw", "Row", "file_of", "read_inventory"]

CSV_TABLES = ("stations", "centres", "feeders", "sites", "boxes", "cameras", "presets")
GEOJSON_FILES = {
    "districts": "districts/districts.geojson",
    "nodes": "fibre_routes/nodes.geojson",
    "spans": "fibre_routes/spans.geojson",
    "places": "basemap/places.geojson",
    "roads": "basemap/roads.geojson",
    "coastline": "basemap/coastline.geojson",
    "rivers": "basemap/rivers.geojson",
}
OPTIONAL = frozenset({"presets", "places", "roads", "coastline", "rivers"})


def file_of(table: str) -> str:
    """Give the file of a table, relative to the inventory folder."""
    return GEOJSON_FILES.get(table, f"{table}.csv")


def read_inventory(folder: Path, overlay: Mapping[str, str] | None = None) -> Raw:
    """Read every file of an inventory folder; texts of ``overlay`` stand for files of that relative name."""
    raw = Raw(folder, overlay or {})
    _read_settings(raw)
    for table in CSV_TABLES:
        text = _text_of(raw, file_of(table), optional=table in OPTIONAL)
        if text is not None:
            _read_csv(raw, table, str(folder / file_of(table)), parse_csv(text))
    for table, name in GEOJSON_FILES.items():
        text = _text_of(raw, name, optional=table in OPTIONAL)
        if text is not None:
            read_features(raw, table, str(folder / name), text)
    return raw


def _text_of(raw: Raw, name: str, optional: bool = False) -> str | None:
    if name in raw.overlay:
        return raw.overlay[name]
    try:
        return read_text(raw.folder / name)
    except InventoryError as error:
        cause = error.__cause__
        missing = isinstance(cause, OSError) and cause.errno == errno.ENOENT
        if not (missing and optional):
            rule = "missing_file" if missing else "unreadable_file"
            raw.findings.append(Finding(error.place, error.what, error.remedy, rule))
    return None


def _read_settings(raw: Raw) -> None:
    place = str(raw.folder / "inventory.toml")
    text = _text_of(raw, "inventory.toml")
    if text is None:
        return
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raw.complain("toml", place, f"is not valid TOML ({error})", "correct the line it names")
        return
    known = [column.name for column in schema()["settings"]]
    for name in document:
        if name not in known:
            raw.complain("unknown_key", place, f"unknown key {name!r}", nearest(name, known, "remove it"))
    raw.tables["settings"] = [Row(place, typed_values(raw, "settings", place, document))]


def _read_csv(raw: Raw, table: str, path: str, parsed: CsvText) -> None:
    if parsed.broken is not None:  # what refers to its records is not judged: nobody knows which it has
        raw.complain("csv", f"{path}:{parsed.broken_at}", f"is not CSV ({parsed.broken})", "check its quotes")
    elif not parsed.header:
        names = ",".join(column.name for column in schema()[table] if column.required)
        raw.complain("empty_file", path, "is empty", f"begin it with the line {names}")
    elif _header_is_good(raw, table, path, parsed):
        raw.tables[table] = _rows(raw, table, path, parsed)


def _rows(raw: Raw, table: str, path: str, parsed: CsvText) -> list[Row]:
    rows: list[Row] = []
    id_at = parsed.header.index("id")
    for line, cells in parsed.rows:
        place = f"{path}:{line}"
        if len(cells) == len(parsed.header):
            rows.append(Row(place, typed_values(raw, table, place, dict(zip(parsed.header, cells, strict=True)))))
            continue
        raw.complain(
            "cell_count",
            place,
            f"{len(cells)} cells, {len(parsed.header)} columns",
            "put cells with commas in quotes",
        )
        raw.refused.setdefault(table, set()).update(cells[id_at : id_at + 1])
    return rows


def _header_is_good(raw: Raw, table: str, path: str, parsed: CsvText) -> bool:
    header, known = parsed.header, [column.name for column in schema()[table]]
    place = f"{path}:{parsed.header_line}"
    if not set(header) & set(known):
        what = f"no column of {table} stands in the first line"
        raw.complain("header", place, what, f"begin it with {','.join(known[:3])},... (docs/inventory.md)")
        return False
    for name in sorted(set(header) - set(known)):
        raw.complain("unknown_key", place, f"unknown column {shorten(name)}", nearest(name, known, "remove it"))
    for name in sorted({name for name in header if header.count(name) > 1}):
        raw.complain("repeated_key", place, f"column {name!r} stands twice", "remove one")
    missing = [c.name for c in schema()[table] if c.required and c.name not in header]
    for name in missing:
        raw.complain("missing_key", place, f"column {name!r} is missing", "add it, see docs/inventory.md")
    return not missing and len(set(header)) == len(header)
