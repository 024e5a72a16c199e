"""Where does a place named in words lie? Found among an inventory's places, streets and districts, or refused.

A wrong place is worse than none: below a score, between two places that fit alike, or along a road of kilometres the
answer is a reason, not a guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, pi, radians, sqrt
from typing import TYPE_CHECKING

import shapely

from gisops.geo.measure import geodesic_area_m2, geodesic_length_m
from gisops.incidents.record import RADIUS_M, Precision
from gisops.incidents.spelling import likeness, normal, skeleton

if TYPE_CHECKING:
    from gisops.model.inventory import Inventory

__all__ = ["LEAST_SCORE", "Entry", "Gazetteer", "Match", "entries_of"]

LEAST_SCORE = 0.87
"""Below this two spellings are two names: one wrong letter in a short name, or two in a long one, pass."""
_INSIDE = 0.97
_CLEAR_BY = 0.03
_SAME_PLACE_M = 400.0
_FAR_APART_M = 4000.0
_LOOKED_AT = 30
_KEPT = 200_000
# Along a longer street nobody knows where: it is refused.
_SHORT_STREET_M = 800.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing with names and a place."""

    id: str
    names: tuple[str, ...]
    lon: float
    lat: float
    precision: Precision
    radius_m: float
    refusal: str = ""
    """Why no incident can be put there, though the name is known."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a place was found, or why not (``reason``); ``score`` is how alike the names are."""

    entry: Entry | None
    score: float
    reason: str = ""


def entries_of(inventory: Inventory) -> list[Entry]:
    """List everything in an inventory that a place can be named by."""
    named = RADIUS_M[Precision.STREET]
    found = [
        Entry(p.id, _names(p.name, p.name_ur, *p.aliases), p.lon, p.lat, Precision.STREET, named)
        for p in inventory.places.values()
    ]
    for road in inventory.roads.values():
        length = geodesic_length_m(road.geometry)
        middle = _middle(road.geometry)
        long = length > _SHORT_STREET_M
        refusal = f"{road.name} is {length / 1000.0:.1f} km long: name a crossing or a place on it" if long else ""
        radius = max(named, length / sqrt(12.0))
        found.append(Entry(road.id, (road.name,), middle.x, middle.y, Precision.STREET, radius, refusal))
    found += [
        Entry(s.id, (s.name, s.name.replace("Police Station", "PS")), s.lon, s.lat, Precision.AREA, 1500.0)
        for s in inventory.stations.values()
    ]
    for district in inventory.districts.values():
        middle = district.geometry.representative_point()
        radius = sqrt(geodesic_area_m2(district.geometry) / pi) / 2.0
        names = _names(f"District {district.name}", district.name_ur, f"{district.name} district")
        found.append(Entry(district.id, names, middle.x, middle.y, Precision.AREA, radius))
    return found


class Gazetteer:
    """Finds places by name.

    Parameters
    ----------
    entries
        What there is.
    least_score
        How alike a name must be.
    """

    def __init__(self, entries: Iterable[Entry], least_score: float = LEAST_SCORE) -> None:
        self._least = least_score
        self._names: list[tuple[str, Entry]] = []
        self._with: dict[str, list[int]] = {}
        self._exact: dict[str, list[Entry]] = {}
        self._kept: dict[str, Match] = {}
        for entry in entries:
            for name in dict.fromkeys(normal(name) for name in entry.names):
                number = len(self._names)
                self._names.append((name, entry))
                self._exact.setdefault(name, []).append(entry)
                for pair in _pairs(name):
                    self._with.setdefault(pair, []).append(number)

    def find(self, text: str) -> Match:
        """Find a place; of an address with commas, its most precise part.

        Examples
        --------
        >>> talwar = Entry("t", ("Teen Talwar",), 67.03, 24.82, Precision.STREET, 150.0)
        >>> Gazetteer([talwar]).find("near 3 Talwaar, Karachi").entry.id
        't'
        >>> Gazetteer([talwar]).find("Do Talwar").reason
        "no place is called 'Do Talwar' (nearest: Teen Talwar, 0.78)"
        """
        known = self._kept.get(text)
        if known is None:
            known = self._find(text)
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[text] = known
        return known

    def _find(self, text: str) -> Match:
        whole = self._best(text)
        parts = [part for part in text.replace(";", ",").split(",") if part.strip()]
        if whole.entry is not None or len(parts) < 2:
            return whole
        found = [match for part in parts if (match := self._best(part)).entry is not None]
        if not found:
            return whole
        best = min(found, key=lambda match: match.entry.radius_m if match.entry else 0.0)
        for match in found:
            if match.entry and best.entry and not _could_be_one(best.entry, match.entry):
                reason = f"{best.entry.names[0]} and {match.entry.names[0]} are far apart: which is meant?"
                return Match(None, best.score, reason)
        return best

    def _best(self, text: str) -> Match:
        name = normal(text)
        scored: dict[str, tuple[float, Entry]] = {}
        if name in self._exact:
            scored = {entry.id: (1.0, entry) for entry in self._exact[name]}
        else:
            shared = Counter(number for pair in _pairs(name) for number in self._with.get(pair, ()))
            for number, _ in shared.most_common(_LOOKED_AT):
                other, entry = self._names[number]
                score = max(likeness(name, other), _within(name, other))
                if score > scored.get(entry.id, (0.0, entry))[0]:
                    scored[entry.id] = (score, entry)
        ranked = sorted(scored.values(), key=lambda item: (-item[0], item[1].id))
        if not ranked or ranked[0][0] < self._least:
            near = f" (nearest: {ranked[0][1].names[0]}, {ranked[0][0]:.2f})" if ranked else ""
            return Match(None, ranked[0][0] if ranked else 0.0, f"no place is called {text.strip()!r}{near}")
        score, best = ranked[0]
        for rival_score, rival in ranked[1:]:
            if score - rival_score < _CLEAR_BY and _away_m(best, rival) > _SAME_PLACE_M:
                reason = f"{text.strip()!r} may be {best.names[0]} or {rival.names[0]}"
                return Match(None, score, reason)
        return Match(None, score, best.refusal) if best.refusal else Match(best, score)


def _names(*names: str | None) -> tuple[str, ...]:
    return tuple(name for name in names if name)


def _middle(geometry: shapely.LineString | shapely.MultiLineString) -> shapely.Point:
    """Give the middle of the longest part."""
    longest: shapely.LineString = max(shapely.get_parts(geometry), key=lambda line: float(line.length))
    return shapely.line_interpolate_point(longest, 0.5, normalized=True)


def _within(text: str, name: str) -> float:
    """Say how alike a name of several words is to some words of a longer text that stand together."""
    words, long = text.split(), len(name.split())
    if not 2 <= long < len(words):
        return 0.0
    # A little less than the name alone: what stands beside it may be of another place.
    windows = (" ".join(words[at : at + long]) for at in range(len(words) - long + 1))
    return _INSIDE * max(likeness(window, name) for window in windows)


def _pairs(name: str) -> set[str]:
    """Give the pairs of letters in the skeletons of a name's words, by which candidates are found."""
    pairs = set()
    for word in skeleton(name).split():
        padded = f"^{word}$"
        pairs |= {a + b for a, b in pairwise(padded)}
    return pairs


def _away_m(one: Entry, other: Entry) -> float:
    east = (one.lon - other.lon) * 111_320.0 * cos(radians(one.lat))
    return hypot(east, (one.lat - other.lat) * 110_800.0)


def _could_be_one(one: Entry, other: Entry) -> bool:
    return _away_m(one, other) <= _FAR_APART_M + 2.0 * max(one.radius_m, other.radius_m)
