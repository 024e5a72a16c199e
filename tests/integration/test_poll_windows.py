"""``gisops poll`` and announced work: a loss inside a window is no outage until the work ends; no restart."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.integration.test_poll_process import CREDENTIALS, ROOT, said
from tests.inventories import write_small_inventory

pytestmark = pytest.mark.integration
PORT = 17161
WITHIN_S = 30.0


@pytest.fixture
def silent_city(short_tmp: Path) -> Iterator[Path]:
    """A city whose devices have sockets that nobody reads: asked, they are silent."""
    folder = write_small_inventory(short_tmp / "city")
    with contextlib.ExitStack() as sockets:
        for name in ("boxes.csv", "cameras.csv"):
            path = folder / name
            head, *rows = path.read_text().replace("10.0.", "127.67.").splitlines()
            path.write_text("\n".join([f"{head},snmp_port", *(f"{row},{PORT}" for row in rows)]) + "\n")
            place = head.split(",").index("address")
            for row in rows:
                sock = sockets.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                sock.bind((row.split(",")[place], PORT))
        credentials = short_tmp / "credentials.toml"
        credentials.write_text(CREDENTIALS)
        credentials.chmod(0o600)
        yield folder


@pytest.fixture
def poll(silent_city: Path, short_tmp: Path, postgres_dsn: str) -> Iterator[subprocess.Popen[str]]:
    words = ["poll", "--inventory", str(silent_city), "--run", str(short_tmp / "run"), "--probe", "none"]
    words += [
        "--credentials",
        str(short_tmp / "credentials.toml"),
        "--no-traps",
        "--interval",
        "2",
        "--timeout",
        "0.3",
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "gisops", *words],
        cwd=ROOT,
        env={**os.environ, "GISOPS_DSN": postgres_dsn},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate(timeout=30)


def maintenance(dsn: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "gisops", "maintenance", *words, "--by", "Ali", "--json"],
        cwd=ROOT,
        env={**os.environ, "GISOPS_DSN": dsn},
        capture_output=True,
        text=True,
        check=True,
    )
    (window,) = json.loads(done.stdout)["windows"]
    return str(window["id"])


def wait_for(dsn: str, shown: set[str], in_outages: set[str]) -> None:
    """Wait until just these are shown in maintenance and just these are in open outages; told by every commit."""
    deadline = time.monotonic() + WITHIN_S
    working = "SELECT device_id FROM device_state WHERE state = 'maintenance'"
    members = "SELECT jsonb_array_elements_text(document->'members') FROM outage WHERE closed_at IS NULL"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("LISTEN gisops_event")
        while True:
            found = [{device_id for (device_id,) in connection.execute(query)} for query in (working, members)]
            if found == [shown, in_outages]:
                return
            assert time.monotonic() < deadline, found
            for _ in connection.notifies(timeout=1.0, stop_after=1):
                pass


def test_work_announced_while_it_runs_excuses_and_its_end_opens_the_outage(
    poll: subprocess.Popen[str], postgres_dsn: str
) -> None:
    assert said(poll)["ready"] is True
    now = datetime.now(UTC).astimezone(ZoneInfo("Asia/Karachi"))
    start, end = (f"{now + timedelta(minutes=m):%Y-%m-%dT%H:%M}" for m in (-2, 60))
    name = maintenance(postgres_dsn, "add", "box", "B1", "--from", start, "--to", end)
    wait_for(postgres_dsn, {"B1", "C1", "C2"}, {"B2", "C3"})
    maintenance(postgres_dsn, "end", name)
    wait_for(postgres_dsn, set(), {"B1", "C1", "C2", "B2", "C3"})
    poll.terminate()
    last = said(poll)
    assert (last["stopped"], last["failed_rounds"], last["last_error"]) == (True, 0, None)
