"""``gisops plan run``: from a brief to a plan with proof, a bill and files for the field."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gisops.cli.common import Subparsers, add_inventory
from gisops.cli.plan_halt import cancel_on_signals

if TYPE_CHECKING:
    from gisops.service.plan_solve import Stage

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("run", help="plan from a brief: cameras, boxes, fibre, cost, proof")
    add_inventory(parser)
    parser.add_argument("--brief", type=Path, required=True, metavar="FILE", help="what is asked (docs/planning.md)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where plan.json and the exports go")
    parser.add_argument("--seconds", type=float, default=120.0, metavar="N", help="search so long (default: 120)")
    parser.add_argument("--gap", type=float, default=0.01, metavar="SHARE", help="gap of the gain good enough (0.01)")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Plan: 0 where the gap asked for is proven, 1 where it is not, 130 where it was cancelled."""
    import time

    from gisops.cli.common import utc_now
    from gisops.errors import PlanningError
    from gisops.inventory.text_file import read_text
    from gisops.planning.halt import Halt
    from gisops.service.plan_exports import write_all
    from gisops.service.plan_run import PlanCancelledError, make_plan, pose

    if not 0.0 <= args.gap < 1.0 or not args.seconds > 0.0:
        raise PlanningError("gisops plan run", "--gap or --seconds out of range", "give 0 <= SHARE < 1 and N > 0")
    stop = threading.Event()
    with cancel_on_signals(stop):
        try:
            halt = Halt(time.monotonic, None, stop)
            posed = pose(read_text(args.brief), str(args.brief), args.inventory, utc_now(), halt, _stages())
            sys.stderr.write("solving\n")
            sys.stderr.flush()
            halt = Halt.after(time.monotonic, args.seconds, stop)
            _, plan = make_plan(posed, halt, utc_now(), _telling(), gap=args.gap)
        except PlanCancelledError as error:
            sys.stderr.write(f"{error}\n")
            return 130
        files = write_all(plan, posed.inventory, args.out)
    if args.json:
        print(json.dumps({key: value for key, value in plan.items() if key != "brief_toml"}))
    else:
        _print(plan, files)
    if plan["ended"] == "cancelled":
        return 130
    return 0 if plan["ended"] == "proven" else 1


def _stages() -> Callable[[str, int, int], None]:
    from gisops.cli.progress import bar

    bars: dict[str, Callable[[int, int], None]] = {}

    def tell(words: str, done: int, every: int) -> None:
        bars.setdefault(words, bar(words))(done, every)

    return tell


def _telling() -> Callable[[Stage], None]:
    from gisops.cli.progress import bar

    def tell(stage: Stage) -> None:
        value = "" if stage.value is None else f"; best so far {stage.value:.2%}"
        bound = "" if stage.bound is None or stage.value is None else f", none above {stage.bound:.2%}"
        bar(f"{stage.words}{value}{bound}".ljust(90))(stage.done, stage.stages)

    return tell


def _print(plan: dict[str, Any], files: list[Path]) -> None:
    demo = " (DEMO DATA)" if plan["demo"] else ""
    print(f"{plan['name']}{demo}: {plan['inventory']}, level {plan['level']}, {plan['incidence']}")
    print(
        f"seen {plan['already']:.2%} of the demand before, {plan['value']:.2%} with the plan; no plan sees more than "
        f"{plan['bound']:.2%} (gap {plan['gap']:.2%} of the gain)"
    )
    print(f"by {plan['proof']}; {plan['seconds']:g} s; ended: {plan['ended']}")
    for line in plan["cost"]["lines"]:
        print(f"  {line['item']:<32}{line['count']:>10,g} {line['unit']:<5}{line['rupees']:>16,.0f}")
    print(f"  {'Total, PKR':<32}{'':>16}{plan['cost']['total']:>16,.0f}  of {plan['budget']:,.0f}")
    fibre, boxes = plan["fibre"], plan["assignment"]
    print(
        f"fibre {fibre['metres']:,.0f} m (separately {fibre['separate_m']:,.0f} m, none below "
        f"{fibre['least_m']:,.0f} m); {boxes['boxes']} boxes (none below {boxes['least_boxes']})"
    )
    for phase in plan["phases"]:
        print(
            f"  phase {phase['name']}: {phase['cameras']} cameras, {phase['boxes']} boxes, "
            f"PKR {phase['rupees']:,.0f}, seen {phase['value_after']:.2%}"
        )
    print("written: " + ", ".join(str(file) for file in files))
