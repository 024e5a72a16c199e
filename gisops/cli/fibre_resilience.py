"""``gisops fibre resilience``: what hangs on one span or node, and which new span would mend most."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gisops.cli.common import Subparsers, add_inventory

if TYPE_CHECKING:
    from gisops.fibre.resilience import Report

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("resilience", help="what hangs on one span, and what would mend it")
    parser.add_argument("--per-m", type=float, default=1.0, metavar="COST", help="price of a metre of new span")
    parser.add_argument(
        "--detour", type=float, default=1.3, metavar="FACTOR", help="of a straight line where no road leads"
    )
    parser.add_argument("--top", type=int, default=8, metavar="N", help="of each list (default: 8; --json gives all)")
    add_inventory(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Report: 1 where a single span parts a device from every centre."""
    from gisops.errors import ConfigError
    from gisops.fibre.propose import Pricing
    from gisops.fibre.resilience import resilience
    from gisops.inventory.load import load_inventory

    if args.per_m <= 0.0 or args.detour < 1.0:
        raise ConfigError(
            "gisops fibre resilience", "price or detour is out of range", "a price above 0, a detour from 1"
        )
    report = resilience(load_inventory(args.inventory), Pricing(per_m=args.per_m, detour=args.detour))
    if args.json:
        print(json.dumps(_document(report)))
    else:
        print("\n".join(_lines(report, args.top)))
    return 1 if any(bridge.devices for bridge in report.bridges) else 0


def _document(report: Report) -> dict[str, Any]:
    from shapely.geometry import mapping

    return {
        "bridges": [asdict(each) for each in report.bridges],
        "nodes": [asdict(each) for each in report.nodes],
        "stations": [asdict(each) for each in report.stations],
        "nodes_without_two_span_disjoint_ways": list(report.one_span_ids),
        "nodes_without_two_node_disjoint_ways": list(report.one_node_ids),
        "nodes_parted": list(report.parted_ids),
        "proposals": [
            {
                "from": p.from_id,
                "to": p.to_id,
                "route_m": round(p.route_m, 1),
                "cost": round(p.cost, 2),
                "relieves": list(p.relieves),
                "devices": p.devices,
                "exposure_device_km": round(p.exposure_device_km, 2),
                "removes_worst": p.removes_worst,
                "along_roads": p.along_roads,
                "route": mapping(p.line),
            }
            for p in report.proposals
        ],
    }


def _lines(report: Report, top: int) -> list[str]:
    lines = [f"{len(report.bridges)} spans alone lead to something; the worst:"]
    lines += [
        f"  {b.span_id}: {b.boxes} boxes, {b.cameras} cameras, {b.stations} stations behind it"
        for b in report.bridges[:top]
    ]
    lines.append(f"{len(report.nodes)} nodes that others hang on; the worst:")
    lines += [
        f"  {n.node_id}: {n.boxes} boxes, {n.cameras} cameras, {n.stations} stations" for n in report.nodes[:top]
    ]
    lines.append("stations, by how many spans part them:")
    lines += [f"  {s.station_id}: {len(s.span_ids)} ({', '.join(s.span_ids) or 'none'})" for s in report.stations]
    lines.append(
        f"{len(report.one_span_ids)} nodes have no second way, {len(report.one_node_ids)} none past other nodes"
    )
    if report.parted_ids:
        lines.append(f"{len(report.parted_ids)} nodes reach no centre: {', '.join(report.parted_ids[:top])}")
    lines.append("new spans, those that remove the worst first:")
    for p in report.proposals[:top]:
        way = "along roads" if p.along_roads else "straight, no road drawn"
        lines.append(
            f"  {p.from_id} to {p.to_id}: {p.route_m:,.0f} m {way}, cost {p.cost:,.0f}; relieves "
            f"{len(p.relieves)} spans, {p.devices} devices, {p.exposure_device_km:,.0f} device km"
            f"{' (removes the worst)' if p.removes_worst else ''}"
        )
    return lines
