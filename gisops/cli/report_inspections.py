"""``gisops report inspections``: who was not looked at in time."""

from __future__ import annotations

import argparse
from pathlib import Path

from gisops.cli.report_answer import Answer

__all__ = ["ABOUT", "add_arguments", "answer"]

ABOUT = "boxes whose inspection is overdue or whose seal is not in order"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the arguments of this report."""
    parser.add_argument(
        "--before", type=Path, metavar="DIR", help="an earlier inventory folder: seals are compared with it"
    )
    parser.add_argument("--all", action="store_true", help="every box, not only those that are not in order")


def answer(args: argparse.Namespace) -> Answer:
    """Give the report."""
    from gisops.cli.common import utc_now
    from gisops.inventory.load import load_inventory
    from gisops.service.report_inspections import COLUMNS, inspection_rows, inspection_summary

    before = load_inventory(args.before).boxes if args.before else None
    rows = inspection_rows(load_inventory(args.inventory), utc_now(), before)
    shown = ("box", "name", "contractor", "state", "due_on", "overdue_days", "seal", "seal_no")
    wanted = rows if args.all else [row for row in rows if not row["in_order"]]
    return Answer(COLUMNS, wanted, inspection_summary(rows), not any(not row["in_order"] for row in rows), shown)
