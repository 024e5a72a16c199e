"""Where did incidents of an inventory's own log happen? For demand, without a database."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gisops.geo.project import to_utm42
from gisops.incidents.csv_rows import csv_rows
from gisops.incidents.gazetteer import Gazetteer, entries_of
from gisops.incidents.mapping import parse_mapping
from gisops.incidents.record import Incident, Precision
from gisops.incidents.row import RowReader
from gisops.inventory.text_file import read_text
from gisops.model.inventory import Inventory
from gisops.service.import_incidents import bounds_of, taxonomy_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["incident_points"]


def incident_points(folder: Path, inventory: Inventory, now: datetime) -> NDArray[np.float64]:
    """Give UTM 42N metres (n x 2) of the incidents in ``incidents/NAME.csv`` with its column map ``NAME.toml``.

    Lines that are refused, and incidents known to an area only, say nothing of where to look and are left out.

    Raises
    ------
    ConfigError, IncidentError
        Where a map or file cannot be read at all.
    """
    found: list[tuple[float, float]] = []
    for mapping in sorted((folder / "incidents").glob("*.toml")):
        file = mapping.with_suffix(".csv")
        columns = parse_mapping(read_text(mapping), str(mapping))
        if not file.is_file() or columns.is_references:
            continue
        reader = RowReader(columns, taxonomy_of(folder), Gazetteer(entries_of(inventory)), bounds_of(inventory), now)
        with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
            for _, row in csv_rows(text, str(file)):
                record = reader.read(row)
                if isinstance(record, Incident) and record.precision is not Precision.AREA:
                    found.append((record.lon, record.lat))
    if not found:
        return np.zeros((0, 2))
    lon, lat = zip(*found, strict=True)
    return np.column_stack(to_utm42(lon, lat))
