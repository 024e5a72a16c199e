"""News of a device whose state stays: no failure begins or ends by it; a rare kind of event is found quickly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gisops.health.machine import Track
from gisops.model.event import Event, EventKind
from gisops.model.membership import GroupKind
from gisops.model.state import DeviceKind, DeviceState
from gisops.service.ledger import Ledger
from gisops.store.availability_ask import Question, ask
from gisops.store.ports import Batch
from gisops.store.reader import PgReader
from gisops.store.recorder import PgRecorder
from gisops.store.sessions import connect
from gisops.store.tally import catch_up

pytestmark = pytest.mark.integration

T0 = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
PLACE = """INSERT INTO membership (device_id, t0, kind, box_id, site_id, station_id, district_id, contractor)
VALUES ('B1', $1, 'box', 'B1', 'S', 'P', 'south', 'Alpha')"""


def at(minute: float) -> datetime:
    return T0 + timedelta(minutes=minute)


async def tell(recorder: PgRecorder, before: Track, state: DeviceState, minute: float, **metrics: float) -> Track:
    """Write a state as the collector does: ``since`` moves only where the state does."""
    since = before.since if state is before.state else at(minute)
    after = Track("B1", state, since, state.value, seen_at=before.seen_at, metrics=metrics)
    ledger = Ledger()
    ledger.add_state(DeviceKind.BOX, before, after, at(minute))
    await recorder.write(ledger.take(at(minute)))
    return after


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_newer_forecast_of_an_unchanged_state_is_no_failure(postgres_dsn: str, at_once: bool) -> None:
    connection, recorder = await connect(postgres_dsn), await PgRecorder.open(postgres_dsn)
    try:
        await connection.execute(PLACE, T0)
        track = Track("B1", DeviceState.UNKNOWN, T0)
        story = [
            (DeviceState.UP, 0.0),
            (DeviceState.DEGRADED, 10.0),  # on battery, then three forecasts
            (DeviceState.DEGRADED, 11.0),
            (DeviceState.DEGRADED, 12.0),
            (DeviceState.DEGRADED, 13.0),
            (DeviceState.DOWN, 20.0),  # and once lost, the same again
            (DeviceState.DOWN, 21.0),
            (DeviceState.DOWN, 22.0),
            (DeviceState.UP, 50.0),
            (DeviceState.UP, 55.0),
        ]
        # A heartbeat every minute: nobody was away meanwhile.
        for minute in range(61):
            for state, _ in [entry for entry in story if entry[1] == minute]:
                track = await tell(recorder, track, state, minute, time_to_dark_h=8.0 - minute / 60)
                if not at_once:
                    await catch_up(connection)
            await recorder.write(Batch(at(minute)))
        (line,), _ = await ask(postgres_dsn, Question((GroupKind.BOX,), (at(0), at(60)), (DeviceKind.BOX,)), at(60))
        assert (line.times.available_s, line.times.lost_s, line.times.unknown_s) == (30 * 60.0, 30 * 60.0, 0.0)
        assert (line.counts.failures, line.counts.restored, line.counts.repair_s) == (1, 1, 30 * 60.0)
        kept = await connection.fetch("SELECT state, t0, t1 FROM state_history WHERE device_id = 'B1' ORDER BY t0")
        assert [(row["state"], row["t0"], row["t1"]) for row in kept] == [
            ("up", at(0), at(10)),
            ("degraded", at(10), at(20)),
            ("down", at(20), at(50)),
            ("up", at(50), None),
        ]
    finally:
        await recorder.close()
        await connection.close()


async def _plan(connection: Any, kind: str) -> str:
    statement = "EXPLAIN SELECT * FROM event WHERE kind = $1 AND occurred_at >= $2 ORDER BY seq"
    return "\n".join(row[0] for row in await connection.fetch(statement, kind, at(0)))


async def test_events_of_a_rare_kind_are_found_by_an_index(postgres_dsn: str) -> None:
    connection, recorder = await connect(postgres_dsn), await PgRecorder.open(postgres_dsn)
    reader = await PgReader.open(postgres_dsn)
    try:
        await recorder.note([Event("m1", EventKind.AUTONOMY_MEASURED, "B1", at(1), at(1), {"why": "x"})])
        await connection.execute(
            """INSERT INTO event SELECT n + 1, 'n' || n, 'state_changed', 'B1', $1::timestamptz, $1, '{}'
            FROM generate_series(1, 5000) AS n""",
            at(0),
        )
        await connection.execute("ANALYZE event")
        for _ in range(8):  # A statement that has been asked often is planned for any kind, if that looks cheaper.
            assert "event_kind" in await _plan(connection, "autonomy_measured")
        assert [e.event.id for e in await reader.events_of(EventKind.AUTONOMY_MEASURED, at(0))] == ["m1"]
    finally:
        await reader.close()
        await recorder.close()
        await connection.close()
