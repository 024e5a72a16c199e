"""What stands in the city: the records of an inventory and the links between them.

Every field has the meaning, unit and limits that ``schema.csv`` states for it;
the two are held together by a test. Coordinates are WGS 84 degrees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

__all__ = [
    "Box",
    "Camera",
    "Centre",
    "District",
    "Feeder",
    "Inventory",
    "Node",
    "Place",
    "Preset",
    "Road",
    "Settings",
    "Site",
    "Span",
    "Station",
]


@dataclass(frozen=True, slots=True)
class Settings:
    """``inventory.toml``: what holds for the whole inventory."""

    name: str
    crs: str = "EPSG:4326"
    time_zone: str = "Asia/Karachi"
    demo: bool = False
    autonomy_contract_h: float = 8.0
    inspection_interval_days: int = 90


@dataclass(frozen=True, slots=True)
class District:
    """One feature of ``districts/districts.geojson``; ``geometry`` is a shapely (Multi)Polygon."""

    id: str
    name: str
    geometry: Any
    name_ur: str | None = None
    official_area_km2: float | None = None


@dataclass(frozen=True, slots=True)
class Station:
    """A police station."""

    id: str
    name: str
    district_id: str
    lon: float
    lat: float
    node_id: str


@dataclass(frozen=True, slots=True)
class Centre:
    """A command centre; ``kind`` is ``command`` or ``regional``."""

    id: str
    name: str
    kind: str
    district_id: str
    lon: float
    lat: float
    node_id: str


@dataclass(frozen=True, slots=True)
class Feeder:
    """A power circuit; ``shedding`` lists local-time windows such as ``02:00-04:00;14:00-16:00``."""

    id: str
    name: str
    grid_station: str
    shedding: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """A pole or gantry."""

    id: str
    name: str
    district_id: str
    station_id: str
    lon: float
    lat: float
    mount: str = "pole"
    place_id: str | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A distribution box: switch, UPS with battery, door contact, tilt and tracker."""

    id: str
    site_id: str
    name: str
    lon: float
    lat: float
    feeder_id: str
    node_id: str
    address: str
    snmp_version: str
    credential: str
    contractor: str
    model: str
    profile: str = "cabinet"
    snmp_port: int = 161
    battery_wh: float | None = None
    solar_w: float | None = None
    switch_ports: int | None = None
    tracker_id: str | None = None
    commissioned_on: date | None = None
    inspected_on: date | None = None
    seal_no: str | None = None


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera; ``azimuth_deg`` is clockwise from true north."""

    id: str
    site_id: str
    box_id: str
    switch_port: int
    lon: float
    lat: float
    azimuth_deg: float
    hfov_deg: float
    height_m: float
    tilt_deg: float
    sensor_width_px: int
    sensor_height_px: int
    role: str
    address: str
    snmp_version: str
    credential: str
    vendor: str
    model: str
    profile: str = "camera"
    snmp_port: int = 161
    power_w: float | None = None
    commissioned_on: date | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    """One look of a PTZ camera's tour, besides the one its record states."""

    id: str
    camera_id: str
    name: str
    azimuth_deg: float
    tilt_deg: float
    hfov_deg: float


@dataclass(frozen=True, slots=True)
class Node:
    """A fibre node of the Open Fibre Data Standard; ``geometry`` is a shapely Point.

    ``slack_m`` is what *each* span that ends here stores in loops here, and part of its
    ``cable_length_m``; ``splice_count`` is what one fibre that passes here goes through.
    """

    id: str
    name: str
    geometry: Any
    kinds: tuple[str, ...] = ()
    status: str | None = None
    slack_m: float | None = None
    splice_count: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A fibre span of the Open Fibre Data Standard; ``geometry`` is a shapely LineString.

    ``cable_length_m`` is the cable from end to end: route, sag and the loops at both nodes.
    """

    id: str
    name: str
    start_id: str
    end_id: str
    geometry: Any
    status: str | None = None
    fibre_count: int | None = None
    ring: str | None = None
    cable_length_m: float | None = None
    organisation: str | None = None
    phase: str | None = None
    installation: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place command staff name: a hospital, a consulate area, a crossing."""

    id: str
    name: str
    kind: str
    lon: float
    lat: float
    critical: bool = False
    name_ur: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Road:
    """An arterial; ``geometry`` is a shapely (Multi)LineString."""

    id: str
    name: str
    kind: str
    geometry: Any


@dataclass(frozen=True)
class Inventory:
    """A whole inventory, keyed by id, with the look-ups everyone needs."""

    settings: Settings
    districts: Mapping[str, District] = field(default_factory=dict)
    stations: Mapping[str, Station] = field(default_factory=dict)
    centres: Mapping[str, Centre] = field(default_factory=dict)
    feeders: Mapping[str, Feeder] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    boxes: Mapping[str, Box] = field(default_factory=dict)
    cameras: Mapping[str, Camera] = field(default_factory=dict)
    presets: Mapping[str, Preset] = field(default_factory=dict)
    nodes: Mapping[str, Node] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    roads: Mapping[str, Road] = field(default_factory=dict)
    coastline: tuple[Any, ...] = ()
    rivers: tuple[Any, ...] = ()

    @cached_property
    def cameras_of_box(self) -> Mapping[str, tuple[str, ...]]:
        """Camera ids by box id, in order of switch port."""
        found: dict[str, list[Camera]] = {box_id: [] for box_id in self.boxes}
        for camera in self.cameras.values():
            found.setdefault(camera.box_id, []).append(camera)
        return {
            box_id: tuple(c.id for c in sorted(cameras, key=lambda c: (c.switch_port, c.id)))
            for box_id, cameras in found.items()
        }

    @cached_property
    def boxes_of_feeder(self) -> Mapping[str, tuple[str, ...]]:
        """Box ids by feeder id, sorted."""
        found: dict[str, list[str]] = {feeder_id: [] for feeder_id in self.feeders}
        for box in self.boxes.values():
            found.setdefault(box.feeder_id, []).append(box.id)
        return {feeder_id: tuple(sorted(ids)) for feeder_id, ids in found.items()}

    @cached_property
    def devices(self) -> Mapping[str, Box | Camera]:
        """Everything that is polled by id: boxes first, then cameras."""
        return {**self.boxes, **self.cameras}
