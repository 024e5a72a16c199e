"""Is a row of a file an incident, or why not? One row at a time, without memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from urllib.parse import parse_qsl, urlsplit

from gisops.incidents.gazetteer import Gazetteer
from gisops.incidents.mapping import ColumnMap
from gisops.incidents.record import RADIUS_M, Incident, Precision, Reference
from gisops.incidents.taxonomy import Taxonomy

__all__ = ["Bounds", "Refused", "RowReader"]

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees: a place outside is not in the city."""

_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(minutes=10)
_LONGEST = 200
_PERSONAL_KEYS = ("plate", "reg", "face", "name", "cnic", "phone", "person")


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a row cannot be taken."""

    reason: str


class _No(Exception):  # noqa: N818 - it never leaves this module
    pass


class RowReader:
    """Reads rows by one map.

    Parameters
    ----------
    columns
        What their columns mean.
    taxonomy, gazetteer
        Kinds, and places by name.
    bounds
        Of the city.
    now
        UTC; what happened later has not happened.
    """

    def __init__(
        self, columns: ColumnMap, taxonomy: Taxonomy, gazetteer: Gazetteer, bounds: Bounds, now: datetime
    ) -> None:
        self._map = columns
        self._gazetteer = gazetteer
        self._bounds = bounds
        self._latest = now + _AHEAD
        known = taxonomy.reference if columns.is_references else taxonomy.category
        self._kind_of: Callable[[str], str | None] = known
        self._kinds = taxonomy.references if columns.is_references else taxonomy.categories
        self._word_of = {word.strip().casefold(): kind for word, kind in columns.words.items()}

    def read(self, row: Mapping[str, str]) -> Incident | Reference | Refused:
        """Read one row, their columns by name; values are texts, empty where there is none."""
        try:
            return self._read(row)
        except _No as no:
            return Refused(str(no))

    def _read(self, row: Mapping[str, str]) -> Incident | Reference:
        def get(ours: str) -> str:
            theirs = self._map.columns.get(ours)
            value = row.get(theirs, "") if theirs is not None else ""
            return value.strip() or self._map.values.get(ours, "")

        if any("\udc80" <= c <= "\udcff" for value in row.values() for c in value if c > "\ud7ff"):
            raise _No("is not UTF-8: save the file as UTF-8")
        if row.get("!"):
            raise _No(row["!"])
        at = self._time(get)
        kind = self._kind(get("kind" if self._map.is_references else "category"))
        lon, lat, precision, radius, place = self._place(get)
        link = self._link(get("link"))
        source, given = self._map.source, get("id")
        if len(given) > _LONGEST:
            raise _No(f"id of {len(given)} letters: at most {_LONGEST}")
        # Without a number of theirs, the same words again are the same report.
        number = given or _digest(at.isoformat(), kind, f"{lon:.6f}", f"{lat:.6f}")
        if not self._map.is_references:
            return Incident(source, number, kind, at, lon, lat, precision, radius, place, link)
        return Reference(
            source, number, kind, at, lon, lat, precision, radius, self._confidence(get("confidence")), link
        )

    def _time(self, get: Callable[[str], str]) -> datetime:
        text = get("occurred_at") or " ".join(part for part in (get("date"), get("time")) if part)
        if not text:
            raise _No("no time")
        form = self._map.time_format
        try:
            moment = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 - below
        except ValueError:
            raise _No(f"{text!r} is no time" + (f" of the form {form}" if form else " (ISO 8601)")) from None
        if moment.tzinfo is None:
            moment = self._local(moment, text)
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:
            raise _No(f"{text!r} is no time") from None
        if not _OLDEST <= moment <= self._latest:
            raise _No(f"{text!r} is {'in the future' if moment > self._latest else 'before 1990'}")
        return moment

    def _local(self, moment: datetime, text: str) -> datetime:
        """Put a local time in its zone; one that the clock skipped or showed twice is not guessed."""
        first, second = (moment.replace(tzinfo=self._map.zone, fold=fold) for fold in (0, 1))
        if first.utcoffset() != second.utcoffset():
            skipped = first.astimezone(UTC).astimezone(self._map.zone).replace(tzinfo=None) != moment
            what = "never shown by" if skipped else "shown twice by"
            raise _No(f"{text!r} was {what} the clocks of {self._map.zone.key}: give an offset")
        return first

    def _kind(self, word: str) -> str:
        name = "kind" if self._map.is_references else "category"
        if not word:
            raise _No(f"no {name}")
        found = self._word_of.get(word.casefold()) or self._kind_of(word)
        if found is None or found not in self._kinds:
            raise _No(f"unknown {name} {word[:60]!r}: name it in [categories] of the map")
        return found

    def _place(self, get: Callable[[str], str]) -> tuple[float, float, Precision, float, str | None]:
        lon_text, lat_text, words = get("lon"), get("lat"), get("place")
        precision = self._precision(get("precision"))
        if lon_text or lat_text:
            lon, lat = _degrees(lon_text, "lon"), _degrees(lat_text, "lat")
            # Systems write 0, 0 where they have none.
            if (lon, lat) != (0.0, 0.0) or not words:
                self._inside(lon, lat)
                precision = precision or Precision.EXACT
                return lon, lat, precision, RADIUS_M[precision], None
        if not words:
            raise _No("no place: neither coordinates nor words")
        match = self._gazetteer.find(words[:_LONGEST])
        if match.entry is None:
            raise _No(match.reason)
        entry = match.entry
        coarser = precision is Precision.AREA and entry.precision is not Precision.AREA
        kept = Precision.AREA if coarser else entry.precision
        return entry.lon, entry.lat, kept, max(entry.radius_m, RADIUS_M[kept]), entry.names[0]

    def _precision(self, word: str) -> Precision | None:
        if not word:
            return None
        try:
            return Precision(word.casefold())
        except ValueError:
            raise _No(f"precision {word[:30]!r} is none of {', '.join(Precision)}") from None

    def _inside(self, lon: float, lat: float) -> None:
        west, south, east, north = self._bounds
        if west <= lon <= east and south <= lat <= north:
            return
        swapped = west <= lat <= east and south <= lon <= north
        raise _No(f"{lon:g}, {lat:g} is outside the city" + (": lon and lat are swapped" if swapped else ""))

    def _link(self, text: str) -> str | None:
        if not text:
            return None
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.netloc or len(text) > 500:
            raise _No("link is no http(s) address of at most 500 letters")
        if parts.username or parts.password:
            raise _No("link has a password in it")
        for key, _ in parse_qsl(parts.query):
            if any(word in key.casefold() for word in _PERSONAL_KEYS):
                raise _No(f"link carries {key[:30]!r}: give one by the event's id")
        return text

    def _confidence(self, text: str) -> float | None:
        if not text:
            return None
        try:
            value = float(text.rstrip("% "))
        except ValueError:
            raise _No(f"confidence {text[:30]!r} is no number") from None
        value = value / 100.0 if text.endswith("%") else value
        if not 0.0 <= value <= 1.0:
            raise _No(f"confidence {text[:30]!r} is not between 0 and 1 (or 0 % and 100 %)")
        return value


def _degrees(text: str, name: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise _No(f"{name} {text[:30]!r} is no number" if text else f"no {name}") from None
    if not isfinite(value):
        raise _No(f"{name} is {value}")
    return value


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]
