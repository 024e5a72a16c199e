"""What can no choice be worth more than? Lagrangian bound on covering models, by subgradient.

The rows "what a cell is credited with is at most what the chosen candidates add to it" are priced with ``u``
(Galvao and ReVelle, EJOR 88, 1996, for MCLP). What is left falls apart: a cell takes each piece of its envelope
that pays more than ``u``, and the candidates with the highest ``sum_i u_i a_ij`` are chosen, within count,
budget (as fractions) and one a group. Floors of districts are priced, too. Every price gives a valid bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gisops.planning.pick import pick

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gisops.planning.gain import Envelope
    from gisops.planning.halt import Halt
    from gisops.planning.siting import Siting

__all__ = ["Prices", "lower_bound"]

_PATIENCE = 12
_LEAST_STEP = 1e-4
_CHECK_EACH = 16


@dataclass(frozen=True, slots=True)
class Prices:
    """The best bound found, and what the relaxation says of the candidates there.

    Parameters
    ----------
    bound
        No choice is worth more.
    price
        By cell.
    floor_price
        By floor.
    worth
        By candidate, what it earns at these prices.
    share
        By candidate, how often it was chosen lately, 0 to 1: close to the linear relaxation.
    """

    bound: float
    price: NDArray[np.float64]
    floor_price: NDArray[np.float64]
    worth: NDArray[np.float64]
    share: NDArray[np.float64]


def lower_bound(
    siting: Siting, envelope: Envelope, aim: float, halt: Halt, steps: int = 3000, begin: Prices | None = None
) -> Prices:
    """Lower the upper bound, step by step.

    Parameters
    ----------
    siting, envelope
        The problem, and the upper envelope of what a cell is worth.
    aim
        What a known choice is worth.
    halt
        When to stop.
    steps
        Most steps.
    begin
        Prices to begin with.
    """
    dual = _Dual(siting, envelope)
    price = begin.price.copy() if begin is not None else dual.first_prices()
    floor_price = begin.floor_price.copy() if begin is not None else np.zeros(len(siting.rules.floors))
    top: Prices | None = None
    share = np.zeros(siting.candidates) if begin is None else begin.share.copy()
    factor, stale = 1.0, 0
    direction = np.zeros_like(price)
    floor_direction = np.zeros_like(floor_price)
    for step in range(steps):
        if top is not None and (factor < _LEAST_STEP or (step % _CHECK_EACH == 0 and halt.reached())):
            break
        look = dual.look(price, floor_price)
        share += 0.05 * (look.chosen - share)
        if top is None or look.bound < top.bound - 1e-7 * abs(top.bound):
            stale = 0
            top = Prices(look.bound, price.copy(), floor_price.copy(), look.worth, share.copy())
            if look.bound <= aim:
                break
        else:
            stale += 1
            if top is not None and look.bound < top.bound:
                top = Prices(look.bound, price.copy(), floor_price.copy(), look.worth, share.copy())
            if stale >= _PATIENCE:
                factor, stale = factor * 0.7, 0
        # The slope of the bound; a part of the way before steadies the zigzag.
        direction = look.slope + 0.7 * direction
        floor_direction = look.floor_slope + 0.7 * floor_direction
        norm = float(direction @ direction) + float(floor_direction @ floor_direction)
        if norm <= 0.0:
            break
        length = factor * max(look.bound - aim, 1e-4 * abs(look.bound) + 1e-12) / norm
        price = dual.clip(price - length * direction)
        floor_price = np.maximum(0.0, floor_price - length * floor_direction)
    assert top is not None  # noqa: S101 - the first step always sets it
    return top


@dataclass(frozen=True, slots=True)
class _Look:
    bound: float
    worth: NDArray[np.float64]
    chosen: NDArray[np.float64]
    slope: NDArray[np.float64]
    floor_slope: NDArray[np.float64]


class _Dual:
    """The relaxation at given prices."""

    def __init__(self, siting: Siting, envelope: Envelope) -> None:
        self.siting = siting
        self.reach = envelope.reach
        rules = siting.rules
        self.width, self.pay = envelope.width, siting.weight[:, None] * envelope.slope
        # A cell cannot be credited with more than all its candidates add: a finite end for the last piece.
        most = siting.seen_by @ self.reach
        ends = np.minimum(np.cumsum(self.width, axis=1), most[:, None])
        self.width = np.diff(ends, axis=1, prepend=0.0)
        self.must = np.array(sorted(set(rules.must)), dtype=np.int64)
        self.back = siting.seen_by

    def first_prices(self) -> NDArray[np.float64]:
        """Begin with what a cell pays, shared among twice those who see it on average where chosen."""
        return self.pay[:, 0] * 0.5

    def clip(self, price: NDArray[np.float64]) -> NDArray[np.float64]:
        """Prices are never below 0."""
        return np.maximum(price, 0.0)

    def look(self, price: NDArray[np.float64], floor_price: NDArray[np.float64]) -> _Look:
        """Solve what is left at these prices."""
        siting = self.siting
        pay = self.pay
        total = 0.0
        floors = siting.rules.floors
        if len(floors):
            pay = pay.copy()
            for k, floor in enumerate(floors):
                weight = siting.weight[floor.cells]
                # The first piece of a floor's cell counts towards it: by what share of its width it is filled.
                width = self.width[floor.cells, 0]
                filled = np.divide(weight, width, out=np.zeros_like(weight), where=width > 0.0)
                pay[floor.cells, 0] += floor_price[k] * filled
                total -= floor_price[k] * floor.share * float(weight.sum())
        earns = pay - price[:, None]
        take = earns > 0.0
        if len(self.must):
            take[self.must, 0] = True
        credit = np.where(take, self.width, 0.0)
        total += float((credit * earns).sum())
        worth = (siting.covers @ price) * self.reach
        chosen, earned = pick(siting, worth)
        total += earned
        slope = (self.back @ (chosen * self.reach)) - credit.sum(axis=1)
        floor_slope = np.zeros(len(floors))
        for k, floor in enumerate(floors):
            weight = siting.weight[floor.cells]
            floor_slope[k] = float(weight[take[floor.cells, 0]].sum()) - floor.share * float(weight.sum())
        return _Look(total, worth, chosen, slope, floor_slope)
