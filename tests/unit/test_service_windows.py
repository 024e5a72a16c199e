"""Announced work excuses what begins inside it: a timeline in the small city, second by second."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gisops.diagnosis.likelihood import shipped_causes
from gisops.model.event import EventKind
from gisops.model.maintenance import MaintenanceWindow
from gisops.model.membership import GroupKind
from gisops.model.state import DeviceState
from gisops.service.replay import Replay, in_order
from gisops.service.watch import Watch
from gisops.store.ports import Batch
from tests.unit.test_service_watch import CITY, PROFILES, T0, Minute, at

BOX = ["B2", "C2-1", "C2-2"]
WORK = DeviceState.MAINTENANCE


def window(start: float, end: float, scope: GroupKind = GroupKind.BOX, scope_id: str = "B2") -> MaintenanceWindow:
    return MaintenanceWindow(f"M{start}", scope, scope_id, at(start), at(end), "Ali", "swap the battery")


def lose(minute: Minute, second: float, ids: list[str] = BOX) -> Batch:
    """Miss two polls two seconds apart, as a loss is confirmed."""
    minute.miss(ids, second)
    return minute.miss(ids, second + 2)


def shown(batch: Batch) -> dict[str, DeviceState]:
    return {row.device_id: row.state for row in batch.states}


def test_a_loss_inside_a_window_is_maintenance_and_no_outage() -> None:
    minute = Minute()
    minute.watch.announce([window(5, 100)], at(2))
    lost = lose(minute, 20)
    assert shown(lost) == dict.fromkeys(BOX, WORK)
    assert lost.outages == ()
    assert {row.reason.split(":")[0] for row in lost.states} == {"announced work"}
    # It is judged all the same.
    assert minute.watch.state_of("B2") is DeviceState.DOWN
    assert minute.watch.state_of("C2-1") is DeviceState.UNREACHABLE
    minute.answer(BOX, 60)
    back = minute.watch.settle(at(60))
    assert shown(back) == dict.fromkeys(BOX, DeviceState.UP)
    assert minute.watch.settle(at(101)).outages == ()


def test_a_device_that_answers_is_shown_as_it_is() -> None:
    minute = Minute()
    minute.watch.announce([window(5, 100)], at(2))
    assert minute.watch.settle(at(6)).states == ()
    minute.answer(["B2"], 10, door_open=1)
    (row,) = minute.watch.settle(at(10)).states
    assert (row.state, row.reason) == (DeviceState.DEGRADED, "door open")


def test_a_loss_that_outlasts_the_window_is_an_outage_at_once_and_counts_from_then() -> None:
    minute = Minute()
    minute.watch.announce([window(5, 80)], at(2))
    lose(minute, 20)
    assert minute.watch.settle(at(79.9)).states == ()
    over = minute.watch.settle(at(80))
    assert shown(over) == {"B2": DeviceState.DOWN, "C2-1": DeviceState.UNREACHABLE, "C2-2": DeviceState.UNREACHABLE}
    assert {row.since for row in over.states} == {at(80)}
    (outage,) = over.outages
    assert (outage.root_id, outage.member_ids, outage.opened_at) == ("B2", tuple(BOX), at(80))
    changes = [e.payload for e in over.events if e.kind is EventKind.STATE_CHANGED]
    assert [(c["old"], c["since"]) for c in changes] == [("maintenance", at(80).isoformat())] * 3


def test_work_that_is_ended_early_excuses_no_longer() -> None:
    minute = Minute()
    minute.watch.announce([window(5, 100)], at(2))
    lose(minute, 20)
    minute.watch.announce([replace(window(5, 100), ends_at=at(40))], at(40))
    assert [o.root_id for o in minute.watch.settle(at(40)).outages] == ["B2"]


def test_a_loss_from_before_the_work_stays_an_outage() -> None:
    minute = Minute()
    minute.watch.announce([window(30, 100)], at(2))
    assert len(lose(minute, 20).outages) == 1
    during = minute.watch.settle(at(50))
    assert not during.states
    assert not during.outages
    # Once it has answered, it is the work that takes it away.
    minute.answer(BOX, 60)
    assert [o.closed_at for o in minute.watch.settle(at(60)).outages] == [at(60)]
    again = lose(minute, 70)
    assert shown(again) == dict.fromkeys(BOX, WORK)
    assert again.outages == ()


def test_work_announced_too_late_takes_its_outage_back() -> None:
    minute = Minute()
    lose(minute, 20)
    minute.watch.announce([window(15, 100)], at(30))
    late = minute.watch.settle(at(30))
    assert shown(late) == dict.fromkeys(BOX, WORK)
    assert [o.closed_at for o in late.outages] == [at(30)]


def test_one_window_goes_over_into_the_next_without_an_outage() -> None:
    minute = Minute()
    minute.watch.announce([window(5, 50), window(40, 100)], at(2))
    lose(minute, 20)
    assert minute.watch.settle(at(50)).states == ()
    assert len(minute.watch.settle(at(100)).outages) == 1


def test_what_hangs_on_a_box_that_is_worked_on_is_excused_with_it() -> None:
    minute = Minute()
    minute.watch.announce([window(5, 100, GroupKind.DEVICE)], at(2))
    lost = lose(minute, 20)
    assert shown(lost) == dict.fromkeys(BOX, WORK)
    assert lost.outages == ()


def test_a_camera_of_its_own_fault_is_not_excused_by_its_box() -> None:
    minute = Minute()
    minute.watch.announce([window(5, 100, GroupKind.DEVICE)], at(2))
    minute.miss(["C2-1"], 20)
    minute.answer(["B2"], 21)
    lost = minute.miss(["C2-1"], 22)
    assert shown(lost) == {"C2-1": DeviceState.DOWN}
    assert [o.root_id for o in lost.outages] == ["C2-1"]


@pytest.mark.parametrize(("scope", "scope_id"), [(GroupKind.ALL, "all"), (GroupKind.SITE, CITY.boxes["B2"].site_id)])
def test_any_scope_covers_what_is_in_it(scope: GroupKind, scope_id: str) -> None:
    minute = Minute()
    minute.watch.announce([window(5, 100, scope, scope_id)], at(2))
    assert shown(lose(minute, 20))["B2"] is WORK


def test_a_door_that_is_opened_for_the_work_is_no_intrusion_until_the_work_ends() -> None:
    minute = Minute()
    minute.watch.announce([window(5, 60)], at(2))
    minute.watch.settle(at(5))
    minute.answer(["B2"], 10, door_open=1)
    assert minute.watch.settle(at(10)).outages == ()
    # Lost with its door open: that says nothing either.
    assert lose(minute, 20).outages == ()
    minute.answer(BOX, 40)
    minute.answer(["B2"], 42, door_open=1)
    assert minute.watch.settle(at(42)).outages == ()
    # The crew has left and the door is still open.
    (outage,) = minute.watch.settle(at(60)).outages
    assert outage.root_id == "B2"


def test_a_cut_is_found_though_a_box_behind_it_is_worked_on() -> None:
    # Behind S4 stand B3, B4 and B5.
    members = sorted(
        device_id for box_id in ("B3", "B4", "B5") for device_id in (box_id, *CITY.cameras_of_box[box_id])
    )
    (plain,) = lose(Minute(), 20, members).outages
    assert plain.root_id == "S4"
    minute = Minute()
    minute.watch.announce([window(5, 80, GroupKind.BOX, "B5")], at(2))
    (cut,) = lose(minute, 20, members).outages
    assert cut.root_id == "S4"
    assert set(cut.member_ids) == set(members) - {"B5", *CITY.cameras_of_box["B5"]}


def test_a_restart_inside_a_window_forgets_neither_the_verdict_nor_the_excuse() -> None:
    minute = Minute()
    minute.watch.announce([window(5, 100)], at(2))
    rows = lose(minute, 20).states
    later = Watch(CITY, PROFILES, shipped_causes(), 30.0, T0)
    later.restore(rows, (), ())
    later.announce([window(5, 100)], at(50))
    assert later.settle(at(50)).states == ()
    assert later.state_of("B2") is DeviceState.DOWN
    assert later.state_of("C2-1") is DeviceState.UNREACHABLE
    assert len(later.settle(at(100)).outages) == 1


def test_a_restart_after_the_window_opens_the_outage_at_once() -> None:
    minute = Minute()
    minute.watch.announce([window(5, 100)], at(2))
    rows = lose(minute, 20).states
    later = Watch(CITY, PROFILES, shipped_causes(), 30.0, T0)
    later.restore(rows, (), ())
    later.announce([], at(105))
    (outage,) = later.settle(at(105)).outages
    assert outage.opened_at == at(105)


def test_a_device_taken_out_of_the_inventory_is_excused_no_more() -> None:
    minute = Minute()
    minute.watch.announce([window(5, 100)], at(2))
    lose(minute, 20)
    cameras = {i: c for i, c in CITY.cameras.items() if i != "C2-1"}
    minute.watch.adopt(replace(CITY, cameras=cameras), PROFILES, at(30))
    assert minute.watch.settle(at(30)).outages == ()
    # Who is left is worked on as before: an open door is still none.
    minute.answer(["B2"], 40, door_open=1)
    assert minute.watch.settle(at(40)).outages == ()
    minute.miss(["B2"], 50)
    assert minute.miss(["B2"], 52).outages == ()
    (outage,) = minute.watch.settle(at(100)).outages
    assert outage.member_ids == ("B2", "C2-2")


def test_the_log_played_again_says_the_same_of_a_loss_inside_a_window() -> None:
    minute = Minute()
    minute.watch.announce([window(5, 80)], at(2))
    batches = [minute.first, lose(minute, 20), minute.watch.settle(at(80))]
    live = [outage.root_id for batch in batches for outage in batch.outages]
    events = [event for batch in batches for event in batch.events]
    again = list(Replay(CITY, shipped_causes()).run(in_order(events)))
    assert live == [outage.root_id for outage in again if outage.closed_at is None][:1] == ["B2"]
    assert {outage.opened_at for outage in again} == {at(80)}
