"""The numbers and the offline list, on the small city of five boxes with two cameras each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from dashboard.board import CODES, STATES, advance, offline_rows, row_changes, tallies
from gisops.model.outage import Cause, Evidence, Outage
from gisops.model.state import DeviceKind, DeviceState
from gisops.service.live import Delta, Snapshot
from gisops.store.ports import StateRow
from tests.cities import small_city

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EMPTY = Snapshot(0, {}, {}, None)


def row(device_id: str, state: DeviceState, reason: str = "") -> StateRow:
    kind = DeviceKind.CAMERA if device_id.startswith("C") else DeviceKind.BOX
    return StateRow(device_id, kind, state, NOON, NOON, reason)


def snapshot(*rows: StateRow, outages: tuple[Outage, ...] = ()) -> Snapshot:
    return Snapshot(7, {r.device_id: r for r in rows}, {o.id: o for o in outages}, NOON)


def stolen() -> tuple[list[StateRow], Outage]:
    rows = [
        row("B1", DeviceState.DOWN),
        row("C1-1", DeviceState.UNREACHABLE),
        row("C1-2", DeviceState.UNREACHABLE),
    ]
    outage = Outage(
        "O1",
        "B1",
        ("B1", "C1-1", "C1-2"),
        NOON,
        NOON,
        causes={Cause.POWER_CUT: 0.2, Cause.THEFT: 0.8},
        evidence=(Evidence("Door opened", Cause.THEFT, 12.0),),
    )
    return rows, outage


def test_what_was_never_asked_is_counted_unknown_and_never_up() -> None:
    city, district = tallies(small_city(), EMPTY)
    assert city == [[0, 0, 0, 0, 0, 5], [0, 0, 0, 0, 0, 10], 0, 0]
    assert district == city


def test_a_stolen_box_makes_its_site_blind() -> None:
    rows, outage = stolen()
    up = [row(key, DeviceState.UP) for key in small_city().devices if key not in {r.device_id for r in rows}]
    city, _ = tallies(small_city(), snapshot(*up, *rows, outages=(outage,)))
    assert city == [[4, 0, 1, 0, 0, 0], [8, 0, 0, 2, 0, 0], 1, 1]


def test_an_unknown_camera_does_not_make_a_site_blind() -> None:
    rows, _ = stolen()
    assert tallies(small_city(), snapshot(*rows[:2]))[0][3] == 0


def test_an_outage_is_one_line_for_its_root() -> None:
    rows, outage = stolen()
    (line,) = offline_rows(small_city(), snapshot(*rows, outages=(outage,)))
    assert line == {
        "id": "O1",
        "device": "B1",
        "name": "Box 1",
        "site": "Site 1",
        "district": "District",
        "state": CODES[DeviceState.DOWN],
        "lost": 2,
        "cause": "Theft",
        "p": 0.8,
        "since": 1772366400,  # 2026-03-01T12:00:00Z, by date -u +%s
        "evidence": "Door opened",
        "dark": None,
        "soon": False,
        "outage": "O1",
        "station": "Station",
        "feeder": "F1",
        "contractor": "Contractor A",
        "next": "Send Station to the box; keep the footage of its neighbours; Contractor A replaces it",
        "shape": [[24.85, 67.01]],
        "box": [24.85, 67.01, 24.85, 67.01],
    }


def test_a_lost_box_in_no_outage_speaks_for_its_lost_cameras() -> None:
    rows, _ = stolen()
    (line,) = offline_rows(small_city(), snapshot(*rows))
    assert (line["id"], line["lost"], line["cause"], line["p"]) == ("B1", 2, "Not judged yet", None)


def test_a_lost_camera_with_a_good_box_has_a_line_of_its_own() -> None:
    lost = row("C2-1", DeviceState.DOWN, "no answer")
    (line,) = offline_rows(small_city(), snapshot(row("B2", DeviceState.UP), lost))
    assert (line["device"], line["lost"], line["evidence"]) == ("C2-1", 1, "no answer")


def test_a_lost_camera_that_its_boxs_outage_forgot_is_not_hidden() -> None:
    rows, outage = stolen()
    short = replace(outage, member_ids=("B1", "C1-1"))
    lines = offline_rows(small_city(), snapshot(*rows, outages=(short,)))
    assert {(line["device"], line["lost"]) for line in lines} == {("B1", 1), ("C1-2", 1)}


def test_an_outage_with_an_unknown_root_is_still_listed() -> None:
    lines = offline_rows(small_city(), snapshot(outages=(Outage("O9", "S4", ("B4",), NOON, NOON),)))
    assert [(line["name"], line["cause"], line["state"]) for line in lines] == [("S4", "Unknown", 5)]


def test_what_lost_most_cameras_comes_first() -> None:
    rows, outage = stolen()
    lines = offline_rows(small_city(), snapshot(*rows, row("B5", DeviceState.DOWN), outages=(outage,)))
    assert [line["device"] for line in lines] == ["B1", "B5"]


def test_a_delta_applied_twice_gives_the_same() -> None:
    rows, outage = stolen()
    delta = Delta(7, 8, rows, [outage], NOON)
    once = advance(snapshot(), delta)
    assert advance(once, delta) == once
    assert (once.seq, set(once.states), set(once.outages)) == (8, {"B1", "C1-1", "C1-2"}, {"O1"})


def test_a_closed_outage_leaves() -> None:
    _, outage = stolen()
    after = advance(snapshot(outages=(outage,)), Delta(7, 8, (), [replace(outage, closed_at=NOON)], NOON))
    assert after.outages == {}


def test_a_silent_delta_keeps_the_last_known_heartbeat() -> None:
    assert advance(snapshot(), Delta(7, 7, (), (), None)).heartbeat_at == NOON


def test_only_differences_between_two_lists_travel() -> None:
    before = [{"id": "a", "lost": 1}, {"id": "b", "lost": 2}, {"id": "c", "lost": 3}]
    after = [{"id": "a", "lost": 1}, {"id": "b", "lost": 9}, {"id": "d", "lost": 4}]
    assert row_changes(before, after) == ([{"id": "b", "lost": 9}, {"id": "d", "lost": 4}], ["c"])


def test_every_state_has_a_number() -> None:
    assert set(STATES) == set(DeviceState)
