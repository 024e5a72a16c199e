"""Fixtures that every test may ask for.

``postgres_server``
    DSN of one embedded PostgreSQL for the whole run; its databases are not to be written to.
``postgres_dsn``
    DSN of a fresh, migrated database for one test, copied from a template.
``short_tmp``
    An empty folder every account can walk to, with a path short enough for a socket; removed afterwards.
"""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings

from gisops.store.embedded import EmbeddedPostgres
from gisops.store.migrate import migrate

# A busy machine is no finding: tests that hold a time say which.
settings.register_profile("gisops", deadline=None)
settings.load_profile("gisops")


def _open_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="gisops-test-"))
    folder.chmod(0o755)
    return folder


@pytest.fixture
def short_tmp() -> Iterator[Path]:
    folder = _open_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    folder = _open_folder()
    with EmbeddedPostgres(folder / "run") as dsn:
        migrate(dsn)
        yield dsn
    shutil.rmtree(folder)


@pytest.fixture
def postgres_dsn(postgres_server: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    server = postgres_server.replace("/gisops?", "/postgres?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE gisops".encode())
    yield postgres_server.replace("/gisops?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
