"""What is a choice worth, and what if one camera comes, goes or is moved? Kept up to date step by step.

A change touches only the cells that the camera sees, so that dragging one of 14,000 is answered at once.
States are whole numbers: adding and removing in any order gives the same, to the last bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gisops.errors import PlanningError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray

    from gisops.planning.gain import Gain
    from gisops.planning.siting import Siting

__all__ = ["Score"]


class Score:
    """The worth of a choice of candidates, and of what is dragged.

    Parameters
    ----------
    siting
        The candidates and cells.
    gain
        How a cell's worth grows with the boxes that see it.
    chosen
        Candidates to begin with.

    Examples
    --------
    >>> from gisops.planning.gain import FirstGain
    >>> from gisops.planning.siting import Siting
    >>> score = Score(Siting.of([[0, 1], [1, 2]], [5.0, 1.0, 3.0]), FirstGain(), [0])
    >>> score.value, score.gain(1), score.add(1), score.value
    (6.0, 3.0, 3.0, 9.0)
    """

    def __init__(self, siting: Siting, gain: Gain, chosen: Iterable[int] = ()) -> None:
        self.siting, self._gain = siting, gain
        self._pair_of, self._cell_of = siting.pairs
        self._indptr = siting.covers.indptr
        self._size = gain.sizes(siting)
        self._factor = gain.factor(siting)
        self._count = np.zeros(len(self._cell_of), dtype=np.int32)
        self.state = np.zeros(siting.cells, dtype=np.int64)
        """By cell, the sum of the sizes of the distinct boxes that see it."""
        self.slope = siting.weight * gain.slope(self.state)
        """By cell, what one more box of factor 1 would add."""
        self._is_single = len(self._cell_of) == siting.covers.nnz
        self._has: NDArray[np.bool_] = np.zeros(siting.candidates, dtype=bool)
        self._dragged: dict[int, NDArray[np.int64]] = {}
        for candidate in chosen:
            self.add(candidate)

    @property
    def chosen(self) -> NDArray[np.int64]:
        """Candidates chosen, ascending."""
        return np.flatnonzero(self._has)

    @property
    def mask(self) -> NDArray[np.bool_]:
        """By candidate, whether it is chosen; not to be written to."""
        return self._has

    def has(self, candidate: int) -> bool:
        """Whether it is chosen."""
        return bool(self._has[candidate])

    @property
    def value(self) -> float:
        """Worth of all cells together, worked out afresh."""
        return float(self.siting.weight @ self._gain.worth(self.state))

    @property
    def cost(self) -> float:
        """Cost of what is chosen."""
        return float(self.siting.cost[self._has].sum())

    def gain(self, candidate: int) -> float:
        """What adding it would add (0 where it is chosen)."""
        if self._has[candidate]:
            return 0.0
        cells = self._new_cells(candidate)
        return float(self.slope[cells].sum() * self._factor[candidate])

    def gains(self) -> NDArray[np.float64]:
        """What adding each would add; of a chosen one, and of a cell its box sees already, nothing."""
        if self._is_single:
            every = self.siting.covers @ self.slope
        else:
            entries = np.where(self._count[self._pair_of] == 0, self.slope[self.siting.covers.indices], 0.0)
            starts = np.concatenate(([0.0], np.cumsum(entries)))
            every = starts[self._indptr[1:]] - starts[self._indptr[:-1]]
        return np.where(self._has, 0.0, every * self._factor)

    def loss(self, candidate: int) -> float:
        """What removing it would lose (0 where it is not chosen)."""
        if not self._has[candidate]:
            return 0.0
        cells = self._last_cells(candidate)
        return float(self._gain.slope(self.state[cells] - self._size[candidate]) @ self.siting.weight[cells]) * float(
            self._factor[candidate]
        )

    def add(self, candidate: int) -> float:
        """Choose it, and give what that adds."""
        if self._has[candidate]:
            raise PlanningError(f"candidate {candidate}", "is chosen already", "choose another")
        cells = self._new_cells(candidate)
        before = float(self.slope[cells].sum() * self._factor[candidate])
        start, end = self._indptr[candidate], self._indptr[candidate + 1]
        self._count[self._pair_of[start:end]] += 1
        self.state[cells] += self._size[candidate]
        self.slope[cells] = self.siting.weight[cells] * self._gain.slope(self.state[cells])
        self._has[candidate] = True
        return before

    def remove(self, candidate: int) -> float:
        """Give it up, and give what that loses."""
        if not self._has[candidate]:
            raise PlanningError(f"candidate {candidate}", "is not chosen", "remove one that is")
        cells = self._last_cells(candidate)
        start, end = self._indptr[candidate], self._indptr[candidate + 1]
        self._count[self._pair_of[start:end]] -= 1
        self.state[cells] -= self._size[candidate]
        self.slope[cells] = self.siting.weight[cells] * self._gain.slope(self.state[cells])
        self._has[candidate] = False
        return float(self.slope[cells].sum() * self._factor[candidate])

    def move(self, candidate: int, to: int) -> float:
        """Exchange one for another, and give what that adds (less than 0: loses)."""
        lost = self.remove(candidate)
        return self.add(to) - lost

    def drag(self, camera: int, cells: ArrayLike) -> float:
        """Put a camera of the chosen anywhere: it now sees ``cells``; give what that adds.

        Its box counts as its own for these cells. Dragging it again replaces the cells; ``drop`` puts it back.
        """
        seen = np.unique(np.asarray(cells, dtype=np.int64))
        if len(seen) and not 0 <= seen[0] <= seen[-1] < self.siting.cells:
            raise PlanningError(
                f"camera {camera}", "is dragged to a cell that there is not", "give cells of the grid"
            )
        change = -self.remove(camera) if camera not in self._dragged else self._lift(camera)
        self._has[camera] = True
        self._dragged[camera] = seen
        change += float(self.slope[seen].sum() * self._factor[camera])
        self.state[seen] += self._size[camera]
        self.slope[seen] = self.siting.weight[seen] * self._gain.slope(self.state[seen])
        return change

    def drop(self, camera: int) -> float:
        """Put a dragged camera back to where it was, and give what that adds."""
        if camera not in self._dragged:
            raise PlanningError(f"camera {camera}", "was not dragged", "drag it first")
        lifted = self._lift(camera)
        self._has[camera] = False
        return lifted + self.add(camera)

    def _lift(self, camera: int) -> float:
        """Take a dragged camera away; give what that adds, which is not above 0."""
        seen = self._dragged.pop(camera)
        self.state[seen] -= self._size[camera]
        self.slope[seen] = self.siting.weight[seen] * self._gain.slope(self.state[seen])
        return -float(self.slope[seen].sum() * self._factor[camera])

    def _new_cells(self, candidate: int) -> NDArray[np.int64]:
        """Cells it sees that its box does not see yet."""
        start, end = self._indptr[candidate], self._indptr[candidate + 1]
        cells = self.siting.covers.indices[start:end]
        if self._is_single:
            return np.asarray(cells)
        return np.asarray(cells[self._count[self._pair_of[start:end]] == 0])

    def _last_cells(self, candidate: int) -> NDArray[np.int64]:
        """Cells that its box would no longer see without it."""
        start, end = self._indptr[candidate], self._indptr[candidate + 1]
        cells = self.siting.covers.indices[start:end]
        if self._is_single:
            return np.asarray(cells)
        return np.asarray(cells[self._count[self._pair_of[start:end]] == 1])
