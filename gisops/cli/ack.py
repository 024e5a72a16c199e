"""``gisops ack``: somebody takes an outage on; from then on the time to acknowledge is known."""

from __future__ import annotations

import argparse
import json

from gisops.cli.common import Subparsers, add_run

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("ack", help="take an outage on")
    parser.add_argument("outage", metavar="OUTAGE", help="its id")
    parser.add_argument("--by", required=True, metavar="WHO", help="who takes it on")
    parser.add_argument("--note", default="", metavar="TEXT")
    add_run(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Take it on: 0 done, 1 somebody else had it before."""
    import asyncio

    from gisops.cli.common import need_dsn, utc_now
    from gisops.store.desk import acknowledge

    now = utc_now()
    by, since = asyncio.run(acknowledge(need_dsn(args.run_dir), args.outage, args.by, args.note, now))
    is_ours = since == now
    if args.json:
        print(json.dumps({"outage": args.outage, "by": by, "since": since.isoformat(), "was_free": is_ours}))
    else:
        print(f"{args.outage}: {'taken on by' if is_ours else 'is already with'} {by}, {since.isoformat()}")
    return 0 if is_ours else 1
