"""``gisops case``: one outage as a bundle of evidence with hashes."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from gisops.cli.common import Subparsers, add_inventory, add_run

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("case", help="one outage as a bundle of evidence with hashes")
    parser.add_argument("outage", metavar="OUTAGE", help="its id")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new or empty folder")
    add_inventory(parser)
    add_run(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the bundle."""
    import asyncio
    import hashlib

    from gisops.cli.common import need_dsn
    from gisops.inventory.load import load_inventory
    from gisops.service.case import Case, bundle, read_case, write_bundle
    from gisops.store.past import PgPast

    inventory = load_inventory(args.inventory)

    async def ask() -> Case:
        past = await PgPast.open(need_dsn(args.run_dir))
        try:
            return await read_case(past, args.outage)
        finally:
            await past.close()

    case = asyncio.run(ask())
    files = bundle(case, inventory)
    write_bundle(files, args.out)
    whole = hashlib.sha256(files["SHA256SUMS"]).hexdigest()
    if args.json:
        found = {"outage": args.outage, "folder": str(args.out), "events": len(case.events), "files": list(files)}
        print(json.dumps({**found, "sha256": whole}))
    else:
        print(f"{args.out}: {len(files)} files, {len(case.events)} events; SHA-256 of SHA256SUMS {whole}")
    return 0
