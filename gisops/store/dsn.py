"""Where the database is, how to say so without its password, and what it means that it is not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import asyncpg
import psycopg

from gisops.errors import StoreError

__all__ = ["UNREACHABLE", "place_of", "reaching"]

UNREACHABLE = (
    OSError,
    TimeoutError,
    psycopg.OperationalError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)
"""What the drivers raise when the server is away, as opposed to a mistake in SQL."""


def place_of(dsn: str) -> str:
    """Name a database for a person; never its user's password.

    Examples
    --------
    >>> place_of("postgresql://me:secret@db.example:5433/city")
    'PostgreSQL at db.example:5433'
    >>> place_of("postgresql:///gisops?host=/run/s&user=gisops")
    'PostgreSQL at /run/s'
    """
    try:
        parts = urlsplit(dsn)
        host = parts.hostname or parse_qs(parts.query).get("host", ["localhost"])[0]
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "PostgreSQL (DSN that cannot be read)"
    return f"PostgreSQL at {host}{port}"


@contextmanager
def reaching(dsn: str) -> Iterator[None]:
    """Turn a driver's word that the server is away into one line with a remedy."""
    try:
        yield
    except UNREACHABLE as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        shown = reason if "password" not in reason else "password refused"
        raise StoreError(
            place_of(dsn), f"cannot be reached ({shown})", "start the server, or correct GISOPS_DSN"
        ) from error
