"""``gisops notify run`` as a process on a real PostgreSQL, killed where it hurts, with receivers that fail."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from gisops.alerting.silence import Silence
from gisops.model.event import Event, EventKind
from gisops.model.membership import GroupKind
from gisops.model.outage import Cause, Outage
from gisops.notify.webhook import is_signed
from gisops.store.alert_desk import add_silence, assign, audit_of, end_silence, held_alerts
from gisops.store.ports import Batch
from gisops.store.recorder import PgRecorder
from tests.inventories import write_small_inventory
from tests.receivers import HttpReceiver, http_receiver

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[2]
PORT = 20100
ROUTES = f"""
group_wait_s = 0.1
[[receivers]]
name = "duty"
kind = "webhook"
url = "http://127.0.0.1:{PORT}/in"
secret = "env:DUTY_SECRET"
[[routes]]
name = "all"
receivers = ["duty"]
"""


def now() -> datetime:
    return datetime.now(UTC)


def outage(name: str, opened_at: datetime, *, closed: bool = False, root: str = "B1") -> Outage:
    moment = now()
    members = ("B1", "C1", "C2") if root == "B1" else ("B2", "C3")
    return Outage(name, root, members, opened_at, moment, moment if closed else None, {Cause.POWER_CUT: 1.0})


def event_of(item: Outage) -> Event:
    kind = EventKind.OUTAGE_CLOSED if item.closed_at else EventKind.OUTAGE_OPENED
    return Event(f"{kind}:{item.id}:{item.updated_at}", kind, item.id, item.updated_at, now(), item.to_json())


def write(dsn: str, *outages: Outage) -> None:
    async def put() -> None:
        recorder = await PgRecorder.open(dsn)
        await recorder.write(Batch(now(), events=[event_of(o) for o in outages], outages=outages))
        await recorder.close()

    asyncio.run(put())


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = write_small_inventory(tmp_path)
    (folder / "routes.toml").write_text(ROUTES)
    return folder


@pytest.fixture
def duty() -> Iterator[HttpReceiver]:
    with http_receiver(PORT) as receiver:
        yield receiver


@contextmanager
def notifier(dsn: str, city: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "gisops", "notify", "run", "--inventory", str(city), *options]
    environ = {**os.environ, "GISOPS_DSN": dsn, "DUTY_SECRET": "s3cret"}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first, process.communicate(timeout=10)[1]
        assert json.loads(first)["ready"]
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)


def kinds(duty: HttpReceiver, number: int) -> list[str]:
    return [got.document["kind"] for got in duty.wait_for(number)]


def rows(dsn: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(query.encode()).fetchall()


def until_sent(dsn: str, number: int) -> None:
    """Wait until so many messages are marked as sent; another process marks them, so they are looked for."""
    end = time.monotonic() + 20
    while rows(dsn, "SELECT count(*) FROM notice WHERE sent_at IS NOT NULL")[0][0] < number:
        assert time.monotonic() < end
        time.sleep(0.02)


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        return await work()

    return asyncio.run(main())


def test_an_outage_is_told_once_and_so_is_its_end(postgres_dsn: str, city: Path, duty: HttpReceiver) -> None:
    opened_at = now()
    with notifier(postgres_dsn, city) as process:
        write(postgres_dsn, outage("O1", opened_at))
        assert kinds(duty, 1) == ["opened"]
        run(lambda: assign(postgres_dsn, "O1", "Sana", "Ayesha", "", now()))
        write(postgres_dsn, outage("O1", opened_at, closed=True))
        assert kinds(duty, 2) == ["opened", "resolved"]
        until_sent(postgres_dsn, 2)
        process.send_signal(signal.SIGTERM)
        last = json.loads(process.communicate(timeout=20)[0])
    assert (last["stopped"], last["sent"]) == (True, 2)
    first = duty.got[0]
    assert is_signed("s3cret", first.headers, first.body, now())
    assert not is_signed("s3cret", first.headers, first.body + b" ", now())
    (alert,) = first.document["alerts"]
    assert (alert["id"], alert["district"], alert["impact"]["cameras_lost"]) == ("O1", "west", 2)
    changes = [(line.what, line.who) for line in run(lambda: audit_of(postgres_dsn, "O1", 100))]
    assert changes[::-1] == [
        ("opened", "gisops"),
        ("page opened", "gisops"),
        ("sent", "gisops"),
        ("assigned to Sana", "Ayesha"),
        ("resolved", "gisops"),
        ("page resolved", "gisops"),
        ("sent", "gisops"),
    ]


def test_killed_between_sending_and_marking_it_sends_again_under_the_same_key(
    postgres_dsn: str, city: Path, duty: HttpReceiver
) -> None:
    opened_at = now()
    with notifier(postgres_dsn, city) as process:
        duty.before_answer = process.kill  # the receiver has it; the sender never hears so
        write(postgres_dsn, outage("O1", opened_at))
        duty.wait_for(1)
        process.wait(timeout=20)
    assert rows(postgres_dsn, "SELECT sent_at FROM notice") == [(None,)]
    write(postgres_dsn, outage("O1", opened_at, closed=True))  # meanwhile it is over
    duty.before_answer = lambda: None
    with notifier(postgres_dsn, city):
        assert kinds(duty, 3) == ["opened", "opened", "resolved"]
        until_sent(postgres_dsn, 2)
    keys = [got.headers["idempotency-key"] for got in duty.got]
    assert keys[0] == keys[1] != keys[2]
    assert duty.got[0].body == duty.got[1].body
    assert rows(postgres_dsn, "SELECT count(*) FROM notice") == [(2,)]


def test_a_receiver_that_fails_first_gets_it_later_and_in_order(
    postgres_dsn: str, city: Path, duty: HttpReceiver
) -> None:
    duty.statuses = [503, 429, 200]
    opened_at = now()
    with notifier(postgres_dsn, city):
        write(postgres_dsn, outage("O1", opened_at))
        duty.wait_for(1)
        write(postgres_dsn, outage("O1", opened_at, closed=True))
        assert kinds(duty, 4) == ["opened", "opened", "opened", "resolved"]
        until_sent(postgres_dsn, 2)
    assert rows(postgres_dsn, "SELECT attempts, last_error FROM notice ORDER BY id") == [(3, ""), (1, "")]


def test_a_restart_tells_nothing_twice_and_a_silence_holds_over_it(
    postgres_dsn: str, city: Path, duty: HttpReceiver
) -> None:
    silence = Silence("S1", GroupKind.BOX, "B2", now(), now() + timedelta(hours=1), "Ayesha", "works")
    run(lambda: add_silence(postgres_dsn, silence, now()))
    opened_at = now()
    with notifier(postgres_dsn, city):
        write(postgres_dsn, outage("O1", opened_at), outage("O2", opened_at, root="B2"))
        duty.wait_for(1)
        until_sent(postgres_dsn, 1)
    with notifier(postgres_dsn, city):
        held = {alert.id: alert.suppressed_by for alert in run(lambda: held_alerts(postgres_dsn))}
        assert held["O1"] == ()
        assert held["O2"][0].startswith("silence S1 by Ayesha until ")
        run(lambda: end_silence(postgres_dsn, "S1", "Ayesha", now()))
        assert [got.document["alerts"][0]["id"] for got in duty.wait_for(2)] == ["O1", "O2"]
        until_sent(postgres_dsn, 2)


def test_a_second_notifier_is_turned_away(postgres_dsn: str, city: Path) -> None:
    with notifier(postgres_dsn, city):
        command = [sys.executable, "-m", "gisops", "notify", "run", "--inventory", str(city)]
        environ = {**os.environ, "GISOPS_DSN": postgres_dsn, "DUTY_SECRET": "s3cret"}
        second = subprocess.run(
            command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=30, check=False
        )
    assert second.returncode == 2
    assert "another gisops notify run decides on it" in second.stderr


def test_the_heartbeat_goes_on_while_the_collector_does(postgres_dsn: str, city: Path) -> None:
    with http_receiver(PORT + 1) as outside:
        options = ("--heartbeat", outside.url, "--every", "0.1", "--fresh", "1")
        with notifier(postgres_dsn, city, *options) as process:
            assert process.stderr is not None
            assert "the collector is silent (last beat: none)" in process.stderr.readline()
            assert outside.got == []
            write(postgres_dsn)  # a batch is the collector's beat
            outside.wait_for(2)
            assert "the collector is silent" in process.stderr.readline()  # no batch for a second
            heard = len(outside.got)
            write(postgres_dsn)
            outside.wait_for(heard + 1)
    assert outside.got[0].document["gisops"] == "alive"
