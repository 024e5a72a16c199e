"""``gisops fibre cut``: who goes dark if it is cut here, who is rerouted, and what must be pulled."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from gisops.cli.common import Subparsers, add_inventory

if TYPE_CHECKING:
    from gisops.fibre.whatif import Impact

__all__ = ["add", "run"]

_SHOWN = 12


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("cut", help="what if it is cut here")
    parser.add_argument(
        "cuts", nargs="+", metavar="SPAN[@CHAINAGE]", help="cut together; chainage in metres from the span's start"
    )
    add_inventory(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask: always 0, a loss is an answer."""
    from gisops.fibre.ask import cut_named
    from gisops.fibre.impact_json import impact_document
    from gisops.fibre.whatif import WhatIf
    from gisops.inventory.load import load_inventory

    ask = WhatIf(load_inventory(args.inventory))
    impact = ask.cut([cut_named(ask.network, word) for word in args.cuts])
    if args.json:
        print(json.dumps(impact_document(impact)))
        return 0
    print("\n".join(_lines(impact)))
    return 0


def _lines(impact: Impact) -> list[str]:
    if impact.devices or impact.station_ids:
        boxes = _count(len(impact.box_ids), "box", "boxes")
        stations = _count(len(impact.station_ids), "station")
        lines = [f"dark: {boxes}, {_count(len(impact.camera_ids), 'camera')}, {stations}"]
    else:
        lines = ["nobody goes dark"]
    lines += [
        f"  district {loss.name}: {loss.cameras:,} of {loss.of_cameras:,} cameras, "
        f"{_count(loss.boxes, 'box', 'boxes')}"
        for loss in impact.districts
    ]
    if impact.station_ids:
        lines.append(f"  stations: {_some(impact.station_ids)}")
    lines += [
        f"  critical place {loss.name}: {loss.cameras} of {loss.of_cameras} cameras near it" for loss in impact.places
    ]
    if impact.box_ids:
        lines.append(f"  boxes: {_some(impact.box_ids)}")
    if impact.rerouted_box_ids:
        lines.append(
            f"rerouted over the other side: {_count(len(impact.rerouted_box_ids), 'box', 'boxes')}: "
            f"{_some(impact.rerouted_box_ids)}"
        )
    for span_id, position, repair in zip(impact.span_ids, impact.positions, impact.repairs, strict=True):
        stored = "not recorded" if repair.stored_m is None else f"{repair.stored_m:,.0f} m"
        lines.append(
            f"mend {span_id}: pull {repair.cable_m:,.0f} m between {' and '.join(repair.enclosure_ids)} "
            f"(in loops there: {stored})"
        )
        if position is not None:
            lines.append(f"  cut at {position.lat:.6f}, {position.lon:.6f}")
        lines += [f"  {note}" for note in repair.notes]
    return lines


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _some(ids: tuple[str, ...]) -> str:
    more = f" and {len(ids) - _SHOWN:,} more (--json gives all)" if len(ids) > _SHOWN else ""
    return ", ".join(ids[:_SHOWN]) + more
