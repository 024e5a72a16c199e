"""What does the city look like in three dimensions? Buildings, fields of view, fibre, towers of losses.

Pure: pydeck describes the layers, its own bundled program draws them; no basemap, no service, no key.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson
import pydeck
import shapely

from gisops.model.inventory import Camera, Inventory
from gisops.model.state import DeviceState
from gisops.service.footprints import read_footprints
from gisops.service.live import Snapshot

__all__ = ["building_rows", "footprints_of", "ground_layers", "live_layers", "view_state"]

_SIGHT_M = 45.0
_M_PER_DEG = 111_320.0
_COLOURS = {
    DeviceState.UP: [62, 207, 155, 60],
    DeviceState.DEGRADED: [247, 185, 62, 110],
    DeviceState.DOWN: [255, 82, 99, 190],
    DeviceState.UNREACHABLE: [255, 143, 208, 190],
    DeviceState.MAINTENANCE: [106, 168, 255, 120],
    DeviceState.UNKNOWN: [147, 161, 181, 110],
}
_M_A_CAMERA = 90.0
"""Height of a tower for each camera that a site has lost."""


def view_state(inventory: Inventory) -> dict[str, float]:
    """Give where the view begins: above the middle of the sites, looking north."""
    sites = list(inventory.sites.values())
    lon = sum(site.lon for site in sites) / len(sites) if sites else 67.06
    lat = sum(site.lat for site in sites) / len(sites) if sites else 24.88
    return {"longitude": lon, "latitude": lat, "zoom": 12.4, "pitch": 55, "bearing": -18, "maxPitch": 80}


def building_rows(footprints: Iterable[Any], heights_m: Iterable[float]) -> list[dict[str, Any]]:
    """Give footprints (WGS 84) with heights as rows of a layer; one of unknown height is drawn 6 m high."""
    rows = []
    for shape, height in zip(footprints, heights_m, strict=True):
        for part in getattr(shape, "geoms", [shape]):
            ring = [[round(x, 6), round(y, 6)] for x, y, *_ in part.exterior.coords]
            rows.append({"p": ring, "h": 6.0 if math.isnan(height) else round(float(height), 1)})
    return rows


def footprints_of(folder: Path) -> list[dict[str, Any]]:
    """Load an inventory's buildings as rows."""
    return building_rows(*read_footprints(folder))


def ground_layers(inventory: Inventory, buildings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give what does not change while it is watched: districts, roads, fibre, buildings."""
    layers = [
        _layer(
            "PolygonLayer",
            "districts",
            [{"p": ring} for d in inventory.districts.values() for ring in _rings(d.geometry)],
            get_polygon="p",
            get_fill_color=[18, 26, 37],
            get_line_color=[51, 69, 92],
            line_width_min_pixels=1,
        ),
        _layer(
            "PathLayer",
            "roads",
            [{"p": line} for road in inventory.roads.values() for line in _lines(road.geometry)],
            get_path="p",
            get_color=[59, 75, 96],
            get_width=8,
            width_min_pixels=1,
        ),
        _layer(
            "PolygonLayer",
            "buildings",
            buildings,
            get_polygon="p",
            get_elevation="h",
            extruded=True,
            get_fill_color=[70, 86, 108],
        ),
        _layer("ArcLayer", "fibre", _arcs(inventory), get_source_position="a", get_target_position="b",
               get_height=0.35, get_width=2, get_source_color=[39, 163, 184], get_target_color=[76, 195, 217]),
    ]  # fmt: skip
    return [layer for layer in layers if layer["data"]]


def live_layers(inventory: Inventory, snapshot: Snapshot) -> list[dict[str, Any]]:
    """Give what changes: each camera's field of view in the colour of its state, a tower for each site's losses."""
    cones = []
    lost: dict[str, int] = {}
    for camera in inventory.cameras.values():
        row = snapshot.states.get(camera.id)
        state = row.state if row else DeviceState.UNKNOWN
        cones.append({"p": _cone(camera), "c": _COLOURS[state], "id": camera.id, "state": str(state)})
        if state.is_lost:
            lost[camera.site_id] = lost.get(camera.site_id, 0) + 1
    return [
        _layer("PolygonLayer", "views", cones, get_polygon="p", get_fill_color="c", filled=True, stroked=False),
        _layer("ColumnLayer", "losses", _towers(inventory, lost), get_position="at", get_elevation="h", radius=35,
               disk_resolution=6, extruded=True, get_fill_color=[255, 82, 99, 215], pickable=True),
    ]  # fmt: skip


def _layer(kind: str, name: str, data: list[dict[str, Any]], **properties: object) -> dict[str, Any]:
    layer = pydeck.Layer(kind, data=data, id=name, **properties)
    document: dict[str, Any] = orjson.loads(layer.to_json())
    return document


def _rings(geometry: Any) -> list[list[list[float]]]:  # noqa: ANN401 - shapely is not typed
    simple = shapely.simplify(geometry, 0.0002)
    return [
        [[round(x, 5), round(y, 5)] for x, y, *_ in p.exterior.coords] for p in getattr(simple, "geoms", [simple])
    ]


def _lines(geometry: Any) -> list[list[list[float]]]:  # noqa: ANN401
    return [[[round(x, 5), round(y, 5)] for x, y, *_ in p.coords] for p in getattr(geometry, "geoms", [geometry])]


def _arcs(inventory: Inventory) -> list[dict[str, Any]]:
    found = []
    for span in inventory.spans.values():
        ends = span.geometry.coords
        found.append({"a": list(ends[0][:2]), "b": list(ends[-1][:2]), "id": span.id})
    return found


def _cone(camera: Camera) -> list[list[float]]:
    half = min(camera.hfov_deg, 350.0) / 2
    north = 1 / _M_PER_DEG
    east = north / math.cos(math.radians(camera.lat))
    points = [[camera.lon, camera.lat, camera.height_m]]
    for step in range(7):
        bearing = math.radians(camera.azimuth_deg - half + step * half / 3)
        spot = (camera.lon + _SIGHT_M * math.sin(bearing) * east, camera.lat + _SIGHT_M * math.cos(bearing) * north)
        points.append([round(spot[0], 6), round(spot[1], 6), 0.5])
    return points


def _towers(inventory: Inventory, lost: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "at": [inventory.sites[key].lon, inventory.sites[key].lat],
            "h": count * _M_A_CAMERA,
            "name": inventory.sites[key].name,
            "lost": count,
        }
        for key, count in lost.items()
        if key in inventory.sites
    ]
