"""What one poll says of a box's power, and whether it ran on mains or on its battery then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

__all__ = ["MAINS_V", "Supply", "UpsReading", "booted_since"]

MAINS_V = 90.0
"""Volts at the input below which no UPS for 230 V takes it for mains."""
LOW, DEPLETED = 3, 4
"""upsBatteryStatus (RFC 1628): batteryLow, batteryDepleted."""
_CLOCK_SLACK = timedelta(seconds=10)
"""Clocks of an agent and ours may differ by so much over one gap, besides whole seconds being cut off."""


class Supply(StrEnum):
    """What feeds a box."""

    MAINS = "mains"
    BATTERY = "battery"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class UpsReading:
    """The power readings of one poll; what was not read is ``None``.

    Parameters
    ----------
    at
        When they were read; UTC.
    on_battery_s
        upsSecondsOnBattery (RFC 1628): since the switch to battery *or since the agent
        started, whichever is less*; 0 on mains.
    battery_status
        upsBatteryStatus: 1 unknown, 2 normal, 3 low, 4 depleted.
    charge_pct, voltage_v, temperature_c
        Of the battery.
    input_v
        At the mains input.
    load_w
        Drawn by the equipment.
    solar_w
        Given by the panel: 0 for a box that has none by inventory.
    uptime_s
        Since the agent started.
    """

    at: datetime
    on_battery_s: float | None = None
    battery_status: float | None = None
    charge_pct: float | None = None
    voltage_v: float | None = None
    input_v: float | None = None
    load_w: float | None = None
    solar_w: float | None = None
    temperature_c: float | None = None
    uptime_s: float | None = None

    @classmethod
    def of_metrics(cls, metrics: Mapping[str, float | None], at: datetime, has_panel: bool) -> UpsReading:
        """Pick the power readings out of a poll's metrics by the names of the cabinet profile.

        A panel that says nothing is missing; a box without a panel harvests 0.
        """
        return cls(
            at=at,
            on_battery_s=metrics.get("on_battery_s"),
            battery_status=metrics.get("battery_status"),
            charge_pct=metrics.get("battery_charge_pct"),
            voltage_v=metrics.get("battery_voltage_v"),
            input_v=metrics.get("input_voltage_v"),
            load_w=metrics.get("output_power_w"),
            solar_w=metrics.get("solar_power_w") if has_panel else 0.0,
            temperature_c=metrics.get("battery_temperature_c"),
            uptime_s=metrics.get("uptime_s"),
        )

    @property
    def supply(self) -> Supply:
        """What feeds the box; the seconds on battery decide, and the input voltage where they are 0 or missing.

        Examples
        --------
        >>> from datetime import UTC
        >>> t = datetime(2026, 11, 21, tzinfo=UTC)
        >>> said = [(5, 226), (0, 226), (0, 0), (None, 0), (None, None)]
        >>> [str(UpsReading(t, s, input_v=v).supply) for s, v in said]
        ['battery', 'mains', 'battery', 'battery', 'unknown']
        """
        if self.on_battery_s is not None and self.on_battery_s > 0:
            return Supply.BATTERY
        if self.input_v is not None:
            # Seconds are cut off: a box that switched over this very second still says 0.
            return Supply.MAINS if self.input_v >= MAINS_V else Supply.BATTERY
        return Supply.UNKNOWN if self.on_battery_s is None else Supply.MAINS

    @property
    def net_w(self) -> float | None:
        """What the battery gives while it feeds the box: load less sun; ``None`` where either is missing."""
        return None if self.load_w is None or self.solar_w is None else self.load_w - self.solar_w

    def is_low(self, empty_below_pct: float) -> bool:
        """Whether the battery was near its end: by its own status, or its charge."""
        if self.battery_status is not None and self.battery_status >= LOW:
            return True
        return self.charge_pct is not None and self.charge_pct <= empty_below_pct


def booted_since(before: datetime, reading: UpsReading) -> bool | None:
    """Whether the agent started after ``before``; ``None`` where it does not say how long it runs."""
    if reading.uptime_s is None:
        return None
    return reading.at - timedelta(seconds=reading.uptime_s) > before + _CLOCK_SLACK
