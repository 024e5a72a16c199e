"""What do the cameras that work now see? Counts of lookers a target, kept up as cameras come and go.

A target (a square of ground, a piece of road, a point at a place) is covered while its count of working lookers is
not zero. Losing a camera takes one off the counts of its own targets, and touches nothing else: the price is what
that camera saw, not the size of the city. The alternative, the union of polygons, has no way to take one polygon
out again but to unite all the others anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gisops.coverage.buildings import ragged

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["MAX_FOLD", "Sights", "Tally", "join_sights"]

MAX_FOLD = 3
"""Covered by this many cameras or more is the last class of k-coverage."""


@dataclass(frozen=True)
class Sights:
    """Which camera sees which target: rows of one camera after the other.

    Parameters
    ----------
    first
        ``(cameras + 1,)``: where the rows of each camera begin.
    target
        Number of the target; none twice for one camera.
    bits
        A bit for each criterion met.
    weight
        ``(targets,)``: what each target stands for.
    area
        ``(targets,)``: number of its district, -1 for none.
    areas, criteria
        How many there are.
    """

    first: NDArray[np.int64]
    target: NDArray[np.int32]
    bits: NDArray[np.uint8]
    weight: NDArray[np.float32]
    area: NDArray[np.int16]
    areas: int
    criteria: int

    def rows(self, cameras: NDArray[np.int64]) -> NDArray[np.int64]:
        """Number the rows of some cameras."""
        return ragged(self.first[cameras], self.first[cameras + 1] - self.first[cameras])


def join_sights(
    keys: Sequence[NDArray[np.int64]],
    bits: Sequence[NDArray[np.uint8]],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32], NDArray[np.uint8]]:
    """Number the different keys that cameras saw.

    Returns
    -------
    unique, first, target, bits
        The keys, ascending; then the columns of `Sights`.
    """
    first = np.concatenate([[0], np.cumsum([len(part) for part in keys], dtype=np.int64)])
    every = np.concatenate([*keys, np.zeros(0, dtype=np.int64)])
    unique, target = np.unique(every, return_inverse=True)
    return unique, first, target.astype(np.int32), np.concatenate([*bits, np.zeros(0, dtype=np.uint8)])


class Tally:
    """Counts of the working cameras that see each target, and the sums by district.

    Parameters
    ----------
    sights
        Who sees what.
    working
        Numbers of the cameras that work at first; all of them where it is not given.
    """

    def __init__(self, sights: Sights, working: Iterable[int] | None = None) -> None:
        cameras = len(sights.first) - 1
        self._sights = sights
        self._working = np.zeros(cameras, dtype=bool)
        self._counts = np.zeros((sights.criteria, len(sights.weight)), dtype=np.uint16)
        # [district, the last for what lies in none] x criterion x fold: what is covered exactly that often.
        self._sums = np.zeros((sights.areas + 1, sights.criteria, MAX_FOLD + 1))
        whole = np.bincount(sights.area % (sights.areas + 1), weights=sights.weight, minlength=sights.areas + 1)
        self._sums[:, :, 0] = whole[:, None]
        self._start(np.arange(cameras) if working is None else np.fromiter(working, dtype=np.int64))

    def _start(self, cameras: NDArray[np.int64]) -> None:
        """Count from nothing: over all rows at once, where `change` would go camera by camera."""
        sights, area = self._sights, self._sights.area % (self._sights.areas + 1)
        self._working[cameras] = True
        rows = np.flatnonzero(np.repeat(self._working, np.diff(sights.first)))
        target, bits = sights.target[rows], sights.bits[rows]
        for number in range(sights.criteria):
            counts = np.bincount(target[(bits >> number) & 1 == 1], minlength=len(sights.weight))
            self._counts[number] = counts
            folded = area.astype(np.int64) * (MAX_FOLD + 1) + np.minimum(counts, MAX_FOLD)
            sums = np.bincount(folded, weights=sights.weight, minlength=(sights.areas + 1) * (MAX_FOLD + 1))
            self._sums[:, number] = sums.reshape(sights.areas + 1, MAX_FOLD + 1)

    @property
    def working(self) -> NDArray[np.bool_]:
        """Which cameras count now."""
        return self._working.copy()

    @property
    def counts(self) -> NDArray[np.uint16]:
        """``(criteria, targets)``: how many working cameras see each target; not to be written to."""
        return self._counts

    def change(self, lost: Iterable[int] = (), regained: Iterable[int] = ()) -> None:
        """Take cameras out and put cameras in; one that is already as said changes nothing."""
        for cameras, now in ((lost, False), (regained, True)):
            for camera in cameras:
                if self._working[camera] != now:
                    self._working[camera] = now
                    self._count(camera, 1 if now else -1)

    def _count(self, camera: int, step: int) -> None:
        sights = self._sights
        rows = slice(int(sights.first[camera]), int(sights.first[camera + 1]))
        target, bits = sights.target[rows], sights.bits[rows]
        for number in range(sights.criteria):
            mine = target[(bits >> number) & 1 == 1]
            if not len(mine):
                continue
            before = self._counts[number, mine].astype(np.int64)
            after = before + step
            self._counts[number, mine] = after
            # Only what changes its class moves weight from one sum to another.
            moved = np.minimum(before, MAX_FOLD) != np.minimum(after, MAX_FOLD)
            mine, before, after = mine[moved], before[moved], after[moved]
            area, weight = sights.area[mine] % (sights.areas + 1), sights.weight[mine].astype(np.float64)
            for fold, sign in ((before, -1.0), (after, 1.0)):
                np.add.at(self._sums[:, number], (area, np.minimum(fold, MAX_FOLD)), sign * weight)

    def covered(self, fold: int = 1) -> NDArray[np.float64]:
        """Sum what at least ``fold`` working cameras see.

        Returns
        -------
        ndarray
            ``(districts + 1, criteria)``: the last row for what lies in no district; square metres, metres or points,
            as the targets' weights are.
        """
        return np.asarray(self._sums[:, :, fold:].sum(axis=2))
