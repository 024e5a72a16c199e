"""How many notifications are received, decoded and stored, and is any lost; beside snmptrapd and pysnmp."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from gisops.bench.figure import Figure

__all__ = ["ABOUT", "add_arguments", "measure"]

ABOUT = """
Traps of a street cabinet (link, UPS, sensor; version 2c, no two alike), encoded beforehand and sent over loopback
by a compiled program in a process of its own. *Of one burst*: 8,000 at once, which every receiver's buffer holds,
until the last is decoded; snmptrapd (no MIBs, one letter printed a trap) and pysnmp (its notification receiver, a
callback that counts; the first 2,000 only) take the same burst in the same run. Without CAP_NET_ADMIN our receive
buffer is what `net.core.rmem_max` allows. *In one second*: sent at a steady pace for a second; lost is sent less
handed on, kernel drops among them. *Storm*: four things said again and again from 500 addresses, folded by device,
name and port, written to a real PostgreSQL; lost is sent less what the events in the database say they stand for.
Version 3: authPriv (SHA-256, AES-128), opened in a process of its own.
"""
_BURST = 8000
_BURST_PYSNMP = 2000
"""It takes its time."""
_BURST_V3 = 1000
_KINDS = 30_000
_SOURCES = 500
_STORM_RATE = 5000
_SAYINGS = 4
"""A UPS on battery, a door, two ports without link: repeated, with another uptime each time."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take sizes, how long the storm lasts, and how often bursts are repeated."""
    parser.add_argument("--sizes", type=int, nargs="+", default=[15_000, 30_000, 60_000], metavar="TRAPS")
    parser.add_argument("--storm", type=float, default=30.0, metavar="SECONDS", help="how long (default: 30)")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one run, a short storm: 20 s")


def measure(args: argparse.Namespace) -> Iterator[Figure]:
    """Measure as the arguments say."""
    from gisops.bench.flood import build_flood
    from gisops.bench.trap_samples import v2c_traps

    runs, storm_s = (1, 4.0) if args.quick else (args.runs, args.storm)
    with tempfile.TemporaryDirectory(prefix="gisops-bench-") as folder:
        program = build_flood(Path(folder))
        datagrams = list(v2c_traps(_KINDS))
        yield from _bursts(program, datagrams[:_BURST], Path(folder), runs)
        yield from _seconds(program, datagrams, args.sizes, runs)
        yield from _version_3(program, runs)
        yield from _storms(program, list(v2c_traps(_KINDS, _SAYINGS)), storm_s)


def _bursts(program: Path, datagrams: list[bytes], folder: Path, runs: int) -> Iterator[Figure]:
    from gisops.bench.trap_peers import pysnmp_rate, snmptrapd_binary, snmptrapd_rate
    from gisops.bench.trap_runs import burst

    def ours() -> float:
        found = burst(program, 0, datagrams, len(datagrams))
        return found.taken / found.take_s

    size = len(datagrams)
    rate = _median(ours, runs)
    yield Figure("traps", "v2c, of one burst", size, round(rate), "traps/s", runs=runs)
    theirs = _median(lambda: pysnmp_rate(program, datagrams[:_BURST_PYSNMP]), runs)
    beside = ("pysnmp, traps/s", round(theirs))
    yield Figure("traps", "v2c, beside pysnmp", size, round(rate / theirs, 1), "x", 20.0, True, runs, beside)
    binary = snmptrapd_binary()
    if binary is None:
        print("snmptrapd is not installed: not measured beside it")  # noqa: T201 - said where it is looked for
        return
    theirs = _median(lambda: snmptrapd_rate(binary, program, datagrams, folder), runs)
    beside = ("snmptrapd, traps/s", round(theirs))
    yield Figure("traps", "v2c, beside snmptrapd", size, round(rate / theirs, 2), "x", 1.8, True, runs, beside)


def _seconds(program: Path, datagrams: list[bytes], sizes: list[int], runs: int) -> Iterator[Figure]:
    from gisops.bench.trap_runs import burst

    for size in sizes:
        found = [burst(program, size, datagrams, size) for _ in range(runs)]
        rate = statistics.median(one.taken / one.take_s for one in found)
        cpu = statistics.median(one.cpu_s / one.sent for one in found) * 1e6
        lost = max(one.sent - one.taken for one in found)
        offered = ("sent, traps/s", round(statistics.median(one.sent / one.send_s for one in found)))
        goal = 50_000 if size >= 55_000 else None
        yield Figure("traps", "v2c, in one second", size, round(rate), "traps/s", goal, True, runs, offered)
        drops = ("kernel and queue drops", max(one.drops for one in found))
        yield Figure("traps", "v2c, in one second: lost", size, lost, "traps", 0, runs=runs, baseline=drops)
        yield Figure("traps", "v2c, in one second: processor", size, round(cpu, 2), "us a trap", runs=runs)


def _version_3(program: Path, runs: int) -> Iterator[Figure]:
    from gisops.bench.trap_peers import pysnmp_rate
    from gisops.bench.trap_runs import burst
    from gisops.bench.trap_samples import v3_traps

    datagrams = list(v3_traps(_BURST_V3, 3))
    found = [burst(program, 0, datagrams, len(datagrams), is_v3=True) for _ in range(runs)]
    rate = statistics.median(one.taken / one.take_s for one in found)
    lost = max(one.sent - one.taken for one in found)
    theirs = _median(lambda: pysnmp_rate(program, datagrams, is_v3=True), runs)
    beside = ("pysnmp, traps/s", round(theirs))
    yield Figure("traps", "v3, of one burst", _BURST_V3, round(rate), "traps/s", runs=runs, baseline=beside)
    yield Figure("traps", "v3, of one burst: lost", _BURST_V3, lost, "traps", 0, runs=runs)


def _storms(program: Path, datagrams: list[bytes], seconds: float) -> Iterator[Figure]:
    from gisops.bench.trap_runs import Stored, run_storm, running_database

    async def run() -> list[tuple[int, float, Stored]]:
        plan = [(_STORM_RATE // 10, seconds / 6), (_STORM_RATE // 3, seconds / 6), (_STORM_RATE, seconds)]
        async with running_database() as database:
            return [
                (rate, lasts, await run_storm(program, rate, lasts, datagrams, _SOURCES, database))
                for rate, lasts in plan
            ]

    for rate, lasts, found in asyncio.run(run()):
        name = f"storm of {rate:,}/s for {lasts:g} s"
        drops = ("kernel and queue drops", found.drops)
        yield Figure("traps", f"{name}: lost", found.sent, found.sent - found.told, "traps", 0, baseline=drops)
        yield Figure("traps", f"{name}: events written", found.sent, found.events, "events")
        yield Figure("traps", f"{name}: processor", found.sent, round(found.core, 3), "core")


def _median(run: Callable[[], float], runs: int) -> float:
    return statistics.median(run() for _ in range(runs))
