"""Which columns an inventory has: ``gisops/model/schema.csv`` as typed records, and text as values.

The same schema drives the reader, the check and the documentation page.
"""

from __future__ import annotations

import csv
import difflib
import ipaddress
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["Column", "document_schema", "nearest", "parse_value", "schema"]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}")
_WINDOW = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one table, as the schema states it."""

    table: str
    name: str
    type: str
    unit: str
    required: bool
    default: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    references: str | None
    description: str


@cache
def schema() -> dict[str, tuple[Column, ...]]:
    """Read the schema: columns by table, in their order."""
    text = files("gisops.model").joinpath("schema.csv").read_text(encoding="utf-8")
    tables: dict[str, list[Column]] = {}
    for row in csv.DictReader(text.splitlines()):
        tables.setdefault(row["table"], []).append(
            Column(
                table=row["table"],
                name=row["column"],
                type=row["type"],
                unit=row["unit"],
                required=row["required"] == "yes",
                default=row["default"],
                minimum=float(row["minimum"]) if row["minimum"] else None,
                maximum=float(row["maximum"]) if row["maximum"] else None,
                choices=tuple(row["choices"].split(";")) if row["choices"] else (),
                references=row["references"] or None,
                description=row["description"],
            )
        )
    return {table: tuple(columns) for table, columns in tables.items()}


def nearest(word: str, known: Iterable[str], otherwise: str) -> str:
    """Suggest the known word most like a misspelt one.

    Examples
    --------
    >>> nearest("feder_id", ["feeder_id", "node_id"], "see the schema")
    'did you mean feeder_id?'
    """
    found = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean {found[0]}?" if found else otherwise


def parse_value(column: Column, raw: object) -> tuple[Any, str | None]:
    """Read one value.

    Parameters
    ----------
    column
        What the schema says of it.
    raw
        Text of a CSV cell, or a JSON or TOML value.

    Returns
    -------
    value, complaint
        The typed value and ``None``, or ``None`` and what is wrong with it. An
        empty value is ``None`` (or the default); whether it may be is another rule.
    """
    text = str(raw).strip() if not isinstance(raw, bool | list) and raw is not None else raw
    if text in (None, ""):
        return (_parse(column, column.default)[0] if column.default else None), None
    value, complaint = _parse(column, text)
    if complaint is None and column.choices and value not in column.choices:
        return None, f"use one of {', '.join(column.choices)}"
    if complaint is None and isinstance(value, int | float) and not isinstance(value, bool):
        if column.minimum is not None and value < column.minimum:
            return None, f"must be at least {column.minimum:g} {column.unit}".rstrip()
        if column.maximum is not None and value > column.maximum:
            return None, f"must be at most {column.maximum:g} {column.unit}".rstrip()
    return value, complaint


def _parse(column: Column, raw: object) -> tuple[Any, str | None]:
    kind, text = column.type, str(raw)
    if kind == "boolean":
        word = text.lower()
        return (word in _TRUE, None) if word in _TRUE | _FALSE else (None, "write true or false")
    if kind == "list":
        parts = raw if isinstance(raw, list) else text.split(";")
        return tuple(str(part).strip() for part in parts if str(part).strip()), None
    if kind == "integer":
        return (int(text), None) if re.fullmatch(r"[+-]?\d+", text) else (None, "write a whole number")
    if kind in ("number", "longitude", "latitude"):
        return _number(text)
    if kind == "date":
        return _date(text)
    return _text(kind, text)


def _number(text: str) -> tuple[float | None, str | None]:
    try:
        number = float(text)
    except ValueError:
        return None, "write a number with a decimal point"
    return (number, None) if math.isfinite(number) else (None, "write a finite number")


def _date(text: str) -> tuple[date | None, str | None]:
    try:
        return date.fromisoformat(text), None
    except ValueError:
        return None, "write a day as 2026-11-21"


def _text(kind: str, text: str) -> tuple[str | None, str | None]:
    if kind == "id" and not _ID.fullmatch(text):
        return None, "use letters, digits and _ . : / - only, 64 at most"
    if kind == "address":
        try:
            return str(ipaddress.IPv4Address(text)), None
        except ValueError:
            return None, "write an IPv4 address such as 10.1.2.3"
    if kind == "windows" and not all(_WINDOW.fullmatch(part.strip()) for part in text.split(";")):
        return None, "write windows as 02:00-04:00;14:00-16:00"
    return text, None


def document_schema() -> str:
    """Write the documentation page of the schema (``docs/inventory.md``)."""
    lines = [
        "# Inventory files",
        "",
        "Every file, column, unit and limit of an inventory folder. This page is made from the schema that",
        "also drives `gisops check inventory` and the loader: `gisops docs schema > docs/inventory.md`.",
        "",
        "`inventory.toml` holds the settings; stations, centres, feeders, sites, boxes and cameras are CSV",
        "files; districts, nodes, spans, places and roads are GeoJSON (longitude and latitude, WGS 84).",
    ]
    for table, columns in schema().items():
        lines += [
            "",
            f"## {table}",
            "",
            "| column | type | unit | required | limits | description |",
            "|---|---|---|---|---|---|",
        ]
        for column in columns:
            limits = ", ".join(column.choices) or " to ".join(
                f"{limit:g}" for limit in (column.minimum, column.maximum) if limit is not None
            )
            kind = f"{column.type} of {column.references}" if column.references else column.type
            needed = "yes" if column.required else f"no ({column.default})" if column.default else "no"
            lines.append(f"| {column.name} | {kind} | {column.unit} | {needed} | {limits} | {column.description} |")
    return "\n".join(lines) + "\n"
