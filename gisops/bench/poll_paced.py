"""What a core has to do when every device is asked every 30 s: polling alone, and the whole collector with its store.

Run as a child process: ``python -m gisops.bench.poll_paced '{"version": "2c", ...}'``.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gisops.bench.figure import Figure
from gisops.bench.poll_fleet import OIDS, Fleet, address_of, cores, credential_of
from gisops.bench.poll_round import memory_mb, used_s
from gisops.children import end_with_parent
from gisops.errors import GisopsError
from gisops.health.profile import Profile
from gisops.health.profile_text import parse_profile
from gisops.model.inventory import Inventory
from gisops.model.state import DeviceKind

__all__ = ["Pace", "Paced", "bench_profiles", "grown_city", "paced_figures", "processor_s", "run_paced"]

_TICK_S = 0.1
_BOX_SHARE = 3 / 17
_CHILD_S = 300.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How a fleet is polled.

    Parameters
    ----------
    version
        ``"2c"`` or ``"3"``.
    devices
        How many.
    interval_s
        Between two questions to a device.
    settle_s
        From the first round to the first window.
    windows, window_s
        How often, and how long, the processor time is taken.
    dsn
        Database of the whole collector; empty: polling alone.
    inventory
        Folder that the city of the whole collector grows from.
    """

    version: str
    devices: int
    interval_s: float
    settle_s: float
    windows: int
    window_s: float
    dsn: str = ""
    inventory: str = "data"


@dataclass(slots=True)
class Paced:
    """What it took: share of a core in each window, memory, answers and what did not answer, kernel drops."""

    shares: list[float]
    rss_mb: float
    answers: int
    silences: int
    drops: int
    seconds: float
    """From the first question to the last."""
    waiting: int = 0
    """Batches that went by way of the disk because the store did not keep up."""


def run_paced(pace: Pace, fleet: Fleet) -> Paced:
    """Measure in a process of its own.

    Raises
    ------
    GisopsError
        Where it fails.
    """
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "gisops.bench.poll_paced",
            json.dumps({"pace": asdict(pace), "fleet": fleet.to_json()}),
        ],
        capture_output=True,
        text=True,
        timeout=_CHILD_S,
        check=False,
    )
    if done.returncode:
        raise GisopsError("bench poll", f"paced run failed: {done.stderr.strip()[-300:]}", "run it again")
    return Paced(**json.loads(done.stdout))


def paced_figures(what: str, pace: Pace, paced: Paced, goal: float) -> Iterator[Figure]:
    """Give what it took; ``goal`` is the share of a core it is held to."""
    size, runs = pace.devices, len(paced.shares)
    share = round(statistics.median(paced.shares), 4)
    yield Figure("poll", f"{what}: processor", size, share, "core", goal, runs=runs, baseline=("one core", 1.0))
    yield Figure("poll", f"{what}: memory", size, round(paced.rss_mb, 1), "MB", 400.0)
    yield Figure("poll", f"{what}: silent though there", size, paced.silences, "", 0.0)
    yield Figure("poll", f"{what}: dropped by the kernel", size, paced.drops, "", 0.0)
    if pace.dsn:
        yield Figure("poll", f"{what}: batches by way of the disk", size, paced.waiting, "", 0.0)


def processor_s(pid: int | None) -> float:
    """Give the processor seconds of a process and its children so far; 0 where it is gone."""
    if pid is None:
        return 0.0
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    # utime, stime, and those of children that ended (cutime, cstime).
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return own + sum(processor_s(int(child)) for child in children)


def grown_city(seed: Inventory, devices: int, fleet: Fleet) -> Inventory:
    """Give a city of so many devices: boxes and cameras of ``seed`` again and again, under other ids and addresses.

    Three in seventeen are boxes; every box has its cameras behind it.
    """
    box_count = round(devices * _BOX_SHARE)
    boxes, cameras = list(seed.boxes.values()), list(seed.cameras.values())
    behind: dict[str, Any] = {}
    known: dict[str, Any] = {"snmp_port": fleet.port, "credential": "bench"}
    for number in range(box_count):
        old = boxes[number % len(boxes)]
        name = f"{old.id}~{number // len(boxes)}"
        behind[name] = replace(old, id=name, address=address_of(number), profile="bench-box", **known)
    many: dict[str, Any] = {}
    turn = 0
    while len(many) < devices - box_count:
        old_camera = cameras[turn % len(cameras)]
        copy = turn // len(cameras)
        box_id = f"{old_camera.box_id}~{copy}"
        if box_id not in behind:  # the last boxes have a second set of cameras behind them
            box_id = f"{old_camera.box_id}~{copy % (box_count // len(boxes) or 1)}"
        name = f"{old_camera.id}~{copy}"
        many[name] = replace(
            old_camera,
            id=name,
            box_id=box_id if box_id in behind else next(iter(behind)),
            address=address_of(box_count + len(many)),
            profile="bench-camera",
            **known,
        )
        turn += 1
    return replace(seed, boxes=behind, cameras=many)


def bench_profiles() -> dict[str, Profile]:
    """Give the profiles of the fleet's devices: ten objects, a counter among them, and nothing to complain of."""
    units = ("s", "text", "code", "s", "min", "%", "V", "code", "B/s", "code")
    found = {}
    for kind in (DeviceKind.BOX, DeviceKind.CAMERA):
        name = f"bench-{kind.value}"
        text = [f'name = "{name}"', f'kind = "{kind.value}"', 'description = "What the fleet of the bench answers"']
        for number, (oid, unit) in enumerate(zip(OIDS, units, strict=True)):
            is_time = number == 0
            text += ["[[metric]]", f'name = "{"uptime_s" if is_time else f"object{number}"}"', f'oid = "{oid}"']
            text += [f'unit = "{unit}"', 'description = "bench"']
            text += ["scale = 0.01"] if is_time else ["counter = 64", "max_rate = 1.25e9"] if unit == "B/s" else []
        found[name] = parse_profile("\n".join(text), name)
    return found


async def _alone(pace: Pace, fleet: Fleet) -> Paced:
    from gisops.model.event import Reachability
    from gisops.snmp.engine import SnmpEngine
    from gisops.snmp.ports import Reply, Target
    from gisops.snmp.schedule import Schedule

    credential = credential_of(fleet, pace.version)
    targets = {
        str(n): Target(str(n), address_of(n), fleet.port, credential, OIDS, 2.0, 1) for n in range(pace.devices)
    }
    engine = await SnmpEngine.open()
    heard = {Reachability.ANSWERED: 0, Reachability.SILENT: 0, Reachability.REFUSED: 0}

    def take(reply: Reply) -> None:
        heard[reply.reachability] += 1

    loop = asyncio.get_running_loop()
    began = loop.time()
    await engine.poll(targets.values(), take)
    schedule = Schedule(targets, pace.interval_s, loop.time())
    polls: set[asyncio.Task[None]] = set()

    async def ask() -> None:
        while True:
            due = schedule.due(loop.time())
            if due:
                task = asyncio.create_task(engine.poll([targets[d] for d in due], take))
                polls.add(task)
                task.add_done_callback(polls.discard)
            await asyncio.sleep(_TICK_S)

    asking = asyncio.create_task(ask())
    shares = await _windows(pace)
    asking.cancel()
    rss_mb = memory_mb()
    silences = heard[Reachability.SILENT] + heard[Reachability.REFUSED]
    found = Paced(shares, rss_mb, heard[Reachability.ANSWERED], silences, engine.drops, loop.time() - began)
    await engine.close()
    return found


async def _whole(pace: Pace, fleet: Fleet, folder: Path) -> Paced:
    """Run the collector as ``gisops poll`` does, over an inventory in memory."""
    from gisops.diagnosis.likelihood import shipped_causes
    from gisops.inventory.load import load_inventory
    from gisops.service.collector import Collector, targets_of
    from gisops.service.watch import Watch
    from gisops.service.writer import Writer
    from gisops.snmp.engine import SnmpEngine
    from gisops.snmp.schedule import Schedule
    from gisops.store.recorder import PgRecorder
    from gisops.store.spool import Spool

    def clock() -> datetime:
        return datetime.now(UTC)

    profiles = bench_profiles()
    city = grown_city(load_inventory(Path(pace.inventory)), pace.devices, fleet)
    targets = targets_of(city, profiles, {"bench": credential_of(fleet, pace.version)}, 2.0)
    loop = asyncio.get_running_loop()
    schedule = Schedule(targets, pace.interval_s, loop.time())
    schedule.hasten(targets, loop.time())
    engine, recorder = await SnmpEngine.open(), await PgRecorder.open(pace.dsn)
    writer = Writer(recorder, Spool(folder / "spool"))
    await writer.open()
    watch = Watch(city, profiles, shipped_causes(), pace.interval_s, clock())
    collector = Collector(watch, targets, engine, schedule, writer, clock)
    stop = asyncio.Event()
    began = loop.time()
    running = asyncio.create_task(collector.run(stop))
    await asyncio.sleep(pace.settle_s)
    shares = await _windows(pace)
    rss_mb = memory_mb()
    stop.set()
    await running
    tally = collector.tally
    drops = engine.drops
    await engine.close()
    await recorder.close()
    silences, seconds = tally.silences + tally.refusals, loop.time() - began
    return Paced(shares, rss_mb, tally.answers, silences, drops, seconds, tally.batches_spooled)


async def _windows(pace: Pace) -> list[float]:
    loop = asyncio.get_running_loop()
    shares = []
    for _ in range(pace.windows):
        began, burnt = loop.time(), used_s()
        await asyncio.sleep(pace.window_s)
        shares.append((used_s() - burnt) / (loop.time() - began))
    return shares


async def _measure(pace: Pace, fleet: Fleet) -> Paced:
    from gisops.service.memory import count_rather_than_search

    count_rather_than_search()
    if not pace.dsn:
        return await _alone(pace, fleet)
    folder = Path(tempfile.mkdtemp(prefix="gisops-bench-"))
    try:
        return await _whole(pace, fleet, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    end_with_parent()
    os.sched_setaffinity(0, {cores()[0]})
    order = json.loads(sys.argv[1])
    sys.stdout.write(json.dumps(asdict(asyncio.run(_measure(Pace(**order["pace"]), Fleet(**order["fleet"]))))))
