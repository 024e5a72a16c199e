"""The SQL behind availability, against a count minute by minute of random histories; and what keeps it right."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from gisops.health.availability import Line
from gisops.health.machine import Track
from gisops.model.event import Event, EventKind
from gisops.model.maintenance import MaintenanceWindow
from gisops.model.membership import GroupKind
from gisops.model.state import DeviceKind, DeviceState
from gisops.service.ledger import Ledger
from gisops.store.availability import Day
from gisops.store.availability_ask import Question, ask
from gisops.store.availability_days import local_days, roll_up_days
from gisops.store.ports import Batch
from gisops.store.recorder import PgRecorder
from gisops.store.sessions import connect
from tests.integration.availability_truth import City, Outcome, Win, truth

pytestmark = pytest.mark.integration

KARACHI = ZoneInfo("Asia/Karachi")
T0 = datetime(2026, 3, 1, 15, 0, tzinfo=UTC)
HORIZON = 3 * 1440
MIDNIGHTS = (240, 1680, 3120)  # 19:00 UTC is midnight in Karachi: 240 minutes after T0
DEVICES = ("C1", "C2", "C3")
PLACES = (("south", "Alpha"), ("south", "Beta"), ("west", "Alpha"))
TABLES = (
    "event, state_history, device_state, membership, maintenance, failure, collector_gap, availability_day, "
    "availability_done, outage_life, outage_member"
)


def at(minute: int) -> datetime:
    return T0 + timedelta(minutes=minute)


minutes = st.integers(0, HORIZON - 2)
spans = st.tuples(minutes, st.integers(1, 900)).map(lambda s: (s[0], min(HORIZON - 1, s[0] + s[1])))
scopes = st.sampled_from(
    [("device", "C1"), ("device", "C2"), ("district", "south"), ("contractor", "Alpha"), ("all", "all")]
)
histories = st.dictionaries(minutes, st.sampled_from(list(DeviceState)), max_size=12)
moves = st.dictionaries(st.integers(100, HORIZON - 2), st.sampled_from([*PLACES, None]), max_size=2)


@st.composite
def cities(draw: st.DrawFn) -> City:
    places = {}
    for device in DEVICES:
        first = draw(st.sampled_from(PLACES))
        places[device] = {draw(st.sampled_from([0, 0, 500])): first, **draw(moves)}
    windows = [Win(scope, *span) for scope, span in draw(st.lists(st.tuples(scopes, spans), max_size=4))]
    gaps = sorted(draw(st.lists(spans, max_size=2)))
    return City({device: draw(histories) for device in DEVICES}, places, windows, gaps)


async def play(dsn: str, city: City) -> None:
    """Have the city happen: through the recorder, with the days rolled up before the last window is planned."""
    connection, recorder = await connect(dsn), await PgRecorder.open(dsn)
    try:
        await lay_out(connection, city)
        for window in city.windows[:-1]:
            await recorder.note(planned(window))
        await change_states(recorder, city)
        await connection.execute("TRUNCATE collector_gap")
        await connection.executemany(
            """INSERT INTO collector_gap VALUES ($1, $2)
            ON CONFLICT (t0) DO UPDATE SET t1 = greatest(collector_gap.t1, $2)""",
            [(at(a), at(b)) for a, b in city.gaps],
        )
        made = await roll_up_days(connection, KARACHI, at(HORIZON))
        for window in city.windows[-1:]:
            await recorder.note(planned(window))
        if len(city.windows) % 2:
            assert await roll_up_days(connection, KARACHI, at(HORIZON)) <= made
    finally:
        await recorder.close()
        await connection.close()


async def lay_out(connection: Any, city: City) -> None:
    await connection.execute(f"TRUNCATE {TABLES}")
    await connection.execute("UPDATE log_head SET seq = 0, beat_at = NULL; UPDATE tally_head SET seq = 0")
    await connection.executemany(
        """INSERT INTO membership (device_id, t0, t1, kind, box_id, site_id, station_id, district_id, contractor)
        VALUES ($1, $2, coalesce($3::timestamptz, 'infinity'), 'camera', 'B', 'S', 'P', $4, $5)""",
        [(d, at(start), None if end is None else at(end), *place) for d, place, start, end in pieces(city)],
    )


async def change_states(recorder: PgRecorder, city: City) -> None:
    tracks = {device: Track(device, DeviceState.UNKNOWN, at(0)) for device in DEVICES}
    changes = sorted((m, d, s) for d, states in city.states.items() for m, s in states.items())
    for minute, device, state in changes:
        before = tracks[device]
        if state is not before.state:
            ledger = Ledger()
            tracks[device] = Track(device, state, at(minute))
            ledger.add_state(DeviceKind.CAMERA, before, tracks[device], at(minute))
            await recorder.write(ledger.take(at(minute)))
    await recorder.write(Batch(at(HORIZON)))


def pieces(city: City) -> list[tuple[str, tuple[str, str], int, int | None]]:
    found = []
    for device, changes in city.places.items():
        order = sorted(changes)
        for start, end in zip(order, [*order[1:], None], strict=True):
            place = changes[start]
            if place is not None:
                found.append((device, place, start, end))
    return found


def planned(window: Win) -> list[Event]:
    """Plan it for longer than it will be, then end it early."""
    name = f"{window}"
    whole = MaintenanceWindow(
        name, GroupKind(window.scope[0]), window.scope[1], at(window.start), at(window.end + 60), "Ali"
    )
    ended = {"ends_at": at(window.end).isoformat(), "by": "Ali", "note": ""}
    now = at(0)
    return [
        Event(f"p{name}", EventKind.MAINTENANCE_PLANNED, name, now, now, whole.to_json()),
        Event(f"e{name}", EventKind.MAINTENANCE_CANCELLED, name, now, now, ended),
    ]


def found(lines: list[Line]) -> dict[Any, Any]:
    result = {}
    for line in lines:
        times = [line.times.available_s, line.times.lost_s, line.times.unknown_s, line.times.maintenance_s]
        counts = line.counts
        counted = (counts.failures, counts.restored, round(counts.repair_s / 60, 6), counts.open)
        result[line.day, line.key] = (line.devices, *(round(seconds / 60, 6) for seconds in times), *counted)
    return result


def expected(outcomes: dict[tuple[str, str], Outcome], day: Any = None) -> dict[Any, Any]:
    return {
        (day, place): (
            len(o.devices),
            *(o.available, o.lost, o.unknown, o.maintenance),
            *(o.failures, o.restored, o.repair, o.open),
        )
        for place, o in outcomes.items()
    }


@seed(20260301)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(cities(), spans)
def test_every_period_and_every_day_is_what_counting_minutes_gives(
    postgres_dsn: str, city: City, period: tuple[int, int]
) -> None:
    by = (GroupKind.DISTRICT, GroupKind.CONTRACTOR)
    start, end = period
    now = at(HORIZON)
    everything = (at(0), now)

    async def answers() -> tuple[list[Line], list[Line], list[Line]]:
        await play(postgres_dsn, city)
        question = Question(by, (at(start), at(end)), tuple(DeviceKind))
        whole, _ = await ask(postgres_dsn, question, now)
        days, _ = await ask(postgres_dsn, Question(by, everything, tuple(DeviceKind), day_zone=KARACHI), now)
        causes, _ = await ask(postgres_dsn, Question((), (at(start), at(end)), tuple(DeviceKind), True), now)
        return whole, days, causes

    whole, days, causes = asyncio.run(answers())
    assert found(whole) == expected(truth(city, start, end, HORIZON))
    by_day = {}
    bounds = [0, *MIDNIGHTS, HORIZON]
    for n, (first, last) in enumerate(pairwise(bounds)):
        by_day.update(expected(truth(city, first, last, HORIZON), datetime(2026, 3, 1 + n, tzinfo=UTC).date()))
    assert found(days) == by_day
    # No outage was judged: everything that was lost is of a cause that is not known.
    sums: dict[str, float] = defaultdict(float)
    for outcome in truth(city, start, end, HORIZON).values():
        sums["lost"] += outcome.lost
        sums["failures"] += outcome.failures
    assert [line.key for line in causes] in ([("unknown",)], [])
    assert sum(line.times.lost_s for line in causes) == pytest.approx(sums["lost"] * 60)
    assert sum(line.counts.failures for line in causes) == sums["failures"]


def test_days_are_those_of_karachi() -> None:
    assert list(local_days((at(0), at(300)), KARACHI)) == [
        Day(datetime(2026, 3, 1, tzinfo=UTC).date(), (at(0), at(240))),
        Day(datetime(2026, 3, 2, tzinfo=UTC).date(), (at(240), at(300))),
    ]
