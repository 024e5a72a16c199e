"""``gisops db``: start, migrate, look at, end and query the database of a data folder."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

from gisops.cli.common import Subparsers, add_run

__all__ = ["add", "run"]

_HELP = {
    "up": "start the embedded database, bring its schema up to date, serve until Ctrl-C",
    "migrate": "bring the schema up to date",
    "status": "say whether the database runs and what is in it; exit 1 where it does not",
    "stop": "end the gisops, or the database it left behind, that uses the data folder",
    "psql": "open an SQL prompt; what follows -- is given to psql",
}


def add(subparsers: Subparsers) -> None:
    """Register the command and its arguments."""
    parser = subparsers.add_parser("db", help="the database: up, migrate, status, stop, psql")
    parser.set_defaults(run=run)
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, text in _HELP.items():
        action = actions.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        add_run(action)
        action.add_argument("--json", action="store_true", help="one JSON document on standard output")
        action.set_defaults(run=run)
        if name == "psql":
            action.add_argument("arguments", nargs="*", help="given to psql")


def run(args: argparse.Namespace) -> int:
    """Do what was asked; 0 done, 1 the answer is bad."""
    actions = {"up": _up, "migrate": _migrate, "status": _status, "stop": _stop, "psql": _psql}
    return actions[args.action](args)


def _say(args: argparse.Namespace, document: Mapping[str, Any], text: str) -> None:
    print(json.dumps(document) if args.json else text, flush=True)


def _up(args: argparse.Namespace) -> int:
    from gisops.store.embedded import EmbeddedPostgres, RunLock
    from gisops.store.migrate import migrate

    server = EmbeddedPostgres(args.run_dir)
    with RunLock(args.run_dir), server as dsn:
        applied = len(migrate(dsn))
        # Blocked only now: what is started inherits the mask. Before, a signal ends us and the
        # kernel ends the server.
        ends = {signal.SIGINT, signal.SIGTERM}
        signal.pthread_sigmask(signal.SIG_BLOCK, ends)
        _say(
            args,
            {"ready": True, "dsn": dsn, "pid": server.pid, "migrations_applied": applied},
            f"PostgreSQL is ready: {dsn}\nCtrl-C ends it.",
        )
        signal.sigwait(ends)
    return 0


def _migrate(args: argparse.Namespace) -> int:
    from gisops.store.dsn import open_database, place_of
    from gisops.store.migrate import applied_version, migrate

    with open_database(os.environ, args.run_dir) as dsn:
        applied = len(migrate(dsn))
        version = applied_version(dsn)
    _say(
        args,
        {"applied": applied, "version": version},
        f"{place_of(dsn)}: schema version {version}, {applied} migrations applied",
    )
    return 0


def _status(args: argparse.Namespace) -> int:
    from gisops.store.dsn import check_dsn, configured_dsn
    from gisops.store.embedded import running_dsn
    from gisops.store.lock import holder_of
    from gisops.store.status import database_status

    dsn = configured_dsn(os.environ)
    holder = None
    if dsn is not None:
        check_dsn(dsn)
    else:
        dsn = running_dsn(args.run_dir)
        holder = holder_of(args.run_dir)
    if dsn is None:
        _say(args, {"running": False}, f"{args.run_dir}/: no database runs here: start one with gisops db up")
        return 1
    document = {"running": True, "used_by": holder, **database_status(dsn)}
    _say(args, document, "\n".join(f"{name:16} {value}" for name, value in document.items()))
    return 0


def _stop(args: argparse.Namespace) -> int:
    from gisops.store.embedded import stop_run

    stopped = stop_run(args.run_dir)
    _say(args, {"stopped": stopped}, f"{args.run_dir}/: {'stopped' if stopped else 'nothing ran here'}")
    return 0


def _psql(args: argparse.Namespace) -> int:
    from gisops.errors import StoreError
    from gisops.store.binaries import find_binaries
    from gisops.store.dsn import configured_dsn
    from gisops.store.embedded import running_dsn

    dsn = configured_dsn(os.environ) or running_dsn(args.run_dir)
    if dsn is None:
        raise StoreError(f"{args.run_dir}/", "no database runs here", "start one with gisops db up")
    program = find_binaries().program("psql")
    # In the environment: a password on the command line could be read by everyone.
    environ = {**os.environ, "PGAPPNAME": "gisops psql", **_as_environment(dsn)}
    sys.stdout.flush()
    os.execve(program, [program, *args.arguments], environ)  # noqa: S606 - our own program, no shell


def _as_environment(dsn: str) -> dict[str, str]:
    from psycopg.conninfo import conninfo_to_dict

    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
        "sslmode": "PGSSLMODE",
        "sslrootcert": "PGSSLROOTCERT",
    }
    parts = conninfo_to_dict(dsn)
    return {names[key]: str(value) for key, value in parts.items() if key in names and value is not None}
