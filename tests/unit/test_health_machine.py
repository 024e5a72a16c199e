"""States of a device as a timeline of polls, each step worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gisops.errors import ConfigError
from gisops.health.catalogue import shipped_profiles
from gisops.health.machine import Parent, Track, attest, expire, judge, release
from gisops.health.profile_text import parse_profile
from gisops.health.vitality import Finding, Verdict
from gisops.model.event import Observation, Reachability
from gisops.model.state import DeviceState

T0 = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
CABINET = shipped_profiles()["cabinet"]
GOOD = {"battery_charge_pct": 100.0, "door_open": 0.0, "on_battery_s": 0.0}


def seen(second: float, how: Reachability = Reachability.ANSWERED, **values: float | None) -> Observation:
    answered = how is Reachability.ANSWERED
    return Observation("B1", T0 + timedelta(seconds=second), how, {**GOOD, **values} if answered else {})


def silent(second: float) -> Observation:
    return seen(second, Reachability.SILENT)


def states(*timeline: tuple[Observation, Parent]) -> list[str]:
    track = Track("B1", DeviceState.UNKNOWN, T0)
    found = []
    for observation, parent in timeline:
        track = judge(track, observation, CABINET, parent)
        found.append(str(track.state))
    return found


def test_one_miss_is_not_a_loss_two_are_and_one_answer_brings_it_back() -> None:
    alive = Parent.ALIVE
    assert states((seen(1), alive), (silent(31), alive), (silent(33), alive), (seen(61), alive)) == [
        "up",
        "up",
        "down",
        "up",
    ]


def test_a_camera_is_not_judged_before_its_box_and_is_unreachable_with_it() -> None:
    assert states(
        (seen(1), Parent.ALIVE),
        (silent(31), Parent.PENDING),
        (silent(33), Parent.PENDING),
        (silent(35), Parent.LOST),
    ) == ["up", "up", "up", "unreachable"]


def test_a_held_silence_is_judged_as_soon_as_its_box_is() -> None:
    track = Track("C1", DeviceState.UP, T0)
    for second in (30, 31):
        track = judge(track, silent(second), CABINET, Parent.PENDING)
    at = T0 + timedelta(seconds=31.5)
    assert release(track, at, Parent.PENDING) is track
    judged = release(track, at, Parent.LOST)
    assert (judged.state, judged.since, judged.misses) == (DeviceState.UNREACHABLE, at, 2)
    assert release(judged, at + timedelta(seconds=1), Parent.ALIVE) is judged
    once = judge(Track("C2", DeviceState.UP, T0), silent(30), CABINET, Parent.PENDING)
    assert release(once, at, Parent.LOST) is once


def test_a_dead_agent_is_degraded_a_dead_host_is_down() -> None:
    track = Track("C1", DeviceState.UP, T0)
    lives = Finding(Verdict.AGENT_DEAD, ("snmp silent", "rtsp answered"))
    track = judge(track, silent(30), CABINET, Parent.ALIVE)
    track = attest(track, lives, T0 + timedelta(seconds=30.1), Parent.ALIVE)
    assert track.state == "up"  # one miss is not a loss
    track = judge(track, silent(31), CABINET, Parent.ALIVE)
    assert (track.state, track.reason) == ("degraded", "agent dead: snmp silent, rtsp answered")
    track = judge(track, silent(61), CABINET, Parent.ALIVE)
    assert track.state == "degraded"
    dead = Finding(Verdict.HOST_DEAD, ("snmp silent", "rtsp silent", "box B1 answers"))
    track = attest(track, dead, T0 + timedelta(seconds=62), Parent.ALIVE)
    assert (track.state, track.reason) == ("down", "host dead: snmp silent, rtsp silent, box B1 answers")
    track = attest(track, lives, T0 + timedelta(seconds=63), Parent.ALIVE)
    assert track.state == "degraded"
    track = judge(track, seen(91), CABINET, Parent.ALIVE)
    assert (track.state, track.lives_at, track.life) == ("up", None, "")
    assert attest(track, dead, T0 + timedelta(seconds=92), Parent.ALIVE) is track


def test_an_old_sign_of_life_holds_no_longer() -> None:
    track = Track("C1", DeviceState.UP, T0)
    track = judge(track, silent(30), CABINET, Parent.ALIVE)
    track = attest(track, Finding(Verdict.AGENT_DEAD, ("rtsp answered",)), T0 + timedelta(seconds=31), Parent.ALIVE)
    track = judge(track, silent(60), CABINET, Parent.ALIVE)
    assert track.state == "degraded"
    track = judge(track, silent(80), CABINET, Parent.ALIVE)
    assert (track.state, track.reason) == ("down", "silent, and the path to it is good")


def test_the_hold_ends_even_if_the_box_is_never_judged() -> None:
    held = [(silent(30.0 + k), Parent.PENDING) for k in range(4)]
    assert states((seen(1), Parent.ALIVE), *held) == ["up", "up", "up", "up", "down"]


def test_limits_have_hysteresis_and_a_reason() -> None:
    track = Track("B1", DeviceState.UNKNOWN, T0)
    found = []
    for second, charge in ((1, 29.0), (2, 33.0), (3, 36.0), (4, None), (5, 33.0)):
        track = judge(track, seen(second, battery_charge_pct=charge), CABINET, Parent.ALIVE)
        found.append((str(track.state), track.reason))
    low = ("degraded", "battery charge low")
    assert found == [low, low, ("up", ""), ("up", ""), ("up", "")]


def test_an_observation_older_than_the_last_changes_nothing() -> None:
    track = judge(Track("B1", DeviceState.UNKNOWN, T0), seen(10), CABINET, Parent.ALIVE)
    assert judge(track, silent(9), CABINET, Parent.ALIVE) is track


def test_a_refusal_is_neither_up_nor_lost() -> None:
    assert states((seen(1, Reachability.REFUSED), Parent.ALIVE)) == ["degraded"]


def test_not_asked_lately_is_unknown_but_silent_when_asked_stays_down() -> None:
    down = replace(Track("B1", DeviceState.DOWN, T0), asked_at=T0 + timedelta(seconds=100))
    assert expire(down, T0 + timedelta(seconds=150), 90).state is DeviceState.DOWN
    assert expire(down, T0 + timedelta(seconds=191), 90).state is DeviceState.UNKNOWN


def test_shipped_profiles_decode_units_and_missing_values() -> None:
    raw: list[int | None] = [None] * len(CABINET.oids)
    raw[0], raw[9], raw[10] = 12345, 412, 2
    values = CABINET.read(raw, T0, None).metrics
    assert values["uptime_s"] == 123.45
    assert values["cabinet_temperature_c"] == 41.2
    assert values["door_open"] == 0.0
    assert values["input_voltage_v"] is None


def test_a_profile_with_a_misspelt_key_names_the_nearest() -> None:
    text = 'name="x"\nkind="box"\ndescription="d"\n[[metric]]\nname="m"\noid="1.3"\nunits="V"\ndescription="d"\n'
    with pytest.raises(ConfigError) as caught:
        parse_profile(text, "x.toml")
    assert str(caught.value) == "x.toml:7: metric m has the unknown key units: did you mean unit?"
