"""How is a siting written as a linear model? Columns and rows of the envelope, and of the rules.

Columns: ``x_j`` candidate chosen; ``z_b`` (box, cell) seen, where cameras of one box share a cell; ``t_ik`` piece
``k`` of cell ``i``; ``v_i`` cell seen, where a floor needs it and no piece says it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array

from gisops.planning.highs import LinearModel

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from gisops.planning.gain import Envelope
    from gisops.planning.siting import Siting

__all__ = ["Rows", "Written", "write", "write_rules"]


@dataclass
class Rows:
    """Rows of a sparse matrix, collected."""

    low: list[NDArray[np.float64]] = field(default_factory=list)
    high: list[NDArray[np.float64]] = field(default_factory=list)
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]] = field(default_factory=list)
    count: int = 0

    def add(self, row: ArrayLike, column: ArrayLike, value: ArrayLike, low: ArrayLike, high: ArrayLike) -> None:
        """Add rows; ``row`` counts from 0 within what is added, ``low`` and ``high`` are one a row."""
        lows, highs = np.atleast_1d(np.asarray(low, dtype=float)), np.atleast_1d(np.asarray(high, dtype=float))
        lows, highs = np.broadcast_arrays(lows, highs)
        rows, columns, values = np.broadcast_arrays(np.asarray(row), np.asarray(column), np.asarray(value, float))
        self.parts.append(
            (rows.ravel().astype(np.int64) + self.count, columns.ravel().astype(np.int64), values.ravel())
        )
        self.low.append(lows)
        self.high.append(highs)
        self.count += len(lows)

    def close(
        self, pay: NDArray[np.float64], least: NDArray[np.float64], most: NDArray[np.float64], whole: int
    ) -> LinearModel:
        """Give the model; the first ``whole`` columns take whole numbers."""
        rows, columns, values = (np.concatenate([part[k] for part in self.parts]) for k in range(3))
        matrix = coo_array((values, (rows, columns)), shape=(self.count, len(pay))).tocsr()
        return LinearModel(
            pay, least, most, np.arange(len(pay)) < whole, matrix, np.concatenate(self.low), np.concatenate(self.high)
        )


@dataclass(frozen=True)
class Written:
    """The model with where its columns are.

    Parameters
    ----------
    rows
        To which cuts may be added.
    pay, least, most
        By column.
    pair_column
        By (box, cell) number, the column that says it is seen.
    piece_column
        By cell, the column of its first piece.
    """

    rows: Rows
    pay: NDArray[np.float64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    pair_column: NDArray[np.int64]
    piece_column: NDArray[np.int64]
    candidates: int

    def model(self) -> LinearModel:
        """Give the model as it stands."""
        return self.rows.close(self.pay, self.least, self.most, self.candidates)


def write(siting: Siting, envelope: Envelope, *, is_first: bool) -> Written:
    """Write the whole model.

    Parameters
    ----------
    siting, envelope
        The problem and the upper envelope of what a cell is worth.
    is_first
        Whether the first piece of a cell says that it is seen.
    """
    n, cells = siting.candidates, siting.cells
    rows = Rows()
    pair_of, cell_of = siting.pairs
    of_row = np.repeat(np.arange(n), np.diff(siting.covers.indptr))
    pairs = len(cell_of)
    pair_size = np.bincount(pair_of, minlength=pairs)
    shared = np.flatnonzero(pair_size > 1)
    pair_column = np.zeros(pairs, dtype=np.int64)
    pair_column[pair_of] = of_row  # right for those of one camera
    pair_column[shared] = n + np.arange(len(shared))
    pair_reach = np.zeros(pairs)
    pair_reach[pair_of] = envelope.reach[of_row]
    if len(shared):
        of_shared = pair_size[pair_of] > 1
        number = pair_column[pair_of[of_shared]] - n
        own = np.arange(len(shared))
        rows.add(
            np.concatenate((own, number)),
            np.concatenate((own + n, of_row[of_shared])),
            np.concatenate((np.ones(len(shared)), -np.ones(len(number)))),
            -np.inf,
            np.zeros(len(shared)),
        )
    pieces = envelope.width.shape[1]
    piece_column = n + len(shared) + pieces * np.arange(cells)
    columns = n + len(shared) + pieces * cells
    own = np.repeat(np.arange(cells), pieces)
    rows.add(
        np.concatenate((own, cell_of)),
        np.concatenate((np.arange(n + len(shared), columns), pair_column)),
        np.concatenate((np.ones(len(own)), -pair_reach)),
        -np.inf,
        np.zeros(cells),
    )
    least, most = np.zeros(columns), np.ones(columns)
    most[n + len(shared) :] = envelope.width.ravel()
    pay = np.zeros(columns)
    pay[n + len(shared) :] = (siting.weight[:, None] * envelope.slope).ravel()
    seen = piece_column if is_first else None
    extra = write_rules(siting, rows, columns, seen)
    least, most = _bound_candidates(siting, np.append(least, np.zeros(extra)), np.append(most, np.ones(extra)))
    return Written(rows, np.append(pay, np.zeros(extra)), least, most, pair_column, piece_column, n)


def write_rules(siting: Siting, rows: Rows, columns: int, seen: NDArray[np.int64] | None) -> int:
    """Write count, budget, groups, musts and floors; give how many columns were added at the end.

    Parameters
    ----------
    siting
        The problem.
    rows
        Where to write.
    columns
        How many columns there are already.
    seen
        By cell the column that says it is seen, at most 1; ``None``: columns are added where floors need them.
    """
    n, rules = siting.candidates, siting.rules
    every = np.arange(n)
    if rules.count is not None:
        rows.add(0, every, 1.0, -np.inf, rules.count)
    if rules.budget is not None:
        rows.add(0, every, siting.cost, -np.inf, rules.budget)
    grouped = np.flatnonzero(siting.group >= 0)
    if len(grouped):
        distinct, number = np.unique(siting.group[grouped], return_inverse=True)
        rows.add(number, grouped, 1.0, -np.inf, np.ones(len(distinct)))
    for cell in sorted(set(rules.must)):
        table = siting.seen_by
        by = table.indices[table.indptr[cell] : table.indptr[cell + 1]]
        rows.add(0, by, 1.0, 1.0, np.inf)
    if seen is None and rules.floors:
        cells = np.unique(np.concatenate([floor.cells for floor in rules.floors]))
        seen = np.zeros(siting.cells, dtype=np.int64)
        seen[cells] = columns + np.arange(len(cells))
        few = siting.seen_by[cells].tocoo()
        rows.add(
            np.concatenate((np.arange(len(cells)), few.coords[0])),
            np.concatenate((seen[cells], few.coords[1])),
            np.concatenate((np.ones(len(cells)), -np.ones(len(few.data)))),
            -np.inf,
            np.zeros(len(cells)),
        )
        extra = len(cells)
    else:
        extra = 0
    for floor in rules.floors:
        weight = siting.weight[floor.cells]
        assert seen is not None  # noqa: S101 - made above where it was not given
        rows.add(0, seen[floor.cells], weight, floor.share * float(weight.sum()) * (1.0 - 1e-12), np.inf)
    return extra


def _bound_candidates(
    siting: Siting, least: NDArray[np.float64], most: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fix what is locked and forbidden."""
    least[np.array(siting.rules.locked, dtype=np.int64)] = 1.0
    most[np.array(siting.rules.forbidden, dtype=np.int64)] = 0.0
    return least, most
