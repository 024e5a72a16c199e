"""Which way do thieves drive: the shortest way along the inventory's roads, and the place on it after a while."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from shapely import LineString, get_coordinates

from gisops.errors import ScenarioError
from gisops.geo.along import point_along
from gisops.geo.measure import distance_m, distances_m, geodesic_length_m
from gisops.model.inventory import Inventory

__all__ = ["destination_of", "place_after", "way_to"]

_JOIN_M = 60.0
"""Ends of roads that are so near to another road's vertex meet there."""

Place = tuple[float, float]


def destination_of(place: str, wanted: str, inventory: Inventory) -> Place:
    """Find where a getaway goes: the id of a place, or ``LON,LAT``.

    Raises
    ------
    ScenarioError
        Where it is neither.
    """
    known = inventory.places.get(wanted)
    if known is not None:
        return known.lon, known.lat
    try:
        lon, lat = (float(part) for part in wanted.split(","))
    except ValueError:
        lon, lat = math.nan, math.nan
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ScenarioError(place, f"tracker_to is {wanted!r}", "name a place of the inventory, or write LON,LAT")
    return lon, lat


def way_to(inventory: Inventory, start: Place, end: Place) -> LineString:
    """Give the way from one place to another: to the nearest road, along roads, and off them at the end.

    Without roads between them it is the straight line.
    """
    graph = _graph(inventory)
    if not graph:
        return LineString([start, end])
    vertices = list(graph)
    first, last = _nearest(vertices, start), _nearest(vertices, end)
    path = _shortest(graph, first, last)
    points = [start, *path, end]
    kept = [points[0], *(b for a, b in pairwise(points) if a != b)]
    return LineString(kept if len(kept) > 1 else [start, end])


def place_after(way: LineString, seconds: float, speed_mps: float) -> Place:
    """Give the place on a way after so many seconds; at its end it stays."""
    length = geodesic_length_m(way)
    if length == 0.0:
        lon, lat = way.coords[0]
        return float(lon), float(lat)
    position = point_along(way, min(length, max(0.0, seconds) * speed_mps))
    return position.lon, position.lat


def _graph(inventory: Inventory) -> dict[Place, dict[Place, float]]:
    graph: dict[Place, dict[Place, float]] = defaultdict(dict)
    ends: list[Place] = []
    for road in inventory.roads.values():
        for line in getattr(road.geometry, "geoms", [road.geometry]):
            points = [(round(float(x), 6), round(float(y), 6)) for x, y in get_coordinates(line)]
            ends += [points[0], points[-1]]
            for a, b in pairwise(points):
                if a != b:
                    graph[a][b] = graph[b][a] = distance_m(*a, *b)
    vertices = list(graph)
    lons, lats = np.array([v[0] for v in vertices]), np.array([v[1] for v in vertices])
    for end in ends:
        metres = distances_m(end[0], end[1], lons, lats)
        for index in np.flatnonzero(metres <= _JOIN_M):
            other = vertices[int(index)]
            if other != end:
                graph[end].setdefault(other, float(metres[index]))
                graph[other].setdefault(end, float(metres[index]))
    return dict(graph)


def _nearest(vertices: list[Place], place: Place) -> Place:
    metres = distances_m(place[0], place[1], [v[0] for v in vertices], [v[1] for v in vertices])
    return vertices[int(np.argmin(metres))]


def _shortest(graph: Mapping[Place, Mapping[Place, float]], start: Place, end: Place) -> list[Place]:
    """Dijkstra's way from one vertex to another; only the two where no road joins them."""
    best: dict[Place, float] = {start: 0.0}
    before: dict[Place, Place] = {}
    frontier = [(0.0, start)]
    while frontier:
        metres, here = heapq.heappop(frontier)
        if here == end:
            break
        if metres > best[here]:
            continue
        for there, step in graph[here].items():
            if metres + step < best.get(there, math.inf):
                best[there] = metres + step
                before[there] = here
                heapq.heappush(frontier, (metres + step, there))
    if end not in best:
        return [start, end]
    path = [end]
    while path[-1] != start:
        path.append(before[path[-1]])
    return path[::-1]
