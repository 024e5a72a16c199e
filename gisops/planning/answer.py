"""What is an answer: what was chosen, what it is worth, and how far from the best it can be at most."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

__all__ = ["Answer"]

_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Answer:
    """A choice with its proof.

    Parameters
    ----------
    model
        Name of the model that was solved.
    chosen
        Indices of candidates, ascending.
    value
        What the choice is worth (or costs, where ``is_cost``).
    bound
        No choice is worth more (costs less) than this.
    is_cost
        Whether less is better.
    proof
        How the bound was proven.
    ended
        ``proven`` (gap within what was asked), ``time``, ``cancelled`` or ``search`` (nothing more to try).
    seconds
        How long it took.

    Examples
    --------
    >>> Answer("MCLP", (1, 4), 95.0, 100.0, False, "LP", "search", 0.1).gap
    0.05
    """

    model: str
    chosen: tuple[int, ...]
    value: float
    bound: float
    is_cost: bool
    proof: str
    ended: str
    seconds: float

    @property
    def gap(self) -> float:
        """Share by which the best could be better: of the bound, or of the value where less is better."""
        best, worst = (self.value, self.bound) if self.is_cost else (self.bound, self.value)
        apart = best - worst
        if apart <= _TOLERANCE * max(1.0, abs(best)):
            return 0.0
        return apart / abs(best) if best else math.inf

    def to_json(self) -> dict[str, Any]:
        """Give it as ``gisops plan … --json`` prints it."""
        return {
            "model": self.model,
            "chosen": list(self.chosen),
            "value": self.value,
            "bound": self.bound,
            "gap": self.gap,
            "sense": "least" if self.is_cost else "most",
            "proof": self.proof,
            "ended": self.ended,
            "seconds": self.seconds,
        }
