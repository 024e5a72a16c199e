"""How do buildings get into an inventory? Read, brought to WGS 84, repaired, counted, written as one file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from gisops.errors import InventoryError
from gisops.model.inventory import Inventory
from gisops.service.building_files import Footprints, read_footprints
from gisops.service.building_store import BUILDINGS_FILE, write_buildings

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BuildingSource", "BuildingsReport", "import_buildings"]

_MARGIN_DEG = 0.02
_LOG = "imports.jsonl"


@dataclass(frozen=True, slots=True)
class BuildingSource:
    """The file, and what it does not say itself (see `gisops.service.building_files.read_footprints`)."""

    path: Path
    layer: str | None = None
    crs: str | None = None
    height: str | None = None


@dataclass(frozen=True, slots=True)
class BuildingsReport:
    """What came of it.

    Parameters
    ----------
    source, target
        The files.
    read
        Rows.
    written
        Buildings in the target; ``with_height`` of them have one.
    repaired
        Written after repair: rings that crossed or touched themselves.
    unusable
        Left out: no geometry, no area, or coordinates that are none.
    outside
        Left out: not within 2 km of the districts.
    duplicates
        Left out: the very same footprint as one before.
    """

    source: str
    target: str
    read: int
    written: int
    with_height: int
    repaired: int
    unusable: int
    outside: int
    duplicates: int


def import_buildings(
    source: BuildingSource,
    folder: Path,
    inventory: Inventory,
    now: Callable[[], datetime],
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> BuildingsReport:
    """Put a file of buildings in place of those that an inventory has.

    Parameters
    ----------
    source
        The file.
    folder
        The inventory's folder.
    inventory
        What it holds: buildings far from all its districts are left out.
    now
        The clock, for the log of imports.
    progress
        Told how many rows were read; the second number is 0, for not known.

    Raises
    ------
    InventoryError
        If the file cannot be read, states no CRS, or not one building of it is left.
    """
    target = folder / BUILDINGS_FILE
    counts: Counter[str] = Counter()
    bounds = _bounds(inventory)

    def batches() -> Iterator[tuple[NDArray[np.object_], NDArray[np.float64]]]:
        known: set[bytes] = set()
        for footprints in read_footprints(source.path, layer=source.layer, crs=source.crs, height=source.height):
            shapes, heights = _usable(source.path, footprints, bounds, counts)
            fresh = _fresh(shapes, known)
            counts["duplicates"] += int((~fresh).sum())
            counts["with_height"] += int(np.isfinite(heights[fresh]).sum())
            progress(counts["read"], 0)
            if fresh.any():
                yield shapes[fresh], heights[fresh]
        if counts["read"] == counts["unusable"] + counts["outside"]:
            what = f"none of its {counts['read']:,} rows is a building here ({counts['outside']:,} lie elsewhere)"
            raise InventoryError(str(source.path), what, "check the file, its layer and its --crs")

    written = write_buildings(target, batches())
    report = BuildingsReport(
        str(source.path), str(target), counts["read"], written, counts["with_height"], counts["repaired"],
        counts["unusable"], counts["outside"], counts["duplicates"],
    )  # fmt: skip
    _keep(folder, source.path, report, now())
    return report


def _bounds(inventory: Inventory) -> tuple[float, float, float, float]:
    if not inventory.districts:
        return (-180.0, -90.0, 180.0, 90.0)
    every = np.array([district.geometry.bounds for district in inventory.districts.values()])
    west, south = every[:, :2].min(axis=0) - _MARGIN_DEG
    east, north = every[:, 2:].max(axis=0) + _MARGIN_DEG
    return float(west), float(south), float(east), float(north)


def _usable(
    path: Path, footprints: Footprints, bounds: tuple[float, float, float, float], counts: Counter[str]
) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Keep the areas of a batch that lie in the city, valid and in WGS 84."""
    shapes, heights = footprints.geometry, footprints.height_m
    counts["read"] += len(shapes)
    is_area = np.isin(shapely.get_type_id(shapes), (3, 6, 7)) & ~shapely.is_empty(shapes)
    shapes, heights = shapely.force_2d(shapes[is_area]), heights[is_area]
    shapes = shapely.transform(shapes, _to_wgs84(path, footprints.crs))
    edges = shapely.bounds(shapes)
    finite = np.isfinite(edges).all(axis=1)
    west, south, east, north = bounds
    inside = finite & (edges[:, 0] >= west) & (edges[:, 1] >= south) & (edges[:, 2] <= east) & (edges[:, 3] <= north)
    counts["unusable"] += int((~is_area).sum() + (~finite).sum())
    counts["outside"] += int((finite & ~inside).sum())
    shapes, heights = shapes[inside], heights[inside]
    bad = np.flatnonzero(~shapely.is_valid(shapes))
    shapes[bad] = [_repaired(shape) for shape in shapes[bad]]
    flat = shapely.area(shapes) == 0.0
    counts["repaired"] += int((~flat[bad]).sum())
    counts["unusable"] += int(flat.sum())
    return shapes[~flat], heights[~flat]


def _repaired(shape: shapely.Geometry) -> shapely.Geometry:
    """Make an area valid; what falls off it as lines and points is no building."""
    made = shapely.make_valid(shape)
    areas = [part for part in shapely.get_parts(made) if part.geom_type in ("Polygon", "MultiPolygon")]
    return areas[0] if len(areas) == 1 else shapely.union_all(areas)


def _fresh(shapes: NDArray[np.object_], known: set[bytes]) -> NDArray[np.bool_]:
    fresh = np.ones(len(shapes), dtype=bool)
    for row, wkb in enumerate(shapely.to_wkb(shapes)):
        key = sha256(wkb).digest()[:12]
        fresh[row] = key not in known
        known.add(key)
    return fresh


def _to_wgs84(path: Path, crs: str) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    if not crs:
        raise InventoryError(str(path), "states no coordinate reference system", "name it with --crs EPSG:N")
    try:
        transformer = _transformer(crs)
    except (CRSError, ProjError) as error:
        raise InventoryError(
            str(path), f"coordinate reference system {crs[:80]} is not known", "use --crs"
        ) from error
    if transformer is None:
        return lambda points: points
    return lambda points: np.column_stack(transformer.transform(points[:, 0], points[:, 1]))


@lru_cache(maxsize=4)
def _transformer(crs: str) -> Transformer | None:
    source, target = CRS.from_user_input(crs), CRS.from_epsg(4326)
    if source.equals(target, ignore_axis_order=True):
        return None
    return Transformer.from_crs(source, target, always_xy=True)


def _keep(folder: Path, path: Path, report: BuildingsReport, now: datetime) -> None:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    line = {"imported_at": now.isoformat(), "sha256": digest.hexdigest(), "layer": "buildings", **asdict(report)}
    with (folder / _LOG).open("a", encoding="utf-8") as log:
        log.write(json.dumps(line, ensure_ascii=False) + "\n")
