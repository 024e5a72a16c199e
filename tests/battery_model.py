"""A battery for tests, made of its own arithmetic: a bucket of energy, a wandering load, a gauge that lies a little.

Shares nothing with the simulator or with the fit that it is held against.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

__all__ = ["Cabinet", "Discharge"]


@dataclass(frozen=True)
class Discharge:
    """A whole run on battery: readings by poll, and when it truly went dark."""

    began_at: datetime
    dark_at: datetime
    readings: list[tuple[datetime, dict[str, float | None]]]


@dataclass
class Cabinet:
    """A street cabinet whose true capacity, end and gauge nobody is told.

    Parameters
    ----------
    rng
        Where chance comes from.
    worth_wh
        What the battery truly gives from full to dead.
    dead_pct
        Gauge reading at which the UPS switches off.
    bend_pct
        How far the gauge strays from a straight line in the middle.
    noise_pct
        Standard deviation of the gauge's jitter, before it is rounded to whole percents.
    """

    rng: random.Random
    worth_wh: float
    load_w: float
    dead_pct: float
    bend_pct: float = 0.0
    noise_pct: float = 0.5
    poll_s: float = 60.0
    lost_polls: float = 0.05
    wander: float = 0.04
    uptime_s: float = field(default=5e6)

    @classmethod
    def drawn(cls, rng: random.Random) -> Cabinet:
        """Draw one from the street."""
        return cls(
            rng,
            worth_wh=rng.uniform(120.0, 900.0),
            load_w=rng.uniform(50.0, 140.0),
            dead_pct=rng.uniform(0.0, 6.0),
            bend_pct=rng.gauss(0.0, 1.0),
        )

    def run(self, began_at: datetime) -> Discharge:
        """Let it run from full to dark."""
        left, strayed, seconds = self.worth_wh, 0.0, 0.0
        readings: list[tuple[datetime, dict[str, float | None]]] = []
        mean = self.load_w * math.exp(self.rng.gauss(0.0, 0.03))
        while left > 0:
            share = left / self.worth_wh
            true_pct = self.dead_pct + (100.0 - self.dead_pct) * share
            shown = true_pct + self.bend_pct * 4.0 * share * (1.0 - share) + self.rng.gauss(0.0, self.noise_pct)
            load = mean * (1.0 + strayed)
            if self.rng.random() >= self.lost_polls:
                readings.append(
                    (
                        began_at + timedelta(seconds=seconds),
                        {
                            "on_battery_s": float(int(seconds)),
                            "battery_status": 2.0 if true_pct > 20 else 3.0,
                            "battery_charge_pct": float(min(100, max(0, round(shown)))),
                            "input_voltage_v": 0.0,
                            "output_power_w": float(round(load)),
                            "uptime_s": self.uptime_s + seconds,
                        },
                    )
                )
            left -= load * self.poll_s / 3600.0
            seconds += self.poll_s
            # The load wanders back to its mean within some 20 minutes.
            strayed += -strayed * self.poll_s / 1200.0 + self.rng.gauss(
                0.0, self.wander * math.sqrt(2.0 * self.poll_s / 1200.0)
            )
        over = -left / max(load, 1.0) * 3600.0
        return Discharge(began_at, began_at + timedelta(seconds=seconds - over), readings)
