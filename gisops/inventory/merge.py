"""How a layer's file reads after official rows are put into it: added, changed, kept. Text in, text out.

What the file says beyond the schema, the order of its records and the writing
of what does not change stay as they are.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from shapely.geometry import mapping, shape

from gisops.errors import InventoryError
from gisops.inventory.csv_text import parse_csv
from gisops.inventory.geojson_text import columns_of, properties_of
from gisops.inventory.incoming import Incoming
from gisops.inventory.schema import schema
from gisops.inventory.values import parse_value

__all__ = ["Merged", "known_ids", "merge_csv", "merge_geojson"]

_SAME_DEG = 1e-7


@dataclass(frozen=True, slots=True)
class Merged:
    """A file's text after the merge, and ids of what was added, changed and removed; the others are unchanged."""

    text: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


def known_ids(table: str, place: str, text: str) -> frozenset[str]:
    """Give the ids that a layer's file holds now; none for an empty text."""
    if table in _POINTS_IN_CSV:
        return frozenset(record.get("id", "") for record in _csv_records(place, text)[1])
    return frozenset(str(_feature_id(feature)) for feature in _features(place, text))


_POINTS_IN_CSV = frozenset({"stations", "centres", "feeders", "sites", "boxes", "cameras"})


def merge_csv(table: str, place: str, text: str, incoming: Sequence[Incoming], *, replace: bool) -> Merged:
    """Put rows into a CSV layer.

    Parameters
    ----------
    table, place, text
        The layer, its file in errors, and what it holds now (empty: nothing).
    incoming
        Rows by id; a value that a row does not give stays as it is.
    replace
        Whether records that do not come in are left out.

    Raises
    ------
    InventoryError
        Where the file is not a table that can be merged with.
    """
    header, records = _csv_records(place, text)
    columns = {column.name: column for column in schema()[table]}
    given = {name for row in incoming for name in row.values}
    header += [c for c in columns if c not in header and (c in given or columns[c].required)]
    coming = {row.id: row for row in incoming}
    kept: list[dict[str, str]] = []
    changed: list[str] = []
    removed: list[str] = []
    for record in records:
        row = coming.pop(record.get("id", ""), None)
        if row is None:
            kept.append(record) if not replace else removed.append(record.get("id", ""))
            continue
        new = {n: _cell(v) for n, v in row.values.items() if parse_value(columns[n], record.get(n))[0] != v}
        if new:
            changed.append(row.id)
        kept.append(record | new)
    kept += [{name: _cell(value) for name, value in row.values.items()} for row in coming.values()]
    unchanged = len(kept) - len(changed) - len(coming)
    return Merged(_csv_text(header, kept), tuple(coming), tuple(changed), tuple(removed), unchanged)


def merge_geojson(table: str, place: str, text: str, incoming: Sequence[Incoming], *, replace: bool) -> Merged:
    """Put rows into a GeoJSON layer; parameters and errors as for `merge_csv`."""
    coming = {row.id: row for row in incoming}
    kept: list[Any] = []
    changed: list[str] = []
    removed: list[str] = []
    for feature in _features(place, text):
        key = _feature_id(feature)
        row = coming.pop(str(key), None)
        if row is None:
            kept.append(feature) if not replace else removed.append(str(key))
        elif _says_more(table, feature, row):
            changed.append(row.id)
            kept.append(_feature(table, row, feature))
        else:
            kept.append(feature)
    kept += [_feature(table, row, {}) for row in coming.values()]
    unchanged = len(kept) - len(changed) - len(coming)
    lines = [json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in kept]
    body = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    return Merged(body, tuple(coming), tuple(changed), tuple(removed), unchanged)


def _csv_records(place: str, text: str) -> tuple[list[str], list[dict[str, str]]]:
    parsed = parse_csv(text)
    if parsed.broken is not None:
        raise InventoryError(
            f"{place}:{parsed.broken_at}", f"is not CSV ({parsed.broken})", "correct it, or --replace"
        )
    if parsed.header and ("id" not in parsed.header or len(set(parsed.header)) != len(parsed.header)):
        raise InventoryError(f"{place}:1", "has no column id, or a column twice", "correct it, or --replace")
    for line, cells in parsed.rows:
        if len(cells) != len(parsed.header):
            what = f"{len(cells)} cells, {len(parsed.header)} columns"
            raise InventoryError(f"{place}:{line}", what, "correct it, or --replace")
    return parsed.header, [dict(zip(parsed.header, cells, strict=True)) for _, cells in parsed.rows]


def _csv_text(header: Sequence[str], records: Iterable[Mapping[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([record.get(name, "") for name in header] for record in records)
    return out.getvalue()


def _cell(value: Any) -> str:  # noqa: ANN401 - any typed value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ";".join(value)
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return value.isoformat() if isinstance(value, date) else str(value)


def _features(place: str, text: str) -> list[Any]:
    if not text:
        return []
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InventoryError(place, f"is not JSON ({error})", "correct it, or --replace") from error
    features = document.get("features") if isinstance(document, dict) else None
    usable = isinstance(features, list) and all(
        isinstance(f, dict) and isinstance(f.get("properties"), dict) for f in features
    )
    if not isinstance(features, list) or not usable:
        raise InventoryError(place, "is not a GeoJSON FeatureCollection", "correct it, or --replace")
    return features


def _feature_id(feature: Mapping[str, Any]) -> object:
    return feature["properties"].get("id")


def _feature(table: str, row: Incoming, before: Mapping[str, Any]) -> dict[str, Any]:
    properties = {**before.get("properties", {}), **properties_of(table, row.values)}
    geometry = before.get("geometry") if row.geometry is None else mapping(row.geometry)
    return {**before, "type": "Feature", "id": row.id, "properties": properties, "geometry": geometry}


def _says_more(table: str, feature: Mapping[str, Any], row: Incoming) -> bool:
    try:
        before = shape(feature["geometry"])
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, shapely.errors.ShapelyError):
        return True
    if row.geometry is not None and not shapely.equals_exact(before, row.geometry, _SAME_DEG):
        return True
    found = columns_of(table, feature["properties"], before if before.geom_type == "Point" else None)
    columns = {column.name: column for column in schema()[table]}
    written = {
        name: value for name, value in row.values.items() if not (table == "places" and name in ("lon", "lat"))
    }
    return any(parse_value(columns[name], found.get(name))[0] != value for name, value in written.items())
