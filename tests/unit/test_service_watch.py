"""From polls and traps to states, outages and events: a minute in the small city, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gisops.config.credentials import Credential
from gisops.diagnosis.likelihood import shipped_causes
from gisops.health.catalogue import shipped_profiles
from gisops.health.profile import Profile
from gisops.model.event import EventKind, Reachability
from gisops.model.outage import Cause
from gisops.model.state import DeviceState
from gisops.service.collector import targets_of
from gisops.service.watch import Watch
from gisops.snmp.ports import Reply, Trap
from gisops.store.ports import Batch
from tests.cities import small_city

T0 = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
CITY = small_city()
PROFILES = shipped_profiles()
TARGETS = targets_of(CITY, PROFILES, {"street-v2c": Credential("street-v2c", "2c", "x")}, 1.0)
DOOR_TRAP = "1.3.6.1.4.1.32473.1.0.1"
TILT_TRAP = "1.3.6.1.4.1.32473.1.0.2"
DOOR = "1.3.6.1.2.1.99.1.1.1.4.2"
TILT = "1.3.6.1.2.1.99.1.1.1.4.3"
CALM = {"on_battery_s": 0, "battery_charge_pct": 100, "door_open": 2, "tilt_deg": 5, "battery_status": 2}


def at(second: float) -> datetime:
    return T0 + timedelta(seconds=second)


def raw(profile: Profile, readings: Mapping[str, int]) -> tuple[int | None, ...]:
    return tuple(readings.get(metric.name) for metric in profile.metrics)


class Minute:
    """A watch over the small city that every device answered at second 1."""

    def __init__(self) -> None:
        self.watch = Watch(CITY, PROFILES, shipped_causes(), 30.0, T0)
        self.answer(TARGETS, 1)
        self.first = self.watch.settle(at(1))

    def answer(self, ids: Iterable[str], second: float, **readings: int) -> None:
        for device_id in ids:
            target = TARGETS[device_id]
            values = raw(PROFILES[CITY.devices[device_id].profile], {**CALM, **readings})
            self.watch.take_reply(Reply(target, Reachability.ANSWERED, values, 0.01), at(second))

    def miss(self, ids: Iterable[str], second: float) -> Batch:
        """Let some be silent, while somebody else is heard."""
        ids = list(ids)
        self.answer([next(b for b in reversed(list(CITY.boxes)) if b not in ids)], second - 0.01)
        for device_id in ids:
            self.watch.take_reply(Reply(TARGETS[device_id], Reachability.SILENT), at(second))
        return self.watch.settle(at(second))

    def trap(self, box_id: str, oid: str, values: tuple[tuple[str, int], ...], second: float) -> str | None:
        source = CITY.boxes[box_id].address if box_id in CITY.boxes else "127.99.0.1"
        return self.watch.take_trap(Trap(source, at(second), oid, 1.0, values))


def test_the_first_answers_bring_everyone_up_and_open_nothing() -> None:
    minute = Minute()
    assert {row.state for row in minute.first.states} == {DeviceState.UP}
    assert len(minute.first.states) == len(minute.first.samples) == 15
    assert minute.first.outages == ()


def test_a_theft_is_one_outage_with_traps_before_and_cameras_inside() -> None:
    minute = Minute()
    assert minute.trap("B2", DOOR_TRAP, ((DOOR, 1),), 10) == "B2"
    assert minute.trap("B2", TILT_TRAP, ((TILT, 420),), 12) == "B2"
    warned = minute.watch.settle(at(12))
    assert [(r.device_id, r.state, r.reason) for r in warned.states] == [
        ("B2", DeviceState.DEGRADED, "door open; tilted")
    ]
    (alarm,) = warned.outages
    assert (alarm.root_id, alarm.member_ids, alarm.opened_at) == ("B2", (), at(10))
    assert alarm.causes[Cause.TAMPER] + alarm.causes[Cause.THEFT] > 0.9
    assert minute.watch.on_alert(at(12)) == {"B2"}
    gone = ["B2", "C2-1", "C2-2"]
    assert minute.miss(gone, 20).outages == ()
    lost = minute.miss(gone, 22)
    (outage,) = lost.outages
    assert (outage.id, outage.opened_at) == (alarm.id, alarm.opened_at)
    assert (outage.root_id, outage.member_ids, outage.likeliest) == ("B2", tuple(gone), Cause.THEFT)
    assert minute.watch.state_of("C2-1") is DeviceState.UNREACHABLE
    assert [e.kind for e in warned.events].count(EventKind.OUTAGE_OPENED) == 1
    assert [e.kind for e in lost.events].count(EventKind.OUTAGE_UPDATED) == 1
    assert minute.watch.on_alert(at(22)) == frozenset()


def test_a_door_that_was_shut_again_is_no_evidence_any_more() -> None:
    minute = Minute()
    minute.trap("B2", DOOR_TRAP, ((DOOR, 1),), 10)
    minute.trap("B2", TILT_TRAP, ((TILT, 420),), 12)
    minute.answer(["B2"], 40)
    gone = ["B2", "C2-1", "C2-2"]
    minute.miss(gone, 60)
    (outage,) = minute.miss(gone, 62).outages
    assert outage.likeliest is not Cause.THEFT
    assert "door of B2 was shut at its last word" in [e.text for e in outage.evidence]


def test_a_silent_camera_asks_for_its_box_and_waits_for_the_answer() -> None:
    minute = Minute()
    minute.miss(["C1-1"], 31)
    assert minute.watch.take_urgent() == {"C1-1", "C1-2", "B1"}
    minute.miss(["C1-1"], 33)
    assert minute.watch.state_of("C1-1") is DeviceState.UP
    minute.answer(["B1"], 33.5)
    (outage,) = minute.miss(["C1-1"], 35).outages
    assert (outage.root_id, outage.likeliest) == ("C1-1", Cause.CAMERA_FAULT)


def test_boxes_behind_a_cut_span_are_unreachable_not_down() -> None:
    minute = Minute()
    gone = ["B4", "B5", "C4-1", "C4-2", "C5-1", "C5-2"]
    minute.miss(gone, 20)
    batch = minute.miss(gone, 22)
    (outage,) = batch.outages
    assert (outage.root_id, outage.likeliest) == ("S5", Cause.FIBRE_CUT)
    assert minute.watch.state_of("B4") is DeviceState.UNREACHABLE
    assert minute.miss(gone, 50).states == ()
    assert minute.watch.state_of("B4") is DeviceState.UNREACHABLE


def test_a_trap_from_a_stranger_changes_nothing() -> None:
    minute = Minute()
    assert minute.trap("nobody", DOOR_TRAP, ((DOOR, 1),), 10) is None
    batch = minute.watch.settle(at(10))
    assert (batch.events, batch.states) == ((), ())


def test_a_restart_keeps_states_and_open_outages_without_saying_them_again() -> None:
    minute = Minute()
    minute.miss(["B1", "C1-1", "C1-2"], 20)
    lost = minute.miss(["B1", "C1-1", "C1-2"], 22)
    later = Watch(CITY, PROFILES, shipped_causes(), 30.0, at(60))
    rows = {row.device_id: row for row in (*minute.first.states, *lost.states)}
    later.restore(rows.values(), lost.outages, ())
    assert later.state_of("B1") is DeviceState.DOWN
    assert later.settle(at(60)).events == ()
    later.take_reply(Reply(TARGETS["B1"], Reachability.ANSWERED, raw(PROFILES["cabinet"], CALM), 0.01), at(61))
    assert later.state_of("B1") is DeviceState.UP


def test_a_silent_box_has_its_feeder_and_span_fellows_asked_once_each() -> None:
    minute = Minute()
    minute.miss(["B4"], 31)
    asked = minute.watch.take_urgent()
    fellows = {b for b in CITY.boxes if CITY.boxes[b].feeder_id == CITY.boxes["B4"].feeder_id}
    assert {"B4", "C4-1", "C4-2", "B5"} | fellows <= asked
    minute.answer(asked - {"B4", "C4-1", "C4-2"}, 31.5)
    minute.miss(["B4"], 31.6)
    assert minute.watch.take_urgent() == set()
    assert minute.watch.state_of("B4") is DeviceState.DOWN


def test_a_box_whose_cameras_answer_is_not_lost() -> None:
    minute = Minute()
    minute.miss(["B4"], 31)
    minute.answer(["C4-1"], 31.5)
    batch = minute.miss(["B4"], 33)
    (row,) = [row for row in batch.states if row.device_id == "B4"]
    assert (row.state, row.reason) == (DeviceState.DEGRADED, "agent dead: snmp silent, its cameras answer")
    assert batch.outages == ()
    minute.miss(["C4-1", "C4-2"], 40)
    (outage,) = minute.miss(["B4", "C4-1", "C4-2"], 42).outages
    assert outage.member_ids == ("B4", "C4-1", "C4-2")


def test_when_nobody_answers_we_say_that_we_are_blind_and_nobody_is_lost() -> None:
    minute = Minute()
    everybody = list(TARGETS)
    watch = minute.watch
    for device_id in everybody[:6]:
        watch.take_reply(Reply(TARGETS[device_id], Reachability.SILENT), at(31))
    canaries = watch.take_urgent()
    assert set(CITY.boxes) - set(everybody[:6]) <= canaries
    for second in (32, 33, 34):
        for device_id in everybody:
            watch.take_reply(Reply(TARGETS[device_id], Reachability.SILENT), at(second))
    batch = watch.settle(at(34))
    (outage,) = batch.outages
    assert (outage.root_id, outage.member_ids, outage.likeliest) == ("collector", (), Cause.UPSTREAM_FAULT)
    assert outage.opened_at == at(1)
    assert not any(row.state.is_lost for row in batch.states)
    minute.answer(["B1"], 40)
    (closed,) = watch.settle(at(40)).outages
    assert closed.closed_at == at(40)
    assert minute.miss(["B4"], 41).states == ()


def test_a_new_inventory_keeps_states_and_says_once_who_is_gone() -> None:
    minute = Minute()
    smaller = replace(
        CITY,
        boxes={k: v for k, v in CITY.boxes.items() if k != "B5"},
        cameras={k: v for k, v in CITY.cameras.items() if v.box_id != "B5"},
    )
    minute.watch.adopt(smaller, PROFILES, at(10))
    batch = minute.watch.settle(at(10))
    assert {(r.device_id, r.state) for r in batch.states} == {
        (d, DeviceState.UNKNOWN) for d in ("B5", "C5-1", "C5-2")
    }
    assert minute.watch.state_of("B1") is DeviceState.UP
    minute.answer(["B5"], 11)
    assert minute.watch.settle(at(11)).samples == ()
    minute.watch.adopt(CITY, PROFILES, at(12))
    assert minute.watch.state_of("B5") is DeviceState.UNKNOWN
    assert minute.watch.settle(at(12)).states == ()
