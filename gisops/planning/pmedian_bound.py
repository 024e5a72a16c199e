"""What must p medians cost at least? Lagrangian relaxation of "every demand is served once", by subgradient.

With multipliers ``u`` a facility ``j`` is worth ``r_j = sum_i min(0, c_ij - u_i)``; the bound is
``sum_i u_i`` plus the ``p`` least ``r_j`` (Cornuejols, Fisher and Nemhauser, Management Science 23, 1977;
Beasley, EJOR 21, 1985). A facility that would lift the bound past the best known choice by being opened (or
closed) is closed (opened) for good.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gisops.planning.halt import Halt

__all__ = ["Dual", "Node", "raise_bound"]

_PATIENCE = 20
"""Steps without a better bound before the step is halved."""
_LEAST_STEP = 2e-3
_CHECK_EACH = 8


@dataclass(frozen=True, slots=True)
class Node:
    """A part of all choices: facilities that are open in it, those still free, and multipliers to begin with."""

    opened: NDArray[np.int64]
    free: NDArray[np.int64]
    multipliers: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dual:
    """What the relaxation said of a node.

    Parameters
    ----------
    bound
        No choice in the node costs less.
    node
        The node with what was fixed on the way, and the best multipliers.
    share
        By free facility, how often the relaxation opened it lately, 0 to 1.
    worth
        By free facility, its ``r_j`` at the best multipliers.
    """

    bound: float
    node: Node
    share: NDArray[np.float64]
    worth: NDArray[np.float64]


def raise_bound(  # noqa: PLR0915 - one loop, whose state is its local names
    cost: NDArray[np.float64],
    p: int,
    node: Node,
    best: Callable[[], float],
    steps: int,
    halt: Halt,
    see: Callable[[NDArray[np.int64]], None],
) -> Dual:
    """Raise the bound of a node, and fix what the best known cost allows.

    Parameters
    ----------
    cost
        By facility (rows) and demand (columns).
    p
        How many are open in the end.
    node
        Where to begin; at most ``p`` opened, and enough free ones to make ``p``.
    best
        Cost that a choice must undercut to matter.
    steps
        Most steps to take.
    halt
        When to stop.
    see
        Told now and then which ``p`` facilities the relaxation opened.
    """
    opened, free = node.opened, node.free
    u = node.multipliers.copy()
    top = Dual(-np.inf, node, np.full(len(free), 0.5), np.zeros(len(free)))
    factor, stale = 1.5, 0
    rows = cost[np.concatenate((opened, free))]
    share = np.full(len(free), 0.5)
    work = np.empty_like(rows)
    direction = np.zeros_like(u)
    for step in range(steps):
        limit = best()
        if top.bound >= limit or factor < _LEAST_STEP or (step and step % _CHECK_EACH == 0 and halt.reached()):
            break
        np.subtract(rows, u, out=work)
        np.minimum(work, 0.0, out=work)
        r = work.sum(axis=1)
        k, want = len(opened), p - len(opened)
        order = np.argsort(r[k:], kind="stable")
        picked = order[:want]
        bound = float(u.sum() + r[:k].sum() + r[k:][picked].sum())
        taken = np.concatenate((np.arange(k), picked + k))
        served = (work[taken] < 0.0).sum(axis=0)
        share *= 0.9
        share[picked] += 0.1
        if bound > top.bound + 1e-9:
            stale = 0
            top = Dual(bound, Node(opened, free, u.copy()), share.copy(), r[k:].copy())
            if step % _CHECK_EACH == 0:
                see(np.concatenate((opened, free[picked])))
            shut, forced = _fixable(r[k:], order, want, bound, limit)
            if len(shut) >= max(1, len(free) // 20) or len(forced):
                keep = np.ones(len(free), dtype=bool)
                keep[shut] = keep[forced] = False
                opened, free, share = np.concatenate((opened, free[forced])), free[keep], share[keep]
                rows = cost[np.concatenate((opened, free))]
                work = np.empty_like(rows)
                top = Dual(bound, Node(opened, free, u.copy()), share.copy(), r[k:][keep])
                if len(opened) + len(free) <= p or len(opened) == p:
                    break
        else:
            stale += 1
            if stale >= _PATIENCE:
                factor, stale = factor / 2.0, 0
                u = top.node.multipliers.copy()
                direction[:] = 0.0
                continue
        # A part of the way before steadies the zigzag (Camerini, Fratta and Maffioli, 1975).
        slope = 1.0 - served
        direction = slope + 0.3 * direction
        norm = float(direction @ direction)
        if not slope.any():  # every demand is served once: the relaxation is a choice, and its bound is its cost
            see(np.concatenate((opened, free[picked])) if len(picked) == want else opened)
            break
        # Aim a little past the best known cost, so that the step does not die where the bound is tight.
        aim = limit + 0.005 * abs(limit) if np.isfinite(limit) else abs(bound) * 1.05 + 1.0
        u = u + factor * (aim - bound) / max(norm, 1e-9) * direction
    return top


def _fixable(
    r: NDArray[np.float64], order: NDArray[np.intp], want: int, bound: float, limit: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give the free facilities that may be shut, and those that must be open, for a cost below ``limit``."""
    if want <= 0 or want >= len(order):
        return order[:0], order[:0]
    worst_in, best_out = r[order[want - 1]], r[order[want]]
    shut = order[want:][bound - worst_in + r[order[want:]] >= limit]
    forced = order[:want][bound - r[order[:want]] + best_out >= limit]
    return shut, forced
