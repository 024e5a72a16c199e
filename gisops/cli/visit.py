"""``gisops visit``: somebody is at an outage, or has repaired it; from then on the time to visit is known."""

from __future__ import annotations

import argparse
import json

from gisops.cli.common import Subparsers, add_run
from gisops.cli.moment import add_zone, moment_of, zone_of

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("visit", help="say that somebody is at an outage, or has repaired it")
    parser.add_argument("outage", metavar="OUTAGE", help="its id")
    parser.add_argument("--by", required=True, metavar="WHO", help="who is there")
    parser.add_argument("--at", metavar="TIME", help="local time (default: now)")
    parser.add_argument("--found", default="", metavar="TEXT", help="what was found there")
    parser.add_argument("--repaired", action="store_true", help="it is repaired")
    parser.add_argument("--note", default="", metavar="TEXT")
    add_run(parser)
    add_zone(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write it down."""
    import asyncio

    from gisops.cli.common import need_dsn, utc_now
    from gisops.errors import ConfigError
    from gisops.model.event import Event, EventKind
    from gisops.store.entries import note_entries, root_of_outage

    now = utc_now()
    at = moment_of(args.at, zone_of(args.zone), "--at") if args.at else now
    if at > now:
        raise ConfigError("--at", f"{args.at} is not over yet", "give the time somebody was there")
    dsn = need_dsn(args.run_dir)
    root = asyncio.run(root_of_outage(dsn, args.outage))
    kind = EventKind.OUTAGE_REPAIRED if args.repaired else EventKind.OUTAGE_VISITED
    payload = {"by": args.by, "note": args.note, "found": args.found}
    event = Event(f"{kind}:{args.outage}:{at.isoformat()}:{args.by}", kind, args.outage, at, now, payload)
    asyncio.run(note_entries(dsn, [event]))
    if args.json:
        print(json.dumps({"outage": args.outage, "root": root, "kind": str(kind), "at": at.isoformat(), **payload}))
    else:
        print(f"{args.outage} ({root}): {'repaired' if args.repaired else 'visited'} by {args.by}, {at.isoformat()}")
    return 0
