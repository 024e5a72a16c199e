"""Turns over time, worked out by hand: spread, drift-free, hastened, nobody twice."""

from __future__ import annotations

from itertools import pairwise

from gisops.snmp.schedule import Schedule

IDS = [f"d{n}" for n in range(1000)]


def test_every_device_has_one_turn_an_interval_at_its_own_place() -> None:
    schedule = Schedule(IDS, 30.0, start=0.0)
    first = {d: schedule.next_at(d) for d in IDS}
    turns: dict[str, list[int]] = {d: [] for d in IDS}
    for second in range(1, 91):
        for device_id in schedule.due(float(second)):
            turns[device_id].append(second)
    assert {len(t) for t in turns.values()} == {3}
    assert all(b - a == 30 for t in turns.values() for a, b in pairwise(t))
    assert {schedule.next_at(d) - first[d] for d in IDS} == {90.0}


def test_no_herd_forms() -> None:
    schedule = Schedule(IDS, 30.0, start=0.0)
    sizes = [len(schedule.due(float(second))) for second in range(1, 31)]
    # 33 a second on average; a binomial spread stays well below twice that.
    assert max(sizes) < 66
    assert min(sizes) > 8


def test_a_hastened_device_goes_first_and_keeps_its_regular_turn() -> None:
    schedule = Schedule(["a", "b"], 30.0, start=0.0)
    regular = schedule.next_at("a")
    schedule.hasten(["a", "stranger"], now=0.0)
    assert schedule.due(-1.0) == ["a"]
    assert schedule.due(-1.0) == []
    assert schedule.next_at("a") == regular


def test_missed_turns_are_not_made_up_for_and_keep_their_place() -> None:
    schedule = Schedule(["a"], 30.0, start=0.0)
    phase = schedule.next_at("a")
    assert schedule.due(phase + 95.0) == ["a"]
    assert schedule.next_at("a") == phase + 120.0


def test_a_removed_device_is_asked_no_more() -> None:
    schedule = Schedule(["a", "b"], 30.0, start=0.0)
    schedule.remove("a")
    assert schedule.due(100.0) == ["b"]
