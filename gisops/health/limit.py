"""When is a reading outside its limit, so that one near the limit does not flutter."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limit"]


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit with hysteresis: crossed at ``enter``, taken back only beyond ``leave``.

    Parameters
    ----------
    enter, leave
        In the unit of the metric.
    above
        Whether values above ``enter`` cross it (else values below).
    reason
        What a person reads when it is crossed.
    """

    enter: float
    leave: float
    above: bool
    reason: str

    def is_crossed(self, value: float | None, was_crossed: bool) -> bool:
        """Whether the limit is crossed now; a missing value changes nothing.

        Examples
        --------
        >>> limit = Limit(enter=30, leave=35, above=False, reason="charge low")
        >>> [limit.is_crossed(v, was) for v, was in [(29, False), (33, True), (33, False), (36, True)]]
        [True, True, False, False]
        """
        if value is None:
            return was_crossed
        if self.above:
            return value >= self.leave if was_crossed else value > self.enter
        return value <= self.leave if was_crossed else value < self.enter
