"""How fast a collector catches up after the database was away, and whether anything was lost.

The database is killed (SIGKILL), the collector's writer goes on taking a batch every
0.1 s of simulated time, the database is started again, and what waited on disk is
written. Both ends are counted.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import signal
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gisops.bench.figure import Figure
from gisops.model.event import Event, EventKind
from gisops.service.writer import Writer, drain
from gisops.store.embedded import EmbeddedPostgres
from gisops.store.migrate import migrate
from gisops.store.ports import Batch, Sample
from gisops.store.recorder import PgRecorder
from gisops.store.sessions import connect
from gisops.store.spool import Spool

__all__ = ["ABOUT", "Away", "add_arguments", "measure", "run_once"]

ABOUT = """
The embedded PostgreSQL is killed (SIGKILL) while a writer takes a batch every 0.1 s; ten minutes' worth of batches (a
poll of every device every 30 s, 10 readings each, one event a second) go to disk, the database is started again and
everything is written from there. Speed is outage time over drain time. `lost` is samples and events put in less those
found in the database. Beside it: the same batches straight into the running database, one write each.
"""
_BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
_INTERVAL_S = 30.0
_TICK_S = 0.1


@dataclass(frozen=True, slots=True)
class Away:
    """What one outage came to.

    Parameters
    ----------
    put_s, drain_s, straight_s
        Seconds to take all batches while away; to write them once back; to write as
        many straight into the running database (0 if that was not asked for).
    samples_lost, events_lost, twice
        Put in and not found; found more than once.
    spool_bytes
        On disk at the end of the outage.
    """

    put_s: float
    drain_s: float
    straight_s: float
    samples_lost: int
    events_lost: int
    twice: int
    spool_bytes: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take how long the database is away, for how many devices, and how often."""
    parser.add_argument("--minutes", type=float, default=10.0, help="away for so long (default: 10)")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1600, 5000, 17000], metavar="DEVICES")
    parser.add_argument("--runs", type=int, default=3)


def measure(args: argparse.Namespace) -> Iterator[Figure]:
    """Measure as the arguments say."""
    for size in args.sizes:
        runs = [asyncio.run(run_once(size, args.minutes * 60, with_straight=True)) for _ in range(args.runs)]
        drain_s = statistics.median(run.drain_s for run in runs)
        straight_s = statistics.median(run.straight_s for run in runs)
        speed = args.minutes * 60 / drain_s
        beside = ("straight into the running database, times real time", round(args.minutes * 60 / straight_s, 1))
        yield Figure("drain", "drain speed", size, round(speed, 1), "x real time", 20.0, True, args.runs, beside)
        lost = max(run.samples_lost + run.events_lost for run in runs)
        yield Figure("drain", "samples and events lost", size, lost, "", 0, runs=args.runs)
        yield Figure("drain", "samples written twice", size, max(r.twice for r in runs), "", 0, runs=args.runs)
        per_put = statistics.median(run.put_s for run in runs) / (args.minutes * 60 / _TICK_S)
        yield Figure("drain", "time to put one batch on disk", size, round(per_put * 1000, 3), "ms", runs=args.runs)
        megabytes = statistics.median(run.spool_bytes for run in runs) / 1e6
        yield Figure("drain", "disk used", size, round(megabytes, 1), "MB", runs=args.runs)


async def run_once(devices: int, away_s: float, *, with_straight: bool = False) -> Away:
    """Kill the database, put ``away_s`` seconds of batches, start it again, write all that waits, count."""
    folder = Path(tempfile.mkdtemp(prefix="gisops-bench-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "run")
    try:
        dsn = server.start()
        migrate(dsn)
        put = await _put_while_away(dsn, server.pid, folder / "spool", list(_batches(devices, away_s, "away")))
        spool_bytes = sum(path.stat().st_size for path in (folder / "spool").iterdir())
        server.start()
        recorder = await PgRecorder.open(dsn)
        began = time.perf_counter()
        await drain(Spool(folder / "spool"), recorder)
        drain_s = time.perf_counter() - began
        samples, distinct, events = await _count(dsn)
        straight_s = 0.0
        if with_straight:
            batches = list(_batches(devices, away_s, "straight"))
            began = time.perf_counter()
            for batch in batches:
                await recorder.write(batch)
            straight_s = time.perf_counter() - began
        await recorder.close()
        return Away(
            put.seconds,
            drain_s,
            straight_s,
            put.samples - samples,
            put.events - events,
            samples - distinct,
            spool_bytes,
        )
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(slots=True)
class _Put:
    seconds: float = 0.0
    samples: int = 0
    events: int = 0


async def _put_while_away(dsn: str, pid: int | None, spool: Path, batches: Sequence[Batch]) -> _Put:
    """Give a writer the batches; its database dies after the first second of them."""
    recorder = await PgRecorder.open(dsn)
    writer = Writer(recorder, Spool(spool))
    await writer.open()
    writing = asyncio.create_task(writer.run())
    put = _Put()
    for number, batch in enumerate(batches):
        if number == round(1.0 / _TICK_S) and pid is not None:
            os.kill(pid, signal.SIGKILL)
        began = time.perf_counter()
        writer.put(batch)
        put.seconds += time.perf_counter() - began
        put.samples += len(batch.samples)
        put.events += len(batch.events)
        await asyncio.sleep(0)
    writer.finish()
    await writing
    await recorder.close()
    return put


def _batches(devices: int, seconds: float, name: str) -> Iterator[Batch]:
    """Make what a collector hands over in so many seconds."""
    rng = random.Random(devices)  # noqa: S311 - repeatable readings
    due = 0.0
    for tick in range(round(seconds / _TICK_S)):
        at = _BEGAN + timedelta(seconds=tick * _TICK_S)
        due += devices * _TICK_S / _INTERVAL_S
        count, due = int(due), due - int(due)
        samples = tuple(
            Sample(
                f"D{rng.randrange(devices)}",
                at + timedelta(microseconds=number),
                "camera",
                True,
                0.01,
                tuple(rng.uniform(0, 100) for _ in range(10)),
            )
            for number in range(count)
        )
        is_second = tick % round(1.0 / _TICK_S) == 0
        payload = {"trap": "link_down", "oid": "1.3.6.1.6.3.1.1.5.3", "values": {}, "port": 3}
        event = Event(f"{name}{tick}", EventKind.TRAP_RECEIVED, "D1", at, at, payload)
        yield Batch(at, samples, (event,) if is_second else (), seen={s.device_id: at for s in samples})


async def _count(dsn: str) -> tuple[int, int, int]:
    connection = await connect(dsn)
    query = "SELECT count(*), count(DISTINCT (device_id, ts)), (SELECT count(*) FROM event) FROM sample"
    row = await connection.fetchrow(query)
    await connection.close()
    return row[0], row[1], row[2]
