"""Kinds of incident, how heavy each counts, and how long a reference is kept.

``taxonomy.toml`` says it; ``incidents.toml`` of an inventory folder may change weights and days, and add categories.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from math import isfinite
from typing import Any

from gisops.errors import ConfigError

__all__ = ["Category", "ReferenceKind", "Taxonomy", "parse_taxonomy", "plain", "shipped_taxonomy"]

_MAX_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of incident; ``weight`` is how heavy one counts in risk, a street robbery being 1."""

    name: str
    title: str
    weight: float
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferenceKind:
    """One kind of event of another system, and for how many days a reference to it is kept."""

    name: str
    title: str
    retain_days: int
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Taxonomy:
    """All kinds, by name."""

    categories: Mapping[str, Category] = field(default_factory=dict)
    references: Mapping[str, ReferenceKind] = field(default_factory=dict)

    @cached_property
    def _category_of(self) -> Mapping[str, str]:
        return _words(self.categories)

    @cached_property
    def _reference_of(self) -> Mapping[str, str]:
        return _words(self.references)

    def category(self, word: str) -> str | None:
        """Give the category a word means, or ``None``: nothing is guessed here.

        Examples
        --------
        >>> shipped_taxonomy().category("Mobile-Snatching"), shipped_taxonomy().category("xyz")
        ('street_robbery', None)
        """
        return self._category_of.get(plain(word))

    def reference(self, word: str) -> str | None:
        """Give the kind of reference a word means, or ``None``."""
        return self._reference_of.get(plain(word))


def plain(word: str) -> str:
    """Write a word so that only its letters and digits count.

    Examples
    --------
    >>> plain("  Hit & Run ")
    'hit run'
    """
    return " ".join(re.findall(r"[^\W_]+", word.casefold()))


def shipped_taxonomy() -> Taxonomy:
    """Give the taxonomy of the package."""
    text = files("gisops.incidents").joinpath("taxonomy.toml").read_text(encoding="utf-8")
    return parse_taxonomy(text, "taxonomy.toml", Taxonomy())


def parse_taxonomy(text: str, place: str, base: Taxonomy) -> Taxonomy:
    """Read a taxonomy over another one: what it names is added or changed.

    Parameters
    ----------
    text, place
        TOML, and what to call it in errors.
    base
        What holds where the text is silent.

    Raises
    ------
    ConfigError
        For TOML that is none, an unknown key, a weight or number of days that cannot be meant.
    """
    try:
        document = tomllib.loads(text)
    except ValueError as error:
        raise ConfigError(place, f"is not valid TOML ({error})", "correct the line it names") from error
    _known(place, document, ("categories", "references"))
    categories, references = dict(base.categories), dict(base.references)
    for name, entry in _entries(place, document, "categories", ("title", "weight", "also")):
        before = categories.get(name)
        weight = entry.get("weight", before.weight if before else None)
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not (isfinite(weight) and weight >= 0):
            raise ConfigError(f"{place} [categories.{name}]", f"weight is {weight}", "write a number of 0 or more")
        title, also = _title_also(place, name, entry, before)
        categories[name] = Category(name, title, float(weight), also)
    for name, entry in _entries(place, document, "references", ("title", "retain_days", "also")):
        kind = references.get(name)
        days = entry.get("retain_days", kind.retain_days if kind else None)
        if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= _MAX_DAYS:
            raise ConfigError(
                f"{place} [references.{name}]", f"retain_days is {days}", f"write 1 to {_MAX_DAYS} days"
            )
        title, also = _title_also(place, name, entry, kind)
        references[name] = ReferenceKind(name, title, days, also)
    return Taxonomy(categories, references)


def _entries(
    place: str, document: Mapping[str, Any], table: str, keys: tuple[str, ...]
) -> list[tuple[str, Mapping[str, Any]]]:
    entries = document.get(table, {})
    if not isinstance(entries, dict):
        raise ConfigError(place, f"{table} is not a table", f"write [{table}.NAME] and its keys below")
    for name, entry in entries.items():
        if not isinstance(entry, dict):
            raise ConfigError(f"{place} [{table}]", f"{name} is not a table", f"write [{table}.{name}]")
        _known(f"{place} [{table}.{name}]", entry, keys)
    return list(entries.items())


def _title_also(
    place: str, name: str, entry: Mapping[str, Any], before: Category | ReferenceKind | None
) -> tuple[str, tuple[str, ...]]:
    title = entry.get("title", before.title if before else name)
    also = entry.get("also", list(before.also) if before else [])
    if not isinstance(title, str) or not isinstance(also, list) or not all(isinstance(word, str) for word in also):
        raise ConfigError(f"{place} {name}", "title or also is of the wrong kind", 'write "text" and ["text", …]')
    return title, tuple(also)


def _known(place: str, table: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    for key in table:
        if key not in keys:
            near = difflib.get_close_matches(key, keys, n=1)
            remedy = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(keys)}"
            raise ConfigError(place, f"unknown key {key}", remedy)


def _words(kinds: Mapping[str, Category] | Mapping[str, ReferenceKind]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name, kind in kinds.items():
        for word in kind.also:
            found.setdefault(plain(word), name)
    # Our own names go before other systems' words.
    for name, kind in kinds.items():
        found[plain(kind.title)] = name
        found[plain(name)] = name
    return found
