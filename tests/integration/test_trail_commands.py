"""What people enter of permits, visits and recovered boxes, through the commands they enter it with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gisops.inventory.load import load_inventory
from gisops.model.event import Event, EventKind
from gisops.model.outage import Cause, Outage
from gisops.model.position import Fix
from gisops.store.entries import note_entries
from gisops.trails.excursion import Excursion
from gisops.trails.record import moved_event
from tests.inventories import write_small_inventory

pytestmark = pytest.mark.integration

NOW = datetime.now(UTC).replace(microsecond=0)
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def gisops(postgres_dsn: str, tmp_path: Path) -> Run:
    folder = write_small_inventory(tmp_path / "city")

    def run(*words: str, has_inventory: bool = True) -> tuple[int, Any]:
        inventory = ["--inventory", str(folder)] if has_inventory else []
        command = [sys.executable, "-m", "gisops", *words, *inventory, "--json"]
        done = subprocess.run(
            command, env={**os.environ, "GISOPS_DSN": postgres_dsn}, capture_output=True, text=True, check=False
        )
        return done.returncode, json.loads(done.stdout) if done.stdout.startswith("{") else done.stderr.strip()

    return run


def local(moment: datetime) -> str:
    return moment.isoformat()


def test_a_permit_is_given_found_and_ended(gisops: Run) -> None:
    times = ("--from", local(NOW - timedelta(hours=1)), "--to", local(NOW + timedelta(hours=3)))
    words = ("--who", "Contractor: Bilal", "--what", "battery", "--by", "DG office")
    code, given = gisops("permit", "add", "box", "B1", *times, *words)
    assert code == 0
    (permit,) = given["permits"]
    assert gisops("permit", "list", "--where", "C2")[1]["permits"] == [permit]  # a camera of that box
    assert gisops("permit", "list", "--where", "B2")[1]["permits"] == []
    assert gisops("permit", "add", "box", "B11", *times, *words) == (
        2, "box B11: is not in the inventory: did you mean B1?",
    )  # fmt: skip
    assert gisops("permit", "end", permit["id"], "--by", "DG office")[0] == 0
    assert gisops("permit", "list", "--where", "B1")[1]["permits"] == []
    (over,) = gisops("permit", "list", "--all")[1]["permits"]
    assert over["ends_at"] < permit["ends_at"]
    code, said = gisops("permit", "end", permit["id"], "--by", "DG office")
    assert (code, "is over" in said) == (2, True)


async def test_a_visit_and_a_recovered_box_are_in_the_log_and_the_reports(
    gisops: Run, postgres_dsn: str, tmp_path: Path
) -> None:
    inventory = load_inventory(tmp_path / "city")
    opened = NOW - timedelta(minutes=30)
    outage = Outage("O1", "B1", ("B1",), opened, opened, None, {Cause.THEFT: 1.0})
    kind = EventKind.OUTAGE_OPENED
    box = inventory.boxes["B1"]
    fixes = tuple(Fix("T", opened + timedelta(seconds=10 * n), box.lon + 0.001 * n, box.lat, 5.0) for n in (1, 2, 3))
    trip = Excursion(fixes, None)
    moved = [moved_event(box, trip, fix, inventory, opened) for fix in fixes]
    await note_entries(postgres_dsn, [Event("o", kind, "O1", opened, opened, outage.to_json()), *moved])
    visit = ("--by", "Bilal", "--found", "plinth empty", "--at", local(NOW - timedelta(minutes=10)))
    assert gisops("visit", "O1", *visit, has_inventory=False)[0] == 0
    assert gisops("visit", "O11", "--by", "Bilal", has_inventory=False) == (
        2, "outage O11: is not known: did you mean O1?",
    )  # fmt: skip
    code, report = gisops("report", "time-to-notice", "--each")
    assert (code, report["rows"][0]["to_visit_s"], report["rows"][0]["visited_by"]) == (0, 1200.0, "Bilal")
    code, away = gisops("trail", "list")
    assert (code, [trail["box"] for trail in away["trails"]]) == (1, ["B1"])
    assert gisops("trail", "recovered", "B1", "--by", "Inspector")[0] == 0
    assert gisops("trail", "recovered", "B1", "--by", "Inspector")[0] == 1
    assert gisops("trail", "list") == (0, {"trails": []})
    (ended,) = gisops("trail", "list", "--all")[1]["trails"]
    assert ended["state"] == "recovered"
