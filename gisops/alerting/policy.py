"""By which rules are alerts graded, grouped, held back in the night and escalated."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from gisops.alerting.alert import GUARDED, Impact, Severity
from gisops.model.outage import Cause

__all__ = ["Hours", "Policy", "severity_of"]


@dataclass(frozen=True, slots=True)
class Hours:
    """A daily stretch of local time, over midnight where it ends before it starts.

    Examples
    --------
    >>> night = Hours(time(23), time(6), ZoneInfo("Asia/Karachi"))
    >>> from datetime import UTC
    >>> night.holds(datetime(2026, 3, 1, 20, 0, tzinfo=UTC)), night.holds(datetime(2026, 3, 1, 1, 0, tzinfo=UTC))
    (True, False)
    """

    start: time
    end: time
    zone: ZoneInfo

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in it; the end is not in it."""
        local = at.astimezone(self.zone).time()
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one installation.

    Parameters
    ----------
    group_wait
        How long an alert waits for others of its group before the first page.
    group_by
        What alerts of one page have in common: of ``district``, ``cause``, ``severity``.
    escalate_after
        Since the first page of a round nobody acknowledged: one time a level, ascending.
    reopen_within
        After its end, the same root lost again reopens the alert.
    quiet, quiet_below
        Local hours in which alerts below a severity open no page.
    major_cameras, critical_cameras
        Cameras lost from which an alert is major, critical.
    major_lanes
        E-challan lanes lost from which it is major.
    """

    group_wait: timedelta = timedelta(seconds=10)
    group_by: tuple[str, ...] = ("district", "cause")
    escalate_after: tuple[timedelta, ...] = field(default=(timedelta(minutes=10), timedelta(minutes=30)))
    reopen_within: timedelta = timedelta(minutes=30)
    quiet: Hours | None = None
    quiet_below: Severity = Severity.CRITICAL
    major_cameras: int = 8
    major_lanes: int = 4
    critical_cameras: int = 40


def severity_of(impact: Impact, cause: Cause, policy: Policy) -> Severity:
    """Grade an outage by what the city lost with it.

    Examples
    --------
    >>> severity_of(Impact(cameras_lost=3), Cause.POWER_CUT, Policy())
    <Severity.MINOR: 'minor'>
    >>> severity_of(Impact(cameras_lost=3), Cause.THEFT, Policy())
    <Severity.MAJOR: 'major'>
    """
    if cause is Cause.PLANNED_WORK:
        return Severity.MINOR if impact.critical_places or impact.blind_hot_spots else Severity.INFO
    if impact.cameras_lost >= policy.critical_cameras or impact.critical_places:
        return Severity.CRITICAL
    if impact.cameras_lost >= policy.major_cameras or impact.blind_hot_spots:
        return Severity.MAJOR
    if impact.enforcement_lanes >= policy.major_lanes or cause in GUARDED or cause is Cause.VENDOR_SHUTDOWN:
        return Severity.MAJOR
    return Severity.MINOR if impact.cameras_lost or impact.boxes_lost else Severity.INFO
