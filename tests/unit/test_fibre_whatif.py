"""What a cut does, worked out by hand on the small city."""

from dataclasses import replace

import pytest

from gisops.errors import GeometryError
from gisops.fibre.ask import cut_named
from gisops.fibre.impact_json import impact_document
from gisops.fibre.whatif import Impact, WhatIf
from gisops.model.inventory import Inventory, Place, Station
from tests.cities import small_city


def city() -> Inventory:
    """Give the small city with a station at N5 and a critical place by box 4 (200 m) and one far off."""
    base = small_city()
    return replace(
        base,
        stations={**base.stations, "P2": Station("P2", "Station 2", "d", 67.05, 24.85, "N5")},
        places={
            "H": Place("H", "Hospital", "hospital", 67.042, 24.85, critical=True),
            "M": Place("M", "Market", "market", 67.042, 24.85),
            "X": Place("X", "Far hospital", "hospital", 67.09, 24.85, critical=True),
        },
    )


def cut(*words: str) -> Impact:
    ask = WhatIf(city())
    return ask.cut([cut_named(ask.network, word) for word in words])


def test_spur_cut_loses_what_is_behind() -> None:
    impact = cut("S5")
    assert impact.box_ids == ("B4", "B5")
    assert impact.camera_ids == ("C4-1", "C4-2", "C5-1", "C5-2")
    assert impact.station_ids == ("P2",)
    assert [(d.id, d.cameras, d.of_cameras, d.boxes) for d in impact.districts] == [("d", 4, 10, 2)]
    assert [(p.id, p.cameras, p.of_cameras) for p in impact.places] == [("H", 2, 2)]
    assert impact.rerouted_box_ids == ()


def test_ring_cut_loses_nobody_and_reroutes() -> None:
    # Everything from N2 on goes over S3 (2 steps, as long as S1 + S2; the tie goes to the span found first).
    impact = cut("S1")
    assert impact.box_ids == impact.camera_ids == ()
    assert impact.rerouted_box_ids == ("B1",)
    assert cut("S3").rerouted_box_ids in ((), ("B2", "B3", "B4", "B5"))


def test_two_ring_cuts_part_the_arc_between() -> None:
    impact = cut("S1", "S3")
    assert impact.box_ids == ("B1", "B2", "B3", "B4", "B5")
    assert cut("S1", "S2").box_ids == ("B1",)


def test_cable_to_pull_goes_to_the_next_enclosure() -> None:
    base = city()
    splices = {"N0": 4, "N1": 0, "N2": 1, "N3": 0, "N4": 0, "N5": 1}
    known = replace(
        base,
        nodes={k: replace(n, splice_count=splices[k], slack_m=15.0) for k, n in base.nodes.items()},
        spans={k: replace(s, cable_length_m=1100.0) for k, s in base.spans.items()},
    )
    ask = WhatIf(known)
    repair = ask.cut([cut_named(ask.network, "S5")]).repairs[0]
    # The cable runs through N3 and N4 whole: from the joint at N2 to that at N5.
    assert repair.span_ids == ("S4", "S5", "S6")
    assert repair.enclosure_ids == ("N2", "N5")
    assert (repair.cable_m, repair.stored_m, repair.notes) == (3300.0, 30.0, ())


def test_what_is_not_recorded_is_assumed_aloud() -> None:
    repair = cut("S5").repairs[0]
    assert repair.span_ids == ("S5",)
    assert repair.stored_m is None
    assert len(repair.notes) == 2


def test_chainage_becomes_a_place_or_is_refused() -> None:
    position = cut("S5@505.35").positions[0]
    assert position is not None
    assert position.lon == pytest.approx(67.035, abs=1e-6)
    assert position.lat == pytest.approx(24.85, abs=1e-6)
    with pytest.raises(GeometryError, match="the span is 1010"):
        cut("S5@2000")


def test_json_says_all() -> None:
    document = impact_document(cut("S6@10"))
    assert document["boxes"] == ["B5"]
    assert document["cuts"][0]["position"] == {"lon": 67.040099, "lat": 24.85}
