"""The drawer: what it says, in which units, and that nothing from outside is trusted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboard.components.history import history_figure
from dashboard.details import device_details, thing_details
from dashboard.headers import content_policy
from dashboard.records import load_schema
from dashboard.subject import Subject, parse_subject
from gisops.model.outage import Cause, Evidence, Outage
from gisops.model.state import DeviceKind, DeviceState
from gisops.service.live import DeviceHistory, Snapshot
from gisops.store.ports import Sample, StateRow
from tests.cities import small_city

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
METRICS = ("battery_charge_pct", "door_open", "cabinet_temperature_c")
UNITS = ("%", "truth", "degC")


def texts(node: Any) -> list[str]:
    """Give every piece of text in a tree of components, in order."""
    if node is None:
        return []
    if isinstance(node, str | int | float):
        return [str(node)]
    if isinstance(node, list | tuple):
        return [text for child in node for text in texts(child)]
    return texts(getattr(node, "children", None))


def history(state: DeviceState = DeviceState.UP, *samples: Sample) -> DeviceHistory:
    row = StateRow("B1", DeviceKind.BOX, state, NOON - timedelta(minutes=61), NOON, "on battery")
    return DeviceHistory(row, (), samples, METRICS, UNITS)


def sample(minute: int, *values: float | None) -> Sample:
    when = NOON + timedelta(minutes=minute)
    return Sample("B1", when, "cabinet", bool(values), 0.01 if values else None, values)


def drawn(snapshot: Snapshot, of: DeviceHistory) -> str:
    children = device_details(small_city(), load_schema(), Subject("boxes", "B1"), snapshot, of, NOON)
    return " | ".join(texts(children))


def test_times_are_karachis_and_say_for_how_long() -> None:
    # 12:00 UTC less 61 minutes is 10:59 UTC, and Karachi is five hours ahead.
    assert "1 Mar 15:59:00 |  · 1 h 1 min" in drawn(Snapshot(1, {}, {}, NOON), history())


def test_readings_have_units_and_a_missing_one_is_not_zero() -> None:
    text = drawn(Snapshot(1, {}, {}, NOON), history(DeviceState.UP, sample(-1, 97.5, 1.0, None)))
    assert "Battery charge | 97.5 %" in text
    assert "Door open | open" in text
    assert "Cabinet temperature | not read" in text
    assert "Live readings" in text


def test_readings_of_a_lost_device_are_called_last_not_live() -> None:
    text = drawn(Snapshot(1, {}, {}, NOON), history(DeviceState.DOWN, sample(-9, 97.0, 0.0, 40.0)))
    assert "Last readings" in text
    assert "Live readings" not in text


def test_the_outage_shows_causes_by_odds_and_its_evidence() -> None:
    outage = Outage(
        "O1",
        "B1",
        ("B1", "C1-1"),
        NOON,
        NOON,
        causes={Cause.POWER_CUT: 0.25, Cause.THEFT: 0.75},
        evidence=(Evidence("Tilted <b>40</b> degrees", Cause.THEFT, 12.3),),
    )
    lost = StateRow("C1-1", DeviceKind.CAMERA, DeviceState.UNREACHABLE, NOON, NOON)
    text = drawn(Snapshot(1, {"C1-1": lost}, {"O1": outage}, NOON), history(DeviceState.DOWN))
    assert "1 cameras lost" not in text
    assert "1 camera lost" in text
    assert text.index("Theft | 75 %") < text.index("Power cut | 25 %")
    assert "Tilted <b>40</b> degrees | +12 dB" in text  # text, which React escapes


def test_the_record_takes_units_from_the_schema_and_hides_credentials() -> None:
    fields = {f.label: f for f in load_schema().describe("boxes", small_city().boxes["B1"])}
    assert fields["Battery"].value == "1000 Wh"
    assert fields["Battery"].help == "Rated energy of its battery"
    assert "Credential" not in fields
    camera = {f.label: f.value for f in load_schema().describe("cameras", small_city().cameras["C1-1"])}
    assert (camera["Field of view"], camera["Sensor width"]) == ("60°", "1920 px")


def test_a_station_lists_its_sites() -> None:
    children = thing_details(small_city(), load_schema(), Subject("stations", "P1"), Snapshot(1, {}, {}, None))
    assert "Sites (5) | Site 1 | Site 2" in " | ".join(texts(children))


@pytest.mark.parametrize(
    "value",
    [
        None,
        "B1",
        {"kind": "boxes"},
        {"kind": "boxes", "id": "B9"},
        {"kind": "settings", "id": "name"},
        {"kind": "__class__", "id": "B1"},
        {"kind": ["boxes"], "id": "B1"},
        {"kind": "boxes", "id": {"$ne": 1}},
    ],
)
def test_a_choice_that_is_not_in_the_inventory_is_no_choice(value: object) -> None:
    assert parse_subject(value, small_city()) is None


def test_a_choice_in_the_inventory_is_found() -> None:
    assert parse_subject({"kind": "boxes", "id": "B1"}, small_city()) == Subject("boxes", "B1")


def test_an_unanswered_sample_is_a_gap_in_the_curve() -> None:
    samples = (sample(0, 90.0, 0.0, 40.0), sample(1), sample(2, 88.0, 0.0, 41.0))
    figure = history_figure(history(DeviceState.UP, *samples), "Asia/Karachi")
    assert figure is not None
    assert list(figure.data[0].y) == [90.0, None, 88.0]
    assert figure.data[0].x[0] == datetime(2026, 3, 1, 17)  # noqa: DTZ001 the axis has no zone


def test_without_samples_there_is_no_figure() -> None:
    assert history_figure(history(), "Asia/Karachi") is None


def test_nothing_but_the_configured_tile_server_may_be_asked() -> None:
    assert "img-src 'self' data: blob:;" in content_policy(None)
    assert "http://10.0.0.9:8080" in content_policy("http://10.0.0.9:8080/{z}/{x}/{y}.png")
