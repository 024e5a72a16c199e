"""What do walls leave to be seen from a point? An exact angular sweep, over arrays.

The plane around the viewer is cut into wedges at every corner of every wall, so that each wall spans whole wedges.
Along the middle of a wedge the walls of one building are crossed in pairs: in and out (even-odd, so that courtyards
and rings that cross themselves need no repair). From the way in to ``factor`` times the way out the plane is hidden:

    factor = (H - z) / (H - h)

for a viewer at height H, a roof at h < H, and things looked at at height z < h: the ray over the far edge of the roof
comes down to z there (similar triangles). A building as high as the viewer, or of unknown height, hides everything
behind it; one that is lower than z hides only what stands on it. What is left of each wedge is a list of gaps, near
and far bounded by a wall, by the end of a roof's shadow, or by the reach.

The answer is exact where bounds do not cross inside a wedge; wedges are a degree wide at most, so that what is
lost where they do is a sliver (measured against dense ray casting in the tests).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import radians
from typing import TYPE_CHECKING

import numpy as np

from gisops.coverage.buildings import ragged
from gisops.coverage.seen import Seen
from gisops.coverage.spans import INSIDE, TURN, Spans, standing_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["shadow_factors", "sweep"]

_WEDGE = radians(1.0)
# Beyond any reach, and small enough to be added up with wedge numbers without losing nanometres.
_FOR_EVER_M = 1e4


def shadow_factors(height_m: NDArray[np.float64], viewer_m: float, target_m: float) -> NDArray[np.float64]:
    """How much farther than the far edge of a roof its shadow reaches, as a factor; infinite for ever.

    Examples
    --------
    A camera at 9 m over a roof of 6 m: its shadow at 1.5 m ends at (9 - 1.5) / (9 - 6) = 2.5 times the distance.

    >>> shadow_factors(np.array([6.0, 9.0, np.nan, 1.0]), 9.0, 1.5).tolist()
    [2.5, inf, inf, 1.0]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = (viewer_m - target_m) / (viewer_m - height_m)
    low = height_m <= target_m
    return np.where(low, 1.0, np.where(height_m < viewer_m, factor, np.inf))


def sweep(
    edges: NDArray[np.float64],
    owner: NDArray[np.int64],
    factor: NDArray[np.float64],
    window: tuple[float, float],
    reach_m: float,
) -> Seen:
    """Sweep the plane around the origin.

    Parameters
    ----------
    edges
        ``(n, 4)``: both ends of each wall from the viewer, metres, x forward and y to the left; whole buildings.
    owner
        ``(n,)``: number of the building of each wall.
    factor
        ``(buildings,)``: see `shadow_factors`. A building that the viewer stands in hides only itself, whatever is
        given here (a camera stands on a roof or a wall, not in a room, when its position falls into a footprint).
    window
        From and to, radians counter-clockwise from forward, to at most a turn after from.
    reach_m
        How far to look.

    Returns
    -------
    Seen
    """
    begin, span = window[0], min(window[1] - window[0], TURN)
    if span <= 0.0 or reach_m <= 0.0:
        return Seen(np.array([begin]), np.zeros(0, dtype=np.int64), np.zeros((0, 2)), np.zeros((0, 2)))
    standing, beside = standing_in(edges, owner, len(factor))
    edges = edges - np.tile(beside, 2)
    factor = np.where(standing == INSIDE, 1.0, factor)
    spans = Spans.of(edges, begin, span)
    angles = np.unique(
        np.concatenate([spans.low, spans.high, np.linspace(0.0, span, max(2, int(np.ceil(span / _WEDGE)) + 1))])
    )
    pairs = _crossings(spans, owner, factor, np.flatnonzero(standing), angles, begin, reach_m)
    near, far, wedge = _gaps(pairs, spans, factor, angles, begin, reach_m)
    return Seen(angles + begin, wedge, near, far)


@dataclass(frozen=True, slots=True)
class _Crossings:
    """Where the middle of each wedge goes into and out of each building, by wedge, building and distance."""

    wedge: NDArray[np.int64]
    owner: NDArray[np.int64]
    wall: NDArray[np.int64]
    distance: NDArray[np.float64]


def _crossings(
    spans: Spans,
    owner: NDArray[np.int64],
    factor: NDArray[np.float64],
    around: NDArray[np.int64],
    angles: NDArray[np.float64],
    begin: float,
    reach_m: float,
) -> _Crossings:
    wedges = len(angles) - 1
    from_wedge, to_wedge = np.searchsorted(angles, spans.low), np.searchsorted(angles, spans.high)
    counts = to_wedge - from_wedge
    wedge, wall = ragged(from_wedge, counts), np.repeat(spans.wall, counts)
    middle = (angles[:-1] + angles[1:]) / 2.0 + begin
    distance, whose = spans.distance(wall, middle[wedge]), owner[wall]
    # Behind the first wall that hides for ever nothing matters any more.
    horizon = np.full(wedges, reach_m)
    solid = np.isinf(factor[whose])
    np.minimum.at(horizon, wedge[solid], distance[solid])
    kept = distance <= horizon[wedge]
    extra = [(np.flatnonzero(np.bincount(wedge[whose == number], minlength=wedges) % 2), number) for number in around]
    begun = np.concatenate([rows for rows, _ in extra]) if extra else np.zeros(0, dtype=np.int64)
    begun_owner = np.concatenate([np.full(len(rows), n) for rows, n in extra]) if extra else begun
    wedge, whose = np.concatenate([wedge[kept], begun]), np.concatenate([whose[kept], begun_owner])
    wall = np.concatenate([wall[kept], np.full(len(begun), -1)])
    distance = np.concatenate([distance[kept], np.zeros(len(begun))])
    order = np.lexsort((distance, wedge * max(1, len(factor)) + whose))
    return _Crossings(wedge[order], whose[order], wall[order], distance[order])


def _gaps(
    pairs: _Crossings,
    spans: Spans,
    factor: NDArray[np.float64],
    angles: NDArray[np.float64],
    begin: float,
    reach_m: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    wedges, count = len(angles) - 1, len(pairs.wedge)
    fresh = np.ones(count, dtype=bool)
    fresh[1:] = (pairs.wedge[1:] != pairs.wedge[:-1]) | (pairs.owner[1:] != pairs.owner[:-1])
    place = np.arange(count) - np.maximum.accumulate(np.where(fresh, np.arange(count), 0))
    entry = np.flatnonzero(place % 2 == 0)
    leave = np.minimum(entry + 1, max(0, count - 1))
    is_left = (entry + 1 < count) & ~fresh[leave]
    ends = is_left & np.isfinite(factor[pairs.owner[entry]])
    hidden_to = np.full(len(entry), _FOR_EVER_M)
    hidden_to[ends] = pairs.distance[leave[ends]] * factor[pairs.owner[entry[ends]]]
    hidden_to = np.minimum(hidden_to, _FOR_EVER_M)
    order = np.lexsort((pairs.distance[entry], pairs.wedge[entry]))
    entry, leave, hidden_to = entry[order], leave[order], hidden_to[order]
    wedge, hidden_from = pairs.wedge[entry], pairs.distance[entry]
    # The farthest shadow so far in the same wedge, and which building casts it.
    stacked = hidden_to + wedge * (2.0 * _FOR_EVER_M)
    rows = np.arange(len(entry))
    farthest = np.maximum.accumulate(np.where(stacked == np.maximum.accumulate(stacked), rows, 0))
    first = np.searchsorted(wedge, np.arange(wedges + 1))
    before = np.concatenate([[0], farthest[:-1]]) if len(rows) else rows
    is_first = np.zeros(len(rows), dtype=bool)
    is_first[first[:-1][first[:-1] < first[1:]]] = True
    lit_from = np.where(is_first, 0.0, hidden_to[before])
    lit = np.flatnonzero(hidden_from > lit_from)
    # The last gap of each wedge: from the farthest shadow to the reach.
    busy = first[:-1] < first[1:]
    last = farthest[first[1:][busy] - 1]
    open_wedge, open_caster = np.arange(wedges), np.full(wedges, -1)
    open_caster[busy] = last
    open_from = np.zeros(wedges)
    open_from[busy] = hidden_to[last]
    is_open = open_from < reach_m
    gap_wedge = np.concatenate([wedge[lit], open_wedge[is_open]])
    caster = np.concatenate([np.where(is_first[lit], -1, before[lit]), open_caster[is_open]])
    stop = np.concatenate([entry[lit], np.full(int(is_open.sum()), -1)])
    order = np.argsort(gap_wedge, kind="stable")
    gap_wedge, caster, stop = gap_wedge[order], caster[order], stop[order]
    near, far = np.zeros((len(order), 2)), np.full((len(order), 2), reach_m)
    shaded, stopped = np.flatnonzero(caster >= 0), np.flatnonzero(stop >= 0)
    for side in (0, 1):
        angle = angles[gap_wedge + side] + begin
        leaving = leave[caster[shaded]]
        scale = factor[pairs.owner[leaving]]
        near[shaded, side] = spans.distance(pairs.wall[leaving], angle[shaded]) * scale
        far[stopped, side] = spans.distance(pairs.wall[stop[stopped]], angle[stopped])
    far = np.clip(np.nan_to_num(far, nan=reach_m), 0.0, reach_m)
    near = np.minimum(np.nan_to_num(near, nan=0.0), far)
    return near, far, gap_wedge
