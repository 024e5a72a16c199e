"""``gisops assign``: an outage is given to somebody; from then on it does not escalate."""

from __future__ import annotations

import argparse
import json

from gisops.cli.common import Subparsers, add_run

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("assign", help="give an outage to somebody")
    parser.add_argument("outage", metavar="OUTAGE", help="its id")
    parser.add_argument("--to", required=True, metavar="WHOM", help="who is to see to it")
    parser.add_argument("--by", required=True, metavar="WHO", help="who says so")
    parser.add_argument("--note", default="", metavar="TEXT")
    add_run(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Give it."""
    import asyncio

    from gisops.cli.common import need_dsn, utc_now
    from gisops.store.alert_desk import assign

    now = utc_now()
    asyncio.run(assign(need_dsn(args.run_dir), args.outage, args.to, args.by, args.note, now))
    if args.json:
        print(json.dumps({"outage": args.outage, "to": args.to, "by": args.by, "at": now.isoformat()}))
    else:
        print(f"{args.outage}: given to {args.to} by {args.by}")
    return 0
