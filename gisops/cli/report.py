"""``gisops report``: what the record says of inspections, batteries, availability and the like, one module a report.

Exit code 0: nothing to do; 1: somebody has to go there.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import sys
from typing import Any

from gisops.cli.common import Subparsers, add_inventory
from gisops.cli.report_answer import Answer

__all__ = ["REPORTS", "add", "run"]

REPORTS = (
    "availability",
    "batteries",
    "solar",
    "inspections",
    "sla",
    "time-to-notice",
)
"""Each is a module ``gisops.cli.report_NAME`` with ``ABOUT``, ``add_arguments(parser)`` and ``answer(args)``."""


def add(subparsers: Subparsers) -> None:
    """Register the command and its sub-reports."""
    parser = subparsers.add_parser("report", help="reports: " + ", ".join(REPORTS))
    kinds = parser.add_subparsers(metavar="REPORT", required=True)
    for name in REPORTS:
        report = _module(name)
        kind = kinds.add_parser(name, help=report.ABOUT, description=f"{report.ABOUT[0].upper()}{report.ABOUT[1:]}.")
        add_inventory(kind)
        form = kind.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="one JSON document on standard output")
        form.add_argument("--csv", action="store_true", help="CSV on standard output")
        report.add_arguments(kind)
        kind.set_defaults(run=run, report=name)


def run(args: argparse.Namespace) -> int:
    """Print one report: 0 nothing to do, 1 somebody has to act."""
    found: Answer = _module(args.report).answer(args)
    if args.json:
        print(
            json.dumps({"report": args.report, "summary": dict(found.summary), "rows": [dict(r) for r in found.rows]})
        )
    elif args.csv:
        writer = csv.DictWriter(sys.stdout, list(found.columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(found.rows)
    else:
        _print_table(found)
    return 0 if found.is_good else 1


def _module(name: str) -> Any:  # noqa: ANN401 - a module
    return importlib.import_module(f"gisops.cli.report_{name.replace('-', '_')}")


def _print_table(found: Answer) -> None:
    """Print the shown columns, each as wide as its widest value; what is missing is a dash."""
    cells = [[_cell(row[column], found.digits.get(column, 1)) for column in found.shown] for row in found.rows]
    heads = [column.replace("_", " ") for column in found.shown]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    for line in (heads, *cells):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    print(", ".join(f"{name.replace('_', ' ')}: {_cell(value)}" for name, value in found.summary.items()))


def _cell(value: object, digits: int = 1) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.{digits}f}" if isinstance(value, float) else str(value)
