r"""Did it change things? Before and after, with an interval, and beside a place where nothing was done.

Rates before and after are compared exactly (`gisops.incidents.interval.rate_ratio`). With a comparison area the ratio
of the two ratios says what changed here beyond what changed there; its logarithm has the variance
``1/a + 1/b + 1/c + 1/d`` (J. M. Bland and D. G. Altman, *The odds ratio*, BMJ 320, 2000). Where incidents come in
bursts the true interval is wider: counts of bursts are not Poisson, and ``dispersion`` says by how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, inf, log, sqrt
from statistics import NormalDist

from gisops.incidents.interval import Interval, rate_ratio

__all__ = ["Comparison", "compare", "dispersion", "ratio_of_ratios"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Counts before and after, and what the rate after is of the rate before.

    Parameters
    ----------
    ratio
        Of rates, after to before.
    beside
        The same of the comparison area; ``None`` without one.
    net
        ``ratio`` over ``beside``; ``None`` without a comparison area, or with a zero count.
    """

    before: int
    after: int
    before_days: float
    after_days: float
    ratio: Interval
    beside: Interval | None = None
    net: Interval | None = None


def compare(
    before: tuple[int, float],
    after: tuple[int, float],
    control: tuple[int, int] | None = None,
    level: float = 0.95,
) -> Comparison:
    """Compare two periods.

    Parameters
    ----------
    before, after
        Count and days of each.
    control
        Counts of the comparison area in the same two periods.
    level
        Of the intervals.
    """
    ratio = rate_ratio(after[0], after[1], before[0], before[1], level)
    if control is None:
        return Comparison(before[0], after[0], before[1], after[1], ratio)
    beside = rate_ratio(control[1], after[1], control[0], before[1], level)
    net = ratio_of_ratios((before[0], after[0]), control, level)
    return Comparison(before[0], after[0], before[1], after[1], ratio, beside, net)


def ratio_of_ratios(here: tuple[int, int], there: tuple[int, int], level: float = 0.95) -> Interval | None:
    """Give the change here over the change there; ``None`` where a count is zero.

    Examples
    --------
    Halved here, unchanged there: 0.5, and log 0.5 plus or minus 1.96 sqrt(1/100 + 1/50 + 2/100).

    >>> net = ratio_of_ratios((100, 50), (100, 100))
    >>> net.value, round(net.low, 3), round(net.high, 3)
    (0.5, 0.323, 0.775)
    """
    counts = (*here, *there)
    if min(counts) == 0:
        return None
    value = log(here[1] / here[0]) - log(there[1] / there[0])
    half = NormalDist().inv_cdf((1.0 + level) / 2.0) * sqrt(sum(1.0 / count for count in counts))
    return Interval(exp(value), exp(value - half), exp(value + half))


def dispersion(counts: Sequence[int]) -> float | None:
    """Give the variance of counts over equal times divided by their mean: 1 for Poisson, more for bursts."""
    n = len(counts)
    mean = sum(counts) / n if n else 0.0
    if n < 2 or mean == 0.0:
        return None
    found = sum((count - mean) ** 2 for count in counts) / (n - 1) / mean
    return found if found < inf else None
