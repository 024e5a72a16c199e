"""How high is a building, as files say it? Metres or feet, storeys, OpenStreetMap's tags, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gisops.errors import InventoryError

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

__all__ = ["FLOOR_M", "batch_heights", "height_columns", "metres", "property_height", "row_height", "tagged_heights"]

FLOOR_M = 3.2
"""Height of a storey where a file states storeys only: a common figure for concrete frames."""
_HEIGHTS = ("height_m", "height", "building_height", "bldg_height", "render_height", "height_mean")
_FLOORS = ("building:levels", "building_levels", "levels", "num_floors", "floors", "storeys")
_TAG = re.compile(r'"(height|building:levels)"=>"([^"]*)"')
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(m|ft|')?\s*$")
_FOOT_M = 0.3048


def metres(value: object) -> float:
    """Read a height in metres or, marked so, in feet.

    NaN for none, for zero and less (Microsoft writes -1 for unknown), and for more than any building has.

    Examples
    --------
    >>> metres("12 m"), metres(-1), round(metres("40'"), 2)
    (12.0, nan, 12.19)
    """
    if value is None:
        return np.nan
    if isinstance(value, int | float):
        read = float(value)
    else:
        match = _NUMBER.match(str(value))
        if match is None:
            return np.nan
        read = float(match[1]) * (_FOOT_M if match[2] in ("ft", "'") else 1.0)
    return read if 0.0 < read < 1000.0 else np.nan


def height_columns(path: Path, names: Sequence[str], height: str | None) -> list[str]:
    """Choose the columns that tell the height: the one asked for, else the usual ones there are.

    Raises
    ------
    InventoryError
        If the one asked for is not there.
    """
    if height is not None:
        if height not in names:
            raise InventoryError(str(path), f"no column {height}", f"its columns are {', '.join(names) or 'none'}")
        return [height]
    by_lower = {name.lower(): name for name in names}
    return [by_lower[name] for name in (*_HEIGHTS, *_FLOORS) if name in by_lower]


def batch_heights(batch: pa.RecordBatch, columns: Sequence[str]) -> NDArray[np.float64]:
    """Read the heights of a batch: of each row, the first of some columns that tells one."""
    heights = np.full(batch.num_rows, np.nan)
    for name in columns:
        read = np.array([metres(value) for value in batch.column(name).to_pylist()], dtype=np.float64)
        heights = np.where(np.isnan(heights), read * _scale(name), heights)
    return heights


def row_height(row: Sequence[str], names: Sequence[str], columns: Sequence[int]) -> float:
    """Read the height of a row of text: the first of some columns that tells one."""
    return _first((names[column], row[column]) for column in columns if column < len(row))


def property_height(properties: Mapping[str, Any], height: str | None) -> float:
    """Read the height of a feature: the property asked for, else the first of the usual ones that tells one."""
    names = [height] if height else [*_HEIGHTS, *_FLOORS]
    return _first((name, properties.get(name)) for name in names)


def tagged_heights(batch: pa.RecordBatch) -> NDArray[np.float64]:
    """Read heights from OpenStreetMap's tags: ``height``, else ``building:levels``."""
    heights = np.full(batch.num_rows, np.nan)
    for row, text in enumerate(batch.column("other_tags").to_pylist()):
        tags = dict(_TAG.findall(text)) if text else {}
        heights[row] = _first((name, tags.get(name)) for name in ("height", "building:levels"))
    return heights


def _scale(name: str) -> float:
    return FLOOR_M if name.lower() in _FLOORS else 1.0


def _first(named: Iterable[tuple[str, object]]) -> float:
    for name, value in named:
        read = metres(value)
        if not np.isnan(read):
            return read * _scale(name)
    return np.nan
