"""How long is the fibre? Each span by two computations that share nothing, and totals by ring or status.

The geodesic is Karney's (:mod:`gisops.geo.measure`). The plane is UTM 42N: each
straight piece divided by the scale factor of the projection, taken at both ends
and the middle (Simpson's rule). The database has a third way of its own, see
``gisops/store/span_length.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gisops.geo.measure import geodesic_length_m
from gisops.geo.project import to_utm42
from gisops.model.inventory import Inventory, Span

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["GROUPINGS", "SpanLength", "Total", "measure_spans", "planar_length_m", "totals"]

# WGS 84 and UTM: semi-major axis, squared eccentricity, scale on the central meridian, false easting.
_A, _E2, _K0, _EASTING_0 = 6_378_137.0, 0.006694379990141, 0.9996, 500_000.0

GROUPINGS: Mapping[str, Callable[[Span], tuple[str, ...]]] = {
    "status": lambda span: (span.status or "not said",),
    "ring": lambda span: tuple(part for part in (span.ring or "").split(";") if part) or ("spurs",),
    "installation": lambda span: (span.installation or "not said",),
    "phase": lambda span: (span.phase or "not said",),
    "organisation": lambda span: (span.organisation or "not said",),
}
"""Ways to group spans; a span of two rings counts in both."""


@dataclass(frozen=True, slots=True)
class SpanLength:
    """One span: its route by each computation and its cable, in metres; ``None`` where not known."""

    span_id: str
    geodesic_m: float
    planar_m: float
    sql_m: float | None
    cable_m: float | None


@dataclass(frozen=True, slots=True)
class Total:
    """Spans of one group added up, in metres.

    ``sql_m`` and ``cable_m`` are ``None`` where any span of the group lacks it: a
    sum with gaps would look like a shorter network.
    """

    group: str
    spans: int
    geodesic_m: float
    planar_m: float
    sql_m: float | None
    cable_m: float | None


def planar_length_m(line: shapely.LineString) -> float:
    """Length of a line in UTM 42N, corrected for the scale of the projection.

    Parameters
    ----------
    line
        Longitude and latitude in degrees.

    Returns
    -------
    float
        Metres.

    Raises
    ------
    GeometryError
        If a vertex is outside the zone.

    Notes
    -----
    Scale factor k = k0 (1 + x^2 / 2r^2 + x^4 / 24r^4) with r^2 = k0^2 M N (J. P. Snyder, Map
    Projections, USGS Professional Paper 1395, equation 8-11 in its form by easting).

    Examples
    --------
    >>> round(planar_length_m(shapely.LineString([(67.0, 24.8), (67.01, 24.8)])), 2)
    1011.14
    """
    points = shapely.get_coordinates(line)
    easting, northing = to_utm42(points[:, 0], points[:, 1])
    x = easting - _EASTING_0
    middle_x, middle_lat = (x[:-1] + x[1:]) / 2.0, (points[:-1, 1] + points[1:, 1]) / 2.0
    ends = _scale(x, points[:, 1])
    scale = (ends[:-1] + 4.0 * _scale(middle_x, middle_lat) + ends[1:]) / 6.0
    return float(np.sum(np.hypot(np.diff(easting), np.diff(northing)) / scale))


def measure_spans(inventory: Inventory, sql_m: Mapping[str, float] | None = None) -> tuple[SpanLength, ...]:
    """Measure every span, in the order of the inventory.

    Parameters
    ----------
    inventory
        Spans are read.
    sql_m
        Metres by span id as the database computed them; ``None`` where it was not asked.
    """
    return tuple(
        SpanLength(
            span.id,
            geodesic_length_m(span.geometry),
            planar_length_m(span.geometry),
            None if sql_m is None else sql_m.get(span.id),
            span.cable_length_m,
        )
        for span in inventory.spans.values()
    )


def totals(inventory: Inventory, lengths: Iterable[SpanLength], by: str | None = None) -> tuple[Total, ...]:
    """Add spans up by one of `GROUPINGS`, or all of them; groups in order of their names."""
    groups: dict[str, list[SpanLength]] = {}
    for length in lengths:
        for group in GROUPINGS[by](inventory.spans[length.span_id]) if by else ("all",):
            groups.setdefault(group, []).append(length)
    return tuple(_total(group, groups[group]) for group in sorted(groups, key=_by_number))


def _total(group: str, lengths: list[SpanLength]) -> Total:
    return Total(
        group,
        len(lengths),
        sum(length.geodesic_m for length in lengths),
        sum(length.planar_m for length in lengths),
        _sum(length.sql_m for length in lengths),
        _sum(length.cable_m for length in lengths),
    )


def _sum(values: Iterable[float | None]) -> float | None:
    total = 0.0
    for value in values:
        if value is None:
            return None
        total += value
    return total


def _by_number(group: str) -> tuple[int, str]:
    """Order R9 before R10."""
    return len(group), group


def _scale(x: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    sine2 = np.sin(np.radians(lat)) ** 2
    r2 = _K0**2 * _A**2 * (1.0 - _E2) / (1.0 - _E2 * sine2) ** 2
    share = x**2 / r2
    return np.asarray(_K0 * (1.0 + share / 2.0 + share**2 / 24.0), dtype=np.float64)
