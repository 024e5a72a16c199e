"""How strongly does each piece of evidence speak for a cut: log likelihood ratios against no cut at all.

Evidence adds up: what a set of cuts isolates speaks through its nodes, what it faces
speaks through ports and OTDR readings. Beside every weight goes a fingerprint of the
channels that would show it: two cuts with equal fingerprints predict the same evidence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gisops.fibre.evidence import Evidence, Noise, OtdrReading
from gisops.fibre.network import FibreNetwork
from gisops.fibre.otdr_place import Stretch, stretches
from gisops.fibre.topology import Skeleton
from gisops.model.inventory import Inventory

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Weights", "prints_below", "weigh"]

_SEED = 4735


@dataclass(frozen=True, slots=True)
class Weights:
    """What speaks for each span; arrays by span.

    Parameters
    ----------
    prior
        Log odds that it is cut, before any evidence.
    face
        Log likelihood ratio of ports and OTDR readings that face it.
    below
        The same of the nodes below it in the tree; 0 for a span that is not in the tree.
    face_print, below_print
        Fingerprints of the channels behind both.
    node_print
        Fingerprint of what is known at each node, by node; 0 where nothing is.
    """

    prior: NDArray[np.float64]
    face: NDArray[np.float64]
    below: NDArray[np.float64]
    face_print: NDArray[np.uint64]
    below_print: NDArray[np.uint64]
    node_print: NDArray[np.uint64]


def weigh(
    inventory: Inventory, network: FibreNetwork, skeleton: Skeleton, evidence: Evidence, noise: Noise
) -> Weights:
    """Weigh all evidence once."""
    rng = np.random.default_rng(_SEED)
    spans, nodes = len(network.span_ids), len(network.node_ids)
    odds = np.clip(noise.cut_per_km * network.cable_m / 1000.0, 1e-9, 0.5)
    node_weight, is_heard = _nodes(inventory, network, evidence, noise)
    node_print = np.where(is_heard, rng.integers(1, 2**63, nodes, dtype=np.uint64), np.uint64(0))
    face, face_print = np.zeros(spans), [0] * spans
    missed, false = noise.alarm_missed, noise.alarm_false
    says = {True: math.log((1 - missed) / false), False: math.log(missed / (1 - false))}
    draws = iter(rng.integers(1, 2**63, len(evidence.dark) + len(evidence.lit)).tolist())
    for ports, is_dark in ((evidence.dark, True), (evidence.lit, False)):
        for box_id, port in sorted(ports):
            span = network.ports[box_id][port]
            face[span] += says[is_dark]
            face_print[span] += next(draws)
    for reading in evidence.otdr:
        for span, weight in _otdr(network, reading, noise).items():
            face[span] += weight
            face_print[span] += int(rng.integers(1, 2**63))
    return Weights(
        prior=np.log(odds / (1 - odds)),
        face=face,
        below=_sums(skeleton, node_weight, np.zeros(spans)),
        face_print=np.array([mark % 2**64 for mark in face_print], dtype=np.uint64),
        below_print=prints_below(skeleton, node_print, spans),
        node_print=node_print,
    )


def prints_below(skeleton: Skeleton, node_print: NDArray[np.uint64], spans: int) -> NDArray[np.uint64]:
    """Add the fingerprints of nodes up below each tree span."""
    return _sums(skeleton, node_print, np.zeros(spans, dtype=np.uint64))


def _sums(skeleton: Skeleton, values: NDArray, into: NDArray) -> NDArray:  # type: ignore[type-arg]
    """Add node values up over the subtree below each tree span; fingerprints wrap around."""
    running = np.concatenate([np.zeros(1, dtype=values.dtype), np.cumsum(values[skeleton.nodes], dtype=values.dtype)])
    children = skeleton.nodes
    totals = running[skeleton.end[children] - 1] - running[skeleton.at[children] - 1]
    into[skeleton.parent_span[children]] = totals
    return into


def _nodes(
    inventory: Inventory, network: FibreNetwork, evidence: Evidence, noise: Noise
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Weigh for each node whether what stands there was parted; and whether anything is known there."""
    weight = np.zeros(len(network.node_ids))
    heard = np.zeros(len(network.node_ids), dtype=bool)

    def add(node: int, parted: float, reached: float) -> None:
        weight[node] += math.log(parted / reached)
        heard[node] = True

    for box in inventory.boxes.values():
        answer = _box(box.id, inventory.cameras_of_box[box.id], evidence, noise)
        if answer is not None:
            add(network.node_number[box.node_id], *answer)
    down, stale = noise.device_down, noise.still_alive
    for station in inventory.stations.values():
        if station.id in evidence.lost:
            add(network.node_number[station.node_id], 1 - stale, down)
        elif station.id in evidence.alive:
            add(network.node_number[station.node_id], stale, 1 - down)
    return weight, heard


def _box(box_id: str, cameras: tuple[str, ...], evidence: Evidence, noise: Noise) -> tuple[float, float] | None:
    """Give the likelihoods of what is seen of a box and its cameras: fibre parted, fibre good."""
    gone = sum(camera in evidence.lost for camera in cameras)
    seen = sum(camera in evidence.alive for camera in cameras)
    is_gone, is_seen = box_id in evidence.lost, box_id in evidence.alive
    if not (gone or seen or is_gone or is_seen):
        return None
    down, stale = noise.device_down, noise.still_alive
    parted = stale if seen or is_seen else 1 - stale
    # Either the box itself is down, and its cameras with it, or it is up and each camera has its own luck.
    box_down = down * (stale if seen or is_seen else 1.0)
    box_up = (1 - down) * (stale if is_gone else 1.0) * down**gone * (1 - down) ** seen
    return parted, box_down + box_up


def _otdr(network: FibreNetwork, reading: OtdrReading, noise: Noise) -> Mapping[int, float]:
    """Weigh a reading for each span it passes or ends in."""
    wrong = noise.otdr_wrong
    found: dict[int, float] = {}
    way: list[Stretch] = stretches(network, reading)
    reach = max((s.fibre_to_m for s in way), default=0.0) + reading.error_m
    low, high = reading.distance_m - reading.error_m, reading.distance_m + reading.error_m
    for stretch in way:
        inside = min(high, stretch.fibre_to_m) - max(low, stretch.fibre_from_m)
        if inside > 0.0:
            length = max(stretch.fibre_to_m - stretch.fibre_from_m, 1.0)
            density = (1 - wrong) * inside / (high - low) / length
            found[stretch.span] = math.log((density + wrong / reach) / (wrong / reach))
        elif stretch.fibre_to_m <= low and stretch.is_sure:
            found[stretch.span] = math.log(wrong)  # light came back from beyond it
    return found
