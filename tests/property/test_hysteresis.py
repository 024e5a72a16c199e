"""A reading that jitters inside its hysteresis band never changes a state, whatever it does there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gisops.config.credentials import Credential
from gisops.diagnosis.likelihood import shipped_causes
from gisops.health.catalogue import shipped_profiles
from gisops.health.limit import Limit
from gisops.health.machine import Parent, Track, judge
from gisops.health.profile import Profile
from gisops.model.event import EventKind, Observation, Reachability
from gisops.model.state import DeviceState
from gisops.service.collector import targets_of
from gisops.service.watch import Watch
from gisops.snmp.ports import Reply
from tests.cities import small_city

T0 = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
CITY = small_city()
PROFILES = shipped_profiles()
TARGETS = targets_of(CITY, PROFILES, {"street-v2c": Credential("street-v2c", "2c", "x")}, 1.0)
LIMITS = [
    (profile, metric.name, metric.limit)
    for profile in PROFILES.values()
    for metric in profile.metrics
    if metric.limit is not None
]
FRACTIONS = st.lists(st.floats(0, 1) | st.none(), min_size=1, max_size=40)
"""Where in its band a reading is from poll to poll; none where it was not read."""


def inside(limit: Limit, fraction: float | None) -> float | None:
    low, high = sorted((limit.enter, limit.leave))
    return None if fraction is None else min(max(low + fraction * (high - low), low), high)


def beyond(limit: Limit, *, crossed: bool) -> float:
    """Give a reading that is outside the band for sure: on the bad side, or on the good."""
    step = 1.0 if limit.above else -1.0
    return limit.enter + step if crossed else limit.leave - step


def states(profile: Profile, name: str, readings: list[float | None]) -> list[tuple[str, str, datetime]]:
    track = Track("D", DeviceState.UNKNOWN, T0)
    shown = []
    for number, value in enumerate(readings, 1):
        at = T0 + timedelta(seconds=30 * number)
        seen = Observation("D", at, Reachability.ANSWERED, {name: value})
        track = judge(track, seen, profile, Parent.ALIVE)
        shown.append((str(track.state), track.reason, track.since))
    return shown


@pytest.mark.parametrize(
    ("profile", "name", "limit"), LIMITS, ids=[f"{profile.name}-{name}" for profile, name, _ in LIMITS]
)
@settings(max_examples=20)
@given(fractions=FRACTIONS, was_crossed=st.booleans())
def test_no_shipped_limit_flutters_inside_its_band(
    profile: Profile, name: str, limit: Limit, fractions: list[float | None], was_crossed: bool
) -> None:
    readings = [beyond(limit, crossed=was_crossed), *(inside(limit, fraction) for fraction in fractions)]
    shown = states(profile, name, readings)
    assert len(set(shown)) == 1
    assert shown[0][:2] == (("degraded", limit.reason) if was_crossed else ("up", ""))
    after = states(profile, name, [*readings, beyond(limit, crossed=not was_crossed)])
    assert after[-1][0] == ("up" if was_crossed else "degraded")


@given(
    st.floats(-1e6, 1e6),
    st.floats(0, 1e3),
    st.booleans(),
    st.lists(st.floats(-2e6, 2e6), max_size=60),
)
def test_a_limit_changes_no_oftener_than_the_whole_band_is_crossed(
    enter: float, width: float, above: bool, values: list[float]
) -> None:
    limit = Limit(enter, enter - width if above else enter + width, above, "over")
    crossed, changes, crossings, side = False, 0, 0, False
    for value in values:
        now = limit.is_crossed(value, crossed)
        changes += now is not crossed
        crossed = now
        # Independently: which end of the band did the reading last go beyond?
        bad = value > limit.enter if above else value < limit.enter
        good = value < limit.leave if above else value > limit.leave
        if bad != good and bad is not side:
            crossings, side = crossings + 1, bad
    assert changes == crossings


@given(st.lists(st.integers(30, 35), min_size=1, max_size=30))
def test_a_battery_near_its_limit_writes_one_change_of_state(charges: list[int]) -> None:
    """From raw polls through the watch: 29 % degrades the box, 30 to 35 % say nothing, 36 % clears it."""
    calm = {"on_battery_s": 0, "door_open": 2, "tilt_deg": 5, "battery_status": 2}
    watch = Watch(CITY, PROFILES, shipped_causes(), 30.0, T0)
    cabinet = PROFILES["cabinet"]
    told = []
    for number, charge in enumerate([100, 29, *charges, 36, *charges], 1):
        at = T0 + timedelta(seconds=30 * number)
        values = tuple({**calm, "battery_charge_pct": charge}.get(metric.name) for metric in cabinet.metrics)
        watch.take_reply(Reply(TARGETS["B1"], Reachability.ANSWERED, values, 0.01), at)
        told += [e.payload["new"] for e in watch.settle(at).events if e.kind is EventKind.STATE_CHANGED]
    assert told == ["up", "degraded", "up"]


@settings(max_examples=30)
@given(st.integers(30, 35), st.sampled_from([29, 100]))
def test_a_restart_of_the_collector_does_not_undo_hysteresis(charge: int, before: int) -> None:
    """A degraded box in the band stays so after a restart, and a good one stays good."""
    cabinet = PROFILES["cabinet"]

    def reply(percent: int) -> Reply:
        calm = {"on_battery_s": 0, "door_open": 2, "tilt_deg": 5, "battery_status": 2, "battery_charge_pct": percent}
        return Reply(TARGETS["B1"], Reachability.ANSWERED, tuple(calm.get(m.name) for m in cabinet.metrics), 0.01)

    watch = Watch(CITY, PROFILES, shipped_causes(), 30.0, T0)
    watch.take_reply(reply(before), T0 + timedelta(seconds=30))
    left = watch.settle(T0 + timedelta(seconds=30))
    later = Watch(CITY, PROFILES, shipped_causes(), 30.0, T0 + timedelta(seconds=60))
    later.restore(left.states, (), ())
    later.take_reply(reply(charge), T0 + timedelta(seconds=61))
    batch = later.settle(T0 + timedelta(seconds=61))
    assert [e for e in batch.events if e.kind is EventKind.STATE_CHANGED] == []
    assert later.state_of("B1") is (DeviceState.DEGRADED if before == 29 else DeviceState.UP)
