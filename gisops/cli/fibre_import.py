"""``gisops fibre import``: put routes of other tools, or OFDS, into the fibre of an inventory."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from gisops.cli.check import print_findings
from gisops.cli.common import Subparsers, utc_now

if TYPE_CHECKING:
    from gisops.service.import_fibre import FibreReport

__all__ = ["add", "run"]

_SHOWN_A_KIND = 20


def add(subparsers: Subparsers) -> None:
    """Register the question."""
    parser = subparsers.add_parser(
        "import",
        help="put routes (OFDS, KML, KMZ, GeoPackage, Shapefile, GeoJSON) into the fibre of an inventory",
        description="Routes end on nodes, are cut at nodes they pass, and are merged by id. Nothing is written where "
        "a feature is refused or the inventory would get a problem it does not have now.",
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="files, or folders of OFDS tables")
    parser.add_argument("--into", dest="folder", type=Path, required=True, metavar="DIR", help="inventory folder")
    parser.add_argument(
        "--tolerance", type=float, default=5.0, metavar="M", help="what is still at a node, in metres (default: 5)"
    )
    parser.add_argument("--layer", metavar="NAME", help="one layer of a file with several (default: all)")
    parser.add_argument("--crs", metavar="EPSG:N", help="coordinate reference system, where the file does not say")
    parser.add_argument("--map", type=Path, metavar="TOML", help='[columns] ours = "theirs" of the spans')
    parser.add_argument("--force", action="store_true", help="write what is usable, problems or not")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, write nothing")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Import: 0 done (or nothing to do), 1 refused or written with problems."""
    from gisops.health.catalogue import load_profiles
    from gisops.inventory.column_map import load_column_map
    from gisops.service.import_fibre import FibreImport, import_fibre

    columns = load_column_map(args.map, "spans") if args.map else None
    report = import_fibre(
        FibreImport(tuple(args.files), args.tolerance, args.layer, args.crs, columns),
        args.folder,
        now=utc_now,
        force=args.force,
        dry_run=args.dry_run,
        profiles={profile.name: str(profile.kind) for profile in load_profiles(args.folder).values()},
    )
    bad = bool(report.counts["refused"] or report.problems)
    if args.json:
        print(json.dumps(asdict(report), ensure_ascii=False))
        return 1 if bad else 0
    _print(report)
    if args.dry_run:
        print("Nothing was written (--dry-run).")
    elif bad and not report.written:
        sys.stderr.write(f"{report.target}: not written: correct the problems above, or --force\n")
    return 1 if bad else 0


def _print(report: FibreReport) -> None:
    seen: Counter[str] = Counter()
    for note in report.notes:
        seen[note.kind] += 1
        if seen[note.kind] <= _SHOWN_A_KIND:
            print(f"{note.kind}: {note}")
    for kind, number in seen.items():
        if number > _SHOWN_A_KIND:
            print(f"... and {number - _SHOWN_A_KIND:,} more {kind} (--json shows them)")
    print_findings(report.problems, _SHOWN_A_KIND)
    counted = ", ".join(f"{number:,} {kind.replace('_', '-')}" for kind, number in report.counts.items() if number)
    print(f"{report.target}: {report.read:,} read" + (f"; {counted}" if counted else ""))
    for what, numbers in (("nodes", report.nodes), ("spans", report.spans)):
        print(f"{what}: " + ", ".join(f"{number:,} {name}" for name, number in numbers.items()))
