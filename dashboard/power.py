"""When a box on battery goes dark, and since when its inspection is overdue, as the page needs it. Pure.

Moments travel, not minutes left: the page counts down by itself.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gisops.health.inspections import InspectionState, due_on, inspection_of
from gisops.health.power.watch import DARK_HIGH, DARK_LOW, DARK_STATED
from gisops.model.inventory import Box, Settings
from gisops.model.state import DeviceState
from gisops.store.ports import StateRow

__all__ = ["SOON_MIN", "Window", "dark_window", "dark_words", "inspection_words", "is_soon_dark", "overdue_from"]

Window = tuple[int | None, int | None]
"""Earliest and latest moment of darkness, seconds of the epoch; ``None``: two days away or more."""

SOON_MIN = 60.0
"""Minutes to the earliest darkness from which a box on battery is listed before anything is lost."""


def dark_window(row: StateRow | None) -> Window | None:
    """Give when a box goes dark by its last forecast; ``None`` where there is none, or it is down already."""
    stated = row.metrics.get(DARK_STATED) if row else None
    if row is None or stated is None or row.state is DeviceState.DOWN:
        return None
    low, high = (row.metrics.get(name) for name in (DARK_LOW, DARK_HIGH))
    return (
        None if low is None else int(stated + 60 * low),
        None if high is None else int(stated + 60 * high),
    )


def is_soon_dark(row: StateRow) -> bool:
    """Whether a box that still answers may go dark within the hour."""
    low = row.metrics.get(DARK_LOW)
    return dark_window(row) is not None and not row.state.is_lost and low is not None and low <= SOON_MIN


def dark_words(window: Window, now_s: float) -> str:
    """Say how long a box still lasts; the page's script says the same in the same words.

    Examples
    --------
    >>> dark_words((70 * 60, 110 * 60), 0)
    '1 h 10 – 1 h 50'
    >>> dark_words((70 * 60, 110 * 60), 50 * 60), dark_words((70 * 60, None), 0), dark_words((60, 120), 9000)
    ('20 min – 1 h 00', 'more than 1 h 10', 'any moment')
    """
    low, high = window
    if low is None:
        return "more than 2 days"
    least = _span(low - now_s)
    if high is None:
        return f"more than {least}"
    if high <= now_s:
        return "any moment"
    return f"{least} – {_span(high - now_s)}"


def _span(seconds: float) -> str:
    minutes = max(0, int(seconds) // 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d}"


def overdue_from(box: Box, settings: Settings) -> int | None:
    """Give the moment (seconds of the epoch) from which a box's inspection is overdue; ``None``: none is due."""
    due = due_on(box, settings.inspection_interval_days)
    if due is None:
        return None
    return int(datetime.combine(due + timedelta(days=1), time(), ZoneInfo(settings.time_zone)).timestamp())


def inspection_words(box: Box, settings: Settings, now: datetime) -> str | None:
    """Say since when a box's inspection is overdue; ``None`` where it is not."""
    today: date = now.astimezone(ZoneInfo(settings.time_zone)).date()
    found = inspection_of(box, today, settings.inspection_interval_days)
    if found.state not in (InspectionState.OVERDUE, InspectionState.NEVER) or found.due_on is None:
        return None
    never = ", never inspected" if found.state is InspectionState.NEVER else ""
    days = found.overdue_days
    day = f"{found.due_on.day} {found.due_on:%b %Y}"
    return f"overdue by {days} day{'' if days == 1 else 's'} (due {day}{never})"
