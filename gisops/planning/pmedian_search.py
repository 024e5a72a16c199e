"""Which exchange of one median for another lowers the cost most? Teitz and Bart's interchange, all pairs at once.

After Teitz and Bart (Operations Research 16, 1968) with the bookkeeping of Whitaker (INFOR 21, 1983): what a
facility that comes saves, and what the one that goes costs, given the nearest and second nearest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gisops.planning.halt import Halt

__all__ = ["improve", "start", "total"]


def total(cost: NDArray[np.float64], chosen: NDArray[np.int64]) -> float:
    """Cost of serving every demand (columns) from the nearest of the chosen (rows)."""
    return float(cost[chosen].min(axis=0).sum())


def start(cost: NDArray[np.float64], p: int) -> NDArray[np.int64]:
    """Choose ``p`` one by one, each time what saves most (Kuehn and Hamburger's add heuristic)."""
    chosen = [int(np.argmin(cost.sum(axis=1)))]
    nearest = cost[chosen[0]].copy()
    while len(chosen) < p:
        after = np.minimum(cost, nearest).sum(axis=1)
        after[chosen] = np.inf
        chosen.append(int(np.argmin(after)))
        np.minimum(nearest, cost[chosen[-1]], out=nearest)
    return np.array(sorted(chosen), dtype=np.int64)


def improve(
    cost: NDArray[np.float64], chosen: NDArray[np.int64], among: NDArray[np.int64], halt: Halt
) -> NDArray[np.int64]:
    """Exchange until no exchange helps or time is up.

    Parameters
    ----------
    cost
        By facility (rows) and demand (columns).
    chosen
        Where to begin.
    among
        Facilities that may come in.
    halt
        When to stop.
    """
    chosen = chosen.copy()
    among = np.setdiff1d(among, chosen)
    while len(among) and not halt.reached():
        rows = cost[chosen]
        owner = rows.argmin(axis=0)
        first = rows[owner, np.arange(cost.shape[1])]
        if len(chosen) > 1:
            rows[owner, np.arange(cost.shape[1])] = np.inf
            second = rows.min(axis=0)
        else:
            second = np.full_like(first, np.inf)
        coming = cost[among]
        saved = np.maximum(first - coming, 0.0).sum(axis=1)
        lost = np.minimum(np.maximum(coming, first), second) - first
        # Demand of one owner side by side: a sum over each run of columns is what losing that owner costs.
        by_owner = np.argsort(owner, kind="stable")
        heads = np.searchsorted(owner[by_owner], np.arange(len(chosen)))
        has = np.bincount(owner, minlength=len(chosen)) > 0
        loss = np.zeros((len(among), len(chosen)))
        loss[:, has] = np.add.reduceat(lost[:, by_owner], heads[has], axis=1)
        change = loss - saved[:, None]
        at = int(np.argmin(change))
        comes, goes = divmod(at, len(chosen))
        if change[comes, goes] >= -1e-9 * max(1.0, float(first.sum())):
            break
        chosen[goes], among[comes] = among[comes], chosen[goes]
    return np.sort(chosen)
