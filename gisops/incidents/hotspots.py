r"""Which places have more than chance puts there? Getis and Ord's Gi*, an exact test, and few false discoveries.

``Gi*`` compares what lies in a square and its neighbours with the whole (J. K. Ord and A. Getis, *Local Spatial
Autocorrelation Statistics*, Geographical Analysis 27, 1995, equation 14)::

    z_i = (sum_j w_ij x_j - m W_i) / (s sqrt((n S1_i - W_i^2) / (n - 1)))

Its normal approximation finds hot spots in pure chance where counts are small, as they are here. The p-value is
therefore exact: were the counts dealt out to the squares at random, a neighbourhood of ``k`` squares would hold at
least what it holds with the probability that ``k`` squares drawn without replacement do. That distribution is
counted out. Many squares are looked at, so what is called hot is chosen by Y. Benjamini and Y. Hochberg (*Controlling
the False Discovery Rate*, J. R. Stat. Soc. B 57, 1995): of the squares called hot, a share of ``alpha`` at most is so
by chance.

One square that holds very much, drawn anywhere, would hide every other hot spot (masking). So counts above those of a
share of `CAP_SHARE` of the squares are cut down to that: an exact test stays exact whatever is done to the values
alike before they are dealt out. A square beyond that bound which its neighbours do not bear out is no hot spot but a
*peak*, a single address perhaps, and is told apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from gisops.errors import IncidentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "CAP_SHARE",
    "HotSpots",
    "benjamini_hochberg",
    "draw_tail",
    "getis_ord_star",
    "hot_squares",
    "square_neighbours",
]

_MOST_NEIGHBOURS = 49
_MOST_COUNT = 20_000
CAP_SHARE = 0.99
"""Of the squares, this share holds no more than what any of them counts for."""


@dataclass(frozen=True)
class HotSpots:
    """What was found, square by square.

    Parameters
    ----------
    z
        Gi*, standard deviations from the mean.
    p
        Probability of so many or more by chance, counts capped.
    is_hot
        Whether it is called a hot spot.
    is_peak
        Whether it alone holds more than nearly all others, and is no hot spot.
    alpha
        Most share of false ones among them.
    """

    z: NDArray[np.float64]
    p: NDArray[np.float64]
    is_hot: NDArray[np.bool_]
    is_peak: NDArray[np.bool_]
    alpha: float


def getis_ord_star(
    values: NDArray[np.float64], pairs: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> NDArray[np.float64]:
    """Give Gi* with weights of one.

    Parameters
    ----------
    values
        ``(n,)``: count of each place.
    pairs
        Places and their neighbours, both ways; each place is taken as its own neighbour whether it is listed or not.

    Returns
    -------
    ndarray
        ``(n,)``: z-scores; NaN where every value is the same.
    """
    n = len(values)
    sums, around = _around(values, pairs)
    spread = float(np.std(values))
    if n < 2 or spread == 0.0:
        return np.full(n, np.nan)
    variance = (n * around - around**2) / (n - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.array((sums - float(np.mean(values)) * around) / (spread * np.sqrt(variance)), dtype=np.float64)


def draw_tail(counts: NDArray[np.int64], draws: int) -> NDArray[np.float64]:
    """Give the probability that so many places drawn without replacement hold at least ``s``, for ``s`` from 0 on.

    Counted out over the different counts there are (a multivariate hypergeometric sum), not sampled.

    Examples
    --------
    Two of the three places 0, 1, 2: sums 1, 2, 3, each once in three.

    >>> draw_tail(np.array([0, 1, 2]), 2).round(3).tolist()
    [1.0, 1.0, 0.667, 0.333]
    """
    if not 0 < draws <= len(counts):
        raise IncidentError("hot spots", f"{draws} of {len(counts)} places", "take more squares")
    values, times = np.unique(counts, return_counts=True)
    most = int(np.sort(counts)[-draws:].sum())
    # ways[k, s]: in how many ways k places of the values so far hold s.
    ways = np.zeros((draws + 1, most + 1))
    ways[0, 0] = 1.0
    for value, number in zip(values.tolist(), times.tolist(), strict=True):
        after = np.zeros_like(ways)
        for taken in range(min(number, draws) + 1):
            shift = taken * value
            if shift > most:
                break
            after[taken:, shift:] += comb(number, taken) * ways[: draws + 1 - taken, : most + 1 - shift]
        ways = after
    chance = ways[draws] / ways[draws].sum()
    tail: NDArray[np.float64] = np.cumsum(chance[::-1], dtype=np.float64)[::-1].clip(0.0, 1.0)
    return tail


def benjamini_hochberg(p: NDArray[np.float64], alpha: float) -> NDArray[np.bool_]:
    """Say which of many p-values to call discoveries so that a share of ``alpha`` at most is false.

    Examples
    --------
    Four tests at 5 %: bounds 0.0125, 0.025, 0.0375, 0.05.

    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03, 0.5]), 0.05).tolist()
    [True, False, False, False]
    """
    order = np.argsort(p, kind="stable")
    under = np.flatnonzero(p[order] <= alpha * np.arange(1, len(p) + 1) / len(p))
    found = np.zeros(len(p), dtype=bool)
    if len(under):
        found[order[: under[-1] + 1]] = True
    return found


def hot_squares(
    counts: NDArray[np.int64], pairs: tuple[NDArray[np.int64], NDArray[np.int64]], alpha: float = 0.05
) -> HotSpots:
    """Find hot spots among places with counts.

    Parameters
    ----------
    counts
        ``(n,)``: incidents in each place, places without any included.
    pairs
        Places and their neighbours, both ways.
    alpha
        Most share of false hot spots among those found.

    Raises
    ------
    IncidentError
        Where a place has more than 48 neighbours or a neighbourhood could hold more than 20,000 incidents.
    """
    counts = np.asarray(counts, dtype=np.int64)
    z = getis_ord_star(counts.astype(np.float64), pairs)
    if not len(counts):
        return HotSpots(z, np.ones(0), np.zeros(0, dtype=bool), np.zeros(0, dtype=bool), alpha)
    cap = max(1, int(np.quantile(counts, CAP_SHARE, method="higher")))
    p = _chances(np.minimum(counts, cap), pairs)
    is_hot = benjamini_hochberg(p, alpha)
    return HotSpots(z, p, is_hot, (counts > cap) & ~is_hot, alpha)


def _chances(counts: NDArray[np.int64], pairs: tuple[NDArray[np.int64], NDArray[np.int64]]) -> NDArray[np.float64]:
    """Give for each place the chance that it and its neighbours hold so many, were the counts dealt out anew."""
    sums, around = _around(counts.astype(np.float64), pairs)
    p = np.ones(len(counts))
    for size in np.unique(around).astype(int).tolist():
        if size > _MOST_NEIGHBOURS or int(np.sort(counts)[-size:].sum()) > _MOST_COUNT:
            raise IncidentError(
                "hot spots", "neighbourhoods too large to count out", "take smaller squares or less time"
            )
        of = around == size
        p[of] = draw_tail(counts, size)[sums[of].astype(np.int64)]
    return p


def square_neighbours(
    column: NDArray[np.int64], row: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair squares of a grid that share a side or a corner (queen's move), both ways."""
    number = {key: n for n, key in enumerate(zip(column.tolist(), row.tolist(), strict=True))}
    ones, others = [], []
    for (c, r), n in number.items():
        for dc in (-1, 0, 1):
            for dr in (-1, 0, 1):
                other = number.get((c + dc, r + dr))
                if other is not None and other != n:
                    ones.append(n)
                    others.append(other)
    return np.array(ones, dtype=np.int64), np.array(others, dtype=np.int64)


def _around(
    values: NDArray[np.float64], pairs: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum each place and its neighbours, and count them."""
    ones, others = pairs
    apart = ones != others
    ones, others = ones[apart], others[apart]
    sums = values + np.bincount(ones, weights=values[others], minlength=len(values))
    return sums, 1.0 + np.bincount(ones, minlength=len(values)).astype(np.float64)
