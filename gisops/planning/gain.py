"""What is it worth that a cell is seen once, twice, by boxes that fail? One concave curve for each model.

A cell sees distinct boxes. With availabilities ``q`` its state is the sum ``s`` of the boxes' ``size``, its worth
a concave function of it. The *envelope* is a piecewise linear function that is never below the worth: what linear
models and bounds work with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from gisops.errors import PlanningError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gisops.planning.siting import Siting

__all__ = ["BackupGain", "Envelope", "ExpectedGain", "FirstGain", "Gain"]

_UNIT = 2.0**40
"""Logarithms of failure are counted in whole units of 2**-40, so that adding and removing never drifts."""
_MOST_AVAILABLE = 1.0 - 1e-9
"""Nothing is up always; past this (0.03 s a year) a box counts as this."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Upper envelope: worth per cell is at most ``sum_k slope[k] * t_k`` with ``0 <= t_k <= width[k]``,
    ``sum_k t_k <= sum of reach`` over the boxes that see it.

    Parameters
    ----------
    reach
        By candidate: what it adds to a cell it sees.
    width, slope
        By cell (rows) and piece (columns); slopes fall, and are before weighting.
    is_exact
        Whether the envelope is the worth itself for every choice.
    """  # noqa: D205 - one sentence

    reach: NDArray[np.float64]
    width: NDArray[np.float64]
    slope: NDArray[np.float64]
    is_exact: bool


class Gain(Protocol):
    """How a cell's worth grows with the boxes that see it."""

    def sizes(self, siting: Siting) -> NDArray[np.int64]:
        """By candidate, what its box adds to the state of a cell."""
        ...

    def worth(self, state: NDArray[np.int64]) -> NDArray[np.float64]:
        """Worth of a cell in a state, 0 to 1."""
        ...

    def slope(self, state: NDArray[np.int64]) -> NDArray[np.float64]:
        """Factor by which :meth:`factor` of one more box is worth in a state."""
        ...

    def factor(self, siting: Siting) -> NDArray[np.float64]:
        """By candidate: what it adds to a cell in a state is ``slope(state) * factor``."""
        ...

    def envelope(self, siting: Siting) -> Envelope:
        """Give the upper envelope."""
        ...


@dataclass(frozen=True, slots=True)
class FirstGain:
    """Seen or not."""

    def sizes(self, siting: Siting) -> NDArray[np.int64]:
        """Each box counts one."""
        return np.ones(siting.candidates, dtype=np.int64)

    def worth(self, state: NDArray[np.int64]) -> NDArray[np.float64]:
        """Worth is 1 from the first on."""
        return np.asarray(state > 0, dtype=np.float64)

    def slope(self, state: NDArray[np.int64]) -> NDArray[np.float64]:
        """Only the first counts."""
        return np.asarray(state == 0, dtype=np.float64)

    def factor(self, siting: Siting) -> NDArray[np.float64]:
        """All alike."""
        return np.ones(siting.candidates)

    def envelope(self, siting: Siting) -> Envelope:
        """One piece."""
        return Envelope(np.ones(siting.candidates), np.ones((siting.cells, 1)), np.ones((siting.cells, 1)), True)


@dataclass(frozen=True, slots=True)
class BackupGain:
    """The first box that sees a cell counts ``first``, the second ``1 - first``."""

    first: float

    def __post_init__(self) -> None:
        if not 0.5 <= self.first <= 1.0:
            raise PlanningError("backup coverage", f"first = {self.first:g}", "give a share from 0.5 to 1")

    def sizes(self, siting: Siting) -> NDArray[np.int64]:
        """Each box counts one."""
        return np.ones(siting.candidates, dtype=np.int64)

    def worth(self, state: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give 0, ``first`` or 1."""
        return np.take(np.array([0.0, self.first, 1.0]), np.minimum(state, 2))

    def slope(self, state: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give what one more is worth."""
        return np.take(np.array([self.first, 1.0 - self.first, 0.0]), np.minimum(state, 2))

    def factor(self, siting: Siting) -> NDArray[np.float64]:
        """All alike."""
        return np.ones(siting.candidates)

    def envelope(self, siting: Siting) -> Envelope:
        """Two pieces; exact, because the second is never worth more than the first."""
        slope = np.tile(np.array([self.first, 1.0 - self.first]), (siting.cells, 1))
        return Envelope(np.ones(siting.candidates), np.ones((siting.cells, 2)), slope, True)


@dataclass(frozen=True)
class ExpectedGain:
    """Probability that at least one box that sees the cell is up, boxes failing independently.

    Parameters
    ----------
    availability
        By candidate, that of its box, above 0 and at most 1.
    pieces
        How many pieces the envelope has.
    """

    availability: NDArray[np.float64]
    pieces: int = 3

    def _q(self, siting: Siting) -> NDArray[np.float64]:
        q = self.availability
        if q.shape != (siting.candidates,) or not ((q > 0.0) & (q <= 1.0)).all():
            what = "availability is not one number above 0, at most 1, a candidate"
            raise PlanningError("expected coverage", what, "give its box's; what was never measured is not 0 or 1")
        least = np.full(int(siting.box.max(initial=0)) + 1, np.inf)
        most = np.zeros(len(least))
        np.minimum.at(least, siting.box, q)
        np.maximum.at(most, siting.box, q)
        if (least < most).any():
            what = f"box {int(np.flatnonzero(least < most)[0])} has two availabilities"
            raise PlanningError("expected coverage", what, "give all candidates of a box the same")
        return np.minimum(q, _MOST_AVAILABLE)

    def sizes(self, siting: Siting) -> NDArray[np.int64]:
        """Give minus the logarithm of the failure, in units."""
        return np.rint(-np.log1p(-self._q(siting)) * _UNIT).astype(np.int64)

    def worth(self, state: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the probability that one is up."""
        return np.asarray(-np.expm1(-state / _UNIT), dtype=np.float64)

    def slope(self, state: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the probability that all are down: then one more matters."""
        return np.asarray(np.exp(-state / _UNIT), dtype=np.float64)

    def factor(self, siting: Siting) -> NDArray[np.float64]:
        """Give the availability."""
        return -np.expm1(-self.sizes(siting) / _UNIT)

    def envelope(self, siting: Siting) -> Envelope:
        """Chords at multiples of the best availability that may see the cell.

        ``1 - prod(1 - q_b)`` is linear in each ``q_b`` and, where two change and their sum does not, convex: for a
        given sum it is greatest where all but one are 0 or the best; there it is the chord.
        """
        q = self.factor(siting)
        # The best box of each cell: rows of seen_by that are empty keep a harmless 1/2.
        best = np.full(siting.cells, 0.5)
        table = siting.seen_by
        has = np.diff(table.indptr) > 0
        if has.any():
            best[has] = np.maximum.reduceat(q[table.indices], table.indptr[:-1][has])
        steps = np.arange(self.pieces)
        slope = (1.0 - best)[:, None] ** steps[None, :]
        width = np.repeat(best[:, None], self.pieces, axis=1)
        width[:, -1] = np.inf
        is_even = bool(len(q) == 0 or (q == q[0]).all())
        fewest = int(np.max(np.diff(table.indptr), initial=0)) <= self.pieces
        return Envelope(q, width, slope, is_even and fewest)
