"""``gisops respond``: who sees a place now, which station is nearest, where can one run."""

from __future__ import annotations

import argparse
import json
from typing import Any

from gisops.cli.common import Subparsers, add_inventory, add_run, need_dsn
from gisops.cli.moment import add_zone, moment_of, zone_of
from gisops.errors import ConfigError

__all__ = ["add", "run"]

_EDGES_SHOWN = 15


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "respond",
        help="who sees a place, who is near it, where can one run",
        description="Cameras that see a place and work now (or worked at a past moment), those on its approaches, "
        "the nearest stations by road, and the roads in reach of a motorcycle in 2, 5 and 10 minutes with the "
        "cameras passed, in order. Exit code 1 where no working camera sees it.",
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--at", metavar="LON,LAT", help="the place, such as 67.0297,24.8134")
    where.add_argument("--incident", type=int, metavar="NUMBER", help="the place and the time of an incident")
    parser.add_argument("--when", metavar="TIME", help="as it was then (default: now)")
    parser.add_argument("--all", action="store_true", help="as if every camera worked (needs no database)")
    add_inventory(parser)
    add_run(parser)
    add_zone(parser)
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Answer: 1 where no working camera sees the place."""
    from gisops.coverage.working import SEEING
    from gisops.inventory.load import load_inventory
    from gisops.service.building_store import load_buildings
    from gisops.service.respond import ResponseDesk
    from gisops.store.incident_reader import IncidentReader

    inventory = load_inventory(args.inventory)
    when = moment_of(args.when, zone_of(args.zone), "--when") if args.when else None
    working = set(inventory.cameras)
    if args.all and (when or args.incident):
        raise ConfigError("--all", "knows no time and no incident", "leave it out")
    if args.at:
        lon, lat = _point(args.at)
    if not args.all:
        reader = IncidentReader(need_dsn(args.run_dir))
        try:
            if args.incident is not None:
                found = reader.incident(args.incident)
                if found is None:
                    raise ConfigError("--incident", f"there is no number {args.incident}", "see the map")
                lon, lat, when = found[0], found[1], when or found[2]
            working = {device for device, (state, _) in reader.states(when).items() if state in SEEING}
        finally:
            reader.close()
    desk = ResponseDesk(inventory, load_buildings(args.inventory))
    answer = {"when": when.isoformat() if when else None, **desk.answer(lon, lat, working)}
    if args.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        _print(answer)
    return 0 if answer["working"] else 1


def _point(text: str) -> tuple[float, float]:
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        raise ConfigError("--at", f"{text} is no place", "write it as 67.0297,24.8134") from None
    return lon, lat


def _print(answer: dict[str, Any]) -> None:
    walls = "past the buildings" if answer["buildings"] else "over open ground: no buildings are known"
    print(f"{answer['working']} of {len(answer['sees'])} cameras that can see it work ({walls})")
    for camera in answer["sees"]:
        level = camera["level"] or "plates only"
        plates = ", reads plates" if camera["reads_plates"] else ""
        state = "" if camera["works"] else "  LOST"
        print(
            f"  {camera['id']:<16}{level:<14}{camera['px_per_m']:>7.1f} px/m"
            f"{camera['distance_m']:>7.0f} m{plates}{state}"
        )
    for approach in answer["approaches"]:
        print(f"  approach {approach['road']}: {', '.join(approach['cameras']) or 'unseen'}")
    for station in answer["stations"]:
        print(f"  {station['name']}: {station['minutes']:g} min by road")
    flight = answer["flight"]
    if flight is None:
        print("no road near it")
        return
    print(
        "in reach: " + ", ".join(f"{km:g} km of road in {minutes} min" for minutes, km in flight["road_km"].items())
    )
    for edge in flight["edges"][:_EDGES_SHOWN]:
        ids = ", ".join(c["id"] if c["works"] else f"({c['id']})" for c in edge["cameras"])
        print(f"  {edge['at_s']:>5.0f} s {edge['road']}: {ids}")
