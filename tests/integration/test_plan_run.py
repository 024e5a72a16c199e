"""A plan over a few blocks of the demo city, held against its own brief by independent sums."""

from __future__ import annotations

import random
import time
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import load_workbook
from pyogrio import list_layers, read_info

from gisops.errors import PlanningError
from gisops.geo.measure import distance_m
from gisops.planning.halt import Halt
from gisops.service.plan_bill import bill_of, least_prices
from gisops.service.plan_compare import compare_plans
from gisops.service.plan_curve import knee, plan_curve
from gisops.service.plan_edit import PlanEdit
from gisops.service.plan_exports import write_all
from gisops.service.plan_file import parse_plan, read_plan
from gisops.service.plan_run import Posed, make_plan, pose
from gisops.service.plan_solve import Solved, solve_plan

pytestmark = pytest.mark.integration
DATA = Path("data")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
Made = tuple[Posed, Solved, dict[str, Any]]


def after(seconds: float) -> Halt:
    return Halt.after(time.monotonic, seconds)


@pytest.fixture(scope="module")
def made() -> Made:
    text = (DATA / "plans/phase2.toml").read_text(encoding="utf-8")
    text = text.replace("radius_m = 1500.0", "radius_m = 420.0").replace('"metropole"', '"pidc-chowk"')
    posed = pose(text.replace("60_000_000", "9_000_000"), "brief", DATA, NOW, after(600.0))
    return posed, *make_plan(posed, after(6.0), NOW)


def test_the_money_adds_up_and_keeps_to_the_budget(made: Made) -> None:
    posed, _, plan = made
    brief = posed.problem.brief
    by_hand = sum(camera["rupees"] for camera in plan["cameras"])
    by_hand += (
        len({camera["pole"] for camera in plan["cameras"]}) * brief.pole_cost + len(plan["boxes"]) * brief.box.cost
    )
    by_hand += sum(piece["metres"] for piece in plan["fibre"]["pieces"]) * brief.fibre_per_m
    assert plan["cost"]["total"] == pytest.approx(by_hand, rel=1e-3)  # pieces are told to 0.1 m
    assert plan["cost"]["total"] <= plan["budget"] == 18_000_000
    assert sum(phase["rupees"] for phase in plan["phases"]) == pytest.approx(plan["cost"]["total"], rel=1e-3)
    assert plan["phases"][0]["rupees"] <= plan["phases"][0]["budget"]
    assert plan["phases"][-1]["value_after"] == pytest.approx(plan["value"])


def test_the_value_is_what_each_camera_sees_on_its_own_put_together(made: Made) -> None:
    posed, _, plan = made
    problem = posed.problem
    seen = set(problem.siting.cells_of(0).tolist())
    names = [camera.name for camera in problem.brief.cameras]
    for camera in plan["cameras"]:
        lon, lat = problem.lon_lat[int(problem.pole[camera["candidate"] - 1])].tolist()
        seen |= set(problem.seen_from(lon, lat, names.index(camera["model"]), camera["azimuth_deg"]).tolist())
    assert plan["value"] == pytest.approx(problem.siting.weight[sorted(seen)].sum())
    assert {len(problem.ground.weight), len(problem.ground.weight) + 1} <= seen  # the places that must be seen
    assert plan["already"] < plan["value"] <= plan["bound"] <= 1.0


def test_ports_watts_cables_and_sides_of_a_pole_are_kept(made: Made) -> None:
    posed, _, plan = made
    brief = posed.problem.brief
    where = {row["id"]: (row["lon"], row["lat"]) for row in plan["boxes"]}
    for box in plan["boxes"]:
        mine = [camera for camera in plan["cameras"] if camera["box"] == box["id"]]
        assert sorted(camera["port"] for camera in mine) == list(range(1, len(mine) + 1))
        assert 1 <= len(mine) == box["cameras"] <= brief.box.ports
        assert sum(camera["power_w"] for camera in mine) == pytest.approx(box["power_w"])
        assert box["power_w"] <= brief.box.power_w
    for camera in plan["cameras"]:
        straight = distance_m(camera["lon"], camera["lat"], *where[camera["box"]])
        assert camera["cable_m"] <= brief.box.cable_m
        assert camera["cable_m"] == pytest.approx(straight + 7.0, abs=0.5)  # 7 m: the highest mast
    sides = Counter((camera["pole"], int(camera["azimuth_deg"] // 90)) for camera in plan["cameras"])
    assert max(sides.values()) == 1


def test_no_choice_costs_less_than_the_prices_of_the_bound(made: Made) -> None:
    problem = made[0].problem
    prices, rng = least_prices(problem), random.Random(7)  # noqa: S311 - a repeatable sample
    for _ in range(40):
        by_side: dict[int, int] = {}
        for k in rng.sample(range(1, problem.siting.candidates), 25):
            by_side.setdefault(int(problem.siting.group[k]), k)
        chosen = list(by_side.values())
        assert bill_of(problem, chosen).total >= float(prices[chosen].sum()) - 1e-6


def test_changes_by_hand_are_told_at_once_and_taken_back_to_the_last_bit(made: Made) -> None:
    posed, solved, plan = made
    edit = PlanEdit(posed.problem, solved.bill.chosen.tolist())
    camera = plan["cameras"][0]
    struck = edit.mark(camera["id"], "forbid")
    assert struck["value"] == pytest.approx(plan["value"] - camera["alone_pct"] / 100.0, abs=1e-6)
    assert edit.mark(camera["id"], "free")["value"] == plan["value"]
    away = edit.move(camera["id"], 67.3, 24.99, 0.0)
    assert away["value"] == pytest.approx(struck["value"], abs=1e-12)
    assert min(edit.move(camera["id"], camera["lon"], camera["lat"], 10.0)["took_ms"] for _ in range(3)) < 100.0
    assert edit.mark(camera["id"], "free")["value"] == plan["value"]
    with pytest.raises(PlanningError, match="not in the plan"):
        edit.mark("PC-9999", "lock")


def test_planning_anew_keeps_what_is_locked_and_leaves_what_is_struck_out(made: Made) -> None:
    posed, solved, plan = made
    edit = PlanEdit(posed.problem, solved.bill.chosen.tolist())
    locked, struck = plan["cameras"][0], plan["cameras"][1]
    edit.mark(locked["id"], "lock")
    edit.mark(struck["id"], "forbid")
    begin, held, forbidden = edit.again()
    again = solve_plan(posed.problem, after(3.0), 0.01, begin, held, forbidden)
    assert locked["candidate"] in again.bill.chosen
    assert struck["candidate"] not in again.bill.chosen
    assert again.bill.total <= 18_000_000


def test_money_for_nothing_says_so(made: Made) -> None:
    with pytest.raises(PlanningError, match="budget"):
        solve_plan(made[0].problem, after(5.0), budget=50_000.0)


@pytest.mark.slow
def test_more_money_never_sees_less(made: Made) -> None:
    points = plan_curve(made[0].problem, [9e6, 13e6, 18e6], after(9.0))
    values = [point["value"] for point in points]
    assert values == sorted(values)
    assert all(point["cost"] <= point["budget"] for point in points)
    assert knee([0.0, 10.0, 20.0, 30.0], [0.0, 8.0, 10.0, 11.0]) == 1


def test_the_files_say_what_the_plan_says(made: Made, tmp_path: Path) -> None:
    posed, _, plan = made
    write_all(plan, posed.inventory, tmp_path)
    assert read_plan(tmp_path)["value"] == plan["value"]
    sheet = load_workbook(tmp_path / "bill.xlsx")["Bill of quantities"]
    lines = [row for row in sheet.iter_rows(min_row=5, values_only=True) if row[3] is not None]
    assert sum(row[1] * row[3] for row in lines) == pytest.approx(plan["cost"]["total"])
    layers = {name for name, _ in list_layers(tmp_path / "plan.gpkg")}
    assert layers == {"cameras", "poles", "boxes", "views", "trenches"}
    assert read_info(tmp_path / "plan.gpkg", layer="cameras")["features"] == len(plan["cameras"])
    kml = ET.parse(tmp_path / "plan.kml").getroot()  # noqa: S314 - written a moment ago
    marks = kml.findall(".//{http://www.opengis.net/kml/2.2}Placemark")
    things = ("cameras", "poles", "boxes")
    assert len(marks) == sum(len(plan[key]) for key in things) + len(plan["fibre"]["pieces"])
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "DEMO DATA" in page
    assert "<script" not in page
    assert page.replace("http://www.w3.org/2000/svg", "").count("http") == 0


def test_a_plan_compared_with_itself_differs_in_nothing(made: Made) -> None:
    found = compare_plans(made[2], made[2])
    assert all(row["difference"] == 0 for row in [*found["rows"], *found["districts"], *found["cost"]])
    assert found["cameras"]["only_a"] == found["cameras"]["only_b"] == found["notes"] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [("no", "not JSON"), ("[]", "no plan"), ('{"format":"gisops-plan","version":9}', "version 9"),
     ('{"format":"gisops-plan","version":1}', "no usable name")],
)  # fmt: skip
def test_what_is_no_plan_is_refused(text: str, said: str) -> None:
    with pytest.raises(PlanningError, match=said):
        parse_plan(text, "x.json")


def test_poles_stay_out_of_what_is_forbidden(made: Made) -> None:
    problem = made[0].problem
    lon, lat = np.asarray(problem.lon_lat).T
    from_consulate = [distance_m(a, b, 67.0098, 24.843) for a, b in zip(lon.tolist(), lat.tolist(), strict=True)]
    assert min(from_consulate) >= 149.0
