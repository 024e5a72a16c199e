"""What is a siting problem: which candidate sees which cell, what it costs, and which rules hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array

from gisops.errors import PlanningError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["Floor", "Rules", "Siting"]


@dataclass(frozen=True, slots=True)
class Floor:
    """Equity: at least this share of the weight of these cells must be seen by one camera or more."""

    name: str
    cells: NDArray[np.int64]
    share: float


@dataclass(frozen=True)
class Rules:
    """What a choice must keep to.

    Parameters
    ----------
    count
        Most candidates to choose; ``None`` without such a limit.
    budget
        Most they may cost together, in the unit of the costs; ``None`` without a budget.
    locked, forbidden
        Candidates that must, and must not, be chosen.
    must
        Cells that must be seen.
    floors
        Shares of the weight of districts that must be seen.
    """

    count: int | None = None
    budget: float | None = None
    locked: Sequence[int] = ()
    forbidden: Sequence[int] = ()
    must: Sequence[int] = ()
    floors: Sequence[Floor] = ()


@dataclass(frozen=True)
class Siting:
    """Candidates over cells.

    Parameters
    ----------
    covers
        By candidate (rows) and cell (columns); an entry says that the candidate sees the cell
        at the level of detail that is wanted.
    weight
        By cell, from 0 up: what it is worth to see it.
    cost
        By candidate, from 0 up, any one currency; all 1 where not given.
    group
        By candidate: of the candidates with the same number from 0 up at most one is chosen
        (orientations of one mount; leave, upgrade or replace an old camera). -1: no such rule.
    box
        By candidate: the distribution box that feeds it; each its own where not given.
    rules
        What a choice must keep to.

    Raises
    ------
    PlanningError
        Where shapes do not fit, a number is negative or unknown, or an index is out of range.

    Examples
    --------
    >>> Siting.of([[0, 1], [1, 2]], [5.0, 1.0, 3.0]).cells_of(1).tolist()
    [1, 2]
    """

    covers: csr_array
    weight: NDArray[np.float64]
    cost: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    group: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    box: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        candidates, cells = self.covers.shape
        # Not given is said by length 0, so that an array of zeros stays an array of zeros.
        if not len(self.cost):
            object.__setattr__(self, "cost", np.ones(candidates))
        if not len(self.group):
            object.__setattr__(self, "group", np.full(candidates, -1, dtype=np.int64))
        if not len(self.box):
            object.__setattr__(self, "box", np.arange(candidates, dtype=np.int64))
        for name, array, size in (
            ("weight", self.weight, cells),
            ("cost", self.cost, candidates),
            ("group", self.group, candidates),
            ("box", self.box, candidates),
        ):
            if array.shape != (size,):
                raise PlanningError(f"siting {name}", f"{array.shape} where ({size},) is meant", "give one each")
            if not np.isfinite(array).all() or (name != "group" and (array < 0).any()):
                raise PlanningError(
                    f"siting {name}", "a value is negative or unknown", "give finite values from 0 up"
                )
        rules = self.rules
        for name, indices, size in (
            ("locked", rules.locked, candidates),
            ("forbidden", rules.forbidden, candidates),
            ("must", rules.must, cells),
            *((f"floor {floor.name}", floor.cells, cells) for floor in rules.floors),
        ):
            wrong = [int(k) for k in indices if not 0 <= int(k) < size]
            if wrong:
                raise PlanningError(f"siting {name}", f"{wrong[0]} is not one of {size:,}", "give an index that is")
        if (rules.count is not None and rules.count < 0) or (rules.budget is not None and not rules.budget >= 0.0):
            raise PlanningError("siting", "count or budget below 0", "give limits from 0 up")

    @classmethod
    def of(
        cls,
        seen: Sequence[ArrayLike],
        weight: ArrayLike,
        *,
        cost: ArrayLike = (),
        group: ArrayLike = (),
        box: ArrayLike = (),
        rules: Rules | None = None,
    ) -> Siting:
        """Make a problem from the list of cells that each candidate sees."""
        lists = [np.unique(np.asarray(cells, dtype=np.int64)) for cells in seen]
        weights = np.asarray(weight, dtype=np.float64)
        columns = np.concatenate(lists) if lists else np.zeros(0, dtype=np.int64)
        if len(columns) and not 0 <= columns.min() <= columns.max() < len(weights):
            raise PlanningError("siting", "a candidate sees a cell that there is not", "give a weight for every cell")
        rows = np.repeat(np.arange(len(lists)), [len(cells) for cells in lists])
        covers = coo_array((np.ones(len(columns)), (rows, columns)), shape=(len(lists), len(weights))).tocsr()
        return cls(
            covers,
            weights,
            np.asarray(cost, dtype=np.float64),
            np.asarray(group, dtype=np.int64),
            np.asarray(box, dtype=np.int64),
            rules or Rules(),
        )

    @property
    def candidates(self) -> int:
        """How many candidates there are."""
        return int(self.covers.shape[0])

    @property
    def cells(self) -> int:
        """How many cells of demand there are."""
        return int(self.covers.shape[1])

    def cells_of(self, candidate: int) -> NDArray[np.int32]:
        """Give the cells a candidate sees, ascending."""
        start, end = self.covers.indptr[candidate], self.covers.indptr[candidate + 1]
        return np.asarray(self.covers.indices[start:end])

    def who_sees(self, cells: NDArray[np.int32]) -> NDArray[np.int64]:
        """Give the candidates that see any of these cells, ascending."""
        table = self.seen_by
        starts = table.indptr[cells]
        sizes = table.indptr[cells + 1] - starts
        before = np.cumsum(sizes) - sizes
        at = np.repeat(starts - before, sizes) + np.arange(int(sizes.sum()))
        return np.unique(table.indices[at]).astype(np.int64)

    @cached_property
    def seen_by(self) -> csr_array:
        """By cell (rows) and candidate (columns): who sees it."""
        return csr_array(self.covers.T.tocsr())

    @cached_property
    def group_members(self) -> dict[int, tuple[int, ...]]:
        """Candidates by group."""
        members: dict[int, list[int]] = {}
        for candidate in np.flatnonzero(self.group >= 0).tolist():
            members.setdefault(int(self.group[candidate]), []).append(candidate)
        return {group: tuple(found) for group, found in members.items()}

    @cached_property
    def pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For each entry of ``covers`` the number of its (box, cell), and by that number its cell.

        Cameras of one box go dark together: a cell sees boxes, not cameras.
        """
        rows = np.repeat(np.arange(self.candidates), np.diff(self.covers.indptr))
        keys = self.box[rows] * np.int64(max(1, self.cells)) + self.covers.indices
        distinct, number = np.unique(keys, return_inverse=True)
        return number.astype(np.int64), (distinct % max(1, self.cells)).astype(np.int64)

    @cached_property
    def free(self) -> NDArray[np.bool_]:
        """By candidate: neither locked nor forbidden, nor in the group of a locked one."""
        free = np.ones(self.candidates, dtype=bool)
        locked = np.array(self.rules.locked, dtype=np.int64)
        free[locked] = False
        free[np.array(self.rules.forbidden, dtype=np.int64)] = False
        taken = self.group[locked]
        free[np.isin(self.group, taken[taken >= 0])] = False
        return free
