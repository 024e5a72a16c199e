"""The demonstration's log in a real database, and every question asked of it from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gisops.cli.main import main
from gisops.geo.measure import distance_m
from gisops.inventory.load import load_inventory
from gisops.service.blind_spots import open_blind_desk
from gisops.service.import_incidents import taxonomy_of
from gisops.service.incident_analysis import Incidents, Period
from gisops.store.incident_reader import IncidentQuery, IncidentReader
from tools.city.incidents import build

pytestmark = pytest.mark.integration

DATA = Path("data")
BEGIN, END = datetime(2025, 11, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
BILAWAL = (67.0297, 24.8134)
Ask = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def ask(postgres_dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    monkeypatch.setenv("GISOPS_DSN", postgres_dsn)

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        code = main([*words, "--json"])
        said = capsys.readouterr()
        assert said.err == ""
        return code, json.loads(said.out)

    code, report = run("import", "incidents", "data/incidents/demo.csv", "--mapping", "data/incidents/demo.toml")
    assert (code, report["new"], report["refused"]) == (0, 2400, 0)
    return run


def test_the_demonstrations_log_is_what_its_program_writes() -> None:
    lines = (DATA / "incidents" / "demo.csv").read_text(encoding="utf-8").splitlines()
    rows = build(load_inventory(DATA))
    assert [",".join(rows[0]), len(rows) + 1] == [lines[0], len(lines)]
    assert all(row["NOTE"] == "invented for the demonstration" for row in rows)


def test_questions_of_the_log(ask: Ask) -> None:
    code, hot = ask("incidents", "hotspots")
    assert (code, hot["demo"], hot["used"]) == (0, True, 2400)
    assert min(distance_m(spot["lon"], spot["lat"], *BILAWAL) for spot in hot["hot"]) < 250.0
    _, density = ask("incidents", "density", "--bandwidth", "300")
    assert (density["bandwidth_m"], density["bandwidth"]) == (300.0, "given")
    assert density["highest"][0]["per_km2"] == pytest.approx(density["highest_per_km2"], abs=0.01)
    _, near = ask("incidents", "near-repeat", "--deals", "99")
    assert near["ratio"][0][0] > 1.2, "written into the log: one soon follows another"
    assert near["left_out"]["not exact to 50 m"] == 2400 - near["used"]
    _, hours = ask("incidents", "hours")
    assert sum(map(sum, hours["counts"])) == 2400
    assert sum(map(sum, hours["hours"])) == pytest.approx(24.0 * 365, rel=0.02)
    _, rates = ask("incidents", "rates", "--category", "RTA")
    assert rates["districts"][0]["id"] == "south"
    assert sum(row["count"] for row in rates["districts"]) + rates["left_out"]["in no district"] == rates["incidents"]
    _, change = ask(
        "incidents", "compare", "--from", "2025-11-01", "--to", "2026-05-01", "--after-from", "2026-05-01",
        "--after-to", "2026-11-01", "--district", "south", "--control", "east",
    )  # fmt: skip
    assert change["ratio"]["low"] < 1.0 < change["ratio"]["high"], "nothing was changed in the invented city"
    assert change["net"]["low"] < 1.0 < change["net"]["high"]


def test_a_word_that_is_none_is_refused_with_the_nearest(ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("incidents", "looks")[0] == 0
    assert main(["incidents", "hours", "--category", "street_roberry"]) == 2
    assert "street_robbery" in capsys.readouterr().err
    assert main(["respond", "--at", "here"]) == 2
    assert "write it as 67.0297,24.8134" in capsys.readouterr().err


def test_impact_and_response_follow_the_record(ask: Ask, postgres_dsn: str) -> None:
    began, lost_at = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    inventory = load_inventory(DATA)
    lost = set(inventory.cameras_of_box["BX-CLF-001"])
    with psycopg.connect(postgres_dsn) as connection, connection.cursor() as cursor:
        for name in inventory.cameras:
            cursor.execute(
                "INSERT INTO state_history VALUES (%s, 'up', '', %s, %s)",
                (name, began, lost_at if name in lost else None),
            )
        for name in lost:
            cursor.execute("INSERT INTO state_history VALUES (%s, 'down', '', %s, NULL)", (name, lost_at))
    code, before = ask("impact", "--when", "2026-03-02T09:59+00:00")
    assert (code, before["sites"]) == (0, [])
    code, after = ask("impact", "--when", "2026-03-03T00:00+00:00")
    (site,) = after["sites"]
    assert (code, site["id"], site["camera_network"]["state"]) == (1, "ST-CLF-001", "interrupted")
    assert site["camera_network"]["since"] == site["public_safety"]["since"] == lost_at.isoformat()
    south = next(row for row in after["districts"] if row["id"] == "south")
    assert (south["camera_network"]["state"], south["public_safety"]["state"]) == ("active", "security lapse")
    # 30 m before one of the lost cameras.
    camera = inventory.cameras["CM-CLF-001-1"]
    at = f"{camera.lon + 0.0003},{camera.lat}"
    code, then = ask("respond", "--at", at, "--when", "2026-03-02T09:59+00:00")
    assert code == 0
    assert "CM-CLF-001-1" in [seen["id"] for seen in then["sees"] if seen["works"]]
    _, now = ask("respond", "--at", at, "--when", "2026-03-03T00:00+00:00")
    assert "CM-CLF-001-1" in [seen["id"] for seen in now["sees"] if not seen["works"]]


def test_the_box_where_incidents_crowd_is_repaired_first(ask: Ask, postgres_dsn: str) -> None:
    assert ask("incidents", "looks")[0] == 0
    whole = load_inventory(DATA)
    boxes = ["BX-CLF-001", "BX-CLF-020", "BX-APT-001", "BX-DHA-003"]
    city = replace(whole, cameras={n: c for n, c in whole.cameras.items() if c.box_id in boxes})
    reader = IncidentReader(postgres_dsn)
    incidents = Incidents(reader.incidents(IncidentQuery(BEGIN, END)), Period(BEGIN, END), city, taxonomy_of(DATA))
    reader.close()
    desk, said = open_blind_desk(incidents, None, "discern", None)
    assert (said["demo"], said["bandwidth_m"]) == (True, 250.0)
    up, lost = ("up", END), ("down", END - timedelta(hours=10))
    states = {name: lost if c.box_id in boxes[:2] else up for name, c in city.cameras.items()}
    outage = {"O1": ("BX-CLF-020", "theft", tuple(city.cameras_of_box["BX-CLF-020"]))}
    found = desk.now(states | {"BX-CLF-001": lost}, outage, END)
    assert [(loss["root"], loss["cause"]) for loss in found["repairs"]] == [
        ("BX-CLF-001", None),
        ("BX-CLF-020", "theft"),
    ]
    first = found["repairs"][0]
    assert first["so_far"] == pytest.approx(10.0 * first["per_hour"], rel=1e-2)
    assert found["per_hour"] == pytest.approx(sum(loss["per_hour"] for loss in found["repairs"]), abs=0.01)
    assert found["unseen_pct"] == pytest.approx(sum(spot["unseen_pct"] for spot in found["blind"]), rel=0.02)
    # The average camera is 1: all lost, an hour costs as many as there are cameras.
    parts = [desk.without(dict.fromkeys(city.cameras, up), "box", box)["per_hour"] for box in boxes]
    assert sum(parts) == pytest.approx(len(city.cameras), abs=0.01)
    assert parts[0] == max(parts)
