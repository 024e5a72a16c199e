"""Which cameras see most for a budget that also pays their fibre? Trenches that several share are paid once.

Each round prices a candidate with its own metres to the net there is by then; that is never too little, so that every
round keeps to the budget. What sharing saves is spent in the next round. No choice is worth more than
the best with fibre for nothing: that is the bound, and the gap says what it leaves open.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gisops.errors import PlanningError
from gisops.planning.answer import Answer
from gisops.planning.gain import FirstGain
from gisops.planning.solve import solve
from gisops.planning.trench import Roads, Trench, dig, metres_to_net

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gisops.planning.gain import Gain
    from gisops.planning.halt import Halt
    from gisops.planning.siting import Siting

__all__ = ["Wired", "solve_wired"]

_MOST_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Wired:
    """An answer, the trench it needs, and its money: equipment, fibre."""

    answer: Answer
    trench: Trench
    equipment: float
    fibre: float


def solve_wired(
    siting: Siting,
    roads: Roads,
    net: Sequence[int],
    vertex: NDArray[np.int64],
    cost_per_m: float,
    halt: Halt,
    gain: Gain | None = None,
    gap: float = 0.01,
) -> Wired:
    """Choose under a budget of equipment and fibre together.

    Parameters
    ----------
    siting
        The problem; its costs are those of equipment, its budget that of all.
    roads, net
        Where may be dug, and the vertices that have fibre.
    vertex
        By candidate, where it stands on the roads.
    cost_per_m
        Of trench and cable, in the currency of the costs.
    halt
        When to stop.
    gain
        How a cell's worth grows; seen or not where not given.
    gap
        Gap of each round that is good enough.

    Raises
    ------
    PlanningError
        Without a budget, or where the arrays do not fit.
    NoChoiceError
        Where no choice keeps to the rules.
    """
    budget = siting.rules.budget
    if budget is None or vertex.shape != (siting.candidates,) or not cost_per_m >= 0.0:
        raise PlanningError("wired siting", "no budget, or vertices do not fit", "give a budget, and a vertex each")
    began = halt.clock()
    gain = gain or FirstGain()
    free = solve("fibre for nothing", siting, gain, halt, gap)
    joined, chosen, best = list(net), tuple(siting.rules.locked), None
    trench = dig(roads, net, vertex[list(chosen)].tolist())
    for _ in range(_MOST_ROUNDS):
        metres = metres_to_net(roads, joined)[vertex]
        is_far = ~np.isfinite(metres)
        own = siting.cost + np.where(is_far, 0.0, metres) * cost_per_m
        own[list(chosen)] = siting.cost[list(chosen)]
        left = budget - trench.metres * cost_per_m
        rules = replace(
            siting.rules,
            budget=max(0.0, left),
            locked=chosen,
            forbidden=sorted({*siting.rules.forbidden, *np.flatnonzero(is_far).tolist()} - set(chosen)),
        )
        answer = solve("wired siting", replace(siting, cost=own, rules=rules), gain, halt, gap)
        is_better = best is None or answer.value > best.value + 1e-9
        if not is_better:
            break
        best, chosen = answer, answer.chosen
        trench = _shorter(
            dig(roads, net, vertex[list(chosen)].tolist()), trench, dig(roads, joined, vertex[list(chosen)].tolist())
        )
        joined = [*net, *(end for piece in trench.pieces for end in piece), *vertex[list(chosen)].tolist()]
        if halt.reached():
            break
    assert best is not None  # noqa: S101 - the first round always gives one
    equipment = float(siting.cost[list(chosen)].sum())
    proof = f"fibre for nothing, by {free.proof}"
    bound = max(free.bound, best.value)
    is_done = bound - best.value <= gap * abs(bound)
    ended = "proven" if is_done else halt.why()
    answer = Answer("wired siting", chosen, best.value, bound, False, proof, ended, halt.clock() - began)
    return Wired(answer, trench, equipment, trench.metres * cost_per_m)


def _shorter(fresh: Trench, before: Trench, more: Trench) -> Trench:
    """Give the net dug afresh, or the one before with what was added, whichever is shorter.

    Only the latter is sure to cost no more than each round has paid for.
    """
    if fresh.metres <= before.metres + more.metres:
        return fresh
    pieces = tuple(sorted({*before.pieces, *more.pieces}))
    return replace(fresh, metres=before.metres + more.metres, pieces=pieces)
