"""What is recorded of a storm, and when an inform counts as stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gisops.service.notifications import Notifications
from gisops.snmp.ports import Trap

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DOOR = "1.3.6.1.4.1.99.0.1"


def trap(second: float, receipt: int | None = None) -> Trap:
    name = f"inform:{receipt}" if receipt is not None else ""
    return Trap("127.0.0.5", NOON + timedelta(seconds=second), DOOR, None, (), receipt, name)


def test_the_first_is_told_at_once_and_a_storm_once_more_with_its_count() -> None:
    notifications = Notifications()
    notifications.take("B1", "door_changed", {"door_open": 1.0}, None, trap(0))
    (first,), _ = notifications.settle(NOON)
    assert (first.subject, first.payload["count"], first.payload["values"]) == ("B1", 1, {"door_open": 1.0})
    for tenth in range(1, 51):
        notifications.take("B1", "door_changed", {"door_open": 1.0}, None, trap(tenth / 10))
    assert notifications.settle(NOON + timedelta(seconds=9))[0] == []
    (storm,), _ = notifications.settle(NOON + timedelta(seconds=10))
    assert (storm.payload["count"], storm.payload["last_at"]) == (50, (NOON + timedelta(seconds=5)).isoformat())
    assert storm.id != first.id


def test_two_ports_are_two_happenings() -> None:
    notifications = Notifications()
    notifications.take("B1", "link_down", {}, 11, trap(0))
    notifications.take("B1", "link_down", {}, 12, trap(0))
    events, _ = notifications.settle(NOON)
    assert sorted(event.payload["port"] for event in events) == [11, 12]
    assert len({event.id for event in events}) == 2


def test_an_inform_keeps_its_identity_and_its_receipt_goes_with_its_event() -> None:
    notifications = Notifications()
    notifications.take("B1", "door_changed", {"door_open": 1.0}, None, trap(0, receipt=7))
    (event,), receipts = notifications.settle(NOON)
    assert (event.id, receipts) == ("inform:7", (7,))
    assert notifications.settle(NOON + timedelta(seconds=20)) == ([], ())


def test_a_folded_inform_is_handed_over_within_a_second() -> None:
    notifications = Notifications()
    notifications.take("B1", "door_changed", {"door_open": 1.0}, None, trap(0))
    notifications.settle(NOON)
    notifications.take("B1", "door_changed", {"door_open": 1.0}, None, trap(2, receipt=8))
    assert notifications.settle(NOON + timedelta(seconds=2.5)) == ([], ())
    (event,), receipts = notifications.settle(NOON + timedelta(seconds=3))
    assert (event.id, receipts) == ("inform:8", (8,))


def test_nothing_is_left_at_the_end() -> None:
    notifications = Notifications()
    for second in (0, 1, 2):
        notifications.take("B1", "door_changed", {"door_open": 1.0}, None, trap(second))
    events, _ = notifications.finish(NOON + timedelta(seconds=2))
    assert [event.payload["count"] for event in events] == [1, 2]
