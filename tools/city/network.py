"""How do hand-written roads become one network? Ends and crossings get a vertex both roads share.

Pure: lists of points in, lists of points out. Motorways and expressways run on their own
level, so that they join others only where a junction is named, never where they merely cross.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from math import cos, hypot, radians

from tools.city.geojson import DECIMALS
from tools.city.junctions import JUNCTIONS, Point, Road

__all__ = ["END_SNAP_M", "noded", "resolve"]

# A road that ends this close to another was meant to end on it.
END_SNAP_M = 120.0
# A crossing this close to a vertex was meant to be at that vertex.
CROSSING_SNAP_M = 35.0

_METRES_A_DEGREE = 111_195.0
_GRADE_SEPARATED = frozenset({"motorway", "expressway"})


def resolve(road: Road) -> list[Point]:
    """Look up the named junctions of one road.

    Raises
    ------
    KeyError
        If a name is not in the table of junctions.
    """
    return [JUNCTIONS[step] if isinstance(step, str) else step for step in road[3]]


def _metres(a: Point, b: Point) -> float:
    """Distance on the plane that touches the city: good to 0.2 % over a road's width."""
    return hypot((a[0] - b[0]) * cos(radians(a[1])), a[1] - b[1]) * _METRES_A_DEGREE


def _foot(point: Point, a: Point, b: Point) -> Point:
    scale = cos(radians(point[1]))
    dx, dy = (b[0] - a[0]) * scale, b[1] - a[1]
    along = ((point[0] - a[0]) * scale * dx + (point[1] - a[1]) * dy) / (dx * dx + dy * dy)
    share = min(1.0, max(0.0, along))
    return (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))


def _crossing(a: Point, b: Point, c: Point, d: Point) -> Point | None:
    """Point where segment ab properly crosses segment cd, if it does."""
    rx, ry, sx, sy = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    turn = rx * sy - ry * sx
    if turn == 0.0:
        return None
    t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / turn
    u = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / turn
    if not (0.0 <= t <= 1.0 and 0.0 <= u <= 1.0):
        return None
    return (round(a[0] + t * rx, DECIMALS), round(a[1] + t * ry, DECIMALS))


def _insert_nearest(line: list[Point], point: Point) -> float:
    """Put a point into the segment of a line that it is nearest to; return how far it was off."""
    offs = [_metres(point, _foot(point, a, b)) for a, b in pairwise(line)]
    place = min(range(len(offs)), key=offs.__getitem__)
    line.insert(place + 1, point)
    return offs[place]


def _snap_ends(lines: list[list[Point]]) -> None:
    for index, line in enumerate(lines):
        others = [other for number, other in enumerate(lines) if number != index]
        for end in (line[0], line[-1]):
            if any(end in other for other in others):
                continue
            for other in others:
                off = min(_metres(end, _foot(end, a, b)) for a, b in pairwise(other))
                if off <= END_SNAP_M:
                    _insert_nearest(other, end)
                    break


def _first_crossing(one: list[Point], two: list[Point]) -> Point | None:
    """Crossing of two lines that is not a shared vertex yet, moved onto a vertex that is near."""
    for a, b in pairwise(one):
        for c, d in pairwise(two):
            if len({a, b, c, d}) < 4:
                continue
            at = _crossing(a, b, c, d)
            if at is None:
                continue
            near = min((a, b, c, d), key=lambda vertex: _metres(vertex, at))
            return near if _metres(near, at) <= CROSSING_SNAP_M else at
    return None


def _node_crossings(one: list[Point], two: list[Point]) -> None:
    # Every round adds a shared vertex, so that two lines need at most one round a pair of segments.
    for _ in range(len(one) * len(two)):
        at = _first_crossing(one, two)
        if at is None:
            return
        for line in (one, two):
            if at not in line:
                _insert_nearest(line, at)


def noded(roads: list[Road]) -> list[list[Point]]:
    """Lines of the roads, in their order, with a shared vertex wherever two of them meet.

    Parameters
    ----------
    roads
        Roads as written by hand.

    Returns
    -------
    list of list of Point
        Longitude and latitude in degrees; no vertex is repeated at once.
    """
    lines = [resolve(road) for road in roads]
    level = [line for line, road in zip(lines, roads, strict=True) if road[2] not in _GRADE_SEPARATED]
    _snap_ends(level)
    for one, two in combinations(level, 2):
        _node_crossings(one, two)
    return lines
