"""Which informs wait to be stored, and which come again: acknowledged once stored, never twice an event.

An agent sends an inform again until it is acknowledged. The same words from the same
socket are the same inform, however often they come. Pure bookkeeping: no socket, no clock.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from typing import Generic, TypeVar

__all__ = ["Informs", "Standing", "key_of"]

T = TypeVar("T")
MAX_WAITING = 20_000
MAX_REMEMBERED = 65_536
REMEMBERED_S = 150.0
"""Longer than an agent keeps trying: net-snmp 6 s, switches a minute."""
WAITING_S = 600.0
"""An inform that could not be stored for so long has nobody left who waits for it."""


def key_of(source: tuple[str, int], pdu: bytes) -> bytes:
    """Name an inform: who sends it, and its PDU to the octet (request id and sysUpTime included).

    The same number from an agent that started anew comes with another sysUpTime.
    """
    return blake2b(pdu, digest_size=16, key=f"{source[0]}:{source[1]}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Standing:
    """What to do with an inform that came in.

    Parameters
    ----------
    receipt
        Number under which it is acknowledged; ``None``: not taken, too many wait.
    is_new
        Whether it was never seen; else it is one that came before.
    is_stored
        Whether it was acknowledged before: the acknowledgement was lost, give it again.
    """

    receipt: int | None
    is_new: bool
    is_stored: bool = False


class Informs(Generic[T]):
    """The informs under way and those acknowledged lately; ``T`` is what it takes to answer one."""

    def __init__(self) -> None:
        self._next = 0
        self._waiting: dict[int, tuple[bytes, T, float]] = {}
        self._receipts: dict[bytes, int] = {}
        self._stored: OrderedDict[bytes, tuple[int, float]] = OrderedDict()

    def take(self, key: bytes, answer: T, now: float) -> tuple[Standing, T | None]:
        """Take an inform in.

        Parameters
        ----------
        key
            Its name, of `key_of`.
        answer
            What it takes to answer this very datagram.
        now
            Seconds on a monotonic clock.

        Returns
        -------
        standing, superseded
            What to do, and the answer to an earlier datagram of the same inform that is
            not needed any more: the agent waits for the latest only.
        """
        self._forget(now)
        receipt = self._receipts.get(key)
        if receipt is not None:
            _, superseded, since = self._waiting[receipt]
            self._waiting[receipt] = (key, answer, since)
            return Standing(receipt, is_new=False), superseded
        if key in self._stored:
            return Standing(self._stored[key][0], is_new=False, is_stored=True), None
        if len(self._waiting) >= MAX_WAITING:
            return Standing(None, is_new=True), None
        self._next += 1
        self._waiting[self._next] = (key, answer, now)
        self._receipts[key] = self._next
        return Standing(self._next, is_new=True), None

    def stored(self, receipt: int, now: float) -> T | None:
        """Note that an inform is stored; give its answer, ``None`` where it has none to be given."""
        waiting = self._waiting.pop(receipt, None)
        if waiting is None:
            return None
        key, answer, _ = waiting
        del self._receipts[key]
        self._stored[key] = (receipt, now)
        if len(self._stored) > MAX_REMEMBERED:
            self._stored.popitem(last=False)
        return answer

    @property
    def waiting(self) -> int:
        """How many are not acknowledged yet."""
        return len(self._waiting)

    def _forget(self, now: float) -> None:
        while self._stored:
            key, (_, at) = next(iter(self._stored.items()))
            if at > now - REMEMBERED_S:
                break
            del self._stored[key]
        while self._waiting:
            receipt, (key, _, since) = next(iter(self._waiting.items()))
            if since > now - WAITING_S:
                break
            del self._waiting[receipt], self._receipts[key]
