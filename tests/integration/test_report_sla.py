"""``gisops report sla`` over a real database with a day a person could draw."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gisops.health.machine import Track
from gisops.inventory.load import load_inventory
from gisops.model.outage import Cause, Outage
from gisops.model.state import DeviceKind, DeviceState
from gisops.service.ledger import Ledger
from gisops.store.places import write_memberships
from gisops.store.recorder import PgRecorder
from tests.inventories import write_small_inventory

pytestmark = pytest.mark.integration

T0 = datetime(2026, 3, 1, 19, tzinfo=UTC)  # midnight in Karachi, 2 March
TERMS = """
name = "Test"
currency = "PKR"
fee_per_month = 3_000_000
least_known_pct = 99

[[step]]
measure = "availability_pct"
below = 99
share_pct = 5

[[step]]
measure = "thefts"
above = 0
each = 1_000
"""


def at(hour: float) -> datetime:
    return T0 + timedelta(hours=hour)


async def play(dsn: str, folder: Path) -> None:
    """One day: all five devices up, but box B1 and its two cameras lost from 6:00 to 12:00, stolen."""
    inventory = load_inventory(folder)
    write_memberships(dsn, inventory, T0 - timedelta(days=1))
    recorder = await PgRecorder.open(dsn)
    try:
        tracks = {device_id: Track(device_id, DeviceState.UNKNOWN, T0) for device_id in inventory.devices}
        gone = ("B1", "C1", "C2")
        outage = Outage("OUT-1", "B1", gone, at(6), at(6), causes={Cause.THEFT: 1.0})
        for hour in range(25):
            ledger = Ledger()
            change = {0: DeviceState.UP, 6: DeviceState.DOWN, 12: DeviceState.UP}.get(hour)
            for device_id, before in tracks.items():
                if change is not None and change is not before.state and (hour == 0 or device_id in gone):
                    tracks[device_id] = Track(device_id, change, at(hour), seen_at=at(hour))
                    kind = DeviceKind.BOX if device_id in inventory.boxes else DeviceKind.CAMERA
                    ledger.add_state(kind, before, tracks[device_id], at(hour))
            if hour in (6, 12):
                closed = at(12) if hour == 12 else None
                last = Outage(outage.id, "B1", gone, at(6), at(hour), closed, outage.causes)
                ledger.add_outages([last], {} if hour == 6 else {outage.id: outage}, at(hour))
            await recorder.write(ledger.take(at(hour)))
    finally:
        await recorder.close()
    # The hours between were asked about, too.
    with psycopg.connect(dsn) as connection:
        connection.execute("DELETE FROM collector_gap")


def report(dsn: str, folder: Path, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "gisops", "report", "sla", "--inventory", str(folder), *words],
        env={**os.environ, "GISOPS_DSN": dsn},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout or done.stderr


async def test_a_contractor_owes_for_a_theft_and_the_hours_it_took(postgres_dsn: str, tmp_path: Path) -> None:
    folder = write_small_inventory(tmp_path / "city")
    (folder / "contract.toml").write_text(TERMS)
    await play(postgres_dsn, folder)
    day = ("--from", "2026-03-02", "--to", "2026-03-03")
    code, text = report(postgres_dsn, folder, *day, "--json")
    document: dict[str, Any] = json.loads(text)
    (row,) = document["rows"]
    # Three of five devices for 6 of 24 hours: 18 of 120 device-hours.
    assert (row["contractor"], row["devices"], row["lost_h"], row["availability_pct"]) == (
        "Contractor",
        5,
        18.0,
        85.0,
    )
    assert (row["failures"], row["mttr_h"], row["thefts"], row["tampers"]) == (3, 6.0, 1, 0)
    # A day of a fee of 3,000,000 for 30: 100,000; 5 % of it, and one theft.
    assert (row["fee"], row["penalty"]) == (100_000.0, 6_000.0)
    assert (code, document["summary"]["penalty"], document["summary"]["currency"]) == (1, 6_000.0, "PKR")
    code, text = report(postgres_dsn, folder, *day, "--csv", "--by-district")
    assert [(r["district"], r["availability_pct"]) for r in csv.DictReader(text.splitlines())] == [("West", "85.0")]
    # A month that was not measured but for this day is not judged by its availability.
    code, text = report(postgres_dsn, folder, "--from", "2026-02-20", "--to", "2026-03-03", "--monthly", "--json")
    february, march = json.loads(text)["rows"]
    assert (february["availability_pct"], february["not_judged"], february["penalty"]) == (
        None,
        ["availability_pct"],
        0.0,
    )
    # From 1 March 0:00 to 3 March 0:00: half of it known, so that of the two only the theft counts.
    assert (march["fee"], march["not_judged"], march["penalty"]) == (200_000.0, ["availability_pct"], 1_000.0)


def test_a_period_without_an_end_after_its_beginning_is_refused(postgres_dsn: str, tmp_path: Path) -> None:
    folder = write_small_inventory(tmp_path / "city")
    code, text = report(postgres_dsn, folder, "--from", "2026-03-03", "--to", "2026-03-02")
    assert (code, text.startswith("--from: 2026-03-03 is not before the end")) == (2, True)
    code, text = report(postgres_dsn, folder, "--from", "2026-03-01", "--terms", str(tmp_path / "none.toml"))
    assert (code, "none.toml: cannot be read" in text) == (2, True)
