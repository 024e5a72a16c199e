"""When a run on battery begins and ends, told as timelines of polls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gisops.health.power.episode import End, Episode, PowerTrack, miss, read
from gisops.health.power.reading import Supply, UpsReading, booted_since
from gisops.health.power.record import episode_of, event_of_episode, histories
from gisops.model.event import Event, EventKind

T0 = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
UP_S = 100_000.0
"""Uptime of the agent at T0."""


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def mains(minutes: float, charge: float = 100.0, uptime_s: float | None = None) -> UpsReading:
    uptime = UP_S + 60 * minutes if uptime_s is None else uptime_s
    return UpsReading(at(minutes), 0.0, 2.0, charge, input_v=230.0, load_w=60.0, solar_w=0.0, uptime_s=uptime)


def battery(
    minutes: float, since: float, charge: float, load: float | None = 60.0, uptime_s: float | None = None
) -> UpsReading:
    uptime = UP_S + 60 * minutes if uptime_s is None else uptime_s
    seconds = min(60 * (minutes - since), uptime)
    return UpsReading(at(minutes), seconds, 2.0, charge, input_v=0.0, load_w=load, solar_w=0.0, uptime_s=uptime)


def play(*polls: UpsReading | float) -> tuple[PowerTrack, list[Episode]]:
    """Feed polls in order; a number is an unanswered poll at that minute."""
    track = PowerTrack("B")
    ended: list[Episode] = []
    for poll in polls:
        track, found = miss(track, at(poll)) if isinstance(poll, int | float) else read(track, poll)
        ended += found
    return track, ended


def test_mains_back_says_at_least_and_counts_the_energy() -> None:
    # Switched over at 1.5; polled every 10 minutes at 60 W: 10 Wh between two polls.
    _, ended = play(mains(0), battery(10, 1.5, 98), battery(20, 1.5, 96), battery(30, 1.5, 94), mains(40, 94))
    (episode,) = ended
    assert episode.end is End.MAINS_BACK
    assert (episode.began_at, episode.ended_low, episode.ended_high) == (at(1.5), at(30), at(40))
    assert episode.lasted_low_h == pytest.approx(28.5 / 60)
    assert episode.lasted_high_h is None
    assert episode.energy_wh == pytest.approx(20.0)
    assert (episode.followed_from, episode.charge_first_pct) == (at(10), 98)
    assert (episode.charge_start_pct, episode.charge_end_pct) == (100, 94)
    assert episode.load_w == pytest.approx(60.0)


def test_silence_with_a_low_battery_is_darkness_between_two_polls() -> None:
    track, ended = play(mains(0), battery(10, 0.5, 50), battery(60, 0.5, 5), 70.0, 80.0)
    (episode,) = ended
    assert episode.end is End.DARK
    assert (episode.ended_low, episode.ended_high) == (at(60), at(70))
    assert episode.lasted_low_h == pytest.approx(59.5 / 60)
    # The agent's own seconds are whole: the start is known to a second.
    assert episode.lasted_high_h == pytest.approx((69.5 * 60 + 1) / 3600)
    assert track.running is None


def test_one_missed_poll_is_no_darkness() -> None:
    track, ended = play(mains(0), battery(10, 1, 5), 20.0, battery(30, 1, 4))
    assert ended == []
    assert track.running is not None
    assert track.running.began_at == at(1)


def test_silence_with_a_good_battery_is_known_only_after_a_day() -> None:
    track, ended = play(mains(0), battery(10, 1, 80), 20.0, 30.0)
    assert ended == []
    track, found = miss(track, at(20 + 24 * 60))
    assert [e.end for e in found] == [End.UNKNOWN]
    assert found[0].ended_high is None
    assert track.running is None


def test_a_box_that_comes_back_newly_started_on_mains_was_dark() -> None:
    _, ended = play(mains(0), battery(10, 1, 40), 20.0, 30.0, mains(120, 8, uptime_s=600))
    (episode,) = ended
    assert episode.end is End.DARK
    assert (episode.ended_low, episode.ended_high) == (at(10), at(20))


def test_a_box_that_was_switched_off_with_a_good_battery_was_not_exhausted() -> None:
    _, ended = play(mains(0), battery(10, 1, 90), 20.0, 30.0, mains(120, 88, uptime_s=600))
    (episode,) = ended
    assert episode.end is End.UNKNOWN
    assert episode.lasted_high_h is None


def test_a_darkness_that_was_only_a_lost_line_is_taken_back() -> None:
    track, ended = play(mains(0), battery(10, 1, 8), 20.0, 30.0, battery(40, 1, 6))
    assert [e.end for e in ended] == [End.DARK, End.WITHDRAWN]
    assert track.running is not None
    assert track.running.began_at == at(1)
    # The line came back with the mains: the battery had lasted after all.
    _, ended = play(mains(0), battery(10, 1, 8), 20.0, 30.0, mains(40, 9))
    assert [e.end for e in ended] == [End.DARK, End.MAINS_BACK]
    assert ended[0].began_at == ended[1].began_at


def test_mains_back_between_two_polls_make_two_episodes() -> None:
    track, ended = play(mains(0), battery(10, 1, 90), battery(20, 18, 88))
    (episode,) = ended
    assert episode.end is End.MAINS_BACK
    assert (episode.ended_low, episode.ended_high) == (at(10), at(18))
    assert track.running is not None
    assert track.running.began_at == at(18)


def test_a_restarted_agent_keeps_the_episode() -> None:
    # The agent restarts at minute 20.5 and counts its seconds on battery from there (RFC 1628).
    track, ended = play(mains(0), battery(10, 1, 80), battery(20, 1, 78), battery(21, 20.5, 77, uptime_s=30))
    assert ended == []
    assert track.running is not None
    assert track.running.began_at == at(1)


def test_a_start_nobody_saw_is_dated_by_the_seconds_but_not_charged() -> None:
    track, _ = play(battery(100, 10, 60))
    assert track.running is not None
    assert track.running.began_at == at(10)
    assert track.running.charge_start_pct is None


def test_polls_late_or_twice_change_nothing() -> None:
    before, _ = play(mains(0), battery(10, 1, 90), battery(20, 1, 80))
    for poll in (battery(20, 1, 80), mains(15), battery(5, 1, 95)):
        after, ended = read(before, poll)
        assert after is before
        assert ended == ()
    after, ended = miss(before, at(20))
    assert (after, ended) == (before, ())


def test_an_energy_that_was_not_read_is_missing_and_never_zero() -> None:
    _, ended = play(mains(0), battery(10, 1, 90), battery(20, 1, 80, load=None), battery(30, 1, 70), mains(40))
    assert ended[0].energy_wh is None
    # A gap of an hour is longer than what a line may bridge.
    _, ended = play(mains(0), battery(10, 1, 90), battery(70, 1, 60), mains(80))
    assert ended[0].energy_wh is None


@pytest.mark.parametrize(
    ("seconds", "input_v", "supply"),
    [
        (5.0, 230.0, Supply.BATTERY),
        (0.0, 230.0, Supply.MAINS),
        (0.0, 0.0, Supply.BATTERY),
        (None, 230.0, Supply.MAINS),
        (0.0, None, Supply.MAINS),
        (None, None, Supply.UNKNOWN),
    ],
)
def test_what_feeds_a_box(seconds: float | None, input_v: float | None, supply: Supply) -> None:
    assert UpsReading(T0, seconds, input_v=input_v).supply is supply


def test_a_start_is_told_by_the_uptime() -> None:
    assert booted_since(at(0), UpsReading(at(10), uptime_s=60.0)) is True
    assert booted_since(at(0), UpsReading(at(10), uptime_s=6000.0)) is False
    assert booted_since(at(0), UpsReading(at(10))) is None


def test_an_episode_survives_the_log() -> None:
    _, (dark, withdrawn) = play(mains(0), battery(10, 1, 8), 20.0, 30.0, battery(40, 1, 6))
    first, second = event_of_episode(dark, at(31)), event_of_episode(withdrawn, at(41))
    assert episode_of(first) == dark
    assert first.id != second.id
    assert event_of_episode(dark, at(99)).id == first.id
    assert histories([first]) == {"B": [dark]}
    assert histories([first, second]) == {"B": []}
    other = Event("x", EventKind.TRAP_RECEIVED, "B", T0, T0)
    assert histories([other, first])["B"] == [dark]
    with pytest.raises(ValueError, match="trap_received"):
        episode_of(other)
