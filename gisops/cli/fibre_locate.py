"""``gisops fibre locate``: where is it cut, from losses, dark ports and OTDR readings."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from gisops.cli.common import Subparsers, add_inventory

if TYPE_CHECKING:
    from gisops.fibre.locate import Locator, Verdict
    from gisops.fibre.otdr_place import OtdrPlace

__all__ = ["add", "run"]

_SHOWN = 5


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("locate", help="where is it cut, from losses, dark ports and OTDR readings")
    parser.add_argument(
        "--lost", nargs="+", default=[], metavar="ID|FILE", help="devices that are lost, or a file with an id a line"
    )
    parser.add_argument(
        "--unknown", nargs="+", default=[], metavar="ID|FILE", help="devices to count neither as lost nor as alive"
    )
    parser.add_argument(
        "--los", nargs="+", default=[], metavar="BOX:PORT", help="fibre ports (A or B) with loss of signal"
    )
    parser.add_argument(
        "--otdr", nargs="+", default=[], metavar="NODE:SPAN[,SPAN]:METRES[:ERROR]", help="breaks as an OTDR read them"
    )
    parser.add_argument(
        "--otdr-share", type=float, default=0.001, metavar="SHARE", help="error of a reading (default: 0.001)"
    )
    parser.add_argument(
        "--cut", nargs="+", default=[], metavar="SPAN", help="spans known to be cut: look for a further one"
    )
    for name, default, what in (
        ("device-down", 0.02, "a device is down for a reason of its own"),
        ("alarm-missed", 0.005, "a port that faces a cut is reported lit"),
        ("alarm-false", 2e-5, "a port that faces no cut is reported dark"),
    ):
        parser.add_argument(
            f"--{name}", type=float, default=default, metavar="P", help=f"odds that {what} (default: {default:g})"
        )
    add_inventory(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Locate: 1 where no cut is the most probable."""
    from gisops.fibre.evidence import Noise, evidence_of, parse_otdr, parse_port
    from gisops.fibre.locate import Locator
    from gisops.fibre.network import need_span, network_of
    from gisops.fibre.verdict_json import verdict_document
    from gisops.inventory.load import load_inventory

    inventory = load_inventory(args.inventory)
    whole = network_of(inventory)
    locator = Locator(inventory, whole, known_cut=[need_span(whole, span_id) for span_id in args.cut])
    evidence = evidence_of(
        inventory,
        whole,
        _ids(args.lost),
        [parse_port(whole, word) for word in args.los],
        _ids(args.unknown),
        [parse_otdr(whole, word, args.otdr_share) for word in args.otdr],
    )
    noise = Noise(device_down=args.device_down, alarm_missed=args.alarm_missed, alarm_false=args.alarm_false)
    verdict = locator.locate(evidence, noise)
    if args.json:
        print(json.dumps(verdict_document(locator, verdict)))
    else:
        print("\n".join(_lines(locator, verdict)))
    return 0 if verdict.hypotheses[0].span_ids else 1


def _ids(words: list[str]) -> list[str]:
    found: list[str] = []
    for word in words:
        path = Path(word)
        if path.is_file():
            found += path.read_text(encoding="utf-8").split()
        else:
            found += [part for part in word.split(",") if part]
    return found


def _lines(locator: Locator, verdict: Verdict) -> list[str]:
    lines = [
        f"{100 * h.probability:6.2f} %  {' and '.join(h.span_ids) or 'no cut that this evidence shows'}"
        for h in verdict.hypotheses[:_SHOWN]
    ]
    if len(verdict.ambiguous) > 1:
        sets = "; ".join(" and ".join(spans) for spans in verdict.ambiguous)
        lines.append(f"the evidence cannot tell these {len(verdict.ambiguous)} apart: {sets}")
    lines += [
        f"between {b.from_id} and {b.to_id}: chainage {b.from_m:.0f} to {b.to_m:,.0f} m from {b.from_id}, "
        f"over {', '.join(b.span_ids)}"
        for b in verdict.brackets
    ]
    for place in verdict.places:
        lines += _place(locator, place)
    if verdict.unexplained:
        lines.append(f"not explained by a cut: {', '.join(verdict.unexplained)}")
    if verdict.unseen:
        lines.append(f"{len(verdict.unseen)} spans could be cut besides without this evidence showing it (--json)")
    return lines


def _place(locator: Locator, place: OtdrPlace) -> list[str]:
    from gisops.fibre.otdr_place import crew_point

    span = locator.network.span_number[place.span_id]
    crew = crew_point(locator.inventory, locator.network, span, place.chainage_m)
    interval = f"{place.from_m:,.1f} to {place.to_m:,.1f} m"
    road = f"{crew.road_name}, {crew.walk_m:,.0f} m off" if crew.road_name else "no road is drawn"
    return [
        f"OTDR: {place.span_id} at chainage {place.chainage_m:,.1f} m ({interval}): {place.lat:.6f}, {place.lon:.6f}",
        f"  nearest enclosure {crew.enclosure_id}, {crew.enclosure_m:,.0f} m along the route",
        f"  nearest road {road}: {crew.lat:.6f}, {crew.lon:.6f}, {crew.navigation}",
    ]
