"""Which schema the database has, and how it comes to the one this code needs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files

import psycopg

from gisops.errors import StoreError
from gisops.store.dsn import place_of, reaching

__all__ = ["Migration", "migrate", "shipped_migrations"]

_LOCK = 7_143_001
"""Advisory lock of whoever migrates; any number, the same everywhere."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """A digest of its text: a step that was applied never changes."""
        return hashlib.sha256(self.sql.encode()).hexdigest()[:16]


def shipped_migrations() -> tuple[Migration, ...]:
    """Read the steps that come with the package, in order."""
    folder = files("gisops.store").joinpath("migrations")
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda e: e.name)
    return tuple(Migration(int(e.name[:4]), e.name[5:-4], e.read_text(encoding="utf-8")) for e in found)


def migrate(dsn: str) -> list[Migration]:
    """Bring the database to the present schema; give the steps that were applied.

    Raises
    ------
    StoreError
        Where the database cannot be reached, is newer than this code, or an
        applied step has another text than ours.
    """
    steps = shipped_migrations()
    with reaching(dsn), psycopg.connect(dsn) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migration (number int PRIMARY KEY, name text NOT NULL,"
            " checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        rows = connection.execute("SELECT number, checksum FROM migration").fetchall()
        applied = {int(number): str(checksum) for number, checksum in rows}
        _check(dsn, steps, applied)
        fresh = [step for step in steps if step.number not in applied]
        for step in fresh:
            connection.execute(step.sql.encode())
            connection.execute(
                "INSERT INTO migration (number, name, checksum) VALUES (%s, %s, %s)",
                (step.number, step.name, step.checksum),
            )
    return fresh


def _check(dsn: str, steps: tuple[Migration, ...], applied: dict[int, str]) -> None:
    known = {step.number: step.checksum for step in steps}
    for number, checksum in applied.items():
        if number not in known:
            raise StoreError(place_of(dsn), f"schema {number} is newer than this gisops", "install the newer gisops")
        if known[number] != checksum:
            raise StoreError(
                place_of(dsn), f"schema {number} was made by another version", "restore the matching gisops"
            )
