"""The writer while PostgreSQL is killed and started again under it: nothing lost, nothing twice, order kept."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gisops.bench.drain import run_once
from gisops.model.event import Event, EventKind
from gisops.service.writer import Writer
from gisops.store.embedded import EmbeddedPostgres
from gisops.store.migrate import migrate
from gisops.store.ports import Batch, Sample
from gisops.store.reader import PgReader
from gisops.store.recorder import PgRecorder
from gisops.store.sessions import connect
from gisops.store.spool import Spool

pytestmark = pytest.mark.integration

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)


def batch(number: int) -> Batch:
    at = T0 + timedelta(seconds=number / 10)
    event = Event(f"e{number}", EventKind.TRAP_RECEIVED, "B1", at, at, {"n": number})
    return Batch(at, [Sample("B1", at, "cabinet", True, 0.5, (1.0, None))], [event])


async def test_a_writer_goes_on_over_a_kill_of_the_database(short_tmp: Path) -> None:
    server = EmbeddedPostgres(short_tmp / "run")
    dsn = server.start()
    migrate(dsn)
    recorder, reader = await PgRecorder.open(dsn), await PgReader.open(dsn, idle_s=0.2)
    acknowledged: list[int] = []
    writer = Writer(recorder, Spool(short_tmp / "spool"), acknowledged.extend)
    await writer.open()
    writing = asyncio.create_task(writer.run())
    for number in range(600):
        writer.put(batch(number), [number])
        if number == 200:
            assert server.pid is not None
            os.kill(server.pid, signal.SIGKILL)
        if number == 400:
            await asyncio.to_thread(server.start)
        await asyncio.sleep(0.001)
    writer.finish()
    await writing
    assert [s.event.id for s in await reader.events_after(0)] == [f"e{n}" for n in range(600)]
    connection = await connect(dsn)
    assert await connection.fetchval("SELECT count(*) FROM sample") == 600
    await connection.close()
    assert sorted(acknowledged) == list(range(600))
    assert writer.tally.spooled > 100
    await recorder.close()
    await reader.close()
    server.stop()


async def test_what_waited_on_disk_when_the_collector_ended_is_written_by_the_next() -> None:
    away = await run_once(devices=1600, away_s=30)
    assert (away.samples_lost, away.events_lost, away.twice) == (0, 0, 0)
    assert away.spool_bytes > 10_000
