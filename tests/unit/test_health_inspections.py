"""Inspections by the calendar, worked out by hand, and the report that lists them."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace as with_
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from gisops.cli.main import main
from gisops.health.inspections import InspectionState, Seal, due_on, inspection_of, inspections
from gisops.inventory.load import load_inventory
from gisops.model.inventory import Box
from gisops.service.report_inspections import inspection_rows, inspection_summary
from tests.inventories import replace, write_small_inventory
from tools.city.equipment import AUTHORED_ON

BOX = Box(
    "B1", "T1", "Box 1", 67.0, 24.8, "F1", "N1", "10.0.0.1", "2c", "street", "Contractor", "Cabinet", seal_no="S1"
)


@pytest.mark.parametrize(
    ("inspected", "commissioned", "today", "state", "days"),
    [
        # 2026-01-01 and 90 days is 2026-04-01: in time on the day itself, a day late on the next.
        (date(2026, 1, 1), None, date(2026, 4, 1), InspectionState.IN_TIME, 0),
        (date(2026, 1, 1), None, date(2026, 4, 2), InspectionState.OVERDUE, 1),
        (date(2026, 1, 1), date(2025, 6, 1), date(2026, 4, 11), InspectionState.OVERDUE, 10),
        (None, date(2026, 1, 1), date(2026, 3, 1), InspectionState.IN_TIME, 0),
        (None, date(2026, 1, 1), date(2026, 4, 3), InspectionState.NEVER, 2),
        (None, None, date(2026, 4, 3), InspectionState.NOT_COMMISSIONED, None),
    ],
)
def test_a_box_is_due_an_interval_after_its_last_inspection(
    inspected: date | None, commissioned: date | None, today: date, state: InspectionState, days: int | None
) -> None:
    box = with_(BOX, inspected_on=inspected, commissioned_on=commissioned)
    found = inspection_of(box, today, 90)
    assert (found.state, found.overdue_days) == (state, days)
    assert found.is_in_order is (state in (InspectionState.IN_TIME, InspectionState.NOT_COMMISSIONED))
    assert due_on(box, 90) == (date(2026, 4, 1) if inspected or commissioned else None)


@pytest.mark.parametrize(
    ("seal", "before", "verdict"),
    [
        ("S1", None, Seal.PRESENT),
        ("S1", "S1", Seal.PRESENT),
        ("S1", " S1 ", Seal.PRESENT),
        ("S2", "S1", Seal.CHANGED),
        (None, "S1", Seal.MISSING),
        ("  ", None, Seal.MISSING),
    ],
)
def test_a_seal_is_compared_with_the_earlier_record(seal: str | None, before: str | None, verdict: Seal) -> None:
    box = with_(BOX, inspected_on=date(2026, 1, 1), seal_no=seal)
    found = inspection_of(box, date(2026, 1, 2), 90, before)
    assert found.seal is verdict
    assert found.is_in_order is (verdict is Seal.PRESENT)


def test_who_waits_longest_comes_first() -> None:
    boxes = [
        with_(BOX, id="late", inspected_on=date(2026, 1, 1)),
        with_(BOX, id="fine", inspected_on=date(2026, 6, 1)),
        with_(BOX, id="latest", inspected_on=date(2025, 1, 1)),
        with_(BOX, id="opened", inspected_on=date(2026, 6, 1), seal_no="S9"),
    ]
    before = {"opened": with_(BOX, id="opened", seal_no="S8")}
    assert [i.box_id for i in inspections(boxes, date(2026, 6, 2), 90, before)] == [
        "latest",
        "late",
        "opened",
        "fine",
    ]


def test_the_day_turns_in_karachi(tmp_path: Path) -> None:
    city = load_inventory(write_small_inventory(tmp_path / "city"))
    box = with_(BOX, inspected_on=date(2026, 1, 1))
    city = with_(city, boxes={"B1": box})
    # 18:59 UTC on 1 April is 23:59 in Karachi, the due day; a minute later it is 2 April there.
    rows = [inspection_rows(city, datetime(2026, 4, 1, h, m, tzinfo=UTC))[0] for h, m in ((18, 59), (19, 0))]
    assert [row["overdue_days"] for row in rows] == [0, 1]
    assert inspection_summary(rows[1:]) == {
        "boxes": 1,
        "overdue": 1,
        "never_inspected": 0,
        "seal_missing": 0,
        "seal_changed": 0,
        "in_order": 0,
    }


def test_the_report_says_who_has_to_go_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_small_inventory(tmp_path / "city")
    replace("boxes.csv", "profile,switch_ports", "profile,switch_ports,inspected_on,seal_no")(folder)
    replace(
        "boxes.csv",
        "N1,10.0.0.1,2c,street-v2c,Contractor,Cabinet,cabinet,2",
        "N1,10.0.0.1,2c,street-v2c,Contractor,Cabinet,cabinet,2,2020-01-01,S1",
    )(folder)
    replace("boxes.csv", "Contractor,Cabinet,cabinet,2\n", "Contractor,Cabinet,cabinet,2,2999-01-01,S2\n")(folder)
    assert main(["report", "inspections", "--inventory", str(folder), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["summary"]["overdue"] == 1
    assert [(row["box"], row["due_on"]) for row in document["rows"]] == [("B1", "2020-03-31")]
    assert main(["report", "inspections", "--inventory", str(folder), "--csv", "--all"]) == 1
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["box"], row["in_order"]) for row in rows] == [("B1", "False"), ("B2", "True")]
    assert main(["report", "inspections", "--inventory", str(tmp_path / "no")]) == 2


def test_in_the_demonstration_data_one_box_in_eight_or_so_is_overdue_as_of_the_day_it_is_of() -> None:
    boxes = load_inventory(Path("data")).boxes.values()
    found = inspections(boxes, AUTHORED_ON, 90)
    late = [i for i in found if i.state is InspectionState.OVERDUE]
    assert (len(found), len(late)) == (300, 36)  # 12 %
    assert {i.state for i in found} == {
        InspectionState.OVERDUE,
        InspectionState.IN_TIME,
        InspectionState.NOT_COMMISSIONED,
    }
    assert len({box.contractor for box in boxes if box.id in {i.box_id for i in late}}) == 3
    assert all(box.commissioned_on < box.inspected_on for box in boxes if box.inspected_on and box.commissioned_on)
    assert 3 <= min(i.overdue_days or 0 for i in late) <= max(i.overdue_days or 0 for i in late) <= 102
