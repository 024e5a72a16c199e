"""The sweep sees what dense rays see, on scenes nobody chose."""

from __future__ import annotations

from math import pi

import numpy as np
import shapely
import shapely.affinity
from hypothesis import given, settings
from hypothesis import strategies as st

from gisops.coverage.buildings import from_polygons
from gisops.coverage.seen import Seen
from gisops.coverage.sweep import shadow_factors, sweep
from tests.rays import lit_area_m2, lit_pieces

REACH_M, VIEWER_M, TARGET_M = 60.0, 8.0, 1.5

houses = st.tuples(
    st.floats(-50, 50), st.floats(-50, 50), st.floats(2, 20), st.floats(2, 20), st.floats(0, 90),
    st.sampled_from([1.0, 3.0, 6.0, 7.5, 8.0, 20.0, None]),
)  # fmt: skip


def house(x: float, y: float, wide: float, deep: float, turned: float) -> shapely.Polygon:
    return shapely.affinity.rotate(shapely.box(x - wide / 2, y - deep / 2, x + wide / 2, y + deep / 2), turned)


def looked(polygons: list[shapely.Polygon], heights: list[float | None], window: tuple[float, float]) -> Seen:
    laid = from_polygons(
        np.array(polygons, dtype=object), np.array([np.nan if h is None else h for h in heights], dtype=float)
    )
    walls = laid.walls(np.arange(len(laid)))
    factor = shadow_factors(walls.height_m, VIEWER_M, TARGET_M)
    return sweep(walls.edges, walls.owner, factor, window, REACH_M)


@settings(max_examples=40, deadline=None)
@given(st.lists(houses, max_size=12), st.floats(-3, 3), st.floats(0.2, 2 * pi))
def test_the_sweep_agrees_with_dense_rays(
    drawn: list[tuple[float, float, float, float, float, float | None]], begin: float, span: float
) -> None:
    scene = [(house(*one[:5]), one[5]) for one in drawn]
    # On its own roof a camera has rules of its own: see the unit tests.
    scene = [(shape, height) for shape, height in scene if shape.distance(shapely.Point(0, 0)) > 1.0]
    polygons, heights = [shape for shape, _ in scene], [height for _, height in scene]
    seen = looked(polygons, heights, (begin, begin + span))
    wanted = lit_area_m2(polygons, heights, VIEWER_M, TARGET_M, (begin, begin + span), REACH_M, 360)
    whole = REACH_M**2 * span / 2
    # 360 rays themselves are off by the width of a ray at each corner: about a hundredth of the field.
    assert abs(seen.area_m2 - wanted) < 0.012 * whole


@settings(max_examples=40, deadline=None)
@given(st.lists(houses, max_size=12), st.lists(st.tuples(st.floats(-3.1, 3.1), st.floats(1, 59)), max_size=20))
def test_a_point_is_seen_where_its_ray_is_lit(
    drawn: list[tuple[float, float, float, float, float, float | None]], points: list[tuple[float, float]]
) -> None:
    scene = [(house(*one[:5]), one[5]) for one in drawn]
    scene = [(shape, height) for shape, height in scene if shape.distance(shapely.Point(0, 0)) > 1.0]
    polygons, heights = [shape for shape, _ in scene], [height for _, height in scene]
    seen = looked(polygons, heights, (-pi, pi))
    for angle, distance in points:
        # A ray within a hair of a corner may fall on either side of it: then both sides must say the same.
        answers = {
            any(a + 0.05 < distance < b - 0.05 for a, b in pieces)
            if any(a + 0.05 < distance < b - 0.05 for a, b in pieces)
            or not any(a - 0.05 < distance < b + 0.05 for a, b in pieces)
            else None
            for pieces in (
                lit_pieces(polygons, heights, VIEWER_M, TARGET_M, angle + d, REACH_M) for d in (-0.018, 0.0, 0.018)
            )
        }
        if len(answers) == 1 and None not in answers:
            at = np.array([distance * np.cos(angle)]), np.array([distance * np.sin(angle)])
            assert bool(seen.contains(*at)[0]) is answers.pop()


@settings(max_examples=40, deadline=None)
@given(st.lists(houses, max_size=12))
def test_area_and_points_tell_the_same(
    drawn: list[tuple[float, float, float, float, float, float | None]],
) -> None:
    scene = [(house(*one[:5]), one[5]) for one in drawn]
    seen = looked([shape for shape, _ in scene], [height for _, height in scene], (-pi, pi))
    side = np.arange(-REACH_M + 0.25, REACH_M, 0.5)
    x, y = (v.ravel() for v in np.meshgrid(side, side))
    assert abs(seen.contains(x, y).sum() * 0.25 - seen.area_m2) < 0.005 * pi * REACH_M**2
