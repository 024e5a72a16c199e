"""Which typed value is meant by a text, and what is wrong with it where none is."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from gisops.inventory.schema import Column

__all__ = ["parse_value"]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}")
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_WINDOW = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
_LONGEST = 10_000

Answer = tuple[Any, str | None]


def parse_value(column: Column, raw: object) -> Answer:
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
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return (_PARSERS[column.type](column.default)[0] if column.default else None), None
    if isinstance(raw, list):
        if column.type != "list":
            return None, "write one value, not a list"
        return tuple(str(part).strip() for part in raw if str(part).strip()), None
    if isinstance(raw, dict):
        return None, "write one value, not an object"
    text = str(raw).strip()
    if len(text) > _LONGEST:
        return None, f"write at most {_LONGEST:,} characters"
    value, complaint = _PARSERS[column.type](text)
    if complaint is not None:
        return None, complaint
    return _within_limits(column, value)


def _within_limits(column: Column, value: Any) -> Answer:  # noqa: ANN401 - any typed value
    if column.choices and value not in column.choices:
        return None, f"use one of {', '.join(column.choices)}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        if column.minimum is not None and value < column.minimum:
            return None, f"must be at least {column.minimum:g} {column.unit}".rstrip()
        if column.maximum is not None and value > column.maximum:
            return None, f"must be at most {column.maximum:g} {column.unit}".rstrip()
    return value, None


def _boolean(text: str) -> Answer:
    word = text.lower()
    return (word in _TRUE, None) if word in _TRUE | _FALSE else (None, "write true or false")


def _list(text: str) -> Answer:
    return tuple(part.strip() for part in text.split(";") if part.strip()), None


def _integer(text: str) -> Answer:
    return (int(text), None) if _INTEGER.fullmatch(text) else (None, "write a whole number")


def _number(text: str) -> Answer:
    if not _NUMBER.fullmatch(text):
        return None, "write a number with a decimal point"
    number = float(text)
    return (number, None) if math.isfinite(number) else (None, "write a finite number")


def _date(text: str) -> Answer:
    try:
        return date.fromisoformat(text), None
    except ValueError:
        return None, "write a day as 2026-11-21"


def _id(text: str) -> Answer:
    if not _ID.fullmatch(text):
        return None, "use letters, digits and _ . : / - only, 64 at most"
    return text, None


def _address(text: str) -> Answer:
    try:
        return str(ipaddress.IPv4Address(text)), None
    except ValueError:
        return None, "write an IPv4 address such as 10.1.2.3"


def _windows(text: str) -> Answer:
    parts = [part.strip() for part in text.split(";")]
    if not all(_WINDOW.fullmatch(part) for part in parts):
        return None, "write windows as 02:00-04:00;14:00-16:00"
    if any(part[:5] == part[6:] for part in parts):
        return None, "end each window at another time than it begins"
    return ";".join(parts), None


def _text(text: str) -> Answer:
    return text, None


_PARSERS: dict[str, Callable[[str], Answer]] = {
    "address": _address,
    "boolean": _boolean,
    "date": _date,
    "id": _id,
    "integer": _integer,
    "latitude": _number,
    "list": _list,
    "longitude": _number,
    "number": _number,
    "text": _text,
    "windows": _windows,
}
"""One parser for each type that the schema may name."""
