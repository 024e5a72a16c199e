"""``gisops plan``: where the next cameras and boxes go, with proof; here, its parts and a published instance."""

from __future__ import annotations

import argparse
import json
import threading
import time
from pathlib import Path

from gisops.cli import plan_compare, plan_curve, plan_run
from gisops.cli.common import Subparsers
from gisops.cli.plan_halt import cancel_on_signals

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("plan", help="site cameras and boxes, with a proven gap")
    parser.add_argument(
        "--instance", type=Path, metavar="FILE", help="p-median instance of the OR-Library (pmed*.txt)"
    )
    parser.add_argument("--seconds", type=float, metavar="S", help="stop after so long with the best so far")
    parser.add_argument(
        "--gap", type=float, default=0.0, metavar="SHARE", help="gap that is good enough (default: 0)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)
    parts = parser.add_subparsers(metavar="PART")
    for part in (plan_run, plan_compare, plan_curve):
        part.add(parts)


def run(args: argparse.Namespace) -> int:
    """Solve: 0 where the gap asked for is proven, 1 where it is not, 130 where it was cancelled."""
    from gisops.errors import PlanningError
    from gisops.planning.halt import Halt
    from gisops.planning.orlib import read_pmed
    from gisops.planning.pmedian import PMedian

    if args.instance is None:
        raise PlanningError("gisops plan", "nothing to do", "say run, compare or curve, or --instance FILE")
    if not 0.0 <= args.gap < 1.0 or (args.seconds is not None and not args.seconds >= 0.0):
        raise PlanningError("gisops plan", "--gap or --seconds out of range", "give 0 <= SHARE < 1 and S >= 0")
    try:
        text = args.instance.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        what = "not a text file"
        raise PlanningError(str(args.instance), what, "give a pmed file of the OR-Library") from None
    instance = read_pmed(text, str(args.instance))
    stop = threading.Event()
    with cancel_on_signals(stop):
        halt = Halt.after(time.monotonic, args.seconds, stop)
        answer = PMedian(instance.distance, instance.p).solve(halt, gap=args.gap)
    document = answer.to_json() | {"instance": str(args.instance), "vertices": len(instance.distance)}
    document["chosen"] = [k + 1 for k in answer.chosen]  # the file counts from 1
    if args.json:
        print(json.dumps(document))
    else:
        print(
            f"{args.instance.name}: {len(instance.distance):,} vertices, {instance.edges:,} edges, p = {instance.p}"
        )
        print(f"total distance {answer.value:,.10g}, proven at least {answer.bound:,.10g} (gap {answer.gap:.4%})")
        print(f"by {answer.proof}, {answer.seconds:.2f} s; ended: {answer.ended}")
        print("open: " + " ".join(str(k) for k in document["chosen"]))
    if answer.ended == "cancelled":
        return 130
    return 0 if answer.ended == "proven" else 1
