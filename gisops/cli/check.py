"""``gisops check``: is an inventory or a credentials file in order, without running anything."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gisops.cli.common import Subparsers

if TYPE_CHECKING:
    from gisops.inventory.finding import Finding

__all__ = ["add", "print_findings", "run"]

_SHOWN_A_RULE = 20


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("check", help="check an inventory, a credentials or a routing file")
    kinds = parser.add_subparsers(metavar="WHAT", required=True)
    inventory = kinds.add_parser("inventory", help="every problem of an inventory folder")
    inventory.add_argument("folder", type=Path, metavar="DIR")
    inventory.add_argument("--json", action="store_true", help="one JSON document on standard output")
    inventory.add_argument(
        "--all", action="store_true", help=f"every problem, not only the first {_SHOWN_A_RULE} of a kind"
    )
    inventory.set_defaults(run=run)
    credentials = kinds.add_parser("credentials", help="whether a credentials file can be used")
    credentials.add_argument("file", type=Path, metavar="FILE")
    credentials.add_argument("--json", action="store_true", help="one JSON document on standard output")
    credentials.set_defaults(run=_credentials)
    from gisops.cli.check_routes import add as add_routes

    add_routes(kinds)


def run(args: argparse.Namespace) -> int:
    """Check an inventory: 0 in order, 1 with problems."""
    from gisops.health.catalogue import check_profiles
    from gisops.inventory.check import check_inventory
    from gisops.inventory.finding import Finding

    known, mistakes = check_profiles(args.folder)
    # Where a profile cannot be read, every device that names it would be a second problem for the same reason.
    kinds = None if mistakes else {profile.name: str(profile.kind) for profile in known.values()}
    raw, found = check_inventory(args.folder, profiles=kinds)
    findings = [*(Finding(m.place, m.what, m.remedy, "device_profile") for m in mistakes), *found]
    counts = {table: len(rows) for table, rows in raw.tables.items() if table != "settings"}
    if args.json:
        problems = [{"place": f.place, "what": f.what, "remedy": f.remedy, "rule": f.rule} for f in findings]
        print(json.dumps({"folder": str(args.folder), "records": counts, "problems": problems}))
        return 1 if findings else 0
    print_findings(findings, None if args.all else _SHOWN_A_RULE)
    records = ", ".join(f"{number:,} {table}" for table, number in counts.items()) or "nothing could be read"
    plural = "" if len(findings) == 1 else "s"
    verdict = f"{len(findings):,} problem{plural}" if findings else "in order"
    print(f"{args.folder}: {verdict} ({records})")
    return 1 if findings else 0


def print_findings(findings: Sequence[Finding], most: int | None) -> None:
    """Print findings line by line, at most so many of one rule, and how many more there are."""
    seen: Counter[str] = Counter()
    for finding in findings:
        seen[finding.rule] += 1
        if most is None or seen[finding.rule] <= most:
            print(finding)
    for rule, number in seen.items():
        if most is not None and number > most:
            print(f"... and {number - most:,} more of {rule} (--all shows them)")


def _credentials(args: argparse.Namespace) -> int:
    from gisops.config.credentials import load_credentials

    found = load_credentials(args.file)
    if args.json:
        print(json.dumps({"file": str(args.file), "credentials": {c.name: c.version for c in found.values()}}))
        return 0
    for credential in found.values():
        print(f"{credential.name}: version {credential.version}")
    return 0
