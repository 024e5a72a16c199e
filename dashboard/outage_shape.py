"""Which line goes around the members of an outage; the page widens it by as many pixels as a symbol needs."""

from __future__ import annotations

from functools import lru_cache

from shapely import MultiPoint, Polygon

__all__ = ["hull"]


@lru_cache(maxsize=2048)
def hull(places: tuple[tuple[float, float], ...]) -> list[list[float]] | None:
    """Give the convex hull of places (latitude, longitude), its corners in order, none twice; ``None`` of none.

    Examples
    --------
    >>> hull(((24.8, 67.0), (24.8, 67.0)))
    [[24.8, 67.0]]
    """
    if not places:
        return None
    outline = MultiPoint(places).convex_hull
    line = outline.exterior.coords[:-1] if isinstance(outline, Polygon) else outline.coords
    return [[round(lat, 6), round(lon, 6)] for lat, lon in line]
