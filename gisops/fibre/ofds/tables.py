"""How does a network package read as CSV: the standard's flattened tables? And back.

A column is the JSON pointer of its field with 0 for every index; the first
column of every table is the network's ``id``; lists of codes are joined by
semicolons; a geometry is well-known text. Spreadsheets do not run what begins
with ``=``: it is written with an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

import shapely
from shapely.geometry import mapping, shape

from gisops.errors import FibreFileError

__all__ = ["TABLES", "from_tables", "to_tables"]

TABLES = ("nodes", "spans", "phases", "organisations", "links")
"""Besides ``networks``; each is a list of the network."""
_GEOMETRY = ("location", "route")
_LISTS = frozenset({"type", "deployment"})
_NUMBERS = {"fibreCount": int, "fibreLength": float, "gisops:slack_m": float, "gisops:splice_count": int}
_FORMULA = ("=", "+", "-", "@")

Row = dict[str, str]


def to_tables(package: Mapping[str, Any]) -> dict[str, str]:
    """Write a package as tables: text by file name; a table without rows is left out."""
    rows: dict[str, list[Row]] = {name: [] for name in ("networks", *TABLES)}
    for network in package["networks"]:
        own = {name: value for name, value in network.items() if name not in TABLES}
        rows["networks"].append(dict(_flat("", own)))
        for table in TABLES:
            for record in network.get(table, ()):
                rows[table].append({"id": network["id"], **dict(_flat(f"{table}/0/", record))})
    return {f"{table}.csv": _csv(records) for table, records in rows.items() if records}


def from_tables(texts: Mapping[str, str], place: str) -> dict[str, Any]:
    """Read tables back into a package.

    Parameters
    ----------
    texts
        Text by file name; ``nodes.csv`` and ``spans.csv`` are what matters.
    place
        The folder, for errors.

    Raises
    ------
    FibreFileError
        Where a table is not CSV, or a geometry or number in it cannot be read.
    """
    networks: dict[str, dict[str, Any]] = {}
    for table in ("networks", *TABLES):
        text = texts.get(f"{table}.csv")
        if text is None:
            continue
        where = f"{place}/{table}.csv"
        for line, row in _rows(text, where):
            network = networks.setdefault(row.get("id", ""), {"id": row.get("id", "")})
            if table == "networks":
                network |= _deep(row, "", f"{where}:{line}")
            else:
                network.setdefault(table, []).append(_deep(row, f"{table}/0/", f"{where}:{line}"))
    return {"networks": list(networks.values())}


def _flat(prefix: str, record: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for name, value in record.items():
        if name in _GEOMETRY:
            yield f"{prefix}{name}", shapely.to_wkt(shape(value), rounding_precision=-1)
        elif isinstance(value, Mapping):
            yield from _flat(f"{prefix}{name}/", value)
        elif isinstance(value, list):
            yield f"{prefix}{name}", ";".join(str(part) for part in value)
        else:
            text = str(value)
            yield f"{prefix}{name}", f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _csv(records: list[Row]) -> str:
    header = list(dict.fromkeys(name for record in records for name in record))
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue()


def _rows(text: str, place: str) -> Iterable[tuple[int, Row]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        for row in reader:
            if None in row or None in row.values():
                raise FibreFileError(
                    f"{place}:{reader.line_num}", "has not as many cells as columns", "check its quotes"
                )
            yield reader.line_num, row
    except csv.Error as error:
        raise FibreFileError(f"{place}:{reader.line_num}", f"is not CSV ({error})", "check its quotes") from error


def _deep(row: Row, prefix: str, place: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column, text in row.items():
        if not column.startswith(prefix) or (prefix and column == "id") or text == "":
            continue
        *parents, name = column.removeprefix(prefix).split("/")
        within = found
        for parent in parents:
            within = within.setdefault(parent, {})
        within[name] = _value(name, text, f"{place} {column}", bool(parents))
    for name in _GEOMETRY:  # 0.2 and some of 0.3: type and coordinates in two columns
        old = found.get(name)
        if isinstance(old, dict) and isinstance(old.get("coordinates"), str):
            found[name] = {"type": "Point", "coordinates": _numbers(old["coordinates"], place)}
    return found


def _value(name: str, text: str, place: str, nested: bool) -> Any:  # noqa: ANN401 - any JSON value
    if name in _GEOMETRY:
        try:
            return mapping(shapely.from_wkt(text))
        except (ValueError, shapely.errors.ShapelyError) as error:
            raise FibreFileError(place, "is no well-known text", "write POINT (67.01 24.85)") from error
    if name in _LISTS and not nested:
        return text.split(";")
    if name in _NUMBERS:
        try:
            return _NUMBERS[name](text)
        except ValueError:
            return text  # the schema will complain of it
    return text[1:] if text[:1] == "'" and text[1:].startswith(_FORMULA) else text


def _numbers(text: str, place: str) -> list[float]:
    try:
        return [float(part) for part in text.replace(",", ";").split(";")]
    except ValueError as error:
        raise FibreFileError(place, f"coordinates are {text[:40]!r}", "write lon;lat") from error
