"""Samples rolled up and dropped: against numbers worked out by hand, late samples, kills and races."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gisops.store.ports import Batch, Sample
from gisops.store.recorder import PgRecorder
from gisops.store.retention import Keep, retain
from gisops.store.rollup import roll_up, rolled_up_to
from gisops.store.sessions import connect

pytestmark = pytest.mark.integration

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = T0 + timedelta(hours=3)


def poll(second: float, *values: float | None, device: str = "B1", rtt_s: float = 0.5) -> Sample:
    return Sample(device, T0 + timedelta(seconds=second), "cabinet", True, rtt_s, values)


def silence(second: float, device: str = "B1") -> Sample:
    return Sample(device, T0 + timedelta(seconds=second), "cabinet", False, None)


@pytest.fixture
async def recorder(postgres_dsn: str) -> AsyncIterator[PgRecorder]:
    opened = await PgRecorder.open(postgres_dsn)
    yield opened
    await opened.close()


@pytest.fixture
async def connection(postgres_dsn: str) -> AsyncIterator[Any]:
    opened = await connect(postgres_dsn)
    yield opened
    await opened.close()


async def rows(connection: Any, table: str) -> list[tuple[Any, ...]]:
    found = await connection.fetch(f"SELECT * FROM {table} ORDER BY device_id, bucket, profile")  # noqa: S608
    return [tuple(record) for record in found]


async def test_five_minutes_have_least_mean_most_and_number_of_each_metric(
    recorder: PgRecorder, connection: Any
) -> None:
    samples = [poll(0, 1.0, 10.0), poll(30, 4.0, None), silence(60), poll(299.999, 1.0, None), poll(300, 9.0, 9.0)]
    await recorder.write(Batch(T0, samples))
    tally = await roll_up(connection, T0 + timedelta(seconds=310))
    assert (tally.five_minutes, tally.hours, tally.rows) == (1, 0, 1)
    # Three answers of four questions; the second metric was read once.
    expected = ("B1", T0, "cabinet", 4, 3, 0.5, 0.5, [1.0, 10.0], [2.0, 10.0], [4.0, 10.0], [3, 1])
    assert await rows(connection, "sample_5m") == [expected]
    assert await rolled_up_to(connection, 300, T0 + timedelta(seconds=310)) == T0 + timedelta(minutes=5)


async def test_a_window_is_open_until_its_grace_is_over(recorder: PgRecorder, connection: Any) -> None:
    await recorder.write(Batch(T0, [poll(0, 1.0)]))
    assert (await roll_up(connection, T0 + timedelta(seconds=309))).five_minutes == 0
    assert (await roll_up(connection, T0 + timedelta(seconds=310))).five_minutes == 1


async def test_an_hour_is_made_of_its_five_minutes_weighted_by_number(recorder: PgRecorder, connection: Any) -> None:
    await recorder.write(Batch(T0, [poll(0, 1.0, rtt_s=1.0), poll(1, 1.0, rtt_s=1.0), poll(2, 4.0, rtt_s=1.0)]))
    await recorder.write(Batch(T0, [poll(3000, 10.0, rtt_s=5.0), silence(3001)]))
    tally = await roll_up(connection, LATER)
    assert (tally.five_minutes, tally.hours) == (2, 1)
    # (1 + 1 + 4 + 10) / 4 = 4, not the mean of the means 2 and 10; (1 + 1 + 1 + 5) / 4 = 2.
    assert await rows(connection, "sample_1h") == [
        ("B1", T0, "cabinet", 5, 4, 2.0, 5.0, [1.0], [4.0], [10.0], [4]),
    ]
    assert await roll_up(connection, LATER) == type(tally)()


async def test_a_profile_that_grew_inside_a_window(recorder: PgRecorder, connection: Any) -> None:
    samples = [poll(0, 1.0), poll(30, 3.0, 7.0), poll(0, 5.0, device="B2"), silence(0, "B3")]
    await recorder.write(Batch(T0, samples))
    await recorder.write(Batch(T0, [poll(600, 8.0, 9.0, 6.0)]))
    await roll_up(connection, LATER)
    means = [(r[0], r[1], r[8], r[10]) for r in await rows(connection, "sample_5m")]
    assert means == [
        ("B1", T0, [2.0, 7.0], [2, 1]),
        ("B1", T0 + timedelta(minutes=10), [8.0, 9.0, 6.0], [1, 1, 1]),
        ("B2", T0, [5.0], [1]),
        ("B3", T0, [], []),
    ]
    hours = [(r[0], r[8], r[10]) for r in await rows(connection, "sample_1h")]
    # B1: (1 + 3 + 8) / 3, (7 + 9) / 2, 6.
    assert hours == [("B1", [4.0, 8.0, 6.0], [3, 2, 1]), ("B2", [5.0], [1]), ("B3", [], [])]


async def test_not_a_number_is_missing(recorder: PgRecorder, connection: Any) -> None:
    await recorder.write(Batch(T0, [poll(0, float("nan"), 2.0), poll(1, None, 4.0)]))
    await roll_up(connection, LATER)
    (row,) = await rows(connection, "sample_1h")
    assert row[7:] == ([None, 2.0], [None, 3.0], [None, 4.0], [0, 2])


async def test_a_late_sample_makes_its_window_and_its_hour_anew(recorder: PgRecorder, connection: Any) -> None:
    await recorder.write(Batch(T0, [poll(0, 1.0), poll(900, 5.0)]))
    await roll_up(connection, LATER)
    await recorder.write(Batch(LATER, [poll(10, 3.0)]))
    assert await rolled_up_to(connection, 300, LATER) == T0
    assert await rolled_up_to(connection, 3600, LATER) == T0
    tally = await roll_up(connection, LATER)
    assert (tally.five_minutes, tally.hours, tally.rows) == (1, 1, 2)
    assert [r[8] for r in await rows(connection, "sample_5m")] == [[2.0], [5.0]]
    assert [r[8] for r in await rows(connection, "sample_1h")] == [[3.0]]
    assert await rolled_up_to(connection, 3600, LATER) == LATER - timedelta(hours=1)


async def test_killed_between_two_windows_it_goes_on_where_it_was(
    postgres_dsn: str, recorder: PgRecorder, connection: Any
) -> None:
    for window in range(40):
        await recorder.write(Batch(T0, [poll(300 * window + k, float(k)) for k in range(20)]))
    killed = await connect(postgres_dsn)
    work = asyncio.create_task(roll_up(killed, LATER + timedelta(hours=2)))
    while not await connection.fetchval("SELECT count(*) FROM sample_5m"):
        pass
    killed.terminate()
    await asyncio.gather(work, return_exceptions=True)
    done_before = await connection.fetchval("SELECT count(*) FROM sample_5m")
    while (tally := await roll_up(connection, LATER + timedelta(hours=2))).is_busy:
        pass  # the server has not noticed yet
    assert 0 < done_before < 40
    assert tally.five_minutes == 40 - done_before
    assert [r[10] for r in await rows(connection, "sample_5m")] == [[20]] * 40
    assert sum(r[10][0] for r in await rows(connection, "sample_1h")) == 800


async def test_two_programs_and_a_writer_at_once_lose_and_double_nothing(
    postgres_dsn: str, recorder: PgRecorder, connection: Any
) -> None:
    other = await connect(postgres_dsn)

    async def write() -> None:
        for k in range(60):
            await recorder.write(Batch(T0, [poll(k, float(k)), poll(3600 + k, float(k))]))

    async def roll(by: Any) -> None:
        while not writer.done():
            await roll_up(by, LATER)

    writer = asyncio.create_task(write())
    await asyncio.gather(writer, roll(connection), roll(other))
    await roll_up(connection, LATER)
    assert [r[10] for r in await rows(connection, "sample_5m")] == [[60], [60]]
    assert [(r[8], r[10]) for r in await rows(connection, "sample_1h")] == [([29.5], [60]), ([29.5], [60])]
    await other.close()


async def test_only_what_is_rolled_up_is_dropped(recorder: PgRecorder, connection: Any) -> None:
    keep = Keep(samples_days=2, five_minutes_days=40, hours_years=1)
    for day in range(5):
        await recorder.write(Batch(T0, [poll(86400 * day, 1.0)]))
    now = T0 + timedelta(days=4)  # 5 March; 3 March is the first day kept
    tally = await retain(connection, keep, now)
    assert tally.dropped == ()
    assert tally.not_rolled_up == ("sample_20260301", "sample_20260302")
    await roll_up(connection, now)
    assert (await retain(connection, keep, now)).dropped == ("sample_20260301", "sample_20260302")
    assert await connection.fetchval("SELECT count(*) FROM sample") == 3
    assert await connection.fetchval("SELECT count(*) FROM sample_5m") == 4
    # 41 days later the 5 minutes of 1 March may go, and of April the month of March stays.
    assert (await retain(connection, keep, T0 + timedelta(days=41))).dropped[-1] == "sample_5m_20260301"
    tally = await retain(connection, keep, datetime(2027, 4, 2, tzinfo=UTC))
    assert tally.dropped[-1] == "sample_1h_202603"


async def test_what_comes_after_the_rest_was_dropped_spoils_nothing(recorder: PgRecorder, connection: Any) -> None:
    await recorder.write(Batch(T0, [poll(0, 1.0), poll(1, 3.0)]))
    now = T0 + timedelta(days=9)
    await roll_up(connection, now)
    await retain(connection, Keep(), now)
    await recorder.write(Batch(now, [poll(2, 99.0)]))
    tally = await roll_up(connection, now)
    assert (tally.five_minutes, tally.hours, tally.too_late) == (0, 0, 1)
    assert [r[8] for r in await rows(connection, "sample_1h")] == [[2.0]]
    assert (await retain(connection, Keep(), now)).dropped == ("sample_20260301",)


async def test_a_partition_somebody_reads_stays_for_today(
    postgres_dsn: str, recorder: PgRecorder, connection: Any
) -> None:
    await recorder.write(Batch(T0, [poll(0, 1.0)]))
    now = T0 + timedelta(days=9)
    await roll_up(connection, now)
    reader = await connect(postgres_dsn)
    async with reader.transaction():
        await reader.fetch("SELECT * FROM sample")
        tally = await retain(connection, Keep(), now)
    # The day after was made ahead.
    assert tally.in_use == ("sample_20260301", "sample_20260302")
    assert (await retain(connection, Keep(), now)).dropped == tally.in_use
    await reader.close()
