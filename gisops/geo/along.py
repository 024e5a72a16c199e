"""Where on a line? Chainage to a position and back, and the direction there.

Pure; imports the ground only. Chainage is geodesic metres from the first vertex, as cable is
measured; which point of a line is nearest is decided in UTM 42N, where right angles are right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gisops.errors import GeometryError
from gisops.geo.measure import check_degrees, distance_m, distances_m, wgs84
from gisops.geo.project import from_utm42, to_utm42

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import LineString

__all__ = ["Nearest", "Position", "bearing_deg", "nearest_on_line", "point_along"]

# Lengths are summed in floating point: the end of a line may be missed by this much.
_TOLERANCE_M = 0.001


class Position(NamedTuple):
    """A place on a line.

    Attributes
    ----------
    lon, lat
        WGS 84 degrees.
    bearing_deg
        Direction of the line there, clockwise from true north, 0 <= bearing < 360.
    """

    lon: float
    lat: float
    bearing_deg: float


class Nearest(NamedTuple):
    """The point of a line that is nearest to another point.

    Attributes
    ----------
    lon, lat
        WGS 84 degrees of the point on the line.
    chainage_m
        Geodesic metres along the line to it.
    distance_m
        Geodesic metres from the point asked for.
    """

    lon: float
    lat: float
    chainage_m: float
    distance_m: float


def bearing_deg(from_lon: float, from_lat: float, to_lon: float, to_lat: float) -> float:
    """Direction in which the geodesic to another point sets out.

    Parameters
    ----------
    from_lon, from_lat, to_lon, to_lat
        Degrees.

    Returns
    -------
    float
        Degrees clockwise from true north, 0 <= bearing < 360.

    Raises
    ------
    GeometryError
        If a coordinate is no longitude or latitude, or the points are the same.

    Examples
    --------
    >>> bearing_deg(67.0, 0.0, 67.1, 0.0), bearing_deg(67.0, 24.9, 67.0, 24.8)
    (90.0, 180.0)
    """
    check_degrees("bearing from", from_lon, from_lat)
    check_degrees("bearing to", to_lon, to_lat)
    azimuth, _, metres = wgs84().inv(from_lon, from_lat, to_lon, to_lat)
    if metres == 0.0:
        raise GeometryError(f"{from_lon}, {from_lat}", "no direction to itself", "give two points")
    return _turned(float(azimuth))


def point_along(line: LineString, chainage_m: float) -> Position:
    """Find the position at a distance along a line.

    Parameters
    ----------
    line
        Longitude and latitude in degrees.
    chainage_m
        Geodesic metres from the first vertex.

    Returns
    -------
    Position
        At a vertex the bearing is that of the segment that follows, at the end that of the last.

    Raises
    ------
    GeometryError
        If the line has no length, or the distance is negative, not finite or beyond its end.

    Examples
    --------
    >>> road = shapely.LineString([(67.0, 0.0), (67.01, 0.0), (67.01, 0.01)])
    >>> here = point_along(road, 1113.1949 / 2)
    >>> round(here.lon, 6), round(here.lat, 6), here.bearing_deg
    (67.005, 0.0, 90.0)
    """
    points, ends_m = _chained(line)
    total = float(ends_m[-1])
    if not -_TOLERANCE_M <= chainage_m <= total + _TOLERANCE_M:
        raise GeometryError(
            f"chainage {chainage_m} m", f"not on a line of {total:.1f} m", "give metres from its start"
        )
    at = min(max(chainage_m, 0.0), total)
    # The segment that follows a vertex; repeated vertices have no direction and are stepped over.
    index = min(int(np.searchsorted(ends_m, at, side="right")), len(points) - 1)
    while ends_m[index] == ends_m[index - 1]:
        index -= 1
    lon, lat = (float(value) for value in points[index - 1])
    azimuth, _, _ = wgs84().inv(lon, lat, float(points[index][0]), float(points[index][1]))
    beyond = at - float(ends_m[index - 1])
    if beyond == 0.0:
        return Position(lon, lat, _turned(float(azimuth)))
    to_lon, to_lat, back = wgs84().fwd(lon, lat, float(azimuth), beyond)
    return Position(float(to_lon), float(to_lat), _turned(float(back) + 180.0))


def nearest_on_line(line: LineString, lon: float, lat: float) -> Nearest:
    """Find the point of a line that is nearest to a position.

    Parameters
    ----------
    line
        Longitude and latitude in degrees, in or near UTM zone 42 north.
    lon, lat
        Degrees.

    Returns
    -------
    Nearest
        Of points equally near, the first along the line.

    Raises
    ------
    GeometryError
        If the line has no length, or a coordinate lies far outside the zone.

    Examples
    --------
    >>> road = shapely.LineString([(67.0, 24.80), (67.0, 24.90)])
    >>> near = nearest_on_line(road, 67.0, 24.95)
    >>> near.lon, near.lat, round(near.distance_m)
    (67.0, 24.9, 5539)
    """
    points, ends_m = _chained(line)
    x, y = to_utm42(points[:, 0], points[:, 1])
    px, py = to_utm42(lon, lat)
    dx, dy = np.diff(x), np.diff(y)
    squared = dx * dx + dy * dy
    along = (px - x[:-1]) * dx + (py - y[:-1]) * dy
    share = np.clip(np.divide(along, squared, out=np.zeros_like(squared), where=squared > 0.0), 0.0, 1.0)
    foot_x, foot_y = x[:-1] + share * dx, y[:-1] + share * dy
    best = int(np.argmin((foot_x - px) ** 2 + (foot_y - py) ** 2))
    # A vertex is given back as it is written, not after two projections.
    if share[best] in {0.0, 1.0}:
        vertex = best + int(share[best])
        at_lon, at_lat = (float(value) for value in points[vertex])
        chainage = float(ends_m[vertex])
    else:
        there = from_utm42(foot_x[best], foot_y[best])
        at_lon, at_lat = float(there[0]), float(there[1])
        step = float(ends_m[best + 1] - ends_m[best])
        # The foot lies on the chord in UTM, millimetres off the geodesic: never count past its end.
        beyond = distance_m(float(points[best][0]), float(points[best][1]), at_lon, at_lat)
        chainage = float(ends_m[best]) + min(step, beyond)
    return Nearest(at_lon, at_lat, chainage, distance_m(lon, lat, at_lon, at_lat))


def _chained(line: LineString) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Vertices of a line, and the chainage of each."""
    if line.geom_type != "LineString":
        raise GeometryError(line.geom_type, "not a line", "give a LineString")
    points = shapely.get_coordinates(line)
    if len(points) < 2:
        raise GeometryError("LineString", "empty", "give a line of two points or more")
    steps = distances_m(points[:-1, 0], points[:-1, 1], points[1:, 0], points[1:, 1])
    ends_m = np.concatenate([[0.0], np.cumsum(steps)])
    if ends_m[-1] == 0.0:
        raise GeometryError("LineString", "no length", "give a line of two different points")
    return points, ends_m


def _turned(azimuth: float) -> float:
    """Bring an angle into 0 <= angle < 360 (a tiny negative one would round up to 360 itself)."""
    turned = azimuth % 360.0
    return 0.0 if turned == 360.0 else turned
