"""``gisops report batteries``: how long the batteries last."""

from __future__ import annotations

import argparse

from gisops.cli.common import add_run, need_dsn
from gisops.cli.report_answer import Answer
from gisops.model.event import Event

__all__ = ["ABOUT", "add_arguments", "answer"]

ABOUT = "measured autonomy of every box against the contract, and its battery's rank by lost capacity"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the arguments of this report."""
    add_run(parser)
    parser.add_argument("--days", type=float, default=400.0, metavar="N", help="look back so far (default: 400)")
    parser.add_argument(
        "--contract", type=float, metavar="H", help="hours a box must last (default: the inventory's)"
    )
    parser.add_argument("--all", action="store_true", help="every box, also those that never ran on battery")


def answer(args: argparse.Namespace) -> Answer:
    """Give the report."""
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
