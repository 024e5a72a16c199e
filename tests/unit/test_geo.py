"""Lengths, areas, projections and positions on lines, against formulae worked out here.

The independent method is classical: the radii of curvature of the ellipsoid
(M along the meridian, N across it) integrated or multiplied by hand.
"""

from __future__ import annotations

import doctest
import math
from types import ModuleType

import numpy as np
import pytest
import shapely

from gisops.errors import GeometryError
from gisops.geo import along, measure, project

A_M = 6_378_137.0
FLATTENING = 1 / 298.257223563
E2 = FLATTENING * (2 - FLATTENING)


def meridian_radius(lat_deg: float) -> float:
    return A_M * (1 - E2) / math.pow(1 - E2 * math.sin(math.radians(lat_deg)) ** 2, 1.5)


def normal_radius(lat_deg: float) -> float:
    return A_M / math.sqrt(1 - E2 * math.sin(math.radians(lat_deg)) ** 2)


def meridian_arc(to_lat_deg: float) -> float:
    """Simpson's rule over M from the equator."""
    steps = 2_000
    lats = np.linspace(0.0, to_lat_deg, steps + 1)
    values = np.array([meridian_radius(float(lat)) for lat in lats])
    weights = np.ones(steps + 1)
    weights[1:-1:2], weights[2:-1:2] = 4.0, 2.0
    return float(math.radians(to_lat_deg) / steps / 3 * (weights * values).sum())


@pytest.mark.parametrize("module", [measure, project, along])
def test_examples_in_the_documentation_hold(module: ModuleType) -> None:
    outcome = doctest.testmod(module)
    assert outcome.attempted > 0
    assert outcome.failed == 0


# measure


def test_a_line_along_a_meridian_has_the_length_of_its_arc() -> None:
    line = shapely.LineString([(67.0, 0.0), (67.0, 12.0), (67.0, 24.86)])
    assert measure.geodesic_length_m(line) == pytest.approx(meridian_arc(24.86), abs=0.001)


def test_parts_of_a_line_add_up() -> None:
    # 0.01 degree of the equator: 6,378,137 m x pi / 18,000 = 1,113.1949 m.
    parts = shapely.MultiLineString([[(67.0, 0.0), (67.01, 0.0)], [(68.0, 0.0), (68.02, 0.0)]])
    assert measure.geodesic_length_m(parts) == pytest.approx(3 * 1113.19491, abs=0.0001)


def test_distance_across_the_meridian_follows_the_normal_radius() -> None:
    arc = normal_radius(24.85) * math.cos(math.radians(24.85)) * math.radians(0.001)
    assert measure.distance_m(67.0, 24.85, 67.001, 24.85) == pytest.approx(arc, abs=0.0001)


def test_distances_broadcast_and_keep_their_shape() -> None:
    found = measure.distances_m(np.array([[67.0], [67.01]]), 0.0, np.array([67.0, 67.01]), 0.0)
    assert found.shape == (2, 2)
    assert found == pytest.approx(np.array([[0.0, 1113.19491], [1113.19491, 0.0]]), abs=0.0001)


def test_no_points_have_no_distances() -> None:
    assert measure.distances_m([], [], [], []).shape == (0,)


def small_block_m2(width_deg: float) -> float:
    radii = meridian_radius(24.85) * normal_radius(24.85) * math.cos(math.radians(24.85))
    return radii * math.radians(width_deg) ** 2


def block(width_deg: float) -> shapely.Polygon:
    half = width_deg / 2
    return shapely.box(67.03 - half, 24.85 - half, 67.03 + half, 24.85 + half)


def test_a_small_block_has_the_area_of_its_sides() -> None:
    assert measure.geodesic_area_m2(block(0.001)) == pytest.approx(small_block_m2(0.001), rel=1e-6)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_hole_is_taken_off_whichever_way_it_runs(backwards: bool) -> None:
    hole = list(block(0.001).exterior.coords)
    pierced = shapely.Polygon(block(0.002).exterior.coords, [hole[::-1] if backwards else hole])
    expected = small_block_m2(0.002) - small_block_m2(0.001)
    assert measure.geodesic_area_m2(pierced) == pytest.approx(expected, rel=1e-6)


def test_areas_of_parts_that_run_opposite_ways_add_up() -> None:
    one, two = block(0.001), shapely.box(67.1, 24.8495, 67.101, 24.8505)
    both = shapely.MultiPolygon([one, two.reverse()])
    assert measure.geodesic_area_m2(both) == pytest.approx(2 * small_block_m2(0.001), rel=1e-6)


@pytest.mark.parametrize(
    ("lon", "lat", "remedy"),
    [
        (67.0, math.nan, "leave out what has no position"),
        (math.inf, 24.8, "leave out what has no position"),
        (24.8, 167.0, "longitude comes first"),
        (297_000.0, 2_746_000.0, "give degrees, not metres"),
    ],
)
def test_what_is_no_degree_is_refused_with_the_remedy(lon: float, lat: float, remedy: str) -> None:
    with pytest.raises(GeometryError) as caught:
        measure.distance_m(67.0, 24.8, lon, lat)
    assert caught.value.remedy == remedy


def test_the_wrong_kind_of_geometry_is_refused() -> None:
    with pytest.raises(GeometryError, match="Polygon: not a line: give a LineString"):
        measure.geodesic_length_m(block(0.001))  # type: ignore[arg-type]
    with pytest.raises(GeometryError, match="Point: not a polygon: give a Polygon"):
        measure.geodesic_area_m2(shapely.Point(67.0, 24.8))  # type: ignore[arg-type]


# project


def test_northing_on_the_central_meridian_is_the_scaled_arc() -> None:
    easting, northing = project.to_utm42(69.0, 24.86)
    assert float(easting) == pytest.approx(500_000.0, abs=0.001)
    assert float(northing) == pytest.approx(0.9996 * meridian_arc(24.86), abs=0.001)


def test_east_and_west_of_the_central_meridian_mirror_each_other() -> None:
    easting, northing = project.to_utm42([67.03, 70.97], [24.81, 24.81])
    assert float(easting.sum()) == pytest.approx(1_000_000.0, abs=0.001)
    assert float(northing[0]) == pytest.approx(float(northing[1]), abs=0.001)


def test_scale_at_karachi_is_that_of_the_transverse_mercator() -> None:
    # k = k0 (1 + x^2 / 2 k0^2 M N), x from the central meridian (Snyder, USGS PP 1395, equation 8-12).
    (east0, east1), (north0, north1) = project.to_utm42([67.03, 67.03], [24.86, 24.861])
    grid = math.hypot(east1 - east0, north1 - north0)
    radii = meridian_radius(24.8605) * normal_radius(24.8605)
    scale = 0.9996 * (1 + (east0 - 500_000.0) ** 2 / (2 * 0.9996**2 * radii))
    true = meridian_radius(24.8605) * math.radians(0.001)
    assert grid / true == pytest.approx(scale, abs=2e-7)


def test_a_geometry_goes_there_and_back() -> None:
    around = shapely.Polygon(block(0.01).exterior.coords, [block(0.001).exterior.coords])
    back = project.geometry_from_utm42(project.geometry_to_utm42(around))
    assert shapely.equals_exact(back, around, tolerance=1e-10)


def test_an_empty_geometry_stays_empty() -> None:
    assert project.geometry_to_utm42(shapely.LineString()).is_empty


@pytest.mark.parametrize(
    ("lon", "lat", "remedy"),
    [
        (24.81, 67.03, "longitude comes first"),
        (0.0, 0.0, "give a point between 63 and 75 E, 0 and 84 N"),
        (67.03, -24.81, "give a point between 63 and 75 E, 0 and 84 N"),
        (297_000.0, 2_746_000.0, "give degrees, not metres"),
        (math.nan, 24.81, "leave out what has no position"),
    ],
)
def test_projecting_nonsense_is_refused(lon: float, lat: float, remedy: str) -> None:
    with pytest.raises(GeometryError) as caught:
        project.to_utm42([67.0, lon], [24.8, lat])
    assert caught.value.remedy == remedy


@pytest.mark.parametrize(
    ("east", "north", "remedy"),
    [
        (67.03, 24.81, "these are degrees already"),
        (2_746_000.0, 297_000.0, "give easting, northing in EPSG:32642 metres"),
        (300_000.0, math.nan, "give easting, northing in EPSG:32642 metres"),
    ],
)
def test_projecting_back_nonsense_is_refused(east: float, north: float, remedy: str) -> None:
    with pytest.raises(GeometryError) as caught:
        project.from_utm42(east, north)
    assert caught.value.remedy == remedy


def test_one_y_to_every_x() -> None:
    with pytest.raises(GeometryError, match="give one y to every x"):
        project.to_utm42([67.0, 67.1], [24.8])


# along

# East 1,113.1949 m on the equator, then north 0.01 degree of the meridian.
CORNER = shapely.LineString([(67.0, 0.0), (67.01, 0.0), (67.01, 0.01)])
EAST_M = 1113.19491


def test_start_corner_and_end_of_a_line() -> None:
    total = EAST_M + meridian_arc(0.01)
    assert along.point_along(CORNER, 0.0) == pytest.approx((67.0, 0.0, 90.0))
    corner = along.point_along(CORNER, EAST_M + 1e-6)
    assert corner == pytest.approx((67.01, 0.0, 0.0), abs=1e-7)
    assert along.point_along(CORNER, total) == pytest.approx((67.01, 0.01, 0.0), abs=1e-8)


def test_half_way_up_the_meridian() -> None:
    # M varies by 1e-10 over this arc: half the length is half the angle.
    there = along.point_along(CORNER, EAST_M + meridian_arc(0.01) / 2)
    assert there == pytest.approx((67.01, 0.005, 0.0), abs=1e-8)


def test_a_repeated_vertex_does_not_turn_the_line() -> None:
    twice = shapely.LineString([(67.0, 0.0), (67.01, 0.0), (67.01, 0.0)])
    assert along.point_along(twice, measure.geodesic_length_m(twice)).bearing_deg == pytest.approx(90.0)
    assert along.nearest_on_line(twice, 67.02, 0.0).chainage_m == pytest.approx(EAST_M, abs=0.001)


@pytest.mark.parametrize("chainage", [-1.0, 2_300.0, math.nan])
def test_off_the_line_is_refused(chainage: float) -> None:
    with pytest.raises(GeometryError, match="not on a line of 2218"):
        along.point_along(CORNER, chainage)


def test_a_line_without_length_is_refused() -> None:
    with pytest.raises(GeometryError, match="no length"):
        along.point_along(shapely.LineString([(67.0, 24.8), (67.0, 24.8)]), 0.0)
    with pytest.raises(GeometryError, match="empty"):
        along.nearest_on_line(shapely.LineString(), 67.0, 24.8)


def test_nearest_point_is_at_a_right_angle() -> None:
    road = shapely.LineString([(67.03, 24.84), (67.03, 24.86)])
    near = along.nearest_on_line(road, 67.031, 24.85)
    aside = normal_radius(24.85) * math.cos(math.radians(24.85)) * math.radians(0.001)
    # The meridian bows 3 mm out of its 2.2 km chord in UTM: convergence turns by 0.0344 cos(24.85) / R
    # a metre, and the sagitta is that times 2,215^2 / 8.
    assert near.distance_m == pytest.approx(aside, abs=0.004)
    assert near.chainage_m == pytest.approx(meridian_radius(24.845) * math.radians(0.01), abs=0.02)
    assert (near.lon, near.lat) == pytest.approx((67.03, 24.85), abs=1e-6)


def test_nearest_beyond_an_end_is_the_vertex_as_it_is_written() -> None:
    near = along.nearest_on_line(CORNER, 66.9, 0.0)
    assert (near.lon, near.lat, near.chainage_m) == (67.0, 0.0, 0.0)


@pytest.mark.parametrize(("to", "bearing"), [((67.0, 24.9), 0.0), ((67.0, 24.7), 180.0), ((66.9, 24.80), 270.0)])
def test_bearings_run_clockwise_from_north(to: tuple[float, float], bearing: float) -> None:
    assert along.bearing_deg(67.0, 24.8, *to) == pytest.approx(bearing, abs=0.03)


def test_no_bearing_to_itself() -> None:
    with pytest.raises(GeometryError, match="no direction to itself"):
        along.bearing_deg(67.0, 24.8, 67.0, 24.8)
