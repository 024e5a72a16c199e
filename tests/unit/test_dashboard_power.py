"""What the page says of a box's battery and inspection."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dashboard.board import offline_rows
from dashboard.components.drawer import events_block
from dashboard.payload import City, delta_message, full_message
from dashboard.power import dark_window, dark_words, inspection_words, is_soon_dark, overdue_from
from gisops.model.event import Event, EventKind, StoredEvent
from gisops.model.state import DeviceKind, DeviceState
from gisops.service.live import Delta, Snapshot
from gisops.store.ports import StateRow
from tests.cities import small_city

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CITY = small_city()
S = 1_772_366_400
"""Noon in seconds of the epoch."""


def on_battery(low: float | None, high: float | None, state: DeviceState = DeviceState.DEGRADED) -> StateRow:
    metrics = {"dark_in_min_low": low, "dark_in_min_high": high, "dark_stated_s": float(S)}
    return StateRow("B2", DeviceKind.BOX, state, NOON, NOON, "on battery", metrics)


def test_a_window_is_two_moments() -> None:
    assert dark_window(on_battery(70, 110)) == (S + 4200, S + 6600)
    assert dark_window(on_battery(3000, None)) == (S + 180_000, None)
    assert dark_window(on_battery(None, None)) == (None, None)
    assert dark_window(None) is None
    assert dark_window(on_battery(70, 110, DeviceState.DOWN)) is None  # nothing of it is left to go dark
    assert dark_window(replace(on_battery(1, 2), metrics={"dark_stated_s": None})) is None


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ((S + 4200, S + 6600), "1 h 10 – 1 h 50"),
        ((S + 1200, S + 2700), "20 min – 45 min"),
        ((S - 60, S + 2700), "0 min – 45 min"),
        ((S - 600, S), "any moment"),
        ((S + 36_000, None), "more than 10 h 00"),
        ((None, None), "more than 2 days"),
    ],
)
def test_the_words_of_a_window(window: tuple[int | None, int | None], words: str) -> None:
    assert dark_words(window, S) == words


def test_only_boxes_that_may_be_dark_within_the_hour_are_listed_before_anything_is_lost() -> None:
    assert is_soon_dark(on_battery(60, 90))
    assert not is_soon_dark(on_battery(61, 90))
    assert not is_soon_dark(on_battery(10, 90, DeviceState.DOWN))
    assert not is_soon_dark(on_battery(None, None))
    soon = Snapshot(1, {"B2": on_battery(38, 64)}, {}, NOON)
    (line,) = offline_rows(CITY, soon)
    assert (line["device"], line["cause"], line["lost"], line["soon"]) == ("B2", "On battery", 0, True)
    assert line["dark"] == (S + 2280, S + 3840)
    assert offline_rows(CITY, Snapshot(1, {"B2": on_battery(70, 110)}, {}, NOON)) == []
    (lost,) = offline_rows(CITY, Snapshot(1, {"B2": on_battery(70, 110, DeviceState.UNREACHABLE)}, {}, NOON))
    assert (lost["soon"], lost["dark"]) == (False, (S + 4200, S + 6600))


def test_forecasts_travel_with_the_state_and_leave_with_it() -> None:
    city = City.of(CITY)
    number = city.device_numbers["B2"]
    full = full_message(city, Snapshot(1, {"B2": on_battery(70, 110)}, {}, NOON), NOON)
    assert full["dark"] == {str(number): (S + 4200, S + 6600)}
    back = StateRow("B2", DeviceKind.BOX, DeviceState.UP, NOON, NOON)
    empty = Snapshot(1, {}, {}, NOON)
    for row, carried in ((on_battery(70, 110), [(S + 4200, S + 6600)]), (back, [])):
        message, _ = delta_message(city, empty, Delta(1, 2, [row], [], NOON), NOON)
        assert message["changed"][0][4:] == carried


def test_an_inspection_is_overdue_from_the_local_midnight_after_its_due_day() -> None:
    box = replace(CITY.boxes["B2"], inspected_on=date(2026, 1, 1), commissioned_on=date(2025, 6, 1))
    settings = replace(CITY.settings, inspection_interval_days=90, time_zone="Asia/Karachi")
    # Due on 1 April; overdue from 2 April 00:00 in Karachi, 1 April 19:00 UTC.
    turn = datetime(2026, 4, 1, 19, 0, tzinfo=UTC)
    assert overdue_from(box, settings) == int(turn.timestamp())
    assert inspection_words(box, settings, turn.replace(hour=18, minute=59)) is None
    assert inspection_words(box, settings, turn) == "overdue by 1 day (due 1 Apr 2026)"
    never = replace(box, inspected_on=None)
    assert inspection_words(never, settings, turn) == "overdue by 215 days (due 30 Aug 2025, never inspected)"
    fresh = replace(never, commissioned_on=None)
    assert overdue_from(fresh, settings) is None
    assert inspection_words(fresh, settings, turn) is None


def test_a_forecast_that_was_renewed_is_no_news_among_the_events() -> None:
    def event(seq: int, old: str, new: str, reason: str) -> StoredEvent:
        payload = {"old": old, "new": new, "reason": reason}
        return StoredEvent(seq, Event(str(seq), EventKind.STATE_CHANGED, "B2", NOON, NOON, payload))

    events = [
        event(4, "degraded", "degraded", "on battery; door open"),
        event(3, "degraded", "degraded", "on battery"),
        event(2, "degraded", "degraded", "on battery"),
        event(1, "up", "degraded", "on battery"),
    ]
    shown = str(events_block(events, "Asia/Karachi"))
    assert shown.count("Degraded → Degraded") == 1
    assert shown.count("Up → Degraded") == 1
