r"""Do incidents follow each other nearby? Knox's space-time table, and the near-repeat ratio of each of its cells.

Pairs of incidents are counted by how far apart they are in place and in time (E. G. Knox, *The Detection of
Space-Time Interactions*, Applied Statistics 13, 1964). Were place and time unrelated, the times could be dealt out
to the places at random: that is done many times, and a cell's p-value is the share of deals with as many pairs or
more, the observation among them (N. Mantel, 1967). Ratios are over the mean of the deals (J. H. Ratcliffe,
near-repeat calculator, 2009).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gisops.errors import IncidentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DISTANCE_BANDS_M", "TIME_BANDS_D", "Knox", "knox", "knox_expected"]

DISTANCE_BANDS_M = tuple(100.0 * n for n in range(1, 21))
"""Common practice: 100 m to 2 km."""
TIME_BANDS_D = tuple(7.0 * n for n in range(1, 11))
"""Common practice: 7 days to 10 weeks."""
_MOST_PAIRS = 5_000_000


@dataclass(frozen=True)
class Knox:
    """Knox's table, distance bands down and time bands across.

    Parameters
    ----------
    pairs
        ``(distances, times)``: observed pairs in each band (not up to it).
    expected
        Mean over the deals.
    ratio
        Observed over expected; NaN where none is expected.
    p
        Share of deals, the observation among them, with as many pairs or more.
    deals
        How many there were.
    """

    pairs: NDArray[np.int64]
    expected: NDArray[np.float64]
    ratio: NDArray[np.float64]
    p: NDArray[np.float64]
    deals: int


def knox_expected(near_pairs: int, soon_pairs: int, all_pairs: int) -> float:
    """Give how many pairs would be both near and soon, were these unrelated: the product of the margins.

    Examples
    --------
    Knox's 96 cases of childhood leukaemia (1964): of 4,560 pairs 25 within 1 km, 152 within 59 days; 0.83 are
    expected to be both, and 5 were.

    >>> round(knox_expected(25, 152, 4560), 2)
    0.83
    """
    return near_pairs * soon_pairs / all_pairs


def knox(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    days: NDArray[np.float64],
    rng: np.random.Generator,
    distances_m: Sequence[float] = DISTANCE_BANDS_M,
    times_d: Sequence[float] = TIME_BANDS_D,
    deals: int = 999,
) -> Knox:
    """Count pairs and deal the times out.

    Parameters
    ----------
    x, y
        ``(n,)``: UTM metres, exact to well within the first band.
    days
        ``(n,)``: when each happened.
    rng
        Deals.
    distances_m, times_d
        Upper ends of the bands, ascending; an end belongs to its band.
    deals
        How often the times are dealt out.

    Raises
    ------
    IncidentError
        For more than five million pairs within the last band, or bands that do not ascend.
    """
    far, late = np.asarray(distances_m, dtype=np.float64), np.asarray(times_d, dtype=np.float64)
    if not (len(far) and len(late) and np.all(np.diff(far) > 0.0) and np.all(np.diff(late) > 0.0)):
        raise IncidentError("near repeat", "bands do not ascend", "give them from near to far")
    one, other, band = _near_pairs(x, y, far)
    shape = (len(far), len(late))

    def table(when: NDArray[np.float64]) -> NDArray[np.int64]:
        gap = np.abs(when[one] - when[other])
        time = np.searchsorted(late, gap, side="left")
        within = time < len(late)
        flat = band[within] * len(late) + time[within]
        return np.asarray(np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape), dtype=np.int64)

    seen = table(days)
    total, reached = np.zeros(shape), np.ones(shape)
    for _ in range(deals):
        dealt = table(rng.permutation(days))
        total += dealt
        reached += dealt >= seen
    expected = total / deals
    ratio = np.divide(seen, expected, out=np.full(shape, np.nan), where=expected > 0.0)
    return Knox(seen, expected, ratio, reached / (deals + 1), deals)


def _near_pairs(
    x: NDArray[np.float64], y: NDArray[np.float64], far: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Pair incidents within the last band, each pair once, with its band."""
    points = np.asarray(shapely.points(x, y), dtype=object)
    tree = shapely.STRtree(points)
    ones, others, found = [], [], 0
    for begin in range(0, len(points), 2000):
        a, b = tree.query(points[begin : begin + 2000], predicate="dwithin", distance=float(far[-1]))
        a = a + begin
        once = a < b
        ones.append(a[once])
        others.append(b[once])
        found += int(once.sum())
        if found > _MOST_PAIRS:
            raise IncidentError(
                "near repeat", f"more than {_MOST_PAIRS:,} pairs within {far[-1]:g} m",
                "take one category, less time or shorter bands",
            )  # fmt: skip
    none = np.zeros(0, dtype=np.int64)
    one, other = np.concatenate([*ones, none]), np.concatenate([*others, none])
    # The ends belong to their bands in spite of rounding.
    away = np.round(np.hypot(x[one] - x[other], y[one] - y[other]), 6)
    band = np.searchsorted(far, away, side="left")
    inside = band < len(far)
    return one[inside], other[inside], band[inside]
