"""How many metres of trench do new boxes need along roads to the nearest fibre nodes? What is shared is dug once.

The least such net is a Steiner tree, hard to find. The shortest path heuristic (Takahashi and Matsuyama,
Mathematica Japonica 24, 1980) joins the nearest box to the net, again and again; it is never longer than
``2 (1 - 1/k)`` times the least, with ``k`` the boxes and one for the net there is.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array

from gisops.errors import PlanningError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

__all__ = ["Roads", "Trench", "dig", "metres_to_net"]


@dataclass(frozen=True, slots=True)
class Roads:
    """A road graph: by vertex its neighbours, with metres from 0 up, both ways."""

    graph: csr_array

    @classmethod
    def of(cls, vertices: int, pieces: Sequence[tuple[int, int, float]]) -> Roads:
        """Make it of pieces ``(end, end, metres)``; the shortest of several between the same ends counts."""
        best: dict[tuple[int, int], float] = {}
        for one, other, metres in pieces:
            if not (0 <= one < vertices and 0 <= other < vertices and 0.0 <= metres < np.inf):
                what = f"{one} to {other}, {metres:g} m"
                raise PlanningError("roads", what, f"give ends below {vertices} and finite metres from 0 up")
            if one != other:
                key = (min(one, other), max(one, other))
                best[key] = min(metres, best.get(key, np.inf))
        ends = np.array(list(best), dtype=np.int64).reshape(-1, 2)
        lengths = np.array(list(best.values()))
        rows = np.concatenate((ends[:, 0], ends[:, 1]))
        columns = np.concatenate((ends[:, 1], ends[:, 0]))
        return cls(coo_array((np.tile(lengths, 2), (rows, columns)), shape=(vertices, vertices)).tocsr())

    def around(self, vertex: int) -> Iterable[tuple[int, float]]:
        """Give the neighbours of a vertex with their metres."""
        start, end = self.graph.indptr[vertex], self.graph.indptr[vertex + 1]
        return zip(self.graph.indices[start:end].tolist(), self.graph.data[start:end].tolist(), strict=True)


@dataclass(frozen=True, slots=True)
class Trench:
    """What is dug.

    Parameters
    ----------
    metres
        Together, shared pieces once.
    least_m
        No net is shorter: proven by the guarantee of the heuristic and by the farthest box.
    pieces
        Pieces of road, as pairs of vertices, the lower first, sorted.
    separate_m
        What it would be if each box had its own trench to the nearest node.
    unreached
        Vertices that no road joins to a node: they are in none of the metres.
    """

    metres: float
    least_m: float
    pieces: tuple[tuple[int, int], ...]
    separate_m: float
    unreached: tuple[int, ...]


def metres_to_net(roads: Roads, net: Iterable[int]) -> NDArray[np.float64]:
    """Give for each vertex the metres along roads to the nearest vertex of the net; infinite where no road leads."""
    far = np.full(roads.graph.shape[0], np.inf)
    _spread(roads, net, far, np.full(len(far), -1, dtype=np.int64))
    return far


def dig(roads: Roads, net: Iterable[int], boxes: Iterable[int]) -> Trench:
    """Join boxes to the net.

    Parameters
    ----------
    roads
        Where may be dug.
    net
        Vertices where there is fibre already.
    boxes
        Vertices where boxes come.

    Examples
    --------
    >>> trench = dig(Roads.of(4, [(0, 1, 100.0), (1, 2, 30.0), (1, 3, 40.0)]), [0], [2, 3])
    >>> trench.metres, trench.separate_m
    (170.0, 270.0)
    """
    size = roads.graph.shape[0]
    far, back = np.full(size, np.inf), np.full(size, -1, dtype=np.int64)
    _spread(roads, net, far, back)
    alone = {box: float(far[box]) for box in sorted(set(boxes))}
    unreached = tuple(box for box, metres in alone.items() if not np.isfinite(metres))
    waiting = {box for box, metres in alone.items() if np.isfinite(metres)}
    count = len([box for box in waiting if alone[box] > 0.0])
    pieces: set[tuple[int, int]] = set()
    metres = 0.0
    while waiting:
        box = min(waiting, key=lambda each: (far[each], each))
        waiting.discard(box)
        metres += float(far[box])
        path, vertex = [box], box
        while far[vertex] > 0.0 and back[vertex] >= 0:
            before = int(back[vertex])
            pieces.add((min(vertex, before), max(vertex, before)))
            vertex = before
            path.append(vertex)
        # The new trench is net from now on: what is nearer to it learns so, and only that is looked at again.
        _spread(roads, path, far, back)
    guaranteed = metres / (2.0 * (1.0 - 1.0 / (count + 1))) if count else 0.0
    reached = [each for each in alone.values() if np.isfinite(each)]
    least = max([guaranteed, *reached], default=0.0)
    return Trench(metres, min(least, metres), tuple(sorted(pieces)), float(sum(reached)), unreached)


def _spread(roads: Roads, sources: Iterable[int], far: NDArray[np.float64], back: NDArray[np.int64]) -> None:
    """Lower ``far`` to the metres from the sources where they are nearer (Dijkstra); ``back`` is the way there."""
    heap = []
    for source in sources:
        if not 0 <= source < len(far):
            raise PlanningError("roads", f"vertex {source} of {len(far)}", "give a vertex that there is")
        far[source], back[source] = 0.0, -1
        heap.append((0.0, int(source)))
    heapq.heapify(heap)
    while heap:
        metres, vertex = heapq.heappop(heap)
        if metres > far[vertex]:
            continue
        for other, length in roads.around(vertex):
            if metres + length < far[other]:
                far[other], back[other] = metres + length, vertex
                heapq.heappush(heap, (metres + length, other))
