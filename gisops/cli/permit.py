"""``gisops permit``: give leave to work, see who has it, end it."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gisops.cli.common import Subparsers, add_inventory, add_run
from gisops.cli.moment import add_zone, moment_of, zone_of

if TYPE_CHECKING:
    from gisops.model.inventory import Inventory
    from gisops.model.permit import Permit

__all__ = ["add", "run"]

_SCOPES = ("box", "site", "span", "area")


def add(subparsers: Subparsers) -> None:
    """Register the command and its actions."""
    parser = subparsers.add_parser("permit", help="permits to work: add, list, end")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    new = actions.add_parser("add", help="give leave to work")
    new.add_argument("scope", choices=_SCOPES, metavar="SCOPE", help=", ".join(_SCOPES))
    new.add_argument("id", metavar="WHERE", help="its id; of an area LON,LAT,METRES")
    new.add_argument("--from", dest="start", required=True, metavar="TIME", help="local time: 2026-03-01T22:30")
    new.add_argument("--to", dest="end", required=True, metavar="TIME")
    new.add_argument("--who", required=True, metavar="TEXT", help="who works there")
    new.add_argument("--what", required=True, metavar="TEXT", help="what they do")
    new.add_argument("--by", required=True, metavar="WHO", help="who gives leave")
    listing = actions.add_parser("list", help="permits that hold now or later")
    listing.add_argument("--all", action="store_true", help="those that are over, too")
    listing.add_argument("--at", metavar="TIME", help="only those that hold at this time")
    listing.add_argument("--where", metavar="ID", help="only those for a box, camera, site or span (now, or --at)")
    end = actions.add_parser("end", help="end a permit now")
    end.add_argument("id", metavar="PERMIT")
    end.add_argument("--by", required=True, metavar="WHO", help="who says so")
    end.add_argument("--note", default="", metavar="TEXT")
    for action in actions.choices.values():
        add_inventory(action)
        add_run(action)
        add_zone(action)
        action.add_argument("--json", action="store_true", help="one JSON document on standard output")
        action.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked and print the permits it is about."""
    zone = zone_of(args.zone)
    permits = {"add": _add, "list": _list, "end": _end}[args.action](args, zone)
    if args.json:
        print(json.dumps({"permits": [permit.to_json() for permit in permits]}))
        return 0
    for permit in permits:
        times = " to ".join(f"{t.astimezone(zone):%Y-%m-%d %H:%M}" for t in (permit.starts_at, permit.ends_at))
        print(f"{permit.id}  {permit.scope} {permit.scope_id}  {times}  {permit.who}: {permit.what}")
    if not permits:
        print("no permit")
    return 0


def _add(args: argparse.Namespace, zone: ZoneInfo) -> list[Permit]:
    import asyncio
    import secrets

    from gisops.cli.common import need_dsn, utc_now
    from gisops.errors import ConfigError
    from gisops.inventory.load import load_inventory
    from gisops.model.permit import Permit, PermitScope
    from gisops.priors.permits import issued_event
    from gisops.store.entries import note_entries

    start, end = moment_of(args.start, zone, "--from"), moment_of(args.end, zone, "--to")
    if start >= end:
        raise ConfigError("--to", f"{args.end} is not after {args.start}", "give a later time")
    scope = PermitScope(args.scope)
    _check_place(scope, args.id, load_inventory(args.inventory))
    name = f"P{start.astimezone(zone):%y%m%d}-{secrets.token_hex(2)}"
    permit = Permit(name, scope, args.id, start, end, args.who, args.what, args.by)
    asyncio.run(note_entries(need_dsn(args.run_dir), [issued_event(permit, utc_now())]))
    return [permit]


def _check_place(scope: str, where: str, inventory: Inventory) -> None:
    import difflib

    from gisops.errors import ConfigError
    from gisops.priors.permits import area_of

    if scope == "area":
        area_of(where)
        return
    known = {"box": inventory.boxes, "site": inventory.sites, "span": inventory.spans}[scope]
    if where not in known:
        near = difflib.get_close_matches(where, list(known), n=1)
        remedy = f"did you mean {near[0]}?" if near else "name one that is in the inventory"
        raise ConfigError(f"{scope} {where}", "is not in the inventory", remedy)


def _list(args: argparse.Namespace, zone: ZoneInfo) -> list[Permit]:
    from gisops.cli.common import utc_now
    from gisops.inventory.load import load_inventory
    from gisops.priors.permits import PermitBook

    now = moment_of(args.at, zone, "--at") if args.at else utc_now()
    known = _read(args)
    if args.where:
        return PermitBook(known, load_inventory(args.inventory)).works_at(now, args.where)
    if args.at:
        return [permit for permit in known if permit.holds(now)]
    return [permit for permit in known if args.all or permit.ends_at > now]


def _end(args: argparse.Namespace, _: ZoneInfo) -> list[Permit]:
    import asyncio
    import difflib

    from gisops.cli.common import need_dsn, utc_now
    from gisops.errors import ConfigError
    from gisops.priors.permits import ended_event
    from gisops.store.entries import note_entries

    now = utc_now()
    left = {permit.id: permit for permit in _read(args) if permit.ends_at > now}
    if args.id not in left:
        near = difflib.get_close_matches(args.id, list(left), n=1)
        remedy = f"did you mean {near[0]}?" if near else "see gisops permit list"
        raise ConfigError(f"permit {args.id}", "is not known, or is over", remedy)
    asyncio.run(note_entries(need_dsn(args.run_dir), [ended_event(left[args.id], args.by, args.note, now)]))
    return [left[args.id]]


def _read(args: argparse.Namespace) -> list[Permit]:
    import asyncio

    from gisops.cli.common import need_dsn
    from gisops.model.event import EventKind
    from gisops.priors.permits import permits_of
    from gisops.store.entries import events_of_kinds

    kinds = (EventKind.PERMIT_ISSUED, EventKind.PERMIT_ENDED)
    return permits_of(asyncio.run(events_of_kinds(need_dsn(args.run_dir), kinds)))
