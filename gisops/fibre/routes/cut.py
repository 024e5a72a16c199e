"""Where is a line cut? Its ends put onto nodes, and a piece for each stretch between nodes it passes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from gisops.geo.project import geometry_to_utm42

__all__ = ["Stop", "cut_at", "with_ends"]

Stop = tuple[float, tuple[float, float]]
"""Metres along the line in UTM 42N, and longitude and latitude of the node there."""

_SAME_M = 0.02


def with_ends(line: shapely.LineString, start: tuple[float, float], end: tuple[float, float]) -> shapely.LineString:
    """Move both ends of a line in degrees onto nodes.

    Examples
    --------
    >>> with_ends(shapely.LineString([(67.0, 24.8), (67.1, 24.8)]), (67.0, 24.81), (67.1, 24.8))
    <LINESTRING (67 24.81, 67.1 24.8)>
    """
    points = [start, *(tuple(point) for point in line.coords[1:-1]), end]
    return shapely.remove_repeated_points(shapely.LineString(points))


def cut_at(line: shapely.LineString, stops: Sequence[Stop]) -> list[shapely.LineString]:
    """Cut a line in degrees at nodes along it; each cut end stands on its node.

    Parameters
    ----------
    line
        Longitude and latitude in degrees.
    stops
        In order of the metres along it, all between its ends.

    Returns
    -------
    list
        One line more than stops; vertices within 2 cm of a cut are dropped for the node.
    """
    points = [tuple(point) for point in line.coords]
    steps = np.hypot(*np.diff(shapely.get_coordinates(geometry_to_utm42(line)), axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    pieces: list[shapely.LineString] = []
    here, after = [points[0]], 1
    for metres, node in stops:
        while after < len(points) - 1 and along[after] < metres - _SAME_M:
            here.append(points[after])
            after += 1
        while after < len(points) - 1 and along[after] <= metres + _SAME_M:
            after += 1
        pieces.append(shapely.remove_repeated_points(shapely.LineString([*here, node])))
        here = [node]
    pieces.append(shapely.remove_repeated_points(shapely.LineString([*here, *points[after:]])))
    return pieces
