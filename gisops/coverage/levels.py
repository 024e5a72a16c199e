"""How many pixels a metre are enough, and for what? Levels of detail and plate reading, as data.

``levels.toml`` holds the numbers with their source; nothing else in the program knows one.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from gisops.errors import ConfigError

__all__ = [
    "DEFAULT_PLATE",
    "DEFAULT_PROFILE",
    "MAX_CRITERIA",
    "Criterion",
    "LevelProfile",
    "Plate",
    "criteria_of",
    "load_plate",
    "load_profile",
    "plate_names",
    "profile_names",
]

DEFAULT_PROFILE = "iec-2025"
DEFAULT_PLATE = "eu"
MAX_CRITERIA = 8
"""What one camera gives at one point is kept as a byte, a bit a criterion."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a picture must give at a point to count there.

    Parameters
    ----------
    name
        Such as ``perceive``; ``anpr`` for plate reading.
    px_per_m
        Pixels a metre, at least, on a plane at right angles to the axis of view.
    max_depression_deg
        The steepest look down that still counts; 90 for any.
    roles
        Roles of cameras it is asked of; empty for all.
    """

    name: str
    px_per_m: float
    max_depression_deg: float = 90.0
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LevelProfile:
    """Levels of detail of one standard, coarsest first."""

    name: str
    title: str
    source: str
    levels: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Plate:
    """What reading one kind of number plate takes.

    Parameters
    ----------
    name, title
        For options and pages.
    plate_width_mm, plate_px
        Width of the plate, and the pixels it must span.
    stroke_mm, stroke_px
        Width of a character's stroke, and the pixels it must span.
    max_depression_deg
        Steepest look down at which characters can be read.
    """

    name: str
    title: str
    plate_width_mm: float
    plate_px: float
    stroke_mm: float
    stroke_px: float
    max_depression_deg: float

    @property
    def px_per_m(self) -> float:
        """Pixels a metre that give both the plate and the stroke their pixels.

        Examples
        --------
        170 px on 0.520 m are 326.9; 2.7 px on 0.008 m are 337.5, and decide.

        >>> round(load_plate("eu").px_per_m, 1), round(load_plate("eu-moving").px_per_m, 1)
        (337.5, 538.5)
        """
        return 1000.0 * max(self.plate_px / self.plate_width_mm, self.stroke_px / self.stroke_mm)


def profile_names() -> tuple[str, ...]:
    """Name the level profiles there are."""
    return tuple(_tables()["profiles"])


def plate_names() -> tuple[str, ...]:
    """Name the plates there are."""
    return tuple(_tables()["plates"])


def load_profile(name: str = DEFAULT_PROFILE) -> LevelProfile:
    """Give the levels of a standard.

    Raises
    ------
    ConfigError
        If there is no profile of that name.

    Examples
    --------
    >>> [level.px_per_m for level in load_profile("dori-2014").levels]
    [12.5, 25.0, 62.5, 125.0, 250.0, 1000.0]
    """
    table = dict(_named("profiles", name))
    title, source = table.pop("title"), table.pop("source")
    levels = (Criterion(level, float(px)) for level, px in table.items())
    return LevelProfile(name, title, source, tuple(sorted(levels, key=lambda level: level.px_per_m)))


def load_plate(name: str = DEFAULT_PLATE) -> Plate:
    """Give what reading a kind of plate takes.

    Raises
    ------
    ConfigError
        If there is no plate of that name.
    """
    return Plate(name=name, **_named("plates", name))


def criteria_of(profile: LevelProfile, plate: Plate | None = None) -> tuple[Criterion, ...]:
    """Put the levels in order, then plate reading (asked of ANPR and traffic cameras), as bits of a byte.

    Raises
    ------
    ConfigError
        If there are more than `MAX_CRITERIA`.
    """
    reading = () if plate is None else (
        Criterion("anpr", plate.px_per_m, plate.max_depression_deg, frozenset({"anpr", "traffic"})),
    )  # fmt: skip
    criteria = (*profile.levels, *reading)
    if len(criteria) > MAX_CRITERIA:
        raise ConfigError(profile.name, f"{len(criteria)} levels", f"keep to {MAX_CRITERIA}, plate reading included")
    return criteria


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(files("gisops.coverage").joinpath("levels.toml").read_text(encoding="utf-8"))


def _named(kind: str, name: str) -> Mapping[str, Any]:
    tables = _tables()[kind]
    if name not in tables:
        near = difflib.get_close_matches(name, list(tables), n=1)
        remedy = f"did you mean {near[0]}?" if near else f"choose from {', '.join(tables)}"
        raise ConfigError(name, f"no such name among the {kind}", remedy)
    found: Mapping[str, Any] = tables[name]
    return found
