"""How often does it happen in each district? Counts, and rates a square kilometre and a year with exact bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gisops.incidents.interval import Interval, poisson_interval

__all__ = ["AreaRate", "area_rates"]

_DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class AreaRate:
    """One area.

    Parameters
    ----------
    count
        Incidents of any precision: an area is all that counting in it needs.
    per_km2_year
        With the exact 95 % interval of the count.
    per_100k_year
        A year and a hundred thousand inhabitants; ``None`` where their number is not known.
    """

    area_id: str
    count: int
    per_km2_year: Interval
    per_100k_year: Interval | None = None


def area_rates(
    counts: Mapping[str, int],
    areas_km2: Mapping[str, float],
    days: float,
    inhabitants: Mapping[str, int] | None = None,
    order: Sequence[str] = (),
) -> list[AreaRate]:
    """Give the rate of each area, those without incidents included.

    Parameters
    ----------
    counts
        Incidents by area.
    areas_km2
        All areas, and how large they are.
    days
        Length of the period.
    inhabitants
        By area, where known.
    order
        In which they are given; the highest rate first where it is left out.
    """
    years = days / _DAYS_A_YEAR
    found = []
    for area, size in areas_km2.items():
        count = counts.get(area, 0)
        people = (inhabitants or {}).get(area)
        per_km2 = _scaled(poisson_interval(count), 1.0 / (size * years))
        per_100k = _scaled(poisson_interval(count), 1e5 / (people * years)) if people else None
        found.append(AreaRate(area, count, per_km2, per_100k))
    if order:
        return sorted(found, key=lambda rate: order.index(rate.area_id))
    return sorted(found, key=lambda rate: (-(rate.per_km2_year.value or 0.0), rate.area_id))


def _scaled(bounds: Interval, by: float) -> Interval:
    value = None if bounds.value is None else bounds.value * by
    return Interval(value, bounds.low * by, bounds.high * by)
