"""Whatever routes come in: spans stand on nodes, nothing goes missing unsaid, and the same again changes nothing."""

from __future__ import annotations

import warnings

from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString

from gisops.fibre.routes.fit import fit
from gisops.fibre.routes.offer import Fitted, Known, KnownSpan, Offer
from gisops.geo.measure import distance_m, geodesic_length_m

TOLERANCE_M = 5.0
# Corners on a grid of about 100 m, each moved up to a metre or so: some coincide, some are within the tolerance.
corner = st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(-10, 10), st.integers(-10, 10)).map(
    lambda c: (round(67.0 + c[0] / 1000 + c[2] / 1e6, 7), round(24.85 + c[1] / 1000 + c[3] / 1e6, 7))
)
routes = st.lists(st.lists(corner, min_size=2, max_size=5), min_size=1, max_size=6).map(
    lambda lines: [Offer(f"f{k}", {}, LineString(line)) for k, line in enumerate(lines)]
)


def known_after(fitted: Fitted) -> Known:
    return Known(
        {node.id: node.geometry for node in fitted.nodes},
        {s.id: KnownSpan(s.values["start_id"], s.values["end_id"], s.geometry) for s in fitted.spans},
    )


def fitted_of(offers: list[Offer], known: Known) -> Fitted:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return fit([], offers, known, TOLERANCE_M)


@settings(max_examples=60, deadline=None)
@given(routes)
def test_spans_stand_on_nodes_and_nothing_goes_missing(offers: list[Offer]) -> None:
    fitted = fitted_of(offers, Known({}, {}))
    nodes = {node.id: node.geometry.coords[0] for node in fitted.nodes}
    assert len(nodes) == len(fitted.nodes)
    assert len({span.id for span in fitted.spans}) == len(fitted.spans)
    for span in fitted.spans:
        start, end = span.values["start_id"], span.values["end_id"]
        assert start != end
        assert (span.geometry.coords[0], span.geometry.coords[-1]) == (nodes[start], nodes[end])
    used = {span.values[end] for span in fitted.spans for end in ("start_id", "end_id")}
    assert used == set(nodes)
    ids = sorted(nodes)
    for number, one in enumerate(ids):
        for other in ids[number + 1 :]:
            assert distance_m(*nodes[one], *nodes[other]) > TOLERANCE_M * 0.999
    said = {note.place for note in fitted.notes if note.kind in ("refused", "duplicate")}
    assert {offer.place for offer in offers} == {span.place for span in fitted.spans} | said


@settings(max_examples=60, deadline=None)
@given(routes)
def test_the_same_routes_again_change_nothing(offers: list[Offer]) -> None:
    first = fitted_of(offers, Known({}, {}))
    again = fitted_of(offers, known_after(first))
    assert (again.nodes, again.spans) == ((), ())


@settings(max_examples=40, deadline=None)
@given(routes)
def test_a_route_that_is_split_keeps_its_length(offers: list[Offer]) -> None:
    """Each end and each cut moves by the tolerance at most, which changes a length by twice that."""
    fitted = fitted_of(offers[:1], Known({}, {}))
    if fitted.spans:
        total = sum(geodesic_length_m(span.geometry) for span in fitted.spans)
        assert abs(total - geodesic_length_m(offers[0].geometry)) <= 2 * TOLERANCE_M * (len(fitted.spans) + 1)
