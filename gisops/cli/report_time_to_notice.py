"""``gisops report time-to-notice``: from onset to alert, acknowledgement, visit and repair, by contractor."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from gisops.cli.common import add_run, need_dsn
from gisops.cli.report_answer import Answer
from gisops.model.event import Event

__all__ = ["ABOUT", "add_arguments", "answer"]

ABOUT = "how long until an outage was noticed, acknowledged, visited and repaired, by contractor"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the arguments of this report."""
    add_run(parser)
    parser.add_argument("--days", type=float, default=30.0, metavar="N", help="look back so far (default: 30)")
    parser.add_argument("--events", type=Path, metavar="FILE", help="JSON Lines of events, instead of the database")
    parser.add_argument("--each", action="store_true", help="a line an outage, not a contractor")
    parser.add_argument(
        "--within", type=float, metavar="S", help="exit with 1 where an outage waits longer for its acknowledgement"
    )


def answer(args: argparse.Namespace) -> Answer:
    """Give the report."""
    from gisops.cli.common import utc_now
    from gisops.inventory.load import load_inventory
    from gisops.service.event_lines import read_events
    from gisops.service.report_notice import BY_CONTRACTOR, COLUMNS, notice_rows, notice_summary

    events = list(read_events(args.events)) if args.events else _from_database(args)
    # A record has its own present: its last moment.
    now = max((event.recorded_at for event in events), default=utc_now()) if args.events else utc_now()
    rows = notice_rows(events, load_inventory(args.inventory))
    late = 0 if args.within is None else sum(_waited_s(row, now) > args.within for row in rows)
    summary = {
        "outages": len(rows),
        "open": sum(row["open"] for row in rows),
        "never_acknowledged": sum(row["acknowledged_at"] is None for row in rows),
        "never_visited": sum(row["visited_at"] is None for row in rows),
        "late": late,
    }
    if args.each:
        shown = ("outage", "cause", "contractor", *COLUMNS[13:])
        return Answer(COLUMNS, rows, summary, late == 0, shown)
    return Answer(BY_CONTRACTOR, notice_summary(rows), summary, late == 0, BY_CONTRACTOR)


def _from_database(args: argparse.Namespace) -> list[Event]:
    import asyncio
    from datetime import timedelta

    from gisops.cli.common import utc_now
    from gisops.service.report_notice import KINDS
    from gisops.store.entries import events_of_kinds

    since = utc_now() - timedelta(days=args.days)
    return asyncio.run(events_of_kinds(need_dsn(args.run_dir), KINDS, since))


def _waited_s(row: Mapping[str, Any], now: datetime) -> float:
    """Give how long an outage waited for somebody to take it on: until then, its end, or now."""
    end = row["acknowledged_at"] or row["closed_at"]
    until = datetime.fromisoformat(end) if end else now
    return (until - datetime.fromisoformat(row["alert_at"])).total_seconds()
