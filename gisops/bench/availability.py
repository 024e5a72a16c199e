"""How long does an availability report take over a month, exact and by day, as the network grows; and is it right."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from gisops.bench.availability_city import BEGAN, DAYS, Month, fill, make_month
from gisops.bench.figure import Figure
from gisops.health.availability import Line
from gisops.model.membership import GroupKind
from gisops.model.state import DeviceKind
from gisops.store.availability_ask import Question, ask
from gisops.store.availability_days import roll_up_days
from gisops.store.embedded import EmbeddedPostgres
from gisops.store.migrate import migrate
from gisops.store.sessions import connect

__all__ = ["ABOUT", "add_arguments", "measure"]

ABOUT = """
`gisops report availability` without the printing: 30 days in the embedded PostgreSQL, every camera lost once a week
(every 10 days with its box, every 20 by itself; an outage each), 1 box in 40 with announced work, three times when
nobody asked; rows written by COPY. *By district*: exact, from the state intervals, with failures, outages, times to
detect, acknowledge and restore. *By day and district*: the times from the daily roll-up, whose making is timed, too.
*Wrong*: the largest difference of any district's lost time from a sum taken outside the database, loss by loss.
*Processor*: what the server and the program used, which a busy machine does not stretch as it does the time on the
clock. Beside it: only reading the state intervals once. Growth is the exponent of the processor time over the sizes.
"""
_ZONE = ZoneInfo("Asia/Karachi")
_DISTRICT = (GroupKind.DISTRICT,)
_PERIOD = (BEGAN, BEGAN + timedelta(days=DAYS))
_NOW = _PERIOD[1] + timedelta(minutes=10)
_READ = "SELECT count(*), sum(t1 - t0), min(device_id), count(state) FROM state_history"


@dataclass(slots=True)
class _Found:
    """Seconds on the clock and of the processor by question (all runs), and how wrong the answers were."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    processor: dict[str, list[float]] = field(default_factory=dict)
    wrong_s: float = 0.0
    wrong_failures: int = 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the sizes and how often each is measured."""
    parser.add_argument("--sizes", type=int, nargs="+", default=[3500, 7000, 14000], metavar="CAMERAS")
    parser.add_argument("--runs", type=int, default=5)


def measure(args: argparse.Namespace) -> Iterator[Figure]:
    """Measure as the arguments say."""
    by_size: dict[int, dict[str, float]] = {}
    for size in args.sizes:
        found = asyncio.run(_measure(size, args.runs))
        medians = {name: statistics.median(times) for name, times in found.seconds.items()}
        by_size[size] = {name: statistics.median(used) for name, used in found.processor.items()}
        read = ("reading the state intervals", round(medians["read"], 3))
        for name, goal in (("by district", 1.0), ("by day and district", 1.0), ("by district and cause", None)):
            yield Figure("availability", name, size, round(medians[name], 3), "s", goal, False, args.runs, read)
            used = round(statistics.median(found.processor[name]), 3)
            yield Figure("availability", f"{name}, processor", size, used, "s", runs=args.runs)
        made = len(found.seconds["roll-up of one day"])
        one_day_s = round(medians["roll-up of one day"], 3)
        yield Figure("availability", "roll-up of one day", size, one_day_s, "s", runs=made)
        yield Figure("availability", "wrong: lost time", size, round(found.wrong_s, 3), "s", 0.01, runs=args.runs)
        yield Figure("availability", "wrong: failures", size, found.wrong_failures, "", 0, runs=args.runs)
    if len(by_size) > 1:
        for name in ("by district", "by day and district"):
            exponent = _slope([(size, medians[name]) for size, medians in by_size.items()])
            yield Figure("availability", f"growth {name}", max(by_size), round(exponent, 2), "", 1.2, runs=args.runs)


async def _measure(cameras: int, runs: int) -> _Found:
    folder = Path(tempfile.mkdtemp(prefix="gisops-bench-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "run")
    try:
        dsn = server.start()
        migrate(dsn)
        month = make_month(cameras, random.Random(cameras))  # noqa: S311 - repeatable
        connection = await connect(dsn)
        await fill(connection, month)
        found = _Found()
        found.seconds["roll-up of one day"] = await _roll_up(connection)
        await connection.execute("VACUUM ANALYZE", timeout=300)
        found.seconds["read"] = [await _timed(connection.fetch(_READ)) for _ in range(runs)]
        await connection.close()
        kinds = (DeviceKind.CAMERA,)
        questions = {
            "by district": Question(_DISTRICT, _PERIOD, kinds),
            "by day and district": Question(_DISTRICT, _PERIOD, kinds, day_zone=_ZONE),
            "by district and cause": Question(_DISTRICT, _PERIOD, kinds, True),
        }
        for name, question in questions.items():
            found.seconds[name], found.processor[name] = [], []
            await ask(dsn, question, _NOW)
            for _ in range(runs):
                used, began = _processor_s(server.pid), time.perf_counter()
                lines, _ = await ask(dsn, question, _NOW)
                found.seconds[name].append(time.perf_counter() - began)
                found.processor[name].append(_processor_s(server.pid) - used)
                _check(lines, month, found)
        return found
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _roll_up(connection: object) -> list[float]:
    """Make the days one at a time, as the days go by."""
    nows = [BEGAN + timedelta(days=day, minutes=6) for day in range(1, DAYS + 1)]
    return [await _timed(roll_up_days(connection, _ZONE, now)) for now in nows]


async def _timed(work: Awaitable[object]) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


def _processor_s(server_pid: int | None) -> float:
    """Seconds used by this program and by the connections of the server that have ended (proc(5): cutime, cstime)."""
    text = Path(f"/proc/{server_pid}/stat").read_text(encoding="ascii")
    ended = text.rpartition(")")[2].split()[13:15]
    return time.process_time() + sum(map(int, ended)) / os.sysconf("SC_CLK_TCK")


def _check(lines: Sequence[Line], month: Month, found: _Found) -> None:
    for district, lost_s in month.lost_s.items():
        own = [line for line in lines if line.key[0] == district]
        found.wrong_s = max(found.wrong_s, abs(sum(line.times.lost_s for line in own) - lost_s))
        failures = sum(line.counts.failures for line in own)
        found.wrong_failures = max(found.wrong_failures, abs(failures - month.failures[district]))


def _slope(points: Sequence[tuple[int, float]]) -> float:
    """Fit the exponent of a power law by least squares."""
    import math

    xs, ys = [math.log(size) for size, _ in points], [math.log(seconds) for _, seconds in points]
    return statistics.linear_regression(xs, ys).slope
