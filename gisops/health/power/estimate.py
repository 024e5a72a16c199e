"""Which forecast fits what a box can tell: by charge, by voltage, or by the clock alone.

Charge is the gauge where it is read. A box that reads only its voltage is told by
that, once it has gone dark before and shown the voltage at which it does. A box that
reads neither is told by how long earlier episodes lasted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gisops.health.power.capacity import Basis, Battery, learn_battery
from gisops.health.power.discharge import Curve, Slope, fit_slope
from gisops.health.power.episode import End, Episode, Running
from gisops.health.power.forecast import Outlook, TimeToDark, dark_within, join_slope, sun_to_come
from gisops.health.power.sun import clear_sky_share

__all__ = ["Discharge", "Panel", "estimate"]

DECIVOLTS = 10.0
"""Voltage is fitted in tenths of a volt, the unit in which UPS-MIB rounds it."""
_CUT_SD_DV = 3.0
_FULL_SD_PCT = 2.0


@dataclass(frozen=True, slots=True)
class Panel:
    """A solar panel: rated power, where it stands, and the share of the clear sky that it usually gives."""

    rated_w: float
    lon_deg: float
    lat_deg: float
    usual: float = 0.6


@dataclass(slots=True)
class Discharge:
    """The course of a running episode: by charge and by voltage, and the load, smoothed over half an hour."""

    by_charge: Curve
    by_voltage: Curve
    load_w: float | None = None


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
    load = course.load_w
    has_energy = running.energy_wh is not None and load is not None and load > 0
    battery = learn_battery(history, rated_wh, in_hours=not has_energy)
    drawn = running.energy_wh if has_energy and running.energy_wh is not None else _hours(running)
    draw = load if has_energy and load is not None else 1.0
    found = _by_charge(running, course, battery, has_energy, drawn, draw)
    if found is None:
        found = _by_voltage(running, course, history, has_energy, drawn, draw)
    if found is None:
        found = _by_clock(running, battery, drawn, draw)
    if found is None:
        return None
    outlook, basis = found
    low, mid, high = dark_within(outlook, _sun(running, panel) if panel is not None and has_energy else None)
    return TimeToDark(
        device_id,
        running.last.at,
        low * 3600.0,
        mid * 3600.0,
        high * 3600.0,
        basis,
        running.last.charge_pct,
        running.last.load_w,
    )


def _hours(running: Running) -> float:
    return (running.last.at - running.began_at).total_seconds() / 3600.0


def _by_charge(
    running: Running, course: Discharge, battery: Battery | None, has_energy: bool, drawn: float, draw: float
) -> tuple[Outlook, Basis] | None:
    charge = running.last.charge_pct
    if charge is None:
        return None
    slope = _fit(course.by_charge, has_energy, drawn)
    joined = join_slope(slope, battery)
    if joined is None:
        return None
    per_x, log_sd, basis = joined
    cut, cut_sd = (battery.cut_pct, battery.cut_sd_pct) if battery else (3.0, 3.0)
    level, level_sd = (slope.level, slope.level_sd) if slope else (charge, 1.0)
    return Outlook(level, level_sd, cut, cut_sd, per_x, log_sd, draw), basis


def _by_voltage(
    running: Running,
    course: Discharge,
    history: Sequence[Episode],
    has_energy: bool,
    drawn: float,
    draw: float,
) -> tuple[Outlook, Basis] | None:
    ends = [e.voltage_end_v for e in history if e.end is End.DARK and e.voltage_end_v is not None][-3:]
    if running.last.voltage_v is None or not ends:
        return None
    slope = _fit(course.by_voltage, has_energy, drawn)
    if slope is None:
        return None
    cut = DECIVOLTS * sum(ends) / len(ends)
    return Outlook(slope.level, slope.level_sd, cut, _CUT_SD_DV, slope.per_x, slope.log_sd, draw), Basis.RUNNING


def _by_clock(running: Running, battery: Battery | None, drawn: float, draw: float) -> tuple[Outlook, Basis] | None:
    if battery is None or running.charge_start_pct is None:
        return None
    start = running.charge_start_pct
    outlook = Outlook(
        start,
        _FULL_SD_PCT,
        battery.cut_pct,
        battery.cut_sd_pct,
        100.0 / battery.capacity,
        battery.log_sd,
        draw,
        drawn,
    )
    return outlook, battery.basis


def _fit(curve: Curve, has_energy: bool, drawn: float) -> Slope | None:
    hours, energy, level = curve.columns()
    x = energy if has_energy else hours
    if np.isnan(x).any():
        return None
    return fit_slope(x, level, drawn)


def _sun(running: Running, panel: Panel) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    now_s = running.last.at.timestamp()

    def shares(hours: NDArray[np.float64]) -> NDArray[np.float64]:
        return clear_sky_share(now_s + 3600.0 * hours, panel.lon_deg, panel.lat_deg)

    return sun_to_come(shares, panel.rated_w, running.last.solar_w, panel.usual)
