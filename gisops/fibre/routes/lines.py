"""Can a line be a route at all? One check a function; the first that fails is the reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely

from gisops.errors import GeometryError
from gisops.fibre.routes.offer import Note, Offer
from gisops.geo.measure import geodesic_length_m
from gisops.geo.project import geometry_to_utm42

__all__ = ["crosses_itself", "parts_of", "why_not_here", "why_not_line"]

_NO_LENGTH_M = 0.01
_FAR_M = 500_000.0
"""Farther than this from every node it is no route of this network: a city lies within one province."""


def parts_of(offer: Offer) -> Iterator[Offer]:
    """Give the lines of an offer: parts that follow each other as one, others each for itself."""
    geometry = offer.geometry
    if geometry.geom_type == "MultiLineString":
        geometry = shapely.line_merge(geometry)
    parts = shapely.get_parts(geometry)
    for number, part in enumerate(parts, 1):
        place = offer.place if len(parts) == 1 else f"{offer.place} part {number}"
        values = dict(offer.values)
        if len(parts) > 1 and values.get("id"):
            values["id"] = f"{values['id']}.{number}"
        yield Offer(place, values, shapely.remove_repeated_points(shapely.force_2d(part)))


def why_not_here(offer: Offer, near: Any = None) -> Note | None:  # noqa: ANN401 - a shapely geometry
    """Tell why a geometry cannot lie where it says: swapped, in another hemisphere, far away.

    Parameters
    ----------
    offer
        A line or point in WGS 84.
    near
        Box around the network in WGS 84; ``None`` where it has no nodes.
    """
    points = shapely.get_coordinates(offer.geometry)
    if not np.isfinite(points).all():
        return _refused(offer, "has a coordinate that is not a number", "export it again")
    lon, lat = (float(value) for value in points[0])
    if _in_zone(points):
        if near is not None and _apart_m(offer.geometry, near) > _FAR_M:
            away = _apart_m(offer.geometry, near) / 1000.0
            what = f"lies {away:,.0f} km from the network (lon {lon:.4f} lat {lat:.4f})"
            return _refused(offer, what, "name its true coordinate reference system with --crs")
        return None
    where = f"lon {lon:.4f} lat {lat:.4f}"
    if _in_zone(points[:, ::-1]):
        return _refused(
            offer, f"has latitude and longitude swapped ({where})", "write longitude first, then latitude"
        )
    for sign, name in (((1.0, -1.0), "southern"), ((-1.0, 1.0), "western"), ((-1.0, -1.0), "south-western")):
        if _in_zone(points * sign):
            return _refused(offer, f"lies in the {name} hemisphere ({where})", "correct the sign of its coordinates")
    what = f"lies outside UTM zone 42 north ({where})"
    return _refused(offer, what, "name its true coordinate reference system with --crs")


def why_not_line(offer: Offer, tolerance_m: float) -> Note | None:
    """Tell why a line in the right place is no route: no length, or it runs over itself."""
    if len(offer.geometry.coords) < 2 or geodesic_length_m(offer.geometry) <= _NO_LENGTH_M:
        return _refused(offer, "has no length", "draw its route")
    flat = geometry_to_utm42(offer.geometry)
    if flat.is_simple:
        return None
    twice_m = flat.length - shapely.union_all(flat).length
    if twice_m > max(tolerance_m, 1.0):
        return _refused(offer, f"runs over itself for {twice_m:,.0f} m", "cut it where it turns back")
    return None


def crosses_itself(offer: Offer) -> Note | None:
    """Tell where a route crosses itself: allowed, but seldom meant."""
    if offer.geometry.is_simple:
        return None
    vertices = {tuple(point) for point in offer.geometry.coords}
    noded = shapely.get_coordinates(shapely.union_all(offer.geometry))
    at = next((point for point in noded if tuple(point) not in vertices), noded[0])
    return Note(
        "self_crossing", offer.place, "crosses itself", "look whether it is meant", float(at[0]), float(at[1])
    )


def _refused(offer: Offer, what: str, remedy: str) -> Note:
    point = shapely.get_coordinates(offer.geometry)[:1]
    placed = len(point) == 1 and bool(np.isfinite(point).all())
    lon, lat = (float(value) for value in point[0]) if placed else (None, None)
    return Note("refused", offer.place, what, remedy, lon, lat)


def _in_zone(points: Any) -> bool:  # noqa: ANN401 - an array (n, 2)
    try:
        geometry_to_utm42(shapely.MultiPoint(points))
    except GeometryError:
        return False
    return True


def _apart_m(one: Any, other: Any) -> float:  # noqa: ANN401 - shapely geometries
    return float(shapely.distance(geometry_to_utm42(one), geometry_to_utm42(other)))
