"""Which state is a device in, given what was seen of it: one pure decision a device.

The machine holds a loss back until it is confirmed and until the box above is
judged, so that a camera is never called down when its box is what was lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from gisops.health.profile import Profile
from gisops.model.event import Observation, Reachability
from gisops.model.state import DeviceState

__all__ = ["CONFIRM_MISSES", "HOLD_MISSES", "PATH_LOST", "Parent", "Track", "expire", "judge", "overlay"]

CONFIRM_MISSES = 2
"""Unanswered polls in a row before a device counts as lost."""
PATH_LOST = "silent, and what it hangs on is lost"
"""Why a device is unreachable, in words."""
HOLD_MISSES = 4
"""Unanswered polls after which a device is judged even if its parent never was."""


class Parent(StrEnum):
    """What is known of the box above a camera (or of the path above a box)."""

    ALIVE = "alive"
    LOST = "lost"
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
    breaches
        Names of the metrics whose limit is crossed.
    metrics
        Last readings; kept while it is silent, with ``seen_at`` as their age.
    """

    device_id: str
    state: DeviceState
    since: datetime
    reason: str = ""
    seen_at: datetime | None = None
    asked_at: datetime | None = None
    missed_at: datetime | None = None
    misses: int = 0
    breaches: frozenset[str] = frozenset()
    metrics: Mapping[str, float | None] = field(default_factory=dict)


def judge(track: Track, seen: Observation, profile: Profile, parent: Parent) -> Track:
    """Take one observation in.

    Parameters
    ----------
    track
        What was known; an observation older than what it rests on changes nothing.
    seen
        What one poll saw.
    profile
        The limits that apply.
    parent
        What is known of the box above, as of now.

    Returns
    -------
    Track
        A new state shows as another ``state`` or ``reason`` than before.
    """
    if track.asked_at is not None and seen.observed_at <= track.asked_at:
        return track
    track = replace(track, asked_at=seen.observed_at)
    if seen.reachability is Reachability.SILENT:
        return _missed(track, seen, parent)
    if seen.reachability is Reachability.REFUSED:
        return _settle(
            replace(track, misses=0, missed_at=None),
            DeviceState.DEGRADED,
            "answers, but not with readings (check its credential)",
            seen.observed_at,
        )
    return overlay(
        replace(track, misses=0, missed_at=None, seen_at=seen.observed_at),
        seen.values,
        profile,
        seen.observed_at,
    )


def overlay(track: Track, values: Mapping[str, float | None], profile: Profile, at: datetime) -> Track:
    """Take readings in that came by themselves (a trap) or with a poll."""
    metrics = {**track.metrics, **values}
    limits = {m.name: m.limit for m in profile.metrics if m.limit is not None}
    breaches = frozenset(
        name for name, limit in limits.items() if limit.is_crossed(values.get(name), name in track.breaches)
    )
    reasons = "; ".join(limit.reason for name, limit in limits.items() if name in breaches)
    return _settle(
        replace(track, breaches=breaches, metrics=metrics),
        DeviceState.DEGRADED if breaches else DeviceState.UP,
        reasons,
        at,
    )


def expire(track: Track, now: datetime, stale_after_s: float) -> Track:
    """Call a device unknown that nobody has asked for longer than ``stale_after_s``."""
    last = track.asked_at or track.since
    if track.state is DeviceState.UNKNOWN or (now - last).total_seconds() <= stale_after_s:
        return track
    return _settle(track, DeviceState.UNKNOWN, "not asked lately", now)


def _missed(track: Track, seen: Observation, parent: Parent) -> Track:
    missed = replace(track, misses=track.misses + 1, missed_at=track.missed_at or seen.observed_at)
    held = parent is Parent.PENDING and missed.misses < HOLD_MISSES
    if missed.misses < CONFIRM_MISSES or held:
        return missed
    if parent is Parent.LOST:
        return _settle(missed, DeviceState.UNREACHABLE, PATH_LOST, seen.observed_at)
    return _settle(missed, DeviceState.DOWN, "silent, and the path to it is good", seen.observed_at)


def _settle(track: Track, state: DeviceState, reason: str, at: datetime) -> Track:
    if state is track.state:
        return track if reason == track.reason else replace(track, reason=reason)
    return replace(track, state=state, reason=reason, since=at)
