"""A tracker that lies still, as its receiver sees it: noise with memory, lone jumps; none of the product in it."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import numpy as np

from gisops.model.position import Fix
from gisops.trails.moved import Home

# Of a circular normal error, 68 % lie within 1.5096 standard deviations of one axis.
_RADIUS_68 = 1.5096
_METRES_PER_DEGREE = 111_320.0


def resting_fixes(
    home: Home,
    accuracy_m: float,
    start: datetime,
    seconds: float,
    every_s: float,
    memory_s: float,
    rng: np.random.Generator,
    *,
    jumps: float = 0.0,
    jump_m: float = 0.0,
) -> list[Fix]:
    """Give the fixes of a tracker that does not move.

    The error on each axis is a Gauss-Markov process with the stated accuracy and a memory of
    ``memory_s``; the true place is off the inventory's by an error of that accuracy, too.
    """
    count = int(seconds / every_s)
    sigma = accuracy_m / _RADIUS_68
    keep = math.exp(-every_s / memory_s) if memory_s else 0.0
    fresh = rng.normal(0.0, sigma * math.sqrt(1 - keep**2), (count, 2))
    error = np.empty_like(fresh)
    error[0] = rng.normal(0.0, sigma, 2)
    for n in range(1, count):
        error[n] = keep * error[n - 1] + fresh[n]
    survey = rng.normal(0.0, home.accuracy_m / _RADIUS_68, 2)
    survey *= min(1.0, 3 * home.accuracy_m / _RADIUS_68 / max(1e-9, float(np.hypot(*survey))))
    error += survey
    if jumps:
        is_jump = rng.random(count) < jumps
        is_jump[1:] &= ~is_jump[:-1]
        error[is_jump] += jump_m
    lon = home.lon + error[:, 0] / (_METRES_PER_DEGREE * math.cos(math.radians(home.lat)))
    lat = home.lat + error[:, 1] / _METRES_PER_DEGREE
    return [
        Fix("T", start + timedelta(seconds=n * every_s), float(lon[n]), float(lat[n]), accuracy_m)
        for n in range(count)
    ]
