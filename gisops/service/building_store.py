"""Where do an inventory's buildings lie? One GeoParquet file beside its base map.

GeoParquet, because a million footprints are some 100 MB there against 500 MB of GeoJSON, read in seconds and column
by column, and because QGIS, GDAL, DuckDB and ArcGIS open the very same file. WGS 84, as everything in an inventory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gisops.coverage.buildings import Buildings, from_polygons
from gisops.errors import InventoryError
from gisops.geo.project import to_utm42

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BUILDINGS_FILE", "load_buildings", "write_buildings"]

BUILDINGS_FILE = Path("basemap/buildings.parquet")
_GEO = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Polygon", "MultiPolygon"]}},
}
"""GeoParquet 1.1.0: without a ``crs`` member coordinates are longitude and latitude on WGS 84 (OGC:CRS84)."""


def load_buildings(folder: Path) -> Buildings | None:
    """Load the buildings of an inventory; ``None`` where it has none.

    Raises
    ------
    InventoryError
        If the file cannot be read.
    GeometryError
        If a building lies outside the zone.
    """
    path = folder / BUILDINGS_FILE
    if not path.is_file():
        return None
    import pyarrow as pa  # noqa: PLC0415 - 0.2 s that only coverage needs
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        table = pq.read_table(path, columns=["geometry", "height_m"])
        polygons = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
        height_m = table.column("height_m").to_numpy(zero_copy_only=False).astype(np.float64)
    except (pa.ArrowException, OSError, KeyError, shapely.GEOSException) as error:
        remedy = "import the buildings again: gisops import buildings FILE --into DIR"
        raise InventoryError(str(path), f"cannot be read as GeoParquet ({error})", remedy) from error
    return from_polygons(_projected(polygons), height_m)


def write_buildings(path: Path, batches: Iterable[tuple[NDArray[np.object_], NDArray[np.float64]]]) -> int:
    """Write polygons (WGS 84) and heights batch by batch; give their number. The file appears whole or not at all."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = pa.schema(
        [pa.field("geometry", pa.binary(), nullable=False), pa.field("height_m", pa.float32())],
        metadata={"geo": json.dumps(_GEO)},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    count = 0
    try:
        with pq.ParquetWriter(partial, schema, compression="zstd") as writer:
            for polygons, height_m in batches:
                columns: list[Any] = [
                    pa.array(shapely.to_wkb(polygons), type=pa.binary()),
                    pa.array(height_m.astype(np.float32), from_pandas=True),
                ]
                writer.write_table(pa.table(columns, schema=schema))
                count += len(polygons)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return count


def _projected(polygons: NDArray[np.object_]) -> NDArray[np.object_]:
    def forward(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_utm42(points[:, 0], points[:, 1]))

    projected: NDArray[np.object_] = shapely.transform(polygons, forward)
    return projected
