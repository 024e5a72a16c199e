"""Which cuts do the live states speak for, right now? Asked at every review, so what does not change costs nothing.

However many cuts there are, they are taken one after the other: the most probable
first, then what is left is asked again in the network as it then is. Pure; the
memory is the caller's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TypeVar

from gisops.fibre.bracket import Bracket
from gisops.fibre.evidence import Evidence, Noise, Port
from gisops.fibre.locate import Locator, Verdict
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
        Fibre ports that were read and have light; ``None``: every other port of a living box was.
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
    number = locator.network.span_number
    for _ in range(_MOST):
        verdict = locator.locate(evidence, noise)
        first = verdict.hypotheses[0].span_ids
        if not first:
            return
        if len(first) == 2 and not locator.cut_jointly(*(number[s] for s in first)):
            # Two cuts that have nothing to do with each other: each is told for itself.
            share = dict(verdict.spans)
            weaker = min(first, key=lambda span_id: (share.get(span_id, 0.0), span_id))
            alone = locator.with_cut({number[weaker]}).locate(evidence, noise)
            if len(alone.hypotheses[0].span_ids) == 1:
                verdict, first = alone, alone.hypotheses[0].span_ids
        yield _hypothesis(locator, evidence, verdict)
        locator = locator.with_cut({number[s] for s in first})


def _hypothesis(locator: Locator, evidence: Evidence, verdict: Verdict) -> CutHypothesis:
    network, first = locator.network, verdict.hypotheses[0].span_ids
    spans = {network.span_number[s] for s in first}
    parted = isolated_by(network, locator.known_cut | spans) & ~isolated_by(network, locator.known_cut)
    boxes = locator.inventory.boxes
    lost = (b for b in evidence.lost if b in boxes and parted[network.node_number[boxes[b].node_id]])
    return CutHypothesis(
        span_ids=first,
        alike=verdict.ambiguous,
        probability=dict(verdict.spans).get(first[0], 0.0) if len(first) == 1 else verdict.hypotheses[0].probability,
        box_ids=tuple(sorted(lost)),
        dark_ports=tuple(sorted(p for p in evidence.dark if network.ports[p[0]][p[1]] in spans)),
        brackets=verdict.brackets,
        is_certain=verdict.is_certain,
    )
