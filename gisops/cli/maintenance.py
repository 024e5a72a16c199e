"""``gisops maintenance``: announce work, see what is announced, end it."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gisops.cli.common import Subparsers, add_run
from gisops.cli.moment import add_zone, moment_of, zone_of

if TYPE_CHECKING:
    from gisops.model.maintenance import MaintenanceWindow

__all__ = ["add", "run"]

_EVERY = {"day": 1, "week": 7}
_SCOPES = ("device", "box", "site", "station", "district", "contractor", "all")


def add(subparsers: Subparsers) -> None:
    """Register the command and its actions."""
    parser = subparsers.add_parser("maintenance", help="announced work: add, list, end")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = actions.add_parser("add", help="announce work")
    new.add_argument("scope", choices=_SCOPES, metavar="SCOPE", help=", ".join(_SCOPES))
    new.add_argument("id", nargs="?", default="all", metavar="ID", help="which one (none for all)")
    new.add_argument("--from", dest="start", required=True, metavar="TIME", help="local time: 2026-03-01T22:30")
    new.add_argument("--to", dest="end", required=True, metavar="TIME")
    new.add_argument("--every", choices=tuple(_EVERY), help="again every day or week, at the same time")
    new.add_argument("--until", metavar="DAY", help="last day on which it may begin (with --every)")
    _add_who(new)
    actions.add_parser("list", help="what is announced").add_argument(
        "--all", action="store_true", help="what is over, too"
    )
    end = actions.add_parser("end", help="end it now: one window, or all that are left of a series")
    end.add_argument("id", metavar="ID", help="of the window or the series")
    _add_who(end)
    for action in actions.choices.values():
        add_run(action)
        add_zone(action)
        action.add_argument("--json", action="store_true", help="one JSON document on standard output")
        action.set_defaults(run=run)


def _add_who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", required=True, metavar="WHO", help="who says so")
    parser.add_argument("--note", default="", metavar="TEXT")


def run(args: argparse.Namespace) -> int:
    """Do what was asked and print the windows it is about."""
    zone = zone_of(args.zone)
    windows = {"add": _add, "list": _list, "end": _end}[args.action](args, zone)
    if args.json:
        print(json.dumps({"windows": [window.to_json() for window in windows]}))
        return 0
    for window in windows:
        times = " to ".join(f"{t.astimezone(zone):%Y-%m-%d %H:%M}" for t in (window.starts_at, window.ends_at))
        print(f"{window.id}  {window.scope} {window.scope_id}  {times}  by {window.by}  {window.note}".rstrip())
    if not windows:
        print("nothing is announced")
    return 0


def _add(args: argparse.Namespace, zone: ZoneInfo) -> list[MaintenanceWindow]:
    import asyncio
    import secrets

    from gisops.cli.common import need_dsn, utc_now
    from gisops.errors import ConfigError
    from gisops.health.maintenance import repeated
    from gisops.model.maintenance import MaintenanceWindow
    from gisops.model.membership import GroupKind
    from gisops.store.desk import plan_windows

    start, end = moment_of(args.start, zone, "--from"), moment_of(args.end, zone, "--to")
    if start >= end:
        raise ConfigError("--to", f"{args.end} is not after {args.start}", "give a later time")
    if (args.every is None) != (args.until is None):
        raise ConfigError("--every", "needs --until, and the other way round", "give both or neither")
    name = f"M{start.astimezone(zone):%y%m%d}-{secrets.token_hex(2)}"
    windows = [MaintenanceWindow(name, GroupKind(args.scope), args.id, start, end, args.by, args.note)]
    if args.every is not None:
        until = moment_of(args.until, zone, "--until").astimezone(zone).date()
        windows = repeated(windows[0], _EVERY[args.every], until, zone)
    asyncio.run(plan_windows(need_dsn(args.run_dir), windows, utc_now()))
    return windows


def _list(args: argparse.Namespace, _: ZoneInfo) -> list[MaintenanceWindow]:
    import asyncio
    from datetime import UTC, datetime

    from gisops.cli.common import need_dsn, utc_now
    from gisops.store.desk import windows_since

    now = utc_now()
    since = datetime(2000, 1, 1, tzinfo=UTC) if args.all else now
    found = asyncio.run(windows_since(need_dsn(args.run_dir), since))
    return [window for window in found if args.all or window.ends_at > now]


def _end(args: argparse.Namespace, _: ZoneInfo) -> list[MaintenanceWindow]:
    import asyncio

    from gisops.cli.common import need_dsn, utc_now
    from gisops.store.desk import end_windows

    return asyncio.run(end_windows(need_dsn(args.run_dir), args.id, args.by, args.note, utc_now()))
