"""What the store decides without a database: whose account, which folder, which DSN, what to retry."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from gisops.errors import StoreError
from gisops.store.dsn import configured_dsn, place_of, unreachable, url_of
from gisops.store.fake import MemoryStore
from gisops.store.migrate import Migration, due
from gisops.store.placement import Account, can_read, can_walk_to
from gisops.store.postmaster import clear_stale_locks, is_ready, live_postmaster
from gisops.store.rows import json_text, single

STRANGER = Account(54321, 54321)


def test_root_runs_the_server_as_nobody_and_everyone_else_as_themselves(tmp_path: Path) -> None:
    missing = tmp_path / "data"
    assert Account.for_data(missing, 1000) == Account(None, None)
    assert Account.for_data(missing, 1000).options == {}
    assert Account.for_data(missing, 0) == Account(65534, 65534)
    assert Account.for_data(missing, 0).options == {"user": 65534, "group": 65534, "extra_groups": []}


@pytest.mark.parametrize(
    ("mode", "walks", "reads"),
    [(0o700, False, False), (0o711, True, False), (0o755, True, True), (0o744, False, False)],
)
def test_an_account_needs_every_folder_on_its_way(short_tmp: Path, mode: int, walks: bool, reads: bool) -> None:
    folder = short_tmp / "a"
    inside = folder / "b"
    inside.mkdir(parents=True)
    inside.chmod(0o755)
    folder.chmod(mode)
    assert can_walk_to(inside, STRANGER) is walks
    assert can_read([folder], STRANGER) is reads
    assert can_walk_to(inside, Account())
    owner = Account(os.geteuid(), os.getegid())
    assert can_walk_to(inside, owner)
    assert stat.S_IMODE(folder.stat().st_mode) == mode


@pytest.mark.parametrize(
    ("dsn", "url", "place"),
    [
        ("host=db user=u password=p dbname=city", "postgresql://u:p@db/city", "db:5432"),
        ("postgresql://u:p%40%2F@[::1]:6000/c", "postgresql://u:p%40%2F@[::1]:6000/c", "::1:6000"),
        ("dbname=city", "postgresql:///city", "localhost:5432"),
        ("postgresql://u@/c?host=/run/x&port=5", "postgresql://u@/c?host=%2Frun%2Fx&port=5", "/run/x"),
        (
            "postgresql://db/c?sslmode=verify-full",
            "postgresql://db/c?sslmode=verify-full",
            "db:5432",
        ),
    ],
)
def test_every_way_to_write_a_dsn(dsn: str, url: str, place: str) -> None:
    assert url_of(dsn) == url
    assert url_of(url) == url
    assert place_of(dsn) == place


def test_a_dsn_comes_from_the_environment_or_not_at_all() -> None:
    assert configured_dsn({}) is None
    assert configured_dsn({"GISOPS_DSN": "  "}) is None
    assert configured_dsn({"GISOPS_DSN": "dbname=city"}) == "postgresql:///city"
    with pytest.raises(StoreError) as caught:
        configured_dsn({"GISOPS_DSN": "postgresql://u:hunter2@db:port:5/x y?z=1"})
    assert "hunter2" not in str(caught.value)
    assert str(caught.value).startswith("GISOPS_DSN: not a PostgreSQL DSN: write postgresql://")


def test_no_password_in_any_reason() -> None:
    dsn = "postgresql://me:hunter2@db:1/c"
    told = unreachable(dsn, RuntimeError("server said: wrong password hunter2"))
    assert "hunter2" not in str(told)
    assert str(unreachable(dsn, ConnectionRefusedError(111, "x"))) == (
        "GISOPS_DSN db:1: connection refused: start the server or unset GISOPS_DSN to use the embedded one"
    )
    assert str(unreachable("dbname=c host=/run/x", TimeoutError())) == (
        "/run/x: no answer in time: start it with gisops db up, or restart gisops"
    )


def test_migrations_that_are_due() -> None:
    one, two = Migration(1, "a", "SELECT 1"), Migration(2, "b", "SELECT 2")
    assert due([], (one, two), "db") == (one, two)
    assert due([(1, one.checksum)], (one, two), "db") == (two,)
    assert due([(2, two.checksum), (1, one.checksum)], (one, two), "db") == ()
    with pytest.raises(StoreError, match="db: its schema is version 3, this gisops knows 2"):
        due([(3, "x")], (one, two), "db")
    with pytest.raises(StoreError, match="db: migration 1 there differs"):
        due([(1, two.checksum)], (one, two), "db")


def test_missing_is_null_and_never_zero() -> None:
    assert json_text({"a": None, "b": float("nan"), "c": float("inf")}) == '{"a":null,"b":null,"c":null}'
    assert single(None) is None
    assert single(0.5) == 0.5


def test_a_process_that_is_no_server_is_not_taken_for_one(tmp_path: Path) -> None:
    note = tmp_path / "postmaster.pid"
    assert live_postmaster(tmp_path) is None
    note.write_text(f"{os.getpid()}\n{tmp_path}\n1\n5432\n/x\n\n\nready   \n")
    (tmp_path / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    assert live_postmaster(tmp_path) is None
    assert is_ready(tmp_path)
    clear_stale_locks(tmp_path, tmp_path)
    assert list(tmp_path.iterdir()) == []


async def test_a_store_that_is_away_refuses() -> None:
    store = MemoryStore()
    store.is_away = True
    with pytest.raises(StoreError):
        await store.heartbeat()
    store.is_away = False
    assert await store.heartbeat() is None
