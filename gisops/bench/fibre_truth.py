"""What a cut would truly show, worked out with networkx.

The evaluation of ``gisops fibre`` rests on none of its code. networkx is a development
dependency: only benches and tests come here.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

from gisops.errors import ConfigError
from gisops.model.inventory import Inventory

__all__ = ["Seen", "Truth"]

_CORE = "\0core"


@dataclass(frozen=True, slots=True)
class Seen:
    """What shows of cuts: boxes that answer no more, and ports without light of boxes that do."""

    lost: frozenset[str]
    dark: frozenset[tuple[str, int]]


class Truth:
    """The network as networkx sees it.

    Parameters
    ----------
    inventory
        Nodes, spans, boxes and centres are read.

    Raises
    ------
    ConfigError
        Where networkx is not installed.
    """

    def __init__(self, inventory: Inventory) -> None:
        try:
            import networkx as nx
        except ImportError as error:
            raise ConfigError("networkx", "is not installed", "run make env") from error
        self._nx = nx
        self.inventory = inventory
        self.span_ids = tuple(inventory.spans)
        core = {centre.node_id for centre in inventory.centres.values()}
        self.graph: Any = nx.MultiGraph()
        self.graph.add_node(_CORE)
        self._ends: dict[str, tuple[str, str]] = {}
        for node_id in inventory.nodes:
            if node_id not in core:
                self.graph.add_node(node_id)
        for span in inventory.spans.values():
            a, b = (_CORE if node in core else node for node in (span.start_id, span.end_id))
            self._ends[span.id] = (a, b)
            self.graph.add_edge(a, b, key=span.id)
        self.node_of_centres = _CORE
        self._node = {b.id: _CORE if b.node_id in core else b.node_id for b in inventory.boxes.values()}
        self._faces = self._ports()

    def _ports(self) -> dict[str, dict[tuple[str, int], str]]:
        """Say which span each port faces: the two of lowest id at the node of the box."""
        at: dict[str, set[str]] = {}
        for span in self.inventory.spans.values():
            for node in (span.start_id, span.end_id):
                at.setdefault(node, set()).add(span.id)
        return {
            box.id: {(box.id, port): span_id for port, span_id in enumerate(sorted(at.get(box.node_id, ()))[:2])}
            for box in self.inventory.boxes.values()
        }

    def seen(self, cut: Iterable[str], down: Iterable[str] = ()) -> Seen:
        """Say what shows when spans are cut and some boxes are down by themselves."""
        cuts, dead = frozenset(cut), frozenset(down)
        for span_id in cuts:
            self.graph.remove_edge(*self._ends[span_id], key=span_id)
        reached = self._nx.node_connected_component(self.graph, _CORE)
        for span_id in cuts:
            self.graph.add_edge(*self._ends[span_id], key=span_id)
        lost = frozenset(box_id for box_id, node in self._node.items() if node not in reached or box_id in dead)
        dark = frozenset(port for span_id in cuts for port in self._facing.get(span_id, ()) if port[0] not in lost)
        return Seen(lost, dark)

    @cached_property
    def _facing(self) -> dict[str, list[tuple[str, int]]]:
        found: dict[str, list[tuple[str, int]]] = {}
        for faces in self._faces.values():
            for port, span_id in faces.items():
                found.setdefault(span_id, []).append(port)
        return found

    @cached_property
    def singles(self) -> dict[str, Seen]:
        """What each single cut shows."""
        return {span_id: self.seen([span_id]) for span_id in self.span_ids}

    def alike(self, seen: Seen) -> tuple[int, frozenset[frozenset[str]]]:
        """Give the fewest cuts that show exactly this, and all sets of that many: -1 and none if over two."""
        if seen == Seen(frozenset(), frozenset()):
            return 0, frozenset({frozenset()})
        ones = frozenset(frozenset({s}) for s, shown in self.singles.items() if shown == seen)
        if ones:
            return 1, ones
        of_lost = {port for box_id in seen.lost for port in self._faces[box_id]}
        allowed = seen.dark | of_lost
        fits = [s for s in self.span_ids if allowed.issuperset(self._facing.get(s, ()))]
        pairs = frozenset(
            frozenset(pair)
            for pair in combinations(fits, 2)
            if seen.dark <= {p for s in pair for p in self._facing.get(s, ())} and self.seen(pair) == seen
        )
        return (2, pairs) if pairs else (-1, frozenset())

    def by_losses(self, seen: Seen, count: int) -> frozenset[str]:
        """Match silent boxes alone, as one would by eye: the cuts, one after the other, whose boxes fit best."""
        left, found = seen.lost, set()
        for _ in range(count):
            fits = [(len(left & lost) / len(left | lost), lost, s) for s, lost in self._losing.items() if left & lost]
            if not fits:
                break
            _, lost, span_id = max(fits, key=lambda fit: (fit[0], fit[2]))
            found.add(span_id)
            left = left - lost
        return frozenset(found)

    @cached_property
    def _losing(self) -> dict[str, frozenset[str]]:
        return {span_id: seen.lost for span_id, seen in self.singles.items() if seen.lost}

    def unseen(self, cut: frozenset[str], seen: Seen) -> frozenset[str]:
        """Give the spans whose cut on top changes nothing that shows."""
        return frozenset(s for s in self.span_ids if s not in cut and self.seen([*cut, s]) == seen)

    def down_at_random(self, rng: random.Random, share: float) -> frozenset[str]:
        """Draw boxes that are down by themselves, each for itself."""
        return frozenset(box_id for box_id in self._node if rng.random() < share)
