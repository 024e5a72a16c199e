"""Weak places and what would mend them, worked out by hand on the small city."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shapely import LineString, Point

from gisops.fibre.propose import Pricing
from gisops.fibre.resilience import resilience
from gisops.model.inventory import Inventory, Road, Station
from tests.cities import small_city

# 0.01 degrees of longitude and of latitude at 24.85 north, metres (WGS 84: see test_fibre_trace; M(lat) pi/18000).
EAST_M, NORTH_M = 1010.7, 1107.7


def bent() -> Inventory:
    """Give the small city with N5 north of N1: the spur comes back to within 1,108 m of the ring."""
    city = small_city()
    north = Point(67.01, 24.86)
    return replace(
        city,
        nodes={**city.nodes, "N5": replace(city.nodes["N5"], geometry=north)},
        spans={**city.spans, "S6": replace(city.spans["S6"], geometry=LineString([(67.04, 24.85), (67.01, 24.86)]))},
        stations={**city.stations, "P2": Station("P2", "Station 2", "d", 67.01, 24.86, "N5")},
    )


def test_what_hangs_on_one_span_or_node() -> None:
    report = resilience(bent())
    # A span: boxes, cameras and stations behind it; two cameras a box.
    assert [(w.span_id, w.boxes, w.cameras, w.stations) for w in report.bridges] == [
        ("S4", 3, 6, 1),
        ("S5", 2, 4, 1),
        ("S6", 1, 2, 1),
    ]
    assert [(w.node_id, w.boxes) for w in report.nodes] == [("N2", 3), ("N3", 2), ("N4", 1)]
    assert report.one_span_ids == ("N3", "N4", "N5")
    assert report.one_node_ids == ("N3", "N4", "N5")
    assert report.parted_ids == ()


def test_the_least_cut_of_a_station() -> None:
    cuts = {cut.station_id: cut.span_ids for cut in resilience(bent()).stations}
    assert cuts == {"P1": (), "P2": ("S6",)}  # P1 stands at the centre; of S4, S5 and S6 the nearest to P2


def test_the_cheapest_span_that_removes_the_worst_comes_first() -> None:
    best = resilience(bent()).proposals[0]
    assert (best.from_id, best.to_id) == ("N5", "N1")
    assert best.removes_worst
    assert best.relieves == ("S4", "S5", "S6")
    assert best.devices == 9  # behind S4: three boxes, six cameras
    # No road is drawn: straight, with a detour of 1.3.
    assert not best.along_roads
    assert best.route_m == pytest.approx(1.3 * NORTH_M, rel=0.002)
    assert best.cost == pytest.approx(best.route_m, rel=0.002)
    # Devices behind times km: 9 on S4, 6 on S5 (a step each), 3 on S6 (three steps east, one north).
    last_m = (9 * EAST_M**2 + NORTH_M**2) ** 0.5
    assert best.exposure_device_km == pytest.approx((15 * EAST_M + 3 * last_m) / 1000, rel=0.01)


def test_a_road_is_followed_and_priced() -> None:
    # A road from N5 west, then down to N0: one step west, one step south.
    line = LineString([(67.01, 24.86), (67.00, 24.86), (67.00, 24.85)])
    city = replace(bent(), roads={"R": Road("R", "Road", "arterial", line)})
    best = resilience(city, Pricing(per_m=10.0)).proposals[0]
    assert best.along_roads
    assert (best.from_id, best.to_id) == ("N5", "N0")
    assert best.route_m == pytest.approx(EAST_M + NORTH_M, rel=0.005)
    assert best.cost == pytest.approx(10 * best.route_m, rel=0.01)
