"""Going there and back on any line and any point of the zone ends where it began."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gisops.geo.along import nearest_on_line, point_along
from gisops.geo.measure import distance_m, geodesic_length_m
from gisops.geo.project import from_utm42, to_utm42

LON = st.floats(63.0, 75.0)
LAT = st.floats(0.01, 84.0)
# Steps north-east of 20 m to 1 km: the line never comes near itself again.
STEPS = st.lists(st.tuples(st.floats(0.0002, 0.01), st.floats(0.0002, 0.01)), min_size=1, max_size=12)


@given(LON, LAT)
def test_projection_is_undone(lon: float, lat: float) -> None:
    back_lon, back_lat = from_utm42(*to_utm42(lon, lat))
    # 1e-8 degree is a millimetre; near the pole a millimetre of longitude is more degrees.
    assert distance_m(lon, lat, float(back_lon), float(back_lat)) < 0.001


@given(STEPS, st.floats(0.0, 1.0))
def test_a_position_on_a_line_is_found_again(steps: list[tuple[float, float]], share: float) -> None:
    corners = np.cumsum([(66.9, 24.8), *steps], axis=0)
    line = shapely.LineString(corners)
    chainage = share * geodesic_length_m(line)
    there = point_along(line, chainage)
    near = nearest_on_line(line, there.lon, there.lat)
    # A chord of 1.4 km in UTM leaves the geodesic by a few millimetres.
    assert near.distance_m < 0.05
    assert near.chainage_m == pytest.approx(chainage, abs=0.05)
