"""``gisops plan compare``: how two plans differ."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from gisops.cli.common import Subparsers

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("compare", help="how two plans differ")
    parser.add_argument("a", type=Path, metavar="A", help="plan.json, or the folder it is in")
    parser.add_argument("b", type=Path, metavar="B", help="the other")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compare: 0 done, 2 where one of them is no plan."""
    from gisops.service.plan_compare import compare_plans
    from gisops.service.plan_file import read_plan

    found = compare_plans(read_plan(args.a), read_plan(args.b))
    if args.json:
        print(json.dumps(found))
        return 0
    print(f"A: {found['a']}\nB: {found['b']}")
    for note in found["notes"]:
        print(f"Note: {note}")
    print(f"{'':<36}{'A':>16}{'B':>16}{'B - A':>16}")
    for title, rows in (("", found["rows"]), ("Districts, seen", found["districts"]), ("Cost", found["cost"])):
        if title:
            print(title)
        for row in rows:
            cells = "".join(_cell(row[key]) for key in ("a", "b", "difference"))
            name = f"{row['name']}, {row['unit']}" if row["unit"] else row["name"]
            print(f"  {name:<34}{cells}")
    cameras: dict[str, Any] = found["cameras"]
    print(
        f"cameras: {cameras['both']} in both, {len(cameras['only_a'])} only in A, {len(cameras['only_b'])} only in B"
    )
    return 0


def _cell(value: float | None) -> str:
    return f"{'-' if value is None else f'{value:,.2f}':>16}"
