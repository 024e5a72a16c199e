"""``gisops positions`` as a process over a real database: requests as Traccar and OwnTracks send them."""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest

from tests.inventories import replace, write_small_inventory

pytestmark = pytest.mark.integration

TOKEN = "a-token-of-this-test-only"
NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)


@pytest.fixture
def feed(postgres_dsn: str, tmp_path: Path) -> Iterator[int]:
    folder = write_small_inventory(tmp_path / "city")
    replace("boxes.csv", "profile,switch_ports", "profile,switch_ports,tracker_id")(folder)
    replace("boxes.csv", "cabinet,2\n", "cabinet,2,TR-1\n")(folder)
    replace("boxes.csv", "cabinet,2\n", "cabinet,2,TR-2\n")(folder)
    run = tmp_path / "run"
    run.mkdir()
    (run / "trackers.toml").write_text('[traccar]\ntoken = "env:TEST_TOKEN"\ntrackers = ["TR-1"]\n')
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    command = [sys.executable, "-m", "gisops", "positions", "--inventory", str(folder), "--run", str(run)]
    environ = {**os.environ, "GISOPS_DSN": postgres_dsn, "TEST_TOKEN": TOKEN}
    with subprocess.Popen(
        [*command, "--port", str(port)], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        assert json.loads(program.stdout.readline())["ready"]
        yield port
        program.send_signal(signal.SIGTERM)
        complaints = program.stderr.read()
        assert program.wait(20) == 0
    assert complaints == ""


def ask(port: int, method: str, path: str, body: object = None, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    text = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    connection.request(method, path, text, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    read = answer.status, answer.read().decode()
    connection.close()
    return read


def osmand(step: int, after_s: float, **more: str) -> str:
    at = int((NOW + timedelta(seconds=after_s)).timestamp())
    values = {
        "id": "TR-1",
        "lat": 24.85,
        "lon": round(67.06 + 0.001 * step, 6),
        "timestamp": at,
        "accuracy": 5,
        **more,
    }
    return "/?" + urlencode(values)


def test_all_forms_are_taken_and_a_moved_box_is_in_the_log(feed: int, postgres_dsn: str) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    basic = {"Authorization": "Basic " + base64.b64encode(f"box:{TOKEN}".encode()).decode()}
    assert ask(feed, "GET", osmand(0, 0, token=TOKEN)) == (200, "[]")
    assert ask(feed, "POST", osmand(3, 60), **bearer)[0] == 200
    forward = {
        "position": {
            "fixTime": (NOW + timedelta(seconds=80)).isoformat(),
            "latitude": 24.85,
            "longitude": 67.065,
            "speed": 20,
            "accuracy": 8,
            "valid": True,
            "attributes": {},
        },
        "device": {"uniqueId": "TR-1"},
    }
    assert ask(feed, "POST", "/traccar", forward, **bearer) == (200, "[]")
    located = {"_type": "location", "lon": 67.066, "lat": 24.85, "acc": 9, "tid": "T1"}
    located["tst"] = int((NOW + timedelta(seconds=100)).timestamp())
    assert ask(feed, "POST", "/owntracks", located, **basic, X_Limit_D="TR-1") == (200, "[]")
    assert ask(feed, "POST", "/owntracks", located, **basic, X_Limit_D="TR-1") == (200, "[]")
    assert ask(feed, "POST", "/owntracks", {"_type": "lwt", "tst": 1}, **basic) == (200, "[]")
    with psycopg.connect(postgres_dsn) as connection:
        assert connection.execute("SELECT count(*) FROM position").fetchone() == (4,)
        moved = connection.execute(
            "SELECT subject, round((payload->>'displaced_m')::numeric), payload->'station'->>'id' FROM event "
            "WHERE kind = 'box_moved' ORDER BY occurred_at"
        ).fetchall()
    # 0.003, 0.005 and 0.006 degrees of longitude at 24.85 degrees north.
    assert [(box, int(metres), station) for box, metres, station in moved] == [
        ("B1", 303, "P1"), ("B1", 505, "P1"), ("B1", 606, "P1"),
    ]  # fmt: skip


def test_what_may_not_be_is_a_clear_line_and_a_status(feed: int, postgres_dsn: str) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert ask(feed, "GET", osmand(0, 0))[0] == 401
    assert ask(feed, "GET", osmand(0, 0, token="a-guess-at-the-token"))[0] == 401
    answers = [
        ask(feed, "GET", osmand(0, 0, id="TR-2"), **bearer),
        ask(feed, "GET", osmand(0, 0, lat="120"), **bearer),
        ask(feed, "GET", osmand(0, 10**9), **bearer),
        ask(feed, "POST", "/traccar", b"{", **bearer),
        ask(feed, "POST", "/traccar", [1], **bearer),
        ask(feed, "POST", "/traccar", {"position": 3}, **bearer),
        ask(feed, "POST", "/owntracks", {"_type": "location"}, **bearer),
    ]
    assert [status for status, _ in answers] == [400] * len(answers)
    assert all(text.count("\n") == 1 and text.count(": ") >= 2 for _, text in answers), answers
    assert ask(feed, "POST", "/traccar", b"x" * 100_000, **bearer)[0] == 413
    assert ask(feed, "POST", "/nowhere", b"", **bearer)[0] == 404
    strangers = [ask(feed, "GET", "/?id=1")[0] for _ in range(30)]
    assert strangers[-1] == 429
    assert ask(feed, "GET", osmand(0, 0), **bearer)[0] == 200  # who has a token goes on
    with psycopg.connect(postgres_dsn) as connection:
        assert connection.execute("SELECT count(*) FROM position").fetchone() == (1,)
