"""A city of any size for measuring: houses in blocks between streets, cameras on the corners."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gisops.geo.project import from_utm42, geometry_from_utm42
from gisops.model.inventory import Camera, District, Inventory, Road, Settings

__all__ = ["blocks", "inventory"]

PITCH_M = 17.0
BLOCK = 8
STREET_M = 20.0
WEST_M, SOUTH_M = 280_000.0, 2_740_000.0
# Fields of view, pixels and roles of the demonstration's mix.
_MIX = (
    (90.0, 1920, 1080, "fixed"), (60.0, 3840, 2160, "ptz"), (90.0, 2560, 1440, "fixed"),
    (32.0, 2560, 1440, "anpr"), (45.0, 3840, 2160, "traffic"), (40.0, 1920, 1080, "fr"),
)  # fmt: skip


def blocks(count: int, rng: np.random.Generator) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Make so many houses of four to eight corners in a square city, with heights (a tenth unknown)."""
    side = int(np.ceil(np.sqrt(count)))
    number = np.arange(count)
    middle = _places(np.column_stack([number % side, number // side])) + rng.uniform(-0.6, 0.6, (count, 2))
    half = rng.uniform(5.5, 7.6, (count, 2))
    turned = rng.normal(0.0, 0.03, count)
    # Corners of a rectangle, each side with a step in it for every other house.
    unit = np.array([(-1, -1), (0.2, -1), (0.2, -0.7), (1, -0.7), (1, 1), (-0.3, 1), (-0.3, 0.8), (-1, 0.8)])
    plain = np.array([(-1, -1), (0.2, -1), (0.6, -1), (1, -1), (1, 1), (-0.3, 1), (-0.6, 1), (-1, 1)])
    corners = np.where((rng.random(count) < 0.5)[:, None, None], unit, plain) * half[:, None, :]
    c, s = np.cos(turned)[:, None], np.sin(turned)[:, None]
    x, y = corners[..., 0], corners[..., 1]
    points = np.stack([x * c - y * s, x * s + y * c], axis=2) + middle[:, None, :]
    height = rng.choice([4.2, 7.4, 7.4, 10.6, 13.8, 20.2], count) + rng.uniform(-0.5, 0.5, count)
    height[rng.random(count) < 0.1] = np.nan
    polygons: NDArray[np.object_] = np.asarray(shapely.polygons(points), dtype=object)
    return polygons, height


def _places(cell: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(cell * PITCH_M + (cell // BLOCK) * STREET_M + np.array([WEST_M, SOUTH_M]), dtype=np.float64)


def inventory(cameras: int, houses: int, rng: np.random.Generator) -> Inventory:
    """Put so many cameras at street corners, four or five and a box each, and roads along the streets."""
    corners = max(1, int(np.sqrt(houses)) // BLOCK)
    made: list[tuple[str, NDArray[np.float64], dict[str, Any]]] = []
    box = 0
    while len(made) < cameras:
        block = rng.integers(0, corners, 2) + 1
        at = _places(block * BLOCK) - (PITCH_M + STREET_M) / 2.0 + rng.uniform(-3.0, 3.0, 2)
        box += 1
        for turn in range(min(int(rng.integers(4, 6)), cameras - len(made))):
            hfov, width, height, role = _MIX[int(rng.integers(len(_MIX)))]
            look = {
                "azimuth_deg": float((90.0 * turn + rng.normal(0.0, 8.0)) % 360.0),
                "hfov_deg": hfov,
                "height_m": float(rng.uniform(6.0, 9.0)),
                "tilt_deg": float(rng.uniform(8.0, 18.0)),
                "sensor_width_px": width,
                "sensor_height_px": height,
                "role": role,
            }
            made.append((f"B{box}", at, look))
    # As an inventory lists them: neighbours together.
    made.sort(key=lambda item: (item[1][1] // 500.0, item[1][0]))
    lon, lat = from_utm42(*np.array([at for _, at, _ in made]).T)
    records = [
        Camera(
            id=f"C{number}", site_id="", box_id=box_id, switch_port=1, lon=float(lon[number]), lat=float(lat[number]),
            address="", snmp_version="2c", credential="", vendor="", model="", **look,
        )
        for number, (box_id, _, look) in enumerate(made)
    ]  # fmt: skip
    low, high = _places(np.array([[0, 0], [corners * BLOCK, corners * BLOCK]]))
    streets = np.array(
        [_places(np.array([k * BLOCK, k * BLOCK])) - (PITCH_M + STREET_M) / 2.0 for k in range(corners + 1)]
    )
    lines = [np.array([(x, low[1]), (x, high[1])]) for x in streets[:, 0]]
    lines += [np.array([(low[0], y), (high[0], y)]) for y in streets[:, 1]]
    district = geometry_from_utm42(shapely.box(low[0] - 500.0, low[1] - 500.0, high[0] + 500.0, high[1] + 500.0))
    return Inventory(
        settings=Settings("Blocks"),
        districts={"d": District("d", "District", district)},
        cameras={camera.id: camera for camera in records},
        roads={
            f"R{n}": Road(f"R{n}", f"Street {n}", "street", geometry_from_utm42(shapely.LineString(line)))
            for n, line in enumerate(lines)
        },
    )
