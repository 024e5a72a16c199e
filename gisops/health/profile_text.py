"""What does a profile file say: TOML into a `Profile`, strictly, with other profiles it extends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gisops.health.metric_text import ADDRESS_KEYS, build_metric
from gisops.health.profile import REACHES, Profile
from gisops.health.toml_entry import Entry, read_entries
from gisops.model.state import DeviceKind

__all__ = ["Document", "build_profile", "extend", "parse_profile", "read_document"]

_PROFILE_KEYS = frozenset({"name", "kind", "description", "extends", "sys_object_id", "answers", "reach"})
_INHERITED = ("kind", "description", "reach")
"""What an extending profile takes over where it says nothing itself."""


@dataclass(frozen=True)
class Document:
    """A profile file as it stands, before it is understood."""

    top: Entry
    metrics: tuple[Entry, ...]
    traps: tuple[Entry, ...]

    @property
    def name(self) -> str:
        """How the inventory refers to it."""
        return self.top.text("name")

    @property
    def extends(self) -> tuple[str, ...]:
        """The profiles it builds on, in this order."""
        return self.top.texts("extends")


def read_document(text: str, file: str) -> Document:
    """Read a profile file, checking its top alone.

    Raises
    ------
    ConfigError
        At ``file:line``.
    """
    top, tables = read_entries(text, file, ("metric", "trap"))
    top.know(_PROFILE_KEYS | {"metric", "trap"})
    top.text("name")
    return Document(top, tables["metric"], tables["trap"])


def extend(document: Document, bases: Mapping[str, Document]) -> Document:
    """Put a document on top of those it extends (which are extended already).

    A metric of the same name replaces the base's in its place, key by key; where
    it says itself where it is, nothing of the base's place is kept. Others come
    after, so that the order in which samples are stored goes on as it was.
    """
    if not document.extends:
        return document
    top = dict(document.top.table)
    metrics: dict[str, Entry] = {}
    traps: dict[str, Entry] = {}
    for name in document.extends:
        if name not in bases:
            known = ", ".join(sorted(bases))
            document.top.fail(f"extends {name}, which nobody wrote", f"use one of {known}", "extends")
        base = bases[name]
        inherited = (*_INHERITED, "sys_object_id", "answers") if name == document.name else _INHERITED
        for key in inherited:
            if key in base.top.table:
                top.setdefault(key, base.top.table[key])
        _lay_over(metrics, base.metrics, "name")
        _lay_over(traps, base.traps, "oid")
    _lay_over(metrics, document.metrics, "name")
    _lay_over(traps, document.traps, "oid")
    return Document(replace(document.top, table=top), tuple(metrics.values()), tuple(traps.values()))


def build_profile(document: Document) -> Profile:
    """Understand a document.

    Raises
    ------
    ConfigError
        At ``file:line``, for the first thing that is wrong.
    """
    top = document.top
    kind = DeviceKind(top.choice("kind", list(DeviceKind)))
    reach = top.texts("reach") or ("snmp",)
    for way in reach:
        if way not in REACHES:
            top.fail(f"has reach = {way!r}", f"use {', '.join(REACHES)}", "reach")
    metrics = tuple(build_metric(entry) for entry in document.metrics)
    if metrics and "snmp" not in reach:
        top.fail("has metrics, but reach leaves snmp out", "add snmp to reach, or remove the metrics", "reach")
    if "snmp" in reach and not metrics:
        top.fail("has no metric", 'add a [[metric]], or reach = ["rtsp", "tcp"] for a device without SNMP')
    _refuse_twins(document.metrics, "name")
    _refuse_twins(document.traps, "oid")
    traps = {}
    for entry in document.traps:
        entry.know({"name", "oid", "description"})
        traps[entry.oid("oid")] = entry.text("name")
    return Profile(
        name=document.name,
        kind=kind,
        description=top.text("description"),
        metrics=metrics,
        traps=traps,
        sys_object_ids=top.oids("sys_object_id"),
        answers=top.oids("answers"),
        reach=reach,
    )


def parse_profile(text: str, place: str) -> Profile:
    """Read a profile that extends no other.

    Parameters
    ----------
    text
        The TOML document.
    place
        Its name in errors.

    Raises
    ------
    ConfigError
        At ``place:line``: TOML that does not parse, an unknown key (with the
        nearest known one), a missing key, a limit without its way back ...
    """
    return build_profile(extend(read_document(text, place), {}))


def _lay_over(found: dict[str, Entry], entries: tuple[Entry, ...], key: str) -> None:
    own: set[str] = set()
    for entry in entries:
        name = entry.text(key)
        base = found.get(name)
        if name in own or base is None:
            # A twin inside one file is a mistake, and is left to be found as one.
            found[name if base is None else f"{name} again at {entry.line}"] = entry
        else:
            kept = base.table
            if ADDRESS_KEYS & entry.table.keys():
                kept = {k: v for k, v in kept.items() if k not in ADDRESS_KEYS}
            found[name] = replace(entry, table={**kept, **entry.table})
        own.add(name)


def _refuse_twins(entries: tuple[Entry, ...], key: str) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.text(key)
        if name in seen:
            entry.fail("stands twice", "rename or remove one", key)
        seen.add(name)
