"""Import of incidents as the file grows: rows a second, and the memory it takes."""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from gisops.bench.figure import Figure

__all__ = ["ABOUT", "add_arguments", "measure"]

ABOUT = """
A control room's log of random incidents (every tenth with a place in words instead of coordinates, every hundredth
refused) is imported by the command line into an embedded PostgreSQL, in a process of its own whose peak memory the
system tells. Beside it the same rows put into a table without keys by one COPY: what the database itself can take.
"""
MEMORY_GROWTH_GOAL = 1.3
_MAP = """
source = "bench"
time_zone = "Asia/Karachi"
time_format = "%d/%m/%Y %H:%M"
[columns]
id = "N"
occurred_at = "AT"
category = "KIND"
lon = "LON"
lat = "LAT"
place = "PLACE"
"""
_KINDS = ("RTA", "Mobile Snatching", "Fire", "Car Theft", "Fight")
_PLACES = ("Teen Talwar", "near 2 Talwar", "JPMC", "Empres Market", "Boat Basin", "Nursery", "Karsaz")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the sizes."""
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[20_000, 100_000, 2_000_000], metavar="N", help="rows"
    )
    parser.add_argument("--inventory", type=Path, default=Path("data"), metavar="DIR")
    parser.add_argument("--seed", type=int, default=1)


def measure(args: argparse.Namespace) -> Iterator[Figure]:
    """Import files of growing size, each into a database of its own."""
    from gisops.store.embedded import EmbeddedPostgres
    from gisops.store.migrate import migrate

    smallest: float | None = None
    for size in args.sizes:
        with tempfile.TemporaryDirectory(prefix="gisops-bench-") as name:
            folder = Path(name)
            folder.chmod(0o755)
            file, mapping = folder / "log.csv", folder / "map.toml"
            _write(file, size, args.seed)
            mapping.write_text(_MAP, encoding="utf-8")
            with EmbeddedPostgres(folder / "run") as dsn:
                migrate(dsn)
                took, peak_mb = _import(file, mapping, args.inventory, dsn)
                plain = _copy(file, dsn)
        beside = ("COPY into a table without keys", round(size / plain))
        yield Figure("incidents", "rows a second", size, round(size / took), "rows/s", baseline=beside)
        smallest = smallest or peak_mb
        goal = round(MEMORY_GROWTH_GOAL * smallest, 1) if size != args.sizes[0] else None
        yield Figure("incidents", "peak memory of the import", size, round(peak_mb, 1), "MB", goal)


def _write(file: Path, size: int, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - repeatable chance
    begin = datetime(2024, 1, 1)  # noqa: DTZ001 - local, as in a log
    with file.open("w", encoding="utf-8") as stream:
        stream.write("N,AT,KIND,LON,LAT,PLACE\n")
        for n in range(size):
            at = begin + timedelta(minutes=rng.randrange(1_000_000))
            kind = "Nonsense" if n % 100 == 99 else rng.choice(_KINDS)
            if n % 10 == 0:
                where = f",,{rng.choice(_PLACES)}"
            else:
                where = f"{rng.uniform(66.95, 67.2):.5f},{rng.uniform(24.8, 24.95):.5f},"
            stream.write(f"{n},{at:%d/%m/%Y %H:%M},{kind},{where}\n")


def _import(file: Path, mapping: Path, inventory: Path, dsn: str) -> tuple[float, float]:
    command = [
        sys.executable, "-m", "gisops", "import", "incidents", str(file), "--mapping", str(mapping),
        "--inventory", str(inventory), "--json",
    ]  # fmt: skip
    began = time.perf_counter()
    child = subprocess.Popen(command, env={**os.environ, "GISOPS_DSN": dsn}, stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(child.pid, 0)
    child.returncode = 0
    return time.perf_counter() - began, usage.ru_maxrss / 1024.0


def _copy(file: Path, dsn: str) -> float:
    import psycopg

    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE UNLOGGED TABLE plain (n int, at text, kind text, lon text, lat text, place text)")
        began = time.perf_counter()
        with (
            file.open("rb") as stream,
            connection.cursor().copy("COPY plain FROM STDIN (FORMAT csv, HEADER)") as copy,
        ):
            while part := stream.read(1 << 20):
                copy.write(part)
        return time.perf_counter() - began
