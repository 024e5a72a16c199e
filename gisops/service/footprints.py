"""What do an inventory's buildings look like from above, for drawing? Footprints of its file, in WGS 84."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gisops.errors import InventoryError
from gisops.service.building_store import BUILDINGS_FILE

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["read_footprints"]


def read_footprints(folder: Path) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Give polygons (WGS 84) and heights (metres, NaN where unknown); none where the inventory has no buildings.

    Raises
    ------
    InventoryError
        If the file cannot be read.
    """
    path = folder / BUILDINGS_FILE
    if not path.is_file():
        return np.zeros(0, dtype=object), np.zeros(0)
    import pyarrow as pa  # noqa: PLC0415 - 0.2 s that only this view needs
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        table = pq.read_table(path, columns=["geometry", "height_m"])
        polygons = shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))
        return polygons, table.column("height_m").to_numpy(zero_copy_only=False).astype(np.float64)
    except (pa.ArrowException, OSError, KeyError, shapely.GEOSException) as error:
        remedy = "import the buildings again: gisops import buildings FILE --into DIR"
        raise InventoryError(str(path), f"cannot be read as GeoParquet ({error})", remedy) from error
