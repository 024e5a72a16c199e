"""When must a search stop? At its deadline, or when somebody cancels it; it then gives the best so far."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

__all__ = ["Cancel", "Halt"]


class Cancel(Protocol):
    """What tells that nobody waits any more; a :class:`threading.Event` is one."""

    def is_set(self) -> bool:
        """Whether to stop."""
        ...


@dataclass(frozen=True, slots=True)
class Halt:
    """When to stop.

    Parameters
    ----------
    clock
        Seconds that only grow, such as :func:`time.monotonic`.
    deadline_s
        Reading of ``clock`` after which no more work begins; ``None`` without one.
    cancel
        Asked often; ``None`` where nobody can cancel.

    Examples
    --------
    >>> Halt.after(lambda: 5.0, 2.0).left_s()
    2.0
    """

    clock: Callable[[], float]
    deadline_s: float | None = None
    cancel: Cancel | None = None

    @classmethod
    def after(cls, clock: Callable[[], float], seconds: float | None, cancel: Cancel | None = None) -> Halt:
        """Stop so many seconds from now."""
        return cls(clock, None if seconds is None else clock() + seconds, cancel)

    def sooner(self, seconds: float) -> Halt:
        """Give a halt that also comes after so many seconds from now."""
        until = self.clock() + seconds
        return Halt(self.clock, until if self.deadline_s is None else min(until, self.deadline_s), self.cancel)

    def left_s(self) -> float:
        """Seconds left, never below 0; infinite without a deadline."""
        return math.inf if self.deadline_s is None else max(0.0, self.deadline_s - self.clock())

    def is_cancelled(self) -> bool:
        """Whether somebody cancelled."""
        return self.cancel is not None and self.cancel.is_set()

    def reached(self) -> bool:
        """Whether to stop now."""
        return self.is_cancelled() or (self.deadline_s is not None and self.clock() >= self.deadline_s)

    def why(self) -> str:
        """Say why it stopped: ``cancelled``, ``time`` or ``search`` (of its own accord)."""
        if self.is_cancelled():
            return "cancelled"
        return "time" if self.reached() else "search"
