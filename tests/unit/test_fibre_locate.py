"""Where it is cut, worked out by hand on the small city: centre N0, ring S1-S2-S3, spur S4-S5-S6."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gisops.errors import InventoryError
from gisops.fibre.evidence import Noise, OtdrReading, evidence_of, parse_otdr, parse_port
from gisops.fibre.locate import Locator, Verdict
from gisops.fibre.network import network_of
from gisops.fibre.otdr_place import crew_point
from gisops.fibre.suspect import CutWatch, suspect_cuts
from gisops.geo.measure import distance_m
from tests.cities import small_city

CITY = small_city()
LOCATOR = Locator(CITY)
NUMBER = LOCATOR.network.span_number
STEP_M = 1010.7  # a hundredth of a degree of longitude at latitude 24.85, see test_fibre_trace


def ask(lost: str = "", dark: str = "", otdr: list[OtdrReading] | None = None, unknown: str = "") -> Verdict:
    ports = [parse_port(LOCATOR.network, word) for word in dark.split()]
    return LOCATOR.locate(
        evidence_of(CITY, LOCATOR.network, lost.split(), ports, unknown.split(), otdr or []), Noise()
    )


def test_a_spur_cut_is_between_the_last_that_answers_and_the_first_that_does_not() -> None:
    # Ports are the two lowest span ids at a node: S5 is port B of B3; B2 has S2 and S3, so S4 is not seen from it.
    verdict = ask("B4 B5", "B3:B")
    assert verdict.hypotheses[0].span_ids == ("S5",)
    assert verdict.ambiguous == (("S5",),)
    assert verdict.is_certain
    assert verdict.unexplained == ()
    bracket = verdict.brackets[0]
    assert (bracket.span_ids, bracket.from_id, bracket.to_id) == (("S5",), "N3", "N4")
    assert bracket.from_m == 0.0
    assert bracket.to_m == pytest.approx(STEP_M, abs=0.5)
    assert verdict.places == ()


def test_nodes_of_whom_nothing_is_known_widen_the_bracket() -> None:
    verdict = ask("B4 B5", unknown="B3")
    # A cut kilometre (5e-4) beats two boxes down by themselves (0.02 x 0.02 = 4e-4); S4 and S5 show the same.
    assert set(verdict.ambiguous) == {("S4",), ("S5",)}
    assert not verdict.is_certain
    bracket = verdict.brackets[0]
    assert (bracket.span_ids, bracket.from_id, bracket.to_id) == (("S4", "S5"), "N2", "N4")
    assert bracket.to_m == pytest.approx(2 * STEP_M, abs=1.0)


def test_a_ring_cut_loses_nobody_and_shows_on_the_ports_that_face_it() -> None:
    verdict = ask("", "B1:B B2:A")  # both face S2
    assert verdict.hypotheses[0].span_ids == ("S2",)
    assert verdict.is_certain


def test_two_ring_cuts_that_part_one_box_are_less_likely_than_one_and_a_box_that_is_down() -> None:
    # 0.02 for the box by itself against 5e-4 for a second cut kilometre.
    verdict = ask("B1", "B2:A")
    assert verdict.unexplained == ("B1",)
    share = {h.span_ids: h.probability for h in verdict.hypotheses}
    assert verdict.hypotheses[0].span_ids == ("S2",)
    assert share["S1", "S2"] / share["S2",] == pytest.approx(5e-4 * STEP_M / 1000 / 0.02, rel=0.03)


def test_nothing_lost_and_nothing_dark_is_no_cut_but_never_a_certainty() -> None:
    verdict = ask()
    assert verdict.hypotheses[0].span_ids == ()
    assert not verdict.is_certain
    assert verdict.unseen == ()  # every span of this city is faced by a port or leads to a box


def test_a_reading_gives_a_place_with_its_interval() -> None:
    reading = parse_otdr(LOCATOR.network, "N3:S5:400", share=0.001)
    verdict = ask("B4 B5", "B3:B", [reading])
    place = verdict.places[0]
    assert place.span_id == "S5"
    assert [place.from_m, place.chainage_m, place.to_m] == pytest.approx([399.0, 400.0, 401.0], abs=0.1)
    assert distance_m(place.lon, place.lat, 67.03 + 0.01 * 400 / STEP_M, 24.85) < 0.5


def test_the_nearest_enclosure_is_where_the_cable_is_spliced_even_beyond_the_span() -> None:
    splices = {"N0": 4, "N1": 0, "N2": 1, "N3": 0, "N4": 0, "N5": 1}
    city = replace(CITY, nodes={k: replace(n, splice_count=splices[k]) for k, n in CITY.nodes.items()})
    crew = crew_point(city, network_of(city), NUMBER["S5"], 400.0)
    # Through N3 on to N2: 400 m and a step; the other way it is 611 m and a step to N5.
    assert crew.enclosure_id == "N2"
    assert crew.enclosure_m == pytest.approx(400 + STEP_M, abs=1.0)


def test_noise_that_is_no_probability_is_refused() -> None:
    with pytest.raises(InventoryError, match="alarm_false"):
        Noise(alarm_false=0.0)


ALL = frozenset(CITY.devices)


def test_live_states_name_a_cut_with_what_it_explains() -> None:
    lost = {"B4", "B5", "C4-1", "C4-2", "C5-1", "C5-2"}
    (found,) = suspect_cuts(LOCATOR, lost, ALL - lost, {("B3", 1)})
    assert found.span_ids == ("S5",)
    assert found.alike == (("S5",),)
    assert (found.box_ids, found.dark_ports) == (("B4", "B5"), (("B3", 1),))
    assert not found.is_ring_cut
    assert found.probability > 0.99
    assert found.brackets[0].from_id == "N3"


def test_live_states_name_a_ring_cut_that_loses_nobody() -> None:
    (found,) = suspect_cuts(LOCATOR, (), ALL, [("B1", 1), ("B2", 0)])
    assert found.span_ids == ("S2",)
    assert found.is_ring_cut


def test_cuts_that_have_nothing_to_do_with_each_other_are_told_one_by_one() -> None:
    lost = {"B5", "C5-1", "C5-2"}
    found = suspect_cuts(LOCATOR, lost, ALL - lost, [("B1", 1), ("B2", 0), ("B4", 1)])
    assert sorted(each.span_ids for each in found) == [("S2",), ("S6",)]


def test_a_lone_silent_box_is_no_cut() -> None:
    # Its neighbours' ports have light: the box itself is down.
    lost = {"B5", "C5-1", "C5-2"}
    assert suspect_cuts(LOCATOR, lost, ALL - lost, ()) == ()


def test_ports_that_were_not_read_are_not_taken_to_be_lit() -> None:
    lost = {"B4", "B5", "C4-1", "C4-2", "C5-1", "C5-2"}
    (found,) = suspect_cuts(LOCATOR, lost, ALL - lost, (), lit_ports=())
    assert found.span_ids == ("S5",)
    assert suspect_cuts(LOCATOR, lost, ALL - lost, (), lit_ports=[("B3", 1)]) == ()


def test_a_watch_answers_from_memory_until_the_fibre_has_news() -> None:
    watch = CutWatch(LOCATOR)
    lost = {"B4", "B5"}
    first = watch.review(lost, ALL - lost, {("B3", 1)})
    assert [each.span_ids for each in first] == [("S5",)]
    # A camera under a box that answers is no news here.
    assert watch.review({*lost, "C1-1"}, ALL - lost - {"C1-1"}, {("B3", 1)}) is first
    assert watch.review((), ALL, ()) == ()
    assert [each.span_ids for each in watch.review(lost, ALL - lost, {("B3", 1)})] == [("S5",)]


def test_a_blackout_is_no_cut() -> None:
    # Everybody is silent at once: no port tells of a cut, and every span lies below boxes that are lost.
    assert suspect_cuts(LOCATOR, ALL, (), ()) == ()
    # B1 lives and its ports have light: the ring is whole as far as it can see.
    lost = ALL - {"B1", "C1-1", "C1-2"}
    assert suspect_cuts(LOCATOR, lost, ALL - lost, ()) == ()
