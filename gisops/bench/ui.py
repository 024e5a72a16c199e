"""How fast is the page, at any size of city? First map, bytes, pan and zoom, changes, viewers, memory, the past."""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gisops.bench.fibre_city import fibre_city
from gisops.bench.figure import Figure
from gisops.errors import ConfigError
from gisops.model.state import DeviceKind

if TYPE_CHECKING:
    from gisops.bench.ui_browser import Tab
    from gisops.bench.ui_writer import Writer

__all__ = ["ABOUT", "add_arguments", "measure"]

ABOUT = """
The page over a made-up city (14 cameras for 3 boxes) in a real PostgreSQL, served by a program of its own, watched in
a real Chromium with software rendering and a cold cache; browser, server, database and writer share the machine. The
writer changes devices at the stated rate, as the collector writes them, 3 in 100 to a lost state; *packet to pixel*
runs from the moment before a batch is written to the frame that draws it. *Data* is the city, its layers and its
state; the page's program comes on top once and is then kept by the browser. Viewers are websockets that ask for the
stream as the page does. Heap is what lives after the garbage collector ran.
"""

_VIEWERS = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the sizes, the length of the runs, and the rate."""
    parser.add_argument(
        "--boxes", type=int, nargs="+", default=[300, 1000, 3000], help="sizes (default: 300 1000 3000)"
    )
    parser.add_argument("--runs", type=int, default=3, help="of each first map (default: 3)")
    parser.add_argument("--rate", type=float, default=200.0, help="changes a second (default: 200)")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each run under changes (default: 20)")
    parser.add_argument("--full", action="store_true", help="watch the memory for 30 minutes, not one and a half")


def measure(args: argparse.Namespace) -> Iterator[Figure]:
    """Measure as the arguments say."""
    from gisops.bench.ui_browser import browser

    for boxes in args.boxes:
        is_largest = boxes == max(args.boxes)
        with _system(boxes) as system, browser() as chromium:
            yield from _loads(system, chromium, args.runs)
            yield from _live(system, chromium, args)
            if is_largest:
                yield from _viewers(system, args)
                yield from _memory(system, chromium, args)
            yield from _past(system)


@dataclass(frozen=True, slots=True)
class _System:
    dsn: str
    url: str
    kinds: dict[str, DeviceKind]

    @property
    def size(self) -> int:
        return len(self.kinds)


@contextmanager
def _system(boxes: int) -> Iterator[_System]:
    """Run a database with a city that is up, and its page."""
    from gisops.bench.ui_writer import seed
    from gisops.store.embedded import EmbeddedPostgres
    from gisops.store.migrate import migrate

    inventory = fibre_city(boxes)
    kinds = dict.fromkeys(inventory.boxes, DeviceKind.BOX) | dict.fromkeys(inventory.cameras, DeviceKind.CAMERA)
    with tempfile.TemporaryDirectory(prefix="gisops-ui-") as name:
        Path(name).chmod(0o755)
        with EmbeddedPostgres(Path(name) / "run") as dsn:
            migrate(dsn)
            seed(dsn, kinds)
            port = _free_port()
            page = subprocess.Popen(
                [sys.executable, "-m", "gisops.bench.ui_page", str(port), str(boxes)],
                env={**os.environ, "GISOPS_DSN": dsn},
            )
            try:
                url = f"http://127.0.0.1:{port}"
                _await_page(url, page)
                yield _System(dsn, url, kinds)
            finally:
                page.terminate()
                page.wait(20)


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _await_page(url: str, page: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and page.poll() is None:
        try:
            # The front door first: it is what makes the page's framework ready.
            urllib.request.urlopen(f"{url}/", timeout=5).close()  # noqa: S310 - our own server
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise ConfigError(url, "the page did not start within 60 s", "see what it wrote above")


def _p95(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[round(0.95 * (len(ordered) - 1))] if ordered else float("inf")


def _loads(system: _System, chromium: Any, runs: int) -> Iterator[Figure]:  # noqa: ANN401 - a development dependency
    from gisops.bench.ui_browser import Tab

    first, program, data, whole, longest = [], [], 0, 0, []
    for _ in range(runs):
        tab = Tab(chromium, f"{system.url}/")
        first.append(tab.first_map_s)
        program.append(tab.program_s)
        tab.page.wait_for_timeout(1000)
        data, whole = tab.bytes_under("/data/"), sum(tab.bytes_of.values())
        longest.append(max(tab.pan_and_zoom(), default=0.0))
        tab.close()
    beside = ("the page's program begins", round(statistics.median(program), 2))
    yield Figure(
        "ui", "first map", system.size, round(statistics.median(first), 2), "s", 2.5, runs=runs, baseline=beside
    )
    plain = ("the same devices as GeoJSON, gzip", round(_geojson_kb(system)))
    yield Figure("ui", "data of the page, compressed", system.size, round(data / 1000), "kB", 600, baseline=plain)
    yield Figure("ui", "whole page, compressed, cold cache", system.size, round(whole / 1000), "kB")
    yield Figure(
        "ui", "longest task on pan and zoom", system.size, round(statistics.median(longest)), "ms", 100,
        runs=runs, baseline=("shortest task that counts as long", 50.0),
    )  # fmt: skip


def _geojson_kb(system: _System) -> float:
    import gzip
    import json

    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [67.0 + n * 1.37e-5, 24.8 + (n * 7919 % 9973) * 1e-5]},
            "properties": {"id": key, "kind": str(kind), "state": "up"},
        }
        for n, (key, kind) in enumerate(system.kinds.items())
    ]
    return len(gzip.compress(json.dumps({"type": "FeatureCollection", "features": features}).encode())) / 1000


def _live(system: _System, chromium: Any, args: argparse.Namespace) -> Iterator[Figure]:  # noqa: ANN401
    from gisops.bench.ui_browser import Tab
    from gisops.bench.ui_writer import Writer

    tab = Tab(chromium, f"{system.url}/")
    tab.page.wait_for_timeout(1500)
    writer = Writer(system.dsn, system.kinds, args.rate)
    writer.start()
    tab.page.wait_for_timeout(1000 * args.seconds)
    writer.stop()
    tab.caught_up(max(writer.decided_at))
    drawn = tab.states()
    missed = sum(drawn.get(key) != str(state) for key, state in writer.states.items())
    yield from _pixels(system, writer, tab, args)
    yield Figure("ui", "devices drawn in another state than the store's", system.size, missed, "devices", 0)
    tab.close()


def _pixels(system: _System, writer: Writer, tab: Tab, args: argparse.Namespace) -> Iterator[Figure]:
    painted = tab.painted()
    waits = []
    for seq, began in writer.decided_at.items():
        at = next((at for reached, at in painted if reached >= seq and at >= began), float("inf"))
        waits.append(at - began)
    metric = f"packet to pixel, p95, {args.rate:g} changes/s"
    beside = ("median write of a batch", round(statistics.median(writer.took_s), 3))
    yield Figure("ui", metric, system.size, round(_p95(waits), 3), "s", 1.0, runs=len(waits), baseline=beside)
    rate = writer.changes / args.seconds
    yield Figure("ui", "changes written", system.size, round(rate), "1/s", 0.95 * args.rate, is_floor=True)


def _viewers(system: _System, args: argparse.Namespace) -> Iterator[Figure]:
    from concurrent.futures import ThreadPoolExecutor

    from gisops.bench.ui_viewers import watch_as
    from gisops.bench.ui_writer import Writer

    writer = Writer(system.dsn, system.kinds, args.rate)
    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch_as, system.url, _VIEWERS, args.seconds + 12.0)
        time.sleep(8.0)
        writer.start()
        time.sleep(args.seconds - 4.0)
        writer.stop()
        first, heard = watching.result()
    waits, missed = [], 0
    for messages in heard:
        for seq, began in writer.decided_at.items():
            at = next((at for reached, at in messages if reached >= seq), None)
            missed += at is None
            if at is not None:
                waits.append(at - began)
    alone = ("one viewer's median", round(statistics.median(waits), 3)) if waits else None
    metric = f"{_VIEWERS} viewers: change to each of them, p95"
    yield Figure("ui", metric, system.size, round(_p95(waits), 3), "s", 2.0, runs=len(waits), baseline=alone)
    yield Figure("ui", f"{_VIEWERS} viewers at once: first whole state, p95", system.size, round(_p95(first), 2), "s")
    yield Figure("ui", f"{_VIEWERS} viewers: batches that one did not get", system.size, missed, "batches", 0)


def _memory(system: _System, chromium: Any, args: argparse.Namespace) -> Iterator[Figure]:  # noqa: ANN401
    from gisops.bench.ui_browser import Tab
    from gisops.bench.ui_writer import Writer

    seconds = 1800.0 if args.full else 90.0
    tab = Tab(chromium, f"{system.url}/")
    writer = Writer(system.dsn, system.kinds, args.rate)
    writer.start()
    tab.page.wait_for_timeout(20_000)
    before = tab.heap_mb()
    tab.page.wait_for_timeout(1000 * seconds)
    after = tab.heap_mb()
    writer.stop()
    tab.close()
    metric = f"heap grown over {seconds / 60:g} min at {args.rate:g} changes/s"
    yield Figure(
        "ui", metric, system.size, round(after - before, 2), "MB", 5.0, baseline=("heap before", round(before, 1))
    )


def _past(system: _System) -> Iterator[Figure]:
    """Fill 30 days with 8 changes a device a day, and ask for instants of it."""
    import psycopg

    from gisops.store.past import PgPast

    with psycopg.connect(system.dsn, autocommit=True) as db:
        db.execute("TRUNCATE state_history")
        db.execute(
            "INSERT INTO state_history SELECT device_id, CASE WHEN k % 2 = 0 THEN 'up' ELSE 'down' END, '',"
            " now() - interval '30 days' + k * interval '3 hours', now() - interval '30 days' + (k + 1) * interval"
            " '3 hours' FROM device_state, generate_series(0, 239) k"
        )
        db.execute("ANALYZE state_history")
        db.execute("UPDATE log_head SET beat_at = now()")
        db.execute("TRUNCATE collector_gap")
        began = time.perf_counter()
        db.execute(
            "SELECT device_id, state FROM state_history"
            " WHERE t0 <= now() - interval '11 days' AND t1 > now() - interval '11 days'"
        ).fetchall()
        scan_s = time.perf_counter() - began

    async def ask() -> list[float]:
        from datetime import UTC, datetime, timedelta

        past = await PgPast.open(system.dsn)
        took = []
        for days in (1, 5, 11, 17, 23, 29):
            began = time.perf_counter()
            moment = await past.moment(datetime.now(UTC) - timedelta(days=days, minutes=7))
            took.append(time.perf_counter() - began)
            if len(moment.states) != system.size:
                took.append(float("inf"))
        await past.close()
        return took

    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        took = pool.submit(asyncio.run, ask()).result()
    goal = 0.3 if system.size <= 2000 else None
    yield Figure(
        "ui", "any instant of 30 days", system.size, round(statistics.median(took), 3), "s", goal, runs=len(took),
        baseline=("reading the whole history", round(scan_s, 3)),
    )  # fmt: skip
