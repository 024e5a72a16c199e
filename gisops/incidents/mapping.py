"""Which of their columns is which of ours, in which time zone, and what do their words mean? A map, strictly read.

A map is TOML::

    source = "cad"                    # name of the system it comes from
    time_zone = "Asia/Karachi"        # of times without an offset; there is no default
    time_format = "%d/%m/%Y %H:%M"    # as in Python's strptime; ISO 8601 where it is left out

    [columns]                         # ours = theirs
    id = "CASE_NO"
    occurred_at = "REPORTED"          # or date = ... and time = ...
    category = "OFFENCE"
    lon = "LONG"
    lat = "LAT"
    place = "LOCATION"                # in words, where there are no coordinates

    [values]                          # the same for every row
    precision = "street"

    [categories]                      # their word = our category (or kind of reference)
    "Mobile Chheena" = "street_robbery"

A map with ``records = "references"`` takes events of other systems: ``kind`` instead of ``category``, and
``confidence``. A column that holds a plate, a face, a name or a number of a person is not taken, whatever for.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gisops.errors import ConfigError
from gisops.incidents.record import Precision

__all__ = ["COLUMNS", "ColumnMap", "parse_mapping"]

COLUMNS = (
    "id", "occurred_at", "date", "time", "category", "kind", "lon", "lat", "place", "precision", "confidence", "link",
)  # fmt: skip
"""What a file may give."""
_KEYS = (
    "source",
    "time_zone",
    "time_format",
    "records",
    "merge_m",
    "merge_minutes",
    "columns",
    "values",
    "categories",
)
_PERSONAL = re.compile(
    r"plate|registration|reg_?no|licen[cs]e|face_?(id|image|vector)|embedding|cnic|nic_?no|passport|phone|mobile_?no"
    r"|(person|victim|suspect|accused|complainant|owner|driver|caller|father)|\bname\b|(first|last|full)_?name",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ColumnMap:
    """A column map.

    Parameters
    ----------
    source
        Name of the system the file comes from.
    zone
        In which times without an offset are.
    time_format
        As `datetime.strptime` takes it; ``None`` for ISO 8601.
    is_references
        Whether rows are references to events of other systems.
    merge_m, merge_minutes
        Reports of one category from different systems this close are one incident.
    columns, values, words
        Theirs by ours; the same for every row; our category by their word.
    """

    source: str
    zone: ZoneInfo
    time_format: str | None = None
    is_references: bool = False
    merge_m: float = 150.0
    merge_minutes: float = 15.0
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


def parse_mapping(text: str, place: str) -> ColumnMap:
    """Read a column map.

    Raises
    ------
    ConfigError
        For TOML that is none, an unknown key or column (with the nearest known one), a missing time zone or source,
        or a column of personal data.

    Examples
    --------
    >>> parse_mapping('sorce = "cad"', "map.toml")
    Traceback (most recent call last):
    gisops.errors.ConfigError: map.toml: unknown key sorce: did you mean source?
    """
    try:
        document = tomllib.loads(text)
    except ValueError as error:
        raise ConfigError(place, f"is not valid TOML ({error})", "correct the line it names") from error
    _only(place, document, _KEYS)
    columns = _texts(place, document, "columns")
    values = _texts(place, document, "values")
    for table, entries in (("columns", columns), ("values", values)):
        _only(f"{place} [{table}]", entries, COLUMNS)
    for ours, theirs in columns.items():
        if _PERSONAL.search(theirs.replace(" ", "_")):
            raise ConfigError(
                f"{place} [columns]", f"{ours} = {theirs!r} looks like personal data",
                "leave plates, faces, names and numbers of persons where they are: give the event's id and a link",
            )  # fmt: skip
    records = document.get("records", "incidents")
    if records not in ("incidents", "references"):
        raise ConfigError(place, f"records is {records}", "write incidents or references")
    _complete(place, {*columns, *values}, "kind" if records == "references" else "category")
    if values.get("precision") not in (None, *Precision):
        raise ConfigError(f"{place} [values]", "precision is none", f"write one of {', '.join(Precision)}")
    return ColumnMap(
        source=_source(place, document),
        zone=_zone(place, document),
        time_format=_text(place, document, "time_format"),
        is_references=records == "references",
        merge_m=_number(place, document, "merge_m", 150.0, 2000.0),
        merge_minutes=_number(place, document, "merge_minutes", 15.0, 1440.0),
        columns=columns,
        values=values,
        words=_texts(place, document, "categories"),
    )


def _complete(place: str, given: set[str], kind: str) -> None:
    if not {"occurred_at"} & given and not {"date", "time"} <= given:
        raise ConfigError(place, "gives no time", "name occurred_at, or date and time, in [columns]")
    if kind not in given:
        raise ConfigError(place, f"gives no {kind}", f"name {kind} in [columns] or [values]")
    if not {"lon", "lat"} <= given and "place" not in given:
        raise ConfigError(place, "gives no place", "name lon and lat, or place, in [columns]")


def _source(place: str, document: Mapping[str, Any]) -> str:
    source = _text(place, document, "source")
    if not source or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", source):
        raise ConfigError(place, "names no source", 'write source = "cad": letters, digits, - _ ., at most 40')
    return source


def _zone(place: str, document: Mapping[str, Any]) -> ZoneInfo:
    name = _text(place, document, "time_zone")
    if name is None:
        raise ConfigError(place, "says no time_zone", 'write time_zone = "Asia/Karachi", or whichever the file is in')
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError(place, f"there is no time zone {name}", "write it as Asia/Karachi") from None


def _text(place: str, document: Mapping[str, Any], key: str) -> str | None:
    value = document.get(key)
    if value is not None and not isinstance(value, str):
        raise ConfigError(place, f"{key} is no text", "write it in quotes")
    return value


def _number(place: str, document: Mapping[str, Any], key: str, default: float, most: float) -> float:
    value = document.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value <= most:
        raise ConfigError(place, f"{key} is {value}", f"write a number from 0 to {most:g}")
    return float(value)


def _texts(place: str, document: Mapping[str, Any], table: str) -> dict[str, str]:
    entries = document.get(table, {})
    if not isinstance(entries, dict):
        raise ConfigError(place, f"{table} is not a table", f"write [{table}] and its keys below")
    for key, value in entries.items():
        if not isinstance(value, str):
            raise ConfigError(f"{place} [{table}]", f"{key} is no text", "write it in quotes")
    return dict(entries)


def _only(place: str, table: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    for key in table:
        if key not in keys:
            near = difflib.get_close_matches(key, keys, n=1)
            remedy = f"did you mean {near[0]}?" if near else f"known: {', '.join(keys)}"
            raise ConfigError(place, f"unknown key {key}", remedy)
