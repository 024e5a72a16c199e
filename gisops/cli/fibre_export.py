"""``gisops fibre export``: write the fibre in a form other tools read."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from gisops.cli.common import Subparsers, add_inventory

__all__ = ["add", "run"]

_FORMATS = ("ofds-json", "ofds-geojson", "ofds-csv", "kml", "gpkg", "shp")


def add(subparsers: Subparsers) -> None:
    """Register the question."""
    parser = subparsers.add_parser(
        "export", help="write the fibre as OFDS 0.4 (JSON, GeoJSON, CSV), KML, GeoPackage or Shapefile"
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="file; a folder for ofds-geojson, ofds-csv and shp")
    parser.add_argument("--format", required=True, choices=_FORMATS, metavar="FORMAT", help=", ".join(_FORMATS))
    add_inventory(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Export; 0 done."""
    from gisops.inventory.load import load_inventory
    from gisops.service.export_fibre import export_fibre, publication_of

    inventory = load_inventory(args.inventory)
    publication = publication_of(args.inventory, inventory.settings.name)
    written = [str(path) for path in export_fibre(inventory, publication, args.format, args.out)]
    numbers = {"nodes": len(inventory.nodes), "spans": len(inventory.spans)}
    if args.json:
        print(json.dumps({"format": args.format, "files": written, **numbers}))
        return 0
    print(f"{', '.join(written)}: {numbers['nodes']:,} nodes, {numbers['spans']:,} spans")
    return 0
