"""When is a message that did not get through tried again, and when given up. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

__all__ = ["GIVE_UP_AFTER", "next_try"]

GIVE_UP_AFTER = timedelta(hours=24)
_FIRST_S = 1.0
_LONGEST_S = 300.0


def next_try(attempts: int, created_at: datetime, now: datetime, jitter: float) -> datetime | None:
    """Give the next moment to try, or ``None`` to give up.

    Parameters
    ----------
    attempts
        How often it failed, 1 or more.
    created_at, now
        UTC.
    jitter
        From 0 to 1: a random share, so that receivers that failed together are not asked together.

    Examples
    --------
    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> [(next_try(n, noon, noon, 0.0) - noon).total_seconds() for n in (1, 2, 3, 20)]
    [0.5, 1.0, 2.0, 150.0]
    """
    if now - created_at > GIVE_UP_AFTER:
        return None
    wait = min(_FIRST_S * 2.0 ** min(attempts - 1, 30), _LONGEST_S)
    return now + timedelta(seconds=wait * (0.5 + 0.5 * jitter))
