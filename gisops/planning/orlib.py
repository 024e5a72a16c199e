"""What does a p-median instance of the OR-Library say: its graph, its p, and all distances.

Format (J. E. Beasley, "A note on solving large p-median problems", EJOR 21, 1985, 270-273): vertices,
edges and p on the first line, then one undirected edge a line: end, end, cost. An edge that is listed
again takes the later cost. Distances are those of the shortest ways.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from gisops.errors import PlanningError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Instance", "read_pmed"]


@dataclass(frozen=True, slots=True)
class Instance:
    """A p-median instance: shortest distances between all vertices (n x n), how many to open, edges it had."""

    distance: NDArray[np.float64]
    p: int
    edges: int


def read_pmed(text: str, place: str = "instance") -> Instance:
    r"""Read an instance.

    Parameters
    ----------
    text
        The whole file.
    place
        What to call it in an error.

    Raises
    ------
    PlanningError
        Where it is no such file, an end is no vertex, a cost is no finite number from 0 up,
        p is out of range, or no way leads between two vertices.

    Examples
    --------
    >>> read_pmed("3 3 1\n1 2 5\n2 3 1\n1 2 2\n").distance[0].tolist()
    [0.0, 2.0, 3.0]
    """
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not lines:
        raise PlanningError(place, "empty", "give a pmed file: vertices, edges and p, then an edge a line")
    n, listed, p = _whole(place, lines[0])
    if not 1 <= n <= 20_000 or not 1 <= p <= n:
        raise PlanningError(f"{place}:1", f"{n} vertices and p = {p}", "give 1 <= p <= vertices <= 20000")
    if len(lines) - 1 != listed:
        raise PlanningError(place, f"{listed} edges are announced, {len(lines) - 1} follow", "fetch the file again")
    cost: dict[tuple[int, int], float] = {}
    for number, words in lines[1:]:
        one, other, length = _edge(f"{place}:{number}", words, n)
        cost[min(one, other), max(one, other)] = length
    ends = np.array([pair for pair in cost if pair[0] != pair[1]], dtype=np.int64).reshape(-1, 2)
    lengths = np.array([length for pair, length in cost.items() if pair[0] != pair[1]])
    graph = coo_array((lengths, (ends[:, 0], ends[:, 1])), shape=(n, n)).tocsr()
    distance = np.asarray(dijkstra(graph, directed=False), dtype=np.float64)
    if not np.isfinite(distance).all():
        far = int(np.flatnonzero(~np.isfinite(distance[0]))[0]) + 1
        raise PlanningError(place, f"no way leads from vertex 1 to vertex {far}", "give a connected graph")
    return Instance(distance, p, len(cost))


def _whole(place: str, line: tuple[int, list[str]]) -> tuple[int, int, int]:
    number, words = line
    try:
        n, edges, p = (int(word) for word in words)
    except ValueError:
        what = f"{' '.join(words)[:40]!r} is not three whole numbers"
        raise PlanningError(f"{place}:{number}", what, "give vertices, edges and p") from None
    return n, edges, p


def _edge(place: str, words: list[str], n: int) -> tuple[int, int, float]:
    try:
        one, other, cost = int(words[0]), int(words[1]), float(words[2])
        is_short = len(words) != 3
    except (ValueError, IndexError):
        is_short, one, other, cost = True, 0, 0, 0.0
    if is_short:
        raise PlanningError(place, f"{' '.join(words)[:40]!r} is no edge", "give end, end and cost")
    if not (1 <= one <= n and 1 <= other <= n):
        raise PlanningError(place, f"{one} {other} are not both vertices of 1 to {n}", "give ends that there are")
    if not 0.0 <= cost < np.inf:
        raise PlanningError(place, f"cost {cost:g}", "give a finite cost from 0 up")
    return one - 1, other - 1, cost
