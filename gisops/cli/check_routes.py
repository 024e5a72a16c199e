"""``gisops check routes``: is a routing file in order, and does every alert reach somebody; nothing is sent."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from gisops.cli.common import Subparsers, add_inventory

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gisops.errors import GisopsError
    from gisops.model.inventory import Inventory
    from gisops.notify.routes import Routes

__all__ = ["add", "run"]


def add(kinds: Subparsers) -> None:
    """Register it under ``check``."""
    parser = kinds.add_parser("routes", help="whether a routing file can be used, and whom it leaves out")
    add_inventory(parser)
    parser.add_argument("--routes", type=Path, metavar="FILE", help="default: routes.toml in --inventory")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check it: 0 in order, 1 with problems."""
    import os

    from gisops.cli.common import utc_now
    from gisops.errors import ConfigError
    from gisops.inventory.load import load_inventory
    from gisops.notify.build import build_channels
    from gisops.notify.routes_text import FILE_NAME, read_routes

    path: Path = args.routes or args.inventory / FILE_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigError(str(path), f"cannot read the routes ({what})", "name another with --routes") from error
    inventory = load_inventory(args.inventory)
    routes, mistakes = read_routes(text, str(path), inventory.settings.time_zone)
    problems: list[GisopsError] = list(mistakes)
    if routes is not None:
        _, missing = build_channels(routes, os.environ, path.parent, utc_now)
        problems += missing
        problems += _strangers(routes, inventory, str(path))
        if not mistakes:
            problems += _left_out(routes, inventory, str(path), utc_now())
    counts = {"receivers": len(routes.receivers), "routes": len(routes.routes)} if routes else {}
    if args.json:
        found = [{"place": p.place, "what": p.what, "remedy": p.remedy} for p in problems]
        print(json.dumps({"file": str(path), "records": counts, "problems": found}))
        return 1 if problems else 0
    for problem in problems:
        print(problem)
    plural = "" if len(problems) == 1 else "s"
    verdict = f"{len(problems)} problem{plural}" if problems else "in order"
    print(f"{path}: {verdict} ({', '.join(f'{n} {what}' for what, n in counts.items()) or 'nothing could be read'})")
    return 1 if problems else 0


def _strangers(routes: Routes, inventory: Inventory, file: str) -> Iterator[GisopsError]:
    """Name the districts that the inventory does not have, and the receivers that no route names."""
    import difflib

    from gisops.errors import ConfigError

    for route in routes.routes:
        for district_id in sorted(route.districts - inventory.districts.keys()):
            near = difflib.get_close_matches(district_id, inventory.districts, n=1)
            hint = f"did you mean {near[0]}?" if near else f"use some of {', '.join(sorted(inventory.districts))}"
            yield ConfigError(
                file, f"route {route.name!r} takes the district {district_id!r}, which is not there", hint
            )
    named = {name for route in routes.routes for name in route.receivers}
    for name in sorted(routes.receivers.keys() - named):
        yield ConfigError(file, f"no route names the receiver {name!r}", "name it in a route, or take it out")
    levels = {route.level for route in routes.routes}
    for level in range(1, len(routes.policy.escalate_after) + 1):
        if level not in levels:
            what = f"escalation {level} has no route: it tells nobody"
            yield ConfigError(file, what, f"add a route with level = {level}, or shorten escalate_after_min")


def _left_out(routes: Routes, inventory: Inventory, file: str, now: datetime) -> Iterator[GisopsError]:
    """Name the districts and causes whose critical alerts reach nobody at some hour of a week from now."""
    from datetime import timedelta

    from gisops.alerting.alert import Severity
    from gisops.errors import ConfigError
    from gisops.model.outage import Cause
    from gisops.notify.routes import receivers_of, who_gets

    hours = [now + timedelta(hours=hour) for hour in range(7 * 24)]
    for district_id in sorted(inventory.districts):
        causes = [
            str(cause)
            for cause in Cause
            if any(not receivers_of(who_gets(routes, district_id, cause, Severity.CRITICAL, at)) for at in hours)
        ]
        if causes:
            shown = "any cause" if len(causes) == len(Cause) else ", ".join(causes)
            what = f"critical alerts of district {district_id} reach nobody at some hours ({shown})"
            yield ConfigError(file, what, "add a route without districts, causes and hours at the end")
