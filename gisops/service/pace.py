"""May one more come now: a bucket of tokens for each who asks. The clock is passed in."""

from __future__ import annotations

__all__ = ["Pace"]


class Pace:
    """So many a second on average, and so many at once, for each key.

    Parameters
    ----------
    per_s
        Refilled a second.
    burst
        What a full bucket holds.
    most_keys
        Keys that are remembered; beyond that the longest quiet are forgotten.

    Examples
    --------
    >>> pace = Pace(1.0, 2)
    >>> [pace.allows("a", now) for now in (0.0, 0.0, 0.0, 1.0)]
    [True, True, False, True]
    """

    def __init__(self, per_s: float, burst: float, most_keys: int = 20_000) -> None:
        self._per_s = per_s
        self._burst = burst
        self._most_keys = most_keys
        self._levels: dict[str, tuple[float, float]] = {}

    def allows(self, key: str, now_s: float) -> bool:
        """Whether one more may come, ``now_s`` on a monotonic clock; if so it is counted."""
        level, at = self._levels.pop(key, (self._burst, now_s))
        level = min(self._burst, level + self._per_s * (now_s - at))
        is_allowed = level >= 1.0
        # Taken out and put in again: the first key of the dictionary is the longest quiet.
        self._levels[key] = (level - 1.0 if is_allowed else level, now_s)
        if len(self._levels) > self._most_keys:
            del self._levels[next(iter(self._levels))]
        return is_allowed
