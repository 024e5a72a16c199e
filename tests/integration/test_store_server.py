"""The embedded server through kills, second starts and wrong folders; nothing committed is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from gisops.errors import StoreError
from gisops.model.event import Event, EventKind
from gisops.store.embedded import EmbeddedPostgres, RunLock
from gisops.store.migrate import migrate, shipped_migrations
from gisops.store.ports import Batch
from gisops.store.reader import PgReader
from gisops.store.recorder import PgRecorder

pytestmark = pytest.mark.integration
T0 = datetime(2026, 11, 21, tzinfo=UTC)


def server_pid(server: EmbeddedPostgres) -> int:
    with psycopg.connect(server.dsn) as connection:
        row = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
    assert row is not None
    return int(str(row[0]).split()[0])


async def write_until_refused(recorder: PgRecorder) -> None:
    for _ in range(1000):
        await recorder.write(Batch(T0))


async def test_kill_9_loses_nothing_that_was_committed(home: Path) -> None:
    server = EmbeddedPostgres(home)
    migrate(server.start())
    recorder = await PgRecorder.open(server.dsn)
    event = Event("e1", EventKind.COLLECTOR_STARTED, "collector", T0, T0)
    await recorder.write(Batch(T0, events=[event]))
    os.kill(server_pid(server), signal.SIGKILL)
    with pytest.raises(StoreError, match="cannot be reached"):
        await write_until_refused(recorder)
    again = EmbeddedPostgres(home)
    again.start()
    assert await recorder.write(Batch(T0)) == 1
    reader = await PgReader.open(again.dsn)
    assert [s.event for s in await reader.events_after(0)] == [event]
    await reader.close()
    await recorder.close()
    again.stop()


def test_a_left_over_server_is_taken_over(home: Path) -> None:
    first = EmbeddedPostgres(home)
    migrate(first.start())
    left_over = server_pid(first)
    second = EmbeddedPostgres(home)
    assert migrate(second.start()) == []
    assert server_pid(second) != left_over
    second.stop()


def test_a_second_holder_is_told_who_has_the_folder(home: Path) -> None:
    with RunLock(home), pytest.raises(StoreError) as caught:
        RunLock(home).acquire()
    assert str(caught.value) == (
        f"{home}: already in use by process {os.getpid()}: stop it, or choose another with --run DIR"
    )
    with RunLock(home):
        assert (home / "gisops.lock").read_text() == f"{os.getpid()}\n"


def test_a_lock_of_a_killed_process_holds_nobody_up(home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from gisops.store.embedded import RunLock;"
        " lock = RunLock(Path(sys.argv[1])); lock.acquire(); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        holder.kill()
        holder.wait()
    with RunLock(home):
        assert (home / "gisops.lock").read_text() == f"{os.getpid()}\n"


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(StoreError, match=r"file/run: cannot be written \(Not a directory\): choose another"):
        RunLock(blocked / "run").acquire()


async def test_a_server_that_is_down_is_one_line_without_the_password() -> None:
    with pytest.raises(StoreError) as caught:
        await PgReader.open("postgresql://me:hunter2secret@127.0.0.1:1/city")
    assert str(caught.value).startswith("PostgreSQL at 127.0.0.1:1: cannot be reached (")
    assert "hunter2secret" not in str(caught.value)


def test_migrating_twice_changes_nothing_and_a_newer_schema_is_refused(dsn: str) -> None:
    assert migrate(dsn) == []
    with psycopg.connect(dsn) as connection:
        connection.execute("INSERT INTO migration VALUES (9999, 'future', 'x')")
    with pytest.raises(StoreError, match="schema 9999 is newer than this gisops: install the newer"):
        migrate(dsn)
    assert [m.number for m in shipped_migrations()] == list(range(1, len(shipped_migrations()) + 1))
