"""Events of a trace placed on spans worked out by hand, and the command that shows them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from shapely import LineString, Point

from gisops.cli.main import main
from gisops.errors import InventoryError
from gisops.fibre.network import FibreNetwork, network_of
from gisops.fibre.otdr.places import place_events
from gisops.fibre.otdr.read import read_sor
from gisops.model.inventory import Inventory, Node, Settings, Span
from tests.inventories import write_small_inventory
from tests.sor_writer import WrittenEvent, WrittenTrace, written

# A -- B -- C on the equator: a degree is 111,319.49 m there (a pi/180), so a span is 1,113.195 m of route.
# Each has 1,200 m of cable, of which 20 m lie in a loop at B, and none at A and C.
AT = {"A": (66.00, 0.0), "B": (66.01, 0.0), "C": (66.02, 0.0)}
ROUTE_M, CABLE_M, LOOP_M = 1113.195, 1200.0, 20.0
TICKS_PER_M = 1.468 / 0.0299792458


def network() -> FibreNetwork:
    nodes = {k: Node(k, k, Point(xy), slack_m=LOOP_M if k == "B" else 0.0) for k, xy in AT.items()}
    spans = {
        f"{a}{b}": Span(f"{a}{b}", "", a, b, LineString([AT[a], AT[b]]), cable_length_m=CABLE_M)
        for a, b in (("A", "B"), ("B", "C"))
    }
    return network_of(Inventory(Settings("Line"), nodes=nodes, spans=spans))


def trace_with(*metres: float, launch_m: float = 0.0) -> bytes:
    events = [WrittenEvent(round(m * TICKS_PER_M), loss=50) for m in metres[:-1]]
    end = WrittenEvent(round(metres[-1] * TICKS_PER_M), reflectance=-20_000, code="1E9999")
    return written(WrittenTrace((*events, end), user_offset=round(launch_m * TICKS_PER_M)))


def test_an_event_is_on_the_route_less_its_loops_and_its_sag() -> None:
    """590 m of 1,180 m laid cable are half the route; 1,200 + 20 + 590 m are half the second span."""
    net = network()
    trace = read_sor(trace_with(590.0, 1810.0), "t.sor")
    first, second = place_events(net, trace, net.node_number["A"], [0])
    assert first.places[0].span_id == "AB"
    assert first.places[0].chainage_m == pytest.approx(ROUTE_M / 2, abs=0.05)
    assert (first.places[0].lon, first.places[0].lat) == pytest.approx((66.005, 0.0), abs=1e-6)
    assert second.places[0].span_id == "BC"
    assert second.places[0].lon == pytest.approx(66.015, abs=1e-6)


def test_the_launch_cable_is_taken_off() -> None:
    net = network()
    trace = read_sor(trace_with(0.0, 690.0, launch_m=100.0), "t.sor")
    on_launch, at = place_events(net, trace, net.node_number["A"], [0])
    assert on_launch.fibre_m == pytest.approx(-100.0, abs=0.02)
    assert on_launch.places == ()
    assert at.places[0].lon == pytest.approx(66.005, abs=1e-6)
    _, longer = place_events(net, trace, net.node_number["A"], [0], launch_m=150.0)
    assert longer.fibre_m == pytest.approx(540.0, abs=0.02)


def test_from_the_other_end_the_chainage_still_counts_from_the_start() -> None:
    net = network()
    trace = read_sor(trace_with(295.0), "t.sor")
    (placed,) = place_events(net, trace, net.node_number["C"], [1])
    assert placed.places[0].chainage_m == pytest.approx(ROUTE_M * 0.75, abs=0.05)


def test_the_interval_is_a_share_of_the_distance_and_half_a_point() -> None:
    """590 m: 0.001 of it and half of 1.0211 m are 1.10 m of cable, 1.04 m of route, each way."""
    net = network()
    (placed,) = place_events(net, read_sor(trace_with(590.0), "t.sor"), net.node_number["A"], [0])
    assert placed.error_m == pytest.approx(1.1005, abs=1e-3)
    half = 1.1005 * ROUTE_M / (CABLE_M - LOOP_M)
    assert placed.places[0].to_m - placed.places[0].from_m == pytest.approx(2 * half, abs=0.01)


def test_beyond_the_fibre_there_is_no_place() -> None:
    net = network()
    (placed,) = place_events(net, read_sor(trace_with(5000.0), "t.sor"), net.node_number["A"], [0])
    assert placed.places == ()


def test_a_span_that_does_not_begin_there_is_an_error() -> None:
    net = network()
    with pytest.raises(InventoryError, match="span BC does not go on from A"):
        place_events(net, read_sor(trace_with(590.0), "t.sor"), net.node_number["A"], [1])


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return write_small_inventory(tmp_path / "city")


def first_span(city: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["fibre", "export", str(city / "x.json"), "--format", "ofds-json", "--inventory", str(city)]) == 0
    capsys.readouterr()
    (network_,) = json.loads((city / "x.json").read_text(encoding="utf-8"))["networks"]
    return str(next(s["id"] for s in network_["spans"] if {s["start"], s["end"]} == {"N0", "N1"}))


def test_the_command_prints_events_and_places(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = city / "t.sor"
    file.write_bytes(trace_with(200.0, 500.0))
    assert main(["fibre", "otdr", str(file)]) == 0
    said = capsys.readouterr().out
    assert "version 2.00, 1551.2 nm, pulse 100 ns, 2023-11-15 03:13 (Asia/Karachi)" in said
    assert "   2       500.0     0.000      -20.000   0.000  reflective, end\n" in said
    span = first_span(city, capsys)
    asked = ["fibre", "otdr", str(file), "--span", span, "--from", "N0", "--inventory", str(city)]
    assert main(asked) == 0
    assert f"{span} at chainage 500.0 m (499.0 to 501.0 m): 24.850" in capsys.readouterr().out
    assert main([*asked, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["checksum"] == "fits"
    assert [event["distance_m"] for event in document["events"]] == pytest.approx([200.0, 500.0], abs=0.02)
    (place,) = document["events"][1]["places"]
    assert (place["span"], place["chainage_m"]) == (span, 500.0)


def test_an_end_beyond_the_fibre_is_code_1(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (city / "t.sor").write_bytes(trace_with(90_000.0))
    span = first_span(city, capsys)
    asked = ["fibre", "otdr", str(city / "t.sor"), "--span", span, "--from", "N0", "--inventory", str(city)]
    assert main(asked) == 1
    assert "beyond the fibre of the network" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ([], "t.sor: is cut short in its map: it has 60 bytes of "),
        (["--span", "S1"], "--span: needs --from NODE: say from which node into which span the light goes\n"),
        (["--from", "N0"], "--from: needs --span ID: say from which node into which span the light goes\n"),
        (["--index", "2.5"], "--index: 2.5 is no group index of a fibre: give one like 1.468\n"),
        (["--launch", "nan"], "--launch: nan m cannot be meant: give metres from 0\n"),
        (["--share", "2"], "--share: 2 cannot be meant: give a share of the distance, 0 to 0.1\n"),
    ],
)
def test_what_cannot_be_answered_is_one_line_and_code_2(
    options: list[str], complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "t.sor").write_bytes(trace_with(500.0)[:60])
    assert main(["fibre", "otdr", str(tmp_path / "t.sor"), *options]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert complaint in said.err
