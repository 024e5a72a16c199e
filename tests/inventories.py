"""A small inventory worked out by hand, written as files, and ways to spoil it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["replace", "set_coordinates", "set_property", "write_small_inventory"]

_SETTINGS = 'name = "Small city"\ndemo = true\n'

# Two districts that share the meridian 67.1; the network lies along latitude 24.85:
# centre K1 at node N0 (67.05) -- N1 (67.06) -- N2 (67.07)
_CSV = {
    "stations": "id,name,district_id,lon,lat,node_id\nP1,Station 1,west,67.05,24.85,N0\n",
    "centres": "id,name,kind,district_id,lon,lat,node_id\nK1,Centre,command,west,67.05,24.85,N0\n",
    "feeders": "id,name,grid_station,shedding\nF1,Feeder 1,Grid A,02:00-04:00;14:00-16:00\nF2,Feeder 2,Grid A,\n",
    "sites": (
        "id,name,district_id,station_id,lon,lat,mount,place_id\n"
        "T1,Site 1,west,P1,67.06,24.85,pole,H1\n"
        "T2,Site 2,west,P1,67.07,24.85,gantry,\n"
    ),
    "boxes": (
        "id,site_id,name,lon,lat,feeder_id,node_id,address,snmp_version,credential,contractor,model,profile,"
        "switch_ports\n"
        "B1,T1,Box 1,67.06,24.85,F1,N1,10.0.0.1,2c,street-v2c,Contractor,Cabinet,cabinet,2\n"
        "B2,T2,Box 2,67.07,24.85,F2,N2,10.0.0.2,3,redzone-v3,Contractor,Cabinet,cabinet,2\n"
    ),
    "cameras": (
        "id,site_id,box_id,switch_port,lon,lat,azimuth_deg,hfov_deg,height_m,tilt_deg,sensor_width_px,"
        "sensor_height_px,role,address,snmp_version,credential,vendor,model\n"
        "C1,T1,B1,1,67.06,24.85,90,60,7,10,1920,1080,fixed,10.0.1.1,2c,street-v2c,Vendor,Model\n"
        "C2,T1,B1,2,67.06,24.85,270,60,7,10,1920,1080,ptz,10.0.1.2,2c,street-v2c,Vendor,Model\n"
        "C3,T2,B2,1,67.07,24.85,0,30,7,10,3840,2160,anpr,10.0.1.3,3,redzone-v3,Vendor,Model\n"
    ),
}


def _square(west: float, east: float) -> dict[str, Any]:
    ring = [[west, 24.8], [east, 24.8], [east, 24.9], [west, 24.9], [west, 24.8]]
    return {"type": "Polygon", "coordinates": [ring]}


def _feature(properties: dict[str, Any], geometry: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "id": properties["id"], "properties": properties, "geometry": geometry}


def _node(number: int) -> dict[str, Any]:
    properties = {"id": f"N{number}", "name": f"Node {number}", "type": ["passive"], "status": "operational"}
    return _feature(properties, {"type": "Point", "coordinates": [67.05 + number / 100, 24.85]})


def _span(number: int, start: object, end: object) -> dict[str, Any]:
    ends = [[67.04 + number / 100, 24.85], [67.05 + number / 100, 24.85]]
    properties = {"id": f"S{number}", "name": f"Span {number}", "start": start, "end": end, "fibreCount": 24}
    return _feature(properties, {"type": "LineString", "coordinates": ends})


def _geojson() -> dict[str, list[dict[str, Any]]]:
    hospital = {"id": "H1", "name": "Hospital", "kind": "hospital", "critical": True}
    road = {"id": "R1", "name": "Road", "kind": "arterial"}
    line = {"type": "LineString", "coordinates": [[67.05, 24.85], [67.07, 24.85]]}
    return {
        "districts/districts": [
            _feature({"id": "west", "name": "West"}, _square(67.0, 67.1)),
            _feature({"id": "east", "name": "East"}, _square(67.1, 67.2)),
        ],
        "fibre_routes/nodes": [_node(number) for number in range(3)],
        "fibre_routes/spans": [_span(1, {"id": "N0"}, {"id": "N1"}), _span(2, "N1", "N2")],
        "basemap/places": [_feature(hospital, {"type": "Point", "coordinates": [67.06, 24.851]})],
        "basemap/roads": [_feature(road, line)],
    }


def write_small_inventory(folder: Path) -> Path:
    """Write the small inventory into a folder; give the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "inventory.toml").write_text(_SETTINGS, encoding="utf-8")
    for table, text in _CSV.items():
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    for name, features in _geojson().items():
        path = folder / f"{name}.geojson"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return folder


def replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Give a way to replace a text that stands once or more in a file, the first time."""

    def spoil(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def _change(name: str, feature_id: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        document = json.loads((folder / name).read_text(encoding="utf-8"))
        change(next(f for f in document["features"] if f["id"] == feature_id))
        (folder / name).write_text(json.dumps(document), encoding="utf-8")

    return spoil


def set_coordinates(name: str, feature_id: str, coordinates: object) -> Callable[[Path], None]:
    """Give a way to move a feature."""
    return _change(name, feature_id, lambda feature: feature["geometry"].update(coordinates=coordinates))


def set_property(name: str, feature_id: str, key: str, value: object) -> Callable[[Path], None]:
    """Give a way to change a property of a feature."""
    return _change(name, feature_id, lambda feature: feature["properties"].update({key: value}))
