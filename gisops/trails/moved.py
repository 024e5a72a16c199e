"""Is a box away from its place, or is that the noise of its tracker? The test, and nothing else.

A fix that states an accuracy of *r* metres (the radius of 68 % probability) has, for errors that
are normal and alike in all directions, a standard deviation of ``r / sqrt(-2 ln 0.32)`` on each
axis, and its distance from the true place is Rayleigh distributed: beyond *k* deviations with
probability ``exp(-k²/2)``. With k = 6 that is 1.5e-8 a fix: 0.004 false ones in 30 days of a fix
every ten seconds. The error of the place itself does not change from fix to fix: three of its
deviations are added, not averaged away.

A move is called only where two fixes one after the other are beyond, so that a lone jump of a
receiver between houses is none. Errors that are alike from fix to fix cost that second guard;
the first alone keeps the promise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gisops.geo.measure import distances_m
from gisops.model.position import Fix

__all__ = ["DEVIATIONS", "LEAST_M", "UNSTATED_M", "Home", "apart_m", "beyond_m", "displaced_m", "thresholds_m"]

DEVIATIONS = 6.0
"""Standard deviations of a fix beyond which it is not at home."""
_HOME_DEVIATIONS = 3.0
UNSTATED_M = 50.0
"""Accuracy that is taken for a fix which states none."""
LEAST_M = 25.0
"""No smaller displacement is a move, whatever accuracy is claimed: steel and houses mislead a receiver."""
_AXES_PER_RADIUS = 1.0 / math.sqrt(-2.0 * math.log(1.0 - 0.68))


@dataclass(frozen=True, slots=True)
class Home:
    """Where a box belongs, and how well that is known (radius of 68 % probability)."""

    lon: float
    lat: float
    accuracy_m: float = 10.0


def apart_m(first_accuracy_m: float | None, second_accuracy_m: float | None) -> float:
    """Give the distance beyond which two positions are not the same place.

    Examples
    --------
    >>> round(apart_m(10.0, 10.0), 1), apart_m(2.0, 2.0)
    (56.2, 25.0)
    """
    radii = [UNSTATED_M if radius is None else radius for radius in (first_accuracy_m, second_accuracy_m)]
    return max(LEAST_M, DEVIATIONS * _AXES_PER_RADIUS * math.hypot(*radii))


def beyond_m(home: Home, accuracy_m: float | None) -> float:
    """Give the distance from home beyond which a fix is away.

    Examples
    --------
    >>> round(beyond_m(Home(67.0, 24.8, 10.0), 5.0), 1)
    39.7
    """
    radius = UNSTATED_M if accuracy_m is None else accuracy_m
    return max(LEAST_M, _AXES_PER_RADIUS * (DEVIATIONS * radius + _HOME_DEVIATIONS * home.accuracy_m))


def displaced_m(home: Home, fixes: Sequence[Fix]) -> NDArray[np.float64]:
    """Give the geodesic metres from home to each fix; shape (n,)."""
    if not fixes:
        return np.zeros(0)
    return distances_m(home.lon, home.lat, [fix.lon for fix in fixes], [fix.lat for fix in fixes])


def thresholds_m(home: Home, fixes: Sequence[Fix]) -> NDArray[np.float64]:
    """Give the metres beyond which each fix is not at home; shape (n,)."""
    return np.array([beyond_m(home, fix.accuracy_m) for fix in fixes], dtype=np.float64)
