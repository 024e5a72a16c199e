"""``gisops fibre length``: how long is the fibre, by independent computations side by side."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from gisops.cli.common import Subparsers, add_inventory, add_run, need_dsn

if TYPE_CHECKING:
    from gisops.fibre.length import Total

__all__ = ["add", "run"]

_BY = ("status", "ring", "installation", "phase", "organisation")


def add(subparsers: Subparsers) -> None:
    """Register the question."""
    parser = subparsers.add_parser("length", help="how long the fibre is, by independent computations side by side")
    add_inventory(parser)
    parser.add_argument("--by", choices=_BY, metavar="GROUP", help=f"also by {', '.join(_BY)}")
    parser.add_argument("--database", action="store_true", help="also as the database computes it (see --run)")
    add_run(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    from gisops.fibre.length import measure_spans, totals
    from gisops.inventory.load import load_inventory

    inventory = load_inventory(args.inventory)
    lengths = measure_spans(inventory, _by_database(args) if args.database else None)
    rows = [*(totals(inventory, lengths, args.by) if args.by else ()), *totals(inventory, lengths)]
    if args.json:
        print(json.dumps({"inventory": str(args.inventory), "totals": [asdict(row) for row in rows]}))
        return 0
    print(f"{'':24}{'spans':>8}{'geodesic km':>14}{'UTM 42N km':>14}{'database km':>14}{'cable km':>14}")
    for row in rows:
        print(_line(row))
    return 0


def _by_database(args: argparse.Namespace) -> dict[str, float]:
    from gisops.store.span_length import span_lengths_m

    return span_lengths_m(need_dsn(args.run_dir))


def _line(row: Total) -> str:
    parts = (row.geodesic_m, row.planar_m, row.sql_m, row.cable_m)
    cells = "".join(f"{'-' if metres is None else f'{metres / 1000:,.4f}':>14}" for metres in parts)
    return f"{row.group:24.24}{row.spans:>8,}{cells}"
