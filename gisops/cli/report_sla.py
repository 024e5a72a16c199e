"""``gisops report sla``: how contractors did in a period, and what they owe by the terms of a contract."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from gisops.cli.common import add_run, need_dsn
from gisops.cli.moment import add_zone, moment_of, zone_of
from gisops.cli.report_answer import Answer
from gisops.errors import ConfigError

if TYPE_CHECKING:
    from gisops.model.inventory import Inventory
    from gisops.service.ask_sla import ContractReport

__all__ = ["ABOUT", "add_arguments", "answer"]

ABOUT = "how contractors did, and what they owe by the contract"

SHOWN = (
    "contractor",
    "devices",
    "availability_pct",
    "known_pct",
    "failures",
    "open",
    "mttr_h",
    "autonomy_measured",
    "autonomy_missed",
    "overdue",
    "thefts",
    "tampers",
    "fee",
    "penalty",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the period, the terms, and what to write."""
    add_run(parser)
    add_zone(parser)
    parser.add_argument("--from", dest="start", required=True, metavar="TIME", help="local day or time: 2026-03-01")
    parser.add_argument("--to", dest="end", metavar="TIME", help="the end, not included (default: now)")
    parser.add_argument(
        "--terms", type=Path, metavar="FILE", help="contract (default: contract.toml of the inventory)"
    )
    parser.add_argument("--by-district", action="store_true", help="a line a contractor and district, not judged")
    parser.add_argument("--monthly", action="store_true", help="a line a calendar month")
    parser.add_argument("--html", type=Path, metavar="FILE", help="also write it as one page to print or save as PDF")
    parser.add_argument("--map", type=Path, metavar="FILE", help="also write it as one map that opens offline")


def answer(args: argparse.Namespace) -> Answer:
    """Give the report; write the files that were asked for.

    Raises
    ------
    ConfigError
        Where the period is empty or the terms make no sense.
    """
    import asyncio

    from gisops.cli.common import utc_now
    from gisops.health.sla_terms import read_terms
    from gisops.inventory.load import load_inventory
    from gisops.service.ask_sla import ask_contract, months
    from gisops.service.contract_source import TERMS
    from gisops.service.report_sla import COLUMNS

    now, zone = utc_now(), zone_of(args.zone)
    start = moment_of(args.start, zone, "--from")
    end = min(moment_of(args.end, zone, "--to"), now) if args.end else now
    if start >= end:
        raise ConfigError("--from", f"{args.start} is not before the end, or not over yet", "give an earlier time")
    path = args.terms or args.inventory / TERMS
    terms = read_terms(path) if args.terms or path.exists() else None
    inventory = load_inventory(args.inventory)
    periods = months((start, end), zone) if args.monthly else [(start, end)]
    report = asyncio.run(ask_contract(need_dsn(args.run_dir), inventory, periods, terms, now))
    _write(args, report, inventory)
    rows = report.districts if args.by_district else report.contractors
    shown = tuple(c for c in SHOWN if not args.by_district or c not in ("fee", "penalty"))
    if args.by_district:
        shown = ("contractor", "district", *shown[1:])
    if args.monthly:
        shown = ("from", *shown)
    period = {"from": start.isoformat(), "to": end.isoformat(), "zone": args.zone}
    summary = {**period, **report.summary}
    return Answer(COLUMNS, rows, summary, not summary["penalty"], shown, {"availability_pct": 3})


def _write(args: argparse.Namespace, report: ContractReport, inventory: Inventory) -> None:
    """Write the files that were asked for."""
    from gisops.service.report_map import report_map
    from gisops.service.report_page import report_page

    for path, make in ((args.html, report_page), (args.map, report_map)):
        if path is not None:
            try:
                path.write_text(make(report, inventory), encoding="utf-8")
            except OSError as error:
                raise ConfigError(
                    str(path), f"cannot be written ({error.strerror})", "name a file in a folder"
                ) from None
