"""``gisops report solar``: what the sun gave."""

from __future__ import annotations

import argparse
from datetime import UTC
from typing import Any

from gisops.cli.common import add_run, need_dsn
from gisops.cli.report_answer import Answer
from gisops.errors import ConfigError

__all__ = ["ABOUT", "add_arguments", "answer"]

ABOUT = "what every panel gave on each local day, beside a clear sky"


_SAMPLES = 1_000_000
"""More polls of one box than any number of days that is asked for at once."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the arguments of this report."""
    add_run(parser)
    parser.add_argument("--days", type=int, default=1, metavar="N", help="local days before today (default: 1)")
    parser.add_argument("--box", action="append", metavar="ID", help="only this box; may be given more than once")


def answer(args: argparse.Namespace) -> Answer:
    """Give the report."""
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
