"""What must hold of places: districts are one coverage, and everything stands where it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from pyproj import Geod

from gisops.inventory.finding import Finding
from gisops.inventory.raw import Raw, Row

__all__ = ["district_coverage", "far_from_its_own", "outside_districts", "overlapping_districts", "wrong_district"]

_GEOD = Geod(ellps="WGS84")
_LOCATED = ("stations", "centres", "sites", "boxes", "cameras", "nodes", "places")
_MUST_BE_INSIDE = frozenset({"stations", "centres", "sites", "boxes", "cameras"})
_GAP_DEG = 0.0005
"""Gaps between districts narrower than this (about 50 m) are mistakes, wider ones water."""
_BORDER_DEG = 0.01
"""About 1 km: nearer to its district than this, a record is a matter of how the border was drawn."""
_FAR_M = 500.0
"""Farther apart than any lead-in cable: one of the two coordinates is mistyped."""
_OWN = (
    ("boxes", "site_id", "sites"),
    ("boxes", "node_id", "nodes"),
    ("cameras", "box_id", "boxes"),
    ("cameras", "site_id", "sites"),
    ("stations", "node_id", "nodes"),
    ("centres", "node_id", "nodes"),
)


def district_coverage(raw: Raw) -> Iterator[Finding]:
    """Districts are one coverage: shared edges coincide, no slivers, no holes between them."""
    rows = raw.rows("districts")
    if len(rows) < 2:
        return
    shapes = [row.geometry for row in rows]
    for number, edges in enumerate(shapely.coverage_invalid_edges(shapes, gap_width=_GAP_DEG)):
        if edges is not None and not edges.is_empty:
            row, others = rows[number], shapely.union_all(shapes[:number] + shapes[number + 1 :])
            corners = shapely.get_coordinates(edges)
            x, y = corners[np.argmin(shapely.distance(shapely.points(corners), others))]
            what = f"{row.values['id']} overlaps or misses its neighbour near {x:.5f} {y:.5f}"
            yield Finding(row.place, what, "make the shared edge coincide", "district_coverage")
    whole = shapely.union_all(shapes)
    for part in shapely.get_parts(whole):
        for hole in part.interiors:
            x, y = hole.coords[0]
            what = f"no district covers a gap near {x:.5f} {y:.5f}"
            yield Finding(rows[0].place.split(" feature")[0], what, "close the gap", "district_coverage")


def overlapping_districts(raw: Raw) -> Iterator[Finding]:
    """No ground belongs to two districts."""
    rows = raw.rows("districts")
    shapes = [row.geometry for row in rows]
    for a, b in shapely.STRtree(shapes).query(shapes, predicate="intersects").T if rows else ():
        if a >= b:
            continue
        shared = shapely.intersection(shapes[a], shapes[b])
        if shared.area <= 0:
            continue
        km2 = abs(_GEOD.geometry_area_perimeter(shapely.MultiPolygon(_polygons(shared)))[0]) / 1e6
        what = f"{rows[b].values['id']} and {rows[a].values['id']} overlap by {km2:.3f} km2"
        yield Finding(rows[b].place, what, "give the ground to one of them", "overlapping_districts")


def outside_districts(raw: Raw) -> Iterator[Finding]:
    """Every located record lies in a district; swapped coordinates are recognised.

    Where nothing lies in a district but everything would with the districts
    turned, it is the districts' file that is swapped: one finding, not thousands.
    """
    tree = _tree(raw)
    if tree is None:
        return
    placed = [(table, row) for table in _LOCATED for row in raw.rows(table) if _xy(row) is not None]
    if not placed:
        return
    xy = np.array([_xy(row) for _, row in placed], dtype=float)
    inside, swapped = _district_of(tree, xy) >= 0, _district_of(tree, xy[:, ::-1]) >= 0
    if len(placed) > 1 and swapped.all() and not inside.any() and len({table for table, _ in placed}) > 1:
        place = raw.rows("districts")[0].place.split(" feature")[0]
        what = "everything lies outside the districts, but inside with their lon and lat swapped"
        yield Finding(place, what, "write longitude first, then latitude", "swapped_lat_lon")
        return
    for (table, row), is_in, would_be in zip(placed, inside, swapped, strict=True):
        if is_in or not (would_be or table in _MUST_BE_INSIDE):
            continue
        x, y = _xy(row) or (0.0, 0.0)
        where = f"{row.values.get('id')} at lon {x:g} lat {y:g}"
        if would_be:
            yield Finding(row.place, f"{where} has lon and lat swapped", "swap them", "swapped_lat_lon")
        else:
            yield Finding(row.place, f"{where} is outside every district", "correct its place", "outside_districts")


def wrong_district(raw: Raw) -> Iterator[Finding]:
    """A record lies in the district it names, or within about 1 km of it."""
    tree = _tree(raw)
    known = raw.by_id("districts")
    districts = raw.rows("districts")
    for table in ("stations", "centres", "sites"):
        rows = [row for row in raw.rows(table) if _xy(row) and row.values.get("district_id") in known]
        if tree is None or not rows:
            continue
        named = np.array([known[row.values["district_id"]].geometry for row in rows])
        xy = np.array([_xy(row) for row in rows], dtype=float)
        far = shapely.distance(named, shapely.points(xy)) > _BORDER_DEG
        for number in np.flatnonzero(far):
            row, actual = rows[number], int(_district_of(tree, xy[number : number + 1])[0])
            if actual < 0:
                continue  # outside all of them: another rule says so
            what = f"{row.values['id']} is said to be in {row.values['district_id']}"
            remedy = f"it lies in {districts[actual].values['id']}: correct the district or the place"
            yield Finding(row.place, what, remedy, "wrong_district")


def far_from_its_own(raw: Raw) -> Iterator[Finding]:
    """A box stands at its site and its fibre node, a camera at its box, each within 500 m."""
    for table, column, target in _OWN:
        known = raw.by_id(target)
        pairs = [
            (row, other, _xy(row), _xy(other))
            for row in raw.rows(table)
            if (other := known.get(row.values.get(column) or "")) is not None and _xy(row) and _xy(other)
        ]
        if not pairs:
            continue
        ends = np.array([(*(a or ()), *(b or ())) for _, _, a, b in pairs], dtype=float)
        usable = (np.abs(ends[:, [1, 3]]) <= 90).all(axis=1)
        _, _, apart_m = _GEOD.inv(*np.where(usable[:, None], ends, 0.0).T)
        for number in np.flatnonzero(np.asarray(apart_m) > _FAR_M):
            row, other = pairs[number][:2]
            what = f"{row.values['id']} is {apart_m[number]:,.0f} m from its {column[:-3]} {other.values['id']}"
            yield Finding(row.place, what, "correct the coordinates of one of them", "far_from_its_own")


def _tree(raw: Raw) -> shapely.STRtree | None:
    districts = [row.geometry for row in raw.rows("districts")]
    return shapely.STRtree(districts) if districts else None


def _district_of(tree: shapely.STRtree, xy: Any) -> Any:  # noqa: ANN401 - numpy arrays
    """Give the number of a district each point (n, 2) lies in or on; -1 for none."""
    found = np.full(len(xy), -1)
    points, districts = tree.query(shapely.points(xy), predicate="intersects")
    found[points] = districts
    return found


def _xy(row: Row) -> tuple[float, float] | None:
    if row.geometry is not None:
        return row.geometry.x, row.geometry.y
    lon, lat = row.values.get("lon"), row.values.get("lat")
    return (lon, lat) if lon is not None and lat is not None else None


def _polygons(shared: Any) -> list[Any]:  # noqa: ANN401 - shapely geometries
    return [part for part in shapely.get_parts(shared) if part.geom_type == "Polygon"]
