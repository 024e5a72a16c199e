"""What is the curve of the backscatter? Block DataPts: one level for each point, for each pulse width."""

from __future__ import annotations

import numpy as np

from gisops.errors import SorError
from gisops.fibre.otdr.cursor import Cursor
from gisops.fibre.otdr.trace import Curve

__all__ = ["read_curves"]

_STEP_DB = 0.001
_BYTES = 2


def read_curves(data: bytes, place: str) -> tuple[Curve, ...]:
    """Read DataPts; what FxdParams says of the number of points is not believed, for instruments round it.

    Raises
    ------
    SorError
        Where it is too short, or its curves have not the points it says.

    Notes
    -----
    A point is 0.001 dB times the scale factor below the top of the instrument's range.
    """
    cursor = Cursor(data, f"{place} DataPts")
    total, count = cursor.number("I"), cursor.number("H")
    curves: list[Curve] = []
    for _ in range(count):
        number, scale = cursor.number("I"), cursor.number("H") / 1000.0
        raw = np.frombuffer(cursor.take(number * _BYTES), dtype="<u2")
        curves.append(Curve(-_STEP_DB * scale * raw.astype(np.float64)))
    found = sum(len(curve.levels_db) for curve in curves)
    if found != total:
        raise SorError(cursor.place, f"has {found:,} points of {total:,}", "copy it again from the instrument")
    return tuple(curves)
