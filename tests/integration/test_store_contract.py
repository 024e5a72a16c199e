"""The store's promises, kept alike by the one in memory and by PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gisops.model.event import Event, EventKind
from gisops.model.outage import Cause, Evidence, Outage
from gisops.model.state import DeviceKind, DeviceState
from gisops.store.fake import MemoryStore
from gisops.store.ports import Batch, Mark, Reader, Recorder, Sample, StateRow
from gisops.store.reader import PgReader
from gisops.store.recorder import PgRecorder

pytestmark = pytest.mark.integration

T0 = datetime(2026, 3, 1, 23, 59, 59, 123456, UTC)
BOX = StateRow("B1", DeviceKind.BOX, DeviceState.UP, T0, T0, "answers", {"charge_pct": 99.5, "tilt_deg": None})
OUTAGE = Outage(
    "O1",
    "B1",
    ("B1", "C1"),
    T0,
    T0,
    None,
    {Cause.THEFT: 0.75, Cause.POWER_CUT: 0.25},
    (Evidence("door opened at 02:14", Cause.THEFT, 12.5),),
)


def event(number: int, subject: str = "B1") -> Event:
    payload = {"new": "down", "reason": "بند", "metrics": {"charge_pct": None, "load_pct": 12.25}}
    return Event(f"e{number}", EventKind.STATE_CHANGED, subject, T0, T0 + timedelta(seconds=number), payload)


@pytest.fixture(params=["memory", "postgres"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Recorder, Reader]]:
    if request.param == "memory":
        memory = MemoryStore(idle_s=0.1)
        yield memory, memory
        return
    dsn = request.getfixturevalue("postgres_dsn")
    recorder, reader = await PgRecorder.open(dsn), await PgReader.open(dsn, idle_s=0.1)
    yield recorder, reader
    await recorder.close()
    await reader.close()


async def test_an_empty_store_knows_nothing(store: tuple[Recorder, Reader]) -> None:
    _, reader = store
    assert await reader.states() == (0, [])
    assert await reader.open_outages() == []
    assert await reader.events_after(0) == []
    assert await reader.device_events("B1") == []
    assert await reader.samples("B1", T0) == []
    assert await reader.heartbeat() is None


async def test_everything_comes_back_as_it_went_in(store: tuple[Recorder, Reader]) -> None:
    recorder, reader = store
    silent = Sample("B1", T0, "cabinet", False, None)
    answered = Sample("B1", T0 + timedelta(seconds=2), "cabinet", True, 0.25, (1.5, None, -0.125))
    batch = Batch(T0, [answered, silent], [event(1), event(2, "C1")], [BOX], [OUTAGE], {})
    assert await recorder.write(batch) == 2
    assert await reader.states() == (2, [BOX])
    assert await reader.open_outages() == [OUTAGE]
    events = await reader.events_after(0)
    assert [stored.seq for stored in events] == [1, 2]
    assert [stored.event for stored in events] == [event(1), event(2, "C1")]
    assert await reader.events_after(1) == events[1:]
    assert await reader.events_after(0, limit=1) == events[:1]
    assert await reader.samples("B1", T0) == [silent, answered]
    assert await reader.samples("B1", T0 + timedelta(seconds=1)) == [answered]
    assert await reader.samples("B1", T0, limit=1) == [silent]
    assert await reader.heartbeat() == T0


async def test_readings_keep_single_precision(store: tuple[Recorder, Reader]) -> None:
    recorder, reader = store
    await recorder.write(Batch(T0, [Sample("B1", T0, "cabinet", True, 0.1, (0.1,))]))
    (sample,) = await reader.samples("B1", T0)
    # 0.1 in IEEE 754 binary32 is 13421773 x 2^-27.
    assert sample.values == (13421773 / 2**27,)
    assert sample.rtt_s == 13421773 / 2**27


async def test_an_event_is_taken_once_and_numbers_have_no_gaps(store: tuple[Recorder, Reader]) -> None:
    recorder, reader = store
    assert await recorder.write(Batch(T0, events=[event(1), event(1)])) == 1
    assert await recorder.write(Batch(T0, events=[event(1)])) == 1
    assert await recorder.write(Batch(T0, events=[event(1), event(2)])) == 2
    assert [s.seq for s in await reader.events_after(0)] == [1, 2]


async def test_projections_are_upserted(store: tuple[Recorder, Reader]) -> None:
    recorder, reader = store
    await recorder.write(Batch(T0, states=[BOX], outages=[OUTAGE]))
    later = T0 + timedelta(minutes=1)
    down = replace(BOX, state=DeviceState.DOWN, since=later, reason="silent", metrics={})
    closed = replace(OUTAGE, updated_at=later, closed_at=later)
    await recorder.write(Batch(later, states=[BOX, down], outages=[closed]))
    assert await reader.states() == (0, [down])
    assert await reader.open_outages() == []


async def test_outages_come_latest_first(store: tuple[Recorder, Reader]) -> None:
    recorder, reader = store
    later = replace(OUTAGE, id="O2", opened_at=T0 + timedelta(seconds=1))
    await recorder.write(Batch(T0, outages=[OUTAGE, later]))
    assert [outage.id for outage in await reader.open_outages()] == ["O2", "O1"]


async def test_seen_moves_forward_only_and_knows_only_the_known(store: tuple[Recorder, Reader]) -> None:
    recorder, reader = store
    never = replace(BOX, device_id="C1", seen_at=None)
    await recorder.write(Batch(T0, states=[BOX, never]))
    later = T0 + timedelta(seconds=30)
    await recorder.write(Batch(later, seen={"C1": later, "B1": T0 - timedelta(seconds=1), "B9": later}))
    assert await reader.states() == (0, [BOX, replace(never, seen_at=later)])
    await recorder.write(Batch(T0))
    assert await reader.heartbeat() == later


async def test_device_events_come_latest_first(store: tuple[Recorder, Reader]) -> None:
    recorder, reader = store
    await recorder.write(Batch(T0, events=[event(1), event(2, "C1"), event(3)]))
    assert [s.seq for s in await reader.device_events("B1")] == [3, 1]
    assert [s.seq for s in await reader.device_events("B1", limit=1)] == [3]


async def test_text_from_the_wire_cannot_break_a_write(store: tuple[Recorder, Reader]) -> None:
    recorder, reader = store
    odd = replace(event(1), payload={"a\x00b": ["x\x00", r"\u0000"], "load": float("nan")})
    await recorder.write(Batch(T0, events=[odd]))
    (stored,) = await reader.events_after(0)
    assert stored.event.payload == {"ab": ["x", r"\u0000"], "load": None}


async def test_a_follower_gets_old_and_new_events_once(store: tuple[Recorder, Reader]) -> None:
    recorder, reader = store
    await recorder.write(Batch(T0, events=[event(1), event(2), event(3)]))
    got: list[int] = []
    async with aclosing(_generator(reader.follow(1))) as stream:
        async for events in stream:
            got += [stored.seq for stored in events]
            if got == [2, 3]:
                await recorder.write(Batch(T0, events=[event(4)]))
            if got[-1] == 4:
                break
    assert got == [2, 3, 4]


async def test_a_follower_without_news_says_so(store: tuple[Recorder, Reader]) -> None:
    _, reader = store
    async with aclosing(_generator(reader.follow(0))) as stream:
        assert await anext(stream) == []


async def test_a_follower_gets_more_than_a_page(store: tuple[Recorder, Reader]) -> None:
    recorder, reader = store
    await recorder.write(Batch(T0, events=[event(number) for number in range(2500)]))
    got: list[int] = []
    async with aclosing(_generator(reader.follow(0))) as stream:
        async for events in stream:
            got += [stored.seq for stored in events]
            if not events:
                break
    assert got == list(range(1, 2501))


async def test_writers_at_once_leave_an_ordered_log(store: tuple[Recorder, Reader]) -> None:
    recorder, reader = store
    await asyncio.gather(*(recorder.write(Batch(T0, events=[event(n)])) for n in range(20)))
    assert [s.seq for s in await reader.events_after(0)] == list(range(1, 21))


def _generator(stream: AsyncIterator[Any]) -> Any:
    return stream


async def test_a_numbered_batch_is_written_once(store: tuple[Recorder, Reader]) -> None:
    recorder, reader = store
    batch = Batch(T0, [Sample("B1", T0, "cabinet", True, 0.5, (1.0,))])
    assert await recorder.marked("w") == 0
    for number in (1, 3, 3, 2, 4):
        await recorder.write(batch, Mark("w", number))
    assert await recorder.marked("w") == 4
    assert await recorder.marked("another") == 0
    assert len(await reader.samples("B1", T0)) == 3


async def test_events_of_a_kind_come_in_log_order_from_a_moment_on(store: tuple[Recorder, Reader]) -> None:
    recorder, reader = store
    measured = [
        Event(f"m{n}", EventKind.AUTONOMY_MEASURED, "B1", T0 + timedelta(hours=n), T0, {"why": str(n)})
        for n in (3, 1, 2)
    ]
    await recorder.write(Batch(T0, events=[event(1), *measured]))
    found = await reader.events_of(EventKind.AUTONOMY_MEASURED, T0 + timedelta(hours=2))
    assert [stored.event.id for stored in found] == ["m3", "m2"]
    assert await reader.events_of(EventKind.TRAP_RECEIVED, T0) == []
