"""Is the database's schema the one this program needs, and how does it get there.

Migrations are numbered SQL files, applied in order and never edited afterwards:
the database remembers each with a checksum. All that is due is applied in one
transaction under an advisory lock, so that two programs may start at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import LiteralString

import psycopg

from gisops.errors import StoreError
from gisops.store.dsn import place_of, unreachable

__all__ = ["Migration", "applied_version", "due", "migrate", "shipped_migrations"]

_OLDEST_SERVER = 150000
_LOCK = 0x6715095
_LEDGER: LiteralString = """
CREATE TABLE IF NOT EXISTS migration (
    number integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: its number, name and statements."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the statements."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def _parse(entry: Traversable) -> Migration:
    number, _, name = entry.name.removesuffix(".sql").partition("_")
    return Migration(int(number), name, entry.read_text(encoding="utf-8"))


def shipped_migrations() -> tuple[Migration, ...]:
    """Give the migrations that come with the package, in order."""
    found = files("gisops.store").joinpath("migrations").iterdir()
    return tuple(sorted((_parse(e) for e in found if e.name.endswith(".sql")), key=lambda m: m.number))


def due(applied: Sequence[tuple[int, str]], known: Sequence[Migration], place: str) -> tuple[Migration, ...]:
    """Decide which migrations are still to be applied.

    Parameters
    ----------
    applied
        Version and checksum of each that the database remembers.
    known
        Those of this program, in order.
    place
        The database's name in errors.

    Raises
    ------
    StoreError
        Where the database is newer than this program, or was made by another one.
    """
    checksums = {migration.number: migration.checksum for migration in known}
    newest = max(checksums, default=0)
    for version, checksum in applied:
        if version > newest:
            raise StoreError(
                place,
                f"its schema is version {version}, this gisops knows {newest}",
                "update gisops, or use another database",
            )
        if checksums.get(version) != checksum:
            raise StoreError(
                place,
                f"migration {version} there differs from this gisops's",
                "use the gisops that made it, or another database",
            )
    done = {version for version, _ in applied}
    return tuple(migration for migration in known if migration.number not in done)


def migrate(dsn: str, known: Sequence[Migration] | None = None) -> list[Migration]:
    """Bring a database to the schema of this program.

    Parameters
    ----------
    dsn
        The database.
    known
        Migrations to use instead of the shipped ones.

    Returns
    -------
    list of Migration
        Those that were applied; empty where nothing was due.

    Raises
    ------
    StoreError
        Where it cannot be reached, is too old a PostgreSQL, newer than this
        program, or a migration fails (nothing is changed then).
    """
    known = shipped_migrations() if known is None else known
    place = place_of(dsn)
    try:
        connection = psycopg.connect(dsn, connect_timeout=10)
    except psycopg.Error as error:
        raise unreachable(dsn, error) from None
    with connection:
        server = connection.info.server_version
        if server < _OLDEST_SERVER:
            raise StoreError(
                place, f"PostgreSQL {server // 10000} is too old", "use 15 or later, or the embedded one"
            )
        try:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            connection.execute(_LEDGER)
            applied = connection.execute("SELECT number, checksum FROM migration").fetchall()
            waiting = due(applied, known, place)
            for migration in waiting:
                connection.execute(migration.sql.encode())
                connection.execute(
                    "INSERT INTO migration (number, name, checksum) VALUES (%s, %s, %s)",
                    (migration.number, migration.name, migration.checksum),
                )
        except psycopg.Error as error:
            connection.rollback()
            what = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise StoreError(place, f"migration failed ({what})", "nothing was changed; report it") from error
    return list(waiting)


def applied_version(dsn: str) -> int:
    """Give the version of a database's schema; 0 where it has none.

    Raises
    ------
    StoreError
        Where it cannot be reached.
    """
    try:
        with psycopg.connect(dsn, connect_timeout=10) as connection:
            row = connection.execute("SELECT to_regclass('migration')").fetchone()
            if row is None or row[0] is None:
                return 0
            newest = connection.execute("SELECT max(number) FROM migration").fetchone()
            return int(newest[0] or 0) if newest else 0
    except psycopg.Error as error:
        raise unreachable(dsn, error) from None
