"""What walls leave to be seen, worked out by hand."""

from __future__ import annotations

from math import atan, pi, radians, tan

import numpy as np
import pytest
import shapely

from gisops.coverage.buildings import from_polygons
from gisops.coverage.seen import Seen
from gisops.coverage.sweep import shadow_factors, sweep

ALL_ROUND = (-pi, pi)


def look(
    *scene: tuple[object, float], window: tuple[float, float] = ALL_ROUND, reach: float = 50.0, viewer: float = 9.0
) -> Seen:
    laid = from_polygons(
        np.array([shape for shape, _ in scene], dtype=object), np.array([height for _, height in scene], dtype=float)
    )
    walls = laid.walls(np.arange(len(laid)))
    return sweep(walls.edges, walls.owner, shadow_factors(walls.height_m, viewer, 1.5), window, reach)


def sees(seen: Seen, x: float, y: float) -> bool:
    return bool(seen.contains(np.array([x]), np.array([y]))[0])


def test_an_open_field_is_seen_to_the_reach() -> None:
    assert look().area_m2 == pytest.approx(pi * 50**2, rel=1e-4)
    assert look(window=(0.0, pi / 2)).area_m2 == pytest.approx(pi * 50**2 / 4, rel=1e-4)


@pytest.mark.parametrize(("window", "reach"), [(ALL_ROUND, 0.0), ((0.0, 0.0), 50.0), ((1.0, 0.5), 50.0)])
def test_no_range_and_no_angle_see_nothing(window: tuple[float, float], reach: float) -> None:
    seen = look((shapely.box(10, -5, 20, 5), 20.0), window=window, reach=reach)
    assert seen.area_m2 == 0.0
    assert not sees(seen, 1.0, 0.0)


def test_a_high_wall_hides_the_wedge_behind_it() -> None:
    # The near face stands at 10 m from -10 to 10: it takes 90 degrees, before it lies a triangle of 100 m2.
    seen = look((shapely.box(10, -10, 20, 10), 30.0))
    assert seen.area_m2 == pytest.approx(pi * 50**2 * 0.75 + 100.0, rel=1e-4)
    assert sees(seen, 9.9, 0.0)
    assert not sees(seen, 10.1, 0.0)
    assert not sees(seen, 40.0, 0.0)


def test_a_low_building_hides_to_the_end_of_its_shadow() -> None:
    # 6 m high, its far edge at 16 m: seen from 9 m the ray is down at 1.5 m at 16 x (9 - 1.5) / (9 - 6) = 40 m.
    seen = look((shapely.box(10, -20, 16, 20), 6.0), window=(-0.1, 0.1))
    assert [sees(seen, x, 0.0) for x in (9.9, 10.1, 16.1, 39.9, 40.1)] == [True, False, False, False, True]
    assert seen.area_m2 == pytest.approx(tan(0.1) * (10**2 - 40**2) + 0.1 * 50**2, rel=1e-3)


def test_a_kerb_hides_only_its_own_ground() -> None:
    seen = look((shapely.box(10, -20, 16, 20), 1.0), window=(-0.1, 0.1))
    assert [sees(seen, x, 0.0) for x in (9.9, 13.0, 16.1)] == [True, False, True]


def test_a_building_of_unknown_height_hides_everything() -> None:
    assert not sees(look((shapely.box(10, -5, 12, 5), float("nan"))), 45.0, 0.0)


def test_a_courtyard_is_hidden_behind_walls_and_seen_from_inside() -> None:
    ring = shapely.box(-20, -20, 20, 20) - shapely.box(-10, -10, 10, 10)
    inside = look((ring, 30.0))
    assert inside.area_m2 == pytest.approx(400.0)
    beside = look((shapely.transform(ring, lambda p: p + (30.0, 0.0)), 30.0))  # noqa: RUF005 - arrays
    assert not sees(beside, 30.0, 0.0)
    # 6 m at the near side's far edge, 20 m away: the shadow ends at 50 m. At 2 m it ends at 21.4 m: the court shows.
    low = look((shapely.transform(ring, lambda p: p + (30.0, 0.0)), 2.0))  # noqa: RUF005 - arrays
    assert [sees(low, x, 0.0) for x in (15.0, 21.0, 22.0, 39.9, 45.0)] == [False, False, True, True, False]


def test_a_camera_inside_a_building_stands_on_it() -> None:
    # The record's position falls into a footprint: the camera is on its roof or face; only the footprint is hidden.
    seen = look((shapely.box(-5, -5, 5, 5), 30.0))
    assert seen.area_m2 == pytest.approx(pi * 50**2 - 100.0, rel=1e-4)
    assert [sees(seen, x, 0.0) for x in (1.0, 4.9, 5.1)] == [False, False, True]


@pytest.mark.parametrize("offset", [0.0, 1e-7, -1e-7, 0.02, -0.02])
def test_a_camera_on_a_wall_sees_before_it_and_not_through_it(offset: float) -> None:
    seen = look((shapely.box(-30, offset, 30, offset + 20), 30.0))
    # In front lies half the plane; a hair's breadth before the wall lets a sliver along it be seen.
    assert sees(seen, 0.0, -20.0)
    assert [sees(seen, 0.0, y) for y in (5.0, 25.0)] == [False, False]


def test_a_camera_on_a_corner_keeps_three_quarters() -> None:
    seen = look((shapely.box(0, 0, 80, 80), 30.0))
    assert seen.area_m2 == pytest.approx(pi * 50**2 * 0.75, rel=1e-3)


def test_touching_polygons_hide_as_one() -> None:
    one = look((shapely.box(10, -10, 20, 10), 30.0))
    two = look((shapely.box(10, -10, 20, 0), 30.0), (shapely.box(10, 0, 20, 10), 30.0))
    assert two.area_m2 == pytest.approx(one.area_m2, rel=1e-9)
    assert not sees(two, 30.0, 0.0)


def test_the_same_building_twice_hides_once() -> None:
    house = (shapely.box(10, -10, 16, 10), 6.0)
    assert look(house, house).area_m2 == pytest.approx(look(house).area_m2)


def test_a_ring_that_crosses_itself_hides_by_even_and_odd() -> None:
    bow = shapely.Polygon([(10, -5), (20, 5), (20, -5), (10, 5)])
    assert not bow.is_valid
    seen = look((bow, 30.0))
    assert not sees(seen, 30.0, 0.0)
    assert not sees(seen, 30.0, 5.0)
    assert sees(seen, 9.0, 0.0)
    # From its waist at (15, 0) the two triangles open left and right: before and behind is free.
    waist = look((shapely.transform(bow, lambda p: p - (15.0, 0.0)), 30.0))
    assert sees(waist, 0.0, 10.0)


def test_a_wall_across_the_seam_of_the_turn_hides() -> None:
    seen = look((shapely.box(-20, -10, -10, 10), 30.0))
    assert seen.area_m2 == pytest.approx(pi * 50**2 * 0.75 + 100.0, rel=1e-4)


def test_a_window_narrower_than_a_wall_is_filled_by_it() -> None:
    half = radians(10.0)
    seen = look((shapely.box(10, -30, 20, 30), 30.0), window=(-half, half))
    assert seen.area_m2 == pytest.approx(100.0 * tan(half))
    assert atan(3.0) > half


def test_empty_polygons_are_left_out() -> None:
    assert len(from_polygons(np.array([shapely.Polygon()], dtype=object), np.array([3.0]))) == 0
