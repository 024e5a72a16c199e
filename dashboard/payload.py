"""What travels to the page: the city once, the network now, and then only differences.

Columns instead of objects, device numbers instead of ids and a digit a state:
the whole demo city fits in some 50 kB on the wire. Pure; the numbers of
:data:`dashboard.board.CODES` stand for states.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from shapely.geometry.base import BaseGeometry

from dashboard.board import CODES, advance, offline_rows, row_changes, tallies
from dashboard.power import Window, dark_window, overdue_from
from gisops.geo.measure import geodesic_length_m
from gisops.model.inventory import Inventory, Span
from gisops.service.impact import ServiceMap
from gisops.service.live import Delta, Snapshot
from gisops.store.ports import StateRow

__all__ = ["City", "city_document", "delta_message", "full_message", "packed"]

_UNKNOWN = "5"


@dataclass(frozen=True, slots=True)
class Packed:
    """A body ready to send: gzip bytes and the tag that names its content."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class City:
    """The inventory with the numbers that devices travel under.

    Parameters
    ----------
    inventory
        What stands in the city.
    device_numbers
        Place of a device in the page's arrays: boxes first, then cameras.
    version
        Changes when the inventory does; a page that holds another loads anew.
    services
        Judges which services of a district are interrupted.
    """

    inventory: Inventory
    device_numbers: Mapping[str, int]
    version: str
    services: ServiceMap

    @classmethod
    def of(cls, inventory: Inventory) -> City:
        """Number the devices of an inventory."""
        numbers = {key: n for n, key in enumerate((*inventory.boxes, *inventory.cameras))}
        content = orjson.dumps(_columns(inventory), option=orjson.OPT_SORT_KEYS)
        return cls(inventory, numbers, hashlib.sha256(content).hexdigest()[:16], ServiceMap(inventory))


def packed(document: object) -> Packed:
    """Compress a JSON-ready document; equal documents give equal bytes and tags."""
    plain = orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
    tag = hashlib.sha256(plain).hexdigest()[:20]
    return Packed(gzip.compress(plain, compresslevel=6, mtime=0), f'"{tag}"')


def city_document(city: City, stale_after_s: float, silent_after_s: float) -> dict[str, Any]:
    """Give everything about the city that does not change while it is watched.

    Parameters
    ----------
    city
        The numbered inventory.
    stale_after_s
        Age of the collector's last write, in seconds, at which the page says so.
    silent_after_s
        Seconds without a message after which the page says that its stream broke.
    """
    settings = city.inventory.settings
    return {
        "version": city.version,
        "name": settings.name,
        "demo": settings.demo,
        "time_zone": settings.time_zone,
        "stale_after_s": stale_after_s,
        "silent_after_s": silent_after_s,
        "fibre_km": _fibre_km(city.inventory),
        **_columns(city.inventory),
    }


def full_message(city: City, snapshot: Snapshot, now: datetime) -> dict[str, Any]:
    """Give the whole live state, for a page that has none or lost its place."""
    codes = [_UNKNOWN] * len(city.device_numbers)
    since: list[int | None] = [None] * len(codes)
    reasons: dict[str, str] = {}
    dark: dict[str, Window] = {}
    for device_id, row in snapshot.states.items():
        number = city.device_numbers.get(device_id)
        if number is None:
            continue
        codes[number] = str(CODES[row.state])
        since[number] = int(row.since.timestamp())
        if row.reason:
            reasons[str(number)] = row.reason
        if window := dark_window(row):
            dark[str(number)] = window
    return {
        "kind": "full",
        "city": city.version,
        **_stamp(snapshot, now),
        "codes": "".join(codes),
        "since": since,
        "reasons": reasons,
        "dark": dark,
        "tally": tallies(city.inventory, snapshot),
        "rows": offline_rows(city.inventory, snapshot),
        "services": city.services.document(snapshot.states),
    }


def delta_message(city: City, before: Snapshot, delta: Delta, now: datetime) -> tuple[dict[str, Any], Snapshot]:
    """Give what one delta changes on the page, and the snapshot after it."""
    after = advance(before, delta)
    message: dict[str, Any] = {"kind": "delta", "from": before.seq, **_stamp(after, now)}
    if delta.moved:
        message["moved"] = list(delta.moved)
    if delta.states or delta.outages:
        numbers = city.device_numbers
        message["changed"] = [
            [numbers[row.device_id], CODES[row.state], int(row.since.timestamp()), row.reason, *_dark(row)]
            for row in delta.states
            if row.device_id in numbers
        ]
        message["tally"] = tallies(city.inventory, after)
        message["services"] = city.services.document(after.states)
        message["rows"], message["gone"] = row_changes(
            offline_rows(city.inventory, before), offline_rows(city.inventory, after)
        )
    return message, after


def _dark(row: StateRow) -> list[Window]:
    """A box on battery carries its forecast; nobody else carries anything."""
    window = dark_window(row)
    return [window] if window else []


def _stamp(snapshot: Snapshot, now: datetime) -> dict[str, Any]:
    beat = snapshot.heartbeat_at
    return {"seq": snapshot.seq, "now": now.timestamp(), "heartbeat": beat.timestamp() if beat else None}


def _columns(inventory: Inventory) -> dict[str, Any]:
    district = _places_of(inventory.districts)
    station = _places_of(inventory.stations)
    site = _places_of(inventory.sites)
    box = _places_of(inventory.boxes)
    return {
        "districts": {
            **_texts(inventory.districts, "id", "name"),
            "bounds": [_bounds(d.geometry) for d in inventory.districts.values()],
            "label": [_label_point(d.geometry) for d in inventory.districts.values()],
            "stations": _count_by(inventory.stations, inventory),
            "sites": _count_by(inventory.sites, inventory),
        },
        "stations": {
            **_texts(inventory.stations, "id", "name"),
            **_points(inventory.stations),
            "district": [district.get(s.district_id) for s in inventory.stations.values()],
        },
        "centres": {**_texts(inventory.centres, "id", "name", "kind"), **_points(inventory.centres)},
        "places": {
            **_texts(inventory.places, "id", "name", "kind"),
            **_points(inventory.places),
            "critical": [p.critical for p in inventory.places.values()],
            "aliases": [list(p.aliases) for p in inventory.places.values()],
        },
        "sites": {
            **_texts(inventory.sites, "id", "name"),
            **_points(inventory.sites),
            "district": [district.get(s.district_id) for s in inventory.sites.values()],
            "station": [station.get(s.station_id) for s in inventory.sites.values()],
        },
        "boxes": {
            **_texts(inventory.boxes, "id", "name"),
            **_points(inventory.boxes),
            "site": [site.get(b.site_id) for b in inventory.boxes.values()],
            "overdue_from": [overdue_from(b, inventory.settings) for b in inventory.boxes.values()],
        },
        "spans": {**_texts(inventory.spans, "id", "name"), **_middles(inventory.spans)},
        "cameras": {
            **_texts(inventory.cameras, "id", "role"),
            **_points(inventory.cameras),
            "site": [site.get(c.site_id) for c in inventory.cameras.values()],
            "box": [box.get(c.box_id) for c in inventory.cameras.values()],
            "azimuth": [round(c.azimuth_deg, 1) for c in inventory.cameras.values()],
            "hfov": [round(c.hfov_deg, 1) for c in inventory.cameras.values()],
        },
    }


def _places_of(records: Mapping[str, Any]) -> dict[str, int]:
    return {key: place for place, key in enumerate(records)}


def _texts(records: Mapping[str, Any], *names: str) -> dict[str, list[str]]:
    return {name: [getattr(record, name) for record in records.values()] for name in names}


def _points(records: Mapping[str, Any]) -> dict[str, list[float]]:
    # Six decimals are a decimetre: finer than any pole was surveyed.
    return {
        "lon": [round(record.lon, 6) for record in records.values()],
        "lat": [round(record.lat, 6) for record in records.values()],
    }


def _middles(spans: Mapping[str, Span]) -> dict[str, list[float]]:
    middles = [span.geometry.interpolate(0.5, normalized=True) for span in spans.values()]
    return {"lon": [round(p.x, 6) for p in middles], "lat": [round(p.y, 6) for p in middles]}


def _bounds(geometry: BaseGeometry) -> Sequence[float]:
    west, south, east, north = geometry.bounds
    return [south, west, north, east]


def _label_point(geometry: BaseGeometry) -> Sequence[float]:
    largest = max(getattr(geometry, "geoms", [geometry]), key=lambda part: part.area)
    point = largest.representative_point()
    return [round(point.y, 5), round(point.x, 5)]


def _count_by(records: Mapping[str, Any], inventory: Inventory) -> list[int]:
    counts = dict.fromkeys(inventory.districts, 0)
    for record in records.values():
        if record.district_id in counts:
            counts[record.district_id] += 1
    return list(counts.values())


def _fibre_km(inventory: Inventory) -> list[float]:
    """Geodesic length of the spans in kilometres, for the city and inside each district."""
    lines = [span.geometry for span in inventory.spans.values()]
    inside = [
        sum(_length_km(line.intersection(district.geometry)) for line in lines)
        for district in inventory.districts.values()
    ]
    return [round(sum(_length_km(line) for line in lines), 2), *(round(km, 2) for km in inside)]


def _length_km(geometry: BaseGeometry) -> float:
    """Length of the lines in a geometry; where two areas touch a line, its points count for nothing."""
    parts = getattr(geometry, "geoms", [geometry])
    return sum(geodesic_length_m(part) / 1000 for part in parts if part.geom_type == "LineString")
