"""Which span is cut? The most probable cuts, one or two at once, and exactly what evidence cannot tell apart.

Bayes over all single cuts and all pairs: prior odds by length, likelihoods from
:mod:`gisops.fibre.weigh`. What a pair isolates follows from the depth-first tree
without a search: two spans of one class part what lies between them. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gisops.fibre.bracket import Bracket, brackets
from gisops.fibre.evidence import PORT_NAMES, Evidence, Noise, Port
from gisops.fibre.network import FibreNetwork, network_of
from gisops.fibre.otdr_place import OtdrPlace, combine
from gisops.fibre.topology import Skeleton, isolated_by, skeleton_of
from gisops.fibre.trace import Routes, routes_of
from gisops.fibre.weigh import Weights, prints_below, weigh
from gisops.model.inventory import Inventory

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Hypothesis", "Locator", "Verdict"]

_ROWS = 1000
"""Spans that are tried with every other as a pair: those that evidence speaks for, strongest first."""
_LISTED = 20


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
    unseen: tuple[str, ...]
    places: tuple[OtdrPlace, ...]
    brackets: tuple[Bracket, ...]
    unexplained: tuple[str, ...]

    @property
    def is_certain(self) -> bool:
        """Whether the evidence points to one set of cuts and no other of its size."""
        return len(self.ambiguous) == 1

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
    """

    def __init__(
        self,
        inventory: Inventory,
        network: FibreNetwork | None = None,
        known_cut: Collection[int] = (),
    ) -> None:
        self.inventory = inventory
        self.network = network or network_of(inventory)
        self.known_cut = frozenset(known_cut)
        self.skeleton = skeleton_of(self.network, self.known_cut)
        self.routes: Routes = routes_of(self.network)
        self._tree = _Tree.of(self.network, self.skeleton)

    def locate(self, evidence: Evidence, noise: Noise | None = None) -> Verdict:
        """Find the most probable cuts.

        Parameters
        ----------
        evidence
            What is known.
        noise
            How far it is to be believed.

        Raises
        ------
        InventoryError
            If the spans of an OTDR reading are not in a row.
        """
        weights = weigh(self.inventory, self.network, self.skeleton, self._open(evidence), noise or Noise())
        scan = _Scan.of(self._tree, weights)
        first = scan.ranked[0]
        ambiguous = self._alike(scan, first)
        named = {span for spans in ambiguous for span in spans}
        first_places = [
            p for p in combine(self.network, evidence.otdr) if self.network.span_number[p.span_id] in named
        ]
        return Verdict(
            hypotheses=tuple(Hypothesis(self._ids(spans), share) for spans, share in scan.listed()),
            spans=tuple((self.network.span_ids[span], share) for span, share in scan.marginal()),
            ambiguous=tuple(self._ids(spans) for spans in ambiguous),
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

    def _alike(self, scan: _Scan, first: tuple[int, ...]) -> list[tuple[int, ...]]:
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


@dataclass(frozen=True, slots=True)
class _Tree:
    """What the skeleton says about pairs; arrays by span.

    ``low``, ``high``: positions below a bridge, empty for any other span; ``spot``: position of its lower end.
    ``mates``: for a span that is no bridge, its class from the centre outwards.
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    spot: NDArray[np.int64]
    depth: NDArray[np.int64]
    mates: dict[int, NDArray[np.int64]]
    is_bridge: NDArray[np.bool_]

    @classmethod
    def of(cls, network: FibreNetwork, skeleton: Skeleton) -> _Tree:
        count = len(network.span_ids)
        in_tree = skeleton.below >= 0
        is_bridge = in_tree & (skeleton.label == 0)
        child = np.where(in_tree, skeleton.below, 0)
        low = np.where(is_bridge, skeleton.at[child], 1)
        high = np.where(is_bridge, skeleton.end[child], 0)
        ends = np.maximum(skeleton.at[network.starts], skeleton.at[network.ends])
        spot = np.where(in_tree, skeleton.at[child], ends)
        # Tree spans of a class lie on one way to the root; the span that closes their ring comes last.
        depth = np.where(in_tree, skeleton.at[child], len(network.node_ids) + 1)
        groups: dict[int, list[int]] = defaultdict(list)
        for span in sorted(range(count), key=lambda s: int(depth[s])):
            if skeleton.label[span] != 0:
                groups[int(skeleton.label[span])].append(span)
        mates = {span: np.array(spans) for spans in groups.values() for span in spans}
        return cls(low, high, spot, depth, mates, is_bridge)


class _Scan:
    """Scores of nothing, every span and every pair worth trying, for one body of evidence."""

    def __init__(self, tree: _Tree, weights: Weights) -> None:
        self._tree, self._w = tree, weights
        zero = np.uint64(0)
        self.base = weights.prior + weights.face
        self.single = self.base + np.where(tree.is_bridge, weights.below, 0.0)
        self.print = weights.face_print + np.where(tree.is_bridge, weights.below_print, zero)
        self._rows = self._worth_pairing()
        self._pairs = [self.joint(int(span)) for span in self._rows]
        self._settle()

    @classmethod
    def of(cls, tree: _Tree, weights: Weights) -> _Scan:
        return cls(tree, weights)

    def joint(self, span: int) -> tuple[NDArray[np.float64], NDArray[np.uint64]]:
        """Score a span together with each other one: log odds against no cut, fingerprint."""
        tree, w = self._tree, self._w
        score, mark = self.single[span] + self.single, self.print[span] + self.print
        # Behind a cut bridge a second cut parts nothing more.
        inside = (tree.spot >= tree.low[span]) & (tree.spot < tree.high[span])
        score[inside] = self.single[span] + self.base[inside]
        mark[inside] = self.print[span] + w.face_print[inside]
        above = (tree.low <= tree.spot[span]) & (tree.spot[span] < tree.high)
        score[above] = self.base[span] + self.single[above]
        mark[above] = w.face_print[span] + self.print[above]
        mates = tree.mates.get(span)
        if mates is not None and len(mates) > 1:
            sign = np.where(tree.depth[mates] > tree.depth[span], 1.0, -1.0)
            between = sign * (w.below[span] - w.below[mates])
            score[mates] = self.base[span] + self.base[mates] + between
            parts = w.below_print[span] - w.below_print[mates]
            mark[mates] = w.face_print[span] + w.face_print[mates] + np.where(sign > 0, parts, np.uint64(0) - parts)
        score[span] = -np.inf
        return score, mark

    def _worth_pairing(self) -> NDArray[np.int64]:
        """Give the spans that evidence speaks for, alone or with one of their class, strongest first."""
        w, tree = self._w, self._tree
        gain = self.single - w.prior
        done: set[int] = set()
        for mates in tree.mates.values():
            if len(mates) < 2 or int(mates[0]) in done:
                continue
            done.add(int(mates[0]))
            face, below = w.face[mates], w.below[mates]
            after = np.maximum.accumulate((face - below)[::-1])[::-1]  # best partner at or farther out
            before = np.maximum.accumulate(face + below)
            gain[mates[:-1]] = np.maximum(gain[mates[:-1]], face[:-1] + below[:-1] + after[1:])
            gain[mates[1:]] = np.maximum(gain[mates[1:]], face[1:] - below[1:] + before[:-1])
        rows = np.flatnonzero(gain > 1e-9)
        return rows[np.argsort(-(gain[rows] + w.prior[rows]), kind="stable")][:_ROWS]

    def _settle(self) -> None:
        """Rank everything, and turn scores into probabilities."""
        count = len(self.single)
        scores = np.array([score for score, _ in self._pairs]).reshape(len(self._rows), count)
        rank = np.full(count, count)
        rank[self._rows] = np.arange(len(self._rows))
        # A pair of two rows is met twice: keep it in the row that comes first.
        scores[rank[None, :] < rank[self._rows][:, None]] = -np.inf
        top = max(0.0, float(self.single.max(initial=0.0)), float(scores.max(initial=0.0)))
        singles, pairs = np.exp(self.single - top), np.exp(scores - top)
        total = np.exp(-top) + singles.sum() + pairs.sum()
        found: list[tuple[float, tuple[int, ...]]] = [(float(np.exp(-top) / total), ())]
        found += [(float(singles[s] / total), (int(s),)) for s in _top(singles, _LISTED)]
        for place in _top(pairs.ravel(), _LISTED):
            row, other = divmod(int(place), count)
            pair = tuple(sorted((int(self._rows[row]), other)))
            found.append((float(pairs[row, other] / total), pair))
        found.sort(key=lambda item: (-item[0], len(item[1]), item[1]))
        self.ranked = [spans for _, spans in found]
        self._shares = [share for share, _ in found]
        span_shares = singles + pairs.sum(axis=0)
        span_shares[self._rows] += pairs.sum(axis=1)
        self._span_shares = span_shares / total

    def listed(self) -> Iterator[tuple[tuple[int, ...], float]]:
        """Give the first hypotheses, and always the one that nothing is cut."""
        for place, (spans, share) in enumerate(zip(self.ranked, self._shares, strict=True)):
            if place < _LISTED or not spans:
                yield spans, share

    def marginal(self) -> Iterator[tuple[int, float]]:
        """Give spans with their probability of being cut."""
        for span in _top(self._span_shares, _LISTED):
            yield int(span), float(self._span_shares[span])

    def alike(self, first: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """Give every explanation of the same size with the fingerprint of the first, most probable first."""
        if len(first) == 1:
            same = np.flatnonzero(self.print == self.print[first[0]])
            yield from ((int(span),) for span in same[np.argsort(-self.single[same], kind="stable")])
            return
        wanted = self.joint(first[0])[1][first[1]]
        found: dict[tuple[int, ...], float] = {}
        for span, (score, mark) in zip(self._rows.tolist(), self._pairs, strict=True):
            for other in np.flatnonzero(mark == wanted).tolist():
                if other != span:
                    found[tuple(sorted((span, other)))] = float(score[other])
        yield from sorted(found, key=lambda spans: (-found[spans], spans))


def _top(values: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Give the places of the largest values, largest first."""
    some = np.argpartition(-values, count)[:count] if len(values) > count else np.arange(len(values))
    return some[np.lexsort((some, -values[some]))]
