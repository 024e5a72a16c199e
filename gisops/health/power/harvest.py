"""How much did the sun give on each day: energy of a panel by local day, beside what a clear sky allows. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from gisops.health.power.estimate import Panel
from gisops.health.power.sun import clear_sky_share

__all__ = ["DayHarvest", "harvest_by_day"]

BRIDGED_S = 1800.0
"""Longest gap between two readings that is bridged by a line; over a longer one nothing is known."""
_STEP_S = 300.0


@dataclass(frozen=True, slots=True)
class DayHarvest:
    """What a panel gave on one day.

    Parameters
    ----------
    day
        In the zone that was asked for.
    energy_wh
        Over the hours that were read.
    observed_h
        How many hours of the day were read.
    clear_sky_wh
        What the panel could have given over the same hours under a clear sky.
    daylight_share
        Share of the whole day's clear-sky yield that falls into the hours read: 1 is a
        day fully seen; ``energy_wh`` of a day with less is a lower bound.
    """

    day: date
    energy_wh: float
    observed_h: float
    clear_sky_wh: float
    daylight_share: float

    @property
    def share_of_clear_sky(self) -> float | None:
        """Yield over that of a clear sky in the same hours; ``None`` where it was only read at night."""
        return self.energy_wh / self.clear_sky_wh if self.clear_sky_wh > 0 else None


def harvest_by_day(
    readings: Iterable[tuple[datetime, float | None]], panel: Panel, zone: ZoneInfo
) -> list[DayHarvest]:
    """Integrate the power of a panel over local days, by the trapezoidal rule.

    Parameters
    ----------
    readings
        Moment (UTC, ascending) and power in W; ``None`` where it was not read.
    panel
        Rated power and place.
    zone
        In which a day begins at midnight.

    Returns
    -------
    list of DayHarvest
        Days of which something was read, in order.
    """
    parts: list[_Part] = []
    before: tuple[datetime, float] | None = None
    for at, watts in readings:
        if watts is None:
            continue
        if before is not None and 0 < (at - before[0]).total_seconds() <= BRIDGED_S:
            parts += _parts(before, (at, watts), zone)
        before = (at, watts)
    middles = np.array([0.5 * (part.start_s + part.end_s) for part in parts])
    clear_w = panel.rated_w * clear_sky_share(middles, panel.lon_deg, panel.lat_deg)
    sums: dict[date, tuple[float, float, float]] = {}
    for part, bright_w in zip(parts, clear_w, strict=True):
        hours = (part.end_s - part.start_s) / 3600.0
        energy, seen, clear = sums.get(part.day, (0.0, 0.0, 0.0))
        sums[part.day] = (energy + part.power_w * hours, seen + hours, clear + float(bright_w) * hours)
    return [_day(day, *sums[day], panel, zone) for day in sorted(sums)]


class _Part(NamedTuple):
    """A stretch between two readings inside one day: its ends (seconds of the epoch) and its mean power."""

    day: date
    start_s: float
    end_s: float
    power_w: float


def _parts(one: tuple[datetime, float], two: tuple[datetime, float], zone: ZoneInfo) -> list[_Part]:
    """Cut the line between two readings at midnight."""
    first, last = (moment.astimezone(zone).date() for moment, _ in (one, two))
    (t1, w1), (t2, w2) = ((moment.timestamp(), watts) for moment, watts in (one, two))
    if first == last:
        return [_Part(first, t1, t2, 0.5 * (w1 + w2))]
    midnight = datetime.combine(last, time(), zone).timestamp()
    between = w1 + (midnight - t1) / (t2 - t1) * (w2 - w1)
    parts = [_Part(first, t1, midnight, 0.5 * (w1 + between)), _Part(last, midnight, t2, 0.5 * (between + w2))]
    return [part for part in parts if part.end_s > part.start_s]


def _day(day: date, energy: float, hours: float, clear: float, panel: Panel, zone: ZoneInfo) -> DayHarvest:
    """Set what was read against the whole day, by the midpoint rule in steps of five minutes."""
    begin, end = (datetime.combine(d, time(), zone).timestamp() for d in (day, day + timedelta(days=1)))
    middles = np.arange(begin + 0.5 * _STEP_S, end, _STEP_S)
    shares = clear_sky_share(middles, panel.lon_deg, panel.lat_deg)
    whole = panel.rated_w * float(shares.sum()) * _STEP_S / 3600.0
    return DayHarvest(day, energy, hours, clear, min(1.0, clear / whole) if whole > 0 else 0.0)
