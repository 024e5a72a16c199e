"""``gisops check``: is an inventory or a credentials file in order, without running anything."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from gisops.cli.common import Subparsers

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("check", help="check an inventory or a credentials file")
    kinds = parser.add_subparsers(metavar="WHAT", required=True)
    inventory = kinds.add_parser("inventory", help="every problem of an inventory folder")
    inventory.add_argument("folder", type=Path, metavar="DIR")
    inventory.add_argument("--json", action="store_true", help="one JSON document on standard output")
    inventory.set_defaults(run=run)
    credentials = kinds.add_parser("credentials", help="whether a credentials file can be used")
    credentials.add_argument("file", type=Path, metavar="FILE")
    credentials.set_defaults(run=_credentials)


def run(args: argparse.Namespace) -> int:
    """Check an inventory: 0 in order, 1 with problems."""
    from gisops.inventory.load import check_inventory

    raw, findings = check_inventory(args.folder)
    counts = {table: len(rows) for table, rows in raw.tables.items() if table != "settings"}
    if args.json:
        problems = [{"place": f.place, "what": f.what, "remedy": f.remedy, "rule": f.rule} for f in findings]
        print(json.dumps({"folder": str(args.folder), "records": counts, "problems": problems}))
    else:
        for finding in findings:
            print(finding)
        records = ", ".join(f"{number:,} {table}" for table, number in counts.items())
        verdict = f"{len(findings)} problems" if findings else "in order"
        sys.stderr.write(f"{args.folder}: {verdict} ({records})\n")
    return 1 if findings else 0


def _credentials(args: argparse.Namespace) -> int:
    from gisops.config.credentials import load_credentials

    found = load_credentials(args.file)
    for credential in found.values():
        print(f"{credential.name}: version {credential.version}")
    return 0
