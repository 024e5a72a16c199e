"""What does a plan look like in other map programs? GeoPackage for desktops, KML for the field team's phones."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyogrio.raw import write as write_layer

from gisops.geo.project import from_utm42, to_utm42
from gisops.model.inventory import Inventory

__all__ = ["view_of", "write_gpkg", "write_kml"]

_KML = "http://www.opengis.net/kml/2.2"
_REACH_M = 35.0
"""Length of the wedge that shows which way a camera looks; not how far it sees."""
_LAYERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("cameras", ("id", "phase", "model", "pole", "box", "port", "azimuth_deg", "tilt_deg", "hfov_deg", "height_m",
                 "power_w", "cable_m", "rupees")),
    ("poles", ("id", "phase")),
    ("boxes", ("id", "phase", "pole", "cameras", "power_w")),
)  # fmt: skip


def view_of(camera: Mapping[str, Any], reach_m: float = _REACH_M) -> list[tuple[float, float]]:
    """Give a camera's wedge as a ring of (longitude, latitude)."""
    x, y = to_utm42(camera["lon"], camera["lat"])
    north_x, north_y = to_utm42(camera["lon"], camera["lat"] + 1e-4)
    north = np.degrees(np.arctan2(north_x - x, north_y - y))
    half = camera["hfov_deg"] / 2.0
    bearing = np.radians(np.linspace(-half, half, 9) + camera["azimuth_deg"] + north)
    xs = np.concatenate([[x], x + reach_m * np.sin(bearing), [x]])
    ys = np.concatenate([[y], y + reach_m * np.cos(bearing), [y]])
    lon, lat = from_utm42(xs, ys)
    return [(round(float(a), 6), round(float(b), 6)) for a, b in zip(lon, lat, strict=True)]


def write_gpkg(plan: Mapping[str, Any], _inventory: Inventory, path: Path) -> None:
    """Write ``cameras``, ``poles``, ``boxes``, ``views`` and ``trenches``, WGS 84; a file there is replaced."""
    path.unlink(missing_ok=True)
    is_first = True
    for layer, fields in _LAYERS:
        rows = plan[layer]
        points = np.array([shapely.Point(row["lon"], row["lat"]) for row in rows], dtype=object)
        is_first = _layer(path, layer, points, rows, fields, "Point", is_first)
    cameras = plan["cameras"]
    views = np.array([shapely.Polygon(view_of(camera)) for camera in cameras], dtype=object)
    _layer(path, "views", views, cameras, ("id", "phase", "model"), "Polygon", is_first)
    pieces = plan["fibre"]["pieces"]
    lines = np.array([shapely.LineString(piece["line"]) for piece in pieces], dtype=object)
    _layer(path, "trenches", lines, pieces, ("phase", "metres"), "LineString", is_first)


def _layer(
    path: Path,
    layer: str,
    shapes: Any,  # noqa: ANN401 - an array of geometries
    rows: Sequence[Mapping[str, Any]],
    fields: Sequence[str],
    kind: str,
    is_first: bool,
) -> bool:
    """Write one layer, where it has anything; whether the file is still to be made."""
    if not rows:
        return is_first
    write_layer(
        path, shapely.to_wkb(shapes), [np.array([row[field] for row in rows]) for field in fields], fields,
        layer=layer, driver="GPKG", geometry_type=kind, crs="EPSG:4326", append=not is_first,
    )  # fmt: skip
    return False


def write_kml(plan: Mapping[str, Any], _inventory: Inventory, path: Path) -> None:
    """Write KML 2.2 (OGC 07-147r2): a folder a phase, in it boxes, poles, cameras with their wedge, and trenches."""
    ET.register_namespace("", _KML)
    root = ET.Element(f"{{{_KML}}}kml")
    document = _put(root, "Document")
    _put(document, "name", f"{plan['name']}{' (DEMO DATA)' if plan['demo'] else ''}")
    _put(document, "description", plan["note"])
    for name, colour in (("box", "ff2060e0"), ("camera", "ffb06a1f"), ("pole", "ff5a5a5a")):
        style = _put(document, "Style", id=name)
        _put(_put(style, "IconStyle"), "color", colour)
    line = _put(_put(document, "Style", id="trench"), "LineStyle")
    _put(line, "color", "ff7b3fa0")
    _put(line, "width", "4")
    for phase in plan["phases"]:
        folder = _put(document, "Folder")
        _put(folder, "name", f"Phase {phase['name']}")
        for kind, words in (("boxes", "box"), ("poles", "pole"), ("cameras", "camera")):
            for row in plan[kind]:
                if row["phase"] == phase["name"]:
                    _placemark(folder, words, row)
        for number, piece in enumerate(plan["fibre"]["pieces"], 1):
            if piece["phase"] == phase["name"]:
                mark = _put(folder, "Placemark")
                _put(mark, "name", f"Trench {number}, {piece['metres']:g} m")
                _put(mark, "styleUrl", "#trench")
                _put(_put(mark, "LineString"), "coordinates", _text(piece["line"]))
    ET.indent(root)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _placemark(folder: ET.Element, kind: str, row: Mapping[str, Any]) -> None:
    mark = _put(folder, "Placemark")
    _put(mark, "name", row["id"])
    _put(mark, "styleUrl", f"#{kind}")
    data = _put(mark, "ExtendedData")
    for key, value in row.items():
        if key not in ("id", "lon", "lat", "candidate", "alone_pct", "rupees"):
            _put(_put(data, "Data", name=key), "value", str(value))
    shapes = _put(mark, "MultiGeometry")
    _put(_put(shapes, "Point"), "coordinates", f"{row['lon']},{row['lat']}")
    if kind == "camera":
        ring = _put(_put(_put(shapes, "Polygon"), "outerBoundaryIs"), "LinearRing")
        _put(ring, "coordinates", _text(view_of(row)))


def _put(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{_KML}}}{tag}", attributes)
    child.text = text
    return child


def _text(points: Sequence[Sequence[float]]) -> str:
    return " ".join(f"{lon},{lat}" for lon, lat in points)
