"""How states, causes and times are said on screen.

Times are UTC inside and shown in the time zone of the inventory; the UTC text
stands beside them for hovering.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from gisops.model.outage import Cause
from gisops.model.state import DeviceState

__all__ = ["CAUSE_LABELS", "STATE_LABELS", "age", "event_label", "local_time", "utc_time"]

STATE_LABELS: dict[DeviceState, str] = {
    DeviceState.UP: "Up",
    DeviceState.DEGRADED: "Degraded",
    DeviceState.DOWN: "Down",
    DeviceState.UNREACHABLE: "Unreachable",
    DeviceState.MAINTENANCE: "Maintenance",
    DeviceState.UNKNOWN: "Unknown",
}

CAUSE_LABELS: dict[Cause, str] = {
    Cause.THEFT: "Theft",
    Cause.TAMPER: "Tampering",
    Cause.POWER_CUT: "Power cut",
    Cause.BATTERY_EXHAUSTED: "Battery exhausted",
    Cause.FIBRE_CUT: "Fibre cut",
    Cause.BOX_FAULT: "Box fault",
    Cause.CAMERA_FAULT: "Camera fault",
    Cause.UPSTREAM_FAULT: "Upstream fault",
    Cause.VENDOR_SHUTDOWN: "Vendor shutdown",
    Cause.PLANNED_WORK: "Planned work",
    Cause.UNKNOWN: "Unknown",
}

_EVENT_LABELS = {
    "state_changed": "State changed",
    "trap_received": "Trap received",
    "outage_opened": "Outage opened",
    "outage_updated": "Outage judged anew",
    "outage_closed": "Outage closed",
    "collector_started": "Collector started",
    "collector_stopped": "Collector stopped",
}


def event_label(kind: str) -> str:
    """Say an event kind in words; an unknown kind is shown as it is written."""
    return _EVENT_LABELS.get(kind, kind.replace("_", " ").capitalize())


def local_time(moment: datetime, zone: str) -> str:
    """Give a moment as day and time of a time zone.

    Examples
    --------
    >>> local_time(datetime(2026, 3, 1, 20, 5, 9, tzinfo=UTC), "Asia/Karachi")
    '2 Mar 01:05:09'
    """
    there = moment.astimezone(ZoneInfo(zone))
    return f"{there.day} {there:%b %H:%M:%S}"


def utc_time(moment: datetime) -> str:
    """Give a moment in UTC, to the second.

    Examples
    --------
    >>> utc_time(datetime(2026, 3, 1, 20, 5, 9, tzinfo=UTC))
    '2026-03-01 20:05:09 UTC'
    """
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def age(span: timedelta) -> str:
    """Say how long something lasts, in its two largest units.

    Examples
    --------
    >>> age(timedelta(seconds=42)), age(timedelta(minutes=61)), age(timedelta(days=3, hours=2))
    ('42 s', '1 h 1 min', '3 d 2 h')
    """
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 60:
        return f"{minutes} min"
    if hours < 24:
        return f"{hours} h {minutes % 60} min"
    return f"{days} d {hours % 24} h"
