"""How many positions does the feed take a second, and what does one of a box on the move cost as its trail grows."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gisops.bench.figure import Figure
from gisops.config.trackers import Sender
from gisops.inventory.load import load_inventory
from gisops.model.inventory import Inventory
from gisops.model.position import Fix
from gisops.service.position_feed import PositionFeed
from gisops.store.embedded import EmbeddedPostgres
from gisops.store.migrate import migrate
from gisops.store.positions import PgPositions
from gisops.store.sessions import connect

__all__ = ["ABOUT", "add_arguments", "measure"]

ABOUT = """
The feed over the embedded PostgreSQL, without HTTP: each of N trackers that rest sends once, 32 at a time; `taken` is
positions stored and held against their places a second (a real city sends one a tracker every two minutes). `away` is
the time of one more position of a box that is on the move, when its trail has so many; each is an event of the log,
too. Beside it: as many single INSERTs on one connection, nothing decided.
"""
_AT_ONCE = 32
_SENDER = Sender("bench", ("*",))
_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class _Run:
    taken_a_s: float
    inserts_a_s: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the sizes and how often each is measured."""
    parser.add_argument("--trackers", type=int, nargs="+", default=[300, 3000, 17000], metavar="N")
    parser.add_argument("--trail", type=int, nargs="+", default=[100, 500, 2000], metavar="FIXES")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--inventory", type=Path, default=Path("data"), metavar="DIR")


def measure(args: argparse.Namespace) -> Iterator[Figure]:
    """Measure as the arguments say."""
    inventory = load_inventory(args.inventory)
    folder = Path(tempfile.mkdtemp(prefix="gisops-bench-"))
    folder.chmod(0o755)
    try:
        with EmbeddedPostgres(folder / "run") as dsn:
            migrate(dsn)
            for size in args.trackers:
                city = _with_trackers(inventory, size)
                runs = [asyncio.run(_resting(dsn, city)) for _ in range(args.runs)]
                taken = statistics.median(run.taken_a_s for run in runs)
                inserts = statistics.median(run.inserts_a_s for run in runs)
                # One a tracker every two minutes, ten times over.
                goal = size / 120.0 * 10
                beside = ("bare INSERTs", round(inserts, 1))
                yield Figure("positions", "taken", size, round(taken, 1), "1/s", goal, True, args.runs, beside)
            city = _with_trackers(inventory, args.runs * len(args.trail))
            boxes = iter(city.boxes)
            for length in args.trail:
                times = [asyncio.run(_moving(dsn, city, next(boxes), length)) for _ in range(args.runs)]
                yield Figure(
                    "positions", "away", length, round(statistics.median(times), 2), "ms", 100.0, runs=args.runs
                )
    finally:
        shutil.rmtree(folder)


def _with_trackers(inventory: Inventory, count: int) -> Inventory:
    """Give a city of so many boxes, each with a tracker, on the places of the one there is."""
    known = list(inventory.boxes.values())
    boxes = [replace(known[n % len(known)], id=f"BX-{n}", tracker_id=f"TR-{n}") for n in range(count)]
    return replace(inventory, boxes={box.id: box for box in boxes}, cameras={})


async def _resting(dsn: str, city: Inventory) -> _Run:
    now = datetime.now(UTC)
    fixes = [Fix(box.tracker_id or "", now, box.lon, box.lat, 6.0) for box in city.boxes.values()]
    await _empty(dsn)
    store = await PgPositions.open(dsn)
    try:
        feed = PositionFeed(city, store, lambda: now)
        began = time.perf_counter()
        await _all(feed, fixes)
        taken = len(fixes) / (time.perf_counter() - began)
    finally:
        await store.close()
    await _empty(dsn)
    some = fixes[:1000]
    began = time.perf_counter()
    await _insert(dsn, some, now)
    return _Run(taken, len(some) / (time.perf_counter() - began))


async def _all(feed: PositionFeed, fixes: Sequence[Fix]) -> None:
    waiting = iter(fixes)

    async def one_after_the_other() -> None:
        for fix in waiting:
            await feed.take(_SENDER, fix)

    await asyncio.gather(*(one_after_the_other() for _ in range(_AT_ONCE)))


async def _insert(dsn: str, fixes: Sequence[Fix], now: datetime) -> None:
    connection = await connect(dsn)
    query = (
        "INSERT INTO position (tracker_id, fixed_at, received_at, lon, lat, accuracy_m) VALUES ($1,$2,$3,$4,$5,$6)"
    )
    for fix in fixes:
        await connection.execute(query, fix.tracker_id, fix.at, now, fix.lon, fix.lat, fix.accuracy_m)
    await connection.close()


async def _moving(dsn: str, city: Inventory, box_id: str, length: int) -> float:
    """Give the milliseconds of one more position of a box whose trail is so long."""
    box = city.boxes[box_id]
    now = datetime.now(UTC)
    start = now - timedelta(seconds=_EVERY_S * (length + 10))

    def fix(number: int) -> Fix:
        at = start + timedelta(seconds=_EVERY_S * number)
        return Fix(box.tracker_id or "", at, box.lon + 0.0005 * (number + 2), box.lat, 6.0)

    store = await PgPositions.open(dsn)
    try:
        for number in range(length):
            await store.add(fix(number), now)
        feed = PositionFeed(city, store, lambda: now)
        await feed.take(_SENDER, fix(length))  # this one tells of all before
        times = []
        for number in range(length + 1, length + 8):
            began = time.perf_counter()
            await feed.take(_SENDER, fix(number))
            times.append(1000 * (time.perf_counter() - began))
        return statistics.median(times)
    finally:
        await store.close()


async def _empty(dsn: str) -> None:
    connection = await connect(dsn)
    await connection.execute("TRUNCATE position")
    await connection.close()
