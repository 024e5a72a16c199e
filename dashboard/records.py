"""What the record of a thing says, field by field, with the units of the schema.

Reads the field descriptions that the importer and the check use, so the page
names a field and its unit as every other part does.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["Field", "Schema", "load_schema"]

# The address and the name of a credential are for the collector, not for a wall display.
_HIDDEN = frozenset({"credential", "geometry", "lon", "lat"})


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a record: its name in words, its value as text, and what it means."""

    label: str
    value: str
    help: str


@dataclass(frozen=True, slots=True)
class Schema:
    """Units and descriptions by table and column."""

    columns: Mapping[tuple[str, str], tuple[str, str]]

    def describe(self, table: str, record: DataclassInstance) -> list[Field]:
        """Give the fields of a record that have a value, in the order of its type.

        Parameters
        ----------
        table
            Name in the schema: ``boxes``, ``cameras``, ``sites`` …
        record
            A record of :mod:`gisops.model.inventory`.
        """
        found = []
        for attribute in fields(record):
            value = getattr(record, attribute.name)
            if attribute.name in _HIDDEN or value is None or value in ("", ()):
                continue
            unit, text = self.columns.get((table, attribute.name), ("", ""))
            found.append(Field(_label(attribute.name), _text(value, unit), text))
        lon, lat = getattr(record, "lon", None), getattr(record, "lat", None)
        if lon is not None and lat is not None:
            found.append(Field("Position", f"{lat:.5f}, {lon:.5f}", "WGS 84 latitude, longitude"))
        return found


def load_schema() -> Schema:
    """Read ``gisops/model/schema.csv``."""
    text = files("gisops.model").joinpath("schema.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return Schema({(row["table"], row["column"]): (row["unit"], row["description"]) for row in rows})


_SUFFIXES = ("_deg", "_m", "_px", "_w", "_wh", "_km2", "_h")
_WORDS = {"id": "Id", "hfov_deg": "Field of view", "snmp_version": "SNMP version", "snmp_port": "SNMP port"}


def _label(name: str) -> str:
    if name in _WORDS:
        return _WORDS[name]
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    return name.removesuffix("_id").replace("_", " ").capitalize()


def _text(value: object, unit: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    sign = {"deg": "°", "km2": " km²", "": ""}.get(unit, f" {unit}")
    return shown + sign
