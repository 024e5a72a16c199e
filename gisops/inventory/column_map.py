"""Which of their columns is which of ours: by name, by a map file, and by one value for every row.

A map file is TOML::

    [columns]              # ours = theirs
    id = "POLE_NO"
    name = "Location"

    [values]               # the same for every row
    snmp_version = "2c"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gisops.errors import ConfigError, InventoryError
from gisops.inventory.schema import nearest, schema
from gisops.inventory.text_file import read_text
from gisops.model.ofds import OFDS_NAMES

__all__ = ["ColumnMap", "are_one_name", "load_column_map", "match_columns"]

_ALIASES = {"lon": ("longitude", "lng", "long", "x"), "lat": ("latitude", "y")}
_DBF_NAME_LENGTH = 10
"""A Shapefile cuts the names of its columns to ten characters."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Their column by ours, and one value for every row by our column."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)


def load_column_map(path: Path, table: str) -> ColumnMap:
    """Read a map file for a table.

    Raises
    ------
    ConfigError
        For a file that cannot be read, an unknown key or column of ours (with
        the nearest known one).
    """
    try:
        document = tomllib.loads(read_text(path))
    except InventoryError as error:
        raise ConfigError(error.place, error.what, "name the map with --map FILE") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(str(path), f"is not valid TOML ({error})", "correct the line it names") from error
    ours = [column.name for column in schema()[table]]
    parts: dict[str, dict[str, str]] = {"columns": {}, "values": {}}
    for key, entries in document.items():
        if key not in parts:
            raise ConfigError(str(path), f"unknown table [{key}]", nearest(key, parts, "use [columns] and [values]"))
        if not isinstance(entries, dict):
            raise ConfigError(str(path), f"{key} is not a table", f"write [{key}] and its keys below")
        for name, value in entries.items():
            if name not in ours:
                remedy = nearest(name, ours, f"columns of {table}: {', '.join(ours)}")
                raise ConfigError(f"{path} [{key}]", f"{name} is no column of {table}", remedy)
            if isinstance(value, dict | list):
                raise ConfigError(f"{path} [{key}]", f"{name} is not one value", "write it in quotes")
            parts[key][name] = str(value).lower() if isinstance(value, bool) else str(value)
    return ColumnMap(parts["columns"], parts["values"])


def match_columns(
    place: str, table: str, theirs: Iterable[str], given: ColumnMap
) -> tuple[ColumnMap, tuple[str, ...]]:
    """Complete a map by the columns that have our names in other letters.

    Parameters
    ----------
    place
        The official file, in errors.
    table, theirs
        Our table, and the columns of their file.
    given
        What the user said; it goes before any name.

    Returns
    -------
    ColumnMap, tuple of str
        The whole map, and their columns that nothing of ours takes.

    Raises
    ------
    ConfigError
        Where the map names a column that the file does not have.
    """
    names = list(theirs)
    columns = dict(given.columns)
    for our, their in columns.items():
        if their not in names:
            remedy = nearest(their, names, f"its columns are {', '.join(names)}")
            raise ConfigError(place, f"has no column {their!r} for {our}", remedy)
    taken = set(columns.values())
    by_key = {_key(name): name for name in reversed(names) if name not in taken}
    for column in schema()[table]:
        if column.name in columns or column.name in given.values:
            continue
        for candidate in _candidates(table, column.name):
            if candidate in by_key:
                columns[column.name] = by_key.pop(candidate)
                break
    used = set(columns.values())
    return ColumnMap(columns, given.values), tuple(name for name in names if name not in used)


def _candidates(table: str, column: str) -> Iterable[str]:
    yield _key(column)
    if column in OFDS_NAMES.get(table, {}):
        yield _key(OFDS_NAMES[table][column])
    yield from _ALIASES.get(column, ())
    cut = column[:_DBF_NAME_LENGTH]
    if cut != column and sum(other.name[:_DBF_NAME_LENGTH] == cut for other in schema()[table]) == 1:
        yield _key(cut)


def are_one_name(one: str, other: str) -> bool:
    """Tell whether two names of columns differ in nothing but their writing.

    Examples
    --------
    >>> are_one_name("FIBRE_LENGTH", "fibreLength")
    True
    """
    return _key(one) == _key(other)


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
