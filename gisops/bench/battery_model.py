"""A cabinet's battery that nobody is told of: temperature, age and load change what it gives, and its gauge lies.

Shares nothing with the simulator or with the forecast that is held against it: its own
arithmetic, in steps of a poll. What a lead-acid battery gives falls with the rate of
discharge (Peukert 1897, exponent 1.15) and by 0.8 % a kelvin below 25 degC (IEEE Std 485).
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

__all__ = ["Cabinet", "Run"]

PEUKERT = 1.15
RATED_HOURS = 10.0
"""Rate at which the label holds: ten hours, as telecom batteries are sold."""
PER_KELVIN = 0.008
POLL_S = 60.0


@dataclass(frozen=True)
class Run:
    """A whole run on battery: metrics by poll, and when it truly went dark."""

    began_at: datetime
    dark_at: datetime
    readings: list[tuple[datetime, dict[str, float | None]]]


@dataclass(frozen=True)
class Cabinet:
    """A street cabinet.

    Parameters
    ----------
    rated_wh
        On the label, at the ten-hour rate and 25 degC.
    health
        Share of it that age has left.
    temperature_c
        Of the battery.
    load_w
        Mean load.
    dead_pct
        Gauge reading at which the UPS switches off.
    bend_pct
        How far the gauge strays from a straight line in the middle.
    noise_pct
        Standard deviation of the gauge's jitter, before it is rounded to whole percents.
    lost_polls
        Share of the polls that stay unanswered.
    wander
        Standard deviation of the load, relative to its mean, over some 20 minutes.
    """

    rated_wh: float
    health: float
    temperature_c: float
    load_w: float
    dead_pct: float = 3.0
    bend_pct: float = 0.0
    noise_pct: float = 0.5
    lost_polls: float = 0.05
    wander: float = 0.04

    @classmethod
    def drawn(cls, rng: random.Random, health: float, temperature_c: float, load_w: float) -> Cabinet:
        """Draw one of an age, a temperature and a load (each about so) from the street."""
        return cls(
            rated_wh=rng.choice((600.0, 800.0, 1000.0)),
            health=health * math.exp(rng.gauss(0.0, 0.1)),
            temperature_c=temperature_c + rng.gauss(0.0, 2.0),
            load_w=load_w * math.exp(rng.gauss(0.0, 0.15)),
            dead_pct=rng.uniform(0.0, 6.0),
            bend_pct=rng.gauss(0.0, 1.0),
        )

    def another_day(self, rng: random.Random) -> Cabinet:
        """Give the same cabinet on another day: a little warmer or colder, a little more or less to feed."""
        return replace(
            self,
            temperature_c=self.temperature_c + rng.gauss(0.0, 3.0),
            load_w=self.load_w * math.exp(rng.gauss(0.0, 0.04)),
        )

    def run(self, began_at: datetime, rng: random.Random) -> Run:
        """Let it run from full to dark."""
        warmth = max(0.4, 1.0 - PER_KELVIN * max(0.0, 25.0 - self.temperature_c))
        worth = self.rated_wh * self.health * warmth
        left, strayed, seconds = worth, 0.0, 0.0
        readings: list[tuple[datetime, dict[str, float | None]]] = []
        while left > 0:
            load = self.load_w * (1.0 + strayed)
            if rng.random() >= self.lost_polls:
                readings.append((began_at + timedelta(seconds=seconds), self._read(left / worth, load, seconds, rng)))
            drain = load * (load * RATED_HOURS / self.rated_wh) ** (PEUKERT - 1.0)
            left -= drain * POLL_S / 3600.0
            seconds += POLL_S
            kick = self.wander * math.sqrt(2.0 * POLL_S / 1200.0)
            strayed += -strayed * POLL_S / 1200.0 + rng.gauss(0.0, kick)
        dark_s = seconds + left / max(drain, 1.0) * 3600.0
        return Run(began_at, began_at + timedelta(seconds=dark_s), readings)

    def _read(self, share: float, load_w: float, seconds: float, rng: random.Random) -> dict[str, float | None]:
        true_pct = self.dead_pct + (100.0 - self.dead_pct) * share
        shown = true_pct + self.bend_pct * 4.0 * share * (1.0 - share) + rng.gauss(0.0, self.noise_pct)
        return {
            "on_battery_s": float(int(seconds)),
            "battery_status": 2.0 if true_pct > 20 else 3.0,
            "battery_charge_pct": float(min(100, max(0, round(shown)))),
            "battery_temperature_c": float(round(self.temperature_c)),
            "input_voltage_v": 0.0,
            "output_power_w": float(round(load_w)),
            "uptime_s": 5e6 + seconds,
        }
