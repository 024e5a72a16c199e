"""Routes fitted into a network worked out by hand: snapped, split, made, turned, or refused with the reason."""

from __future__ import annotations

import math
import warnings
from typing import Any

import pytest
from shapely import LineString, MultiLineString, Point

from gisops.fibre.routes.cut import cut_at, with_ends
from gisops.fibre.routes.fit import fit
from gisops.fibre.routes.offer import Fitted, Known, KnownSpan, Offer
from gisops.geo.measure import geodesic_length_m
from gisops.geo.project import geometry_to_utm42

# A degree of latitude is 110,777 m at 24.85 N, one of longitude 101,072 m (N cos(lat) pi/180 on WGS 84):
NORTH_5_M, EAST_5_M = 5 / 110_777, 5 / 101_072
# A -- B -- C -- D on the parallel, a kilometre apart (0.01 degrees are 1,010.7 m).
AT = {"A": (67.00, 24.85), "B": (67.01, 24.85), "C": (67.02, 24.85), "D": (67.03, 24.85)}
NETWORK = Known({k: Point(xy) for k, xy in AT.items()}, {"AB": KnownSpan("A", "B", LineString([AT["A"], AT["B"]]))})
EMPTY = Known({}, {})


def route(*points: tuple[float, float], **values: Any) -> Offer:
    return Offer("f", values, LineString(points))


def said(fitted: Fitted) -> list[tuple[str, str]]:
    return [(note.kind, str(note)) for note in fitted.notes]


def kinds(fitted: Fitted) -> list[str]:
    return [note.kind for note in fitted.notes]


def test_ends_within_the_tolerance_stand_on_their_nodes_then() -> None:
    off = NORTH_5_M * 0.8  # four metres
    found = fit([], [route((67.01, 24.85 + off), (67.015, 24.851), (67.02, 24.85 - off))], NETWORK, 5.0)
    (span,) = found.spans
    assert (span.values["start_id"], span.values["end_id"]) == ("B", "C")
    assert span.geometry.equals(LineString([AT["B"], (67.015, 24.851), AT["C"]]))
    assert said(found) == [
        ("snapped", "f: end moved 4.00 m onto node B"),
        ("snapped", "f: end moved 4.00 m onto node C"),
    ]


def test_beyond_the_tolerance_a_node_is_made() -> None:
    found = fit([], [route((67.01, 24.85 + NORTH_5_M * 1.2), (67.02, 24.86))], NETWORK, 5.0)
    assert [node.id for node in found.nodes] == ["NR-0001", "NR-0002"]
    assert kinds(found) == ["made", "made"]
    (span,) = found.spans
    assert (span.id, span.values["start_id"], span.values["end_id"]) == ("SR-0001", "NR-0001", "NR-0002")


def test_two_new_routes_that_end_at_one_place_share_its_node() -> None:
    found = fit(
        [], [route((67.0, 24.9), (67.1, 24.9)), route((67.1, 24.9 + NORTH_5_M / 2), (67.1, 25.0))], EMPTY, 5.0
    )
    assert [(s.values["start_id"], s.values["end_id"]) for s in found.spans] == [
        ("NR-0001", "NR-0002"),
        ("NR-0002", "NR-0003"),
    ]


def test_a_route_is_cut_at_every_node_it_passes_and_keeps_its_length() -> None:
    """From A past B (3 m beside it) and C to D; the node's own place is the cut."""
    given = route(AT["A"], (67.01, 24.85 + NORTH_5_M * 0.6), AT["D"], id="R", fibre_count=12, cable_length_m=3100.0)
    found = fit([], [given], Known(NETWORK.nodes, {}), 5.0)
    assert [(s.id, s.values["start_id"], s.values["end_id"]) for s in found.spans] == [
        ("R-1", "A", "B"),
        ("R-2", "B", "C"),
        ("R-3", "C", "D"),
    ]
    assert all(s.values["fibre_count"] == 12 and "cable_length_m" not in s.values for s in found.spans)
    assert sum(geodesic_length_m(s.geometry) for s in found.spans) == pytest.approx(3 * 1010.7, abs=0.5)
    for span in found.spans:
        for end, at in ((span.values["start_id"], 0), (span.values["end_id"], -1)):
            assert span.geometry.coords[at] == AT[end]
    assert said(found) == [("split", "f: cut into 3 at B, C")]


def test_a_new_node_cuts_the_route_that_passes_it() -> None:
    branch = route((67.015, 24.85), (67.015, 24.87), id="T")
    found = fit([], [route(AT["B"], AT["C"], id="R"), branch], NETWORK, 5.0)
    assert sorted(s.id for s in found.spans) == ["R-1", "R-2", "T"]


def test_an_existing_span_that_a_new_end_stands_on_is_reported() -> None:
    found = fit([], [route((67.005, 24.85), (67.005, 24.87), id="T")], NETWORK, 5.0)
    assert kinds(found) == ["made", "made", "touching"]
    assert "T ends on AB where no node joins them (lon 67.005000 lat 24.850000)" in str(found.notes[-1])


def test_crossings_without_a_node_are_reported_once_and_left() -> None:
    found = fit([], [route((67.005, 24.84), (67.005, 24.86), id="X")], NETWORK, 5.0)
    assert [n.kind for n in found.notes if n.kind != "made"] == ["crossing"]
    note = found.notes[-1]
    assert (note.lon, note.lat) == pytest.approx((67.005, 24.85), abs=1e-6)
    assert [s.id for s in found.spans] == ["X"]


def test_the_same_route_again_is_a_duplicate_in_either_direction() -> None:
    again = [route(AT["A"], AT["B"]), route(AT["B"], (67.005, 24.85 + NORTH_5_M * 0.4), AT["A"])]
    found = fit([], again, NETWORK, 5.0)
    assert found.spans == ()
    assert said(found) == [("duplicate", "f: is span AB from A to B"), ("duplicate", "f: is span AB from B to A")]


def test_another_way_between_the_same_nodes_is_none() -> None:
    found = fit([], [route(AT["A"], (67.005, 24.852), AT["B"])], NETWORK, 5.0)
    assert len(found.spans) == 1


def test_a_route_that_names_its_nodes_is_turned_round_if_need_be_and_not_cut() -> None:
    named = route(AT["D"], AT["B"], id="L", start_id="B", end_id="D")
    found = fit([], [named], NETWORK, 5.0)
    (span,) = found.spans
    assert list(span.geometry.coords) == [AT["B"], AT["D"]]
    assert said(found)[0] == ("turned", "f: was drawn from D to B")


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (route(AT["B"], AT["C"], start_id="B", end_id="D"), "f: ends 1,010.7 m from its node D: "),
        (route(AT["B"], AT["C"], start_id="B", end_id="Z"), "f: ends at node Z, which is not in the network: "),
        (route((67.0, 24.9), (67.0, 24.9)), "f: has no length: draw its route"),
        (route(AT["A"], (67.001, 24.85), AT["A"]), "f: runs over itself for 101 m: cut it where it turns back"),
        (
            route(AT["A"], (67.001, 24.85), (67.001, 24.851), AT["A"]),
            "f: starts and ends at node A: draw it to another node, or lower --tolerance",
        ),
        (route((24.85, 67.0), (24.86, 67.0)), "f: has latitude and longitude swapped (lon 24.8500 lat 67.0000): "),
        (route((67.0, -24.85), (67.1, -24.85)), "f: lies in the southern hemisphere (lon 67.0000 lat -24.8500): "),
        (route((-67.0, 24.85), (-67.1, 24.85)), "f: lies in the western hemisphere (lon -67.0000 lat 24.8500): "),
        (route((10.0, 50.0), (10.1, 50.0)), "f: lies outside UTM zone 42 north (lon 10.0000 lat 50.0000): "),
        (route((67.0, 34.85), (67.1, 34.85)), "f: lies 1,10"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_can_be_no_route_is_refused_with_its_reason(given: Offer, complaint: str) -> None:
    found = fit([], [given], NETWORK, 5.0)
    assert (found.nodes, found.spans) == ((), ())
    assert [n.kind for n in found.notes] == ["refused"]
    assert str(found.notes[0]).startswith(complaint)


def test_a_coordinate_that_is_no_number_is_refused() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # GEOS raises the floating point flag
        found = fit([], [route((math.nan, 24.85), (67.1, 24.85))], NETWORK, 5.0)
    assert said(found)[0][1].startswith("f: has a coordinate that is not a number: ")
    assert (found.nodes, found.spans, kinds(found)) == ((), (), ["refused"])


def test_a_route_that_crosses_itself_is_taken_and_said() -> None:
    found = fit([], [route((67.0, 24.9), (67.1, 25.0), (67.1, 24.9), (67.0, 25.0))], EMPTY, 5.0)
    assert len(found.spans) == 1
    (note,) = [n for n in found.notes if n.kind == "self_crossing"]
    assert (note.lon, note.lat) == pytest.approx((67.05, 24.95))


def test_parts_that_follow_each_other_are_one_route_and_others_their_own() -> None:
    one = Offer("f", {"id": "M"}, MultiLineString([[(67.0, 24.9), (67.1, 24.9)], [(67.1, 24.9), (67.2, 24.9)]]))
    two = Offer("g", {"id": "N"}, MultiLineString([[(67.0, 24.8), (67.1, 24.8)], [(67.3, 24.8), (67.4, 24.8)]]))
    found = fit([], [one, two], EMPTY, 5.0)
    assert [(s.id, s.place) for s in found.spans] == [("M", "f"), ("N.1", "g part 1"), ("N.2", "g part 2")]


def test_points_without_an_id_are_nodes_where_a_route_is() -> None:
    points = [Offer("p1", {"name": "Pole 7"}, Point(67.05, 24.9)), Offer("p2", {}, Point(67.05, 24.95))]
    found = fit(points, [route((67.0, 24.9), (67.1, 24.9))], EMPTY, 5.0)
    assert [(n.id, n.values["name"]) for n in found.nodes if n.place == "p1"] == [("NR-0001", "Pole 7")]
    assert [s.values["end_id"] for s in found.spans] == ["NR-0001", "NR-0004"]
    assert ("refused", "p2: is a point that no route comes within 5 m of: give it an id if it is a node") in said(
        found
    )


def test_a_point_at_a_known_node_is_that_node() -> None:
    found = fit([Offer("p", {}, Point(AT["A"]))], [], NETWORK, 5.0)
    assert (found.nodes, said(found)) == ((), [("duplicate", "p: is node A, 0.0 m away")])


def test_an_id_twice_is_refused() -> None:
    found = fit([], [route(AT["B"], AT["C"], id="R"), route(AT["C"], AT["D"], id="R")], NETWORK, 5.0)
    assert [s.id for s in found.spans] == ["R"]
    assert said(found) == [("refused", "f: span R stands already at f: keep one of them")]


def test_a_new_route_of_a_known_span_keeps_its_nodes() -> None:
    found = fit([], [route(AT["B"], (67.005, 24.851), AT["A"], id="AB")], NETWORK, 5.0)
    (span,) = found.spans
    assert (span.id, span.values["start_id"], span.values["end_id"]) == ("AB", "A", "B")


def test_nothing_made_for_a_refused_route_stays() -> None:
    found = fit([], [route((67.2, 24.9), (67.21, 24.9), (67.2, 24.9 + NORTH_5_M / 3))], NETWORK, 5.0)
    assert (found.nodes, found.spans, kinds(found)) == ((), (), ["refused"])


def test_a_line_is_cut_where_it_is_asked_to() -> None:
    line = LineString([(67.0, 24.85), (67.01, 24.85), (67.02, 24.85)])
    before, after = cut_at(line, [(500.0, (67.005, 24.8501))])
    assert list(before.coords) == [(67.0, 24.85), (67.005, 24.8501)]
    assert list(after.coords) == [(67.005, 24.8501), (67.01, 24.85), (67.02, 24.85)]


def test_a_vertex_at_the_cut_gives_way_to_the_node() -> None:
    line = LineString([(67.0, 24.85), (67.01, 24.85), (67.02, 24.85)])
    to_vertex_m = geometry_to_utm42(LineString(line.coords[:2])).length
    before, after = cut_at(line, [(to_vertex_m, (67.01, 24.8501))])
    assert list(before.coords) == [(67.0, 24.85), (67.01, 24.8501)]
    assert list(after.coords) == [(67.01, 24.8501), (67.02, 24.85)]


def test_only_the_ends_move_onto_nodes() -> None:
    moved = with_ends(LineString([(67.0, 24.85), (67.01, 24.85), (67.02, 24.85)]), (67.0, 24.0), (67.02, 24.0))
    assert list(moved.coords) == [(67.0, 24.0), (67.01, 24.85), (67.02, 24.0)]
