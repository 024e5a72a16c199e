"""Which state is a device in, given what was seen of it: one pure decision a device.

The machine holds a loss back until it is confirmed and until the box above is
judged, so that a camera is never called down when its box is what was lost.
A device that comes and goes is shown as one thing, flapping, until it settles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from gisops.health.flap import NAGIOS, FlapRule, History, reason_of
from gisops.health.profile import Profile
from gisops.health.vitality import Finding, Verdict
from gisops.model.event import Observation, Reachability
from gisops.model.state import DeviceState

__all__ = [
    "CONFIRM_MISSES",
    "HOLD_MISSES",
    "PATH_FLAPS",
    "PATH_LOST",
    "Parent",
    "Track",
    "attest",
    "breaches_in",
    "expire",
    "is_in_doubt",
    "judge",
    "overlay",
    "release",
    "standing_of",
]

CONFIRM_MISSES = 2
"""Unanswered polls in a row before a device counts as lost."""
PATH_LOST = "silent, and what it hangs on is lost"
"""Why a device is unreachable, in words."""
PATH_FLAPS = "comes and goes with what it hangs on"
"""Why a device behind a flapping box is degraded, in words."""
HOLD_MISSES = 4
"""Unanswered polls after which a device is judged even if its parent never was."""
LIFE_HOLDS = timedelta(seconds=45)
"""How long a sign of life from outside SNMP stands for a silent device; it is asked again with every poll."""
_NO_CREDENTIAL = "answers, but not with readings (check its credential)"
_CHECKED = frozenset({DeviceState.UP, DeviceState.DEGRADED, DeviceState.DOWN})
"""States that say something of the device itself; only these are in its flap history."""
_CLEAN = History()
_AND = "; "
"""Between two reasons."""


class Parent(StrEnum):
    """What is known of the box above a camera (or of the path above a box)."""

    ALIVE = "alive"
    LOST = "lost"
    FLAPPING = "flapping"
    """Lost and found again too often to say which it is now."""
    PENDING = "pending"
    """Missed a poll and not judged yet, or not asked since the child went silent."""


@dataclass(frozen=True, slots=True)
class Track:
    """All the machine remembers of one device.

    Parameters
    ----------
    device_id
        The device.
    state, since, reason
        As last decided, since when, and why in words.
    seen_at
        When it last answered; ``None`` if never.
    asked_at
        When it was last asked, answered or not; ``None`` if never.
    missed_at
        First unanswered poll of the present run; ``None`` when it answers.
    misses
        Unanswered polls in a row.
    lives_at, life
        When it last showed without SNMP that it lives (``None``: it did not, or was not asked), and what
        was found in words.
    breaches
        Names of the metrics whose limit is crossed.
    metrics
        Last readings; kept while it is silent, with ``seen_at`` as their age.
    history
        Which of the last checks changed its state.
    """

    device_id: str
    state: DeviceState
    since: datetime
    reason: str = ""
    seen_at: datetime | None = None
    asked_at: datetime | None = None
    missed_at: datetime | None = None
    misses: int = 0
    lives_at: datetime | None = None
    life: str = ""
    breaches: frozenset[str] = frozenset()
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    history: History = _CLEAN

    @property
    def is_flapping(self) -> bool:
        """Whether its state changes too often to be told one by one."""
        return self.history.is_flapping


def judge(track: Track, seen: Observation, profile: Profile, parent: Parent, rule: FlapRule = NAGIOS) -> Track:
    """Take one observation in.

    Parameters
    ----------
    track
        What was known; an observation no newer than what it rests on changes nothing.
    seen
        What one poll saw.
    profile
        The limits that apply.
    parent
        What is known of the box above, as of now (`standing_of`).
    rule
        When it counts as flapping; ``spacing_s`` ought to be a little less than the poll interval.

    Returns
    -------
    Track
        A new state shows as another ``state`` or ``reason`` than before. A device that flaps keeps
        both until it has settled.

    Notes
    -----
    ``down`` and ``unreachable`` as in Nagios Core, "Determining Status and Reachability of Network
    Hosts": a silent host is down while its parent is up, and unreachable while its parent is not.
    """
    at = seen.observed_at
    if track.asked_at is not None and at <= track.asked_at:
        return track
    if seen.reachability is Reachability.SILENT:
        return _missed(track, at, parent, rule)
    known: dict[str, Any] = {"asked_at": at, "misses": 0, "missed_at": None, "lives_at": None, "life": ""}
    if seen.reachability is Reachability.REFUSED:
        return _settle(track, DeviceState.DEGRADED, _NO_CREDENTIAL, at, rule, known)
    known["seen_at"] = at
    state, reason = _read(track, seen.values, profile, known)
    if parent is Parent.FLAPPING and track.reason == PATH_FLAPS:
        return replace(track, **known)
    return _settle(track, state, reason, at, rule, known)


def overlay(
    track: Track, values: Mapping[str, float | None], profile: Profile, at: datetime, rule: FlapRule = NAGIOS
) -> Track:
    """Take readings in that came by themselves (a trap); a later poll has overtaken an older one."""
    if track.seen_at is not None and at < track.seen_at:
        return track
    known: dict[str, Any] = {}
    state, reason = _read(track, values, profile, known)
    return _settle(track, state, reason, at, rule, known)


def expire(track: Track, now: datetime, stale_after_s: float) -> Track:
    """Call a device unknown that nobody has asked for longer than ``stale_after_s``."""
    last = track.asked_at or track.since
    if track.state is DeviceState.UNKNOWN or (now - last).total_seconds() <= stale_after_s:
        return track
    # Checks from before a gap say nothing of the checks after it.
    return replace(track, state=DeviceState.UNKNOWN, reason="not asked lately", since=now, history=_CLEAN)


def attest(track: Track, finding: Finding, at: datetime, parent: Parent, rule: FlapRule = NAGIOS) -> Track:
    """Take in what probes other than SNMP found of a silent device.

    Parameters
    ----------
    track
        What was known; a device that has answered meanwhile stays as it is.
    finding
        Which of agent, host and path is dead.
    at
        When that was found; UTC.
    parent, rule
        As in `judge`.

    Returns
    -------
    Track
        A host that lives is degraded, not lost: its agent alone is dead. A host found dead
        says so in its reason once it is down.
    """
    if track.misses == 0:
        return track
    is_decided = finding.verdict is not Verdict.UNDECIDED
    known = replace(
        track,
        lives_at=at if finding.verdict is Verdict.AGENT_DEAD else None,
        life=f"{finding.verdict}: {', '.join(finding.reasons)}" if is_decided else "",
    )
    is_shown = track.state is DeviceState.DOWN or (track.lives_at is not None and track.state is DeviceState.DEGRADED)
    if track.misses < CONFIRM_MISSES or not is_shown or known.life == track.life:
        return known
    return _judge_silence(known, at, parent, rule, {})


def release(track: Track, at: datetime, parent: Parent, rule: FlapRule = NAGIOS) -> Track:
    """Judge a silence that was held back until the parent was judged; anything else stays as it is.

    Parameters
    ----------
    track
        What was known.
    at
        When the parent was judged; UTC.
    parent, rule
        As in `judge`.
    """
    if track.misses < CONFIRM_MISSES or track.state.is_lost or parent is Parent.PENDING:
        return track
    return _judge_silence(track, at, parent, rule, {})


def standing_of(parent: Track, child: Track) -> Parent:
    """Say what a child may conclude from the box it hangs on."""
    if parent.state.is_lost:
        return Parent.LOST
    if parent.is_flapping and parent.history.losses:
        return Parent.FLAPPING
    asked_since = child.missed_at is None or (parent.asked_at is not None and parent.asked_at >= child.missed_at)
    return Parent.ALIVE if parent.misses == 0 and asked_since else Parent.PENDING


def is_in_doubt(track: Track) -> bool:
    """Whether a second look at once would tell more; one that flaps has had its second look."""
    return 0 < track.misses < HOLD_MISSES and not track.state.is_lost


def breaches_in(reason: str, metrics: Mapping[str, float | None], profile: Profile) -> frozenset[str]:
    """Tell which limits were crossed from what is kept of a state, so that a restart does not undo hysteresis.

    Parameters
    ----------
    reason
        As the state was shown; it names the limits that were crossed.
    metrics
        The readings of then: for those a reason does not name.
    profile
        The limits that apply.
    """
    said = reason.split(_AND)
    limits = {m.name: m.limit for m in profile.metrics if m.limit is not None}
    return frozenset(name for name, lim in limits.items() if lim.is_crossed(metrics.get(name), lim.reason in said))


def _read(
    track: Track, values: Mapping[str, float | None], profile: Profile, known: dict[str, Any]
) -> tuple[DeviceState, str]:
    """Judge readings by their limits; what is learnt goes into ``known``."""
    limits = {m.name: m.limit for m in profile.metrics if m.limit is not None}
    breaches = frozenset(
        name for name, limit in limits.items() if limit.is_crossed(values.get(name), name in track.breaches)
    )
    known["breaches"], known["metrics"] = breaches, {**track.metrics, **values}
    reasons = _AND.join(limit.reason for name, limit in limits.items() if name in breaches)
    return (DeviceState.DEGRADED if breaches else DeviceState.UP), reasons


def _missed(track: Track, at: datetime, parent: Parent, rule: FlapRule) -> Track:
    misses = track.misses + 1
    known: dict[str, Any] = {"asked_at": at, "misses": misses, "missed_at": track.missed_at or at}
    # What was lost with its box stays so until the box has been judged again.
    held = parent is Parent.PENDING and (misses < HOLD_MISSES or track.state is DeviceState.UNREACHABLE)
    if misses < CONFIRM_MISSES or held:
        return replace(track, **known)
    return _judge_silence(track, at, parent, rule, known)


def _judge_silence(track: Track, at: datetime, parent: Parent, rule: FlapRule, known: dict[str, Any]) -> Track:
    if parent is Parent.LOST:
        return _settle(track, DeviceState.UNREACHABLE, PATH_LOST, at, rule, known)
    if parent is Parent.FLAPPING:
        if track.state is DeviceState.DOWN:
            return replace(track, **known)
        return _show(track, DeviceState.DEGRADED, PATH_FLAPS, at, known)
    if track.lives_at is not None and at - track.lives_at <= LIFE_HOLDS:
        return _settle(track, DeviceState.DEGRADED, track.life, at, rule, known)
    reason = "" if track.lives_at is not None else track.life
    return _settle(track, DeviceState.DOWN, reason or "silent, and the path to it is good", at, rule, known)


def _settle(
    track: Track, state: DeviceState, reason: str, at: datetime, rule: FlapRule, known: dict[str, Any]
) -> Track:
    """Record what a check found, and show it unless the device flaps."""
    if state not in _CHECKED:
        return _show(track, state, reason, at, known)
    history = track.history.take(state, at, rule)
    if history.is_flapping:
        if state is DeviceState.DOWN and history.run >= rule.lasting_checks:
            # Flapping hides coming and going, never a loss that lasts.
            history = History(last=state)
        else:
            is_shown = track.is_flapping and track.state is DeviceState.DEGRADED and track.reason != PATH_FLAPS
            state, reason = DeviceState.DEGRADED, track.reason if is_shown else reason_of(history, rule)
    known["history"] = history
    return _show(track, state, reason, at, known)


def _show(track: Track, state: DeviceState, reason: str, at: datetime, known: dict[str, Any]) -> Track:
    if state is not track.state:
        known["since"] = at
    return replace(track, state=state, reason=reason, **known)
