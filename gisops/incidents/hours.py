"""At which hours of which weekdays do incidents happen? Counts, and rates an hour that was really there.

Times are local. A period seldom holds every weekday equally often, so each cell also says how many hours of its kind
the period had; a rate is the count over those.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from gisops.errors import IncidentError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["HourTable", "hour_table"]

_MOST_YEARS = 30


@dataclass(frozen=True)
class HourTable:
    """Seven rows, Monday first, of 24 hours.

    Parameters
    ----------
    counts
        ``(7, 24)``: incidents.
    hours
        ``(7, 24)``: how many hours of the kind the period had (parts of hours count as such).
    """

    counts: NDArray[np.int64]
    hours: NDArray[np.float64]

    @property
    def rates(self) -> NDArray[np.float64]:
        """Incidents an hour; NaN where the period had none of its kind."""
        rates: NDArray[np.float64] = np.divide(
            self.counts, self.hours, out=np.full((7, 24), np.nan), where=self.hours > 0.0
        )
        return rates


def hour_table(moments: Iterable[datetime], begin: datetime, end: datetime, zone: ZoneInfo) -> HourTable:
    """Count moments by local weekday and hour.

    Parameters
    ----------
    moments
        UTC; those outside the period are left out.
    begin, end
        The period, its end excluded.
    zone
        Whose clocks count.

    Raises
    ------
    IncidentError
        Where the period is empty or longer than 30 years.
    """
    if not begin < end or end - begin > timedelta(days=366 * _MOST_YEARS):
        raise IncidentError("period", f"{begin.isoformat()} to {end.isoformat()}", f"give 1 h to {_MOST_YEARS} years")
    counts = np.zeros((7, 24), dtype=np.int64)
    for moment in moments:
        if begin <= moment < end:
            local = moment.astimezone(zone)
            counts[local.weekday(), local.hour] += 1
    hours = np.zeros((7, 24))
    at = begin.astimezone(UTC)
    while at < end:
        local = at.astimezone(zone)
        # To the next full hour on the wall: a clock that is put forward or back is walked through in its own steps.
        rest = timedelta(hours=1) - timedelta(
            minutes=local.minute, seconds=local.second, microseconds=local.microsecond
        )
        until = min(at + rest, end)
        hours[local.weekday(), local.hour] += (until - at).total_seconds() / 3600.0
        at = until
    return HourTable(counts, hours)
