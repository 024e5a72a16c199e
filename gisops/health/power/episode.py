"""When did a box run on its battery, from when to when, and what ended it: one pure step a poll.

An episode is an interval with an honest end. Mains that come back tell only that
the battery lasted *at least* so long; darkness tells how long it lasts, between the
last answer and the first one missed; everything else tells "at least" again.
Polls may be missed, come twice, late or in the wrong order; the agent or the
collector may restart in the middle.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from gisops.health.power.reading import Supply, UpsReading, booted_since

__all__ = ["EMPTY_BELOW_PCT", "End", "Episode", "PowerTrack", "Running", "miss", "read", "taken_away"]

EMPTY_BELOW_PCT = 10.0
"""Charge at which silence on battery is taken for exhaustion, where the box has shown no other."""
SWITCHED_OFF_PCT = 50.0
"""Charge above which a box that fell silent and started anew was switched off rather than exhausted."""
CONFIRM_MISSES = 2
"""Unanswered polls in a row that make a silence."""
FORGET = timedelta(hours=24)
"""Silence after which nobody can tell any more how an episode ended."""
RESTART = timedelta(minutes=2)
"""A gap shorter than this, with a new start of the agent, is a restart of the agent and no darkness."""
BRIDGED = timedelta(minutes=30)
"""A gap in the load readings up to which the energy drawn is still known."""
_START_KNOWN = timedelta(minutes=10)
_SLACK = timedelta(seconds=10)


class End(StrEnum):
    """What ended an episode."""

    MAINS_BACK = "mains_back"
    """The battery lasted at least so long."""
    DARK = "dark"
    """The battery was exhausted between ``ended_low`` and ``ended_high``."""
    UNKNOWN = "unknown"
    """Silent with a good battery: it lasted at least until the last answer."""
    WITHDRAWN = "withdrawn"
    """Was taken for dark, but answered later without having started anew: it still ran on battery."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One finished run on battery; ``began_at`` is its identity among those of a box.

    Parameters
    ----------
    device_id
        The box.
    began_at, began_low
        When it switched to battery at the latest, and at the earliest (``None``: not known).
    ended_low, ended_high
        Last moment it is known to have run on battery; first moment at which that was
        over (``None``: not known).
    end
        What ended it.
    charge_start_pct, charge_end_pct
        At the switch, and at the last answer on battery.
    energy_wh
        Drawn from the battery from ``followed_from`` to ``ended_low``: load less sun, integrated.
    load_w
        Mean load.
    voltage_end_v, temperature_c
        Of the battery at the last answer.
    followed_from
        First answer on battery: ``energy_wh`` and ``charge_first_pct`` are counted from here.
    charge_first_pct
        At ``followed_from``.
    why
        What speaks for the end, in words.
    """

    device_id: str
    began_at: datetime
    began_low: datetime | None
    ended_low: datetime
    ended_high: datetime | None
    end: End
    charge_start_pct: float | None = None
    charge_end_pct: float | None = None
    energy_wh: float | None = None
    load_w: float | None = None
    voltage_end_v: float | None = None
    temperature_c: float | None = None
    followed_from: datetime | None = None
    charge_first_pct: float | None = None
    why: str = ""

    @property
    def followed_h(self) -> float | None:
        """Hours between the first and the last answer on battery."""
        return None if self.followed_from is None else (self.ended_low - self.followed_from).total_seconds() / 3600.0

    @property
    def lasted_low_h(self) -> float:
        """Hours the battery lasted at least."""
        return (self.ended_low - self.began_at).total_seconds() / 3600.0

    @property
    def lasted_high_h(self) -> float | None:
        """Hours the battery lasted at most; ``None`` where only darkness could tell, or nobody saw the start."""
        if self.end is not End.DARK or self.ended_high is None or self.began_low is None:
            return None
        return (self.ended_high - self.began_low).total_seconds() / 3600.0


@dataclass(frozen=True, slots=True)
class Running:
    """A run on battery that lasts; ``first`` and ``last`` are its first and its latest answer."""

    began_at: datetime
    began_low: datetime | None
    first: UpsReading
    last: UpsReading
    charge_start_pct: float | None
    energy_wh: float | None = 0.0
    load_wh: float = 0.0
    load_h: float = 0.0


@dataclass(frozen=True, slots=True)
class PowerTrack:
    """All that is remembered of one box's power.

    Parameters
    ----------
    device_id
        The box.
    seen
        Latest reading of any kind.
    running
        The episode that lasts; ``None`` on mains.
    missed_at, missed_last, misses
        First and latest unanswered poll since ``seen``, and how many.
    dark
        An episode that was closed as dark by silence and not heard of since, with what it was.
    not_before
        Latest answer that said mains, or end of an episode: no run on battery begins before it, whatever
        the box counts (its seconds and our clock differ by one now and then).
    """

    device_id: str
    seen: UpsReading | None = None
    running: Running | None = None
    missed_at: datetime | None = None
    missed_last: datetime | None = None
    misses: int = 0
    dark: tuple[Episode, Running] | None = None
    not_before: datetime | None = None


def read(
    track: PowerTrack, reading: UpsReading, empty_below_pct: float = EMPTY_BELOW_PCT
) -> tuple[PowerTrack, tuple[Episode, ...]]:
    """Take one answer in; give what is known now and the episodes that ended by it.

    Parameters
    ----------
    track
        What was known; an answer that is not newer changes nothing.
    reading
        The answer.
    empty_below_pct
        Charge from which this box is known to go dark.
    """
    if track.seen is not None and reading.at <= track.seen.at:
        return track, ()
    supply = reading.supply
    if supply is Supply.UNKNOWN:
        return replace(track, seen=reading, missed_at=None, missed_last=None, misses=0), ()
    track, corrected = _correct_darkness(track, reading)
    ended: tuple[Episode, ...] = ()
    running = track.running
    if running is not None:
        close = _close_by(track, running, reading, empty_below_pct)
        if close is not None:
            ended, running = (close,), None
    if supply is Supply.MAINS:
        running = None
    elif running is None:
        running = _begin(track, reading, ended)
    else:
        running = _carry_on(running, reading)
    known = [track.not_before, *(each.ended_low for each in ended), reading.at if supply is Supply.MAINS else None]
    not_before = max((at for at in known if at is not None), default=None)
    return PowerTrack(track.device_id, reading, running, not_before=not_before), (*corrected, *ended)


def taken_away(track: PowerTrack) -> tuple[PowerTrack, tuple[Episode, ...]]:
    """Take in that the box itself is gone: its silence was no exhausted battery, which lasted at least until then."""
    if track.dark is None:
        return track, ()
    why = "the box was taken: how long its battery would have lasted is not known"
    return replace(track, dark=None), (replace(track.dark[0], end=End.UNKNOWN, ended_high=None, why=why),)


def miss(
    track: PowerTrack, at: datetime, empty_below_pct: float = EMPTY_BELOW_PCT
) -> tuple[PowerTrack, tuple[Episode, ...]]:
    """Take one unanswered poll in; silence with a low battery is darkness once it is confirmed."""
    if (track.seen is not None and at <= track.seen.at) or (
        track.missed_last is not None and at <= track.missed_last
    ):
        return track, ()
    track = replace(track, missed_at=track.missed_at or at, missed_last=at, misses=track.misses + 1)
    running = track.running
    if running is None or track.missed_at is None or track.misses < CONFIRM_MISSES:
        return track, ()
    if running.last.is_low(empty_below_pct):
        dark = _end(track, running, End.DARK, track.missed_at, "silent with a low battery")
        return replace(track, running=None, dark=(dark, running), not_before=dark.ended_low), (dark,)
    if at - track.missed_at >= FORGET:
        lost = _end(track, running, End.UNKNOWN, None, "silent for a day with a battery that was not low")
        return replace(track, running=None, not_before=lost.ended_low), (lost,)
    return track, ()


def _correct_darkness(track: PowerTrack, reading: UpsReading) -> tuple[PowerTrack, tuple[Episode, ...]]:
    """Take a darkness back that was none: a box that went dark starts anew, this one did not."""
    if track.dark is None:
        return track, ()
    episode, running = track.dark
    if booted_since(running.last.at, reading) is not False:
        return replace(track, dark=None), ()
    why = "answered again without having started anew: only the line was lost"
    if reading.supply is Supply.BATTERY and not _switched_since(running, reading):
        return replace(track, dark=None, running=running), (
            replace(episode, end=End.WITHDRAWN, ended_high=None, why=why),
        )
    return replace(track, dark=None), (replace(episode, end=End.MAINS_BACK, ended_high=reading.at, why=why),)


def _close_by(track: PowerTrack, running: Running, reading: UpsReading, empty_below_pct: float) -> Episode | None:
    """Say how the running episode ended, given this answer; ``None`` where it still lasts."""
    last = running.last.at
    gap = reading.at - last
    on_mains = reading.supply is Supply.MAINS
    if booted_since(last, reading) and (gap > RESTART or track.misses >= CONFIRM_MISSES):
        booted_at = reading.at - timedelta(seconds=reading.uptime_s or 0.0)
        first_silent = min(track.missed_at or booted_at, booted_at)
        if running.last.is_low(empty_below_pct):
            return _end(track, running, End.DARK, first_silent, "silent with a low battery, then started anew")
        if gap < FORGET and on_mains and (running.last.charge_pct or 0.0) <= SWITCHED_OFF_PCT:
            return _end(track, running, End.DARK, first_silent, "silent on battery, started anew with the mains")
        if on_mains or _has_risen(running, reading):
            return _end(track, running, End.UNKNOWN, first_silent, "silent with a good battery, then started anew")
    if on_mains:
        return _end(track, running, End.MAINS_BACK, reading.at, "mains back")
    if _switched_since(running, reading):
        back_until = reading.at - timedelta(seconds=reading.on_battery_s or 0.0)
        return _end(track, running, End.MAINS_BACK, back_until, "mains back in between")
    return None


def _switched_since(running: Running, reading: UpsReading) -> bool:
    """Whether the box switched to battery again since its last answer (mains were back in between)."""
    if reading.on_battery_s is None or booted_since(running.last.at, reading):
        return False
    return reading.at - timedelta(seconds=reading.on_battery_s) > running.last.at + _SLACK


def _has_risen(running: Running, reading: UpsReading) -> bool:
    before, now = running.last.charge_pct, reading.charge_pct
    return before is not None and now is not None and now > before + 5.0


def _begin(track: PowerTrack, reading: UpsReading, ended: tuple[Episode, ...]) -> Running:
    seconds = reading.on_battery_s or 0.0
    began_at = reading.at - timedelta(seconds=seconds)
    earliest: datetime | None = None
    charge = reading.charge_pct if seconds <= _START_KNOWN.total_seconds() / 2 else None
    before = track.seen
    if ended:
        earliest = ended[-1].ended_low
        began_at = max(began_at, earliest)
    elif before is not None and before.supply is Supply.MAINS:
        earliest = before.at
        began_at = max(began_at, before.at)
        if began_at - before.at <= _START_KNOWN and before.charge_pct is not None:
            charge = before.charge_pct
    if track.not_before is not None:
        began_at = max(began_at, track.not_before)
    is_counted = reading.on_battery_s is not None and seconds > 0
    has_restarted = reading.uptime_s is not None and reading.uptime_s <= seconds + _SLACK.total_seconds()
    if is_counted and not has_restarted:  # the box counted its own seconds from the switch on
        earliest = began_at - timedelta(seconds=1)
    return Running(began_at, earliest, reading, reading, charge)


def _carry_on(running: Running, reading: UpsReading) -> Running:
    """Add the energy between two answers: the mean of their powers over the gap."""
    gap = reading.at - running.last.at
    hours = gap.total_seconds() / 3600.0
    before, now = running.last.net_w, reading.net_w
    energy = None
    if running.energy_wh is not None and before is not None and now is not None and gap <= BRIDGED:
        energy = running.energy_wh + 0.5 * (before + now) * hours
    load_wh, load_h = running.load_wh, running.load_h
    if running.last.load_w is not None and reading.load_w is not None and gap <= BRIDGED:
        load_wh += 0.5 * (running.last.load_w + reading.load_w) * hours
        load_h += hours
    return replace(running, last=reading, energy_wh=energy, load_wh=load_wh, load_h=load_h)


def _end(track: PowerTrack, running: Running, end: End, ended_high: datetime | None, why: str) -> Episode:
    return Episode(
        device_id=track.device_id,
        began_at=running.began_at,
        began_low=running.began_low,
        ended_low=running.last.at,
        ended_high=ended_high,
        end=end,
        charge_start_pct=running.charge_start_pct,
        charge_end_pct=running.last.charge_pct,
        energy_wh=running.energy_wh,
        load_w=running.load_wh / running.load_h if running.load_h > 0 else running.last.load_w,
        voltage_end_v=running.last.voltage_v,
        temperature_c=running.last.temperature_c,
        followed_from=running.first.at,
        charge_first_pct=running.first.charge_pct,
        why=why,
    )
