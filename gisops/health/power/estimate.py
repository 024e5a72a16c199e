"""When does this box go dark: the running discharge, the earlier ones and the panel, put together.

Charge against energy drawn where the box tells its load, charge against time where it
does not. A box that tells no charge gets no forecast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gisops.health.power.capacity import CUT_PCT, CUT_SD_PCT, learn_battery
from gisops.health.power.discharge import Curve, Slope, fit_slope
from gisops.health.power.episode import Episode, Running
from gisops.health.power.forecast import Outlook, TimeToDark, dark_within, join_slope, sun_to_come
from gisops.health.power.reading import UpsReading
from gisops.health.power.sun import clear_sky_share

__all__ = ["Discharge", "Panel", "estimate"]

GAUGE_SD_PCT = 1.0
"""Error of one reading of the charge."""
_SMOOTHING_H = 0.5


@dataclass(frozen=True, slots=True)
class Panel:
    """A solar panel: rated power, where it stands, and the share of the clear sky that it usually gives."""

    rated_w: float
    lon_deg: float
    lat_deg: float
    usual: float = 0.6


@dataclass(slots=True)
class Discharge:
    """The course of a running episode: its charge, and its load smoothed over half an hour."""

    curve: Curve = field(default_factory=Curve)
    load_w: float | None = None
    _load_h: float = 0.0

    def add(self, running: Running, reading: UpsReading) -> None:
        """Take in the latest reading of the episode."""
        hours = _hours(running, reading)
        if reading.load_w is not None:
            before = reading.load_w if self.load_w is None else self.load_w
            share = min(1.0, max(hours - self._load_h, 1.0 / 120.0) / _SMOOTHING_H)
            self.load_w, self._load_h = before + share * (reading.load_w - before), hours
        if reading.charge_pct is not None:
            self.curve.add(hours, running.energy_wh, reading.charge_pct)


def estimate(
    device_id: str,
    running: Running,
    course: Discharge,
    history: Sequence[Episode],
    rated_wh: float | None,
    panel: Panel | None,
) -> TimeToDark | None:
    """Say when a box on battery goes dark.

    Parameters
    ----------
    device_id
        The box.
    running, course
        The episode that lasts and how it went.
    history
        Finished episodes of the box.
    rated_wh
        On its battery's label; ``None``: not known.
    panel
        ``None``: it has none.

    Returns
    -------
    TimeToDark or None
        ``None`` where nothing tells.
    """
    load, last = course.load_w, running.last
    energy_wh = running.energy_wh if load is not None and load > 0 else None
    has_energy = energy_wh is not None
    battery = learn_battery(history, rated_wh, in_hours=not has_energy)
    slope = _fit(course.curve, energy_wh, _hours(running, last))
    joined = join_slope(slope, battery)
    if joined is None or (slope is None and last.charge_pct is None):
        return None
    per_x, log_sd, basis = joined
    level, level_sd = (slope.level, slope.level_sd) if slope else (last.charge_pct or 0.0, GAUGE_SD_PCT)
    cut, cut_sd = (battery.cut_pct, battery.cut_sd_pct) if battery else (CUT_PCT, CUT_SD_PCT)
    draw = load if has_energy and load is not None else 1.0
    outlook = Outlook(level, level_sd, cut, cut_sd, per_x, log_sd, draw)
    sun = _sun(running, panel) if panel is not None and has_energy else None
    low, mid, high = (3600.0 * hours for hours in dark_within(outlook, sun))
    return TimeToDark(device_id, last.at, low, mid, high, basis, last.charge_pct, last.load_w)


def _hours(running: Running, reading: UpsReading) -> float:
    return (reading.at - running.began_at).total_seconds() / 3600.0


def _fit(curve: Curve, energy_wh: float | None, hours_now: float) -> Slope | None:
    hours, energy, level = curve.columns()
    if energy_wh is None:
        return fit_slope(hours, level, hours_now)
    return None if np.isnan(energy).any() else fit_slope(energy, level, energy_wh)


def _sun(running: Running, panel: Panel) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    now_s = running.last.at.timestamp()

    def shares(hours: NDArray[np.float64]) -> NDArray[np.float64]:
        return clear_sky_share(now_s + 3600.0 * hours, panel.lon_deg, panel.lat_deg)

    return sun_to_come(shares, panel.rated_w, running.last.solar_w, panel.usual)
