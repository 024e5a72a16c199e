"""Which nodes are near a point, or along a line? In UTM 42N metres, where near is near."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, hypot
from typing import Any

import shapely

from gisops.geo.project import to_utm42

__all__ = ["Places", "node_tree"]


class Places:
    """Nodes in a grid as wide as the tolerance, so that one can be added at any time.

    Parameters
    ----------
    tolerance_m
        What counts as near.
    nodes
        Points in WGS 84 by node id.
    """

    def __init__(self, tolerance_m: float, nodes: Mapping[str, Any]) -> None:
        self.tolerance_m = tolerance_m
        self.lonlat: dict[str, tuple[float, float]] = {}
        self.xy: dict[str, tuple[float, float]] = {}
        self._width = max(tolerance_m, 1.0)
        self._cells: dict[tuple[int, int], list[str]] = {}
        for node_id, point in nodes.items():
            self.add(node_id, point.x, point.y)

    def add(self, node_id: str, lon: float, lat: float) -> None:
        """Add a node, or move it."""
        easting, northing = to_utm42([lon], [lat])
        x, y = float(easting[0]), float(northing[0])
        if node_id in self.xy:
            self._cells[self._cell(*self.xy[node_id])].remove(node_id)
        self.lonlat[node_id], self.xy[node_id] = (lon, lat), (x, y)
        self._cells.setdefault(self._cell(x, y), []).append(node_id)

    def near(self, x: float, y: float) -> list[tuple[float, str]]:
        """Give the nodes within the tolerance of a place in metres: distance and id, nearest first."""
        column, row = self._cell(x, y)
        found = []
        for i in (column - 1, column, column + 1):
            for j in (row - 1, row, row + 1):
                for node_id in self._cells.get((i, j), ()):
                    away = hypot(self.xy[node_id][0] - x, self.xy[node_id][1] - y)
                    if away <= self.tolerance_m:
                        found.append((away, node_id))
        return sorted(found)

    def _cell(self, x: float, y: float) -> tuple[int, int]:
        return floor(x / self._width), floor(y / self._width)


def node_tree(places: Places) -> tuple[tuple[str, ...], shapely.STRtree]:
    """Give the ids of all nodes, and a search tree of their points (metres) in that order."""
    ids = tuple(places.xy)
    return ids, shapely.STRtree([shapely.Point(places.xy[node_id]) for node_id in ids])
