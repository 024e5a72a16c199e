"""Whatever a box says, and however its polls are lost: episodes, forecasts and ranks keep their promises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisops.health.power.discharge import fit_slope
from gisops.health.power.episode import End, Episode, PowerTrack, miss, read
from gisops.health.power.forecast import Outlook, dark_within
from gisops.health.power.ranking import autonomy_of
from gisops.health.power.reading import UpsReading
from gisops.health.power.record import episode_of, event_of_episode, histories

T0 = datetime(2026, 11, 21, tzinfo=UTC)

numbers = st.none() | st.floats(0, 100)
answers = st.builds(
    UpsReading,
    st.integers(0, 5000).map(lambda minute: T0 + timedelta(minutes=minute)),
    st.none() | st.just(0.0) | st.floats(0, 3e5),
    st.none() | st.sampled_from([1.0, 2.0, 3.0, 4.0]),
    numbers,
    numbers,
    st.none() | st.sampled_from([0.0, 230.0]),
    numbers,
    numbers,
    numbers,
    st.none() | st.floats(0, 4e5),
)
polls = st.lists(answers | st.integers(0, 5000).map(lambda minute: T0 + timedelta(minutes=minute)), max_size=40)


def run(told: list[UpsReading | datetime]) -> list[Episode]:
    track, ended = PowerTrack("B"), list[Episode]()
    for poll in told:
        track, found = read(track, poll) if isinstance(poll, UpsReading) else miss(track, poll)
        again, nothing = read(track, poll) if isinstance(poll, UpsReading) else miss(track, poll)
        assert (again, nothing) == (track, ())  # the same poll twice says nothing new
        ended += found
    return ended


def in_order(told: list[UpsReading | datetime]) -> list[UpsReading | datetime]:
    return sorted(told, key=lambda poll: poll.at if isinstance(poll, UpsReading) else poll)


@given(polls)
def test_episodes_are_intervals_that_do_not_overlap(told: list[UpsReading | datetime]) -> None:
    ended = run(in_order(told))
    for episode in ended:
        assert episode.began_at <= episode.ended_low
        assert episode.ended_high is None or episode.ended_low <= episode.ended_high
        assert episode.lasted_high_h is None or episode.lasted_high_h >= episode.lasted_low_h - 1e-9
    last = {episode.began_at: episode for episode in ended}
    kept = sorted((e for e in last.values() if e.end is not End.WITHDRAWN), key=lambda e: e.began_at)
    for one, two in pairwise(kept):
        assert one.ended_low <= two.began_at


@given(polls)
def test_polls_in_any_order_never_fail_and_the_log_gives_back_what_was_written(
    told: list[UpsReading | datetime],
) -> None:
    ended = run(told)
    events = [event_of_episode(episode, T0) for episode in ended]
    assert [episode_of(event) for event in events] == ended
    back = histories(events)
    assert histories([*events, *events[-1:]]) == back


@given(
    st.floats(0.01, 5.0), st.floats(50.0, 100.0), st.integers(5, 64), st.floats(5.0, 40.0), st.integers(0, 2**32 - 1)
)
def test_a_straight_discharge_is_fitted_inside_its_error(
    per_x: float, start: float, n: int, fall: float, seed: int
) -> None:
    x = np.linspace(0.0, fall / per_x, n)
    jitter = np.random.default_rng(seed).normal(0.0, 0.3, n)
    slope = fit_slope(x, start - per_x * x + jitter, float(x[-1]))
    if slope is not None:
        assert abs(np.log(slope.per_x / per_x)) < 6 * slope.log_sd
        assert slope.level == pytest.approx(start - fall, abs=2.0)


@given(
    st.floats(0.0, 100.0),
    st.floats(0.01, 5.0),
    st.floats(0.0, 50.0),
    st.floats(0.01, 10.0),
    st.floats(0.001, 5.0),
    st.floats(0.01, 1.0),
    st.floats(1.0, 500.0),
    st.floats(0.0, 300.0),
)
def test_the_bounds_are_in_order_and_more_load_is_never_later(
    level: float, level_sd: float, cut: float, cut_sd: float, per_x: float, log_sd: float, draw: float, sun: float
) -> None:
    outlook = Outlook(level, level_sd, cut, cut_sd, per_x, log_sd, draw)
    harder = Outlook(level, level_sd, cut, cut_sd, per_x, log_sd, draw * 1.5)
    for panel in (None, lambda hours: np.full_like(hours, sun)):
        low, mid, high = dark_within(outlook, panel)
        assert 0.0 <= low <= mid <= high
        assert all(a <= b + 1e-9 for a, b in zip(dark_within(harder, panel), (low, mid, high), strict=True))


@given(st.lists(st.tuples(st.floats(0.01, 20.0), st.booleans()), min_size=1, max_size=12))
def test_autonomy_lies_among_the_runs_and_their_order_does_not_matter(
    runs: list[tuple[float, bool]],
) -> None:
    episodes = []
    for n, (hours, is_dark) in enumerate(runs):
        began = T0 + timedelta(days=2 * n)
        over = began + timedelta(hours=hours)
        end = End.DARK if is_dark else End.MAINS_BACK
        episodes.append(Episode("B", began, began, over, over, end, 100.0, 3.0))
    found = autonomy_of(episodes)
    assert found is not None
    hours, is_at_least = found
    lasted = [e.lasted_low_h for e in episodes]
    assert min(lasted) - 1e-9 <= hours <= max(lasted) + 1e-9
    assert is_at_least or any(is_dark for _, is_dark in runs)
    assert autonomy_of(episodes[::-1]) == found
    # One more run known only to have been longer can never make the battery look worse.
    began = T0 + timedelta(days=100)
    longer = Episode("B", began, began, began + timedelta(hours=max(lasted) + 1), None, End.MAINS_BACK, 100.0, 50.0)
    assert (autonomy_of([*episodes, longer]) or (0.0, True))[0] >= hours - 1e-9
