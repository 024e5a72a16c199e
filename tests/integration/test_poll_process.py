"""``gisops poll`` as a process: a changed inventory is taken in while it runs, a spoilt one is refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.inventories import write_small_inventory

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[2]
CREDENTIALS = """
[street-v2c]
version = "2c"
community = "only-for-this-test"

[redzone-v3]
version = "3"
user = "test"
auth = "SHA-256"
auth_password = "only-for-this-test"
privacy = "AES-128"
privacy_password = "only-for-this-test"
"""


@pytest.fixture
def city(short_tmp: Path) -> Path:
    folder = write_small_inventory(short_tmp / "city")
    for name in ("boxes.csv", "cameras.csv"):
        path = folder / name
        path.write_text(path.read_text().replace("10.0.", "127.66."))
    credentials = short_tmp / "credentials.toml"
    credentials.write_text(CREDENTIALS)
    credentials.chmod(0o600)
    return folder


@pytest.fixture
def poll(city: Path, short_tmp: Path, postgres_dsn: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "gisops", "poll", "--inventory", str(city), "--run", str(short_tmp / "run")]
    command += ["--credentials", str(short_tmp / "credentials.toml"), "--no-traps", "--interval", "2"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "GISOPS_DSN": postgres_dsn},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate(timeout=30)


def said(process: subprocess.Popen[str]) -> dict[str, object]:
    assert process.stdout is not None
    answer: dict[str, object] = json.loads(process.stdout.readline())
    return answer


def test_a_changed_inventory_is_taken_in_and_a_spoilt_one_refused(
    poll: subprocess.Popen[str], city: Path, postgres_dsn: str
) -> None:
    assert said(poll) == {"ready": True, "devices": 5, "interval_s": 2.0}
    cameras = city / "cameras.csv"
    lines = cameras.read_text().splitlines(keepends=True)
    cameras.write_text("".join(lines[:-1]))
    poll.send_signal(signal.SIGHUP)
    assert said(poll) == {"reloaded": True, "devices": 4}
    cameras.write_text("".join(lines[:-1]) + lines[-1].replace("2160", "many"))
    poll.send_signal(signal.SIGHUP)
    assert poll.stderr is not None
    line = poll.stderr.readline()
    assert "cameras.csv" in line
    assert "many" in line
    cameras.write_text("".join(lines))
    with psycopg.connect(postgres_dsn) as connection:
        connection.execute("SELECT pg_notify('gisops_inventory', '')")
    assert said(poll) == {"reloaded": True, "devices": 5}
    poll.send_signal(signal.SIGTERM)
    last = said(poll)
    assert last["stopped"] is True
    assert poll.wait(30) == 0
    with psycopg.connect(postgres_dsn) as connection:
        changes = connection.execute(
            "SELECT payload->'added', payload->'removed' FROM event WHERE kind = 'inventory_changed' ORDER BY seq"
        ).fetchall()
        gone = connection.execute("SELECT state FROM device_state WHERE reason = 'taken out of the inventory'")
        assert gone.fetchall() == [("unknown",)]
    assert changes == [(0, 1), (1, 0)]


def test_a_second_collector_on_the_same_folder_is_told_who_is_there(
    poll: subprocess.Popen[str], city: Path, short_tmp: Path, postgres_dsn: str
) -> None:
    said(poll)
    command = [sys.executable, "-m", "gisops", "poll", "--inventory", str(city), "--run", str(short_tmp / "run")]
    command += ["--credentials", str(short_tmp / "credentials.toml"), "--no-traps"]
    second = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "GISOPS_DSN": postgres_dsn},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 2
    assert f"already in use by process {poll.pid}" in second.stderr
