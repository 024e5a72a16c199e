"""How well is darkness foretold: error of the time to dark, and how often its interval holds.

Batteries of their own arithmetic (`gisops.bench.battery_model`) run from full to dark,
poll by poll; half way and late the forecast is held against what then happened.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gisops.bench.figure import Figure
from gisops.model.inventory import Box

__all__ = ["ABOUT", "CONDITIONS", "Condition", "Outcome", "add_arguments", "measure", "play"]

ABOUT = """
Batteries of an independent model (Peukert effect, cold, age, a gauge that bends, jitters and rounds, 5 % of the polls
lost) run from full to dark after 0, 1 and 5 earlier runs. At a quarter, half and three quarters of each run the
forecast is held against the truth. Beside it the naive forecast:
the line from the first charge to the latest, down to 0.
"""

QUARTERS = (0.25, 0.5, 0.75)
COVERAGE_LOW, COVERAGE_HIGH = 75.0, 90.0
_MAINS_S = 120.0


@dataclass(frozen=True, slots=True)
class Condition:
    """Batteries of one kind: share of the label that age has left, temperature, load."""

    name: str
    health: float
    temperature_c: float
    load_w: float


CONDITIONS = (
    Condition("new, 30 degC, 70 W", 0.95, 30.0, 70.0),
    Condition("aged, 30 degC, 90 W", 0.6, 30.0, 90.0),
    Condition("worn out, 45 degC, 90 W", 0.3, 45.0, 90.0),
    Condition("aged, cold 8 degC, 90 W", 0.6, 8.0, 90.0),
    Condition("new, 30 degC, heavy 200 W", 0.95, 30.0, 200.0),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One forecast and what happened: seconds to dark in truth, by the naive line, and by gisops."""

    at_share: float
    truth_s: float
    naive_s: float | None
    low_s: float
    mid_s: float
    high_s: float

    @property
    def is_held(self) -> bool:
        """Whether darkness fell inside the interval."""
        return self.low_s <= self.truth_s <= self.high_s


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take how many batteries to let run."""
    parser.add_argument("--batteries", type=int, default=30, metavar="N", help="of each condition (default: 30)")
    parser.add_argument("--runs", type=int, default=3, help="repetitions with another seed (default: 3)")
    parser.add_argument("--seed", type=int, default=1)


def measure(args: argparse.Namespace) -> Iterator[Figure]:
    """Measure as the arguments say."""
    pooled: dict[int, list[Outcome]] = {}
    for condition in CONDITIONS:
        runs: list[list[Outcome]] = []
        for repetition in range(args.runs):
            rng = random.Random(f"{args.seed}:{repetition}:{condition.name}")  # noqa: S311 - repeatable chance
            outcomes: list[Outcome] = []
            for earlier in (0, 1, 5):
                found = [o for _ in range(args.batteries // 3) for o in play(condition, rng, earlier)]
                pooled.setdefault(earlier, []).extend(found)
                outcomes += found
            runs.append(outcomes)
        yield from _figures(condition.name, runs)
    for earlier, outcomes in pooled.items():
        yield from _coverage(f"after {earlier} earlier runs", [outcomes], has_goal=True)
    yield from _coverage("all together", [[o for outcomes in pooled.values() for o in outcomes]], has_goal=True)
    yield from _cost(args.runs)


def play(condition: Condition, rng: random.Random, earlier: int) -> list[Outcome]:
    """Let one battery run dark so many times, then once more with forecasts on the way.

    Parameters
    ----------
    condition
        What kind it is.
    rng
        Where chance comes from.
    earlier
        Runs to dark before, which the forecast may learn from.
    """
    from gisops.bench.battery_model import Cabinet
    from gisops.health.power.watch import PowerWatch

    cabinet = Cabinet.drawn(rng, condition.health, condition.temperature_c, condition.load_w)
    watch = PowerWatch([_box(cabinet.rated_wh)])
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(earlier):
        run = cabinet.another_day(rng).run(at, rng)
        for moment, metrics in run.readings:
            watch.take("B", metrics, moment)
        watch.missed("B", run.dark_at + timedelta(seconds=60))
        watch.missed("B", run.dark_at + timedelta(seconds=120))
        at = run.dark_at + timedelta(days=2)
        watch.take("B", _mains(), at - timedelta(seconds=_MAINS_S))
    run = cabinet.another_day(rng).run(at, rng)
    lasts_s = (run.dark_at - run.began_at).total_seconds()
    wanted = list(QUARTERS)
    outcomes = []
    for moment, metrics in run.readings:
        watch.take("B", metrics, moment)
        said = watch.time_to_dark("B")
        if wanted and said is not None and (moment - run.began_at).total_seconds() >= wanted[0] * lasts_s:
            truth_s = (run.dark_at - said.stated_at).total_seconds()
            naive_s = _naive(run.readings, said.stated_at)
            outcomes.append(Outcome(wanted.pop(0), truth_s, naive_s, said.low_s, said.mid_s, said.high_s))
    return outcomes


def _naive(readings: Sequence[tuple[datetime, dict[str, float | None]]], now: datetime) -> float | None:
    """Extrapolate the line from the first to the latest charge down to 0; ``None`` while nothing was lost."""
    until = [(at, charge) for at, m in readings if at <= now and (charge := m["battery_charge_pct"]) is not None]
    (start, full), (end, charge) = until[0], until[-1]
    return charge * (end - start).total_seconds() / (full - charge) if full > charge else None


def _mains() -> dict[str, float | None]:
    return {"on_battery_s": 0.0, "battery_charge_pct": 100.0, "input_voltage_v": 230.0, "uptime_s": 3600.0}


def _box(rated_wh: float) -> Box:
    return Box("B", "S", "Box", 67.0, 24.85, "F", "N", "10.0.0.1", "2c", "c", "Contractor", "M", battery_wh=rated_wh)


def _figures(name: str, runs: Sequence[Sequence[Outcome]]) -> Iterator[Figure]:
    for share in QUARTERS:
        ours = [[abs(o.mid_s / o.truth_s - 1.0) for o in run if o.at_share == share] for run in runs]
        naive = [abs(o.naive_s / o.truth_s - 1.0) for run in runs for o in run if o.at_share == share and o.naive_s]
        value = 100.0 * statistics.median(statistics.median(errors) for errors in ours)
        yield Figure(
            "autonomy",
            f"error of the time to dark at {share:.0%} of the run: {name}",
            len(ours[0]),
            round(value, 1),
            "%",
            runs=len(runs),
            baseline=("naive line, same run", round(100.0 * statistics.median(naive), 1)),
        )
    yield from _coverage(name, runs)


def _coverage(name: str, runs: Sequence[Sequence[Outcome]], has_goal: bool = False) -> Iterator[Figure]:
    """Give how often the interval held; a goal only where enough batteries ran to tell 75 % from 80 %."""
    held = statistics.median(100.0 * sum(o.is_held for o in run) / len(run) for run in runs)
    metric, size, beside = f"80 % interval holds: {name}", len(runs[0]), ("meant", 80.0)
    if not has_goal:
        yield Figure("autonomy", metric, size, round(held, 1), "%", runs=len(runs), baseline=beside)
        return
    for bound, is_floor in ((COVERAGE_LOW, True), (COVERAGE_HIGH, False)):
        yield Figure(
            "autonomy", metric, size, round(held, 1), "%", bound, is_floor=is_floor, runs=len(runs), baseline=beside
        )


def _cost(runs: int) -> Iterator[Figure]:
    """Time a poll on mains, and one on battery with its share of the forecasts."""
    from gisops.health.power.watch import PowerWatch

    start = datetime(2026, 1, 1, tzinfo=UTC)
    for size in (1_000, 10_000, 100_000):
        moments = [start + timedelta(seconds=30 * n) for n in range(size)]
        metrics = _mains()
        spent = []
        for _ in range(runs):
            watch = PowerWatch([_box(800.0)])
            began = time.perf_counter()
            for moment in moments:
                watch.take("B", metrics, moment)
            spent.append((time.perf_counter() - began) / size)
        yield Figure(
            "autonomy", "a poll on mains", size, round(1e6 * statistics.median(spent), 2), "us", 5.0, runs=runs
        )
