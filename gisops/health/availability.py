"""Of what does an availability report consist: the times and counts of a group in a period, and their ratios.

The words are those of IEC 60050-192 (dependability): a *failure* takes the device from
answering to lost, *restoration* ends it, *time to restoration* lies between, and the
mean *operating time between failures* is the time it answered by the failures there
were. Pure numbers: what they are summed from is the store's business.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

__all__ = ["Counts", "Line", "OutageCounts", "Span", "Times", "merged"]

Span = tuple[datetime, datetime]
"""From and to, UTC; the end is not in it."""


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
        return _ratio(100.0 * self.available_s, self.available_s + self.lost_s)

    @property
    def known_pct(self) -> float | None:
        """How much of the time outside maintenance the availability rests on; ``None`` where there is none.

        Examples
        --------
        >>> Times(available_s=90.0, lost_s=10.0, unknown_s=300.0).known_pct
        25.0
        """
        known_s = self.available_s + self.lost_s
        return _ratio(100.0 * known_s, known_s + self.unknown_s)


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

    @property
    def mttr_s(self) -> float | None:
        """Mean time to restoration; ``None`` where none was restored."""
        return _ratio(self.repair_s, self.restored)


@dataclass(frozen=True, slots=True)
class OutageCounts:
    """What is counted of the outages that were detected in a period.

    Parameters
    ----------
    outages
        How many were (a group has those with a device of it).
    detect_least_s, detect_most_s
        Sum of the times to detect: from the first poll that was missed, and from the last
        that was answered. The truth lies between.
    acknowledged, acknowledge_s
        How many of them somebody has taken on, and the sum of the times until then.
    """

    outages: int = 0
    detect_least_s: float = 0.0
    detect_most_s: float = 0.0
    acknowledged: int = 0
    acknowledge_s: float = 0.0

    @property
    def mttd_s(self) -> tuple[float, float] | None:
        """Mean time to detect, least and most; ``None`` where there was nothing to detect."""
        least, most = _ratio(self.detect_least_s, self.outages), _ratio(self.detect_most_s, self.outages)
        return None if least is None or most is None else (least, most)

    @property
    def mtta_s(self) -> float | None:
        """Mean time to acknowledge, of those acknowledged; ``None`` where none was."""
        return _ratio(self.acknowledge_s, self.acknowledged)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report: a group in a period, or on one of its days.

    Parameters
    ----------
    key
        Ids of the group, one for each word it is grouped by, the cause last.
    devices
        How many devices were in it at some time of the period.
    times
        Where the line is of a cause: what was lost by it, beside all that was available.
    counts, outages
        Of failures and of outages.
    day
        The local day, where it is one.
    """

    key: tuple[str, ...]
    devices: int
    times: Times
    counts: Counts = field(default_factory=Counts)
    outages: OutageCounts = field(default_factory=OutageCounts)
    day: date | None = None

    @property
    def mtbf_s(self) -> float | None:
        """Mean operating time between failures; ``None`` without a failure: longer than was looked at.

        Examples
        --------
        >>> Line(("south",), 2, Times(available_s=7200.0), Counts(failures=2)).mtbf_s
        3600.0
        """
        return _ratio(self.times.available_s, self.counts.failures)


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


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
