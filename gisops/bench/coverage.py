"""How long a whole city's coverage takes, and the loss of one box.

Beside a straightforward implementation with shapely, which must give the same areas.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gisops.bench.figure import Figure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gisops.coverage.buildings import Buildings
    from gisops.coverage.city import LiveCoverage
    from gisops.model.inventory import Inventory

__all__ = ["ABOUT", "add_arguments", "measure"]

ABOUT = """
A generated city of houses in blocks (eight corners, a tenth of them of unknown height) with cameras at its street
corners in the demonstration's mix of lenses. A full recompute goes from camera records and buildings in memory to the
sums of ground (squares of 2 m) and road by level and district, ready for changes. The loss of a box takes its cameras
out of those sums and sums up anew. The peer takes the shadow of every building off each field of view with shapely,
for the same cameras; both areas are compared.
"""


@dataclass(frozen=True, slots=True)
class _City:
    polygons: NDArray[np.object_]
    height_m: NDArray[np.float64]
    buildings: Buildings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take sizes."""
    parser.add_argument("--cameras", type=int, default=14_000, help="at most (default: 14000)")
    parser.add_argument("--buildings", type=int, default=1_000_000, help="at most (default: 1000000)")
    parser.add_argument("--workers", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--runs", type=int, default=3, help="of each figure (default: 3)")
    parser.add_argument("--peer", type=int, default=100, help="cameras given to the peer (default: 100)")
    parser.add_argument("--seed", type=int, default=1)


def measure(args: argparse.Namespace) -> Iterator[Figure]:
    """Measure growth over buildings, then over cameras, the loss of a box at each, and the peer."""
    most = args.cameras
    for houses in (args.buildings // 100, args.buildings // 10):
        city = _made(houses, args.seed)
        figures, _ = _full(city, most // 10, args)
        yield from figures
    city = _made(args.buildings, args.seed)
    yield _timed("lay out and index buildings", args.buildings, args.runs, lambda: _laid(city))
    for cameras in (most // 10, most // 3, most):
        figures, live = _full(city, cameras, args, 60.0 if cameras == most else None)
        yield from figures
        yield from _losses(live, cameras, args)
    yield from _peer(city, args)


def _made(houses: int, seed: int) -> _City:
    import numpy as np

    from gisops.bench.city_blocks import blocks
    from gisops.coverage.buildings import from_polygons

    polygons, height_m = blocks(houses, np.random.default_rng(seed))
    return _City(polygons, height_m, from_polygons(polygons, height_m))


def _laid(city: _City) -> None:
    from gisops.coverage.buildings import from_polygons

    from_polygons(city.polygons, city.height_m)


def _inventory(city: _City, cameras: int, args: argparse.Namespace) -> Inventory:
    import numpy as np

    from gisops.bench.city_blocks import inventory

    return inventory(cameras, len(city.polygons), np.random.default_rng(args.seed + 1))


def _full(
    city: _City, cameras: int, args: argparse.Namespace, goal: float | None = None
) -> tuple[list[Figure], LiveCoverage]:
    from gisops.coverage.city import LiveCoverage
    from gisops.service.coverage import CoveragePlan, compute_city

    inventory = _inventory(city, cameras, args)
    plan = CoveragePlan(workers=args.workers)
    took, burnt = [], []
    for _ in range(args.runs):
        began, used = time.perf_counter(), _cpu_s()
        live = LiveCoverage(compute_city(inventory, city.buildings, plan))
        took.append(time.perf_counter() - began)
        burnt.append(_cpu_s() - used)
    metric = f"full recompute, {len(city.polygons):,} buildings"
    # On a machine that others use too, the processor's time says what the clock cannot.
    wall, cpu = round(statistics.median(took), 2), round(statistics.median(burnt), 2)
    return [
        Figure("coverage", metric, cameras, wall, "s", goal, runs=args.runs),
        Figure("coverage", f"{metric}: processor time", cameras, cpu, "s", runs=args.runs),
    ], live


def _cpu_s() -> float:
    """Processor seconds of this process and of those it started that have ended."""
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)


def _losses(live: LiveCoverage, cameras: int, args: argparse.Namespace) -> Iterator[Figure]:
    import random

    boxes = sorted(set(live.city.boxes))
    chosen = random.Random(args.seed).sample(boxes, min(300, len(boxes)))  # noqa: S311 - repeatable chance
    took = []
    for box in chosen:
        began = time.perf_counter()
        lost = live.lose_boxes([box])
        live.summary()
        took.append(1e3 * (time.perf_counter() - began))
        live.change(regained=lost)
    took.sort()
    for name, value in (("median", statistics.median(took)), ("p95", took[int(0.95 * len(took))]), ("max", took[-1])):
        goal = 100.0 if name == "p95" else None
        metric = f"one box lost to new sums: {name}"
        yield Figure("coverage", metric, cameras, round(value, 2), "ms", goal, runs=len(took))


def _peer(city: _City, args: argparse.Namespace) -> Iterator[Figure]:
    import shapely

    from gisops.bench.shadow_clip import visible_by_clipping
    from gisops.coverage.levels import load_profile
    from gisops.coverage.optics import TARGET_HEIGHT_M
    from gisops.coverage.outline import visible_area
    from gisops.coverage.pose import poses_of

    inventory = _inventory(city, args.cameras, args)
    records = list(inventory.cameras.values())
    poses = poses_of(records[:: max(1, len(records) // args.peer)][: args.peer])
    widest = load_profile().levels[0]
    tree = shapely.STRtree(city.polygons)
    ours, ours_ms = _each(lambda n: visible_area(poses[n], widest, city.buildings), len(poses))
    theirs, theirs_ms = _each(
        lambda n: visible_by_clipping(poses[n], widest, tree, city.polygons, city.height_m, TARGET_HEIGHT_M),
        len(poses),
    )
    difference = 100.0 * float(shapely.area(shapely.symmetric_difference(ours, theirs)).sum())
    difference /= float(shapely.area(theirs).sum())
    worst = max(abs(a.area / b.area - 1.0) for a, b in zip(ours, theirs, strict=True) if b.area > 0.0)
    yield Figure(
        "coverage", "visible polygon of a camera: median", len(poses), round(ours_ms, 2), "ms", theirs_ms,
        runs=len(poses), baseline=("shapely, shadows clipped off", round(theirs_ms, 2)),
    )  # fmt: skip
    yield Figure(
        "coverage", "area that only one of the two sees", len(poses), round(difference, 5), "%", 0.5, runs=len(poses)
    )
    yield Figure(
        "coverage", "largest difference of a camera's area", len(poses), round(100.0 * worst, 4), "%", 0.5,
        runs=len(poses),
    )  # fmt: skip


def _each(make: Callable[[int], Any], count: int) -> tuple[list[Any], float]:
    made, took = [], []
    for number in range(count):
        began = time.perf_counter()
        made.append(make(number))
        took.append(1e3 * (time.perf_counter() - began))
    return made, statistics.median(took)


def _timed(metric: str, size: int, runs: int, do: Callable[[], None]) -> Figure:
    took = []
    for _ in range(runs):
        began = time.perf_counter()
        do()
        took.append(time.perf_counter() - began)
    return Figure("coverage", metric, size, round(statistics.median(took), 2), "s", runs=runs)
