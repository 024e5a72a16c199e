"""Looking along one line must say what the sweep of a whole field says, whatever stands in the way."""

from __future__ import annotations

from math import atan2, cos, hypot, pi, sin

import numpy as np
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from gisops.coverage.buildings import from_polygons
from gisops.coverage.line import sees_past
from gisops.coverage.optics import Optics
from gisops.coverage.pose import Pose
from gisops.coverage.sight import visible

# A hair's breadth beside a wall or its shadow's end the two may round to different sides.
_CLEAR_M = 0.05
houses = st.lists(
    st.tuples(
        st.floats(-60, 60), st.floats(-60, 60), st.floats(2, 15), st.floats(2, 15), st.floats(0, pi),
        st.sampled_from([1.0, 4.0, 7.4, 8.9, 20.0, float("nan")]),
    ),
    max_size=8,
)  # fmt: skip


def house(x: float, y: float, wide: float, deep: float, turned: float) -> shapely.Polygon:
    corners = np.array([(-wide, -deep), (wide, -deep), (wide, deep), (-wide, deep)]) / 2.0
    turn = np.array([[cos(turned), sin(turned)], [-sin(turned), cos(turned)]])
    return shapely.Polygon(corners @ turn + (500_000.0 + x, 2_750_000.0 + y))


@given(houses, st.floats(-70, 70), st.floats(-70, 70), st.floats(-pi, pi))
def test_a_line_agrees_with_the_sweep(
    made: list[tuple[float, float, float, float, float, float]], x: float, y: float, heading: float
) -> None:
    assume(hypot(x, y) > 1.0)
    shapes = [house(*each[:5]) for each in made]
    buildings = from_polygons(np.array(shapes, dtype=object), np.array([each[5] for each in made]))
    pose = Pose(0, 500_000.0, 2_750_000.0, heading, 9.0, Optics(90.0, 10.0, 7.5, 1920, 1080), "fixed")
    here, there = shapely.Point(pose.x, pose.y), shapely.Point(pose.x + x, pose.y + y)
    assume(all(s.boundary.distance(p) > _CLEAR_M for s in shapes for p in (here, there)))
    forward, left = (float(v[0]) for v in pose.to_local(np.array([there.x]), np.array([there.y])))
    around = np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]) + np.array([forward, left])

    def swept(by_m: float) -> bool:
        reach = hypot(forward, left)
        f, s = forward * (1.0 + by_m / reach), left * (1.0 + by_m / reach)
        seen = visible(pose, around, buildings, 1.5)
        answers = []
        for turn in (-1e-4, 0.0, 1e-4):
            angle = atan2(s, f) + turn
            away = hypot(f, s)
            answers.append(bool(seen.contains(np.array([away * cos(angle)]), np.array([away * sin(angle)]))[0]))
        assume(len(set(answers)) == 1)
        return answers[0]

    # Not within centimetres of the end of a shadow.
    assume(swept(-_CLEAR_M) == swept(_CLEAR_M))
    assert sees_past(pose, forward, left, buildings) == swept(0.0)
