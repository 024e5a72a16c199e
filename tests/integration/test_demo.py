"""The whole system as a user runs it: one command, ended, killed, started again, and fed what is wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.integration.agents import free_port

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]
DATA = Path(__file__).parents[2] / "data"
THEFT = '[[event]]\nat_s = 6\nfault = "theft"\ntarget = "BX-CLF-001"\napproach_s = 3\n'


def gisops(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gisops", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **environ},
    )


def demo_arguments(run_dir: Path, *extra: str) -> list[str]:
    timeline = run_dir.parent / "theft.toml"
    timeline.write_text(THEFT)
    ports = ["--port", str(free_port()), "--trap-port", str(free_port())]
    common = ["demo", "--inventory", str(DATA), "--run", str(run_dir), "--timeline", str(timeline)]
    return [*common, "--interval", "5", *ports, *extra]


@contextmanager
def demo(run_dir: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the demo with its page until the block ends, then Ctrl-C it; it must end cleanly."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gisops", *demo_arguments(run_dir)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Karachi is live at http://127.0.0.1:")
        yield process
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def events_in(run_dir: Path) -> int:
    up = subprocess.Popen(
        [sys.executable, "-m", "gisops", "db", "up", "--run", str(run_dir), "--json"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert up.stdout is not None
    with psycopg.connect(json.loads(up.stdout.readline())["dsn"]) as connection:
        row = connection.execute("SELECT count(*) FROM event").fetchone()
    up.send_signal(signal.SIGINT)
    up.wait(30)
    up.stdout.close()
    assert row is not None
    return int(row[0])


def test_headless_says_what_it_saw_and_a_second_run_goes_on(short_tmp: Path) -> None:
    run_dir = short_tmp / "run"
    done = gisops(*demo_arguments(run_dir, "--headless", "--for", "18", "--json"))
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    expected = {"sites": 300, "boxes": 300, "cameras": 1300, "stations": 18, "devices_polled": 1600}
    assert {key: seen[key] for key in expected} == expected
    assert seen["fibre_km"] == pytest.approx(193.0, abs=0.5)
    assert seen["answers"] > 1600
    assert seen["theft"]["detected"]
    assert seen["theft"]["cameras_inside"] == 6
    assert seen["theft"]["warned_after_s"] < 2.0
    assert seen["theft"]["detected_after_s"] < 5.0
    assert [(o["root"], o["cause"]) for o in seen["outages"]] == [("BX-CLF-001", "theft")]
    before = events_in(run_dir)
    began = time.monotonic()
    with demo(run_dir):
        assert time.monotonic() - began < 10
    assert events_in(run_dir) > before


@pytest.mark.slow
def test_a_second_start_on_the_same_data_is_refused_and_kill_9_leaves_nothing_in_the_way(short_tmp: Path) -> None:
    run_dir = short_tmp / "run"
    with demo(run_dir) as first:
        second = gisops(*demo_arguments(run_dir))
        assert second.returncode == 2
        assert second.stderr.splitlines()[-1].startswith(f"{run_dir}/: already in use by process {first.pid}: ")
        first.kill()
        first.wait()
    kept = events_in(run_dir)
    assert kept > 1600
    with demo(run_dir):
        pass
    assert events_in(run_dir) > kept


def test_a_port_in_use_is_one_line(short_tmp: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        arguments = [*demo_arguments(short_tmp / "run"), "--port", str(port)]
        done = gisops(*arguments)
    assert done.returncode == 2
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"127.0.0.1:{port}: cannot be served on (Address already in use): stop what uses it")


def test_bad_input_is_one_line_with_a_remedy(short_tmp: Path) -> None:
    broken = Path(shutil.copytree(DATA, short_tmp / "city"))
    boxes = broken / "boxes.csv"
    boxes.write_text(boxes.read_text(encoding="utf-8").replace("battery_wh", "batery_wh", 1), encoding="utf-8")
    run_dir = str(short_tmp / "run")
    (short_tmp / "file").write_text("")
    cases = {
        ("poll", "--inventory", str(broken)): f"{boxes}:1: unknown column 'batery_wh': did you mean battery_wh?",
        ("demo", "--run", str(short_tmp / "file" / "run")): "cannot be used (Not a directory): choose another",
        ("demo", "--run", run_dir, "--timeline", "nowhere.toml"): "nowhere.toml: cannot be read",
        ("check", "inventory", "nowhere"): "nowhere: is not a folder: name the folder that holds inventory.toml",
        ("simulate", "inject", "theft", "BX-1", "--run", run_dir): "no simulator listens there",
        ("pol",): "gisops: unknown command pol: did you mean poll?",
    }
    for arguments, expected in cases.items():
        done = gisops(*arguments, GISOPS_DSN="postgresql://u:hunter2secret@127.0.0.1:1/x")
        lines = [line for line in done.stderr.splitlines() if not line.startswith("gisops: start")]
        assert (done.returncode, len(lines)) == (2, 1), (arguments, done.stderr)
        assert expected in lines[0], (arguments, lines)


def test_a_database_that_is_down_is_one_line_without_its_password(short_tmp: Path) -> None:
    credentials = short_tmp / "credentials.toml"
    credentials.write_text('[street-v2c]\nversion = "2c"\ncommunity = "x"\n[redzone-v3]\nversion = "3"\nuser = "x"\n')
    credentials.chmod(0o600)
    arguments = ("poll", "--inventory", str(DATA), "--run", str(short_tmp), "--credentials", str(credentials))
    done = gisops(*arguments, GISOPS_DSN="postgresql://u:hunter2secret@127.0.0.1:1/x")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert "127.0.0.1:1" in done.stderr
    assert "hunter2secret" not in done.stderr
