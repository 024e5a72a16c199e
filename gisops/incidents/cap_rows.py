"""The alerts of a CAP 1.2 file (OASIS, July 2010), one info block each; several alerts may stand in one document.

Only actual alerts are taken: exercises, tests, system messages and drafts are not incidents, and are refused by their
status. A circle gives its middle and radius, a polygon a point inside it; both are areas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO
from xml.etree import ElementTree as ET

import shapely

from gisops.errors import IncidentError

__all__ = ["CAP_COLUMNS", "cap_rows"]

_NS = "{urn:oasis:names:tc:emergency:cap:1.2}"
CAP_COLUMNS = ("identifier", "sender", "sent", "onset", "event", "category", "areaDesc", "lon", "lat", "web")
"""What a row holds: names of CAP, and the point of its first area."""


def cap_rows(file: IO[bytes], place: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Give the info blocks of all alerts with their number from 1.

    A row whose alert is not to be taken carries the reason under ``!``.

    Raises
    ------
    IncidentError
        Where it is no XML, has a document type, or holds no alert.
    """
    head = file.read(4096)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise IncidentError(place, "has a document type", "CAP has none: ask its sender")
    file.seek(0)
    number = 0
    root: ET.Element | None = None
    try:
        for event, element in ET.iterparse(file, events=("start", "end")):  # noqa: S314 - no document type gets here
            root = element if root is None else root
            if event == "end" and element.tag == f"{_NS}alert":
                for row in _alert(element):
                    number += 1
                    yield number, row
                element.clear()
                if root is not element:
                    root.clear()
    except ET.ParseError as error:
        raise IncidentError(place, f"is no XML ({error})", "save it again from its source") from error
    if not number:
        raise IncidentError(place, "holds no CAP 1.2 alert", "see that its namespace is urn:oasis:…:cap:1.2")


def _alert(alert: ET.Element) -> Iterator[Mapping[str, str]]:
    def text(name: str, within: ET.Element = alert) -> str:
        return (within.findtext(f"{_NS}{name}") or "").strip()

    head = {name: text(name) for name in ("identifier", "sender", "sent")}
    status, kind = text("status"), text("msgType")
    refusal = ""
    if status != "Actual":
        refusal = f"status is {status or 'missing'}, not Actual"
    elif kind not in ("Alert", "Update"):
        refusal = f"msgType is {kind or 'missing'}: neither Alert nor Update"
    blocks = alert.findall(f"{_NS}info")
    if not blocks:
        yield {**head, "!": refusal or "no info block"}
    for block in blocks[:1]:  # further blocks say the same in other languages
        row = {**head, "event": text("event", block), "category": text("category", block), "web": text("web", block)}
        row["onset"] = text("onset", block) or text("effective", block) or head["sent"]
        area = block.find(f"{_NS}area")
        if area is not None:
            row["areaDesc"] = text("areaDesc", area)
            row |= _point(text("circle", area), text("polygon", area))
        yield {**row, "!": refusal} if refusal else row


def _point(circle: str, polygon: str) -> Mapping[str, str]:
    """Read ``lat,lon radius`` or ``lat,lon lat,lon …``: CAP puts the latitude first."""
    try:
        if circle:
            lat, lon = circle.split(maxsplit=1)[0].split(",")
            return {"lon": lon, "lat": lat}
        if polygon:
            pairs = [tuple(float(v) for v in pair.split(",")) for pair in polygon.split()]
            inside = shapely.point_on_surface(shapely.Polygon([(lon, lat) for lat, lon in pairs]))
            return {"lon": repr(inside.x), "lat": repr(inside.y)}
    except (ValueError, IndexError, shapely.GEOSException):
        return {"lon": "unreadable", "lat": "unreadable"}
    return {}
