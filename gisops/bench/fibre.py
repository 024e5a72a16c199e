"""How long does a question to the fibre take as the network grows: impact of a cut, resilience, suspicion.

networkx answers the same questions in the same run.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from gisops.bench.figure import Figure

if TYPE_CHECKING:
    from gisops.bench.fibre_truth import Truth
    from gisops.fibre.locate import Locator
    from gisops.fibre.whatif import WhatIf
    from gisops.model.inventory import Inventory

__all__ = ["ABOUT", "add_arguments", "measure"]

ABOUT = """
Made-up cities of access rings between hubs of a backbone, with spurs; size is devices (boxes and cameras), spans
are in the metric. *Impact of a cut* names lost boxes, cameras, stations, districts, critical places, who is
rerouted and what must be pulled: every span once (3,000 drawn where there are more), 500 random pairs, 100 three
times over. networkx takes the spans out, walks what a centre still reaches and lists the boxes and cameras it does
not: less than is asked of us. The *resilience report* names bridges, single nodes, every station's least cut and
ranked new spans along roads; networkx gives bridges, articulation points and least cuts of the stations only. A
*review* asks which cuts the live states speak for.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the sizes."""
    parser.add_argument(
        "--boxes", type=int, nargs="+", default=[300, 3000, 17_647], help="default: 300, 3,000 and 17,647 boxes"
    )
    parser.add_argument("--runs", type=int, default=3, help="of each report (default: 3)")


def measure(args: argparse.Namespace) -> Iterator[Figure]:
    """Yield times for each size; goals hold at 17,000 devices and below."""
    from gisops.bench.fibre_city import fibre_city
    from gisops.bench.fibre_truth import Truth
    from gisops.fibre.locate import Locator
    from gisops.fibre.whatif import WhatIf

    for boxes in args.boxes:
        inventory = fibre_city(boxes)
        size, is_held = len(inventory.devices), len(inventory.devices) <= 17_000
        truth = Truth(inventory)
        laid, ask = _timed(lambda inventory=inventory: WhatIf(inventory))  # type: ignore[misc]
        spans = len(inventory.spans)
        yield Figure("fibre", f"laying out {spans:,} spans, once", size, _ms(laid), "ms")
        yield from _impact(ask, truth, size, is_held)
        yield from _resilience(inventory, truth, size, is_held, args.runs)
        yield from _review(Locator(inventory, ask.network), truth, size, is_held)


def _impact(ask: WhatIf, truth: Truth, size: int, is_held: bool) -> Iterator[Figure]:
    from gisops.fibre.whatif import Cut

    rng = random.Random(7)  # noqa: S311 - repeatable chance
    count = len(ask.network.span_ids)
    every = list(range(count)) if count <= 3500 else rng.sample(range(count), 3000)
    singles: list[tuple[int, ...]] = [(span,) for span in every]
    pairs = [tuple(rng.sample(range(count), 2)) for _ in range(500)]
    camera_box = {c.id: c.box_id for c in truth.inventory.cameras.values()}

    def peer(cut: tuple[int, ...]) -> object:
        lost = truth.seen([ask.network.span_ids[s] for s in cut]).lost
        return lost, [camera for camera, box in camera_box.items() if box in lost]

    for name, cuts in (("any one cut", singles), ("two cuts", pairs)):
        times = sorted(_timed(lambda cut=cut: ask.cut([Cut(s) for s in cut]))[0] for cut in cuts)  # type: ignore[misc]
        beside = statistics.median(_timed(lambda cut=cut: peer(cut))[0] for cut in cuts[:: len(cuts) // 25])  # type: ignore[misc]
        label = f"impact of {name}, {count:,} spans"
        yield Figure(
            "fibre", f"{label}: median", size, _ms(statistics.median(times)), "ms", None, runs=len(times),
            baseline=("networkx, median", _ms(beside)),
        )  # fmt: skip
        yield Figure(
            "fibre", f"{label}: slowest", size, _ms(times[-1]), "ms", 20.0 if is_held else None, runs=len(times)
        )


def _resilience(inventory: Inventory, truth: Truth, size: int, is_held: bool, runs: int) -> Iterator[Figure]:
    from gisops.fibre.resilience import resilience

    ours = statistics.median(_timed(lambda: resilience(inventory))[0] for _ in range(runs))
    theirs = _timed(lambda: _networkx_report(inventory, truth))[0] if is_held else None
    yield Figure(
        "fibre", f"full resilience report, {len(inventory.spans):,} spans", size, round(ours, 3), "s",
        5.0 if is_held else None, runs=runs, baseline=("networkx", round(theirs, 3)) if theirs is not None else None,
    )  # fmt: skip


def _networkx_report(inventory: Inventory, truth: Truth) -> object:
    import networkx as nx

    simple: Any = nx.Graph(truth.graph)
    core = truth.node_of_centres
    cuts = [
        nx.minimum_edge_cut(simple, station.node_id, core)
        for station in inventory.stations.values()
        if station.node_id in simple
    ]
    return list(nx.bridges(simple)), list(nx.articulation_points(simple)), cuts


def _review(locator: Locator, truth: Truth, size: int, is_held: bool) -> Iterator[Figure]:
    from gisops.fibre.suspect import CutWatch

    inventory, rng = truth.inventory, random.Random(11)  # noqa: S311 - repeatable chance
    span_id = rng.choice(truth.span_ids)
    down = frozenset(rng.sample(sorted(inventory.devices), len(inventory.devices) // 50))
    down |= {c for box_id in down if box_id in inventory.boxes for c in inventory.cameras_of_box[box_id]}
    seen = truth.seen([span_id], [d for d in down if d in inventory.boxes])
    lost = seen.lost | down | {c for box_id in seen.lost for c in inventory.cameras_of_box[box_id]}
    alive = frozenset(inventory.devices) - lost
    watch = CutWatch(locator)
    first = _timed(lambda: watch.review(lost, alive, seen.dark))[0]
    again = [_timed(lambda: watch.review(set(lost), set(alive), set(seen.dark)))[0] for _ in range(25)]
    bound = 5.0 if is_held else None
    boxes = sorted(inventory.boxes)
    dark_third = frozenset(boxes[: len(boxes) // 3])
    blackout = dark_third | {c for box_id in dark_third for c in inventory.cameras_of_box[box_id]}
    third = _timed(lambda: CutWatch(locator).review(blackout, frozenset(inventory.devices) - blackout, ()))
    yield Figure("fibre", "review, a third of the city black: as new", size, _ms(third[0]), "ms")
    yield Figure(
        "fibre", "review, a third of the city black: cuts suspected", size, float(len(third[1])), "cuts", 0.0
    )
    name = "review, a cut and 2 % of devices down"
    yield Figure("fibre", f"{name}: as new", size, _ms(first), "ms")
    yield Figure(
        "fibre", f"{name}: nothing changed", size, _ms(statistics.median(again)), "ms", bound, runs=len(again),
        baseline=("the same as new", _ms(first)),
    )  # fmt: skip


def _timed(question: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    answer = question()
    return time.perf_counter() - begun, answer


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 3)
