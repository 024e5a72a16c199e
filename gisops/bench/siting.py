"""How soon is a siting solved, and how close to the best is it, provably? spopt does the same beside it."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gisops.bench.figure import Figure

if TYPE_CHECKING:
    from gisops.planning.answer import Answer
    from gisops.planning.siting import Siting

__all__ = ["ABOUT", "add_arguments", "measure"]

ABOUT = """
Made-up cities: poles with eight orientations each (60 degrees, 60 m) over cells of 20 m with hot spots; one in twenty
orientations may be chosen (MCLP). The gap is that of the choice to a bound proven in the same run: *until 1 %* is the
time until it is proven to be within 1 %, in one process. `--full` adds a city whose cameras see 120 m, so that
many more of them compete for a cell, for up to 10 minutes. spopt solves the same covering problem with its
default solver (CBC) to its optimum, ours to a gap of 0; its time includes building its model, ours all we do;
*worth* is ours less theirs. *Dragging* moves one of 14,000 cameras to other cells and scores the whole again.
`pmed` are the published p-median instances with their known optima (`--orlib DIR`).
"""

SIZES = ((2_000, 10_000), (6_000, 30_000), (20_000, 100_000))
PEER_SIZES = ((160, 900), (320, 1_600), (640, 3_600))
OPTIMA = (5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255)
"""Of pmed1 to pmed10, as published with the OR-Library."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what is optional."""
    parser.add_argument("--orlib", type=Path, metavar="DIR", help="folder with pmed1.txt to pmed10.txt")
    parser.add_argument("--full", action="store_true", help="also the city of far-sighted cameras, up to 10 minutes")
    parser.add_argument("--runs", type=int, default=3, help="repetitions with another city (default: 3)")
    parser.add_argument("--seed", type=int, default=1)


def measure(args: argparse.Namespace) -> Iterator[Figure]:
    """Measure as the arguments say."""
    yield from _growth(args)
    yield from _peer(args)
    yield from _drag(args)
    if args.orlib is None:
        sys.stderr.write("gisops bench siting: published instances skipped: give --orlib DIR\n")
    else:
        yield from _published(args.orlib, args.runs)
    if args.full:
        yield from _full(args)


def _solve(siting: Siting, gap: float, seconds: float) -> Answer:
    from gisops.planning.covering import MCLP
    from gisops.planning.halt import Halt

    return MCLP(siting).solve(Halt.after(time.monotonic, seconds), gap=gap)


def _growth(args: argparse.Namespace) -> Iterator[Figure]:
    from gisops.bench.siting_city import city

    for candidates, cells in SIZES:
        cities = [city(candidates, cells, candidates // 20, args.seed + run) for run in range(args.runs)]
        for percent, seconds in ((1.0, 60.0), (0.1, 600.0)):
            answers = [_solve(siting, percent / 100.0, seconds) for siting in cities]
            took = statistics.median(answer.seconds for answer in answers)
            worst = max(answer.gap for answer in answers) * 100.0
            name = f"{candidates:,} orientations, {cells:,} cells: until {percent:g} %"
            yield Figure("siting", name, candidates, took, "s", seconds, runs=args.runs)
            yield Figure("siting", f"{name}: proven gap, worst", candidates, worst, "%", percent, runs=args.runs)


def _full(args: argparse.Namespace) -> Iterator[Figure]:
    from gisops.bench.siting_city import city

    candidates, cells = SIZES[-1]
    answer = _solve(city(candidates, cells, candidates // 20, args.seed, range_m=120.0), 0.001, 600.0)
    name = f"{candidates:,} orientations that see 120 m, {cells:,} cells"
    yield Figure("siting", f"{name}: until 0.1 % or 10 min", candidates, answer.seconds, "s", 620.0)
    yield Figure("siting", f"{name}: proven gap then", candidates, answer.gap * 100.0, "%", 0.1)


def _peer(args: argparse.Namespace) -> Iterator[Figure]:
    try:
        import pulp
        from spopt.locate import MCLP as PeerMCLP  # noqa: N811 - two of one name
    except ImportError:
        sys.stderr.write("gisops bench siting: spopt is not installed: the comparison is skipped\n")
        return
    from gisops.bench.siting_city import city

    for candidates, cells in PEER_SIZES:
        ours, theirs, apart = [], [], []
        for run in range(args.runs):
            siting = city(candidates, cells, candidates // 10, args.seed + run, range_m=80.0)
            answer = _solve(siting, 0.0, 600.0)
            distance = 1.0 - siting.covers.toarray().T
            began = time.perf_counter()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                peer = PeerMCLP.from_cost_matrix(
                    distance, siting.weight, service_radius=0.5, p_facilities=siting.rules.count
                )
                peer = peer.solve(pulp.PULP_CBC_CMD(msg=False))
            theirs.append(time.perf_counter() - began)
            ours.append(answer.seconds)
            worth = float(pulp.value(peer.problem.objective))
            apart.append((answer.value - worth) / worth * 100.0)
        name = f"{candidates:,} orientations, {cells:,} cells, to the optimum"
        fast, slow = statistics.median(ours), statistics.median(theirs)
        times = slow / fast
        yield Figure("siting", name, candidates, fast, "s", runs=args.runs, baseline=("spopt, CBC", slow))
        yield Figure("siting", f"{name}: times as fast as spopt", candidates, times, "x", 20.0, True, args.runs)
        # Six digits: CBC's own tolerance.
        yield Figure(
            "siting", f"{name}: worth, worst", candidates, round(min(apart), 6) + 0.0, "%", 0.0, True, args.runs
        )


def _drag(args: argparse.Namespace) -> Iterator[Figure]:
    import numpy as np

    from gisops.bench.siting_city import city
    from gisops.planning.gain import ExpectedGain, FirstGain
    from gisops.planning.score import Score

    siting = city(112_000, 560_000, 14_000, args.seed)
    rng = np.random.default_rng(args.seed)
    chosen = rng.permutation(siting.candidates)[:14_000].tolist()
    availability = np.full(siting.candidates, 0.95)
    for name, gain in (("seen or not", FirstGain()), ("expected coverage", ExpectedGain(availability))):
        score = Score(siting, gain, chosen)
        took = []
        for _ in range(max(args.runs, 3) * 100):
            camera, like = chosen[int(rng.integers(14_000))], int(rng.integers(siting.candidates))
            began = time.perf_counter()
            score.drag(camera, siting.cells_of(like))
            score.value  # noqa: B018 - the whole, worked out afresh, is what the planner sees
            took.append((time.perf_counter() - began) * 1000.0)
        middle, late = statistics.median(took), statistics.quantiles(took, n=20)[-1]
        yield Figure("siting", f"dragging one camera, {name}", 14_000, middle, "ms", 100.0, runs=len(took))
        yield Figure("siting", f"dragging one camera, {name}, p95", 14_000, late, "ms", 100.0, runs=len(took))


def _published(folder: Path, runs: int) -> Iterator[Figure]:
    from gisops.planning.halt import Halt
    from gisops.planning.orlib import read_pmed
    from gisops.planning.pmedian import PMedian

    took, wrong = [], 0
    for _ in range(runs):
        began = time.perf_counter()
        for number, optimum in enumerate(OPTIMA, start=1):
            path = folder / f"pmed{number}.txt"
            instance = read_pmed(path.read_text(encoding="utf-8"), str(path))
            answer = PMedian(instance.distance, instance.p).solve(Halt.after(time.monotonic, 60.0))
            wrong += not (answer.ended == "proven" and answer.value == optimum)
        took.append(time.perf_counter() - began)
    yield Figure("siting", "pmed1 to pmed10, read and proven", 10, statistics.median(took), "s", 60.0, runs=runs)
    yield Figure("siting", "pmed1 to pmed10, not the published optimum or not proven", 10, wrong, "", 0.0, runs=runs)
