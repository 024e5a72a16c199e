"""Where a tracker says it is: one fix."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Fix"]


@dataclass(frozen=True, slots=True)
class Fix:
    """One position of one tracker.

    Parameters
    ----------
    tracker_id
        As ``tracker_id`` of a box names it.
    at
        When the position was taken (not when it arrived); UTC.
    lon, lat
        WGS 84 degrees.
    accuracy_m
        Radius that holds the true place with 68 % probability, as Android states it and Traccar
        and OwnTracks pass it on; ``None``: not stated.
    speed_mps
        As the tracker measured it; ``None``: not stated.
    battery_pct
        Of the tracker, not of the box; ``None``: not stated.
    """

    tracker_id: str
    at: datetime
    lon: float
    lat: float
    accuracy_m: float | None = None
    speed_mps: float | None = None
    battery_pct: float | None = None
