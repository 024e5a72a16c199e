"""Which span is cut? The most probable cuts, one or two at once, and exactly what evidence cannot tell apart.

Bayes over all single cuts and all pairs: prior odds by length, likelihoods from
:mod:`gisops.fibre.weigh`, every single and pair scored by :mod:`gisops.fibre.scan`. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from gisops.fibre.bracket import Bracket, brackets
from gisops.fibre.evidence import PORT_NAMES, Evidence, Noise, Port
from gisops.fibre.network import FibreNetwork, network_of
from gisops.fibre.otdr_place import OtdrPlace, combine
from gisops.fibre.scan import PairTree, Scan
from gisops.fibre.topology import isolated_by, skeleton_of
from gisops.fibre.trace import Routes, routes_of
from gisops.fibre.weigh import Weights, prints_below, weigh
from gisops.model.inventory import Inventory

if TYPE_CHECKING:
    pass

__all__ = ["CERTAIN", "Hypothesis", "Locator", "Verdict"]

CERTAIN = 0.95
"""Probability from which an explanation may be taken for true."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """Cuts that would explain what is seen; no span: nothing is cut. ``probability`` is posterior."""

    span_ids: tuple[str, ...]
    probability: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where it is cut.

    Parameters
    ----------
    hypotheses
        Most probable first; probabilities are over no cut, any one and any two.
    spans
        Span id and the probability that it is cut, alone or with another; most probable first.
    ambiguous
        The explanation with the highest probability and every other of as many cuts that predicts the
        very same evidence, in order of probability (which then rests on lengths alone).
    parts
        The first hypothesis taken apart where it is two cuts that have nothing to do with each other: for
        each its own ambiguous set, itself first. Else the one of ``ambiguous``; none where nothing is cut.
    unseen
        Spans whose cut, besides the first hypothesis, this evidence could not show.
    places
        By OTDR; empty without a reading that ends on a suspected span.
    brackets
        Intervals of chainage for the spans of ``ambiguous``.
    unexplained
        Lost devices and dark ports that the first hypothesis does not account for.
    """

    hypotheses: tuple[Hypothesis, ...]
    spans: tuple[tuple[str, float], ...]
    ambiguous: tuple[tuple[str, ...], ...]
    parts: tuple[tuple[tuple[str, ...], ...], ...]
    unseen: tuple[str, ...]
    places: tuple[OtdrPlace, ...]
    brackets: tuple[Bracket, ...]
    unexplained: tuple[str, ...]

    @property
    def is_certain(self) -> bool:
        """Whether the first hypothesis may be taken for true: its spans are cut, whatever else may be.

        No other set of as many shows the same, and 19 in 20 speak for it. Never so for "nothing is
        cut": there are spans whose cut nothing would show (``unseen``).
        """
        first = self.hypotheses[0]
        share = dict(self.spans).get(first.span_ids[0], 0.0) if len(first.span_ids) == 1 else first.probability
        return bool(first.span_ids) and len(self.ambiguous) == 1 and share >= CERTAIN

    @property
    def no_cut(self) -> float:
        """Probability that nothing is cut."""
        return next((h.probability for h in self.hypotheses if not h.span_ids), 0.0)


class Locator:
    """Locates cuts in one inventory; what does not depend on the evidence is laid out once.

    Parameters
    ----------
    inventory
        What stands in the city.
    network
        Of that inventory; made from it where left out.
    known_cut
        Numbers of spans that are known to be cut: a further cut is looked for in the network as it then
        is. The devices they part, and the ports that face them, count for nothing.
    routes
        Shortest ways of that network, whole; made from it where left out.
    """

    def __init__(
        self,
        inventory: Inventory,
        network: FibreNetwork | None = None,
        known_cut: Collection[int] = (),
        routes: Routes | None = None,
    ) -> None:
        self.inventory = inventory
        self.network = network or network_of(inventory)
        self.known_cut = frozenset(known_cut)
        self.skeleton = skeleton_of(self.network, self.known_cut)
        self.routes: Routes = routes or routes_of(self.network)
        self._tree = PairTree.of(self.network, self.skeleton)

    @cached_property
    def box_ids(self) -> frozenset[str]:
        """Ids of all boxes."""
        return frozenset(self.inventory.boxes)

    @cached_property
    def ports_of(self) -> Mapping[str, tuple[Port, ...]]:
        """Fibre ports of each box that face a span."""
        return {
            box_id: tuple((box_id, port) for port in range(len(spans)))
            for box_id, spans in self.network.ports.items()
        }

    def with_cut(self, spans: Collection[int]) -> Locator:
        """Give a locator of the same network in which some more spans are known to be cut."""
        return Locator(self.inventory, self.network, self.known_cut.union(spans), self.routes)

    def cut_jointly(self, first: int, second: int) -> bool:
        """Whether two spans part only together what lies between them."""
        label = self.skeleton.label
        return bool(label[first] == label[second] != 0)

    def locate(self, evidence: Evidence, noise: Noise | None = None, whole: Collection[int] = ()) -> Verdict:
        """Find the most probable cuts.

        Parameters
        ----------
        evidence
            What is known.
        noise
            How far it is to be believed.
        whole
            Numbers of spans that are known not to be cut.

        Raises
        ------
        InventoryError
            If the spans of an OTDR reading are not in a row.
        """
        weights = weigh(self.inventory, self.network, self.skeleton, self._open(evidence), noise or Noise())
        scan = Scan.of(self._tree, weights, whole)
        first = scan.ranked[0]
        ambiguous = self._alike(scan, first)
        is_two = len(first) == 2 and not self.cut_jointly(*first)
        parts = [list(scan.alike((span,))) for span in first] if is_two else [ambiguous]
        named = {span for spans in ambiguous for span in spans}
        first_places = [
            p for p in combine(self.network, evidence.otdr) if self.network.span_number[p.span_id] in named
        ]
        return Verdict(
            hypotheses=tuple(Hypothesis(self._ids(spans), share) for spans, share in scan.listed()),
            spans=tuple((self.network.span_ids[span], share) for span, share in scan.marginal()),
            ambiguous=tuple(self._ids(spans) for spans in ambiguous),
            parts=tuple(tuple(self._ids(spans) for spans in part) for part in parts if first),
            unseen=self._unseen(first, weights),
            places=tuple(first_places),
            brackets=brackets(self.network, self.routes, named),
            unexplained=self._unexplained(first, evidence),
        )

    def _open(self, evidence: Evidence) -> Evidence:
        """Leave out what the known cuts account for."""
        if not self.known_cut:
            return evidence
        parted = isolated_by(self.network, self.known_cut)
        boxes = {b.id for b in self.inventory.boxes.values() if parted[self.network.node_number[b.node_id]]}
        out = boxes.union(
            (c.id for c in self.inventory.cameras.values() if c.box_id in boxes),
            (s.id for s in self.inventory.stations.values() if parted[self.network.node_number[s.node_id]]),
        )

        def counts(port: Port) -> bool:
            return port[0] not in boxes and self.network.ports[port[0]][port[1]] not in self.known_cut

        return Evidence(
            evidence.lost - out,
            evidence.alive - out,
            frozenset(filter(counts, evidence.dark)),
            frozenset(filter(counts, evidence.lit)),
            evidence.otdr,
        )

    def _ids(self, spans: tuple[int, ...]) -> tuple[str, ...]:
        return tuple(sorted(self.network.span_ids[span] for span in spans))

    def _alike(self, scan: Scan, first: tuple[int, ...]) -> list[tuple[int, ...]]:
        if not first:
            return [first]
        return list(scan.alike(first))

    def _unseen(self, first: tuple[int, ...], weights: Weights) -> tuple[str, ...]:
        """Name the spans that no port in use faces and that part nothing known once the first ones are cut."""
        rest = skeleton_of(self.network, self.known_cut.union(first))
        parts = np.where(rest.label == 0, prints_below(rest, weights.node_print, len(weights.prior)), np.uint64(0))
        silent = (weights.face_print == 0) & (parts == 0)
        silent[[*first, *self.known_cut]] = False
        return tuple(self.network.span_ids[span] for span in np.flatnonzero(silent).tolist())

    def _unexplained(self, first: tuple[int, ...], evidence: Evidence) -> tuple[str, ...]:
        network, inventory = self.network, self.inventory
        explained = self.known_cut.union(first)
        parted = isolated_by(network, explained)
        left = []
        for device_id in sorted(evidence.lost):
            if device_id in inventory.cameras:
                box_id = inventory.cameras[device_id].box_id
                if box_id in evidence.lost:
                    continue  # the box speaks for its cameras
                node_id = inventory.boxes[box_id].node_id
            else:
                table = inventory.boxes if device_id in inventory.boxes else inventory.stations
                node_id = table[device_id].node_id
            if not parted[network.node_number[node_id]]:
                left.append(device_id)
        dark = [f"{b}:{PORT_NAMES[p]}" for b, p in sorted(evidence.dark) if network.ports[b][p] not in explained]
        return tuple(left + dark)
