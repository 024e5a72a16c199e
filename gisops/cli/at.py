"""``gisops at``: what the network was like at a past instant."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from gisops.cli.common import Subparsers, add_inventory, add_run
from gisops.cli.moment import add_zone, moment_of, zone_of

if TYPE_CHECKING:
    from gisops.store.past import PastMoment

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("at", help="what the network was like at a past instant")
    parser.add_argument("time", metavar="TIME", help="such as 2026-03-01T02:14 (local) or with +00:00")
    add_inventory(parser)
    add_run(parser)
    add_zone(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Say it: 0 known, 1 where nobody asked at that time."""
    import asyncio

    from gisops.cli.common import need_dsn, utc_now
    from gisops.errors import ConfigError
    from gisops.inventory.load import load_inventory
    from gisops.store.past import PgPast

    at = moment_of(args.time, zone_of(args.zone), "TIME")
    if at > utc_now():
        raise ConfigError("TIME", f"{args.time} is yet to come", "ask for a past instant")
    inventory = load_inventory(args.inventory)

    async def ask() -> PastMoment:
        past = await PgPast.open(need_dsn(args.run_dir))
        try:
            return await past.moment(at)
        finally:
            await past.close()

    moment = asyncio.run(ask())
    document = _document(moment, list(inventory.devices))
    print(json.dumps(document) if args.json else _text(document))
    return 0 if document["known"] else 1


def _document(moment: PastMoment, device_ids: list[str]) -> dict[str, Any]:
    states = {device_id: {"state": "unknown", "since": None, "reason": ""} for device_id in device_ids}
    for row in moment.states:
        states[row.device_id] = {"state": str(row.state), "since": row.since.isoformat(), "reason": row.reason}
    counts: dict[str, int] = {}
    for entry in states.values():
        counts[str(entry["state"])] = counts.get(str(entry["state"]), 0) + 1
    return {
        "at": moment.at.isoformat(),
        "known": bool(moment.states),
        "unasked_since": moment.unasked_since.isoformat() if moment.unasked_since else None,
        "counts": dict(sorted(counts.items())),
        "outages": [{**o.to_json(), "noticed": o.id not in moment.foreseen} for o in moment.outages],
        "devices": states,
    }


def _text(document: dict[str, Any]) -> str:
    lines = [f"at {document['at']}: " + ", ".join(f"{n} {state}" for state, n in document["counts"].items())]
    if document["unasked_since"]:
        lines.append(f"nobody asked the devices since {document['unasked_since']}: nothing is known")
    for outage in document["outages"]:
        judged = f"{outage['cause'].replace('_', ' ')} {100 * outage['causes'].get(outage['cause'], 0):.0f} %"
        noticed = "" if outage["noticed"] else ", not yet noticed"
        members = len(outage["members"])
        lines.append(f"{outage['id']}: root {outage['root']}, {members} devices, {judged}{noticed}")
    return "\n".join(lines)
