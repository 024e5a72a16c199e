"""What becomes of a burst, and of a long storm, in the real receiver: loss, rate, and what the database has of it."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gisops.bench.flood import flooding, source_address
from gisops.bench.trap_samples import SENDER_ENGINE, USER
from gisops.health.catalogue import shipped_profiles
from gisops.service.notifications import Intake, Recorded
from gisops.service.writer import Writer
from gisops.snmp.ports import Trap
from gisops.snmp.traps import TrapListener
from gisops.store.embedded import EmbeddedPostgres
from gisops.store.migrate import migrate
from gisops.store.ports import Batch
from gisops.store.recorder import PgRecorder
from gisops.store.sessions import connect
from gisops.store.spool import Spool

__all__ = ["Burst", "Stored", "burst", "run_storm", "running_database"]

_QUIET_S = 1.0
"""So long after the last trap nothing more is expected."""
_TICK_S = 0.1


@dataclass(frozen=True, slots=True)
class Burst:
    """What became of one burst.

    Parameters
    ----------
    sent, taken, drops
        Datagrams; handed on decoded; lost in the kernel or a full queue.
    send_s, take_s
        Seconds from the first sent to the last sent, and to the last handed on.
    cpu_s
        Processor seconds the receiver took.
    """

    sent: int
    taken: int
    drops: int
    send_s: float
    take_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a storm.

    Parameters
    ----------
    sent, told
        Datagrams; the sum of what the events in the database say they are.
    events
        Rows in the database.
    drops
        Lost in the kernel or a full queue.
    core
        Share of one core the receiver, the folding and the writing took.
    """

    sent: int
    told: int
    events: int
    drops: int
    core: float


class _Counter:
    """Counts traps and knows when the last one came."""

    def __init__(self) -> None:
        self.count = 0
        self.last_at = 0.0

    def __call__(self, _: Trap) -> None:
        self.count += 1
        self.last_at = time.perf_counter()


def burst(program: Path, rate: float, datagrams: Sequence[bytes], count: int, *, is_v3: bool = False) -> Burst:
    """Send ``count`` datagrams at ``rate`` (0: without a pause) to a listener; wait for the last."""
    return asyncio.run(_burst(program, rate, datagrams, count, is_v3=is_v3))


async def _burst(program: Path, rate: float, datagrams: Sequence[bytes], count: int, *, is_v3: bool) -> Burst:
    counter = _Counter()
    listener = await TrapListener.open(
        "127.0.0.1",
        0,
        lambda _: True,
        counter,
        lambda: datetime.now(UTC),
        users=(USER,) if is_v3 else (),
        engine_ids=lambda _: SENDER_ENGINE,
    )
    try:
        if listener.secure is not None:
            await listener.secure.ready()
        with flooding(program, listener.port, rate, count, datagrams) as flood:
            cpu, began = time.process_time(), time.perf_counter()
            flood.begin()
            sending = asyncio.create_task(asyncio.to_thread(flood.seconds))
            await _quiet(counter, count)
            send_s = await sending
            cpu_s = time.process_time() - cpu
        return Burst(count, counter.count, listener.tally.drops, send_s, counter.last_at - began, cpu_s)
    finally:
        await listener.close()


async def _quiet(counter: _Counter, wanted: int) -> None:
    """Wait for the last trap, or until none comes any more."""
    counter.last_at = time.perf_counter()
    while counter.count < wanted and time.perf_counter() - counter.last_at < _QUIET_S:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


@asynccontextmanager
async def running_database() -> AsyncIterator[tuple[str, Path]]:
    """Run an embedded PostgreSQL in a folder of its own; give its address and the folder."""
    folder = Path(tempfile.mkdtemp(prefix="gisops-bench-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "run")
    try:
        dsn = server.start()
        migrate(dsn)
        yield dsn, folder
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def run_storm(
    program: Path, rate: float, seconds: float, datagrams: Sequence[bytes], sources: int, database: tuple[str, Path]
) -> Stored:
    """Send at a steady rate from many addresses; receive, fold, store; count in the database what is there."""
    dsn, folder = database
    count = round(rate * seconds)
    devices = {source_address(number): f"B{number:04}" for number in range(sources)}
    profile = shipped_profiles()["cabinet"]
    intake = Intake(devices.get, lambda _: profile)
    recorder = await PgRecorder.open(dsn)
    writer = Writer(recorder, Spool(folder / f"spool-{rate:g}"))
    await writer.open()
    pile = _Pile()
    listener = await TrapListener.open(
        "127.0.0.1",
        0,
        devices.__contains__,
        lambda trap: pile.add(intake.take(trap)),
        lambda: datetime.now(UTC),
    )
    before = await _stored(dsn)
    writing = asyncio.create_task(writer.run())
    with flooding(program, listener.port, rate, count, datagrams, sources) as flood:
        cpu, began = time.process_time(), time.perf_counter()
        flood.begin()
        sending = asyncio.create_task(asyncio.to_thread(flood.seconds))
        ended = 0.0
        while not ended or time.perf_counter() < ended + 0.5:
            await asyncio.sleep(_TICK_S)
            if sending.done():
                ended = ended or time.perf_counter()
            pile.add(intake.due(datetime.now(UTC)))
            _put(writer, pile)
        core = (time.process_time() - cpu) / (time.perf_counter() - began)
        await sending
    drops = listener.tally.drops
    await listener.close()
    pile.add(intake.flush(datetime.now(UTC)))
    _put(writer, pile)
    writer.finish()
    await writing
    await recorder.close()
    events, told = await _stored(dsn)
    return Stored(count, told - before[1], events - before[0], drops, core)


class _Pile:
    """What is to be written next."""

    def __init__(self) -> None:
        self.waiting: list[Recorded] = []

    def add(self, recorded: Recorded) -> None:
        """Keep what has something in it."""
        if recorded.events:
            self.waiting.append(recorded)


def _put(writer: Writer, pile: _Pile) -> None:
    waiting, pile.waiting = pile.waiting, []
    if waiting:
        events = tuple(event for one in waiting for event in one.events)
        writer.put(Batch(datetime.now(UTC), events=events), [r for one in waiting for r in one.receipts])


async def _stored(dsn: str) -> tuple[int, int]:
    connection = await connect(dsn)
    query = "SELECT count(*), coalesce(sum((payload->>'count')::int), 0) FROM event WHERE kind = 'trap_received'"
    try:
        row = await connection.fetchrow(query)
    finally:
        await connection.close()
    return int(row[0]), int(row[1])
