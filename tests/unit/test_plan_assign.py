"""Boxes at poles: few, within reach, within ports; the bound holds against every way there is."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gisops.errors import PlanningError
from gisops.planning.assign import assign_boxes


def test_cameras_beyond_the_ports_of_one_box_get_a_second() -> None:
    found = assign_boxes(np.array([[0.0, 0.0], [40.0, 0.0]]), [0, 0, 0, 1], capacity=3, cable_m=50.0)
    assert np.bincount(found.box_of).max() <= 3
    assert found.least_boxes == 2
    assert len(found.box_pole) == 2


def test_cables_count_the_mast() -> None:
    found = assign_boxes(np.array([[0.0, 0.0], [30.0, 40.0]]), [0, 1], capacity=4, cable_m=60.0, mast_m=6.0)
    # 30-40-50: one is at the box's own pole, the other 50 m away; each has 6 m of mast.
    assert sorted(found.cable_m.tolist()) == [6.0, 56.0]
    assert len(assign_boxes(np.array([[0.0, 0.0], [30.0, 40.0]]), [0, 1], 4, 55.0, 6.0).box_pole) == 2


def test_no_camera_needs_no_box() -> None:
    found = assign_boxes(np.zeros((0, 2)), [], 8, 90.0)
    assert (len(found.box_pole), found.least_boxes) == (0, 0)


def test_a_cable_shorter_than_the_mast_is_refused() -> None:
    with pytest.raises(PlanningError, match="give a box a camera"):
        assign_boxes(np.zeros((1, 2)), [0], 8, 5.0, 6.0)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=6, unique=True),
    st.integers(1, 4),
    st.lists(st.integers(0, 5), min_size=1, max_size=8),
)
def test_every_camera_hangs_within_limits_and_never_below_the_bound(
    places: list[tuple[int, int]], capacity: int, cameras: list[int]
) -> None:
    xy = np.array(places, dtype=float)
    pole = [camera % len(xy) for camera in cameras]
    found = assign_boxes(xy, pole, capacity, 8.0)
    assert np.bincount(found.box_of).max() <= capacity
    assert found.cable_m.max() <= 8.0 + 1e-9
    if capacity >= len(pole):  # then poles alone say how few boxes do: by trying all
        near = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) <= 8.0
        used = sorted(set(pole))
        least = next(
            size
            for size in range(1, len(used) + 1)
            if any(near[np.ix_(used, list(some))].any(axis=1).all() for some in combinations(used, size))
        )
        assert found.least_boxes <= least <= len(found.box_pole)
