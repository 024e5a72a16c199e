"""Write the demonstration's buildings: ``python -m tools.city.buildings [FOLDER]``.

Rows of invented houses along the streets where cameras stand, from a fixed seed. Nothing here is a survey: it gives
cameras walls to look past.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from math import atan2, cos, sin
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gisops.geo.project import from_utm42, geometry_to_utm42, to_utm42
from gisops.inventory.load import load_inventory
from gisops.model.inventory import Inventory
from gisops.service.building_store import BUILDINGS_FILE, write_buildings

__all__ = ["build", "main"]

SEED = 2026
NEAR_SITE_M = 220.0
STOREY_M = 3.2
# From a road's line to the first facades, by class.
_SETBACK_M = {"motorway": 32.0, "expressway": 26.0, "arterial": 17.0, "street": 9.0}
_STOREYS = (1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 12)
_CLEAR_OF_SITE_M = 4.0


class House(NamedTuple):
    """One candidate: its footprint in UTM metres, and how high it is (``None``: nobody recorded it)."""

    shape: shapely.Polygon
    height_m: float | None


def build(inventory: Inventory) -> list[House]:
    """Make the houses, those along great roads first; none stands on a road, on another, or on a camera."""
    rng = Random(SEED)  # noqa: S311 - a fixed seed is the point
    lon, lat = (np.array([getattr(site, axis) for site in inventory.sites.values()]) for axis in ("lon", "lat"))
    sites = np.asarray(shapely.points(*to_utm42(lon, lat)), dtype=object)
    roads = sorted(inventory.roads.values(), key=lambda road: (list(_SETBACK_M).index(road.kind), road.id))
    lines = [
        (line, _SETBACK_M[road.kind])
        for road in roads
        for line in shapely.get_parts(geometry_to_utm42(road.geometry))
    ]
    near = shapely.STRtree(sites)
    candidates = [
        house
        for line, setback_m in lines
        for house in _along(line, setback_m, rng)
        if len(near.query(house.shape.centroid, predicate="dwithin", distance=NEAR_SITE_M))
    ]
    return _standing(candidates, lines, sites, inventory)


def _along(line: shapely.LineString, setback_m: float, rng: Random) -> Iterator[House]:
    for side in (1.0, -1.0):
        for row in (0, 1):
            at = rng.uniform(2.0, 12.0)
            while at < line.length - 6.0:
                wide, deep = rng.uniform(8.0, 24.0), rng.uniform(9.0, 16.0)
                storeys = rng.choice(_STOREYS)
                is_known = rng.random() > 0.1
                a, b = line.interpolate(at), line.interpolate(min(line.length, at + wide))
                middle = line.interpolate(at + wide / 2.0)
                away = setback_m + rng.uniform(0.0, 2.0) + row * 24.0 + deep / 2.0
                shape = _house(middle, atan2(b.y - a.y, b.x - a.x), side * away, wide, deep, rng.random() < 0.15)
                yield House(shape, storeys * STOREY_M + 1.0 if is_known else None)
                # Now and then a lane, or an empty plot.
                at += wide + (rng.uniform(6.0, 25.0) if rng.random() < 0.18 else rng.uniform(0.5, 3.0))


def _house(
    middle: shapely.Point, bearing: float, away: float, wide: float, deep: float, cut: bool
) -> shapely.Polygon:
    w, d = wide / 2.0, deep / 2.0
    corners = [(-w, -d), (w, -d), (w, d), (-w, d)]
    if cut:
        corners = [(-w, -d), (w, -d), (w, 0.0), (0.2 * w, 0.0), (0.2 * w, d), (-w, d)]
    c, s = cos(bearing), sin(bearing)
    return shapely.Polygon(
        [(middle.x + x * c - (y + away) * s, middle.y + x * s + (y + away) * c) for x, y in corners]
    )


def _standing(
    candidates: Sequence[House],
    lines: Sequence[tuple[shapely.LineString, float]],
    sites: NDArray[np.object_],
    inventory: Inventory,
) -> list[House]:
    shapes = np.array([house.shape for house in candidates], dtype=object)
    stands = np.ones(len(shapes), dtype=bool)
    tree = shapely.STRtree(shapes)
    for line, setback_m in lines:
        stands[tree.query(line, predicate="dwithin", distance=setback_m - 1.0)] = False
    stands[tree.query(sites, predicate="dwithin", distance=_CLEAR_OF_SITE_M)[1]] = False
    land = shapely.union_all([geometry_to_utm42(d.geometry) for d in inventory.districts.values()])
    shapely.prepare(land)
    stands &= shapely.contains(land, shapes)
    for first, second in zip(*tree.query(shapes, predicate="intersects"), strict=True):
        # First come, first built.
        if first < second and stands[first]:
            stands[second] = False
    return [house for house, is_there in zip(candidates, stands, strict=True) if is_there]


def main(arguments: list[str]) -> int:
    """Write the buildings into a folder (``data`` if none is named)."""
    folder = Path(arguments[0]) if arguments else Path("data")
    houses = build(load_inventory(folder))

    def degrees(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(from_utm42(points[:, 0], points[:, 1])).round(6)

    shapes = shapely.transform(np.array([house.shape for house in houses], dtype=object), degrees)
    heights = np.array([np.nan if house.height_m is None else house.height_m for house in houses])
    count = write_buildings(folder / BUILDINGS_FILE, [(shapes, heights)])
    print(f"{folder / BUILDINGS_FILE}: {count} buildings")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
