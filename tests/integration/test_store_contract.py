"""The promises of a store, held by the real one and by the fake alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from gisops.model.event import Event, EventKind
from gisops.model.outage import Cause, Evidence, Outage
from gisops.model.state import DeviceKind, DeviceState
from gisops.store.fake import MemoryStore
from gisops.store.ports import Batch, Reader, Recorder, Sample, StateRow
from gisops.store.reader import PgReader
from gisops.store.recorder import PgRecorder

pytestmark = pytest.mark.integration
T0 = datetime(2026, 11, 21, 23, 59, 30, tzinfo=UTC)


@dataclass
class Store:
    recorder: Recorder
    reader: Reader
    dsn: str | None


@pytest.fixture(params=["real", "fake"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    if request.param == "fake":
        memory = MemoryStore()
        yield Store(memory, memory, None)
        return
    dsn = request.getfixturevalue("dsn")
    recorder, reader = await PgRecorder.open(dsn), await PgReader.open(dsn)
    yield Store(recorder, reader, dsn)
    await recorder.close()
    await reader.close()


def at(second: float) -> datetime:
    return T0 + timedelta(seconds=second)


def event(number: int) -> Event:
    return Event(f"e{number}", EventKind.STATE_CHANGED, "B1", at(number), at(number), {"n": number})


def row(state: DeviceState, second: float, seen: float | None = None) -> StateRow:
    seen_at = at(seen) if seen is not None else None
    return StateRow("B1", DeviceKind.BOX, state, at(second), seen_at, "why", {"v": 1.5, "missing": None})


async def test_events_come_back_in_order_and_an_id_counts_once(store: Store) -> None:
    await store.recorder.write(Batch(at(1), events=[event(1), event(2)]))
    await store.recorder.write(Batch(at(2), events=[event(2), event(3)]))
    found = await store.reader.events_after(0)
    assert [stored.event for stored in found] == [event(1), event(2), event(3)]
    assert [s.event for s in await store.reader.events_after(found[0].seq)] == [event(2), event(3)]
    assert [s.event.id for s in await store.reader.device_events("B1", 2)] == ["e3", "e2"]


async def test_states_are_the_last_word_and_seen_moves_alone(store: Store) -> None:
    await store.recorder.write(Batch(at(1), states=[row(DeviceState.UP, 1, seen=1)]))
    await store.recorder.write(Batch(at(9), seen={"B1": at(9), "nobody": at(9)}))
    assert (await store.reader.states())[1] == [row(DeviceState.UP, 1, seen=9)]
    await store.recorder.write(Batch(at(40), states=[row(DeviceState.DOWN, 40)]))
    assert (await store.reader.states())[1] == [row(DeviceState.DOWN, 40, seen=9)]
    assert await store.reader.heartbeat() == at(40)


async def test_samples_keep_missing_readings_and_cross_midnight(store: Store) -> None:
    samples = [
        Sample("B1", at(0), "cabinet", True, 0.25, (1.5, None, -3.0)),
        Sample("B1", at(60), "cabinet", False, None, ()),
    ]
    await store.recorder.write(Batch(at(60), samples=samples))
    assert await store.reader.samples("B1", at(0)) == samples
    assert await store.reader.samples("B1", at(1)) == samples[1:]
    assert await store.reader.samples("B2", at(0)) == []


async def test_outages_are_open_until_closed(store: Store) -> None:
    evidence = (Evidence("door opened", Cause.THEFT, 12.0),)
    outage = Outage("O1", "B1", ("B1", "C1"), at(1), at(1), None, {Cause.THEFT: 1.0}, evidence)
    await store.recorder.write(Batch(at(1), outages=[outage]))
    assert await store.reader.open_outages() == [outage]
    closed = Outage("O1", "B1", ("B1",), at(1), at(9), at(9), {Cause.THEFT: 1.0}, evidence)
    await store.recorder.write(Batch(at(9), outages=[closed]))
    assert await store.reader.open_outages() == []


async def test_a_follower_gets_every_event_once_from_two_writers(store: Store) -> None:
    seen: list[str] = []

    async def follow() -> None:
        async for events in store.reader.follow(0):
            seen.extend(stored.event.id for stored in events)
            if len(seen) >= 60:
                return

    async def write(first: int) -> None:
        for number in range(first, first + 30):
            await store.recorder.write(Batch(at(number), events=[event(number)]))

    follower = asyncio.create_task(follow())
    await asyncio.gather(write(0), write(100))
    await asyncio.wait_for(follower, 20)
    assert sorted(seen) == sorted({*(f"e{n}" for n in range(30)), *(f"e{n}" for n in range(100, 130))})


async def test_nothing_of_a_batch_is_written_when_a_part_fails(dsn: str) -> None:
    recorder, reader = await PgRecorder.open(dsn), await PgReader.open(dsn)
    broken = Outage(None, "B1", ("B1",), at(1), at(1))  # type: ignore[arg-type]
    with pytest.raises(asyncpg.NotNullViolationError):
        await recorder.write(Batch(at(1), events=[event(1)], outages=[broken]))
    assert await reader.events_after(0) == []
    await recorder.close()
    await reader.close()


async def test_history_has_one_open_interval_and_no_gaps(dsn: str) -> None:
    recorder = await PgRecorder.open(dsn)
    for second, state in (
        (1, DeviceState.UP),
        (5, DeviceState.UP),
        (9, DeviceState.DOWN),
        (20, DeviceState.UP),
    ):
        await recorder.write(Batch(at(second), states=[row(state, second)]))
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch("SELECT state, t0, t1 FROM state_history ORDER BY t0")
    await connection.close()
    await recorder.close()
    assert [tuple(r) for r in rows] == [
        ("up", at(1), at(9)),
        ("down", at(9), at(20)),
        ("up", at(20), None),
    ]
