"""Which exchange of one chosen candidate for another helps? One-for-one swaps, the most promising first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gisops.planning.feasible import Purse, keeps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gisops.planning.halt import Halt
    from gisops.planning.score import Score

__all__ = ["neighbours", "swap"]

_MOST_TRIES = 5000
"""Candidates tried in one sweep."""
_MOST_SWEEPS = 4


def swap(score: Score, purse: Purse, halt: Halt) -> int:
    """Swap until no swap helps or time is up; give how many were made.

    Parameters
    ----------
    score, purse
        A choice that keeps to the rules, and what is left of count and budget; changed in place.
    halt
        When to stop.
    """
    made = 0
    for _ in range(_MOST_SWEEPS):
        now = _sweep(score, purse, halt)
        made += now
        if not now or halt.reached():
            break
    return made


def neighbours(score: Score, cells: NDArray[np.int32]) -> NDArray[np.int64]:
    """Give the chosen candidates that see any of these cells."""
    near = score.siting.who_sees(cells)
    return near[score.mask[near]]


def _sweep(score: Score, purse: Purse, halt: Halt) -> int:
    siting = score.siting
    has_places = bool(siting.rules.must or siting.rules.floors)
    movable = siting.free.copy()
    loss = np.full(siting.candidates, np.inf)
    for k in score.chosen[movable[score.chosen]].tolist():
        loss[k] = score.loss(k)
    gains = np.where(siting.free, score.gains(), 0.0)
    # One that goes loses less by at most what the one that comes sees and others see, too.
    eased = siting.covers @ (siting.weight * (score.state > 0))
    least, tolerance = float(loss.min(initial=np.inf)), 1e-9 * max(1.0, score.value)
    promising = np.flatnonzero((gains > 0.0) & (gains + eased > least))
    order = promising[np.argsort(-gains[promising], kind="stable")]
    made = 0
    for looked, candidate in enumerate(order[:_MOST_TRIES].tolist()):
        if looked % 16 == 0 and halt.reached():
            break
        if score.has(candidate):
            continue
        near = neighbours(score, siting.cells_of(candidate))
        kept = loss[near]
        now = score.gain(candidate)
        if now <= float(loss.min(initial=np.inf)) and not np.isfinite(kept).any():
            continue
        added = score.add(candidate)
        for k in near[np.isfinite(kept)].tolist():
            loss[k] = score.loss(k)
        goes = _cheapest(score, purse, candidate, loss)
        if goes is not None and loss[goes] < added - tolerance:
            score.remove(goes)
            if not has_places or keeps(siting, score.chosen.tolist()):
                purse.give_back(goes)
                purse.take(candidate)
                loss[goes] = np.inf
                for k in {*near.tolist(), *neighbours(score, siting.cells_of(goes)).tolist(), candidate}:
                    loss[k] = score.loss(k) if movable[k] and score.has(k) else np.inf
                made += 1
                continue
            score.add(goes)
        score.remove(candidate)
        loss[near] = kept
    return made


def _cheapest(score: Score, purse: Purse, candidate: int, loss: NDArray[np.float64]) -> int | None:
    """Give whose going loses least and makes room in group and budget."""
    siting = score.siting
    group = siting.group[candidate]
    mates = score.chosen[(siting.group[score.chosen] == group)] if group >= 0 else np.zeros(0, dtype=np.int64)
    mates = mates[mates != candidate]
    need = float(siting.cost[candidate]) - purse.money_left
    if len(mates):
        goes = int(mates[0])
        return goes if siting.cost[goes] >= need and np.isfinite(loss[goes]) else None
    fits = np.where(siting.cost >= need, loss, np.inf) if need > 0.0 else loss
    goes = int(np.argmin(fits))
    return goes if np.isfinite(fits[goes]) else None
