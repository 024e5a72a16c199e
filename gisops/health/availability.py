"""How much of a period was a device available, lost, in maintenance or not known.

The words are those of IEC 60050-192 (dependability): a *failure* takes the device
from answering to lost, *restoration* ends it, *time to restoration* lies between,
*down time* (192-02-21) is the time it is lost, and the mean *operating time between
failures* is the time it answered divided by the number of failures. This is the
plain form that reports have to agree with; nothing here knows a database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from gisops.model.state import DeviceState

__all__ = ["Counts", "Failure", "Interval", "Span", "Times", "counts_of", "failures_of", "merged", "times_of"]

Span = tuple[datetime, datetime]
"""From and to, UTC; the end is not in it."""
_ANSWERS = frozenset({DeviceState.UP, DeviceState.DEGRADED})


@dataclass(frozen=True, slots=True)
class Interval:
    """One state of one device; ``ends_at`` is ``None`` while it lasts."""

    state: DeviceState
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Times:
    """How a period divides, in seconds; of several devices, device-seconds.

    Parameters
    ----------
    available_s
        It answered: up or degraded.
    lost_s
        It was asked and silent: down or unreachable.
    unknown_s
        Nobody asked, or nothing was known of it yet: neither available nor lost.
    maintenance_s
        Inside announced work, whatever its state: taken out before anything is divided.
    """

    available_s: float = 0.0
    lost_s: float = 0.0
    unknown_s: float = 0.0
    maintenance_s: float = 0.0

    def __add__(self, other: Times) -> Times:
        """Take two devices or two periods together."""
        return Times(
            self.available_s + other.available_s,
            self.lost_s + other.lost_s,
            self.unknown_s + other.unknown_s,
            self.maintenance_s + other.maintenance_s,
        )

    @property
    def availability_pct(self) -> float | None:
        """Mean availability: of the time it was known to be available or lost; ``None`` where there is none.

        Examples
        --------
        >>> Times(available_s=90.0, lost_s=10.0, unknown_s=300.0, maintenance_s=50.0).availability_pct
        90.0
        >>> Times(unknown_s=300.0).availability_pct is None
        True
        """
        known_s = self.available_s + self.lost_s
        return 100.0 * self.available_s / known_s if known_s > 0.0 else None

    @property
    def known_pct(self) -> float | None:
        """How much of the time outside maintenance the availability rests on; ``None`` where there is none.

        Examples
        --------
        >>> Times(available_s=90.0, lost_s=10.0, unknown_s=300.0).known_pct
        25.0
        """
        known_s = self.available_s + self.lost_s
        asked_s = known_s + self.unknown_s
        return 100.0 * known_s / asked_s if asked_s > 0.0 else None


@dataclass(frozen=True, slots=True)
class Failure:
    """From the first moment a device was lost outside maintenance to the first it answered again."""

    onset_at: datetime
    restored_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted of the failures in a period.

    Parameters
    ----------
    failures
        Those whose onset lies in the period.
    restored, repair_s
        Those whose restoration lies in the period, and the sum of their whole times to
        restoration: a failure that began before the period is not cut.
    open
        Those not restored by the end of the period.
    """

    failures: int = 0
    restored: int = 0
    repair_s: float = 0.0
    open: int = 0


def merged(spans: Iterable[Span]) -> list[Span]:
    """Take spans that overlap or touch together; empty ones vanish.

    Examples
    --------
    >>> h = [datetime(2026, 3, 1, hour) for hour in range(6)]
    >>> [(a.hour, b.hour) for a, b in merged([(h[3], h[4]), (h[0], h[2]), (h[1], h[3]), (h[5], h[5])])]
    [(0, 4)]
    """
    result: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def times_of(intervals: Sequence[Interval], windows: Iterable[Span], unasked: Iterable[Span], period: Span) -> Times:
    """Divide a period of one device.

    Parameters
    ----------
    intervals
        Its states; they do not overlap. What they do not cover is unknown.
    windows
        Maintenance, possibly overlapping. A state of maintenance counts likewise.
    unasked
        When nobody asked: a state carried over it is not known.
    period
        What is divided; an interval that crosses its edges is cut there.

    Notes
    -----
    The period is cut at every moment anything changes and each piece is judged by
    its middle: maintenance first, then whether anybody asked, then the state.
    """
    work, gaps = merged(windows), merged(unasked)
    lasting = [(i.state, i.starts_at, period[1] if i.ends_at is None else i.ends_at) for i in intervals]
    edges = {period[0], period[1]}
    for start, end in (*work, *gaps, *((start, end) for _, start, end in lasting)):
        edges.update(moment for moment in (start, end) if period[0] < moment < period[1])
    sums = dict.fromkeys(("available", "lost", "unknown", "maintenance"), 0.0)
    for start, end in pairwise(sorted(edges)):
        state = next((s for s, begun, ended in lasting if begun <= start and end <= ended), DeviceState.UNKNOWN)
        if _within(start, end, work) or state is DeviceState.MAINTENANCE:
            name = "maintenance"
        elif _within(start, end, gaps) or state is DeviceState.UNKNOWN:
            name = "unknown"
        else:
            name = "lost" if state.is_lost else "available"
        sums[name] += (end - start).total_seconds()
    return Times(sums["available"], sums["lost"], sums["unknown"], sums["maintenance"])


def failures_of(intervals: Sequence[Interval], windows: Iterable[Span], as_of: datetime) -> list[Failure]:
    """Find the failures of one device.

    A failure goes on until the device is seen to answer: unknown time and announced
    work in between do not end it. One that begins inside announced work begins at
    its end instead, and is none if the device answers by then: that was the work.

    Parameters
    ----------
    intervals
        All its states, oldest first.
    windows
        Maintenance, possibly overlapping.
    as_of
        Up to when states are known.
    """
    runs: list[tuple[datetime, datetime | None]] = []
    onset: datetime | None = None
    for interval in intervals:
        if onset is None and interval.state.is_lost:
            onset = interval.starts_at
        elif onset is not None and interval.state in _ANSWERS:
            runs.append((onset, interval.starts_at))
            onset = None
    if onset is not None:
        runs.append((onset, None))
    work = merged(windows)
    found = []
    for begun, restored in runs:
        counted = next((end for start, end in work if start <= begun < end), begun)
        if counted <= begun or counted < (restored or as_of):
            found.append(Failure(counted, restored))
    return found


def counts_of(failures: Iterable[Failure], period: Span) -> Counts:
    """Count the failures of a period."""
    known = list(failures)
    start, end = period
    restored = [f for f in known if f.restored_at is not None and start <= f.restored_at < end]
    return Counts(
        failures=sum(start <= f.onset_at < end for f in known),
        restored=len(restored),
        repair_s=sum((f.restored_at - f.onset_at).total_seconds() for f in restored if f.restored_at is not None),
        open=sum(f.onset_at < end and (f.restored_at is None or f.restored_at >= end) for f in known),
    )


def _within(start: datetime, end: datetime, spans: Sequence[Span]) -> bool:
    return any(a <= start and end <= b for a, b in spans)
