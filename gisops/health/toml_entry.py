"""Where in a TOML file does a value stand, and is it of the kind it must be: every mistake with file and line.

The standard TOML reader gives no lines; they are found again in the text by
table and key.
"""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from gisops.errors import ConfigError

__all__ = ["Entry", "read_entries"]

_HEADER = re.compile(r"\s*\[\[?\s*([\w.-]+)\s*\]\]?")
_KEY = re.compile(r"\s*\"?([\w-]+)\"?\s*=")
_SYNTAX_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
_OID = re.compile(r"[012](\.(0|[1-9]\d{0,9}))+")


@dataclass(frozen=True)
class Entry:
    """One table of a TOML file.

    Parameters
    ----------
    file
        Its name in errors.
    label
        What it is, in words: ``metric cpu_pct``.
    table
        Keys and values.
    line
        Of its header; 1 for the top of the file.
    lines
        Key to the line it stands on.
    """

    file: str
    label: str
    table: Mapping[str, Any]
    line: int = 1
    lines: Mapping[str, int] = field(default_factory=dict)

    def fail(self, what: str, remedy: str, key: str | None = None) -> NoReturn:
        """Raise a :class:`ConfigError` at ``key``, or at the table."""
        raise ConfigError(f"{self.file}:{self.lines.get(key or '', self.line)}", f"{self.label} {what}", remedy)

    def know(self, known: Iterable[str]) -> None:
        """Refuse a key that is not known, naming the nearest that is."""
        names = sorted(known)
        for key in self.table:
            if key not in names:
                near = difflib.get_close_matches(key, names, n=1)
                hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(names)}"
                self.fail(f"has the unknown key {key}", hint, key)

    def inner(self, key: str, table: object, label: str) -> Entry:
        """Give a table inside this one, with the line of ``key``."""
        if not isinstance(table, Mapping):
            self.fail(f"has {key} = {table!r}", f"write it as a table: {key} = {{ ... }}", key)
        line = self.lines.get(key, self.line)
        return Entry(self.file, f"{self.label}, {label},", table, line, dict.fromkeys(table, line))

    def text(self, key: str, default: str | None = None) -> str:
        """Give a text that is not empty."""
        value = self.table.get(key, default)
        if value is None:
            self.fail(f"has no {key}", f"add {key}")
        if not isinstance(value, str) or not value.strip():
            self.fail(f"has {key} = {value!r}", "write a text between quotes", key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Give one text or a list of them; none where the key is absent."""
        value = self.table.get(key, [])
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or not all(isinstance(item, str) and item.strip() for item in found):
            self.fail(f"has {key} = {value!r}", "write a text, or a list of texts", key)
        return tuple(found)

    def choice(self, key: str, known: Iterable[str], default: str | None = None) -> str:
        """Give a text that is one of those known."""
        value = self.text(key, default)
        names = list(known)
        if value not in names:
            near = difflib.get_close_matches(value, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(names)}"
            self.fail(f"has {key} = {value!r}", hint, key)
        return value

    def oid(self, key: str) -> str:
        """Give a dotted object identifier without a leading dot."""
        return self._as_oid(key, self.text(key))

    def oids(self, key: str) -> tuple[str, ...]:
        """Give one object identifier or a list of them."""
        return tuple(self._as_oid(key, text) for text in self.texts(key))

    def number(self, key: str, default: float | None = None) -> float:
        """Give a finite number."""
        value = self.table.get(key, default)
        if value is None:
            self.fail(f"has no {key}", f"add {key}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.fail(f"has {key} = {value!r}", "write a number", key)
        return float(value)

    def whole(self, key: str, low: int, high: int) -> int:
        """Give a whole number between two bounds."""
        value = self.table[key]
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.fail(f"has {key} = {value!r}", f"write a whole number from {low} to {high}", key)
        return value

    def truth(self, key: str) -> bool:
        """Give true or false; false where the key is absent."""
        value = self.table.get(key, False)
        if not isinstance(value, bool):
            self.fail(f"has {key} = {value!r}", "write true or false", key)
        return value

    def words(self, key: str) -> frozenset[int | str]:
        """Give raw values: whole numbers, and texts in lower case."""
        value = self.table.get(key, [])
        found = value if isinstance(value, list) else [value]
        if not all(isinstance(item, int | str) and not isinstance(item, bool) for item in found):
            self.fail(f"has {key} = {value!r}", "write whole numbers or texts", key)
        return frozenset(item.casefold() if isinstance(item, str) else item for item in found)

    def _as_oid(self, key: str, text: str) -> str:
        oid = text.removeprefix(".")
        if not _OID.fullmatch(oid) or any(int(part) >= 2**32 for part in oid.split(".")):
            self.fail(f"has {key} = {text!r}", "write an object identifier in numbers, as 1.3.6.1.2.1.1.3.0", key)
        return oid


def read_entries(
    text: str, file: str, arrays: Iterable[str], label: str = "the profile"
) -> tuple[Entry, dict[str, tuple[Entry, ...]]]:
    """Read a TOML file into its top table and its arrays of tables.

    Parameters
    ----------
    text, file
        The document and its name in errors.
    arrays
        Names of the arrays of tables that may stand in it.
    label
        What the top table is, in words.

    Raises
    ------
    ConfigError
        For text that is not TOML, and for an array that is written as something else.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX_LINE.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        what = _SYNTAX_LINE.sub("", str(error))
        raise ConfigError(f"{file}:{line}", f"not valid TOML ({what})", "correct this line") from error
    headers, keys = _lines(text)
    names = tuple(arrays)
    top = Entry(file, label, {k: v for k, v in document.items() if k not in names}, 1, keys.get(("", 0), {}))
    tables: dict[str, tuple[Entry, ...]] = {}
    for name in names:
        items = document.get(name, [])
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            top.fail(f"has {name} as something else than tables", f"write each under its own [[{name}]]")
        tables[name] = tuple(
            Entry(
                file,
                f"{name} {item.get('name', number + 1)}",
                item,
                headers.get((name, number), 1),
                keys.get((name, number), {}),
            )
            for number, item in enumerate(items)
        )
    return top, tables


def _lines(text: str) -> tuple[dict[tuple[str, int], int], dict[tuple[str, int], dict[str, int]]]:
    headers: dict[tuple[str, int], int] = {}
    keys: dict[tuple[str, int], dict[str, int]] = {}
    counts: dict[str, int] = {}
    here = ("", 0)
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            name = header[1]
            here = (name, counts.get(name, 0))
            counts[name] = counts.get(name, 0) + 1
            headers[here] = number
        elif key := _KEY.match(line):
            keys.setdefault(here, {}).setdefault(key[1], number)
    return headers, keys
