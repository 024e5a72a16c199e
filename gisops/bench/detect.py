"""How long from a fault to its colour on the page: real agents, real polls, a real browser.

Faults strike boxes and cameras drawn at random, one after the other; with and
without traps. The clock starts when the device goes silent.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gisops.bench.figure import Figure
from gisops.bench.page_watch import Drawn, watching
from gisops.model.inventory import Inventory
from gisops.service.demo import Demo, DemoPlan, running_demo
from gisops.simulate.control import inject

__all__ = ["ABOUT", "DetectPlan", "add_arguments", "measure"]

ABOUT = """
Runs the whole demonstration (1,600 real SNMP agents, collector, PostgreSQL, page) and waits in a real Chromium until
the device is drawn in its new colour. The clock starts when the device goes silent. A box that merely dies sends no
trap, so only the next poll can tell.
"""

PAGE_PORT, TRAP_PORT = 18050, 18162
LOST = frozenset({"down", "unreachable"})
_APPROACH_S = 2.0


@dataclass(frozen=True, slots=True)
class DetectPlan:
    """What to measure: so many faults of each kind, with and without traps."""

    inventory: Path
    run_dir: Path
    faults: int
    interval_s: float
    seed: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the inventory, the run folder, and how often to strike."""
    parser.add_argument("--inventory", type=Path, default=Path("data"), metavar="DIR", help="default: data")
    parser.add_argument("--run", dest="run_dir", type=Path, default=Path("run-bench"), metavar="DIR")
    parser.add_argument("--faults", type=int, default=6, help="of each kind, with and without traps (default: 6)")
    parser.add_argument("--interval", type=float, default=30.0, metavar="S", help="between two polls (default: 30)")
    parser.add_argument("--seed", type=int, default=1)


def measure(args: argparse.Namespace) -> Iterator[Figure]:
    """Measure as the arguments say."""
    return _measure(DetectPlan(args.inventory, args.run_dir.resolve(), args.faults, args.interval, args.seed))


def _measure(plan: DetectPlan) -> Iterator[Figure]:
    """Yield one figure a metric: median, 95th percentile and maximum for each kind of fault."""
    for has_traps in (True, False):
        shutil.rmtree(plan.run_dir, ignore_errors=True)
        demo_plan = DemoPlan(
            inventory=plan.inventory,
            run_dir=plan.run_dir,
            timeline=None,
            interval_s=plan.interval_s,
            page_port=PAGE_PORT,
            trap_port=TRAP_PORT,
            has_traps=has_traps,
        )
        with running_demo(demo_plan, lambda _: None) as demo, watching(f"http://127.0.0.1:{PAGE_PORT}/") as drawn:
            for box_id in list(demo.inventory.boxes)[::50]:
                drawn(box_id, frozenset({"up", "degraded"}), 60.0)
            rng = random.Random(plan.seed)  # noqa: S311 - repeatable chance
            began, burnt = time.monotonic(), _cpu_s(demo)
            delays = {kind: [_strike(demo, drawn, kind, rng, plan) for _ in range(plan.faults)] for kind in _KINDS}
            shares = {name: (now - burnt[name]) / (time.monotonic() - began) for name, now in _cpu_s(demo).items()}
        size = len(demo.inventory.devices)
        yield from _shares(shares, has_traps, size)
        goal = 5.0 if has_traps else 45.0 * plan.interval_s / 30.0
        for kind, values in delays.items():
            # A box that merely dies sends no trap: nothing but the next poll can tell.
            bound = goal if kind != "box_fault" or not has_traps else 45.0 * plan.interval_s / 30.0
            yield from _figures(f"{kind}, {'with' if has_traps else 'no'} trap", values, bound, size, plan.interval_s)


_KINDS = ("theft", "camera_fault", "box_fault")


def _strike(demo: Demo, drawn: Drawn, kind: str, rng: random.Random, plan: DetectPlan) -> float:
    """Make one fault, wait for its colour, put it right; give the seconds between, infinity if it never came."""
    target = rng.choice(sorted(_targets(kind, demo.inventory)))
    drawn(target, frozenset({"up", "degraded"}), 90.0)
    time.sleep(rng.uniform(0.0, min(5.0, plan.interval_s)))
    fault: dict[str, Any] = {"fault": kind, "target": target}
    silent_at = time.time()
    if kind == "theft":
        fault["approach_s"] = _APPROACH_S
        silent_at += _APPROACH_S
    inject(demo.control, fault)
    coloured_at = drawn(target, LOST, 3 * plan.interval_s)
    inject(demo.control, {"fault": "restore", "target": target})
    return coloured_at - silent_at if coloured_at is not None else float("inf")


def _cpu_s(demo: Demo) -> dict[str, float]:
    """Processor seconds used so far by the simulator and the collector (Linux: fields 14 and 15 of stat)."""
    used = {}
    for program in (demo.simulator, demo.collector):
        fields = Path(f"/proc/{program.process.pid}/stat").read_text().rpartition(")")[2].split()
        used[program.name] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


def _shares(shares: dict[str, float], has_traps: bool, size: int) -> Iterator[Figure]:
    goals = {"simulate": 0.25, "poll": 0.5}
    for name, share in shares.items():
        metric = f"{name}: processor share, {'with' if has_traps else 'no'} traps"
        yield Figure("detect", metric, size, round(share, 3), "core", goals[name], baseline=("one core", 1.0))


def _targets(kind: str, inventory: Inventory) -> set[str]:
    return set(inventory.cameras if kind == "camera_fault" else inventory.boxes)


def _figures(metric: str, values: list[float], goal: float, size: int, interval_s: float) -> Iterator[Figure]:
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    beside = ("poll interval (the limit without traps)", interval_s)
    for name, value, bound in (
        ("median", statistics.median(ordered), None),
        ("p95", p95, None),
        ("max", ordered[-1], goal),
    ):
        yield Figure(
            "detect", f"{metric}: {name}", size, round(value, 2), "s", bound, runs=len(values), baseline=beside
        )
