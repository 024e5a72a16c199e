"""What an earlier collector knew of the boxes' power, given back to a new one: finished runs, and those that last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from gisops.health.power.watch import DARK_STATED, PowerWatch
from gisops.health.profile import Profile
from gisops.model.event import Event, EventKind
from gisops.store.ports import Reader, StateRow

__all__ = ["REMEMBERED", "recall"]

REMEMBERED = timedelta(days=400)
"""How far back runs on battery are read: a battery is judged by its latest."""
_LONGEST_RUN = timedelta(hours=24)


async def recall(
    power: PowerWatch, reader: Reader, profiles: Mapping[str, Profile], now: datetime
) -> tuple[Event, ...]:
    """Restore the power watch from the log, and from the samples of the boxes that ran on battery.

    Parameters
    ----------
    power
        What is restored.
    reader
        The store as the earlier collector left it.
    profiles
        By name: they tell which value of a sample is which metric.
    now
        UTC.

    Returns
    -------
    tuple of Event
        Runs that ended in the samples, to be written: those that are in the log already
        have the same ids, and change nothing.
    """
    power.restore(stored.event for stored in await reader.events_of(EventKind.AUTONOMY_MEASURED, now - REMEMBERED))
    found: list[Event] = []
    _, states = await reader.states()
    for row in states:
        if not _was_on_battery(row):
            continue
        for sample in await reader.samples(row.device_id, now - _LONGEST_RUN):
            if sample.answered:
                names = (metric.name for metric in profiles[sample.profile].metrics)
                news = power.take(row.device_id, dict(zip(names, sample.values, strict=False)), sample.observed_at)
            else:
                news = power.missed(row.device_id, sample.observed_at)
            found += news.events
    return tuple(found)


def _was_on_battery(row: StateRow) -> bool:
    """Whether the last row that was written of a box shows it on battery."""
    return bool(row.metrics.get("on_battery_s")) or row.metrics.get(DARK_STATED) is not None
