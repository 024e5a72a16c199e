"""What we know of a version 3 agent: its engine id and its clock (RFC 3414 sections 2.2 and 3.2.7)."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TIME_WINDOW_S", "Peer"]

TIME_WINDOW_S = 150
"""RFC 3414 section 2.2.3."""
MAX_BOOTS = 2**31 - 1


@dataclass(slots=True)
class Peer:
    """One authoritative engine as seen from here.

    Parameters
    ----------
    engine_id
        snmpEngineID.
    boots, time
        snmpEngineBoots and the latest snmpEngineTime received in seconds.
    received_at
        When ``time`` was received, on the caller's monotonic clock in seconds.
    """

    engine_id: bytes
    boots: int
    time: int
    received_at: float

    def time_at(self, now: float) -> int:
        """Estimate snmpEngineTime at ``now``.

        Examples
        --------
        >>> Peer(b"e", 1, 100, 10.0).time_at(15.5)
        105
        """
        return self.time + int(now - self.received_at)

    def accept(self, boots: int, time: int, now: float) -> bool:
        """Take the clock of an authenticated message in; ``False`` if it is too old to be believed."""
        if boots == MAX_BOOTS or boots < self.boots:
            return False
        if boots == self.boots and time < self.time_at(now) - TIME_WINDOW_S:
            return False
        if boots > self.boots or time > self.time:
            self.boots, self.time, self.received_at = boots, time, now
        return True
