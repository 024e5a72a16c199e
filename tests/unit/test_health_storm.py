"""Storm folding as a timeline: what is told, when, and with which count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gisops.health.storm import Notice, Storm, Told

NOON = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def door(second: float, value: int, receipt: int | None = None) -> Notice:
    return Notice("B1", "door_changed", at(second), (value,), receipt=receipt)


def line(told: tuple[Told, ...]) -> list[tuple[str, object, int]]:
    return [(t.name, t.values, t.count) for t in told]


def test_the_first_is_told_at_once_and_repeats_as_one_at_the_end() -> None:
    storm = Storm()
    assert line(storm.take(door(0, 1))) == [("door_changed", (1,), 1)]
    assert [storm.take(door(second, 1)) for second in (1, 2, 9.9)] == [(), (), ()]
    assert storm.due(at(9.99)) == ()
    (told,) = storm.due(at(10))
    assert (told.count, told.first_at, told.last_at, told.changes) == (3, at(1), at(9.9), 0)
    assert storm.due(at(60)) == ()
    assert len(storm) == 0


def test_one_without_repeats_is_told_once() -> None:
    storm = Storm()
    storm.take(door(0, 1))
    assert storm.due(at(10)) == ()


def test_a_change_is_told_at_once_after_the_repeats_before_it() -> None:
    storm = Storm()
    storm.take(door(0, 1))
    storm.take(door(1, 1))
    assert line(storm.take(door(2, 0))) == [("door_changed", (1,), 1), ("door_changed", (0,), 1)]
    assert line(storm.take(door(3, 1))) == [("door_changed", (1,), 1)]


def test_opposites_share_a_topic_so_that_the_last_word_shows() -> None:
    storm = Storm()
    told = [
        line(storm.take(Notice("B1", name, at(second), (), "port 3")))
        for second, name in enumerate(["link_down", "link_up", "link_down", "link_down"])
    ]
    assert told == [[("link_down", (), 1)], [("link_up", (), 1)], [("link_down", (), 1)], []]


def test_ports_and_devices_are_folded_apart() -> None:
    storm = Storm()
    for device in ("B1", "B2"):
        for port in range(24):
            assert len(storm.take(Notice(device, "link_down", at(0), (), f"port {port}"))) == 1


def test_chatter_is_folded_after_so_many_changes_and_its_last_word_is_told() -> None:
    storm = Storm(max_changes=3)
    told = [t for n in range(20) for t in storm.take(door(n / 10, n % 2))]
    assert [t.values for t in told] == [(0,), (1,), (0,), (1,)]
    (rest,) = storm.due(at(10))
    assert (rest.values, rest.count, rest.changes) == ((1,), 16, 16)


def test_a_notice_after_the_window_opens_the_next_and_ends_the_one_before() -> None:
    storm = Storm()
    storm.take(door(0, 1))
    storm.take(door(5, 1))
    told = storm.take(door(10, 1))
    assert [(t.count, t.last_at) for t in told] == [(1, at(5)), (1, at(10))]


def test_an_inform_is_not_held_longer_than_its_sender_waits() -> None:
    storm = Storm()
    assert [t.receipts for t in storm.take(door(0, 1, receipt=1))] == [(1,)]
    storm.take(door(0.5, 1, receipt=2))
    storm.take(door(0.7, 1, receipt=3))
    assert storm.due(at(1.4)) == ()
    assert [(t.count, t.receipts) for t in storm.due(at(1.5))] == [(2, (2, 3))]
    # The window goes on.
    assert storm.take(door(2, 1)) == ()
    assert [(t.count, t.receipts) for t in storm.due(at(10))] == [(1, ())]


def test_a_late_notice_counts_and_does_not_speak() -> None:
    storm = Storm(max_changes=0)
    storm.take(door(0, 1))
    storm.take(door(5, 0))
    storm.take(door(3, 7))
    (told,) = storm.due(at(10))
    assert (told.values, told.count, told.first_at, told.last_at) == ((0,), 2, at(3), at(5))


@pytest.mark.parametrize("limit", [1, 3])
def test_windows_are_bounded_and_the_oldest_is_told_early(limit: int) -> None:
    storm = Storm(max_open=limit)
    storm.take(Notice("B0", "x", at(0)))
    storm.take(Notice("B0", "x", at(1)))
    early = [t for n in range(1, limit + 1) for t in storm.take(Notice(f"B{n}", "x", at(2)))]
    assert [t.count for t in early if t.device_id == "B0"] == [1]
    assert len(storm) == limit


def test_flush_tells_what_is_left() -> None:
    storm = Storm()
    storm.take(door(0, 1))
    storm.take(door(1, 1))
    assert [t.count for t in storm.flush()] == [1]
    assert storm.flush() == ()
