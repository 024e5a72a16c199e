"""When is each device asked: spread over the interval, drift-free, sooner where it matters.

Pure: times are seconds on one clock that the caller reads.
"""

from __future__ import annotations

import heapq
import math
import zlib
from collections.abc import Iterable

__all__ = ["Schedule"]


class Schedule:
    """Regular turns for any number of devices, and a way to the front of the queue.

    Parameters
    ----------
    device_ids
        Who is asked.
    interval_s
        Seconds between two regular turns of a device.
    start
        Time at which the first interval begins; each device has its own place
        in it (a hash of its id), so that no herd forms and a restart keeps the order.

    Examples
    --------
    >>> schedule = Schedule(["a"], 30.0, start=0.0)
    >>> first = schedule.next_at("a")
    >>> schedule.due(first), schedule.next_at("a") - first
    (['a'], 30.0)
    """

    def __init__(self, device_ids: Iterable[str], interval_s: float, start: float) -> None:
        self._interval_s = interval_s
        self._start = start
        self._next: dict[str, float] = {}
        self._heap: list[tuple[float, str]] = []
        self._hastened: dict[str, None] = {}
        for device_id in device_ids:
            self.add(device_id)

    def add(self, device_id: str) -> None:
        """Take a device in; its first turn comes in the interval that runs."""
        phase = zlib.crc32(device_id.encode()) / 2**32
        self._put(device_id, self._start + phase * self._interval_s)

    def remove(self, device_id: str) -> None:
        """Ask a device no more."""
        self._next.pop(device_id, None)
        self._hastened.pop(device_id, None)

    def next_at(self, device_id: str) -> float:
        """Give the time of a device's next regular turn."""
        return self._next[device_id]

    def hasten(self, ids: Iterable[str], now: float) -> None:  # noqa: ARG002 - part of the port
        """Put devices first in what is due next; their regular turns stay."""
        self._hastened.update((device_id, None) for device_id in ids if device_id in self._next)

    def due(self, now: float) -> list[str]:
        """Give who is to be asked now, hastened ones first, nobody twice.

        Turns that were missed (the machine slept) are not made up for: the next
        one keeps its place in the interval.
        """
        found, self._hastened = self._hastened, {}
        while self._heap and self._heap[0][0] <= now:
            at, device_id = heapq.heappop(self._heap)
            if self._next.get(device_id) != at:
                continue
            found[device_id] = None
            turns = math.floor((now - at) / self._interval_s) + 1
            self._put(device_id, at + turns * self._interval_s)
        return list(found)

    def _put(self, device_id: str, at: float) -> None:
        self._next[device_id] = at
        heapq.heappush(self._heap, (at, device_id))
