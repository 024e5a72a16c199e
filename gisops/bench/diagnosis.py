"""Is the cause right, is the root right, is one fault one outage: on scenarios played over the demo city."""

from __future__ import annotations

import argparse
import os
import statistics
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from gisops.bench.figure import Figure

if TYPE_CHECKING:
    from gisops.bench.verdicts import Mark, Marks
    from gisops.model.inventory import Inventory

__all__ = ["ABOUT", "add_arguments", "measure"]

ABOUT = """
Scenarios drawn from a seed (`gisops/bench/scenarios.py`, which shares no number with `causes.toml`) are played in
virtual time over a part of the demo city of 40 boxes: thefts, opened boxes, crews with a permit, dead boxes and
cameras, cut fibre, cut feeders with batteries of every charge, one maker's cameras switched off, and our own
blindness; one at a time (60 %), two (30 %) or three (10 %); 0 to 10 % of the datagrams lost each way, boxes whose
notifications never arrive, clocks up to 2 s off, 3 % of the boxes on the wrong feeder in the inventory. What the
evidence cannot tell apart (a dead box at the end of a spur and its cut cable; a thief whom no sensor and no poll saw)
has the set as its right answer. *Other rules* are what an alert a device, and the parent check of Nagios, LibreNMS,
Zabbix and Icinga, would have reported of the same losses; neither names a cause. False theft alarms are counted among
all other faults; a city of this size is taken to see 40 of those a day. The expected calibration error is over ten
bins of the probability given to the likeliest cause, where the right answer is one cause. Not in it: cuts of a ring
(they lose nobody) and load-shedding in force.
"""
FAULTS_A_DAY = 40
_BINS = 10


@dataclass(frozen=True, slots=True)
class _Sum:
    """All marks of a run."""

    marks: tuple[Mark, ...]
    invented: int
    false_thefts: int

    def share(self, of: Iterable[bool]) -> float:
        values = list(of)
        return 100.0 * sum(values) / len(values) if values else float("nan")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the inventory, how many scenarios, the seed, and how many processes."""
    parser.add_argument("--inventory", type=Path, default=Path("data"), metavar="DIR", help="default: data")
    parser.add_argument("--scenarios", type=int, default=1000, help="default: 1000")
    parser.add_argument("--seed", default="bench", help="any word (default: bench)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: all cores)")
    parser.add_argument("--notes", action="store_true", help="say on standard error what was told wrong")
    parser.add_argument("--reliability", type=Path, metavar="FILE", help="draw the reliability plot into an SVG file")


def measure(args: argparse.Namespace) -> Iterator[Figure]:
    """Measure as the arguments say."""
    marks = _judge(args.inventory, args.scenarios, args.seed, args.jobs)
    if args.notes:
        import sys

        for scenario in marks:
            for note in scenario.notes:
                sys.stderr.write(f"scenario {scenario.number}: {note}\n")
    if args.reliability is not None:
        from gisops.bench.reliability import draw

        args.reliability.write_text(draw(_bins(_all_marks(marks))), encoding="utf-8")
    for count in sorted({max(1, args.scenarios // 10), max(1, args.scenarios // 3), args.scenarios}):
        yield from _figures(count, marks[:count])
    yield from _by_kind(args.scenarios, marks)


def _judge(inventory: Path, count: int, seed: str, jobs: int) -> list[Marks]:
    with ProcessPoolExecutor(jobs) as pool:
        return list(pool.map(partial(_one, inventory, seed), range(count), chunksize=4))


@cache
def _city(folder: Path) -> Inventory:
    from gisops.inventory.load import load_inventory

    return load_inventory(folder)


def _one(folder: Path, seed: str, number: int) -> Marks:
    from gisops.bench.verdicts import judge_scenario

    return judge_scenario(number, _city(folder), seed)


def _all_marks(scenarios: Iterable[Marks]) -> tuple[Mark, ...]:
    return tuple(mark for scenario in scenarios for mark in scenario.faults)


def _figures(size: int, scenarios: Sequence[Marks]) -> Iterator[Figure]:
    marks = _all_marks(scenarios)
    found = _Sum(marks, sum(s.invented for s in scenarios), sum(s.false_thefts for s in scenarios))
    single = found.share(m.alerts == 1 for m in marks)
    parents = found.share(m.alerts_of_parents == 1 for m in marks)
    rooted = found.share(m.root_of_parents for m in marks)

    def figure(metric: str, value: float, unit: str, goal: float | None = None, **more: object) -> Figure:
        return Figure("diagnosis", metric, size, value, unit, goal, **more)  # type: ignore[arg-type]

    yield figure("cause right", found.share(m.is_right for m in marks), "%", 97.0, is_floor=True)
    yield figure(
        "root right",
        found.share(m.is_root_right for m in marks),
        "%",
        98.0,
        is_floor=True,
        baseline=("parents", rooted),
    )
    one = found.share(m.is_one for m in marks)
    yield figure("one outage a fault", one, "%", 97.0, is_floor=True, baseline=("parents", parents))
    yield figure("one alert a fault, an alert a device", single, "%")
    yield figure(
        "theft recall", found.share(m.alarmed for m in marks if m.alarmed is not None), "%", 99.0, is_floor=True
    )
    others = sum(m.kind != "theft" for m in marks)
    in_a_month = found.false_thefts * 30 * FAULTS_A_DAY / others if others else float("nan")
    yield figure("false theft alarms in 30 days of the city", in_a_month, "alarms", 1.0)
    yield figure("outages of no fault", 100.0 * found.invented / len(marks), "% of faults")
    yield figure("expected calibration error", _calibration_error(marks), "", 0.05)
    for is_mute, how in ((False, "with notifications"), (True, "without notifications")):
        seconds = [m.seconds for m in marks if m.seconds is not None and m.is_mute is is_mute]
        if seconds:
            yield figure(f"fault to right word, {how}, median", statistics.median(seconds), "s")


def _by_kind(size: int, scenarios: Sequence[Marks]) -> Iterator[Figure]:
    from gisops.bench.verdicts import by_kind

    for kind, marks in sorted(by_kind(_all_marks(scenarios)).items()):
        right = 100.0 * sum(m.is_right and m.is_root_right and m.is_one for m in marks) / len(marks)
        yield Figure("diagnosis", f"all right, {kind}, {len(marks)} faults", size, right, "%")


def _bins(marks: Iterable[Mark]) -> list[tuple[int, float, float]]:
    """Give number, mean stated probability and share that was right, a bin."""
    told = [(m.stated, m.is_top_right) for m in marks if m.stated is not None]
    found = []
    for place in range(_BINS):
        inside = [(p, right) for p, right in told if min(int(p * _BINS), _BINS - 1) == place]
        if inside:
            mean = statistics.fmean(p for p, _ in inside)
            found.append((len(inside), mean, statistics.fmean(right for _, right in inside)))
    return found


def _calibration_error(marks: Iterable[Mark]) -> float:
    """Give the expected calibration error (Naeini, Cooper and Hauskrecht 2015)."""
    bins = _bins(marks)
    total = sum(number for number, _, _ in bins)
    return sum(number * abs(stated - right) for number, stated, right in bins) / total if total else float("nan")
