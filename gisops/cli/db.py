"""``gisops db``: the embedded database by itself."""

from __future__ import annotations

import argparse
import json
import os
import sys

from gisops.cli.common import Subparsers, add_run

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("db", help="start, stop, migrate or look at the database")
    parser.add_argument("action", choices=("up", "stop", "status", "migrate"))
    add_run(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do one of the four; status answers 1 where nothing runs."""
    from gisops.store.embedded import EmbeddedPostgres, RunLock
    from gisops.store.migrate import migrate

    server = EmbeddedPostgres(args.run_dir)
    dsn = os.environ.get("GISOPS_DSN") or server.dsn
    applied: list[int] = []
    if args.action == "up":
        with RunLock(args.run_dir):
            if not server.is_running():
                server.start()
            applied = [step.number for step in migrate(server.dsn)]
    elif args.action == "migrate":
        applied = [step.number for step in migrate(dsn)]
    elif args.action == "stop":
        with RunLock(args.run_dir):
            server.stop()
    answer = {"running": server.is_running(), "dsn": server.dsn, "applied": applied}
    if args.json:
        print(json.dumps(answer))
    else:
        sys.stderr.write(f"{'running' if answer['running'] else 'stopped'}: {server.dsn}\n")
    return 0 if args.action != "status" or answer["running"] else 1
