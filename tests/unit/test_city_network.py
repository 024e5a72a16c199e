"""The demonstration network: counts, lengths by two computations, rings that are rings, and no problem found."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

import networkx as nx
import pytest

from gisops.geo.measure import geodesic_length_m
from gisops.inventory.check import check_inventory
from gisops.inventory.load import load_inventory
from gisops.inventory.schema import document_schema
from gisops.model.inventory import Inventory
from tools.city.inventory import main

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def city() -> Inventory:
    return load_inventory(DATA)


def haversine_m(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Sphere of the mean radius at Karachi: within 0.4 % of the ellipsoid (independent of pyproj)."""
    lat_a, lat_b = radians(a[1]), radians(b[1])
    h = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin(radians(b[0] - a[0]) / 2) ** 2
    return 2 * 6_371_008.8 * asin(sqrt(h))


def test_the_programme_is_complete(city: Inventory) -> None:
    assert (len(city.sites), len(city.boxes), len(city.cameras)) == (300, 300, 1300)
    assert (len(city.stations), len(city.centres), len(city.districts)) == (18, 4, 7)
    assert Counter(c.kind for c in city.centres.values()) == {"command": 2, "regional": 2}
    assert city.settings.demo


def test_the_check_finds_nothing() -> None:
    assert check_inventory(DATA)[1] == []


def test_there_are_193_km_of_fibre_by_two_computations(city: Inventory) -> None:
    ellipsoid = sum(geodesic_length_m(span.geometry) for span in city.spans.values())
    lines = [list(span.geometry.coords) for span in city.spans.values()]
    sphere = sum(haversine_m(a, b) for line in lines for a, b in pairwise(line))
    assert ellipsoid == pytest.approx(193_000, abs=500)
    assert sphere == pytest.approx(ellipsoid, rel=0.005)


def test_every_span_has_cable_for_its_route_and_the_loops_at_its_ends(city: Inventory) -> None:
    longer = {"duct": 1.006, "buried": 1.01, "aerial": 1.02}
    for span in city.spans.values():
        assert span.cable_length_m is not None
        assert span.installation is not None
        loops = sum(city.nodes[end].slack_m or 0.0 for end in (span.start_id, span.end_id))
        wanted = geodesic_length_m(span.geometry) * longer[span.installation] + loops
        assert span.cable_length_m == pytest.approx(wanted, abs=0.06), span.id
    assert {(span.organisation, span.phase) for span in city.spans.values()} == {
        ("Safe City Network Owner (demo)", "Phase I")
    }


def test_no_fibre_runs_farther_than_a_drum_without_a_splice(city: Inventory) -> None:
    # Take the spliced nodes away: what hangs together between them is cable without a splice.
    uncut: nx.Graph[str] = nx.Graph()
    for span in city.spans.values():
        ends = [e if city.nodes[e].splice_count == 0 else f"{e} {span.id}" for e in (span.start_id, span.end_id)]
        uncut.add_edge(*ends, metres=geodesic_length_m(span.geometry))
    runs = [uncut.subgraph(nodes).size(weight="metres") for nodes in nx.connected_components(uncut)]
    assert max(runs) < 4_000
    degree = Counter(end for span in city.spans.values() for end in (span.start_id, span.end_id))
    assert all(node.splice_count == 1 for node in city.nodes.values() if degree[node.id] != 2)


def test_the_fibre_is_one_network_and_every_ring_survives_any_one_cut(city: Inventory) -> None:
    whole: nx.MultiGraph[str] = nx.MultiGraph()
    whole.add_edges_from((s.start_id, s.end_id) for s in city.spans.values())
    assert nx.is_connected(whole)
    assert {b.node_id for b in city.boxes.values()} <= set(whole)
    rings = {ring for span in city.spans.values() for ring in (span.ring or "").split(";") if ring}
    assert len(rings) == 11
    for ring in rings:
        members: nx.MultiGraph[str] = nx.MultiGraph()
        spans = [s for s in city.spans.values() if ring in (s.ring or "").split(";")]
        members.add_edges_from((s.start_id, s.end_id) for s in spans)
        simple = nx.Graph(members)
        bridges = [e for e in nx.bridges(simple) if members.number_of_edges(*e) == 1]
        assert bridges == [], ring


def test_the_stolen_box_of_the_story_stands_at_bilawal_house_chowrangi(city: Inventory) -> None:
    box = city.boxes["BX-CLF-001"]
    assert box.name == "Bilawal House Chowrangi"
    assert haversine_m((box.lon, box.lat), (67.0291, 24.8136)) < 120
    assert len(city.cameras_of_box[box.id]) == 6


def test_feeders_are_compact_and_batteries_hold_the_contract_when_new(city: Inventory) -> None:
    assert {len(boxes) for boxes in city.boxes_of_feeder.values()} <= set(range(4, 12))
    for box in city.boxes.values():
        load_w = 25 + sum(city.cameras[c].power_w or 0 for c in city.cameras_of_box[box.id])
        assert box.battery_wh is not None
        assert box.battery_wh * 0.92 / load_w >= 8.0


def test_the_files_are_what_the_program_writes(tmp_path: Path) -> None:
    (tmp_path / "fibre_routes").mkdir()
    assert main([str(tmp_path)]) == 0
    written = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*.*"))
    assert len(written) == 9
    for name in written:
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes(), name


def test_the_documentation_page_is_that_of_the_schema() -> None:
    assert (DATA.parent / "docs" / "inventory.md").read_text(encoding="utf-8") == document_schema()
