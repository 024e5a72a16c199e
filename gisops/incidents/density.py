r"""Where do incidents crowd? Kernel density with a stated bandwidth, on squares of ground.

A Gaussian of standard deviation ``h`` (the bandwidth, metres) is put on each incident; where the place is known only
to within ``r`` metres the kernel is that much wider, ``sqrt(h^2 + r^2)``: a street's incident is spread over the
street, not put on its middle. Sums are weighted incidents a square kilometre. B. W. Silverman, *Density Estimation
for Statistics and Data Analysis* (1986), section 4.2; Scott's rule for the bandwidth is his equation 6.42 (D. W.
Scott, *Multivariate Density Estimation*, 1992): ``h = s n^(-1/6)`` in two dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np

from gisops.errors import IncidentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Density", "kernel_density", "scott_bandwidth_m"]

_REACH = 4.0
_MAX_CELLS = 4_000_000
_M2_PER_KM2 = 1e6


@dataclass(frozen=True)
class Density:
    """A grid of densities.

    Parameters
    ----------
    per_km2
        ``(rows, columns)``: weighted incidents a square kilometre; row 0 is the southernmost.
    west_m, south_m, cell_m
        Corner of the grid and side of its squares, UTM 42N metres.
    bandwidth_m
        Standard deviation of the kernel.
    """

    per_km2: NDArray[np.float64]
    west_m: float
    south_m: float
    cell_m: float
    bandwidth_m: float


def scott_bandwidth_m(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Give Scott's bandwidth; it smooths a city with several centres too much, and is a most, not a best.

    Raises
    ------
    IncidentError
        For fewer than two points, or points that are all at one place.
    """
    if len(x) < 2:
        raise IncidentError("bandwidth", f"{len(x)} incidents", "give a bandwidth in metres")
    spread = sqrt((float(np.var(x, ddof=1)) + float(np.var(y, ddof=1))) / 2.0)
    if spread <= 0.0:
        raise IncidentError("bandwidth", "all incidents are at one place", "give a bandwidth in metres")
    return float(spread * len(x) ** (-1.0 / 6.0))


def kernel_density(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    weight: NDArray[np.float64],
    radius_m: NDArray[np.float64],
    bandwidth_m: float,
    cell_m: float,
) -> Density:
    """Spread incidents over ground.

    Parameters
    ----------
    x, y
        ``(n,)``: UTM metres.
    weight, radius_m
        ``(n,)``: how heavy each counts, and the standard error of its place.
    bandwidth_m
        Standard deviation of the kernel, at least one side of a square.
    cell_m
        Side of a square.

    Raises
    ------
    IncidentError
        Where the bandwidth is smaller than a square, or the grid would have more than four million squares.

    Examples
    --------
    One incident, 100 m: at its middle ``1 / (2 pi 0.1^2)`` = 15.9 a square kilometre.

    >>> one, none = np.ones(1), np.zeros(1)
    >>> round(float(kernel_density(none + 5.0, none + 5.0, one, none, 100.0, 10.0).per_km2.max()), 1)
    15.9
    """
    if not bandwidth_m >= cell_m > 0.0:
        raise IncidentError(
            "bandwidth", f"{bandwidth_m:g} m over squares of {cell_m:g} m", "make the squares smaller"
        )
    if not len(x):
        return Density(np.zeros((0, 0)), 0.0, 0.0, cell_m, bandwidth_m)
    # Widths in steps of a quarter: a handful of blurs instead of one for each incident.
    sigma = np.sqrt(bandwidth_m**2 + np.asarray(radius_m, dtype=np.float64) ** 2)
    step = np.round(np.log(sigma / bandwidth_m) / np.log(1.25))
    widest = bandwidth_m * 1.25 ** float(step.max())
    margin = ceil(_REACH * widest / cell_m) * cell_m
    west, south = (np.floor(float(v.min()) / cell_m) * cell_m - margin for v in (x, y))
    columns = ceil((float(x.max()) + margin - west) / cell_m) + 1
    rows = ceil((float(y.max()) + margin - south) / cell_m) + 1
    if rows * columns > _MAX_CELLS:
        raise IncidentError("grid", f"{rows:,} x {columns:,} squares", "take larger squares or a smaller area")
    column, row = np.floor((x - west) / cell_m).astype(int), np.floor((y - south) / cell_m).astype(int)
    total = np.zeros((rows, columns))
    for each in np.unique(step):
        of = step == each
        flat = row[of] * columns + column[of]
        counts: NDArray[np.float64] = np.bincount(flat, weights=weight[of], minlength=rows * columns).astype(float)
        total = total + _blurred(counts.reshape(rows, columns), bandwidth_m * 1.25 ** float(each) / cell_m)
    return Density(total * _M2_PER_KM2 / cell_m**2, west, south, cell_m, bandwidth_m)


def _blurred(counts: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """Convolve with a Gaussian that sums to one, along rows and then columns (by Fourier transform)."""
    out = counts
    for axis in (0, 1):
        size = counts.shape[axis]
        reach = ceil(_REACH * sigma)
        kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
        kernel /= kernel.sum()
        length = size + 2 * reach
        spectrum = np.fft.rfft(kernel, length)
        shaped = spectrum[:, None] if axis == 0 else spectrum[None, :]
        whole = np.fft.irfft(np.fft.rfft(out, length, axis=axis) * shaped, length, axis=axis)
        out = np.take(whole, np.arange(reach, reach + size), axis=axis)
    return np.maximum(out, 0.0)
