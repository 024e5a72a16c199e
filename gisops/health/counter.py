"""How fast does a counter count, given that it wraps, restarts with its agent, and sometimes lies.

Nothing here guesses: where a wrap cannot be told from a restart, or more than
one wrap fits, there is no rate.
"""

from __future__ import annotations

from dataclasses import dataclass

from gisops.health.raw import Missing

__all__ = ["FIRST_READING", "Counter", "has_restarted", "rate_of"]

FIRST_READING = Missing("a rate needs two readings")
_UPTIME_WRAP = 2**32
"""sysUpTime is a TimeTicks: 497 days and a bit (RFC 2578 section 7.1.8)."""
_SLACK_S = 2.0
"""How far an agent's clock and ours may part between two readings."""


@dataclass(frozen=True, slots=True)
class Counter:
    """What is known of a counter beforehand.

    Parameters
    ----------
    bits
        32 or 64: where it wraps.
    max_rate
        The most it can count in a second, in the unit of its metric: faster
        is not a rate but a restart that was not noticed, or a fault.
    """

    bits: int
    max_rate: float


def has_restarted(before_ticks: int | None, ticks: int | None, seconds: float) -> bool | None:
    """Whether the agent began anew between two readings of its sysUpTime.

    Parameters
    ----------
    before_ticks, ticks
        sysUpTime then and now, hundredths of a second; ``None`` if not read.
    seconds
        Between the readings, by our clock.

    Returns
    -------
    bool or None
        ``None`` where it cannot be told.

    Examples
    --------
    >>> has_restarted(100_000, 103_000, 30), has_restarted(100_000, 500, 30)
    (False, True)
    >>> has_restarted(2**32 - 1000, 2000, 30), has_restarted(1000, 2000, 60), has_restarted(None, 5, 30)
    (False, True, None)
    """
    if before_ticks is None or ticks is None:
        return None
    if ticks < before_ticks:
        advance_s = (ticks - before_ticks) % _UPTIME_WRAP / 100
        return not abs(advance_s - seconds) <= max(_SLACK_S, 0.05 * seconds)
    # It may have restarted and already run longer than it had before.
    return ticks / 100 < seconds - _SLACK_S


def rate_of(
    counter: Counter, scale: float, before: int | None, now: int, seconds: float, restarted: bool | None
) -> float | Missing:
    """Give the rate between two readings of a counter.

    Parameters
    ----------
    counter, scale
        What is known of it, and what one count is in the unit of the metric.
    before, now
        Counts; ``None`` where there was no earlier reading.
    seconds
        Between the readings.
    restarted
        As :func:`has_restarted` says.

    Examples
    --------
    >>> octets = Counter(32, max_rate=12.5e6)
    >>> rate_of(octets, 1, 2**32 - 500, 1000, 30, restarted=False)
    50.0
    >>> rate_of(octets, 1, 5_000, 1000, 30, restarted=True).why
    'the device restarted since the last reading'
    """
    if before is None:
        return FIRST_READING
    if seconds <= 0:
        return Missing("two readings at the same time give no rate")
    if restarted:
        return Missing("the device restarted since the last reading")
    span = 2**counter.bits
    if not (0 <= now < span and 0 <= before < span):
        return Missing(f"{now if not 0 <= now < span else before} does not fit {counter.bits} bits")
    if counter.max_rate * seconds >= span * scale:
        return Missing(f"a {counter.bits}-bit counter may wrap more than once in {seconds:g} s")
    grown = now - before
    if grown < 0:
        if restarted is None:
            return Missing("the counter went back, and without sysUpTime a wrap looks like a restart")
        grown += span
    rate = round(grown * scale / seconds, 9)
    if rate > counter.max_rate:
        return Missing(f"{rate:g} is more than the {counter.max_rate:g} that is possible")
    return rate
