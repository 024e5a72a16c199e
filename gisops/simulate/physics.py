"""How power, heat and the sun behave in a street cabinet: pure arithmetic on one box at a time."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone

__all__ = [
    "Battery",
    "battery_voltage_v",
    "health_of",
    "is_shed",
    "panel_health_of",
    "panel_power_w",
    "sky_of",
    "step_battery",
    "sun_elevation_deg",
]

KARACHI = timezone(timedelta(hours=5))
"""Pakistan Standard Time; no daylight saving since 2009."""
CHARGER_W = 150.0
SWITCH_W = 25.0
"""Switch, controller and fans of a cabinet; cameras come on top."""
CAMERA_W = 12.0
"""A fixed camera over IEEE 802.3af, where the inventory does not say."""
EFFICIENCY = 0.92
"""One way through charger or inverter."""
PANEL_YIELD = 0.85
"""Share of the rated power that a clean but warm panel and its controller give under full sun."""
_STOLEN, _DIRTY = 0.05, 0.20
"""Shares of the panels that are gone, and that are gone or so dirty that they give little."""


@dataclass(frozen=True, slots=True)
class Battery:
    """A battery: what it can hold today, and what is in it, in watt-hours."""

    capacity_wh: float
    charge_wh: float

    @property
    def share(self) -> float:
        """State of charge, 0 to 1."""
        return self.charge_wh / self.capacity_wh if self.capacity_wh > 0 else 0.0


def health_of(device_id: str) -> float:
    """Give the share of its rated energy that a battery still holds, fixed for a device: 0.15 to 1.00.

    Half of them hold less than two thirds, one in ten less than a third: years of heat and deep discharge.
    """
    return 0.15 + 0.85 * math.pow(_lot(device_id), 0.7)


def panel_health_of(device_id: str) -> float:
    """Give the share of its clean yield that a panel gives, fixed for a device: 0 where it was stolen."""
    lot = _lot(f"panel {device_id}")
    if lot < _STOLEN:
        return 0.0
    return 0.25 + lot if lot < _DIRTY else 0.80 + 0.20 * lot


def sky_of(at: datetime) -> float:
    """Give the share of the clear sky's sun that clouds and haze let through, 0.55 to 1, the same all over the city.

    Drawn hour by hour from the date, with straight lines between.
    """
    hours = at.timestamp() / 3600.0
    before = math.floor(hours)
    this, following = (0.55 + 0.45 * math.sqrt(_lot(f"sky {before + n}")) for n in (0, 1))
    return this + (following - this) * (hours - before)


def panel_power_w(rated_w: float, health: float, sun_deg: float, sky: float) -> float:
    """Give what a flat panel yields: rated power at a sun overhead, less with the sine of its height.

    Examples
    --------
    >>> round(panel_power_w(120, 1.0, 30.0, 1.0), 6)
    51.0
    """
    return rated_w * PANEL_YIELD * health * max(0.0, math.sin(math.radians(sun_deg))) * sky


def _lot(word: str) -> float:
    """Draw a number from 0 to 1 that a word always draws."""
    return zlib.crc32(word.encode()) / 2**32


def step_battery(battery: Battery, seconds: float, load_w: float, has_mains: bool, solar_w: float) -> Battery:
    """Let time pass.

    Parameters
    ----------
    battery
        Before.
    seconds
        How long.
    load_w, solar_w
        Drawn by the equipment, given by the panel.
    has_mains
        Whether the charger is fed.

    Returns
    -------
    Battery
        After; between empty and full.

    Examples
    --------
    >>> step_battery(Battery(1000, 1000), 3600, 92, False, 0).charge_wh
    900.0
    """
    surplus_w = (CHARGER_W if has_mains else 0.0) + solar_w - (0.0 if has_mains else load_w)
    flow_w = surplus_w * EFFICIENCY if surplus_w > 0 else surplus_w / EFFICIENCY
    charge = battery.charge_wh + flow_w * seconds / 3600.0
    return Battery(battery.capacity_wh, min(max(charge, 0.0), battery.capacity_wh))


def battery_voltage_v(share: float, is_discharging: bool) -> float:
    """Give the voltage of a 24 V lithium iron phosphate pack: flat in the middle, steep at the ends.

    Eight cells of 2.8 V empty, 3.2 V to 3.3 V over most of the charge, 3.4 V full.
    """
    cell = 2.8 + 0.4 * min(share / 0.1, 1.0) + 0.1 * share + 0.1 * max(share - 0.9, 0.0) / 0.1
    return 8 * cell - (0.4 if is_discharging else 0.0)


def sun_elevation_deg(at: datetime, lon_deg: float, lat_deg: float) -> float:
    """Give the height of the sun above the horizon.

    Declination by Cooper (1969), "The absorption of radiation in solar stills";
    hour angle from mean solar time (the equation of time, 16 minutes at most, is left out).
    """
    utc = at.astimezone(UTC)
    day = utc.timetuple().tm_yday
    declination = math.radians(23.45 * math.sin(math.radians(360.0 * (284 + day) / 365.0)))
    hours = utc.hour + utc.minute / 60.0 + utc.second / 3600.0 + lon_deg / 15.0
    hour_angle = math.radians(15.0 * (hours - 12.0))
    lat = math.radians(lat_deg)
    sine = math.sin(lat) * math.sin(declination)
    sine += math.cos(lat) * math.cos(declination) * math.cos(hour_angle)
    return math.degrees(math.asin(max(-1.0, min(1.0, sine))))


def is_shed(windows: str, at: datetime) -> bool:
    """Whether a load-shedding plan such as ``02:00-04:00;23:00-01:00`` (local time) is in force.

    Examples
    --------
    >>> is_shed("23:00-01:00", datetime(2026, 11, 21, 19, 30, tzinfo=UTC))
    True
    """
    local = at.astimezone(KARACHI).time()
    for window in filter(None, (part.strip() for part in windows.split(";"))):
        start, _, end = window.partition("-")
        begins, ends = time.fromisoformat(start), time.fromisoformat(end)
        inside = begins <= local < ends if begins <= ends else local >= begins or local < ends
        if inside:
            return True
    return False
