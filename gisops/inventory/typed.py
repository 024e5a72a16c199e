"""Which typed values does a record have, and what is wrong where it has none."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from gisops.inventory.raw import Raw
from gisops.inventory.schema import schema
from gisops.inventory.values import parse_value

__all__ = ["shorten", "typed_values"]

_LONGEST_SHOWN = 80
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


def typed_values(
    raw: Raw, table: str, place: str, found: Mapping[str, Any], names: Mapping[str, str] = _NO_NAMES
) -> dict[str, Any]:
    """Type the values of one record by the schema of its table; complain of those that cannot be used.

    Parameters
    ----------
    raw
        Takes the complaints.
    table, place
        Which schema holds, and where the record stands.
    found
        What was read, by column.
    names
        How a column is called in the file where it is not called by its own name.

    Returns
    -------
    dict
        Every column of the schema; ``None`` where a value is missing or wrong.
    """
    values: dict[str, Any] = {}
    for column in schema()[table]:
        name = column.name
        value, complaint = parse_value(column, found.get(name))
        values[name] = value
        if complaint is not None:
            raw.complain("bad_value", place, f"{names.get(name, name)} is {shorten(found[name])}", complaint)
        elif value is None and column.required:
            remedy = f"fill it in ({column.description})"
            raw.complain("missing_value", place, f"{names.get(name, name)} is empty", remedy)
    return values


def shorten(value: object) -> str:
    """Show a value in a message, however long it is."""
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."
