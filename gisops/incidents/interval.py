r"""Between which bounds does a rate lie? Exact intervals for counts (Poisson) and for shares (binomial).

- one count: F. Garwood, *Fiducial Limits for the Poisson Distribution*, Biometrika 28 (1936);
- a share: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934);
- two rates: given both counts together, the first is binomial (J. Przyborowski and H. Wilenski, Biometrika 31, 1940),
  so an interval of that share is one of the ratio of the rates.

Bounds are found by halving: the tails are sums that need no table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf, lgamma, log, log1p, sqrt

__all__ = ["Interval", "poisson_interval", "rate_ratio", "share_interval"]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its bounds; ``None`` where nothing can be estimated, infinity where nothing bounds it."""

    value: float | None
    low: float
    high: float


def poisson_interval(count: int, level: float = 0.95) -> Interval:
    """Bound the mean of a Poisson count.

    Examples
    --------
    >>> bounds = poisson_interval(10)
    >>> round(bounds.low, 2), round(bounds.high, 2)
    (4.8, 18.39)
    """
    tail = (1.0 - level) / 2.0
    most = count + 10.0 * sqrt(count + 1.0) + 20.0
    low = 0.0 if count == 0 else _root(lambda mean: _poisson_upper(count, mean) - tail, 0.0, float(count))
    high = _root(lambda mean: tail - _poisson_lower(count, mean), float(count), most)
    return Interval(float(count), low, high)


def share_interval(hits: int, trials: int, level: float = 0.95) -> Interval:
    """Bound a probability by hits among trials.

    Examples
    --------
    >>> bounds = share_interval(0, 10)
    >>> bounds.low, round(bounds.high, 4)
    (0.0, 0.3085)
    """
    tail = (1.0 - level) / 2.0
    if trials == 0:
        return Interval(None, 0.0, 1.0)
    value = hits / trials
    low = 0.0 if hits == 0 else _root(lambda p: _binomial_upper(hits, trials, p) - tail, 0.0, value)
    high = 1.0 if hits == trials else _root(lambda p: tail - _binomial_lower(hits, trials, p), value, 1.0)
    return Interval(value, low, high)


def rate_ratio(count: int, exposure: float, base_count: int, base_exposure: float, level: float = 0.95) -> Interval:
    """Bound how many times the base rate a rate is.

    Parameters
    ----------
    count, exposure, base_count, base_exposure
        Counts, and the time (or area) each was counted over, in one unit.

    Examples
    --------
    >>> bounds = rate_ratio(11, 800, 21, 3011)
    >>> round(bounds.value, 4), round(bounds.low, 4), round(bounds.high, 4)
    (1.9715, 0.8584, 4.2773)
    """
    if count + base_count == 0:
        return Interval(None, 0.0, inf)
    share = share_interval(count, count + base_count, level)
    scale = base_exposure / exposure
    value = inf if base_count == 0 else scale * count / base_count
    return Interval(value, *(inf if p >= 1.0 else scale * p / (1.0 - p) for p in (share.low, share.high)))


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    for _ in range(200):
        middle = (low + high) / 2.0
        if middle in (low, high):
            break
        if rising(middle) < 0.0:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def _terms(start: float, ratio: Callable[[int], float], first: int, step: int) -> float:
    """Sum terms from their logarithm on, each the one before times a ratio, until they no longer count."""
    term = total = 1.0
    at = first
    while term > 1e-17 * total:
        term *= ratio(at)
        total += term
        at += step
    return exp(min(0.0, start + log(total)))


def _poisson_log(count: int, mean: float) -> float:
    return count * log(mean) - mean - lgamma(count + 1.0) if mean > 0.0 else (0.0 if count == 0 else -inf)


def _poisson_upper(count: int, mean: float) -> float:
    """P(X >= count), for a mean not above the count: terms fall."""
    start = _poisson_log(count, mean)
    return 0.0 if start == -inf else _terms(start, lambda k: mean / (k + 1.0), count, 1)


def _poisson_lower(count: int, mean: float) -> float:
    """P(X <= count), for a mean not below the count."""
    return _terms(_poisson_log(count, mean), lambda k: k / mean if k > 0 else 0.0, count, -1)


def _binomial_log(hits: int, trials: int, p: float) -> float:
    if not 0.0 < p < 1.0:
        return 0.0 if hits == (0 if p <= 0.0 else trials) else -inf
    ways = lgamma(trials + 1.0) - lgamma(hits + 1.0) - lgamma(trials - hits + 1.0)
    return ways + hits * log(p) + (trials - hits) * log1p(-p)


def _binomial_upper(hits: int, trials: int, p: float) -> float:
    start = _binomial_log(hits, trials, p)
    if start == -inf:
        return 0.0
    return _terms(start, lambda k: (trials - k) / (k + 1.0) * p / (1.0 - p) if p < 1.0 else 0.0, hits, 1)


def _binomial_lower(hits: int, trials: int, p: float) -> float:
    start = _binomial_log(hits, trials, p)
    if start == -inf:
        return 0.0
    return _terms(start, lambda k: k / (trials - k + 1.0) * (1.0 - p) / p if k > 0 and p > 0.0 else 0.0, hits, -1)
