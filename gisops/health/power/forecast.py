"""When does a box on battery go dark: an interval, honest about everything that is not known.

The charge above the box's own end is divided by how much the gauge loses per unit
drawn; what will be drawn is the present load less the sun that is still to come. Each
of these is a distribution; the answer is the middle of theirs and the bounds between
which darkness falls in 8 of 10 cases.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from gisops.health.power.capacity import Basis, Battery
from gisops.health.power.discharge import Slope

__all__ = ["HORIZON_H", "LEVEL", "Outlook", "TimeToDark", "dark_within", "join_slope", "sun_to_come"]

LEVEL = 0.8
"""Share of the cases that the interval holds."""
HORIZON_H = 48.0
"""Beyond this nothing is said."""
LOAD_LOG_SD = 0.04
"""How much the load of the hours to come differs from the load so far."""
_STEP_H = 1.0 / 6.0
_NODES = 15
_SKIES = ((0.35, 0.15), (0.7, 0.2), (0.9, 0.3), (1.0, 0.2), (1.1, 0.15))
"""Sun to come against the sun now, and how often: clouds come more easily than they go."""


@dataclass(frozen=True, slots=True)
class TimeToDark:
    """When a box on battery goes dark.

    Parameters
    ----------
    device_id
        The box.
    stated_at
        Time of the reading it rests on; UTC.
    low_s, mid_s, high_s
        Seconds from ``stated_at``: darkness falls after ``low_s`` and before ``high_s`` in 8
        of 10 cases, half of the time before ``mid_s``. ``inf``: not within two days.
    basis
        What it rests on.
    charge_pct, load_w
        As last read.
    """

    device_id: str
    stated_at: datetime
    low_s: float
    mid_s: float
    high_s: float
    basis: Basis
    charge_pct: float | None = None
    load_w: float | None = None

    @property
    def earliest_at(self) -> datetime | None:
        """Moment of ``low_s``; ``None`` where it is beyond the horizon."""
        return self._at(self.low_s)

    @property
    def latest_at(self) -> datetime | None:
        """Moment of ``high_s``; ``None`` where it is beyond the horizon."""
        return self._at(self.high_s)

    def _at(self, seconds: float) -> datetime | None:
        return self.stated_at + timedelta(seconds=seconds) if math.isfinite(seconds) else None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a forecast starts from.

    Parameters
    ----------
    level, level_sd
        The gauge now.
    cut, cut_sd
        The gauge at darkness.
    per_x, log_sd
        Lost by the gauge per unit drawn, and the standard deviation of its logarithm.
    draw
        Units drawn per hour: watts, or 1 where time itself is the unit.
    drawn
        Units drawn since ``level`` was so: 0 where it is the level of now.
    """

    level: float
    level_sd: float
    cut: float
    cut_sd: float
    per_x: float
    log_sd: float
    draw: float
    drawn: float = 0.0


def join_slope(slope: Slope | None, battery: Battery | None) -> tuple[float, float, Basis] | None:
    """Weigh what the running discharge shows against what was known of the battery before.

    Returns
    -------
    tuple or None
        Gauge units lost per unit drawn, standard deviation of the logarithm, basis.
    """
    known: list[tuple[float, float]] = []
    if slope is not None:
        known.append((math.log(slope.per_x), slope.log_sd))
    if battery is not None:
        known.append((math.log(100.0 / battery.capacity), battery.log_sd))
    if not known:
        return None
    weights = [1.0 / sd**2 for _, sd in known]
    mean = sum(w * value for w, (value, _) in zip(weights, known, strict=True)) / sum(weights)
    log_sd = 1.0 / math.sqrt(sum(weights))
    if len(known) == 2:
        # Two beliefs further apart than their errors allow: the errors are widened until they agree
        # (Birge 1932, "The calculation of errors by the method of least squares").
        apart = known[0][0] - known[1][0]
        log_sd *= max(1.0, abs(apart) / math.hypot(known[0][1], known[1][1]))
    if slope is not None:
        return math.exp(mean), log_sd, Basis.RUNNING
    return math.exp(mean), log_sd, battery.basis if battery is not None else Basis.RATED


def dark_within(
    outlook: Outlook, sun_w: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None
) -> tuple[float, float, float]:
    """Give the hours to darkness: lower bound, median, upper bound of the interval of `LEVEL`.

    Parameters
    ----------
    outlook
        What is known now. That the box still lives is used: what would have it dark
        already is left out.
    sun_w
        Power of the panel by hours from now; ``None``: it has none, or time is the unit.
    """
    z = _nodes()
    margin = outlook.level - np.maximum(outlook.cut + outlook.cut_sd * z, 0.0)
    margin = (margin[:, None] + outlook.level_sd * z[None, ::3]).ravel()
    margin = margin[margin > 0]
    if not len(margin):  # it should be dark already and is not: any moment now
        margin = np.abs(math.hypot(outlook.level_sd, 0.3) * z)
    rate = outlook.per_x * np.exp(math.hypot(outlook.log_sd, LOAD_LOG_SD) * z)
    need = (margin[:, None] / rate[None, :]).ravel() - outlook.drawn
    need = need[need > 0]
    if not len(need):
        return 0.0, 0.0, 0.0
    if sun_w is None:
        hours = need / outlook.draw if outlook.draw > 0 else np.full_like(need, np.inf)
        weights = np.full_like(hours, 1.0 / len(hours))
    else:
        grid = np.arange(0.0, HORIZON_H + _STEP_H, _STEP_H)
        sun = sun_w(grid)
        found = [(_crossing(grid, outlook.draw - sky * sun, need), share) for sky, share in _SKIES]
        hours = np.concatenate([times for times, _ in found])
        weights = np.concatenate([np.full_like(times, share / len(times)) for times, share in found])
    hours = np.where(hours > HORIZON_H, np.inf, hours)
    low, mid, high = _quantiles(hours, weights, (0.5 - LEVEL / 2, 0.5, 0.5 + LEVEL / 2))
    return low, mid, high


def sun_to_come(
    shares: Callable[[NDArray[np.float64]], NDArray[np.float64]], rated_w: float, now_w: float | None, usual: float
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Give the panel's power by hours from now: the clear sky's course, as much of it as comes through now.

    Parameters
    ----------
    shares
        Share of the rated power that a clear sky gives, by hours from now.
    rated_w, now_w
        Of the panel, and what it gives now.
    usual
        Share of the clear sky's yield that this panel gives as a rule, for the night and its edges.
    """
    bright = float(shares(np.zeros(1))[0])
    ratio = usual
    if now_w is not None and bright > 0.15:
        ratio = min(now_w / (rated_w * bright), 1.1)
    return lambda hours: ratio * rated_w * shares(hours)


@cache
def _nodes() -> NDArray[np.float64]:
    normal = NormalDist()
    return np.array([normal.inv_cdf((i + 0.5) / _NODES) for i in range(_NODES)])


def _crossing(
    grid: NDArray[np.float64], net_w: NDArray[np.float64], need: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give the hour at which what is drawn first reaches each need; infinite where it never does."""
    drawn = np.concatenate([[0.0], np.cumsum(0.5 * (net_w[1:] + net_w[:-1]) * np.diff(grid))])
    most = np.maximum.accumulate(drawn)
    at = np.searchsorted(most, need, side="left")
    is_reached = at < len(grid)
    k = np.clip(at, 1, len(grid) - 1)
    step = most[k] - most[k - 1]
    part = np.divide(need - most[k - 1], step, out=np.zeros_like(need), where=step > 0)
    return np.where(is_reached, grid[k - 1] + part * (grid[k] - grid[k - 1]), np.inf)


def _quantiles(
    values: NDArray[np.float64], weights: NDArray[np.float64], wanted: tuple[float, float, float]
) -> tuple[float, float, float]:
    order = np.argsort(values)
    below = np.cumsum(weights[order])
    last = len(values) - 1
    low, mid, high = (float(values[order[min(int(np.searchsorted(below, q)), last)]]) for q in wanted)
    return low, mid, high
