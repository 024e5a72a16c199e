"""Messages as the programs' own documentation shows them, and what cannot be a position."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gisops.config.trackers import load_senders
from gisops.errors import ConfigError, PositionError
from gisops.service.pace import Pace
from gisops.trails.messages import from_osmand, from_owntracks, from_traccar, from_traccar_client

AT = datetime(2017, 6, 14, 21, 40, 56, tzinfo=UTC)
FORWARD: dict[str, Any] = {
    "position": {
        "id": 7,
        "deviceId": 3,
        "protocol": "gt06",
        "fixTime": "2017-06-14T21:40:56.000+00:00",
        "valid": True,
        "latitude": 24.8,
        "longitude": 67.0,
        "speed": 10.0,
        "accuracy": 0.0,
        "attributes": {"batteryLevel": 88, "motion": True},
    },
    "device": {"id": 3, "name": "Box", "uniqueId": "TR-1"},
}


def test_osmand_takes_its_query_with_knots_and_every_way_to_write_the_time() -> None:
    values = {
        "id": "TR-1",
        "lat": "24.8",
        "lon": "67.0",
        "timestamp": "1497476456",
        "speed": "10",
        "accuracy": "12.5",
    }
    fix = from_osmand({**values, "batt": "41", "bearing": "271", "altitude": "3"})
    assert fix is not None
    assert (fix.tracker_id, fix.at, fix.lon, fix.lat, fix.accuracy_m, fix.battery_pct) == (
        "TR-1", AT, 67.0, 24.8, 12.5, 41.0,
    )  # fmt: skip
    assert fix.speed_mps == pytest.approx(5.1444, abs=1e-4)  # 10 nautical miles of 1,852 m an hour
    for written in ("1497476456000", "2017-06-14T21:40:56Z", "2017-06-14T21:40:56.000+00:00", "2017-06-14 21:40:56"):
        assert from_osmand({**values, "timestamp": written}) == from_osmand(values)
    with_location = {"deviceid": "TR-1", "location": "24.8,67.0", "timestamp": "1497476456"}
    short = from_osmand(with_location)
    assert short is not None
    assert (short.lat, short.lon, short.speed_mps, short.accuracy_m) == (24.8, 67.0, None, None)
    assert from_osmand({**values, "valid": "false"}) is None


def test_traccar_client_states_metres_a_second_and_a_share_of_its_battery() -> None:
    document = {
        "location": {
            "timestamp": "2017-06-14T21:40:56.000Z",
            "coords": {"latitude": 24.8, "longitude": 67.0, "accuracy": 5, "speed": -1, "heading": 0, "altitude": 0},
            "is_moving": False,
            "battery": {"level": 0.5, "is_charging": False},
        },
        "device_id": "TR-1",
    }
    fix = from_traccar_client(document)
    assert fix is not None
    assert (fix.at, fix.accuracy_m, fix.speed_mps, fix.battery_pct) == (AT, 5.0, None, 50.0)


def test_traccar_forward_names_the_device_by_its_unique_id_and_a_zero_accuracy_is_none() -> None:
    fix = from_traccar(FORWARD)
    assert fix is not None
    assert (fix.tracker_id, fix.at, fix.accuracy_m, fix.battery_pct) == ("TR-1", AT, None, 88.0)
    assert fix.speed_mps == pytest.approx(5.1444, abs=1e-4)
    assert from_traccar({**FORWARD, "position": {**FORWARD["position"], "valid": False}}) is None


def test_owntracks_is_named_by_header_topic_or_tid_and_other_messages_are_passed_over() -> None:
    message = {"_type": "location", "lon": 67.0, "lat": 24.8, "tst": 1497476456, "acc": 5, "vel": 36, "tid": "JJ"}
    fix = from_owntracks({**message, "topic": "owntracks/jane/phone"}, "TR-1")
    assert fix is not None
    assert (fix.tracker_id, fix.at, fix.speed_mps) == ("TR-1", AT, 10.0)
    by_topic, by_tid = from_owntracks({**message, "topic": "owntracks/jane/phone"}), from_owntracks(message)
    assert by_topic is not None
    assert by_tid is not None
    assert (by_topic.tracker_id, by_tid.tracker_id) == ("phone", "JJ")
    assert from_owntracks({"_type": "lwt", "tst": 1}) is None
    with pytest.raises(PositionError, match="encrypted"):
        from_owntracks({"_type": "encrypted", "data": "…"})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"lat": ""}, "lat is missing"),
        ({"lat": "91"}, "osmand lat: '91' cannot be"),
        ({"lat": "nan"}, "cannot be"),
        ({"lat": "0", "lon": "0"}, "0, 0 is no position"),
        ({"timestamp": ""}, "timestamp: is missing"),
        ({"timestamp": "yesterday"}, "is no time"),
        ({"timestamp": "1e300"}, "is no time"),
        ({"id": ""}, "no name of a tracker"),
        ({"id": "a\nb"}, "no name of a tracker"),
        ({"accuracy": "-5"}, "cannot be"),
        ({"speed": "fast"}, "speed: 'fast' cannot be"),
    ],
)
def test_what_is_no_position_is_one_line_that_says_why(change: dict[str, str], says: str) -> None:
    values = {"id": "TR-1", "lat": "24.8", "lon": "67.0", "timestamp": "1497476456", **change}
    with pytest.raises(PositionError, match=says) as told:
        from_osmand(values)
    assert "\n" not in str(told.value)


def test_a_sender_speaks_for_its_own_trackers_and_its_secret_stands_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("one-very-long-token\n")
    path = tmp_path / "trackers.toml"
    path.write_text(
        f'[TR-1]\ntoken = "file:{tmp_path}/secret"\n\n[traccar]\ntoken = "env:FORWARD"\ntrackers = ["TR-*", "X"]\n'
    )
    senders = load_senders(path, {"FORWARD": "another-very-long-one"})
    own, many = senders.find("one-very-long-token"), senders.find("another-very-long-one")
    assert own is not None
    assert many is not None
    assert [own.may_speak_for(name) for name in ("TR-1", "TR-2")] == [True, False]
    assert [many.may_speak_for(name) for name in ("TR-1", "X", "Y")] == [True, True, False]
    assert senders.find("") is None
    assert "very-long" not in repr(vars(senders))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "nobody may send"),
        ('[a]\ntoken = "in-the-clear-in-the-file"\n', "is no reference"),
        ('[a]\ntoken = "env:MISSING"\n', "MISSING is not set"),
        ('[a]\ntoken = "env:SHORT"\n', "fewer than 16"),
        ('[a]\ntoken = "env:LONG"\ntracker = "b"\n', "did you mean trackers"),
        ('[a]\ntoken = "env:LONG"\ntrackers = "b"\n', "no list"),
        ('[a]\ntoken = "env:LONG"\n[b]\ntoken = "env:LONG"\n', r"has the token of \[a\]"),
        ("a = ", "not valid TOML"),
    ],
)
def test_a_file_of_senders_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "trackers.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=says) as told:
        load_senders(path, {"SHORT": "short", "LONG": "long-enough-to-be-one"})
    assert "long-enough" not in str(told.value)


def test_a_pace_refills_with_time_and_forgets_who_was_quiet_longest() -> None:
    pace = Pace(per_s=2.0, burst=3, most_keys=2)
    assert [pace.allows("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert [pace.allows("a", 1.0) for _ in range(3)] == [True, True, False]
    assert pace.allows("b", 1.0)
    assert pace.allows("c", 1.0)  # "a" is forgotten
    assert pace.allows("a", 1.0)
