"""``gisops fibre trace``: the way of a camera to its centre, its length and its light."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from gisops.cli.common import Subparsers, add_inventory

if TYPE_CHECKING:
    from gisops.fibre.budget import Budget
    from gisops.fibre.trace import Path

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("trace", help="way of a camera to its centre, with its loss budget")
    parser.add_argument("thing", metavar="CAMERA", help="camera, box, station or node")
    parser.add_argument("--splice-db", type=float, default=0.1, metavar="DB", help="a splice (default: 0.1)")
    parser.add_argument("--connector-db", type=float, default=0.5, metavar="DB", help="a connector (default: 0.5)")
    parser.add_argument("--connectors", type=int, default=2, metavar="N", help="from optic to optic (default: 2)")
    parser.add_argument(
        "--db-per-km",
        action="append",
        default=[],
        metavar="NM:DB",
        help="attenuation at a wavelength, as 1310:0.35 (default: maxima of ITU-T G.652.D: 0.40, 0.40, 0.30)",
    )
    add_inventory(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Trace: 1 where the light does not suffice at any wavelength."""
    from dataclasses import replace

    from gisops.fibre.ask import node_named
    from gisops.fibre.budget import Losses, budget
    from gisops.fibre.network import network_of
    from gisops.fibre.schematic import schematic
    from gisops.fibre.trace import routes_of, trace
    from gisops.inventory.load import load_inventory

    losses = Losses(splice_db=args.splice_db, connector_db=args.connector_db, connectors=args.connectors)
    losses = replace(losses, db_per_km={**losses.db_per_km, **dict(_attenuation(text) for text in args.db_per_km)})
    inventory = load_inventory(args.inventory)
    network = network_of(inventory)
    path = trace(network, routes_of(network), node_named(inventory, network, args.thing))
    budgets = budget(path.cable_m, path.splices, losses)
    if args.json:
        print(json.dumps(_document(args.thing, path, budgets, losses.connectors)))
    else:
        print("\n".join(schematic(path)))
        print()
        print("\n".join(_lines(args.thing, path, budgets, losses.connectors)))
    return 0 if any(each.margin_db >= 0.0 for each in budgets) else 1


def _attenuation(text: str) -> tuple[int, float]:
    from gisops.errors import ConfigError

    wavelength, sign, value = text.partition(":")
    try:
        nm, db = int(wavelength), float(value)
    except ValueError:
        nm, db = 0, -1.0
    if not sign or nm <= 0 or not 0.0 <= db < 10.0:
        raise ConfigError(f"--db-per-km {text}", "is not NM:DB", "write a wavelength and decibels, as 1310:0.35")
    return nm, db


def _lines(thing: str, path: Path, budgets: tuple[Budget, ...], connectors: int) -> list[str]:
    passed = f"{len(path.hops)} spans, {path.splices} splices, {connectors} connectors"
    lengths = f"{path.cable_m:,.0f} m of cable ({path.route_m:,.0f} m of route)"
    lines = [f"{thing}: {lengths} to {path.centre_id}, {passed}"]
    if not path.cable_known:
        lines.append("not every cable length is recorded: route lengths stand in")
    if not path.splices_known:
        lines.append("not every splice is recorded: one a node is assumed")
    lines += [
        f"{each.wavelength_nm} nm: {each.loss_db:5.2f} dB lost, {each.received_dbm:6.2f} dBm arrive, "
        f"margin {each.margin_db:+.2f} dB ({each.optic.name}: {each.optic.source})"
        for each in budgets
    ]
    return lines


def _document(thing: str, path: Path, budgets: tuple[Budget, ...], connectors: int) -> dict[str, Any]:
    return {
        "thing": thing,
        "node": path.node_id,
        "centre": path.centre_id,
        "cable_m": round(path.cable_m, 1),
        "route_m": round(path.route_m, 1),
        "splices": path.splices,
        "connectors": connectors,
        "cable_known": path.cable_known,
        "splices_known": path.splices_known,
        "spans": [
            {
                "id": hop.span_id,
                "from": hop.from_id,
                "to": hop.to_id,
                "cable_m": round(hop.cable_m, 1),
                "route_m": round(hop.route_m, 1),
                "chainage_from_centre_m": [round(hop.to_chainage_m, 1), round(hop.from_chainage_m, 1)],
                "splices": hop.splices,
            }
            for hop in path.hops
        ],
        "budgets": [
            {
                "wavelength_nm": each.wavelength_nm,
                "fibre_db": round(each.fibre_db, 3),
                "splices_db": round(each.splices_db, 3),
                "connectors_db": round(each.connectors_db, 3),
                "loss_db": round(each.loss_db, 3),
                "received_dbm": round(each.received_dbm, 2),
                "margin_db": round(each.margin_db, 2),
                "optic": each.optic.name,
                "launch_dbm": each.optic.launch_dbm,
                "sensitivity_dbm": each.optic.sensitivity_dbm,
                "source": each.optic.source,
            }
            for each in budgets
        ],
    }
