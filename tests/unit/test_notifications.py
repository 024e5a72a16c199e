"""What is recorded of a storm, and when an inform counts as stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gisops.health.catalogue import shipped_profiles
from gisops.service.notifications import Intake
from gisops.snmp.ports import Trap

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
CABINET = shipped_profiles()["cabinet"]
DOOR = next(oid for oid, name in CABINET.traps.items() if name == "door_changed")
OPEN = next(oid for oid, metric in CABINET.metric_of_oid.items() if metric.name == "door_open")
LINK, INDEX = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.2.1.2.2.1.1."


def intake() -> Intake:
    return Intake({"127.0.0.5": "B1"}.get, {"B1": CABINET}.get)


def door(second: float, receipt: int | None = None, source: str = "127.0.0.5") -> Trap:
    name = f"inform:{receipt}" if receipt is not None else ""
    return Trap(source, NOON + timedelta(seconds=second), DOOR, None, ((OPEN, 1),), receipt, name)


def link(port: int) -> Trap:
    return Trap("127.0.0.5", NOON, LINK, None, ((f"{INDEX}{port}", port),))


def test_the_first_is_told_at_once_and_a_storm_once_more_with_its_count() -> None:
    taken = intake()
    (first,) = taken.take(door(0)).events
    assert (first.subject, first.payload["count"], first.payload["values"]) == ("B1", 1, {"door_open": 1.0})
    for tenth in range(1, 51):
        assert taken.take(door(tenth / 10)).events == ()
    assert taken.due(NOON + timedelta(seconds=9)).events == ()
    (storm,) = taken.due(NOON + timedelta(seconds=10)).events
    assert (storm.payload["count"], storm.occurred_at) == (50, NOON + timedelta(seconds=5))
    assert storm.id != first.id


def test_two_ports_are_two_happenings() -> None:
    taken = intake()
    events = [*taken.take(link(11)).events, *taken.take(link(12)).events]
    assert [event.payload["port"] for event in events] == [11, 12]
    assert len({event.id for event in events}) == 2


def test_an_inform_keeps_its_identity_and_its_receipt_goes_with_its_event() -> None:
    taken = intake()
    recorded = taken.take(door(0, receipt=7))
    assert ([event.id for event in recorded.events], recorded.receipts) == (["inform:7"], (7,))
    assert taken.due(NOON + timedelta(seconds=20)).receipts == ()


def test_a_folded_inform_is_handed_over_within_a_second() -> None:
    taken = intake()
    taken.take(door(0))
    assert taken.take(door(2, receipt=8)).receipts == ()
    assert taken.due(NOON + timedelta(seconds=2.5)).receipts == ()
    recorded = taken.due(NOON + timedelta(seconds=3))
    assert ([event.id for event in recorded.events], recorded.receipts) == (["inform:8"], (8,))


def test_nothing_is_left_at_the_end() -> None:
    taken = intake()
    events = [event for second in (0, 1, 2) for event in taken.take(door(second)).events]
    events += taken.flush(NOON + timedelta(seconds=2)).events
    assert [event.payload["count"] for event in events] == [1, 2]


def test_a_stranger_is_counted_and_nothing_else() -> None:
    taken = intake()
    assert taken.take(door(0, source="127.0.0.9")).events == ()
    assert taken.strangers == 1
