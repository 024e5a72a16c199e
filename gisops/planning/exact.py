"""Which choice is the best of all? HiGHS on the linear model; submodular cuts where the worth is not linear.

A cell that boxes of unlike availability see is worth ``f(S) = 1 - prod(1 - q_b)``. For any set ``S`` it holds that
``f(T) <= f(S) + sum over b in T, not in S, of f(S + b) - f(S)`` (Nemhauser and Wolsey 1981): such a cut is added
for each cell that the model overrates, until model and worth agree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gisops.planning.gain import ExpectedGain
from gisops.planning.highs import Solved, solve_linear
from gisops.planning.linear import Written, write
from gisops.planning.score import Score

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gisops.planning.gain import Gain
    from gisops.planning.halt import Halt
    from gisops.planning.siting import Siting

__all__ = ["Exact", "solve_exact"]

_MOST_ROUNDS = 60


@dataclass(frozen=True, slots=True)
class Exact:
    """The best choice found (``None``: none), what no choice exceeds, and whether there is none at all."""

    chosen: NDArray[np.int64] | None
    value: float
    bound: float
    is_infeasible: bool


def solve_exact(
    siting: Siting, gain: Gain, halt: Halt, gap: float, begin: NDArray[np.int64] | None = None, seed: int = 0
) -> Exact:
    """Solve to the gap, or as far as time allows.

    Parameters
    ----------
    siting, gain
        The problem, and how a cell's worth grows.
    halt
        When to stop.
    gap
        Share of the bound that need not be proven.
    begin
        A choice that keeps to the rules, to begin with.
    seed
        Seed of the solver.
    """
    envelope = gain.envelope(siting)
    written = write(siting, envelope, is_first=not isinstance(gain, ExpectedGain))
    best, value, bound = begin, -math.inf if begin is None else Score(siting, gain, begin).value, math.inf
    for _ in range(_MOST_ROUNDS):
        start = None if best is None else _columns(written, siting, best, gain)
        solved: Solved = solve_linear(written.model(), halt, gap / 2.0, start, seed)
        if solved.is_infeasible:
            return Exact(None, -math.inf, -math.inf, True)
        bound = min(bound, solved.bound)
        if solved.columns is None:
            break
        chosen = np.flatnonzero(solved.columns[: siting.candidates] > 0.5)
        score = Score(siting, gain, chosen)
        if score.value > value:
            best, value = chosen, score.value
        if bound - value <= gap * abs(bound) + 1e-9 * max(1.0, abs(bound)) or halt.reached():
            break
        if not _cut(written, siting, gain, score, solved.columns):
            break
    return Exact(best, value, max(bound, value), False)


def _columns(written: Written, siting: Siting, chosen: NDArray[np.int64], gain: Gain) -> NDArray[np.float64] | None:
    """Give the columns of a choice to begin with, where they follow from it at once."""
    if isinstance(gain, ExpectedGain):
        return None
    columns = np.zeros(len(written.pay))
    columns[chosen] = 1.0
    pair_of, _ = siting.pairs
    of_row = np.repeat(np.arange(siting.candidates), np.diff(siting.covers.indptr))
    picked = np.zeros(siting.candidates, dtype=bool)
    picked[chosen] = True
    columns[written.pair_column[np.unique(pair_of[picked[of_row]])]] = 1.0
    state = Score(siting, gain, chosen).state
    pieces = gain.envelope(siting).width.shape[1]
    for k in range(pieces):
        columns[written.piece_column + k] = state > k
    return columns


def _cut(written: Written, siting: Siting, gain: Gain, score: Score, columns: NDArray[np.float64]) -> int:
    """Add a cut for each cell that the model overrates; give how many."""
    pieces = gain.envelope(siting).slope
    width = pieces.shape[1]
    where = written.piece_column[:, None] + np.arange(width)
    rated = (columns[where] * pieces).sum(axis=1)
    worth = gain.worth(score.state)
    over = np.flatnonzero((rated > worth + 1e-9) & (siting.weight > 0.0))
    if not len(over):
        return 0
    pair_of, cell_of = siting.pairs
    of_row = np.repeat(np.arange(siting.candidates), np.diff(siting.covers.indptr))
    factor = np.zeros(len(cell_of))
    factor[pair_of] = gain.factor(siting)[of_row]
    seen = np.zeros(len(cell_of), dtype=bool)
    seen[pair_of[np.isin(of_row, score.chosen)]] = True
    number = np.full(siting.cells, -1)
    number[over] = np.arange(len(over))
    pairs = np.flatnonzero((number[cell_of] >= 0) & ~seen)
    slope = gain.slope(score.state)
    written.rows.add(
        np.concatenate((np.repeat(np.arange(len(over)), width), number[cell_of[pairs]])),
        np.concatenate((where[over].ravel(), written.pair_column[pairs])),
        np.concatenate((pieces[over].ravel(), -slope[cell_of[pairs]] * factor[pairs])),
        -np.inf,
        worth[over],
    )
    return len(over)
