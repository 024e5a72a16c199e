"""Runs on battery through the watch: events in the batch, forecasts in the rows, nothing lost at a restart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from gisops.config.credentials import Credential
from gisops.diagnosis.likelihood import shipped_causes
from gisops.health.catalogue import shipped_profiles
from gisops.health.power.watch import DARK_HIGH, DARK_LOW, DARK_STATED
from gisops.model.event import EventKind, Reachability
from gisops.model.state import DeviceState
from gisops.service.collector import targets_of
from gisops.service.power_history import recall
from gisops.service.report_batteries import battery_rows, battery_summary
from gisops.service.watch import Watch
from gisops.snmp.ports import Reply
from gisops.store.fake import MemoryStore
from gisops.store.ports import Batch
from tests.cities import small_city

T0 = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
CITY = small_city()
PROFILES = shipped_profiles()
TARGETS = targets_of(CITY, PROFILES, {"street-v2c": Credential("street-v2c", "2c", "x")}, 1.0)
CABINET = PROFILES["cabinet"]


def at(minute: float) -> datetime:
    return T0 + timedelta(minutes=minute)


def reply(readings: Mapping[str, int]) -> Reply:
    raws = tuple(readings.get(metric.name) for metric in CABINET.metrics)
    return Reply(TARGETS["B2"], Reachability.ANSWERED, raws, 0.01)


def mains(minute: float) -> Reply:
    base = {"uptime_s": 100 * int(1e6 + 60 * minute), "battery_status": 2, "door_open": 2, "tilt_deg": 5}
    return reply({**base, "on_battery_s": 0, "battery_charge_pct": 100, "input_voltage_v": 230, "output_power_w": 90})


def battery(minute: float) -> Reply:
    """90 W from a battery of 600 Wh: 15 % an hour, from minute 0 on."""
    base = {"uptime_s": 100 * int(1e6 + 60 * minute), "battery_status": 2, "door_open": 2, "tilt_deg": 5}
    charge = round(100 - 0.25 * minute)
    return reply(
        {
            **base,
            "on_battery_s": int(60 * minute),
            "battery_charge_pct": charge,
            "input_voltage_v": 0,
            "output_power_w": 90,
        }
    )


class Night:
    """A watch that writes into a store after every poll."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.watch = Watch(CITY, PROFILES, shipped_causes(), 60.0, T0)

    async def poll(self, what: Reply, minute: float) -> Batch:
        self.watch.take_reply(what, at(minute))
        batch = self.watch.settle(at(minute))
        await self.store.write(batch)
        return batch


async def on_battery(night: Night, since: int, until: int) -> None:
    for minute in range(since, until):
        await night.poll(battery(minute), minute)


async def test_a_run_on_battery_is_in_the_rows_and_then_in_the_log() -> None:
    night = Night(MemoryStore())
    await night.poll(mains(-1), -1)
    await on_battery(night, 1, 120)
    _, rows = await night.store.states()
    row = next(row for row in rows if row.device_id == "B2")
    assert (row.state, row.reason) == (DeviceState.DEGRADED, "on battery")
    low, high, stated = (row.metrics[name] for name in (DARK_LOW, DARK_HIGH, DARK_STATED))
    assert low is not None
    assert high is not None
    assert stated is not None
    assert at(0).timestamp() + 388 * 60 > stated + 60 * low  # dark at minute 388
    back = await night.poll(mains(120), 120)
    (event,) = [e for e in back.events if e.kind is EventKind.AUTONOMY_MEASURED]
    assert event.payload["end"] == "mains_back"
    _, rows = await night.store.states()
    row = next(row for row in rows if row.device_id == "B2")
    assert row.metrics[DARK_LOW] is None


async def test_a_box_that_went_dark_promises_nothing_any_more() -> None:
    night = Night(MemoryStore())
    await night.poll(mains(-1), -1)
    await on_battery(night, 1, 388)
    batches = [await night.poll(Reply(TARGETS["B2"], Reachability.SILENT), minute) for minute in (388, 389)]
    ends = [e for batch in batches for e in batch.events if e.kind is EventKind.AUTONOMY_MEASURED]
    assert [e.payload["end"] for e in ends] == ["dark"]
    _, rows = await night.store.states()
    row = next(row for row in rows if row.device_id == "B2")
    assert row.state is DeviceState.DOWN
    assert row.metrics[DARK_STATED] is None


async def test_a_stolen_box_is_no_fault_of_its_battery() -> None:
    night = Night(MemoryStore())
    await night.poll(mains(-1), -1)
    await on_battery(night, 1, 388)
    for minute in (388, 389):
        await night.poll(Reply(TARGETS["B2"], Reachability.SILENT), minute)
    (event,) = night.watch.power.taken_away("B2", at(390))
    assert (event.payload["end"], event.payload["ended_high"]) == ("unknown", None)
    assert [episode.end for episode in night.watch.power.episodes_of("B2")] == ["unknown"]
    assert night.watch.power.taken_away("B2", at(391)) == ()


async def test_a_restarted_collector_goes_on_with_the_same_run() -> None:
    store = MemoryStore()
    first = Night(store)
    await first.poll(mains(-1), -1)
    await on_battery(first, 1, 200)
    second = Night(store)
    _, rows = await store.states()
    second.watch.restore(rows, [], [])
    assert await recall(second.watch.power, store, PROFILES, at(205)) == ()
    said = second.watch.power.time_to_dark("B2")
    assert said is not None
    assert said.mid_s / 60 == pytest.approx(188, abs=8)
    back = await second.poll(mains(206), 206)
    (event,) = [e for e in back.events if e.kind is EventKind.AUTONOMY_MEASURED]
    assert event.payload["charge_start_pct"] == 100
    assert event.payload["lasted_low_h"] == pytest.approx(199 / 60, abs=0.01)


async def test_a_run_that_ended_while_nobody_wrote_is_given_back_with_the_same_id() -> None:
    store = MemoryStore()
    night = Night(store)
    await night.poll(mains(-1), -1)
    await on_battery(night, 1, 100)
    # The last batch came through without its row: the store still says "on battery".
    _, before = await store.states()
    row = next(row for row in before if row.device_id == "B2")
    done = await night.poll(mains(100), 100)
    await store.write(Batch(at(100), states=[row]))
    fresh = Watch(CITY, PROFILES, shipped_causes(), 60.0, T0)
    again = await recall(fresh.power, store, PROFILES, at(101))
    assert [e.id for e in again] == [e.id for e in done.events if e.kind is EventKind.AUTONOMY_MEASURED]
    assert len(fresh.power.episodes_of("B2")) == 1


async def test_a_refusal_says_nothing_of_the_power() -> None:
    night = Night(MemoryStore())
    await night.poll(mains(-1), -1)
    await on_battery(night, 1, 388)
    for minute in (388, 389, 390):
        batch = await night.poll(Reply(TARGETS["B2"], Reachability.REFUSED), minute)
        assert EventKind.AUTONOMY_MEASURED not in {e.kind for e in batch.events}


async def test_the_report_says_what_was_measured_and_what_is_open() -> None:
    night = Night(MemoryStore())
    await night.poll(mains(-1), -1)
    await on_battery(night, 1, 388)
    for minute in (388, 389):
        await night.poll(Reply(TARGETS["B2"], Reachability.SILENT), minute)
    events = [s.event for s in await night.store.events_of(EventKind.AUTONOMY_MEASURED, T0)]
    rows = battery_rows(CITY, events)
    assert [row["box"] for row in rows if row["episodes"]] == ["B2"]
    row = next(row for row in rows if row["box"] == "B2")
    # Dark between minute 387 and 388 of its battery: 6.46 h of 8.
    assert row["autonomy_h"] == pytest.approx(387.5 / 60, abs=0.02)
    assert (row["autonomy_is"], row["contract"], row["darknesses"]) == ("measured", "missed", 1)
    assert row["share_of_contract_pct"] == pytest.approx(100 * 387.5 / 480, abs=0.2)
    assert row["contractor"] == CITY.boxes["B2"].contractor
    summary = battery_summary(rows)
    assert (summary["boxes"], summary["measured"], summary["missed"]) == (len(CITY.boxes), 1, 1)
    short = battery_rows(CITY, events, contract_h=6.0)
    assert next(row for row in short if row["box"] == "B2")["contract"] == "met"
