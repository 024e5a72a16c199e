"""How do degrees become metres and back? WGS 84 and UTM zone 42 north (EPSG:32642).

Pure; imports the ground only. What is far outside the zone, in the wrong unit or swapped is
refused, because the projection would answer it with numbers that look like metres.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import shapely
from pyproj import Transformer

from gisops.errors import GeometryError
from gisops.geo.measure import check_degrees

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = [
    "UTM42_EPSG",
    "from_utm42",
    "geometry_from_utm42",
    "geometry_to_utm42",
    "to_utm42",
]

UTM42_EPSG = 32642

# Zone 42 is 66 to 72 degrees east. Three degrees to either side still project to within a metre a
# kilometre (scale 1.0032 at the edge at Karachi's latitude); farther out another zone is meant.
_WEST_DEG, _EAST_DEG = 63.0, 75.0
_NORTH_DEG = 84.0
_MIN_EASTING_M, _MAX_EASTING_M = -200_000.0, 1_200_000.0
_MAX_NORTHING_M = 9_400_000.0

_Geometry = TypeVar("_Geometry", bound="BaseGeometry")


@lru_cache(maxsize=2)
def _transformer(source: int, target: int) -> Transformer:
    """Make a projection once: it costs milliseconds, and threads may share it."""
    return Transformer.from_crs(source, target, always_xy=True)


def to_utm42(lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Project longitudes and latitudes to metres.

    Parameters
    ----------
    lon, lat
        WGS 84 degrees, the same shape.

    Returns
    -------
    easting_m, northing_m
        Arrays of that shape, EPSG:32642.

    Raises
    ------
    GeometryError
        If a point is not finite, swapped, in metres already, or outside 63-75 E, 0-84 N.

    Examples
    --------
    The central meridian is 69 degrees east and has the easting 500,000 m.

    >>> easting, northing = to_utm42([69.0], [0.0])
    >>> easting.round(3).tolist(), abs(northing).round(3).tolist()
    ([500000.0], [0.0])
    >>> to_utm42(24.81, 67.03)
    Traceback (most recent call last):
    gisops.errors.GeometryError: 24.81, 67.03: outside UTM zone 42 north: longitude comes first
    """
    lons, lats = _same_shape(lon, lat)
    check_degrees("to UTM 42N", lons, lats)
    bad = (lons < _WEST_DEG) | (lons > _EAST_DEG) | (lats < 0.0) | (lats > _NORTH_DEG)
    if bad.any():
        x, y = float(lons[bad][0]), float(lats[bad][0])
        swapped = 0.0 <= x <= _NORTH_DEG and _WEST_DEG <= y <= _EAST_DEG
        remedy = "longitude comes first" if swapped else "give a point between 63 and 75 E, 0 and 84 N"
        raise GeometryError(f"{x}, {y}", "outside UTM zone 42 north", remedy)
    return _transform(4326, UTM42_EPSG, lons, lats)


def from_utm42(easting_m: ArrayLike, northing_m: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Project metres back to longitudes and latitudes.

    Parameters
    ----------
    easting_m, northing_m
        EPSG:32642 metres, the same shape.

    Returns
    -------
    lon, lat
        Arrays of that shape, WGS 84 degrees.

    Raises
    ------
    GeometryError
        If a point is not finite, in degrees already, or outside the zone.

    Examples
    --------
    >>> lon, lat = from_utm42([500_000.0], [0.0])
    >>> lon.round(6).tolist(), abs(lat).round(6).tolist()
    ([69.0], [0.0])
    """
    x, y = _same_shape(easting_m, northing_m)
    inside = (x >= _MIN_EASTING_M) & (x <= _MAX_EASTING_M) & (y >= 0.0) & (y <= _MAX_NORTHING_M)
    # Easting and northing that both look like degrees: 180 m from the zone's corner lies open ocean.
    bad = ~inside | ((np.abs(x) <= 180.0) & (y <= 90.0))
    if bad.any():
        first = (float(x[bad][0]), float(y[bad][0]))
        degrees = abs(first[0]) <= 180.0 and abs(first[1]) <= 90.0
        remedy = "these are degrees already" if degrees else "give easting, northing in EPSG:32642 metres"
        raise GeometryError(f"{first[0]}, {first[1]}", "no UTM 42 north metres", remedy)
    return _transform(UTM42_EPSG, 4326, x, y)


def geometry_to_utm42(geometry: _Geometry) -> _Geometry:
    """Project a shapely geometry in degrees to UTM 42N metres.

    Raises
    ------
    GeometryError
        As :func:`to_utm42`, for any vertex.

    Examples
    --------
    >>> shapely.set_precision(geometry_to_utm42(shapely.Point(69.0, 0.0)), 0.001)
    <POINT (500000 0)>
    """
    return _each(geometry, *to_utm42(*_columns(geometry)))


def geometry_from_utm42(geometry: _Geometry) -> _Geometry:
    """Project a shapely geometry in UTM 42N metres to degrees.

    Raises
    ------
    GeometryError
        As :func:`from_utm42`, for any vertex.

    Examples
    --------
    >>> shapely.set_precision(geometry_from_utm42(shapely.Point(500_000.0, 0.0)), 1e-6)
    <POINT (69 0)>
    """
    return _each(geometry, *from_utm42(*_columns(geometry)))


def _same_shape(a: ArrayLike, b: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if x.shape != y.shape:
        raise GeometryError("coordinates", f"shapes {x.shape} and {y.shape} differ", "give one y to every x")
    return x, y


def _transform(
    source: int, target: int, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    out_x, out_y = _transformer(source, target).transform(x.ravel(), y.ravel())
    return np.reshape(out_x, x.shape), np.reshape(out_y, y.shape)


def _columns(geometry: BaseGeometry) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    points = shapely.get_coordinates(geometry)
    return points[:, 0], points[:, 1]


def _each(geometry: _Geometry, x: NDArray[np.float64], y: NDArray[np.float64]) -> _Geometry:
    moved: _Geometry = shapely.transform(geometry, lambda _: np.column_stack([x, y]))
    return moved
