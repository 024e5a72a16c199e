"""What may be sent now: how many questions are out at once, in all and on one uplink, and how fast they follow.

Pure bookkeeping on a clock the caller reads. A question holds its place until it
is answered, or for `HOLD_S`: by then it is not on its way any more, and a silent
device must not keep the place of one that would answer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

__all__ = ["HOLD_S", "Flow", "Limits"]

HOLD_S = 0.25
"""Longer than a round trip through a street network; after it a question counts as lost or late."""
BURST = 64
"""Questions that may follow each other at once where a rate is kept."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the network and the receive buffer can take.

    Parameters
    ----------
    window
        Questions out at once. An answer of 300 octets takes some 1,300 octets of a
        receive buffer with its bookkeeping: 4,096 answers fit the engine's 8 MB
        (the kernel doubles the 4 MB asked for) even if nobody takes them in.
    per_uplink
        Questions out at once to devices that share an uplink.
    per_second
        Questions sent a second over all; ``None``: as fast as answers are taken in.
    """

    window: int = 4096
    per_uplink: int = 4
    per_second: float | None = 20_000.0


class Sendable(Protocol):
    """What flow needs to know of a question."""

    uplink: str
    """Whose line it shares; empty: nobody's."""
    sent_at: float
    is_held: bool
    """Whether it holds a place; kept by `Flow`."""


Q = TypeVar("Q", bound=Sendable)


@dataclass(slots=True)
class _Line(Generic[Q]):
    """One uplink: how many are out, and who waits."""

    out: int = 0
    waiting: deque[Q] = field(default_factory=deque)


class Flow(Generic[Q]):
    """Questions that wait, and those that hold a place."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._waiting: deque[Q] = deque()
        self._held: deque[Q] = deque()
        self._lines: dict[str, _Line[Q]] = {}
        self._out = 0
        self._next_at = 0.0

    @property
    def has_waiting(self) -> bool:
        """Whether a question waits that a place, not an uplink, keeps back."""
        return bool(self._waiting)

    @property
    def is_busy(self) -> bool:
        """Whether anything waits or holds a place."""
        return bool(self._waiting or self._out or self._lines)

    @property
    def out(self) -> int:
        """How many questions hold a place."""
        return self._out

    def put(self, questions: Iterable[Q]) -> None:
        """Let questions wait for their turn."""
        self._waiting.extend(questions)

    def put_first(self, question: Q) -> None:
        """Let a question go before all others: one that is asked again."""
        self._waiting.appendleft(question)

    def take(self, now: float, most: int) -> list[Q]:
        """Give the questions to send now, ``most`` at most; they hold their places from here on."""
        self._age(now)
        room = min(most, self._limits.window - self._out, len(self._waiting))
        per_second = self._limits.per_second
        if per_second is not None:
            self._next_at = max(self._next_at, now - BURST / per_second)
            room = min(room, int((now - self._next_at) * per_second))
        taken: list[Q] = []
        waiting = self._waiting
        while room > 0 and waiting:
            question = waiting.popleft()
            if question.uplink and not self._enter(question):
                continue
            question.sent_at = now
            question.is_held = True
            taken.append(question)
            room -= 1
        self._held.extend(taken)
        self._out += len(taken)
        if per_second is not None:
            self._next_at += len(taken) / per_second
        return taken

    def free(self, question: Q) -> None:
        """Take a place back: the question was answered, or is given up."""
        if not question.is_held:
            return
        question.is_held = False
        self._out -= 1
        if question.uplink:
            self._leave(question.uplink)

    def clear(self) -> list[Q]:
        """Give up all that waits, and give it."""
        waiting = [*self._waiting, *(q for line in self._lines.values() for q in line.waiting)]
        self._waiting.clear()
        self._held.clear()
        self._lines.clear()
        self._out = 0
        return waiting

    def wait_s(self, now: float) -> float:
        """Give how long nothing can be sent, in seconds, though `has_waiting`."""
        wait = 0.0
        if self._out >= self._limits.window and self._held:
            wait = self._held[0].sent_at + HOLD_S - now
        if self._limits.per_second is not None:
            few = min(BURST // 2, len(self._waiting))
            wait = max(wait, self._next_at + few / self._limits.per_second - now)
        return max(wait, 0.0)

    def _age(self, now: float) -> None:
        held = self._held
        while held and (not held[0].is_held or held[0].sent_at + HOLD_S <= now):
            self.free(held.popleft())

    def _enter(self, question: Q) -> bool:
        line = self._lines.get(question.uplink)
        if line is None:
            line = self._lines[question.uplink] = _Line()
        if line.out >= self._limits.per_uplink:
            line.waiting.append(question)
            return False
        line.out += 1
        return True

    def _leave(self, uplink: str) -> None:
        line = self._lines[uplink]
        line.out -= 1
        if line.waiting:
            self._waiting.appendleft(line.waiting.popleft())
        elif not line.out:
            del self._lines[uplink]
