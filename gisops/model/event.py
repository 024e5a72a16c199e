"""What can happen: one append-only log of events, and the observations behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

__all__ = ["Event", "EventKind", "Observation", "Reachability", "StoredEvent"]


class EventKind(StrEnum):
    """Past-tense names of what is written to the event log."""

    STATE_CHANGED = "state_changed"
    """``payload``: device_kind, old, new, reason, since, seen_at, lost_at (onset of a loss that counts, or null),
    metrics (name to value)."""
    TRAP_RECEIVED = "trap_received"
    """``payload``: trap (name in the profile, such as ``door_opened``), oid, values."""
    OUTAGE_OPENED = "outage_opened"
    """``payload``: the outage as :meth:`gisops.model.outage.Outage.to_json` gives it."""
    OUTAGE_UPDATED = "outage_updated"
    OUTAGE_CLOSED = "outage_closed"
    AUTONOMY_MEASURED = "autonomy_measured"
    """A run on battery ended; ``subject``: the box; ``occurred_at``: the last moment it is known to have run on it.

    ``payload``: began_at (with the subject its identity: the last event of one began_at holds), began_low,
    ended_low, ended_high (times or null), end (``mains_back``: lasted at least so long, ``dark``: exhausted between
    ended_low and ended_high, ``unknown``: lasted at least so long, ``withdrawn``: taken back), lasted_low_h,
    lasted_high_h (null: not known), followed_from (first answer on battery), charge_start_pct, charge_first_pct,
    charge_end_pct, energy_wh, load_w, voltage_end_v, temperature_c (null: not read), why."""
    COLLECTOR_STARTED = "collector_started"
    """``payload``: devices, interval_s."""
    COLLECTOR_STOPPED = "collector_stopped"
    COLLECTOR_BLINDED = "collector_blinded"
    """Nobody answers us. ``payload``: since, the last answer."""
    COLLECTOR_HEARS = "collector_hears"
    """Somebody answers us again."""
    OUTAGE_ACKNOWLEDGED = "outage_acknowledged"
    """Somebody has taken it on. ``subject``: the outage; ``payload``: by, note."""
    ALERT_ASSIGNED = "alert_assigned"
    """Somebody was given an outage. ``subject``: the outage; ``payload``: to, by, note."""
    SILENCE_ADDED = "silence_added"
    """``subject``: the silence; ``payload``: :meth:`gisops.alerting.silence.Silence.to_json`."""
    SILENCE_ENDED = "silence_ended"
    """``subject``: the silence; ``payload``: ends_at (from when it does not hold any more), by."""
    MAINTENANCE_PLANNED = "maintenance_planned"
    """``subject``: the window; ``payload``: :meth:`gisops.model.maintenance.MaintenanceWindow.to_json`."""
    MAINTENANCE_CANCELLED = "maintenance_cancelled"
    """``subject``: the window; ``payload``: ends_at (from when it does not hold any more), by, note."""
    BOX_MOVED = "box_moved"
    """A tracker's fix away from its box's place; ``subject``: the box; ``occurred_at``: when the fix was taken.

    ``payload``: tracker, lon, lat, accuracy_m, speed_mps, stated_speed_mps, bearing_deg, battery_pct (null: not
    known), displaced_m, beyond_m (the displacement that noise does not explain), distance_m (driven), began_at,
    home_until, state (moving, standing), station (id, name, distance_m, bearing_deg of the nearest one)."""
    BOX_RECOVERED = "box_recovered"
    """``payload``: how (``back``: its tracker is at its place again, ``told``: somebody says so), by, note."""
    PERMIT_ISSUED = "permit_issued"
    """``subject``: the permit; ``payload``: :meth:`gisops.model.permit.Permit.to_json`."""
    PERMIT_ENDED = "permit_ended"
    """``subject``: the permit; ``payload``: ends_at (from when it does not hold any more), by, note."""
    OUTAGE_VISITED = "outage_visited"
    """Somebody is there. ``subject``: the outage; ``payload``: by, note, found (what was found, in words)."""
    OUTAGE_REPAIRED = "outage_repaired"
    """Somebody says it is repaired. ``subject``: the outage; ``payload``: by, note, found."""
    INVENTORY_CHANGED = "inventory_changed"
    """``payload``: devices, added, removed (numbers)."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Parameters
    ----------
    id
        Identity for idempotence: the same happening always has the same id.
    kind, subject
        What happened, and the id of the device, outage or collector it happened to.
    occurred_at, recorded_at
        When it was, and when we learnt it; timezone-aware UTC.
    payload
        JSON-ready details, by kind as documented on :class:`EventKind`.
    """

    id: str
    kind: EventKind
    subject: str
    occurred_at: datetime
    recorded_at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event with its place in the log: 1, 2, 3 ... in the order of commits."""

    seq: int
    event: Event


class Reachability(StrEnum):
    """How a device took one question."""

    ANSWERED = "answered"
    SILENT = "silent"
    REFUSED = "refused"
    """Something answered, but not with values: port closed, wrong credential, error status."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What one poll of one device saw.

    Parameters
    ----------
    device_id
        The device that was asked.
    observed_at
        When the answer came, or when the wait for it ended; UTC.
    reachability
        How the device took the question.
    values
        Metric name to value in the unit its profile states; ``None`` where the
        device has no such reading. Empty unless it answered.
    rtt_s
        Seconds from question to answer; ``None`` when there was none.
    """

    device_id: str
    observed_at: datetime
    reachability: Reachability
    values: Mapping[str, float | None] = field(default_factory=dict)
    rtt_s: float | None = None
