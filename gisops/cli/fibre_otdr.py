"""``gisops fibre otdr``: what does an OTDR trace say, and where on the ground is it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gisops.cli.common import Subparsers, add_inventory

if TYPE_CHECKING:
    from gisops.fibre.locate import Locator
    from gisops.fibre.otdr.places import PlacedEvent
    from gisops.fibre.otdr.trace import SorEvent, SorTrace

__all__ = ["add", "run"]

_INDEX_RANGE = (1.3, 1.7)


def add(subparsers: Subparsers) -> None:
    """Register the question."""
    parser = subparsers.add_parser("otdr", help="what an OTDR trace (.sor) says, and where on the ground it is")
    parser.add_argument("file", type=Path, metavar="FILE", help="trace in the format of Telcordia SR-4731, 1 or 2")
    parser.add_argument("--span", metavar="ID[,ID]", help="spans the light meets first, in order")
    parser.add_argument("--from", dest="node", metavar="NODE", help="node it was launched from")
    parser.add_argument(
        "--launch", type=float, metavar="M", help="launch cable, in metres (default: as the file says)"
    )
    parser.add_argument(
        "--index", type=float, metavar="N", help="group index of the fibre (default: as the instrument was set)"
    )
    parser.add_argument(
        "--share", type=float, default=0.001, metavar="SHARE", help="error of a distance, as a share (default: 0.001)"
    )
    parser.add_argument("--ignore-checksum", action="store_true", help="read it although its checksum does not fit")
    add_inventory(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Read, and place where a span is given: 1 where the end of the fibre cannot be placed then."""
    from gisops.fibre.otdr.read import load_sor

    _check(args)
    trace = load_sor(args.file, group_index=args.index, ignore_checksum=args.ignore_checksum)
    placed, locator = _placed(args, trace) if args.span else ((), None)
    if args.json:
        print(json.dumps(_document(args, trace, placed, locator), ensure_ascii=False))
    else:
        print("\n".join(_lines(args.file, trace, placed, locator)))
    return 1 if any(p.event.is_end and not p.places for p in placed) else 0


def _check(args: argparse.Namespace) -> None:
    from gisops.errors import ConfigError

    if bool(args.span) != bool(args.node):
        missing, given = ("--from NODE", "--span") if args.span else ("--span ID", "--from")
        raise ConfigError(given, f"needs {missing}", "say from which node into which span the light goes")
    if args.index is not None and not _INDEX_RANGE[0] <= args.index <= _INDEX_RANGE[1]:
        raise ConfigError("--index", f"{args.index:g} is no group index of a fibre", "give one like 1.468")
    if args.launch is not None and not 0.0 <= args.launch < 1e5:
        raise ConfigError("--launch", f"{args.launch:g} m cannot be meant", "give metres from 0")
    if not 0.0 <= args.share <= 0.1:
        raise ConfigError("--share", f"{args.share:g} cannot be meant", "give a share of the distance, 0 to 0.1")


def _placed(args: argparse.Namespace, trace: SorTrace) -> tuple[tuple[PlacedEvent, ...], Locator]:
    from gisops.fibre.locate import Locator
    from gisops.fibre.network import need_node, need_span, network_of
    from gisops.fibre.otdr.places import place_events
    from gisops.inventory.load import load_inventory

    inventory = load_inventory(args.inventory)
    network = network_of(inventory)
    spans = [need_span(network, span_id) for span_id in args.span.split(",")]
    node = need_node(network, args.node)
    placed = place_events(network, trace, node, spans, launch_m=args.launch, share=args.share)
    return placed, Locator(inventory, network)


def _lines(file: Path, trace: SorTrace, placed: tuple[PlacedEvent, ...], locator: Locator | None) -> list[str]:
    from gisops.fibre.otdr_place import crew_point

    lines = _head(file, trace)
    lines.append(f"{'':>4}{'metres':>12}{'loss dB':>10}{'reflects dB':>13}{'dB/km':>8}  what")
    for number, event in enumerate(trace.events):
        lines.append(_row(trace, event))
        if not placed:
            continue
        lines += [f"{'':>16}{text}" for text in _place_lines(placed[number])]
        if event.is_end and placed[number].places and locator is not None:
            place = placed[number].places[0]
            network = locator.network
            crew = crew_point(locator.inventory, network, network.span_number[place.span_id], place.chainage_m)
            road = f"{crew.road_name}, {crew.walk_m:,.0f} m off" if crew.road_name else "no road is drawn"
            lines.append(f"{'':>16}nearest enclosure {crew.enclosure_id}, {crew.enclosure_m:,.0f} m along the route")
            lines.append(f"{'':>16}nearest road {road}: {crew.lat:.6f}, {crew.lon:.6f}, {crew.navigation}")
    if not trace.events:
        lines.append("    the instrument found no event")
    return lines


def _head(file: Path, trace: SorTrace) -> list[str]:
    from zoneinfo import ZoneInfo

    from gisops.model.inventory import Settings

    settings, general = trace.settings, trace.general
    zone = Settings("").time_zone
    at = settings.measured_at
    when = f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})" if at else "at no said time"
    pulses = ", ".join(f"{width:,}" for width in settings.pulse_ns)
    ways = " to ".join(text for text in (general.location_a, general.location_b) if text)
    said = [text for text in (general.cable_id, general.fibre_id, ways) if text]
    whole = [
        f"{name} {value:.3f} dB"
        for name, value in (("total loss", trace.total_loss_db), ("return loss", trace.return_loss_db))
        if value is not None
    ]
    first = [f"version {trace.version}", f"{settings.wavelength_nm:g} nm", f"pulse {pulses} ns", when, *said]
    second = [
        f"group index {trace.group_index:.5f}",
        f"a point every {trace.resolution_m:.2f} m",
        f"launch cable {trace.launch_m:,.1f} m",
        *whole,
    ]
    return [f"{file}: {', '.join(first)}", ", ".join(second)]


def _row(trace: SorTrace, event: SorEvent) -> str:
    reflects = "-" if event.reflectance_db is None else f"{event.reflectance_db:.3f}"
    what = f"{event.kind}, {event.origin}" + (f": {event.comment}" if event.comment else "")
    return (
        f"{event.number:>4}{trace.event_m(event):>12,.1f}{event.loss_db:>10.3f}{reflects:>13}"
        f"{event.attenuation_db_km:>8.3f}  {what}"
    )


def _place_lines(placed: PlacedEvent) -> list[str]:
    if not placed.places:
        return ["on the launch cable" if placed.fibre_m < 0.0 else "beyond the fibre of the network"]
    return [
        f"{place.span_id} at chainage {place.chainage_m:,.1f} m ({place.from_m:,.1f} to {place.to_m:,.1f} m): "
        f"{place.lat:.6f}, {place.lon:.6f}"
        for place in placed.places
    ]


def _document(
    args: argparse.Namespace, trace: SorTrace, placed: tuple[PlacedEvent, ...], locator: Locator | None
) -> dict[str, Any]:
    from dataclasses import asdict

    from gisops.fibre.verdict_json import place_document

    settings = asdict(trace.settings)
    at = trace.settings.measured_at
    events = []
    for number, event in enumerate(trace.events):
        entry = {**asdict(event), "is_end": event.is_end, "distance_m": round(trace.event_m(event), 3)}
        if locator is not None:
            entry["fibre_m"] = round(placed[number].fibre_m, 3)
            entry["error_m"] = round(placed[number].error_m, 3)
            entry["places"] = [place_document(locator, place) for place in placed[number].places]
        events.append(entry)
    return {
        "file": str(args.file),
        "version": trace.version,
        "checksum": "ignored" if args.ignore_checksum else "fits",
        "general": asdict(trace.general),
        "supplier": dict(trace.supplier),
        "settings": {**settings, "measured_at": at.isoformat() if at else None},
        "group_index": trace.group_index,
        "resolution_m": round(trace.resolution_m, 4),
        "launch_m": round(trace.launch_m, 3),
        "total_loss_db": trace.total_loss_db,
        "return_loss_db": trace.return_loss_db,
        "events": events,
    }
