"""Write the map layers of the demonstration city: ``python -m tools.city.basemap [FOLDER]``.

Everything comes from the hand-written tables beside this file; a second run writes the
same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tools.city.districts import DISTRICTS, ring
from tools.city.geojson import feature, write_collection
from tools.city.network import noded
from tools.city.places import PLACES
from tools.city.roads import ROADS
from tools.city.water import COASTLINE, RIVERS, joined

__all__ = ["layers", "main"]


def _roads() -> list[dict[str, Any]]:
    return [
        feature("LineString", line, {"id": road[0], "name": road[1], "kind": road[2]})
        for road, line in zip(ROADS, noded(ROADS), strict=True)
    ]


def _places() -> list[dict[str, Any]]:
    return [
        feature(
            "Point",
            (lon, lat),
            {
                "id": place,
                "name": name,
                "kind": kind,
                "critical": critical,
                "name_ur": name_ur,
                "aliases": list(aliases),
            },
        )
        for place, name, kind, critical, lon, lat, name_ur, aliases in PLACES
    ]


def _districts() -> list[dict[str, Any]]:
    made = []
    for district in DISTRICTS:
        polygons = [[ring(names)] for names in district.rings]
        single = len(polygons) == 1
        properties = {
            "id": district.identity,
            "name": district.name,
            "name_ur": district.name_ur,
            "official_area_km2": district.official_area_km2,
        }
        made.append(
            feature("Polygon", polygons[0], properties) if single else feature("MultiPolygon", polygons, properties)
        )
    return made


def _waters(lines: tuple[tuple[str, str, tuple[str, ...]], ...]) -> list[dict[str, Any]]:
    return [feature("LineString", joined(arcs), {"id": line, "name": name}) for line, name, arcs in lines]


def layers() -> dict[str, list[dict[str, Any]]]:
    """Make every layer: path below the data folder, and its features in order."""
    return {
        "districts/districts.geojson": _districts(),
        "basemap/coastline.geojson": _waters(COASTLINE),
        "basemap/rivers.geojson": _waters(RIVERS),
        "basemap/places.geojson": _places(),
        "basemap/roads.geojson": _roads(),
    }


def main(arguments: list[str]) -> int:
    """Write the layers below the folder named first (default ``data``) and say what was written."""
    folder = Path(arguments[0] if arguments else "data")
    for name, features in layers().items():
        write_collection(folder / name, features)
        print(f"{folder / name}: {len(features)} features")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
