"""``gisops report availability``: was it there when it was needed."""

from __future__ import annotations

import argparse

from gisops.cli.common import add_run
from gisops.cli.moment import add_zone, moment_of, zone_of
from gisops.cli.report_answer import Answer

__all__ = ["ABOUT", "add_arguments", "answer"]

ABOUT = "availability, times to detect, acknowledge and restore, by whom and when you like"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the arguments of this report."""
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


def answer(args: argparse.Namespace) -> Answer:
    """Give the report."""
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
