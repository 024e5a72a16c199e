"""``gisops plan curve``: what more money brings, and where it begins to bring less."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from pathlib import Path

from gisops.cli.common import Subparsers, add_inventory
from gisops.cli.plan_halt import cancel_on_signals

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("curve", help="coverage against rupees, with the knee")
    add_inventory(parser)
    parser.add_argument("--brief", type=Path, required=True, metavar="FILE", help="what is asked")
    parser.add_argument("--steps", type=int, default=6, metavar="N", help="budgets, evenly up to the brief's (6)")
    parser.add_argument("--seconds", type=float, default=180.0, metavar="S", help="for all together (default: 180)")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Draw the curve: 0 where all budgets have a point, 1 where some have none, 130 where it was cancelled."""
    import time

    from gisops.cli.common import utc_now
    from gisops.cli.progress import bar
    from gisops.errors import PlanningError
    from gisops.inventory.text_file import read_text
    from gisops.planning.halt import Halt
    from gisops.service.plan_curve import knee, plan_curve
    from gisops.service.plan_run import PlanCancelledError, pose

    if not 2 <= args.steps <= 50 or not args.seconds > 0.0:
        raise PlanningError("gisops plan curve", "--steps or --seconds out of range", "give 2 to 50 steps and S > 0")
    stop = threading.Event()
    with cancel_on_signals(stop):
        try:
            halt = Halt(time.monotonic, None, stop)
            posed = pose(read_text(args.brief), str(args.brief), args.inventory, utc_now(), halt)
        except PlanCancelledError as error:
            sys.stderr.write(f"{error}\n")
            return 130
        whole = posed.problem.brief.budget
        budgets = [whole * (n + 1) / args.steps for n in range(args.steps)]
        halt = Halt.after(time.monotonic, args.seconds, stop)
        points = plan_curve(posed.problem, budgets, halt, tell=bar("budgets"))
    seen = [point for point in points if point["value"] is not None]
    at = knee([p["cost"] for p in seen], [p["value"] for p in seen])
    turn = None if at is None else seen[at]["budget"]
    if args.json:
        print(json.dumps({"name": posed.problem.brief.name, "points": points, "knee_budget": turn}))
    else:
        print(f"{'budget, PKR':>16}{'cost, PKR':>16}{'seen':>9}{'at most':>9}{'cameras':>9}{'fibre, m':>10}")
        for point in points:
            if point["value"] is None:
                print(f"{point['budget']:>16,.0f}  {point['why']}")
                continue
            mark = "  <- knee" if point["budget"] == turn else ""
            print(
                f"{point['budget']:>16,.0f}{point['cost']:>16,.0f}{point['value']:>9.2%}{point['bound']:>9.2%}"
                f"{point['cameras']:>9,}{point['fibre_m']:>10,.0f}{mark}"
            )
    if stop.is_set():
        return 130
    return 0 if len(seen) == len(budgets) else 1
