"""What the drawer and the map say of the fibre, worked out by hand on the small city."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from dashboard.components.schematic import schematic_figure
from dashboard.fibre_desk import FibreDesk
from dashboard.fibre_details import launches, reading_details, span_details, way_details
from dashboard.records import load_schema
from dashboard.subject import Subject, parse_subject
from gisops.model.outage import Cause, Outage
from gisops.model.state import DeviceKind, DeviceState
from gisops.service.live import Snapshot
from gisops.store.ports import StateRow
from tests.cities import small_city
from tests.unit.test_dashboard_details import texts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUIET = Snapshot(1, {}, {}, NOON)


def desk() -> FibreDesk:
    return FibreDesk(small_city())


def kinds(marks: Any) -> list[str]:
    return [mark["kind"] for mark in (*marks["lines"], *marks["points"])]


def states(lost: set[str], dark: dict[str, str]) -> dict[str, StateRow]:
    """Give every device's state; ``dark`` names ports, as ``{"B3": "b"}``."""
    rows = {}
    for device_id in small_city().devices:
        state = DeviceState.UNREACHABLE if device_id in lost else DeviceState.UP
        kind = DeviceKind.BOX if device_id.startswith("B") else DeviceKind.CAMERA
        metrics = {f"uplink_{port}_oper": float(dark.get(device_id) != port) for port in "ab"}
        rows[device_id] = StateRow(device_id, kind, state, NOON, NOON, "", metrics)
    return rows


async def test_a_span_says_what_its_cut_loses_and_where_the_crew_goes() -> None:
    # S5 runs from 67.03 to 67.04; 67.0325 is a quarter of its 1,010.7 m.
    subject = parse_subject({"kind": "spans", "id": "S5", "at": [67.0325, 24.8501]}, small_city())
    assert subject == Subject("spans", "S5", (67.0325, 24.8501))
    children, marks = await span_details(desk(), load_schema(), subject, QUIET)
    text = " | ".join(texts(children))
    assert "If it is cut at 253 m | of 1,011 m" in text
    assert "Goes dark | 2 boxes, 4 cameras" in text
    assert "District: 4 of 10 cameras" in text
    assert "B4 | B5" in text
    assert "Enclosure | N3, 253 m along the route" in text
    assert "Road point | no road is drawn near it" in text
    assert "Nothing that is seen now speaks for a cut." in text
    assert kinds(marks) == ["pull", "span", "enclosure", "cut"]
    cut = marks["points"][-1]
    assert (cut["lon"], cut["lat"]) == (pytest.approx(67.0325, abs=1e-5), pytest.approx(24.85, abs=1e-5))


async def test_a_span_says_what_the_live_states_suspect() -> None:
    lost = {"B4", "B5", "C4-1", "C4-2", "C5-1", "C5-2"}
    now = Snapshot(1, states(lost, {"B3": "b"}), {}, NOON)
    children, marks = await span_details(desk(), load_schema(), Subject("spans", "S5"), now)
    text = " | ".join(texts(children))
    assert "Suspected cuts now | S5 | 100 %" in text
    assert "2 boxes lost | N3 to N4, 0 to 1,011 m" in text
    assert "bracket" in kinds(marks)


async def test_devices_lost_for_another_cause_speak_for_no_cut() -> None:
    lost = {"B4", "B5", "C4-1", "C4-2", "C5-1", "C5-2"}
    theft = Outage("o", "B4", tuple(sorted(lost)), NOON, NOON, causes={Cause.THEFT: 0.9})
    now = Snapshot(1, states(lost, {}), {"o": theft}, NOON)
    children, _ = await span_details(desk(), load_schema(), Subject("spans", "S5"), now)
    assert "Nothing that is seen now speaks for a cut." in texts(children)


async def test_a_camera_says_its_way_and_its_light() -> None:
    children, marks = await way_details(desk(), "C5-1")
    text = " | ".join(texts(children))
    # S6, S5, S4 and then S3 (2 steps drawn) or S2 and S1: 5 steps of 1,010.7 m either way.
    assert "5,054 m of fibre" in text or "5,053 m of fibre" in text
    assert "1310 nm" in text
    assert "some cable lengths are not recorded" in text
    assert set(kinds(marks)) == {"trace", "centre"}


async def test_a_reading_is_placed_with_its_interval() -> None:
    asked = desk()
    offered, first = await launches(asked, "S5")
    assert [option["value"] for option in offered] == ["N0", "N3", "N4"]
    assert first == "N0"
    children, marks = await reading_details(asked, "S5", "N3", 400)
    text = " | ".join(texts(children))
    assert "Chainage | 400 m" in text
    assert "Interval | 399 to 401 m" in text
    assert kinds(marks) == ["interval", "enclosure", "place"]


@pytest.mark.parametrize(("node", "distance"), [(None, 400), ("N3", None), ("N3", ""), ("N3", True)])
async def test_half_a_reading_is_asked_for_the_rest(node: object, distance: object) -> None:
    children, marks = await reading_details(desk(), "S5", node, distance)
    assert "Say where it was launched" in " ".join(texts(children))
    assert kinds(marks) == []


async def test_a_reading_beyond_the_fibre_is_refused() -> None:
    children, marks = await reading_details(desk(), "S5", "N3", 9999.0)
    assert "lies beyond the fibre" in " ".join(texts(children))
    assert kinds(marks) == []


def test_the_schematic_runs_from_the_centre_to_the_device() -> None:
    path = desk().way("B5")
    line = schematic_figure(path, "Centre", "B5").data[0]
    assert line.x[0] == 0.0
    assert list(line.x) == sorted(line.x)
    assert line.x[-1] == pytest.approx(5 * 1010.7, abs=2.0)
    assert [row[0] for row in line.customdata][-4:] == ["N2", "N3", "N4", "N5"]
    assert [len(line.marker[name]) for name in ("size", "symbol", "color")] == [len(line.x)] * 3


@pytest.mark.parametrize("at", [[1], "x", [True, False], [200, 0], [float("nan"), 0], {}])
def test_a_place_that_is_none_is_left_out(at: object) -> None:
    assert parse_subject({"kind": "spans", "id": "S5", "at": at}, small_city()) == Subject("spans", "S5")
