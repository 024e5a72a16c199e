"""What is read from a kind of device: which OIDs, in which unit, and inside which limits.

A profile is a TOML file under ``profiles/``; this module turns it into typed
records and raw SNMP values into metrics. It never decides a state.
"""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from typing import Any

from gisops.errors import ConfigError
from gisops.model.state import DeviceKind

__all__ = ["Limit", "Metric", "Profile", "parse_profile", "shipped_profiles"]

_PROFILE_KEYS = frozenset({"name", "kind", "description", "metric", "trap"})
_METRIC_KEYS = frozenset(
    {
        "name",
        "oid",
        "scale",
        "unit",
        "enum",
        "description",
        "degraded_above",
        "clear_below",
        "degraded_below",
        "clear_above",
        "reason",
    }
)


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit with hysteresis: crossed at ``enter``, taken back only beyond ``leave``.

    Parameters
    ----------
    enter, leave
        In the unit of the metric.
    above
        Whether values above ``enter`` cross it (else values below).
    reason
        What a person reads when it is crossed.
    """

    enter: float
    leave: float
    above: bool
    reason: str

    def is_crossed(self, value: float | None, was_crossed: bool) -> bool:
        """Whether the limit is crossed now; a missing value changes nothing.

        Examples
        --------
        >>> limit = Limit(enter=30, leave=35, above=False, reason="charge low")
        >>> [limit.is_crossed(v, was) for v, was in [(29, False), (33, True), (33, False), (36, True)]]
        [True, True, False, False]
        """
        if value is None:
            return was_crossed
        if self.above:
            return value >= self.leave if was_crossed else value > self.enter
        return value <= self.leave if was_crossed else value < self.enter


@dataclass(frozen=True, slots=True)
class Metric:
    """One reading: where it is, what it means, and its limit if it has one."""

    name: str
    oid: str
    unit: str
    description: str
    scale: float = 1.0
    enum: Mapping[int, float] | None = None
    limit: Limit | None = None

    def decode(self, raw: int | bytes | str | None) -> float | None:
        """Turn a raw SNMP value into the metric; ``None`` where it means nothing.

        Examples
        --------
        >>> Metric("t", "1.3", "degC", "", scale=0.1).decode(315)
        31.5
        >>> Metric("door", "1.3", "truth", "", enum={1: 1.0, 2: 0.0}).decode(3) is None
        True
        """
        if raw is None:
            return None
        if isinstance(raw, bytes | str):
            try:
                number = float(raw)
            except ValueError:
                return None
            if not math.isfinite(number):
                return None
        else:
            number = float(raw)
        if self.enum is not None:
            return self.enum.get(int(number))
        return round(number * self.scale, 9)


@dataclass(frozen=True)
class Profile:
    """How one kind of device is read.

    Parameters
    ----------
    name, kind, description
        As the inventory refers to it, and what it is for.
    metrics
        In the order in which samples are stored.
    traps
        Notification OID to its name.
    """

    name: str
    kind: DeviceKind
    description: str
    metrics: tuple[Metric, ...]
    traps: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def oids(self) -> tuple[str, ...]:
        """The OIDs of one poll, in the order of ``metrics``."""
        return tuple(metric.oid for metric in self.metrics)

    @cached_property
    def metric_of_oid(self) -> Mapping[str, Metric]:
        """The metric that an OID carries, for values that arrive in traps."""
        return {metric.oid: metric for metric in self.metrics}

    def decode(self, values: Sequence[int | bytes | str | None]) -> dict[str, float | None]:
        """Turn the values of one poll, in the order of ``oids``, into metrics by name."""
        return {m.name: m.decode(raw) for m, raw in zip(self.metrics, values, strict=True)}


def parse_profile(text: str, place: str) -> Profile:
    """Read a profile strictly.

    Parameters
    ----------
    text
        The TOML document.
    place
        Its name in errors.

    Raises
    ------
    ConfigError
        For TOML that does not parse, an unknown key (with the nearest known
        one), a missing key, or a limit without its way back.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(place, f"not valid TOML ({error})", "correct the line it names") from error
    _known(place, document, _PROFILE_KEYS)
    try:
        kind = DeviceKind(_need(place, document, "kind"))
    except ValueError as error:
        raise ConfigError(place, f"kind is {document['kind']!r}", f"use one of {', '.join(DeviceKind)}") from error
    metrics = tuple(_metric(place, table) for table in document.get("metric", ()))
    names = [metric.name for metric in metrics]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(place, f"metric {name} stands twice", "rename or remove one")
    traps = {_need(place, t, "oid"): _need(place, t, "name") for t in document.get("trap", ())}
    return Profile(_need(place, document, "name"), kind, _need(place, document, "description"), metrics, traps)


def shipped_profiles() -> dict[str, Profile]:
    """Read every profile that comes with the package, by name."""
    found = (entry for entry in files("gisops.health").joinpath("profiles").iterdir())
    parsed = (
        parse_profile(entry.read_text(encoding="utf-8"), entry.name)
        for entry in found
        if entry.name.endswith(".toml")
    )
    return {profile.name: profile for profile in parsed}


def _metric(place: str, table: Mapping[str, Any]) -> Metric:
    where = f"{place} metric {table.get('name', '?')}"
    _known(where, table, _METRIC_KEYS)
    enum = table.get("enum")
    return Metric(
        name=_need(where, table, "name"),
        oid=_need(where, table, "oid"),
        unit=_need(where, table, "unit"),
        description=_need(where, table, "description"),
        scale=float(table.get("scale", 1.0)),
        enum={int(raw): float(value) for raw, value in enum.items()} if enum else None,
        limit=_limit(where, table),
    )


def _limit(where: str, table: Mapping[str, Any]) -> Limit | None:
    pairs = (("degraded_above", "clear_below", True), ("degraded_below", "clear_above", False))
    for enter, leave, above in pairs:
        if enter in table:
            return Limit(
                enter=float(table[enter]),
                leave=float(_need(where, table, leave)),
                above=above,
                reason=str(_need(where, table, "reason")),
            )
    return None


def _need(where: str, table: Mapping[str, Any], key: str) -> Any:  # noqa: ANN401 - a TOML value
    if key not in table:
        raise ConfigError(where, f"{key} is missing", f"add {key}")
    return table[key]


def _known(where: str, table: Mapping[str, Any], known: frozenset[str]) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(sorted(known))}"
            raise ConfigError(where, f"unknown key {key}", hint)
