"""How long does a transaction of readings take at a steady rate, while the same database is kept in order."""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gisops.bench.figure import Figure
from gisops.store.embedded import EmbeddedPostgres
from gisops.store.housekeeping import PgHousekeeping
from gisops.store.migrate import migrate
from gisops.store.ports import Batch, Sample
from gisops.store.recorder import PgRecorder
from gisops.store.sessions import connect

__all__ = ["ABOUT", "add_arguments", "measure"]

ABOUT = """
What a collector hands over, a batch every 0.1 s of real time, written to the embedded PostgreSQL one transaction each
(readings, when each device was last seen, the heartbeat; durable: the commit waits for the disk), 10 metrics a
device. Meanwhile the roll-ups of those readings are made over and over. Time is from the moment a batch was due to
the end of its commit, so that one slow transaction counts for those behind it, too. `lost` is readings written less
those found. Beside it: the same rows by bare COPY, nothing else done.
"""
_METRICS = 10
_TICK_S = 0.1
_BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
_ROUND_S = 2.0


@dataclass(slots=True)
class _Run:
    """Seconds of each transaction, and what was reached."""

    seconds: list[float] = field(default_factory=list)
    rate: float = 0.0
    lost: int = 0
    rounds: int = 0
    copy_rate: float = 0.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the rates, how long each is held, and how often."""
    parser.add_argument("--rates", type=int, nargs="+", default=[2300, 4600, 9200], metavar="METRICS_A_S")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--runs", type=int, default=3)


def measure(args: argparse.Namespace) -> Iterator[Figure]:
    """Measure as the arguments say."""
    for rate in args.rates:
        runs = [asyncio.run(_run_once(rate, args.seconds, number)) for number in range(args.runs)]
        p50 = statistics.median(statistics.median(run.seconds) for run in runs) * 1000
        p99 = statistics.median(_p99(run.seconds) for run in runs) * 1000
        is_asked_for = rate == min(args.rates)
        beside = ("bare COPY, metrics/s", float(round(statistics.median(run.copy_rate for run in runs))))
        reached = statistics.median(run.rate for run in runs)
        # The last batch is due a tick before the end.
        floor = 0.98 * rate if is_asked_for else None
        yield Figure("ingest", "sustained", rate, round(reached), "metrics/s", floor, True, args.runs, beside)
        yield Figure("ingest", "p50 of a transaction", rate, round(p50, 1), "ms", runs=args.runs)
        goal = 100.0 if is_asked_for else None
        yield Figure("ingest", "p99 of a transaction", rate, round(p99, 1), "ms", goal, runs=args.runs)
        slowest = max(max(run.seconds) for run in runs) * 1000
        yield Figure("ingest", "slowest transaction", rate, round(slowest, 1), "ms", runs=args.runs)
        yield Figure("ingest", "lost", rate, max(run.lost for run in runs), "", 0, runs=args.runs)
        yield Figure("ingest", "roll-up rounds meanwhile", rate, min(run.rounds for run in runs), "", runs=args.runs)


def _p99(seconds: Sequence[float]) -> float:
    return sorted(seconds)[math.ceil(0.99 * len(seconds)) - 1]


async def _run_once(rate: int, seconds: float, number: int) -> _Run:
    folder = Path(tempfile.mkdtemp(prefix="gisops-bench-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "run")
    try:
        dsn = server.start()
        migrate(dsn)
        batches = list(_batches(rate, seconds, number))
        run = _Run()
        stop = asyncio.Event()
        keeping = asyncio.create_task(_keep(dsn, stop, run))
        await _write(dsn, batches, run)
        stop.set()
        await keeping
        connection = await connect(dsn)
        run.lost = sum(len(batch.samples) for batch in batches) - await connection.fetchval(
            "SELECT count(*) FROM sample"
        )
        run.copy_rate = await _copy(connection, batches)
        await connection.close()
        return run
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _write(dsn: str, batches: Sequence[Batch], run: _Run) -> None:
    recorder = await PgRecorder.open(dsn)
    await recorder.write(batches[0])  # makes the day's table: once a day, not once a batch
    began = time.perf_counter()
    for number, batch in enumerate(batches[1:]):
        due = began + number * _TICK_S
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        await recorder.write(batch)
        run.seconds.append(time.perf_counter() - due)
    took = time.perf_counter() - began
    run.rate = sum(len(batch.samples) for batch in batches[1:]) * _METRICS / max(took, _TICK_S * (len(batches) - 1))
    await recorder.close()


async def _keep(dsn: str, stop: asyncio.Event, run: _Run) -> None:
    """Roll up every window that got readings since the last round, as if it were over."""
    housekeeping = PgHousekeeping(dsn, ZoneInfo("Asia/Karachi"))
    try:
        while not stop.is_set():
            await housekeeping.round(_BEGAN + timedelta(hours=2))
            run.rounds += 1
            try:
                async with asyncio.timeout(_ROUND_S):
                    await stop.wait()
            except TimeoutError:
                continue
    finally:
        await housekeeping.close()


async def _copy(connection: Any, batches: Sequence[Batch]) -> float:  # noqa: ANN401 - asyncpg is not typed
    """Write the readings again, bare: metrics a second."""
    rows = [
        (s.device_id, s.observed_at, s.profile, s.answered, s.rtt_s, list(s.values))
        for batch in batches
        for s in batch.samples
    ]
    began = time.perf_counter()
    await connection.copy_records_to_table("sample", records=rows)
    return len(rows) * _METRICS / (time.perf_counter() - began)


def _batches(rate: int, seconds: float, number: int) -> Iterator[Batch]:
    rng = random.Random(number)  # noqa: S311 - repeatable readings
    devices = rate * 30 // _METRICS
    due, device = 0.0, 0
    for tick in range(round(seconds / _TICK_S)):
        at = _BEGAN + timedelta(seconds=tick * _TICK_S)
        due += rate / _METRICS * _TICK_S
        count, due = int(due), due - int(due)
        samples = []
        for _ in range(count):
            device = (device + 1) % devices
            values = tuple(rng.uniform(0, 100) for _ in range(_METRICS))
            samples.append(Sample(f"D{device}", at, "camera", True, 0.01, values))
        yield Batch(at, tuple(samples), seen={sample.device_id: at for sample in samples})
