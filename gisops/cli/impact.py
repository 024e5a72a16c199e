"""``gisops impact``: which services are interrupted, at which sites and in which districts, and since when."""

from __future__ import annotations

import argparse
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gisops.cli.common import Subparsers, add_inventory, add_run, need_dsn, utc_now
from gisops.cli.moment import add_zone, moment_of, zone_of
from gisops.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gisops.incidents.impact import Service, Services
    from gisops.model.inventory import District, Site

__all__ = ["add", "run"]

_BAD = ("interrupted", "manual", "security lapse")


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "impact",
        help="which services are interrupted, and since when",
        description="Camera network, e-challan and public safety by district and site, now or at a past moment, with "
        "the time each state began. Exit code 1 where one is interrupted.",
    )
    parser.add_argument("--when", metavar="TIME", help="as it was then (default: now)")
    parser.add_argument(
        "--days", type=int, default=31, metavar="N", help="how far back a beginning is looked for (31)"
    )
    parser.add_argument("--sites", action="store_true", help="every site, not only those interrupted")
    add_inventory(parser)
    add_run(parser)
    add_zone(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Tell: 1 where a service is interrupted."""
    from gisops.incidents.impact import Change, fold_services
    from gisops.inventory.load import load_inventory
    from gisops.model.state import DeviceState
    from gisops.store.incident_reader import IncidentReader

    if not 1 <= args.days <= 1000:
        raise ConfigError("--days", str(args.days), "give 1 to 1000")
    inventory = load_inventory(args.inventory)
    until = moment_of(args.when, zone_of(args.zone), "--when") if args.when else utc_now()
    since = until - timedelta(days=args.days)
    reader = IncidentReader(need_dsn(args.run_dir))
    try:
        record = reader.history(since, until)
    finally:
        reader.close()
    changes = [Change(at, device, DeviceState(state)) for at, device, state in record]
    sites, districts = fold_services(inventory, changes)
    shown = [s for s in sites if args.sites or _is_bad(s)]
    document: dict[str, Any] = {
        "when": until.isoformat(),
        "districts": [{**_row(d), "name": _name(inventory.districts, d.id)} for d in districts],
        "sites": [{**_row(s), "name": _name(inventory.sites, s.id)} for s in shown],
    }
    if args.json:
        print(json.dumps(document, ensure_ascii=False))
    else:
        for kind in ("districts", "sites"):
            print(kind.capitalize())
            for row in document[kind]:
                _print(row)
    return 1 if any(_is_bad(each) for each in (*sites, *districts)) else 0


def _is_bad(services: Services) -> bool:
    each = (services.network, services.challan, services.safety)
    return any(service is not None and service.word in _BAD for service in each)


def _name(records: Mapping[str, Site] | Mapping[str, District], name: str) -> str:
    return str(records[name].name) if name in records else name


def _row(services: Services) -> dict[str, Any]:
    def one(service: Service | None) -> dict[str, Any] | None:
        if service is None:
            return None
        return {"state": service.word, "since": service.since.isoformat() if service.since else None}

    return {
        "id": services.id, "seeing": services.seeing, "cameras": services.cameras,
        "camera_network": one(services.network), "e_challan": one(services.challan),
        "public_safety": one(services.safety),
    }  # fmt: skip


def _print(row: dict[str, Any]) -> None:
    words = []
    for label, key in (("network", "camera_network"), ("e-challan", "e_challan"), ("safety", "public_safety")):
        service = row[key]
        if service is not None:
            since = f" since {service['since'][:16]}" if service["since"] else ""
            words.append(f"{label} {service['state'] or 'not known'}{since}")
    print(f"  {row['name']:<28}{row['seeing']:>5}/{row['cameras']:<5} {'; '.join(words)}")
