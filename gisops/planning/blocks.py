"""How much closer to the truth is a bound when whole blocks of the city are solved exactly? Decomposition.

Lagrangian decomposition: the candidates are split into blocks that share few cells. A cell seen from one block only
is that block's own; one seen from several is priced with ``u``, and each block that sees it earns ``u``. Count (or
budget) is priced with ``m``. The bound ``m * limit + sum_i max(0, w_i - u_i) + sum_c best of block c``
is never above the linear relaxation's (Geoffrion, Mathematical Programming Study 2, 1974: blocks lack the integrality
property). Musts, floors and the other limit are left out, which leaves the bound valid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gisops.planning.gain import FirstGain
from gisops.planning.highs import solve_linear
from gisops.planning.linear import write
from gisops.planning.pick import top
from gisops.planning.repair import around
from gisops.planning.siting import Rules, Siting

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gisops.planning.dual import Prices
    from gisops.planning.halt import Halt

__all__ = ["block_bound"]

_BLOCK_GAP = 1e-4
_MOST_FEE_STEP = 0.02


@dataclass(frozen=True)
class _Block:
    """Some candidates, and the cells they see: a problem of its own."""

    part: NDArray[np.int64]
    cells: NDArray[np.int64]
    siting: Siting


def block_bound(
    siting: Siting,
    prices: Prices,
    value: Callable[[], float],
    halt: Halt,
    size: int,
    see: Callable[[NDArray[np.int64]], None],
    enough: float,
    rounds: int = 40,
) -> float:
    """Lower the bound of a maximal covering problem.

    Parameters
    ----------
    siting
        The problem, under count or budget.
    prices
        Where to begin.
    value
        What the best known choice is worth.
    halt
        When to stop.
    size
        Candidates in a block.
    see
        Told after each round what the blocks chose; it may not keep to count or budget.
    enough
        Gap that is good enough.
    rounds
        Most rounds.
    """
    unit, limit = _limit(siting)
    if not np.isfinite(limit):
        return prices.bound
    blocks = _split(siting, size)
    inside = np.zeros(siting.cells, dtype=np.int64)
    for block in blocks:
        inside[block.cells] += 1
    shared = inside > 1
    price = np.where(shared, np.minimum(prices.price, siting.weight), siting.weight)
    fee = _fee(siting, prices, unit, limit)
    best, factor = prices.bound, 1.0
    for _ in range(rounds):
        bound = fee * limit + float(np.maximum(siting.weight - price, 0.0)[shared].sum())
        slope = np.where(shared, np.where(price < siting.weight, -1.0, 0.0), 0.0)
        used, chosen = 0.0, []
        for block in blocks:
            if halt.reached():
                return best
            earned, picked = _solve_block(block, price, fee * unit, halt)
            bound += earned
            used += float(unit[block.part[picked]].sum())
            chosen.append(block.part[picked])
            seen = np.zeros(len(block.cells), dtype=bool)
            for k in picked.tolist():
                seen[block.siting.cells_of(k)] = True
            slope[block.cells[seen & shared[block.cells]]] += 1.0
        see(np.sort(np.concatenate(chosen)))
        factor = factor if bound < best else factor * 0.6
        best = min(best, bound)
        if best - value() <= enough * best:
            break
        # One step down along the slope of the bound, as far as the gap suggests (Polyak).
        slope_fee = limit - used
        norm = float(slope @ slope) + slope_fee**2
        if norm <= 0.0:
            break
        length = factor * (bound - value()) / norm
        if slope_fee:  # many candidates earn about the fee: a little more of it, and none of them is chosen
            length = min(length, _MOST_FEE_STEP * factor * fee / abs(slope_fee))
        price = np.clip(price - length * slope, 0.0, siting.weight)
        fee = max(0.0, fee - length * slope_fee)
    return best


def _limit(siting: Siting) -> tuple[NDArray[np.float64], float]:
    """Give what each candidate takes of the limit that is priced, and the limit."""
    if siting.rules.count is not None:
        return np.ones(siting.candidates), float(siting.rules.count)
    if siting.rules.budget is not None:
        return siting.cost, siting.rules.budget
    return np.zeros(siting.candidates), np.inf


def _fee(siting: Siting, prices: Prices, unit: NDArray[np.float64], limit: float) -> float:
    """Give the fee at which those that earn more than it use up the limit, one a group."""
    free = np.flatnonzero(siting.free)
    left = limit - float(unit[np.array(siting.rules.locked, dtype=np.int64)].sum())
    low, high = 0.0, float((prices.worth[free] / np.maximum(unit[free], 1e-12)).max(initial=0.0))
    for _ in range(50):
        fee = (low + high) / 2.0
        best = top(siting, free, prices.worth[free] - fee * unit[free], np.inf)
        low, high = (fee, high) if float(unit[best].sum()) > left else (low, fee)
    return high


def _split(siting: Siting, size: int) -> list[_Block]:
    """Split the candidates into blocks that hang together."""
    left = np.ones(siting.candidates, dtype=bool)
    left[np.array(siting.rules.forbidden, dtype=np.int64)] = False
    blocks = []
    for seed in range(siting.candidates):
        if not left[seed]:
            continue
        part = around(siting, [seed], size, left)
        left[part] = False
        rows = siting.covers[part]
        cells = np.unique(rows.indices).astype(np.int64)
        locked = np.flatnonzero(np.isin(part, np.array(siting.rules.locked, dtype=np.int64)))
        small = Siting(rows[:, cells].tocsr(), siting.weight[cells], group=siting.group[part])
        blocks.append(_Block(part, cells, replace(small, rules=Rules(locked=[int(k) for k in locked]))))
    return blocks


def _solve_block(
    block: _Block, price: NDArray[np.float64], fees: NDArray[np.float64], halt: Halt
) -> tuple[float, NDArray[np.int64]]:
    """Give an upper bound on what the block earns, and a choice."""
    siting = replace(block.siting, weight=price[block.cells])
    written = write(siting, FirstGain().envelope(siting), is_first=True)
    written.pay[: siting.candidates] = -fees[block.part]
    solved = solve_linear(written.model(), halt, _BLOCK_GAP)
    picked = (
        np.zeros(0, dtype=np.int64)
        if solved.columns is None
        else np.flatnonzero(solved.columns[: siting.candidates] > 0.5)
    )
    return solved.bound, picked
