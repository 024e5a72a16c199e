"""How much sun can there be: the clear sky over a place at a time, as an upper bound for a panel.

Declination and equation of time by Spencer (1971), "Fourier series representation of
the position of the sun"; irradiance on flat ground under a clear sky by Haurwitz
(1945), "Insolation in relation to cloudiness and cloud density".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["clear_sky_share"]

_STANDARD_W_M2 = 1000.0
"""Irradiance at which a panel gives its rated power (IEC 60904, standard test conditions)."""


def clear_sky_share(epoch_s: NDArray[np.float64], lon_deg: float, lat_deg: float) -> NDArray[np.float64]:
    """Give the share of its rated power that a flat panel can yield under a clear sky.

    Parameters
    ----------
    epoch_s
        Seconds of the epoch (UTC); any shape.
    lon_deg, lat_deg
        WGS 84.

    Returns
    -------
    ndarray
        0 at night, about 1 with the sun overhead; the shape of ``epoch_s``.
    """
    days = epoch_s / 86400.0
    # 1970-01-01 was a Thursday; the year's phase drifts by less than a day, which the bound does not feel.
    year = 2.0 * np.pi * np.mod(days, 365.2425) / 365.2425
    declination = (
        0.006918
        - 0.399912 * np.cos(year)
        + 0.070257 * np.sin(year)
        - 0.006758 * np.cos(2 * year)
        + 0.000907 * np.sin(2 * year)
        - 0.002697 * np.cos(3 * year)
        + 0.001480 * np.sin(3 * year)
    )
    minutes = 229.18 * (
        0.000075
        + 0.001868 * np.cos(year)
        - 0.032077 * np.sin(year)
        - 0.014615 * np.cos(2 * year)
        - 0.040849 * np.sin(2 * year)
    )
    solar_h = np.mod(days, 1.0) * 24.0 + lon_deg / 15.0 + minutes / 60.0
    hour_angle = np.radians(15.0 * (solar_h - 12.0))
    lat = np.radians(lat_deg)
    cosine = np.sin(lat) * np.sin(declination) + np.cos(lat) * np.cos(declination) * np.cos(hour_angle)
    cosine = np.maximum(cosine, 1e-6)
    share = 1098.0 * cosine * np.exp(-0.057 / cosine) / _STANDARD_W_M2
    return np.where(cosine > 1e-5, share, 0.0)
