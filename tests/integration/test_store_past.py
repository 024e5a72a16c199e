"""The past as the store tells it, beside the event log folded by another program."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from gisops.coverage.working import states_at
from gisops.model.event import Event, EventKind
from gisops.model.outage import Cause, Outage
from gisops.model.state import DeviceKind, DeviceState
from gisops.service.ledger import Ledger
from gisops.service.past import stretch
from gisops.store.past import PgPast
from gisops.store.ports import Batch, StateRow
from gisops.store.reader import PgReader
from gisops.store.recorder import PgRecorder

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
STATES = (DeviceState.UP, DeviceState.DEGRADED, DeviceState.DOWN, DeviceState.UNREACHABLE)


def s(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def change(device: str, state: DeviceState, at: datetime) -> tuple[StateRow, Event]:
    payload = {"device_kind": "box", "new": str(state), "since": at.isoformat(), "seen_at": None}
    event = Event(f"{device}:{at.isoformat()}", EventKind.STATE_CHANGED, device, at, at, payload)
    return StateRow(device, DeviceKind.BOX, state, at, None), event


async def write(recorder: PgRecorder, at: datetime, *changes: tuple[StateRow, Event]) -> None:
    rows, events = zip(*changes, strict=True) if changes else ((), ())
    await recorder.write(Batch(at, events=events, states=rows))


async def test_any_instant_is_what_the_log_folds_to(postgres_dsn: str) -> None:
    rng = random.Random(7)  # noqa: S311 - repeatable chance
    recorder, reader = await PgRecorder.open(postgres_dsn), await PgReader.open(postgres_dsn)
    past = await PgPast.open(postgres_dsn)
    for minute in range(60):
        devices = rng.sample(range(12), 3)
        changes = [change(f"B{d}", rng.choice(STATES), s(50 * minute + rng.randrange(50))) for d in devices]
        await write(recorder, s(50 * minute + 50), *changes)
    events = await reader.events_after(0)
    for seconds in [*rng.sample(range(3000), 40), 0, 3000]:
        moment = await past.moment(s(seconds))
        assert {row.device_id: row.state for row in moment.states} == states_at(events, s(seconds)), seconds
    for closing in (recorder, reader, past):
        await closing.close()


async def test_the_steps_of_a_stretch_lead_to_its_end(postgres_dsn: str) -> None:
    recorder, past = await PgRecorder.open(postgres_dsn), await PgPast.open(postgres_dsn)
    await write(recorder, s(0), *(change(f"B{n}", DeviceState.UP, s(0)) for n in range(4)))
    for n in range(1, 20):
        await write(recorder, s(7 * n), change(f"B{n % 4}", STATES[n % 3], s(7 * n)))
    found = await stretch(past, s(1), s(133), timedelta(seconds=10))
    states = {row.device_id: row.state for row in found.start.states}
    for at, delta in found.deltas:
        states |= {row.device_id: row.state for row in delta.states}
        assert states == {row.device_id: row.state for row in (await past.moment(at)).states}, at
    assert found.until == s(133)
    assert [delta.seq for _, delta in found.deltas] == list(range(1, len(found.deltas) + 1))
    for closing in (recorder, past):
        await closing.close()


async def test_an_outage_is_judged_as_it_was_then(postgres_dsn: str) -> None:
    recorder, past = await PgRecorder.open(postgres_dsn), await PgPast.open(postgres_dsn)
    ledger = Ledger()
    ages = ((40, {Cause.THEFT: 0.6, Cause.POWER_CUT: 0.4}, None), (90, {Cause.THEFT: 1.0}, None))
    for at, causes, closed in (*ages, (200, {Cause.THEFT: 1.0}, s(200))):
        outage = Outage("O1", "B1", ("B1",), s(10), s(at), closed, causes)
        ledger.add_outages([outage], {} if at == 40 else {"O1": outage}, s(at))
        await recorder.write(ledger.take(s(at)))
    assert (await past.moment(s(9))).outages == ()
    begun = await past.moment(s(20))
    assert [o.id for o in begun.outages] == ["O1"]
    assert begun.foreseen == {"O1"}
    assert (await past.moment(s(60))).outages[0].causes[Cause.THEFT] == 0.6
    assert (await past.moment(s(199))).outages[0].causes[Cause.THEFT] == 1.0
    assert (await past.moment(s(200))).outages == ()
    for closing in (recorder, past):
        await closing.close()


async def test_where_nobody_asked_nothing_is_known(postgres_dsn: str) -> None:
    recorder, past = await PgRecorder.open(postgres_dsn), await PgPast.open(postgres_dsn)
    await write(recorder, s(0), change("B1", DeviceState.UP, s(0)))
    await write(recorder, s(600), change("B1", DeviceState.DOWN, s(590)))
    asleep = await past.moment(s(300))
    assert asleep.states == ()
    assert asleep.unasked_since == s(0)
    assert (await past.moment(s(595))).states == ()
    assert [row.state for row in (await past.moment(s(600))).states] == [DeviceState.DOWN]
    assert (await past.moment(s(659))).unasked_since is None
    assert (await past.moment(s(661))).unasked_since == s(600)
    cut = await stretch(past, s(300), s(4000), timedelta(seconds=10))
    assert cut.until == s(600)
    assert cut.deltas == ()
    for closing in (recorder, past):
        await closing.close()


async def test_before_anything_was_written_nothing_is_known(postgres_dsn: str) -> None:
    past = await PgPast.open(postgres_dsn)
    moment = await past.moment(NOON)
    assert (moment.states, moment.outages) == ((), ())
    bounds = await past.bounds()
    assert (bounds.first_at, bounds.last_at) == (None, None)
    await past.close()


def seed(dsn: str, devices: int, days: int, a_day: int) -> None:
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute(
            b"INSERT INTO device_state SELECT 'D' || n, 'camera', 'up', now(), null, '', '{}'"
            b" FROM generate_series(1, %d) n" % devices
        )
        db.execute(
            b"INSERT INTO state_history SELECT 'D' || n, CASE WHEN k %% 2 = 0 THEN 'up' ELSE 'down' END, '',"
            b" timestamptz '2026-03-01' + k * interval '1 day' / %d,"
            b" timestamptz '2026-03-01' + (k + 1) * interval '1 day' / %d"
            b" FROM generate_series(1, %d) n, generate_series(0, %d) k" % (a_day, a_day, devices, days * a_day - 1)
        )
        db.execute(b"UPDATE log_head SET beat_at = '2026-04-01'")
        db.execute(b"ANALYZE")


async def test_an_instant_of_thirty_days_takes_less_than_300_ms(postgres_dsn: str) -> None:
    seed(postgres_dsn, 1600, 30, 8)
    past = await PgPast.open(postgres_dsn)
    took = []
    for day in (2, 9, 16, 23, 30):
        began = datetime.now(UTC)
        moment = await past.moment(datetime(2026, 3, day, 11, 30, tzinfo=UTC))
        took.append((datetime.now(UTC) - began).total_seconds())
        assert len(moment.states) == 1600
    assert sorted(took)[2] < 0.3, took
    await past.close()
