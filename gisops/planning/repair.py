"""Is a part of the choice the best there is, given the rest? Exact re-planning of one neighbourhood after another.

Large neighbourhood search (Shaw 1998): candidates around a seed are set free, all others stay as they are, and
the small problem that is left is solved exactly. Only what is worth more is taken.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gisops.planning.exact import solve_exact
from gisops.planning.gain import FirstGain
from gisops.planning.siting import Floor, Rules, Siting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gisops.planning.feasible import Purse
    from gisops.planning.halt import Halt
    from gisops.planning.score import Score

__all__ = ["around", "replan"]


def around(siting: Siting, seeds: list[int], size: int, allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Give about ``size`` allowed candidates that share cells or a group with the seeds, nearest first."""
    found = {seed: None for seed in seeds if allowed[seed]}
    queue = list(found)
    while queue and len(found) < size:
        here = queue.pop(0)
        mates = siting.group_members.get(int(siting.group[here]), ())
        for other in (*mates, *siting.who_sees(siting.cells_of(here)).tolist()):
            if other not in found and allowed[other]:
                found[other] = None
                queue.append(other)
                if len(found) >= size:
                    break
    return np.array(sorted(found), dtype=np.int64)


def replan(score: Score, purse: Purse, part: NDArray[np.int64], halt: Halt) -> float:
    """Choose anew among ``part`` and take it where it is worth more; give what it adds.

    Parameters
    ----------
    score, purse
        A choice under :class:`~gisops.planning.gain.FirstGain`; changed in place.
    part
        Free candidates.
    halt
        When to stop.
    """
    siting = score.siting
    old = [k for k in part.tolist() if score.has(k)]
    for k in old:
        score.remove(k)
        purse.give_back(k)
    small = _small(siting, score, purse, part)
    number = {int(k): at for at, k in enumerate(part)}
    begin = np.array([number[k] for k in old], dtype=np.int64)
    found = solve_exact(small, FirstGain(), halt, 1e-6, begin)
    new = old if found.chosen is None else part[found.chosen].tolist()
    before = float(_worth(small, begin))
    gained = 0.0 if found.chosen is None else float(_worth(small, found.chosen)) - before
    if gained <= 1e-9 * max(1.0, before):
        new, gained = old, 0.0
    for k in new:
        score.add(k)
        purse.take(k)
    return gained


def _worth(siting: Siting, chosen: NDArray[np.int64]) -> float:
    seen = np.zeros(siting.cells, dtype=bool)
    for k in chosen.tolist():
        seen[siting.cells_of(k)] = True
    return float(siting.weight[seen].sum())


def _small(siting: Siting, score: Score, purse: Purse, part: NDArray[np.int64]) -> Siting:
    """Give the problem of the part, with what the rest has done already taken off."""
    rows = siting.covers[part]
    cells = np.unique(rows.indices)
    cells = cells[score.state[cells] == 0]
    covers = rows[:, cells].tocsr()
    number = np.full(siting.cells, -1)
    number[cells] = np.arange(len(cells))
    seen = score.state > 0
    floors = []
    for floor in siting.rules.floors:
        weight = siting.weight[floor.cells]
        lacking = floor.share * float(weight.sum()) - float(weight[seen[floor.cells]].sum())
        inside = number[floor.cells]
        inside = inside[inside >= 0]
        here = float(siting.weight[cells[inside]].sum())
        if lacking > 0.0:
            floors.append(Floor(floor.name, inside, lacking / here if here > 0.0 else 1.0))
    group = siting.group[part].copy()
    is_taken = np.append(purse.taken, False)[group]  # -1, no group, is the last: never taken
    barred = np.flatnonzero(is_taken)
    rules = Rules(
        None if siting.rules.count is None else int(purse.count_left),
        None if siting.rules.budget is None else max(0.0, purse.money_left),
        (),
        [int(k) for k in barred],
        [int(number[cell]) for cell in siting.rules.must if not seen[cell] and number[cell] >= 0],
        floors,
    )
    return replace(
        Siting(covers, siting.weight[cells]),
        cost=siting.cost[part],
        group=group,
        box=np.arange(len(part)),
        rules=rules,
    )
