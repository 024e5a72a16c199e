"""How long, how far, how large? Measured on the WGS 84 ellipsoid, never on a flat map.

Pure; imports the ground only. Lengths and areas are those of C. F. F. Karney, "Algorithms
for geodesics", J. Geodesy 87 (2013), as pyproj carries them: exact to nanometres, so that
what limits a length is the drawing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Geod

from gisops.errors import GeometryError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from shapely import LineString, MultiLineString, MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

__all__ = [
    "check_degrees",
    "distance_m",
    "distances_m",
    "geodesic_area_m2",
    "geodesic_length_m",
    "wgs84",
]


def wgs84() -> Geod:
    """Make the ellipsoid that every measure here is taken on."""
    return Geod(ellps="WGS84")


def check_degrees(place: str, lon: ArrayLike, lat: ArrayLike) -> None:
    """Refuse what cannot be longitude and latitude.

    Parameters
    ----------
    place
        What is being measured, for the message.
    lon, lat
        Degrees, any shape.

    Raises
    ------
    GeometryError
        If a value is not finite, a longitude is beyond 180 or a latitude beyond 90 degrees.

    Examples
    --------
    >>> check_degrees("site-1", 67.03, 24.81)
    >>> check_degrees("pole", 2e5, 2e6)
    Traceback (most recent call last):
    gisops.errors.GeometryError: pole: 200000.0, 2000000.0 is no longitude, latitude: give degrees, not metres
    """
    lons, lats = np.broadcast_arrays(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
    # A comparison with NaN is false, so that what is not a number is caught here too.
    bad = ~((np.abs(lons) <= 180.0) & (np.abs(lats) <= 90.0))
    if not bad.any():
        return
    first = tuple(int(i) for i in np.argwhere(bad)[0])
    x, y = float(lons[first]), float(lats[first])
    if not (np.isfinite(x) and np.isfinite(y)):
        remedy = "leave out what has no position"
    elif abs(x) <= 90.0 and abs(y) <= 180.0:
        remedy = "longitude comes first"
    else:
        remedy = "give degrees, not metres"
    raise GeometryError(place, f"{x}, {y} is no longitude, latitude", remedy)


def distances_m(
    from_lon: ArrayLike, from_lat: ArrayLike, to_lon: ArrayLike, to_lat: ArrayLike
) -> NDArray[np.float64]:
    """Geodesic distances between pairs of points.

    Parameters
    ----------
    from_lon, from_lat, to_lon, to_lat
        Degrees, shapes that broadcast together.

    Returns
    -------
    ndarray
        Metres, of the common shape.

    Raises
    ------
    GeometryError
        If a coordinate is no longitude or latitude.

    Examples
    --------
    A hundredth of a degree along the equator is a thirty-six thousandth of 2 pi 6,378,137 m.

    >>> distances_m(67.0, 0.0, [67.0, 67.01], [0.0, 0.0]).round(4)
    array([   0.    , 1113.1949])
    """
    check_degrees("distance from", from_lon, from_lat)
    check_degrees("distance to", to_lon, to_lat)
    lon1, lat1, lon2, lat2 = np.broadcast_arrays(
        *(np.asarray(part, dtype=float) for part in (from_lon, from_lat, to_lon, to_lat))
    )
    _, _, metres = wgs84().inv(lon1.ravel(), lat1.ravel(), lon2.ravel(), lat2.ravel())
    return np.asarray(metres, dtype=np.float64).reshape(lon1.shape)


def distance_m(from_lon: float, from_lat: float, to_lon: float, to_lat: float) -> float:
    """Geodesic distance between two points.

    Parameters
    ----------
    from_lon, from_lat, to_lon, to_lat
        Degrees.

    Returns
    -------
    float
        Metres.

    Raises
    ------
    GeometryError
        If a coordinate is no longitude or latitude.

    Examples
    --------
    >>> round(distance_m(67.0, 0.0, 67.01, 0.0), 4)
    1113.1949
    """
    return float(distances_m(from_lon, from_lat, to_lon, to_lat))


def geodesic_length_m(line: LineString | MultiLineString) -> float:
    """Length of a line on the ellipsoid.

    Parameters
    ----------
    line
        Longitude and latitude in degrees; several parts are added up.

    Returns
    -------
    float
        Metres; 0 for an empty line.

    Raises
    ------
    GeometryError
        If it is not a line, or a coordinate is no longitude or latitude.

    Examples
    --------
    >>> round(geodesic_length_m(shapely.LineString([(67.0, 0.0), (67.01, 0.0), (67.0, 0.0)])), 4)
    2226.3898
    >>> geodesic_length_m(shapely.LineString())
    0.0
    """
    _check_kind(line, ("LineString", "MultiLineString"), "a line")
    _check_vertices(line)
    return float(wgs84().geometry_length(line))


def geodesic_area_m2(area: Polygon | MultiPolygon) -> float:
    """Area of a polygon on the ellipsoid, its holes taken off.

    Parameters
    ----------
    area
        Longitude and latitude in degrees; which way round the rings run does not matter.

    Returns
    -------
    float
        Square metres; 0 for an empty polygon.

    Raises
    ------
    GeometryError
        If it is not a polygon, or a coordinate is no longitude or latitude.

    Examples
    --------
    >>> block = shapely.box(67.0, 24.8, 67.01, 24.81)
    >>> round(geodesic_area_m2(block) / 1e6, 3)
    1.12
    >>> geodesic_area_m2(shapely.Polygon())
    0.0
    """
    _check_kind(area, ("Polygon", "MultiPolygon"), "a polygon")
    _check_vertices(area)
    if area.is_empty:
        return 0.0
    # Rings are signed by their direction: shells one way and holes the other, then they add up.
    signed, _ = wgs84().geometry_area_perimeter(shapely.orient_polygons(area))
    return abs(float(signed))


def _check_kind(geometry: BaseGeometry, kinds: tuple[str, ...], wanted: str) -> None:
    if geometry.geom_type not in kinds:
        raise GeometryError(geometry.geom_type, f"not {wanted}", f"give a {' or a '.join(kinds)}")


def _check_vertices(geometry: BaseGeometry) -> None:
    points = shapely.get_coordinates(geometry)
    check_degrees(geometry.geom_type, points[:, 0], points[:, 1])
