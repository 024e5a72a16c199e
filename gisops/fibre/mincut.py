"""Which fewest spans, cut together, part a node from every centre.

Maximum flow with unit capacities (Ford and Fulkerson 1956, shortest augmenting
paths): as many spans are in the least cut as there are ways that share no span
(Menger 1927).
"""

from __future__ import annotations

from collections import deque

from gisops.fibre.network import FibreNetwork

__all__ = ["minimum_cut"]


def minimum_cut(network: FibreNetwork, node: int) -> tuple[int, ...]:
    """Find the least set of spans that isolates a node, the one nearest to it.

    Parameters
    ----------
    network
        The fibre.
    node
        Number of the node; no centre.

    Returns
    -------
    tuple of int
        Numbers of the spans, sorted; empty for a centre and for what no centre reaches.
    """
    if node in network.centre_of:
        return ()
    flow: dict[int, int] = {}  # span -> node it flows out of
    while True:
        came = _search(network, node, flow)
        end = next((centre for centre in network.centre_of if centre in came), None)
        if end is None:
            break
        while end != node:
            before, span = came[end]
            if flow.get(span) == end:
                del flow[span]  # pushed back: the span carries nothing either way
            else:
                flow[span] = before
            end = before
    cut = [span for inside in came for other, span in network.links[inside] if other not in came]
    return tuple(sorted(set(cut)))


def _search(network: FibreNetwork, source: int, flow: dict[int, int]) -> dict[int, tuple[int, int]]:
    """Walk breadth first over spans that can take more, until a centre is met: node to (node before, span)."""
    came = {source: (-1, -1)}
    queue = deque([source])
    while queue:
        node = queue.popleft()
        for other, span in network.links[node]:
            if other in came or flow.get(span) == node:
                continue
            came[other] = (node, span)
            if other in network.centre_of:
                return came
            queue.append(other)
    return came
