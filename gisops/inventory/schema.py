"""Which columns an inventory has: ``gisops/model/schema.csv`` as typed records, and as a page of documentation.

The same schema drives the reader, the check and the documentation page.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Column", "document_schema", "nearest", "nearest_or_none", "schema"]


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
    found = nearest_or_none(word, known)
    return f"did you mean {found}?" if found else otherwise


def nearest_or_none(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Give the known word most like another, if any is at least ``cutoff`` (0 to 1) alike."""
    found = difflib.get_close_matches(word[:200], list(known), n=1, cutoff=cutoff)
    return found[0] if found else None


def document_schema() -> str:
    """Write the documentation page of the schema (``docs/inventory.md``)."""
    lines = [
        "# Inventory files",
        "",
        "Every file, column, unit and limit of an inventory folder. This page is made from the schema that",
        "also drives `gisops check inventory` and the loader: `gisops docs schema > docs/inventory.md`.",
        "",
        "`inventory.toml` holds the settings; stations, centres, feeders, sites, boxes, cameras and presets are CSV",
        "files (UTF-8; commas, semicolons or tabs); districts, nodes, spans, places and roads are GeoJSON",
        "(longitude and latitude, WGS 84); nodes and spans follow the Open Fibre Data Standard 0.4, in which",
        "`kinds` is called `type`, `start_id` and `end_id` `start` and `end`, `fibre_count` `fibreCount`,",
        "`cable_length_m` `fibreLength` (km), `organisation` `transmissionMediumOwner`, and `installation` stands",
        "in `deployment` and `supportingInfrastructure`; `ring`, `slack_m` and `splice_count`, for which it has no",
        "word, stand in `gisops:ring`, `gisops:slack_m` and `gisops:splice_count`.",
        "",
        "`gisops check inventory DIR` names every problem with its place and remedy.",
        "",
        "`gisops import LAYER FILE --into DIR` puts official data (CSV, GeoJSON, GeoPackage, Shapefile, KML) into",
        "a layer: by id, or with `--replace` in place of what is there. Columns with our names are taken as they",
        "are; `--map FILE` names the others, and what is the same for every row:",
        "",
        "    [columns]",
        '    id = "POLE_NO"',
        '    name = "Location"',
        "",
        "    [values]",
        '    station_id = "PS-CLF"',
        "",
        "Nothing is written where a row is refused or the inventory would get a problem that it does not have",
        "now (`--force` does it nevertheless, `--dry-run` only says what would be done). `imports.jsonl` in the",
        "folder keeps one line for each import: when, from which file, and what was added, changed and refused.",
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
