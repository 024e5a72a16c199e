"""``gisops trail``: where boxes are that were taken, and that one is recovered."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from gisops.cli.common import Subparsers, add_inventory, add_run

if TYPE_CHECKING:
    from gisops.trails.trail import Trail

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command and its actions."""
    parser = subparsers.add_parser("trail", help="boxes that were taken: where they are, and that one is recovered")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="boxes that are away from their place")
    listing.add_argument("--days", type=float, default=30.0, metavar="N", help="look back so far (default: 30)")
    listing.add_argument("--events", type=Path, metavar="FILE", help="JSON Lines of events, instead of the database")
    listing.add_argument("--all", action="store_true", help="those that are recovered, too")
    told = actions.add_parser("recovered", help="say that a box is recovered")
    told.add_argument("box", metavar="BOX")
    told.add_argument("--by", required=True, metavar="WHO", help="who says so")
    told.add_argument("--note", default="", metavar="TEXT")
    for action, do in ((listing, _list), (told, _recovered)):
        add_inventory(action)
        add_run(action)
        action.add_argument("--json", action="store_true", help="one JSON document on standard output")
        action.set_defaults(run=do)


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    code: int = args.run(args)
    return code


def _trails(args: argparse.Namespace, days: float, record: Path | None = None) -> list[Trail]:
    import asyncio
    from datetime import timedelta

    from gisops.cli.common import need_dsn, utc_now
    from gisops.inventory.load import load_inventory
    from gisops.model.event import EventKind
    from gisops.service.event_lines import read_events
    from gisops.store.entries import events_of_kinds
    from gisops.trails.record import trails_from

    if record is not None:
        told = list(read_events(record))
        # A record has its own present: its last moment.
        last = max((event.recorded_at for event in told), default=utc_now())
        return trails_from(told, load_inventory(args.inventory), last)
    now = utc_now()
    kinds = (EventKind.BOX_MOVED, EventKind.BOX_RECOVERED)
    events = asyncio.run(events_of_kinds(need_dsn(args.run_dir), kinds, now - timedelta(days=days)))
    return trails_from(events, load_inventory(args.inventory), now)


def _list(args: argparse.Namespace) -> int:
    """Print the trails: 0 none is away, 1 one is."""
    from gisops.trails.record import trail_json
    from gisops.trails.trail import TrailState

    found = _trails(args, args.days, args.events)
    away = [trail for trail in found if trail.state is not TrailState.RECOVERED]
    shown = found if args.all else away
    if args.json:
        print(json.dumps({"trails": [trail_json(trail) for trail in shown]}))
        return 1 if away else 0
    for trail in shown:
        speed = "speed unknown" if trail.speed_mps is None else f"{trail.speed_mps * 3.6:.0f} km/h"
        near = f"{trail.nearest.name} {trail.nearest.distance_m / 1000:.2f} km" if trail.nearest else "no station"
        print(
            f"{trail.box_id}  {trail.state}  since {trail.began_at.isoformat()}  {trail.distance_m / 1000:.2f} km"
            f"  {speed}  nearest {near}"
        )
    if not shown:
        print("every box that has a tracker is at its place, as far as is known")
    return 1 if away else 0


def _recovered(args: argparse.Namespace) -> int:
    """Write it down: 0 done, 1 it is not away."""
    import asyncio

    from gisops.cli.common import need_dsn, utc_now
    from gisops.store.entries import note_entries
    from gisops.trails.record import RECOVERED_TOLD, recovered_event
    from gisops.trails.trail import TrailState

    is_away = any(t.box_id == args.box and t.state is not TrailState.RECOVERED for t in _trails(args, 3650.0))
    now = utc_now()
    if is_away:
        event = recovered_event(args.box, now, now, RECOVERED_TOLD, args.by, args.note)
        asyncio.run(note_entries(need_dsn(args.run_dir), [event]))
    if args.json:
        print(json.dumps({"box": args.box, "recovered": is_away, "at": now.isoformat(), "by": args.by}))
    else:
        print(f"{args.box}: recovered, says {args.by}" if is_away else f"{args.box}: is not away")
    return 0 if is_away else 1
