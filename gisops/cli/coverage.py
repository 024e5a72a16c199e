"""``gisops coverage``: what the cameras see, by district and level; now, at a past minute, or without a box."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gisops.cli.common import Subparsers, add_inventory, add_run

if TYPE_CHECKING:
    from gisops.coverage.city import LiveCoverage
    from gisops.model.inventory import Inventory

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser(
        "coverage",
        help="what the cameras see",
        description="Ground, road and critical places that the cameras see past the buildings, by district and level "
        "of detail. By default all cameras count; --live counts those that work now, --at those that worked then.",
    )
    add_inventory(parser)
    add_run(parser)
    parser.add_argument("--profile", default="iec-2025", metavar="NAME", help="levels: iec-2025 (default), dori-2014")
    parser.add_argument(
        "--plate", default="eu", metavar="NAME", help="plates: eu (default), eu-moving, us, us-moving"
    )
    parser.add_argument(
        "--grid", type=float, default=2.0, metavar="M", help="side of a square of ground (default: 2)"
    )
    parser.add_argument("--district", metavar="ID", help="only this district")
    parser.add_argument("--lost", nargs="+", default=[], metavar="BOX", help="as if these boxes were lost")
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--live", action="store_true", help="only cameras that work now (needs --run or GISOPS_DSN)")
    when.add_argument("--at", metavar="TIME", help="only cameras that worked then, such as 2026-03-01T02:14")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Sum up coverage: 0 done, 1 where --lost leaves a critical place unseen that was seen."""
    from gisops.cli.common import need_dsn
    from gisops.coverage.city import LiveCoverage
    from gisops.coverage.levels import criteria_of, load_plate, load_profile
    from gisops.errors import ConfigError
    from gisops.inventory.load import load_inventory
    from gisops.service.building_store import load_buildings
    from gisops.service.coverage import CoveragePlan, compute_city
    from gisops.service.coverage_when import read_working, time_of

    if not 0.5 <= args.grid <= 50.0:
        raise ConfigError("--grid", f"{args.grid:g} m", "give 0.5 to 50 metres")
    inventory = load_inventory(args.inventory)
    _check(args, inventory)
    profile = load_profile(args.profile)
    plan = CoveragePlan(criteria_of(profile, load_plate(args.plate)), args.grid)
    at = time_of(args.at, inventory.settings.time_zone) if args.at else None
    working = None
    if args.live or at is not None:
        working = read_working(need_dsn(args.run_dir), inventory, at)
    buildings = load_buildings(args.inventory)
    if buildings is None:
        sys.stderr.write(f"{args.inventory}: no buildings: an open field is assumed; gisops import buildings FILE\n")
    live = LiveCoverage(compute_city(inventory, buildings, plan, _progress()), working)
    document: dict[str, Any] = {
        "inventory": inventory.settings.name,
        "demo": inventory.settings.demo,
        "profile": profile.title,
        "buildings": None if buildings is None else len(buildings),
        "at": None if at is None else at.isoformat(),
        **live.summary(),
    }
    code = 0
    if args.lost:
        document["without"], code = _without(live, args.lost)
    if args.district:
        _keep_district(document, args.district)
    if args.json:
        print(json.dumps(document))
    else:
        _print(document, inventory)
    return code


def _check(args: argparse.Namespace, inventory: Inventory) -> None:
    from gisops.errors import ConfigError
    from gisops.inventory.schema import nearest

    known = (
        (args.lost, inventory.boxes, "--lost"),
        ([args.district] if args.district else [], inventory.districts, "--district"),
    )
    for ids, table, option in known:
        for name in ids:
            if name not in table:
                raise ConfigError(f"{option} {name}", "not in the inventory", nearest(name, table, "see its files"))


def _without(live: LiveCoverage, boxes: list[str]) -> tuple[dict[str, Any], int]:
    import time

    import numpy as np

    before = live.places_seen()
    began = time.perf_counter()
    cameras = live.lose_boxes(boxes)
    took_s = time.perf_counter() - began
    blind = np.flatnonzero((before & ~live.places_seen()).any(axis=0))
    places = [live.city.place_ids[number] for number in blind]
    summary = live.summary()
    document = {"boxes": boxes, "cameras": cameras, "places_lost": places, "took_ms": round(1e3 * took_s, 3)}
    return {**document, "scopes": summary["scopes"]}, 1 if places else 0


def _keep_district(document: dict[str, Any], district: str) -> None:
    for part in (document, document.get("without")):
        if part is not None:
            part["scopes"] = [scope for scope in part["scopes"] if scope["district"] == district]


def _progress() -> Callable[[int, int], None]:
    from gisops.cli.progress import bar

    return bar("cameras")


def _print(document: dict[str, Any], inventory: Inventory) -> None:
    cameras = document["cameras"]
    print(f"{document['inventory']}: {cameras['working']:,} of {cameras['all']:,} cameras, {document['profile']}")
    without = document.get("without")
    for number, scope in enumerate(document["scopes"]):
        if not any(level["area_m2"] for level in scope["levels"]) and scope["district"] is not None:
            continue
        name = inventory.districts[scope["district"]].name if scope["district"] else "Whole city"
        print(f"\n{name}: {scope['road_m'] / 1000:,.1f} km of road, {scope['places']} critical places")
        print(f"  {'level':<14}{'px/m':>7}{'ha':>10}{'road km':>10}{'places':>8}{'by 2: ha':>11}", end="")
        print(f"{'lost ha':>10}{'lost road km':>14}" if without else "")
        after = without["scopes"][number]["levels"] if without else [None] * len(scope["levels"])
        for level, left in zip(scope["levels"], after, strict=True):
            line = f"  {level['name']:<14}{level['px_per_m']:>7g}{level['area_m2'] / 1e4:>10,.2f}"
            line += f"{level['road_m'] / 1e3:>10,.2f}{level['places']:>8}{level['area_m2_by'][1] / 1e4:>11,.2f}"
            if left is not None:
                line += f"{(level['area_m2'] - left['area_m2']) / 1e4:>10,.2f}"
                line += f"{(level['road_m'] - left['road_m']) / 1e3:>14,.3f}"
            print(line)
    if without:
        print(f"\nWithout {', '.join(without['boxes'])}: {len(without['cameras'])} cameras less", end="")
        print(f"; no longer seen: {', '.join(without['places_lost'])}" if without["places_lost"] else "")
