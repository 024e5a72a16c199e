"""What is recorded of notifications: a storm as one event with a count, an inform under its own name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gisops.health.catalogue import shipped_profiles
from gisops.service.notifications import Intake
from gisops.snmp.ports import Trap, Value

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
CABINET = shipped_profiles()["cabinet"]
LINK_DOWN, LINK_UP = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.4"
ADDRESS = "127.0.0.9"


def intake() -> Intake:
    return Intake({ADDRESS: "B1"}.get, {"B1": CABINET}.get)


def trap(second: float, oid: str = LINK_DOWN, port: int | None = 3, receipt: int | None = None) -> Trap:
    values: tuple[tuple[str, Value], ...] = () if port is None else ((f"1.3.6.1.2.1.2.2.1.1.{port}", port),)
    identity = "" if receipt is None else f"inform:{receipt}"
    return Trap(ADDRESS, NOON + timedelta(seconds=second), oid, 1.0, values, receipt, identity)


def test_the_first_is_recorded_at_once_and_says_what_the_profile_calls_it() -> None:
    (event,) = intake().take(trap(0)).events
    assert (event.subject, event.occurred_at) == ("B1", NOON)
    assert event.payload == {
        "trap": "link_down",
        "oid": LINK_DOWN,
        "values": {},
        "port": 3,
        "count": 1,
        "changes": 0,
        "first_at": "2026-11-01T12:00:00+00:00",
    }


def test_a_storm_is_two_events_that_count_them_all() -> None:
    folds = intake()
    events = [event for n in range(1000) for event in folds.take(trap(n / 1000)).events]
    assert folds.due(NOON + timedelta(seconds=9)).events == ()
    events += folds.due(NOON + timedelta(seconds=10)).events
    assert [event.payload["count"] for event in events] == [1, 999]
    assert events[1].occurred_at == NOON + timedelta(seconds=0.999)


def test_two_ports_at_one_moment_are_two_events() -> None:
    folds = intake()
    events = [*folds.take(trap(0, port=3)).events, *folds.take(trap(0, port=4)).events]
    assert [event.payload["port"] for event in events] == [3, 4]
    assert len({event.id for event in events}) == 2


def test_down_up_down_at_one_moment_is_three_events() -> None:
    folds = intake()
    events = [event for oid in (LINK_DOWN, LINK_UP, LINK_DOWN) for event in folds.take(trap(0, oid)).events]
    assert [event.payload["trap"] for event in events] == ["link_down", "link_up", "link_down"]
    assert len({event.id for event in events}) == 3


def test_an_inform_is_recorded_under_its_name_with_its_receipt() -> None:
    recorded = intake().take(trap(0, receipt=7))
    assert [event.id for event in recorded.events] == ["inform:7"]
    assert recorded.receipts == (7,)


def test_informs_that_were_folded_are_answered_with_what_they_became_part_of() -> None:
    folds = intake()
    folds.take(trap(0))
    assert folds.take(trap(0.1, receipt=8)).receipts == ()
    assert folds.take(trap(0.2, receipt=9)).receipts == ()
    held = folds.due(NOON + timedelta(seconds=1.1))
    assert held.receipts == (8, 9)
    assert [event.payload["count"] for event in held.events] == [2]


def test_a_stranger_is_counted_and_not_recorded() -> None:
    folds = intake()
    assert folds.take(trap(0)._replace(source="127.0.0.10")).events == ()
    assert folds.strangers == 1


def test_an_unknown_notification_is_recorded_as_other_with_its_oid() -> None:
    (event,) = intake().take(trap(0, "1.3.6.1.4.1.9.9.9", port=None)).events
    assert (event.payload["trap"], event.payload["oid"], event.payload["port"]) == (
        "other",
        "1.3.6.1.4.1.9.9.9",
        None,
    )


def test_the_end_leaves_nothing_unrecorded() -> None:
    folds = intake()
    folds.take(trap(0))
    folds.take(trap(1))
    assert [event.payload["count"] for event in folds.flush(NOON).events] == [1]
    assert folds.flush(NOON).events == ()
