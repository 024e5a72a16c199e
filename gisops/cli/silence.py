"""``gisops silence``: open no pages about something for a while; add, list, end."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gisops.cli.common import Subparsers, add_run
from gisops.cli.moment import add_zone, moment_of, zone_of

if TYPE_CHECKING:
    from gisops.alerting.silence import Silence

__all__ = ["add", "run"]

_SCOPES = ("device", "box", "site", "station", "district", "contractor", "outage", "all")


def add(subparsers: Subparsers) -> None:
    """Register the command and its actions."""
    parser = subparsers.add_parser("silence", help="open no pages about something: add, list, end")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = actions.add_parser("add", help="add a silence, from now or a later time")
    new.add_argument("scope", choices=_SCOPES, metavar="SCOPE", help=", ".join(_SCOPES))
    new.add_argument("id", nargs="?", default="all", metavar="ID", help="which one (none for all)")
    new.add_argument("--cause", action="append", default=[], metavar="C", help="only this cause; may be repeated")
    new.add_argument("--from", dest="start", metavar="TIME", help="local time: 2026-03-01T22:30 (default: now)")
    until = new.add_mutually_exclusive_group(required=True)
    until.add_argument("--to", dest="end", metavar="TIME")
    until.add_argument("--minutes", type=float, metavar="N", help="for so long")
    new.add_argument("--by", required=True, metavar="WHO", help="who wants it")
    new.add_argument("--reason", required=True, metavar="TEXT", help="why; shown on every alert it covers")
    actions.add_parser("list", help="the silences").add_argument(
        "--all", action="store_true", help="what is over, too"
    )
    end = actions.add_parser("end", help="end one now")
    end.add_argument("id", metavar="ID")
    end.add_argument("--by", required=True, metavar="WHO", help="who says so")
    for action in actions.choices.values():
        add_run(action)
        add_zone(action)
        action.add_argument("--json", action="store_true", help="one JSON document on standard output")
        action.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked and print the silences it is about."""
    zone = zone_of(args.zone)
    silences = {"add": _add, "list": _list, "end": _end}[args.action](args, zone)
    if args.json:
        print(json.dumps({"silences": [silence.to_json() for silence in silences]}))
        return 0
    for silence in silences:
        times = " to ".join(f"{t.astimezone(zone):%Y-%m-%d %H:%M}" for t in (silence.starts_at, silence.ends_at))
        about = f"outage {silence.outage_id}" if silence.outage_id else f"{silence.scope} {silence.scope_id}"
        causes = f" ({', '.join(silence.causes)})" if silence.causes else ""
        print(f"{silence.id}  {about}{causes}  {times}  by {silence.by}  {silence.reason}")
    if not silences:
        print("there is no silence")
    return 0


def _add(args: argparse.Namespace, zone: ZoneInfo) -> list[Silence]:
    import asyncio
    import secrets
    from datetime import timedelta

    from gisops.alerting.silence import Silence
    from gisops.cli.common import need_dsn, utc_now
    from gisops.cli.word import word_of
    from gisops.errors import ConfigError
    from gisops.model.membership import GroupKind
    from gisops.model.outage import Cause
    from gisops.store.alert_desk import add_silence

    now = utc_now()
    start = moment_of(args.start, zone, "--from") if args.start else now
    if args.minutes is not None and not 0 < args.minutes <= 525_600:
        raise ConfigError("--minutes", f"{args.minutes:g} is out of bounds", "write minutes from 1 to 525600")
    end = moment_of(args.end, zone, "--to") if args.end else start + timedelta(minutes=args.minutes)
    if end <= max(start, now):
        raise ConfigError("--to", "it would be over before it holds", "give a later time")
    if (args.scope == "all") != (args.id == "all"):
        raise ConfigError(args.scope, f"which one is {args.id}?", "name one after its kind; all needs no name")
    if not args.reason.strip() or not args.by.strip():
        raise ConfigError("--reason", "is empty", "say who wants it and why: people ask in the middle of the night")
    is_outage = args.scope == "outage"
    silence = Silence(
        f"S{start.astimezone(zone):%y%m%d}-{secrets.token_hex(2)}",
        GroupKind.ALL if is_outage else GroupKind(args.scope),
        "all" if is_outage else args.id,
        start,
        end,
        args.by,
        args.reason,
        tuple(Cause(word_of("--cause", name, [str(cause) for cause in Cause])) for name in args.cause),
        args.id if is_outage else "",
    )
    asyncio.run(add_silence(need_dsn(args.run_dir), silence, now))
    return [silence]


def _list(args: argparse.Namespace, _: ZoneInfo) -> list[Silence]:
    import asyncio
    from datetime import UTC, datetime

    from gisops.cli.common import need_dsn, utc_now
    from gisops.store.alert_desk import silences_since

    since = datetime(2000, 1, 1, tzinfo=UTC) if args.all else utc_now()
    return asyncio.run(silences_since(need_dsn(args.run_dir), since))


def _end(args: argparse.Namespace, _: ZoneInfo) -> list[Silence]:
    import asyncio

    from gisops.cli.common import need_dsn, utc_now
    from gisops.store.alert_desk import end_silence

    return [asyncio.run(end_silence(need_dsn(args.run_dir), args.id, args.by, utc_now()))]
