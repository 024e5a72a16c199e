"""What do trackers send: Traccar's and OwnTracks' messages, read into fixes. Pure.

- OsmAnd protocol, query or form: https://www.traccar.org/osmand/ (speed in knots);
- the JSON of Traccar Client 9 on the same address (speed in metres a second);
- Traccar's position forward with ``forward.type`` ``json``: ``{"position": …, "device": …}`` (knots);
- OwnTracks HTTP: https://owntracks.org/booklet/tech/json/ (``vel`` in km/h).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gisops.errors import PositionError
from gisops.model.position import Fix
from gisops.trails.numbers import KNOT_MPS, coordinates, moment, number, tracker_name

__all__ = ["from_osmand", "from_owntracks", "from_traccar", "from_traccar_client"]

_FARTHEST_M = 1e6
_FASTEST = 1e4


def from_osmand(values: Mapping[str, str]) -> Fix | None:
    """Read the OsmAnd protocol; ``None`` where the receiver says that it has no valid fix.

    Raises
    ------
    PositionError
        Where it is none.

    Examples
    --------
    >>> from_osmand({"id": "T", "lat": "24.8", "lon": "67.0", "timestamp": "1497476456", "speed": "10"}).speed_mps
    5.144444444444445
    """
    place = "osmand"
    tracker = tracker_name(place, values.get("id") or values.get("deviceid"))
    if values.get("valid", "true").lower() in ("false", "0"):
        return None
    if values.get("location"):
        lat, _, lon = values["location"].partition(",")
        values = {**values, "lat": lat, "lon": lon}
    lon_deg, lat_deg = coordinates(place, values, "lon", "lat")
    speed = number(place, values, "speed", -1, _FASTEST)
    return Fix(
        tracker,
        moment(place, values, "timestamp"),
        lon_deg,
        lat_deg,
        _accuracy(place, values, "accuracy"),
        _speed(speed, KNOT_MPS),
        number(place, values, "batt", 0, 100),
    )


def from_traccar_client(document: Mapping[str, Any]) -> Fix | None:
    """Read the JSON of Traccar Client 9 and later.

    Raises
    ------
    PositionError
        Where it is none.
    """
    place = "traccar client"
    tracker = tracker_name(place, document.get("device_id"))
    location = _part(place, document, "location")
    where = _part(place, location, "coords")
    lon, lat = coordinates(place, where, "longitude", "latitude")
    battery = location.get("battery")
    level = number(place, battery, "level", -1, 1) if isinstance(battery, Mapping) else None
    speed = number(place, where, "speed", -1, _FASTEST)
    return Fix(
        tracker,
        moment(place, location, "timestamp"),
        lon,
        lat,
        _accuracy(place, where, "accuracy"),
        _speed(speed, 1.0),
        None if level is None or level < 0 else 100 * level,
    )


def from_traccar(document: Mapping[str, Any]) -> Fix | None:
    """Read Traccar's position forward; ``None`` where Traccar says that the position is not valid.

    The tracker is the ``uniqueId`` of Traccar's device.

    Raises
    ------
    PositionError
        Where it is none.
    """
    place = "traccar"
    position, device = _part(place, document, "position"), _part(place, document, "device")
    tracker = tracker_name(place, device.get("uniqueId"))
    if position.get("valid") is False:
        return None
    lon, lat = coordinates(place, position, "longitude", "latitude")
    attributes = position.get("attributes")
    speed = number(place, position, "speed", -1, _FASTEST)
    return Fix(
        tracker,
        moment(place, position, "fixTime"),
        lon,
        lat,
        # Traccar writes 0 where the protocol states no accuracy.
        _accuracy(place, position, "accuracy"),
        _speed(speed, KNOT_MPS),
        number(place, attributes, "batteryLevel", 0, 100) if isinstance(attributes, Mapping) else None,
    )


def from_owntracks(document: Mapping[str, Any], device: str | None = None) -> Fix | None:
    """Read an OwnTracks message; ``None`` for every other than a location.

    Parameters
    ----------
    document
        The JSON.
    device
        ``X-Limit-D`` of the request; without it the last part of ``topic``, or ``tid``.

    Raises
    ------
    PositionError
        Where it is a location that cannot be.
    """
    place = "owntracks"
    if document.get("_type") == "encrypted":
        raise PositionError(place, "is encrypted", "turn the app's own encryption off and use https")
    if document.get("_type") != "location":
        return None
    topic = document.get("topic")
    named = topic.rstrip("/").rpartition("/")[2] if isinstance(topic, str) else None
    tracker = tracker_name(place, device or named or document.get("tid"))
    lon, lat = coordinates(place, document, "lon", "lat")
    speed = number(place, document, "vel", -1, _FASTEST)
    return Fix(
        tracker,
        moment(place, document, "tst"),
        lon,
        lat,
        _accuracy(place, document, "acc"),
        _speed(speed, 1 / 3.6),
        number(place, document, "batt", 0, 100),
    )


def _accuracy(place: str, values: Mapping[str, Any], name: str) -> float | None:
    """Read an accuracy in metres; 0 and less mean that none is known."""
    metres = number(place, values, name, -1, _FARTHEST_M)
    return metres if metres is not None and metres > 0 else None


def _speed(value: float | None, unit_mps: float) -> float | None:
    """Turn a speed into metres a second; receivers write -1 where they know none."""
    return None if value is None or value < 0 else value * unit_mps


def _part(place: str, document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = document.get(name)
    if not isinstance(part, Mapping):
        raise PositionError(place, f"{name} is missing", "send the message as the program makes it")
    return part
