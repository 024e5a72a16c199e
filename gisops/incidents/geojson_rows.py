"""The features of a GeoJSON file, one at a time: a collection of any size, or one feature a line (RFC 8142)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

import shapely

from gisops.errors import IncidentError

__all__ = ["LAT", "LON", "geojson_rows"]

LON, LAT = "geometry.lon", "geometry.lat"
"""Names under which a map finds the feature's point."""
_CHUNK = 1 << 20
_LARGEST = 16 << 20
_BETWEEN = re.compile(r"[\s,\x1e]*")


def geojson_rows(text: IO[str], place: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Give features with their number from 1: properties as texts, and the point as `LON` and `LAT`.

    A line or an area is put at a point inside it; the map says how precise that is.

    Raises
    ------
    IncidentError
        Where there are no features, or what follows one is no JSON.
    """
    decoder = json.JSONDecoder()
    buffer = text.read(_CHUNK)
    head = re.search(r'"features"\s*:\s*\[', buffer)
    is_collection = head is not None and re.match(r'\s*\{[^{]*"type"', buffer) is not None
    at = head.end() if head and is_collection else 0
    number = 0
    while True:
        between = _BETWEEN.match(buffer, at)
        at = between.end() if between else at
        if is_collection and buffer[at : at + 1] == "]":
            return
        try:
            feature, end = decoder.raw_decode(buffer, at)
        except json.JSONDecodeError as error:
            more = text.read(_CHUNK)
            if not more and not buffer[at:].strip() and not is_collection:
                return
            if not more or len(buffer) - at > _LARGEST:
                raise IncidentError(
                    place, f"after feature {number}: {error.msg}", "write GeoJSON, a collection or a feature a line"
                ) from error
            buffer, at = buffer[at:] + more, 0
            continue
        number += 1
        at = end
        yield number, _row(feature)
        if at > _CHUNK:
            buffer, at = buffer[at:], 0


def _row(feature: Any) -> Mapping[str, str]:  # noqa: ANN401 - anything may stand in a file
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return {}
    properties = feature.get("properties")
    row = {key: _text(value) for key, value in (properties if isinstance(properties, dict) else {}).items()}
    if "id" in feature:
        row.setdefault("id", _text(feature["id"]))
    geometry = feature.get("geometry")
    if isinstance(geometry, dict):
        try:
            shape = shapely.from_geojson(json.dumps(geometry))
            point = shape if shape.geom_type == "Point" else shapely.point_on_surface(shape)
            row[LON], row[LAT] = str(float(shapely.get_x(point))), str(float(shapely.get_y(point)))
        except (shapely.GEOSException, AttributeError):
            row[LON] = row[LAT] = "unreadable"
    return row


def _text(value: Any) -> str:  # noqa: ANN401 - anything may stand in a file
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
