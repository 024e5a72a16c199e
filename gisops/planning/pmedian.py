"""Which p places serve all demand at the least total distance, with proof? The p-median problem."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gisops.errors import PlanningError
from gisops.planning.answer import Answer
from gisops.planning.pmedian_bound import Dual, Node, raise_bound
from gisops.planning.pmedian_search import improve, start, total

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gisops.planning.halt import Halt

__all__ = ["PMedian"]

_ROOT_STEPS = 1500
_NODE_STEPS = 150
_CLOSE = 1.005
"""Choices of the relaxation that cost no more than this times the best known are worth exchanging in."""


@dataclass(frozen=True, slots=True)
class PMedian:
    """The p-median problem (Hakimi, Operations Research 12, 1964, 450-459; ReVelle and Swain, 1970).

    Minimise ``sum_i w_i sum_j d_ij x_ij`` such that

    1. ``sum_j x_ij = 1`` for every demand ``i``;
    2. ``x_ij <= y_j``;
    3. ``sum_j y_j = p``; ``x, y`` binary.

    Solved by Lagrangian bounds on (1), interchange, fixing by reduced cost, and branch and bound on ``y``.

    Parameters
    ----------
    distance
        By demand (rows) and facility (columns), finite and not negative, any unit.
    p
        How many to open.
    weight
        By demand; all 1 where not given.

    Raises
    ------
    PlanningError
        Where the arrays do not fit, hold a negative or unknown number, or ``p`` is out of range.

    Examples
    --------
    >>> import time
    >>> from gisops.planning.halt import Halt
    >>> PMedian(np.array([[0.0, 5.0], [5.0, 0.0], [1.0, 4.0]]), 1).solve(Halt(time.monotonic)).chosen
    (0,)
    """

    distance: NDArray[np.float64]
    p: int
    weight: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        shape = self.distance.shape
        if len(shape) != 2 or not 1 <= self.p <= shape[1] or not shape[0]:
            raise PlanningError("p-median", f"p = {self.p} of distances {shape}", "give 1 <= p <= facilities")
        weight = self.weight
        if weight is not None and (
            weight.shape != shape[:1] or not np.isfinite(weight).all() or (weight < 0.0).any()
        ):
            raise PlanningError("p-median", "weights do not fit", "give one finite weight from 0 up a demand")
        if not np.isfinite(self.distance).all() or (self.distance < 0.0).any():
            raise PlanningError("p-median", "a distance is unknown or negative", "give finite distances from 0 up")

    def cost(self, chosen: tuple[int, ...]) -> float:
        """Give the total weighted distance of a choice."""
        return total(self._costs(), np.array(chosen, dtype=np.int64))

    def solve(self, halt: Halt, begin: tuple[int, ...] | None = None, gap: float = 0.0) -> Answer:
        """Solve to the gap asked for, or as far as time allows; no chance is in it.

        Parameters
        ----------
        halt
            When to stop.
        begin
            A choice of ``p`` to begin with (warm start).
        gap
            Share of the cost that need not be proven.
        """
        began = halt.clock()
        search = _Search(self._costs(), self.p, halt, gap)
        search.take(np.array(begin, dtype=np.int64) if begin is not None else start(search.cost, self.p))
        bound, nodes = search.run()
        value = search.value
        bound = min(bound, value)
        is_done = value - bound <= gap * value + 1e-9 * max(1.0, value)
        return Answer(
            "p-median",
            tuple(int(j) for j in search.chosen),
            value,
            bound,
            True,
            f"Lagrangian bound, fixing by reduced cost, branch and bound of {nodes} nodes",
            "proven" if is_done else halt.why(),
            halt.clock() - began,
        )

    def _costs(self) -> NDArray[np.float64]:
        by_facility = self.distance.T if self.weight is None else self.distance.T * self.weight
        return np.ascontiguousarray(by_facility, dtype=np.float64)


class _Search:
    """Branch and bound: the best choice known, and the parts of all choices not yet ruled out."""

    def __init__(self, cost: NDArray[np.float64], p: int, halt: Halt, gap: float) -> None:
        self.cost, self.p, self.halt, self.gap = cost, p, halt, gap
        self.value = math.inf
        self.chosen: NDArray[np.int64] = np.zeros(0, dtype=np.int64)
        self._is_whole = bool((cost == np.rint(cost)).all() and cost.sum() < 2**52)
        self._seen: set[bytes] = set()
        self._among: NDArray[np.int64] = np.arange(len(cost))

    def take(self, chosen: NDArray[np.int64]) -> None:
        """Take a choice into account, improved by exchanges."""
        chosen = np.sort(chosen)
        if chosen.tobytes() in self._seen:
            return
        self._seen.add(chosen.tobytes())
        better = improve(self.cost, chosen, self._among, self.halt)
        value = total(self.cost, better)
        if value < self.value:
            self.value, self.chosen = value, better

    def glance(self, chosen: NDArray[np.int64]) -> None:
        """Take a choice into account, improved only where it is close to the best known."""
        if total(self.cost, chosen) <= _CLOSE * self.value:
            self.take(chosen)

    def limit(self) -> float:
        """Give the bound from which a part holds nothing better than the best known."""
        if self._is_whole:
            return self.value * (1.0 - self.gap) - (1.0 - 1e-6 if self.gap == 0.0 else 0.0)
        return self.value * (1.0 - self.gap) - 1e-9 * self.value

    def run(self) -> tuple[float, int]:
        """Rule out part after part, the one with the least bound first.

        Returns
        -------
        bound, nodes
            What no choice undercuts (infinite once all is ruled out), and how many parts were bounded.
        """
        n, p = len(self.cost), self.p
        if p == n:
            return self.value, 1
        nearest = np.partition(self.cost, 1, axis=0)[1] if n > 1 else self.cost[0]
        root = Node(np.zeros(0, dtype=np.int64), np.arange(n), nearest.copy())
        dual = self._bound(root, _ROOT_STEPS)
        nodes, count = 1, 0
        open_parts: list[tuple[float, int, Dual]] = []
        self._put(open_parts, dual, count)
        while open_parts and not self.halt.reached():
            bound, _, part = heapq.heappop(open_parts)
            if bound >= self.limit():
                continue
            for child in self._children(part):
                nodes, count = nodes + 1, count + 1
                self._put(open_parts, self._bound(child, _NODE_STEPS), count, bound)
                if self.halt.reached():
                    # A sibling may not have been looked at: its parent's bound stays what is proven.
                    heapq.heappush(open_parts, (bound, -1, part))
                    break
        left = [bound for bound, _, _ in open_parts if bound < self.limit()]
        proven = self.value if not left else min(left)
        if not left and self.gap > 0.0:
            proven = min(self.value, max(self.limit(), dual.bound))
        return proven, nodes

    def _bound(self, node: Node, steps: int) -> Dual:
        see = self.take if steps == _ROOT_STEPS else self.glance
        return raise_bound(self.cost, self.p, node, self.limit, steps, self.halt, see)

    def _put(self, parts: list[tuple[float, int, Dual]], dual: Dual, count: int, floor: float = -math.inf) -> None:
        """Keep a part unless it is ruled out or down to one choice."""
        node = dual.node
        if dual.bound >= self.limit():
            return
        is_full, is_last = len(node.opened) == self.p, len(node.opened) + len(node.free) == self.p
        if is_full or is_last:
            last = node.opened if is_full else np.concatenate((node.opened, node.free))
            value = total(self.cost, last)
            if value < self.value:
                self.value, self.chosen = value, np.sort(last)
            return
        if len(node.opened) + len(node.free) < self.p:
            return
        heapq.heappush(parts, (max(dual.bound, floor), count, dual))

    def _children(self, part: Dual) -> tuple[Node, Node]:
        """Split on the facility about which the relaxation is least sure: open it, or shut it."""
        node = part.node
        want = self.p - len(node.opened)
        order = np.sort(part.worth)
        edge = (order[want - 1] + order[min(want, len(order) - 1)]) / 2.0
        unsure = np.abs(part.share - 0.5) + 1e-3 * np.abs(part.worth - edge) / (1.0 + abs(edge))
        at = int(np.argmin(unsure))
        rest = np.delete(node.free, at)
        opened = np.append(node.opened, node.free[at])
        return Node(opened, rest, node.multipliers), Node(node.opened, rest, node.multipliers)
