"""Which database: the server that ``GISOPS_DSN`` names, or the embedded one of the data folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict

from gisops.errors import StoreError
from gisops.store.embedded import EmbeddedPostgres, RunLock, running_dsn

__all__ = ["VARIABLE", "check_dsn", "configured_dsn", "open_database", "place_of", "unreachable", "url_of"]

VARIABLE = "GISOPS_DSN"
_CONNECT_TIMEOUT_S = 5


def configured_dsn(environ: Mapping[str, str]) -> str | None:
    """Give the DSN that the environment names, as a URL; ``None`` where it names none.

    Raises
    ------
    StoreError
        Where it is not a DSN.
    """
    dsn = environ.get(VARIABLE, "").strip()
    return url_of(dsn) if dsn else None


def url_of(dsn: str) -> str:
    """Write any libpq DSN as the URL that every driver understands.

    Raises
    ------
    StoreError
        Where it is not a DSN.

    Examples
    --------
    >>> url_of("host=db port=5433 user=u dbname=city password='p@ss'")
    'postgresql://u:p%40ss@db:5433/city'
    >>> url_of("host=/run/pg dbname=city user=u")
    'postgresql://u@/city?host=%2Frun%2Fpg'
    """
    parts = _parts(dsn)
    user, password = parts.pop("user", ""), parts.pop("password", "")
    host, port, database = parts.pop("host", ""), parts.pop("port", ""), parts.pop("dbname", "")
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    if host.startswith("/") or "," in host:
        parts = {"host": host, **({"port": port} if port else {}), **parts}
        address = ""
    else:
        shown = f"[{host}]" if ":" in host else host
        address = f"{shown}:{port}" if port else shown
    login = f"{login}@" if login else ""
    return f"postgresql://{login}{address}/{quote(database)}" + (f"?{urlencode(parts)}" if parts else "")


def place_of(dsn: str) -> str:
    """Name a database for a person: where it is, never how one gets in.

    Examples
    --------
    >>> place_of("postgresql://gisops:secret@db.example:5433/city")
    'db.example:5433'
    >>> place_of("postgresql://gisops@/gisops?host=/run/x/socket")
    '/run/x/socket'
    """
    parts = _parts(dsn)
    host = parts.get("host") or "localhost"
    return host if host.startswith("/") else f"{host}:{parts.get('port') or 5432}"


def unreachable(dsn: str, error: BaseException) -> StoreError:
    """Turn a failed connection into one line without its password.

    Parameters
    ----------
    dsn
        What was tried.
    error
        What the driver raised.
    """
    place = place_of(dsn)
    if place.startswith("/"):
        return StoreError(place, _reason(dsn, error), "start it with gisops db up, or restart gisops")
    return StoreError(
        f"{VARIABLE} {place}",
        _reason(dsn, error),
        f"start the server or unset {VARIABLE} to use the embedded one",
    )


def check_dsn(dsn: str) -> None:
    """Connect once.

    Raises
    ------
    StoreError
        Where that fails.
    """
    try:
        psycopg.connect(dsn, connect_timeout=_CONNECT_TIMEOUT_S).close()
    except psycopg.Error as error:
        raise unreachable(dsn, error) from None


@contextmanager
def open_database(environ: Mapping[str, str], run_dir: Path) -> Iterator[str]:
    """Give a database's DSN for as long as the ``with`` block lasts.

    It is the configured server, else the embedded one that runs on the data
    folder already, else one that is started here and ended after the block.

    Raises
    ------
    StoreError
        Where there is none to be had.
    """
    dsn = configured_dsn(environ)
    if dsn is not None:
        check_dsn(dsn)
        yield dsn
        return
    dsn = running_dsn(run_dir)
    if dsn is not None:
        yield dsn
        return
    with RunLock(run_dir), EmbeddedPostgres(run_dir) as started:
        yield started


def _parts(dsn: str) -> dict[str, str]:
    try:
        return {name: str(value) for name, value in conninfo_to_dict(dsn).items() if value is not None}
    except psycopg.Error:
        # Its text would repeat the DSN, password and all.
        raise StoreError(
            VARIABLE, "not a PostgreSQL DSN", "write postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        ) from None


def _reason(dsn: str, error: BaseException) -> str:
    text = " ".join(str(error).split())
    lowered = text.lower()
    if isinstance(error, ConnectionRefusedError) or "connection refused" in lowered:
        return "connection refused"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    # libpq says first where it tried, which the place says already.
    text = text.rsplit("failed: ", maxsplit=1)[-1]
    secret = _parts(dsn).get("password")
    if secret:
        text = text.replace(secret, "***")
    return text or type(error).__name__
