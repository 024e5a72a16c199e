"""How probable is each cut and each pair of cuts: scores of all of them at once.

What a pair isolates follows from the depth-first tree without a search: two spans of
one class part what lies between them; behind a cut bridge a second cut parts nothing more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gisops.fibre.network import FibreNetwork
from gisops.fibre.topology import Skeleton
from gisops.fibre.weigh import Weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PairTree", "Scan"]

_ROWS = 1000
"""Spans that are tried with every other as a pair: those that evidence speaks for, strongest first."""
_LISTED = 20


@dataclass(frozen=True, slots=True)
class PairTree:
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
    def of(cls, network: FibreNetwork, skeleton: Skeleton) -> PairTree:
        """Lay out what does not depend on the evidence."""
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


class Scan:
    """Scores of nothing, every span and every pair worth trying, for one body of evidence."""

    def __init__(self, tree: PairTree, weights: Weights, whole: Collection[int] = ()) -> None:
        self._tree, self._w = tree, weights
        self._is_open = np.ones(len(weights.prior), dtype=bool)
        self._is_open[list(whole)] = False
        zero = np.uint64(0)
        self.base = np.where(self._is_open, weights.prior + weights.face, -np.inf)
        self.single = self.base + np.where(tree.is_bridge, weights.below, 0.0)
        self.print = weights.face_print + np.where(tree.is_bridge, weights.below_print, zero)
        self._rows = self._worth_pairing()
        self._pairs = [self.joint(int(span)) for span in self._rows]
        self._settle()

    @classmethod
    def of(cls, tree: PairTree, weights: Weights, whole: Collection[int] = ()) -> Scan:
        """Score everything for one body of evidence."""
        return cls(tree, weights, whole)

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
        open_ = self._is_open
        gain = np.where(open_, self.single - w.prior, -np.inf)
        done: set[int] = set()
        for mates in tree.mates.values():
            if len(mates) < 2 or int(mates[0]) in done:
                continue
            done.add(int(mates[0]))
            left = mates[open_[mates]]
            if len(left) < 2:
                continue
            face, below = w.face[left], w.below[left]
            after = np.maximum.accumulate((face - below)[::-1])[::-1]  # best partner at or farther out
            before = np.maximum.accumulate(face + below)
            gain[left[:-1]] = np.maximum(gain[left[:-1]], face[:-1] + below[:-1] + after[1:])
            gain[left[1:]] = np.maximum(gain[left[1:]], face[1:] - below[1:] + before[:-1])
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
            if not np.isfinite(scores[row, other]):
                continue
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
            same = np.flatnonzero((self.print == self.print[first[0]]) & self._is_open)
            yield from ((int(span),) for span in same[np.argsort(-self.single[same], kind="stable")])
            return
        wanted = self.joint(first[0])[1][first[1]]
        found: dict[tuple[int, ...], float] = {}
        for span, (score, mark) in zip(self._rows.tolist(), self._pairs, strict=True):
            for other in np.flatnonzero((mark == wanted) & self._is_open).tolist():
                if other != span:
                    found[tuple(sorted((span, other)))] = float(score[other])
        yield from sorted(found, key=lambda spans: (-found[spans], spans))


def _top(values: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Give the places of the largest values, largest first."""
    some = np.argpartition(-values, count)[:count] if len(values) > count else np.arange(len(values))
    return some[np.lexsort((some, -values[some]))]
