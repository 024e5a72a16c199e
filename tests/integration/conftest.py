"""Fixtures: ``postgres`` is a real embedded server for the session, ``dsn`` a fresh database in it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from gisops.store.embedded import EmbeddedPostgres
from gisops.store.migrate import migrate

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path_factory.mktemp("pg"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def dsn(postgres: EmbeddedPostgres) -> str:
    name = f"test_{next(_NUMBERS)}"
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    fresh = postgres.dsn.replace("/gisops?", f"/{name}?")
    migrate(fresh)
    return fresh


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "run"
