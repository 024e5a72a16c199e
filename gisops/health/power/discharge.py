"""How fast does a running discharge lose charge: a robust line through what was read, with its error.

The model is a straight line of the gauge (charge, or voltage where no charge is read)
against the energy drawn, or against time where no load is read. There is no Peukert
exponent: the load of a cabinet is steady and far below an hour's rate, and a constant
that nobody measured would only hide the error. What the line cannot know (a gauge
that bends at its end) is part of the interval that `forecast` gives.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["BINS", "Curve", "Slope", "fit_slope"]

BINS = 64
"""Most points that are kept of a discharge: two neighbours become one when there are more."""
QUANTUM_SD = 1.0 / math.sqrt(12.0)
"""Standard deviation of a value that is rounded to whole units."""
MIN_FALL = 3.0
"""Units of the gauge that must be lost before a slope is worth anything."""
MIN_BINS = 5
_LEVEL_BINS = 8
_SLOPE_FLOOR = 0.02
"""Relative error below which no slope is believed: gauges are not straight to better than this."""


@dataclass(frozen=True, slots=True)
class Slope:
    """A fitted line.

    Parameters
    ----------
    per_x
        Units of the gauge lost per unit of ``x``; positive.
    log_sd
        Standard error of its logarithm.
    level, level_sd
        The gauge at the last reading, smoothed, and its error.
    """

    per_x: float
    log_sd: float
    level: float
    level_sd: float


class Curve:
    """The course of one discharge in bounded memory: means over bins of equal time, at most `BINS` of them.

    Means of neighbours lie on a line as the readings do, so that a fit through the
    bins is a fit through all readings. Adding a reading costs a constant.
    """

    def __init__(self) -> None:
        self._width_h = 0.0
        self._sums: list[list[float]] = []
        self._starts: list[float] = []

    def __len__(self) -> int:
        return len(self._sums)

    def add(self, hours: float, energy_wh: float | None, level: float) -> None:
        """Take a reading in.

        Parameters
        ----------
        hours
            Since the switch to battery; not less than the one before.
        energy_wh
            Drawn since then; ``None`` where it is not known.
        level
            The gauge.
        """
        row = [1.0, hours, math.nan if energy_wh is None else energy_wh, level]
        if self._sums and hours - self._starts[-1] < self._width_h:
            self._sums[-1] = [a + b for a, b in zip(self._sums[-1], row, strict=True)]
            return
        if len(self._sums) == BINS:
            self._halve()
        self._sums.append(row)
        self._starts.append(hours)

    def _halve(self) -> None:
        pairs = zip(self._sums[::2], self._sums[1::2], strict=True)
        self._sums = [[a + b for a, b in zip(one, two, strict=True)] for one, two in pairs]
        self._starts = self._starts[::2]
        self._width_h = (self._starts[-1] - self._starts[0]) / (len(self._starts) - 1)

    def columns(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Give hours, energy in Wh (NaN where not known) and level of every bin."""
        sums = np.asarray(self._sums, dtype=np.float64).reshape(-1, 4)
        means = sums[:, 1:] / sums[:, :1]
        return means[:, 0], means[:, 1], means[:, 2]


def fit_slope(x: NDArray[np.float64], level: NDArray[np.float64], x_now: float) -> Slope | None:
    """Fit a line by Theil (1950) and Sen (1968): the median of the slopes of all pairs.

    Parameters
    ----------
    x
        What was drawn (Wh) or how long it took (h), ascending; shape (n,).
    level
        The gauge; shape (n,). Outliers up to a quarter of the points do no harm.
    x_now
        Where the level is wanted.

    Returns
    -------
    Slope or None
        ``None`` where too little was lost to tell a slope, or the gauge does not fall.

    Notes
    -----
    The error is that of a least-squares line through the residuals' robust spread
    (1.4826 times their median distance), with as many independent points as the
    residuals' correlation leaves: neighbouring readings err together.
    """
    if len(x) < MIN_BINS:
        return None
    i, j = np.triu_indices(len(x), k=1)
    apart = x[j] - x[i]
    is_apart = apart != 0
    if not is_apart.any():
        return None
    slope = float(np.median((level[j] - level[i])[is_apart] / apart[is_apart]))
    span = float(np.ptp(x))
    if slope >= 0 or -slope * span < MIN_FALL:
        return None
    residuals = level - slope * x
    residuals = residuals - np.median(residuals)
    spread = max(1.4826 * float(np.median(np.abs(residuals))), QUANTUM_SD / 2.0)
    n = _independent(residuals)
    error = spread * math.sqrt(12.0 / n) / span * math.sqrt((n + 1.0) / max(n - 2.0, 1.0))
    near = slice(-_LEVEL_BINS, None)
    level_now = float(np.median(level[near] + slope * (x_now - x[near])))
    level_sd = math.hypot(QUANTUM_SD, spread / math.sqrt(min(_LEVEL_BINS, n)))
    return Slope(-slope, math.hypot(error / -slope, _SLOPE_FLOOR), level_now, level_sd)


def _independent(residuals: NDArray[np.float64]) -> float:
    """How many independent points the residuals are worth, by their correlation with their neighbours."""
    n = len(residuals)
    power = float(residuals @ residuals)
    rho = float(residuals[:-1] @ residuals[1:]) / power if power > 0 else 0.0
    rho = min(max(rho, 0.0), 0.95)
    return max(n * (1.0 - rho) / (1.0 + rho), 3.0)
