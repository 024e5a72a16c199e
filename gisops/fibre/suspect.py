"""Which cuts do the live states speak for, right now? Asked at every review, so what does not change costs nothing.

However many cuts there are, they are taken one after the other: the most probable
first, then what is left is asked again in the network as it then is. Pure; the
memory is the caller's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from gisops.fibre.bracket import Bracket, brackets
from gisops.fibre.evidence import Evidence, Noise, Port
from gisops.fibre.locate import CERTAIN, Locator, Verdict
from gisops.fibre.topology import isolated_by

__all__ = ["CutHypothesis", "CutWatch", "suspect_cuts"]

Thing = TypeVar("Thing")
_MOST = 8
"""Cuts looked for in one review: more at once is no cut but a blackout, and other evidence speaks for that."""


@dataclass(frozen=True, slots=True)
class CutHypothesis:
    """A cut that would explain some of what is seen.

    Parameters
    ----------
    span_ids
        The spans that are cut: one, or two of a ring that part what lies between them.
    alike
        Every set of spans that evidence cannot tell from this one, itself first.
    probability
        That these very spans are cut, given the cuts named before it.
    box_ids
        Lost boxes that it parts from every centre, sorted; none: a ring that still carries everybody.
    dark_ports
        Dark ports that face it, sorted.
    brackets
        Intervals of chainage it may lie in.
    is_certain
        As :attr:`gisops.fibre.locate.Verdict.is_certain` has it.
    """

    span_ids: tuple[str, ...]
    alike: tuple[tuple[str, ...], ...]
    probability: float
    box_ids: tuple[str, ...]
    dark_ports: tuple[Port, ...]
    brackets: tuple[Bracket, ...]
    is_certain: bool

    @property
    def is_ring_cut(self) -> bool:
        """Whether nobody is lost by it: redundancy is gone, and nothing else yet."""
        return not self.box_ids


def suspect_cuts(
    network: Locator,
    lost: Collection[str],
    alive: Collection[str],
    dark_ports: Collection[Port],
    lit_ports: Collection[Port] | None = None,
    noise: Noise | None = None,
) -> tuple[CutHypothesis, ...]:
    """Name the cuts that states and port alarms speak for.

    Parameters
    ----------
    network
        The fibre laid out for locating: ``Locator(inventory)``, made once an inventory.
    lost, alive
        Ids of boxes, cameras and stations; whoever is in neither counts for nothing. Leave out
        devices whose loss has another cause that is already known (a power cut, a theft).
    dark_ports
        Fibre ports with loss of signal, of boxes that answer.
    lit_ports
        Fibre ports that were read and have light; ``None``: every other port of a living box was. A span
        that such ports face, and no dark one, is taken to be whole, and so is a ring without a dark port.
    noise
        How far all this is to be believed.

    Returns
    -------
    tuple of CutHypothesis
        Most telling first; empty where "nothing is cut" is the best explanation.
    """
    told = _told(network, lost, alive, dark_ports, lit_ports)
    return tuple(_one_by_one(network, told.evidence(network), noise)) if told.is_news else ()


class CutWatch:
    """Suspects cuts review after review: what has not changed is answered from memory.

    Parameters
    ----------
    network
        The fibre laid out for locating.
    noise
        How far evidence is to be believed.

    Examples
    --------
    ``CutWatch(Locator(inventory)).review(lost, alive, dark_ports)`` at every review.
    """

    def __init__(self, network: Locator, noise: Noise | None = None) -> None:
        self._network, self._noise = network, noise
        self._told: _Told | None = None
        self._found: tuple[CutHypothesis, ...] = ()

    def review(
        self,
        lost: Collection[str],
        alive: Collection[str],
        dark_ports: Collection[Port],
        lit_ports: Collection[Port] | None = None,
    ) -> tuple[CutHypothesis, ...]:
        """Ask :func:`suspect_cuts`, unless all that bears on the fibre is as it was.

        A camera that fails or recovers under a box that answers is no news here.
        """
        if not lost and not dark_ports:
            self._told, self._found = None, ()
            return ()
        told = _told(self._network, lost, alive, dark_ports, lit_ports)
        if told != self._told:
            network = self._network
            self._found = tuple(_one_by_one(network, told.evidence(network), self._noise)) if told.is_news else ()
            self._told = told
        return self._found


@dataclass(frozen=True, slots=True)
class _Told:
    """What bears on the fibre: boxes and stations, and cameras only of boxes that do not answer."""

    lost: frozenset[str]
    alive: frozenset[str]
    dark: frozenset[Port]
    lit: frozenset[Port] | None

    @property
    def is_news(self) -> bool:
        return bool(self.lost or self.dark)

    def evidence(self, network: Locator) -> Evidence:
        """Complete the ports: where none was named as lit, all of living boxes but the dark ones are."""
        lit = self.lit
        if lit is None:
            lit = frozenset(p for b in self.alive for p in network.ports_of.get(b, ()) if p not in self.dark)
        return Evidence(self.lost, self.alive, self.dark, lit)


def _told(
    network: Locator,
    lost: Collection[str],
    alive: Collection[str],
    dark_ports: Collection[Port],
    lit_ports: Collection[Port] | None,
) -> _Told:
    inventory, is_lost, is_alive = network.inventory, _set(lost), _set(alive)
    boxes_alive = is_alive & network.box_ids
    silent = network.box_ids - boxes_alive
    stations = inventory.stations.keys()
    cameras = {camera for box_id in silent for camera in inventory.cameras_of_box[box_id]}
    dark = frozenset(p for p in dark_ports if p[0] in boxes_alive and p in network.ports_of[p[0]])
    return _Told(
        lost=frozenset((is_lost & silent) | (is_lost & cameras) | (is_lost & stations)),
        alive=frozenset(boxes_alive | (is_alive & cameras) | (is_alive & stations)),
        dark=dark,
        lit=None if lit_ports is None else _set(lit_ports) - dark,
    )


def _set(things: Collection[Thing]) -> frozenset[Thing]:
    return things if isinstance(things, frozenset) else frozenset(things)


def _one_by_one(locator: Locator, evidence: Evidence, noise: Noise | None) -> Iterator[CutHypothesis]:
    network, told = locator.network, 0
    whole = _whole(locator, evidence)
    while told < _MOST:
        verdict = locator.locate(evidence, noise, whole)
        if not verdict.parts:
            return
        yield from _hypotheses(locator, evidence, verdict)
        told += len(verdict.parts)
        locator = locator.with_cut({network.span_number[s] for s in verdict.hypotheses[0].span_ids})


def _whole(locator: Locator, evidence: Evidence) -> set[int]:
    """Name the spans that are taken to be whole; without that a blackout of many boxes would look like cuts.

    A span that living ports face with light, and none without. And every ring of which no port is dark: two
    cuts at once on one ring that no port tells of are less likely than one cause of another kind. And a span
    below boxes that are lost themselves: what parts them, or their own cause, comes before it.
    """
    network, skeleton = locator.network, locator.skeleton
    ports, label = locator.network.ports, locator.skeleton.label
    dark = {ports[box_id][port] for box_id, port in evidence.dark}
    lit = {ports[box_id][port] for box_id, port in evidence.lit}
    told = np.isin(label, label[list(dark)]) if dark else np.zeros(len(label), dtype=bool)
    below_lost = {
        span
        for span in skeleton.bridges.tolist()
        if (above := network.boxes_at[network.other_end(span, int(skeleton.below[span]))])
        and evidence.lost.issuperset(above)
    }
    return (lit - dark) | set(np.flatnonzero((label != 0) & ~told).tolist()) | (below_lost - dark)


def _hypotheses(locator: Locator, evidence: Evidence, verdict: Verdict) -> Iterator[CutHypothesis]:
    network, boxes = locator.network, locator.inventory.boxes
    share = dict(verdict.spans)
    before = isolated_by(network, locator.known_cut)
    for alike in sorted(verdict.parts, key=lambda part: -share.get(part[0][0], 0.0)):
        first = alike[0]
        spans = {network.span_number[s] for s in first}
        parted = isolated_by(network, locator.known_cut | spans) & ~before
        lost = (b for b in evidence.lost if b in boxes and parted[network.node_number[boxes[b].node_id]])
        named = (network.span_number[s] for each in alike for s in each)
        probability = share.get(first[0], 0.0) if len(first) == 1 else verdict.hypotheses[0].probability
        yield CutHypothesis(
            span_ids=first,
            alike=alike,
            probability=probability,
            box_ids=tuple(sorted(lost)),
            dark_ports=tuple(sorted(p for p in evidence.dark if network.ports[p[0]][p[1]] in spans)),
            brackets=brackets(network, locator.routes, set(named)),
            is_certain=len(alike) == 1 and probability >= CERTAIN,
        )
