"""Which number stands in a tracker's message, and is it one that can be: read strictly, one line where it is not."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gisops.errors import PositionError

__all__ = ["KNOT_MPS", "coordinates", "moment", "number", "tracker_name"]

KNOT_MPS = 1852.0 / 3600.0
_LONGEST_NAME = 120
_MILLISECONDS = 1e11
"""An epoch in seconds reaches this in the year 5138; one in milliseconds passed it in 1973."""


def number(
    place: str, values: Mapping[str, Any], name: str, low: float = -math.inf, high: float = math.inf
) -> float | None:
    """Read a number; ``None`` where it is not given.

    Raises
    ------
    PositionError
        Where it is no number, or not within ``low`` and ``high``.

    Examples
    --------
    >>> number("osmand", {"lat": "24.8"}, "lat", -90, 90), number("osmand", {}, "lat")
    (24.8, None)
    """
    value = values.get(name)
    if value is None or value == "":
        return None
    try:
        read = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        read = math.nan
    if not math.isfinite(read) or not low <= read <= high:
        text = str(value)[:40]
        raise PositionError(f"{place} {name}", f"{text!r} cannot be", f"send a number from {low:g} to {high:g}")
    return read


def coordinates(place: str, values: Mapping[str, Any], lon: str, lat: str) -> tuple[float, float]:
    """Read longitude and latitude; 0, 0 is what a receiver says that has no fix.

    Raises
    ------
    PositionError
        Where one is missing or cannot be.
    """
    x, y = number(place, values, lon, -180, 180), number(place, values, lat, -90, 90)
    if x is None or y is None:
        missing = lon if x is None else lat
        raise PositionError(place, f"{missing} is missing", "send positions, not only states")
    if x == 0.0 and y == 0.0:
        raise PositionError(place, "0, 0 is no position", "send a fix once the receiver has one")
    return x, y


def moment(place: str, values: Mapping[str, Any], name: str) -> datetime:
    """Read a time: an epoch in seconds or milliseconds, ISO 8601, or ``YYYY-MM-DD HH:MM:SS`` in UTC.

    Raises
    ------
    PositionError
        Where it is missing or none of these.

    Examples
    --------
    >>> moment("owntracks", {"tst": 1497476456}, "tst").isoformat()
    '2017-06-14T21:40:56+00:00'
    >>> moment("osmand", {"timestamp": "2017-06-14T21:40:56Z"}, "timestamp").isoformat()
    '2017-06-14T21:40:56+00:00'
    """
    value = values.get(name)
    if value is None or value == "":
        raise PositionError(f"{place} {name}", "is missing", "send the time at which the position was taken")
    try:
        epoch = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        epoch = math.nan
    try:
        if math.isfinite(epoch):
            return datetime.fromtimestamp(epoch / 1000 if abs(epoch) >= _MILLISECONDS else epoch, UTC)
        read = datetime.fromisoformat(str(value)[:40])
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise PositionError(
            f"{place} {name}", f"{str(value)[:40]!r} is no time", "send seconds since 1970, or ISO 8601"
        ) from None


def tracker_name(place: str, value: object) -> str:
    """Read the name of a tracker.

    Raises
    ------
    PositionError
        Where it is missing, too long, or no plain text.
    """
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not text or len(text) > _LONGEST_NAME or not text.isprintable():
        raise PositionError(place, "no name of a tracker", "send its id")
    return text
