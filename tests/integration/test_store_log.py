"""The event log and the writes behind it when writers race, answers are lost and the server restarts."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from gisops.errors import StoreError
from gisops.model.event import Event, EventKind, StoredEvent
from gisops.model.outage import Outage
from gisops.model.state import DeviceKind, DeviceState
from gisops.store.assets import write_inventory
from gisops.store.embedded import EmbeddedPostgres
from gisops.store.migrate import Migration, applied_version, due, migrate, shipped_migrations
from gisops.store.ports import Batch, Mark, Sample, StateRow
from gisops.store.reader import PgReader
from gisops.store.recorder import PgRecorder
from gisops.store.sessions import connect
from tests.cities import small_city

pytestmark = pytest.mark.integration

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)


def event(name: str) -> Event:
    return Event(name, EventKind.TRAP_RECEIVED, "B1", T0, T0, {"trap": "door_opened"})


def row(state: DeviceState, second: int) -> StateRow:
    return StateRow("B1", DeviceKind.BOX, state, T0 + timedelta(seconds=second), None)


async def collect(reader: PgReader, count: int) -> list[StoredEvent]:
    got: list[StoredEvent] = []
    stream: Any = reader.follow(0)
    async with aclosing(stream):
        while len(got) < count:
            got += await anext(stream)
    return got


@pytest.fixture
async def recorder(postgres_dsn: str) -> AsyncIterator[PgRecorder]:
    opened = await PgRecorder.open(postgres_dsn)
    yield opened
    await opened.close()


@pytest.fixture
async def reader(postgres_dsn: str) -> AsyncIterator[PgReader]:
    opened = await PgReader.open(postgres_dsn, idle_s=0.2)
    yield opened
    await opened.close()


async def test_followers_miss_nothing_of_two_writers(
    postgres_dsn: str, recorder: PgRecorder, reader: PgReader
) -> None:
    other = await PgRecorder.open(postgres_dsn)
    followers = [asyncio.create_task(collect(reader, 200)) for _ in range(2)]

    async def write(by: PgRecorder, name: str) -> None:
        for number in range(100):
            await by.write(Batch(T0, events=[event(f"{name}{number}")]))

    await asyncio.gather(write(recorder, "a"), write(other, "b"))
    for got in await asyncio.wait_for(asyncio.gather(*followers), 30):
        assert [stored.seq for stored in got] == list(range(1, 201))
        assert {s.event.id for s in got} == {f"{name}{n}" for name in "ab" for n in range(100)}
    await other.close()


async def test_a_slow_writer_is_not_overtaken(postgres_dsn: str, recorder: PgRecorder, reader: PgReader) -> None:
    slow = await connect(postgres_dsn)
    transaction = slow.transaction()
    await transaction.start()
    await slow.fetchval("SELECT seq FROM log_head FOR UPDATE")
    fast = asyncio.create_task(recorder.write(Batch(T0, events=[event("fast")])))
    await slow.execute(
        "INSERT INTO event VALUES (1, 'slow', 'trap_received', 'B1', now(), now(), '{}');UPDATE log_head SET seq = 1"
    )
    assert await reader.events_after(0) == []
    assert not fast.done()
    await transaction.commit()
    assert await fast == 2
    assert [s.event.id for s in await reader.events_after(0)] == ["slow", "fast"]
    await slow.close()


async def test_a_missed_notification_costs_time_and_no_event(postgres_dsn: str, reader: PgReader) -> None:
    silent = await connect(postgres_dsn)
    follower = asyncio.create_task(collect(reader, 1))
    await silent.execute(
        "INSERT INTO event VALUES (1, 'e', 'trap_received', 'B1', now(), now(), '{}');UPDATE log_head SET seq = 1"
    )
    assert [s.event.id for s in await asyncio.wait_for(follower, 10)] == ["e"]
    await silent.close()


async def test_nothing_of_a_batch_is_there_when_a_part_fails(recorder: PgRecorder, reader: PgReader) -> None:
    broken = Outage(None, "B1", ("B1",), T0, T0)  # type: ignore[arg-type]
    sample = Sample("B1", T0, "cabinet", True, 0.5, (1.0,))
    with pytest.raises(asyncpg.NotNullViolationError):
        await recorder.write(Batch(T0, [sample], [event("e")], outages=[broken]))
    assert await reader.states() == (0, [])
    assert await reader.events_after(0) == []
    assert await reader.samples("B1", T0) == []
    assert await recorder.write(Batch(T0, [sample], [event("e")])) == 1


async def test_everything_survives_a_restart_of_the_server(short_tmp: Path) -> None:
    server = EmbeddedPostgres(short_tmp / "run")
    dsn = server.start()
    migrate(dsn)
    recorder, reader = await PgRecorder.open(dsn), await PgReader.open(dsn, idle_s=0.2)
    stream: Any = reader.follow(0)
    async with aclosing(stream):
        await recorder.write(Batch(T0, events=[event("before")]))
        assert [s.event.id for s in await anext(stream)] == ["before"]
        server.stop()
        batch = Batch(T0, [Sample("B1", T0, "cabinet", True, 0.5, (1.0,))], [event("after")])
        with pytest.raises(StoreError):
            await recorder.write(batch)
        assert await anext(stream) == []
        asked = asyncio.create_task(reader.heartbeat())
        assert server.start() == dsn
        assert await recorder.write(batch) == 2
        got: list[StoredEvent] = []
        while not got:
            got = await anext(stream)
        assert [(s.seq, s.event.id) for s in got] == [(2, "after")]
    assert await asked == T0
    assert len(await reader.samples("B1", T0)) == 1
    await recorder.close()
    await reader.close()
    server.stop()


async def test_kill_9_under_load_loses_nothing_that_was_acknowledged(short_tmp: Path) -> None:
    server = EmbeddedPostgres(short_tmp / "run")
    dsn = server.start()
    migrate(dsn)
    recorder, reader = await PgRecorder.open(dsn), await PgReader.open(dsn, idle_s=0.2)
    refused = asyncio.Event()
    half = asyncio.Event()

    async def write() -> None:
        for number in range(200):
            at = T0 + timedelta(seconds=number)
            batch = Batch(at, [Sample("B1", at, "cabinet", True, 0.5, (1.0,))], [event(f"e{number}")])
            while True:
                try:
                    assert await recorder.write(batch) == number + 1
                    break
                except StoreError:
                    refused.set()
                    await asyncio.sleep(0)
            if number == 100:
                half.set()

    writer = asyncio.create_task(write())
    follower = asyncio.create_task(collect(reader, 200))
    await half.wait()
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    await refused.wait()
    assert server.start() == dsn
    await writer
    assert [s.event.id for s in await asyncio.wait_for(follower, 30)] == [f"e{n}" for n in range(200)]
    assert len(await reader.samples("B1", T0)) == 200
    await recorder.close()
    await reader.close()
    server.stop()


class LossyLink:
    """A way to the server that can lose the answer to one COMMIT, as a broken link would."""

    def __init__(self, server_socket: str) -> None:
        self._server_socket = server_socket
        self.loses_next_answer = False

    async def serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_unix_connection(self._server_socket)
        lost = asyncio.Event()

        async def ask() -> None:
            while data := await client.read(65536):
                if self.loses_next_answer and b"COMMIT" in data:
                    self.loses_next_answer = False
                    lost.set()
                to_server.write(data)

        async def answer() -> None:
            while (data := await server.read(65536)) and not lost.is_set():
                to_client.write(data)

        both = [asyncio.create_task(ask()), asyncio.create_task(answer())]
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        for task in both:
            task.cancel()
        for writer in (to_client, to_server):
            writer.close()
            await writer.wait_closed()


async def test_a_batch_whose_answer_was_lost_is_not_written_twice(
    postgres_dsn: str, reader: PgReader, short_tmp: Path
) -> None:
    sockets = postgres_dsn.split("host=")[1].split("&", maxsplit=1)[0]
    link = LossyLink(f"{sockets}/.s.PGSQL.5432")
    async with await asyncio.start_unix_server(link.serve, short_tmp / ".s.PGSQL.5432"):
        recorder = await PgRecorder.open(postgres_dsn.replace(sockets, str(short_tmp)))
        batch = Batch(T0, [Sample("B1", T0, "cabinet", True, 0.5, (1.0,))], [event("e")])
        link.loses_next_answer = True
        with pytest.raises(StoreError, match="connection lost"):
            await recorder.write(batch, Mark("w", 7))
        assert await recorder.write(batch, Mark("w", 7)) == 1
        assert await recorder.marked("w") == 7
        assert len(await reader.samples("B1", T0)) == 1
        # The next batch is another one, however alike.
        assert await recorder.write(batch, Mark("w", 8)) == 1
        assert len(await reader.samples("B1", T0)) == 2
        await recorder.close()


async def test_days_are_made_ahead_and_again_when_they_were_dropped(
    postgres_dsn: str, recorder: PgRecorder, reader: PgReader
) -> None:
    days = [T0 + timedelta(days=n) for n in range(4)]
    for day in days:
        await recorder.write(Batch(day, [Sample("B1", day, "cabinet", True, 0.5, (1.0,))]))
    connection = await connect(postgres_dsn)
    query = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'sample'::regclass ORDER BY 1"
    parts = [r[0] for r in await connection.fetch(query)]
    assert parts == [f"sample_2026030{n}" for n in range(1, 6)]
    # A day that is dropped under the writer's feet is made again for a late sample.
    await connection.execute("SELECT drop_sample_days('2026-03-02')")
    assert [s.observed_at for s in await reader.samples("B1", T0)] == days[1:]
    await recorder.write(Batch(days[0], [Sample("B1", days[0], "cabinet", True, 0.5, (1.0,))]))
    assert len(await reader.samples("B1", T0)) == 4
    await connection.close()


async def test_history_has_one_open_interval_and_no_gaps(postgres_dsn: str, recorder: PgRecorder) -> None:
    for second, state in (
        (1, DeviceState.UP),
        (5, DeviceState.UP),
        (9, DeviceState.DOWN),
        (20, DeviceState.UP),
    ):
        await recorder.write(Batch(T0, states=[row(state, second)]))
    connection = await connect(postgres_dsn)
    rows = await connection.fetch("SELECT state, t0, t1 FROM state_history ORDER BY t0")
    one, nine, twenty = (T0 + timedelta(seconds=s) for s in (1, 9, 20))
    assert [tuple(r) for r in rows] == [("up", one, nine), ("down", nine, twenty), ("up", twenty, None)]
    await connection.close()


def test_migrations_know_where_a_database_is(postgres_dsn: str) -> None:
    known = shipped_migrations()
    assert [m.number for m in known] == list(range(1, len(known) + 1))
    assert migrate(postgres_dsn) == []
    assert applied_version(postgres_dsn) == len(known)
    with pytest.raises(StoreError, match=r"its schema is version \d+, this gisops knows 1: update gisops"):
        migrate(postgres_dsn, known[:1])
    with pytest.raises(StoreError, match=r"migration 1 there differs"):
        migrate(postgres_dsn, (replace(known[0], sql="SELECT 1"), *known[1:]))
    broken = Migration(len(known) + 1, "broken", "CREATE TABLE half (n int); SELECT 1/0")
    with pytest.raises(StoreError, match=r"migration failed \(division by zero\): nothing was changed"):
        migrate(postgres_dsn, (*known, broken))
    assert applied_version(postgres_dsn) == len(known)
    assert due([], known, "db") == known


async def test_the_inventory_is_kept_once_and_follows_changes(postgres_dsn: str) -> None:
    city = small_city()
    # 1 district, 1 station, 1 centre, 2 feeders, 5 sites, 5 boxes, 10 cameras, 6 nodes, 6 spans.
    assert await asyncio.to_thread(write_inventory, postgres_dsn, city) == 37
    assert await asyncio.to_thread(write_inventory, postgres_dsn, city) == 0
    moved = {**city.boxes, "B1": replace(city.boxes["B1"], lon=67.5)}
    del moved["B5"]
    assert await asyncio.to_thread(write_inventory, postgres_dsn, replace(city, boxes=moved)) == 2
    connection = await connect(postgres_dsn)
    query = "SELECT id FROM asset WHERE layer = 'boxes' AND bounds && box '(67.4,24),(67.6,25)'"
    assert [r["id"] for r in await connection.fetch(query)] == ["B1"]
    await connection.close()


async def test_a_database_without_a_schema_is_one_line(postgres_server: str) -> None:
    bare = postgres_server.replace("/gisops?", "/postgres?")
    recorder = await PgRecorder.open(bare)
    with pytest.raises(StoreError, match="its schema is missing: run gisops db migrate"):
        await recorder.write(Batch(T0))
    await recorder.close()


async def test_a_server_that_is_down_is_one_line_without_the_password() -> None:
    dsn = "postgresql://me:hunter2secret@127.0.0.1:26398/city"
    for opening in (PgReader.open, PgRecorder.open):
        with pytest.raises(StoreError) as caught:
            await opening(dsn)
        assert str(caught.value) == (
            "GISOPS_DSN 127.0.0.1:26398: connection refused: "
            "start the server or unset GISOPS_DSN to use the embedded one"
        )
