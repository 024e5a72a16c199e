"""``gisops report``: what the record says of inspections, batteries, availability and the like.

A sub-report is an entry of :data:`REPORTS`: how it takes its arguments and what it
answers. Exit code 0: nothing to do; 1: somebody has to go there.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any

from gisops.cli.common import Subparsers, add_inventory, add_run, need_dsn
from gisops.cli.moment import add_zone, moment_of, zone_of
from gisops.errors import ConfigError
from gisops.model.event import Event

__all__ = ["REPORTS", "Answer", "Report", "add", "run"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sub-report found.

    Parameters
    ----------
    columns
        Of ``rows``, in order.
    rows
        JSON-ready values by column; a missing one is ``None``.
    summary
        Counts over all rows.
    is_good
        Whether nobody has to act on it (exit code 0, else 1).
    shown
        Columns of the table that is printed to be read.
    digits
        Decimals of a column there, where one is not enough.
    """

    columns: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    summary: Mapping[str, Any]
    is_good: bool
    shown: Sequence[str]
    digits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """One sub-report: its help, its own arguments, and its answer."""

    help: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    answer: Callable[[argparse.Namespace], Answer]


def add(subparsers: Subparsers) -> None:
    """Register the command and its sub-reports."""
    parser = subparsers.add_parser("report", help="reports: " + ", ".join(REPORTS))
    kinds = parser.add_subparsers(metavar="REPORT", required=True)
    for name, report in REPORTS.items():
        kind = kinds.add_parser(name, help=report.help, description=f"{report.help[0].upper()}{report.help[1:]}.")
        add_inventory(kind)
        form = kind.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="one JSON document on standard output")
        form.add_argument("--csv", action="store_true", help="CSV on standard output")
        report.add_arguments(kind)
        kind.set_defaults(run=run, report=name)


def run(args: argparse.Namespace) -> int:
    """Print one report: 0 nothing to do, 1 somebody has to act."""
    found = REPORTS[args.report].answer(args)
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


# ---- inspections ----


def _inspection_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--before", type=Path, metavar="DIR", help="an earlier inventory folder: seals are compared with it"
    )
    parser.add_argument("--all", action="store_true", help="every box, not only those that are not in order")


def _inspections(args: argparse.Namespace) -> Answer:
    from gisops.cli.common import utc_now
    from gisops.inventory.load import load_inventory
    from gisops.service.report_inspections import COLUMNS, inspection_rows, inspection_summary

    before = load_inventory(args.before).boxes if args.before else None
    rows = inspection_rows(load_inventory(args.inventory), utc_now(), before)
    shown = ("box", "name", "contractor", "state", "due_on", "overdue_days", "seal", "seal_no")
    wanted = rows if args.all else [row for row in rows if not row["in_order"]]
    return Answer(COLUMNS, wanted, inspection_summary(rows), not any(not row["in_order"] for row in rows), shown)


# ---- batteries ----


def _battery_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("--days", type=float, default=400.0, metavar="N", help="look back so far (default: 400)")
    parser.add_argument(
        "--contract", type=float, metavar="H", help="hours a box must last (default: the inventory's)"
    )
    parser.add_argument("--all", action="store_true", help="every box, also those that never ran on battery")


def _batteries(args: argparse.Namespace) -> Answer:
    import asyncio
    from datetime import timedelta

    from gisops.cli.common import utc_now
    from gisops.inventory.load import load_inventory
    from gisops.model.event import EventKind
    from gisops.service.report_batteries import COLUMNS, battery_rows, battery_summary
    from gisops.store.reader import PgReader

    async def read() -> list[Event]:
        reader = await PgReader.open(need_dsn(args.run_dir))
        try:
            since = utc_now() - timedelta(days=args.days)
            return [stored.event for stored in await reader.events_of(EventKind.AUTONOMY_MEASURED, since)]
        finally:
            await reader.close()

    inventory = load_inventory(args.inventory)
    contract_h = args.contract or inventory.settings.autonomy_contract_h
    rows = battery_rows(inventory, asyncio.run(read()), contract_h)
    shown = ("rank", "box", "name", "contractor", "episodes", "autonomy_h", "autonomy_is", "share_of_contract_pct")
    wanted = rows if args.all else [row for row in rows if row["episodes"]]
    is_good = not any(row["contract"] == "missed" for row in rows)
    return Answer(COLUMNS, wanted, battery_summary(rows, contract_h), is_good, (*shown, "projected_h", "lost_pct"))


# ---- solar ----


def _solar_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    parser.add_argument("--days", type=int, default=1, metavar="N", help="local days before today (default: 1)")
    parser.add_argument("--box", action="append", metavar="ID", help="only this box; may be given more than once")


def _solar(args: argparse.Namespace) -> Answer:
    import asyncio
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from gisops.cli.common import utc_now
    from gisops.health.catalogue import load_profiles
    from gisops.inventory.load import load_inventory
    from gisops.service.report_solar import COLUMNS, solar_rows, solar_summary
    from gisops.store.reader import PgReader

    inventory, profiles = load_inventory(args.inventory), load_profiles(args.inventory)
    for box_id in args.box or ():
        if box_id not in inventory.boxes:
            raise ConfigError(f"--box {box_id}", "is not in the inventory", "name the id of a box")
    today = utc_now().astimezone(ZoneInfo(inventory.settings.time_zone))
    since = today.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=args.days)

    async def read() -> list[dict[str, Any]]:
        reader = await PgReader.open(need_dsn(args.run_dir))
        try:
            found = []
            for box in inventory.boxes.values():
                if box.solar_w and (not args.box or box.id in args.box):
                    samples = await reader.samples(box.id, since.astimezone(UTC), limit=_SAMPLES)
                    found += solar_rows(inventory, box, samples, profiles)
            return found
        finally:
            await reader.close()

    rows = sorted(asyncio.run(read()), key=lambda row: (row["day"], row["box"]))
    shown = ("day", "box", "name", "panel_w", "harvest_wh", "read_h", "daylight_read_pct", "share_of_clear_sky_pct")
    return Answer(COLUMNS, rows, solar_summary(inventory, rows), True, shown)


_SAMPLES = 1_000_000
"""More polls of one box than any number of days that is asked for at once."""


# ---- availability ----


def _availability_arguments(parser: argparse.ArgumentParser) -> None:
    add_run(parser)
    add_zone(parser)
    parser.add_argument("--from", dest="start", required=True, metavar="TIME", help="local day or time: 2026-03-01")
    parser.add_argument("--to", dest="end", metavar="TIME", help="the end, not included (default: now)")
    parser.add_argument(
        "--by",
        default="district",
        metavar="WORDS",
        help="device, box, site, station, district, contractor, all, cause, day, with commas (default: district)",
    )
    parser.add_argument("--kind", choices=("box", "camera"), help="only boxes, or only cameras (default: both)")
    parser.add_argument(
        "--at-least", type=float, metavar="PCT", help="exit with 1 where a line has less availability"
    )


def _availability(args: argparse.Namespace) -> Answer:
    import asyncio

    from gisops.cli.common import need_dsn, utc_now
    from gisops.errors import ConfigError
    from gisops.model.state import DeviceKind
    from gisops.service.report_availability import columns_of, parse_by, row_of, summary_of
    from gisops.store.availability_ask import Question, ask

    now, zone = utc_now(), zone_of(args.zone)
    by, with_cause, is_daily = parse_by(args.by)
    start = moment_of(args.start, zone, "--from")
    end = moment_of(args.end, zone, "--to") if args.end else now
    if start >= min(end, now):
        raise ConfigError("--from", f"{args.start} is not before the end, or not over yet", "give an earlier time")
    kinds = (DeviceKind(args.kind),) if args.kind else tuple(DeviceKind)
    question = Question(by, (start, end), kinds, with_cause, zone if is_daily else None)
    lines, names = asyncio.run(ask(need_dsn(args.run_dir), question, now))
    rows = [row_of(line, by, names) for line in lines]
    columns = columns_of(by, with_cause, is_daily)
    shown = [column for column in columns if column not in ("available_h", "mttd_least_s")]
    found = [row["availability_pct"] for row in rows if row["availability_pct"] is not None]
    is_good = args.at_least is None or all(value >= args.at_least for value in found)
    period = {"from": start.isoformat(), "to": min(end, now).isoformat(), "zone": args.zone, "by": args.by}
    return Answer(columns, rows, {**period, **summary_of(lines)}, is_good, shown, {"availability_pct": 3})


REPORTS: Mapping[str, Report] = {
    "availability": Report(
        "availability, times to detect, acknowledge and restore, by whom and when you like",
        _availability_arguments,
        _availability,
    ),
    "batteries": Report(
        "measured autonomy of every box against the contract, and its battery's rank by lost capacity",
        _battery_arguments,
        _batteries,
    ),
    "solar": Report("what every panel gave on each local day, beside a clear sky", _solar_arguments, _solar),
    "inspections": Report(
        "boxes whose inspection is overdue or whose seal is not in order", _inspection_arguments, _inspections
    ),
}
