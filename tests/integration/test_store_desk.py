"""What people enter, through the commands they enter it with; places that change; time in which nobody asked."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gisops.inventory.load import load_inventory
from gisops.model.outage import Cause, Outage
from gisops.service.ledger import Ledger
from gisops.store.desk import windows_since
from gisops.store.places import write_memberships
from gisops.store.ports import Batch
from gisops.store.recorder import PgRecorder
from tests.inventories import replace, write_small_inventory

pytestmark = pytest.mark.integration

NOW = datetime.now(UTC).replace(microsecond=0)
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small_inventory(tmp_path / "city")


@pytest.fixture
def gisops(postgres_dsn: str) -> Run:
    def run(*words: str) -> tuple[int, Any]:
        command = [sys.executable, "-m", "gisops", *words]
        done = subprocess.run(
            command, env={**os.environ, "GISOPS_DSN": postgres_dsn}, capture_output=True, text=True, check=False
        )
        return done.returncode, json.loads(done.stdout) if done.stdout.startswith("{") else done.stderr.strip()

    return run


def query(dsn: str, text: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(text.encode()).fetchall()


def test_a_box_that_moves_keeps_its_past_where_it_was(postgres_dsn: str, folder: Path) -> None:
    first, second = NOW - timedelta(days=3), NOW - timedelta(days=1)
    assert write_memberships(postgres_dsn, load_inventory(folder), first) == 5
    assert write_memberships(postgres_dsn, load_inventory(folder), first) == 0
    (table,) = folder.rglob("boxes.csv")
    old, new = (f"N2,10.0.0.2,3,redzone-v3,{contractor}" for contractor in ("Contractor", "Other"))
    replace(str(table.relative_to(folder)), old, new)(folder)
    # Two rows end, two begin: the box and the camera that hangs on it.
    assert write_memberships(postgres_dsn, load_inventory(folder), second) == 4
    found = query(
        postgres_dsn,
        "SELECT device_id, contractor, nullif(t0, '-infinity'), nullif(t1, 'infinity') FROM membership "
        "WHERE device_id IN ('B2', 'C3') ORDER BY device_id, t0",
    )
    assert found == [
        ("B2", "Contractor", None, second),
        ("B2", "Other", second, None),
        ("C3", "Contractor", None, second),
        ("C3", "Other", second, None),
    ]


def test_work_is_announced_listed_and_ended(postgres_dsn: str, folder: Path, gisops: Run) -> None:
    write_memberships(postgres_dsn, load_inventory(folder), NOW)
    day = (NOW + timedelta(days=2)).date()
    times = ("--from", f"{day}T09:00", "--to", f"{day}T11:00", "--by", "Ali", "--json")
    code, said = gisops(
        "maintenance", "add", "box", "B1", *times, "--every", "week", "--until", str(day + timedelta(days=15))
    )
    assert code == 0
    # 9:00 in Karachi is 4:00 UTC.
    starts = [datetime.fromisoformat(window["starts_at"]) for window in said["windows"]]
    assert starts == [datetime(day.year, day.month, day.day, 4, tzinfo=UTC) + timedelta(days=7 * n) for n in range(3)]
    assert gisops("maintenance", "list", "--json") == (0, said)
    series = said["windows"][0]["series"]
    code, ended = gisops("maintenance", "end", series, "--by", "Ali", "--json")
    assert (code, len(ended["windows"])) == (0, 3)
    # Taken back before they began: they never hold.
    assert all(w.starts_at == w.ends_at for w in asyncio.run(windows_since(postgres_dsn, NOW)))
    code, said = gisops("maintenance", "add", "box", "B11", *times)
    assert code == 2
    assert "did you mean B1?" in said


def test_an_outage_is_taken_on_once_and_the_report_knows_how_long_it_took(
    postgres_dsn: str, folder: Path, gisops: Run
) -> None:
    write_memberships(postgres_dsn, load_inventory(folder), NOW)
    opened = NOW - timedelta(minutes=30)
    detected = opened + timedelta(seconds=2)
    outage = Outage("outage-1", "B1", ("B1", "C1"), opened, detected, None, {Cause.POWER_CUT: 1.0})
    ledger = Ledger()
    ledger.add_outages([outage], {}, detected)

    async def write() -> None:
        recorder = await PgRecorder.open(postgres_dsn)
        await recorder.write(ledger.take(detected))
        await recorder.close()

    asyncio.run(write())
    assert gisops("ack", "outage-2", "--by", "Sara")[1].endswith("did you mean outage-1?")
    code, said = gisops("ack", "outage-1", "--by", "Sara", "--json")
    assert (code, said["by"], said["was_free"]) == (0, "Sara", True)
    since = datetime.fromisoformat(said["since"])
    assert gisops("ack", "outage-1", "--by", "Omar", "--json") == (1, {**said, "was_free": False})
    # A person at the keyboard is no heartbeat.
    assert query(postgres_dsn, "SELECT beat_at FROM log_head") == [(detected,)]
    start = (opened - timedelta(hours=1)).isoformat()
    code, report = gisops("report", "availability", "--from", start, "--by", "district,cause", "--json")
    assert code == 0
    (row,) = report["rows"]
    assert (row["district"], row["district_name"], row["cause"], row["outages"]) == ("west", "West", "power_cut", 1)
    assert (row["mttd_least_s"], row["mttd_most_s"]) == (2.0, 2.0)
    assert row["mtta_min"] == pytest.approx((since - detected).total_seconds() / 60, abs=0.001)


def test_a_heartbeat_that_jumps_leaves_a_gap_and_one_that_beats_none(postgres_dsn: str) -> None:
    async def write() -> None:
        recorder = await PgRecorder.open(postgres_dsn)
        for second in (0, 30, 90, 151, 160):
            await recorder.write(Batch(NOW + timedelta(seconds=second)))
        await recorder.close()

    asyncio.run(write())
    found = query(postgres_dsn, "SELECT t0, t1 FROM collector_gap")
    assert found == [(NOW + timedelta(seconds=90), NOW + timedelta(seconds=151))]
