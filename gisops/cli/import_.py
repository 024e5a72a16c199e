"""``gisops import``: put official data into a layer of an inventory."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from gisops.cli.check import print_findings
from gisops.cli.common import Subparsers, add_run, need_dsn, utc_now

__all__ = ["add", "run"]

_LAYERS = (
    "stations",
    "centres",
    "feeders",
    "sites",
    "boxes",
    "cameras",
    "presets",
    "districts",
    "places",
    "roads",
    "nodes",
    "spans",
    "buildings",
    "incidents",
)
_SHOWN_A_RULE = 20


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "import",
        help="put official data into a layer of an inventory",
        description="Merge official data (CSV, GeoJSON, GeoPackage, Shapefile, KML) into a layer by id. Nothing is "
        "written where a row is refused or the inventory would get a problem it does not have now.",
    )
    parser.add_argument("layer", choices=_LAYERS, metavar="LAYER", help=", ".join(_LAYERS))
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument(
        "--into",
        "--inventory",
        dest="folder",
        type=Path,
        metavar="DIR",
        help="inventory folder (incidents: whose places they are found by; default: data)",
    )
    parser.add_argument(
        "--map",
        "--mapping",
        type=Path,
        metavar="TOML",
        help='[columns] ours = "theirs", [values] ours = "the same for all"',
    )
    parser.add_argument("--layer", dest="file_layer", metavar="NAME", help="layer of a file with several")
    parser.add_argument("--crs", metavar="EPSG:N", help="coordinate reference system, where the file does not say")
    parser.add_argument("--height", metavar="COLUMN", help="buildings: column of the height in metres")
    parser.add_argument("--replace", action="store_true", help="remove records that do not come in")
    parser.add_argument("--force", action="store_true", help="write what is usable, problems or not")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, write nothing")
    parser.add_argument("--rejects", type=Path, metavar="FILE", help="incidents: where refused lines go, with why")
    add_run(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Import a layer: 0 done (or nothing to do), 1 refused or written with problems."""
    from gisops.errors import ConfigError

    if args.layer == "incidents":
        return _incidents(args)
    if args.folder is None:
        raise ConfigError("--into", "is missing", "name the inventory folder")
    if args.layer == "buildings":
        return _buildings(args)
    from gisops.health.catalogue import load_profiles
    from gisops.inventory.column_map import ColumnMap, load_column_map
    from gisops.service.import_layer import Source, import_layer

    columns = load_column_map(args.map, args.layer) if args.map else ColumnMap()
    report = import_layer(
        args.layer,
        Source(args.file, columns, args.file_layer, args.crs),
        args.folder,
        now=utc_now,
        replace=args.replace,
        force=args.force,
        dry_run=args.dry_run,
        profiles={profile.name: str(profile.kind) for profile in load_profiles(args.folder).values()},
    )
    bad = bool(report.findings or report.problems)
    if args.json:
        print(json.dumps(asdict(report), ensure_ascii=False))
        return 1 if bad else 0
    print_findings([*report.findings, *report.problems], _SHOWN_A_RULE)
    if report.ignored_columns:
        sys.stderr.write(f"{report.source}: not used: {', '.join(report.ignored_columns)}\n")
    print(
        f"{report.target}: {report.read:,} read, {report.added:,} added, {report.changed:,} changed, "
        f"{report.unchanged:,} unchanged, {report.removed:,} removed, {report.refused:,} refused"
    )
    if args.dry_run:
        print("Nothing was written (--dry-run).")
    elif bad and not report.written:
        sys.stderr.write(f"{report.target}: not written: correct the problems above, or --force\n")
    return 1 if bad else 0


def _buildings(args: argparse.Namespace) -> int:
    """Import buildings, always in place of those there are: 1 where a row could not be used."""
    from gisops.cli.progress import bar
    from gisops.errors import ConfigError
    from gisops.inventory.load import load_inventory
    from gisops.service.import_buildings import BuildingSource, import_buildings

    for name in ("map", "dry_run", "force"):
        if getattr(args, name):
            option = name.replace("_", "-")
            raise ConfigError(f"--{option}", "has no meaning for buildings", "leave it out")
    report = import_buildings(
        BuildingSource(args.file, args.file_layer, args.crs, args.height),
        args.folder,
        load_inventory(args.folder),
        utc_now,
        bar("rows"),
    )
    if args.json:
        print(json.dumps(asdict(report), ensure_ascii=False))
    else:
        print(
            f"{report.target}: {report.read:,} read, {report.written:,} written "
            f"({report.with_height:,} with a height), {report.repaired:,} repaired, {report.unusable:,} unusable, "
            f"{report.outside:,} outside the city, {report.duplicates:,} twice"
        )
    return 1 if report.unusable else 0


def _incidents(args: argparse.Namespace) -> int:
    """Import incidents into the database: 1 where a line was refused."""
    from gisops.cli.progress import bar
    from gisops.errors import ConfigError
    from gisops.inventory.load import load_inventory
    from gisops.service.import_incidents import import_incidents
    from gisops.store.incident_writer import IncidentWriter

    if args.map is None:
        raise ConfigError("--mapping", "is missing", "say which columns are which, see docs/incidents.md")
    for name in ("height", "dry_run", "force", "replace", "file_layer", "crs"):
        if getattr(args, name):
            option = name.removeprefix("file_").replace("_", "-")
            raise ConfigError(f"--{option}", "has no meaning for incidents", "leave it out")
    folder = args.folder or Path("data")
    writer = IncidentWriter(need_dsn(args.run_dir))
    try:
        report = import_incidents(
            args.file, args.map, (folder, load_inventory(folder)), writer, utc_now, args.rejects, bar("rows")
        )
    finally:
        writer.close()
    if args.json:
        print(json.dumps(asdict(report), ensure_ascii=False))
    else:
        print(
            f"{report.file}: {report.read:,} rows{f' (on from {report.resumed_at:,})' if report.resumed_at else ''}: "
            f"{report.new:,} new, {report.merged:,} joined another system's, {report.changed:,} changed, "
            f"{report.same:,} known, {report.refused:,} refused"
        )
    if report.rejects:
        sys.stderr.write(f"{report.rejects}: {report.refused:,} lines refused: it says why\n")
    return 1 if report.refused else 0
