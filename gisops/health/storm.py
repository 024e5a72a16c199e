"""What of a storm of notifications is told: the first at once, every change at once, repeats as one with a count.

Pure folding: notices in, what is to be told out; no I/O and no clock. What says the
opposite of each other (link down, link up) shares a topic, so that folding never hides
the last word.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

__all__ = ["TOPICS", "Notice", "Storm", "Told"]

TOPICS: Mapping[str, str] = {"link_down": "link", "link_up": "link", "on_battery": "mains", "on_mains": "mains"}
"""Names of notifications that take each other back."""
MAX_CHANGES = 10
"""Changes told at once in one window; a contact that chatters faster is folded, its last word is told."""
MAX_OPEN = 50_000
"""Windows open at once; the oldest is closed early for one more."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification as it came in.

    Parameters
    ----------
    device_id, name
        Who sent it, and its name in the device's profile, or its OID.
    at
        UTC.
    values
        What it says, to be compared: another value is a change.
    subject
        What part of the device it is about, such as a port; parts are folded apart.
    receipt
        Of an inform: it comes out again with the `Told` that the inform became part of.
    """

    device_id: str
    name: str
    at: datetime
    values: Hashable = ()
    subject: str = ""
    receipt: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be recorded: one notice, or several that were folded.

    Parameters
    ----------
    device_id, name, subject, values
        As in the latest notice of them.
    first_at, last_at
        Of the earliest and the latest; UTC.
    count
        How many notices they are.
    changes
        How often name or values changed among them; 0 for plain repeats.
    receipts
        Informs among them, to be acknowledged once this is stored.
    """

    device_id: str
    name: str
    subject: str
    values: Hashable
    first_at: datetime
    last_at: datetime
    count: int = 1
    changes: int = 0
    receipts: tuple[int, ...] = ()


@dataclass(slots=True)
class _Window:
    """What is known of one topic of one device since it was first told."""

    opened_at: datetime
    said: tuple[str, Hashable]
    changes: int = 0
    folded: Told | None = None
    receipts: list[int] = field(default_factory=list)


_Key = tuple[str, str, str]


class Storm:
    """Folds notifications.

    Parameters
    ----------
    window
        Repeats within so long after the first are folded.
    hold
        An inform that was folded is told after so long at the latest: its sender waits
        to hear that it is stored.
    topics
        Topic by name; a name that is not there is a topic of its own.
    max_changes, max_open
        Bounds; see `MAX_CHANGES` and `MAX_OPEN`.

    Examples
    --------
    >>> from datetime import UTC
    >>> storm, noon = Storm(), datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> [told.count for told in storm.take(Notice("B1", "door_changed", noon, (1,)))]
    [1]
    >>> storm.take(Notice("B1", "door_changed", noon + timedelta(seconds=1), (1,)))
    ()
    >>> [told.count for told in storm.due(noon + timedelta(seconds=10))]
    [1]
    """

    def __init__(
        self,
        window: timedelta = timedelta(seconds=10),
        hold: timedelta = timedelta(seconds=1),
        topics: Mapping[str, str] = TOPICS,
        max_changes: int = MAX_CHANGES,
        max_open: int = MAX_OPEN,
    ) -> None:
        self._length = window
        self._hold = hold
        self._topics = topics
        self._max_changes = max_changes
        self._max_open = max_open
        # Both in the order of time, since notices come in it; what comes late is told late, not lost.
        self._open: dict[_Key, _Window] = {}
        self._held: dict[_Key, datetime] = {}

    def __len__(self) -> int:
        """Give how many windows are open."""
        return len(self._open)

    def take(self, notice: Notice) -> tuple[Told, ...]:
        """Take a notice in; give what is to be told now (often nothing)."""
        key = (notice.device_id, self._topics.get(notice.name, notice.name), notice.subject)
        window = self._open.get(key)
        before: tuple[Told, ...] = ()
        if window is not None and notice.at >= window.opened_at + self._length:
            before = self._close(key)
            window = None
        if window is None:
            return (*before, *self._make_room(), self._begin(key, notice))
        says = (notice.name, notice.values)
        if says == _state(window):
            self._fold(key, window, notice, changes=0)
            return ()
        if window.changes >= self._max_changes:
            self._fold(key, window, notice, changes=1)
            return ()
        window.changes += 1
        before = self._taken_out(key)
        window.said = says
        return (*before, _single(notice))

    def due(self, now: datetime) -> tuple[Told, ...]:
        """Give what is to be told by ``now``: the repeats of windows that ended, informs held long enough."""
        told: list[Told] = []
        while self._open:
            key, window = next(iter(self._open.items()))
            if now < window.opened_at + self._length:
                break
            told += self._close(key)
        while self._held:
            key, since = next(iter(self._held.items()))
            if now < since + self._hold:
                break
            told += self._taken_out(key)
        return tuple(told)

    def flush(self) -> tuple[Told, ...]:
        """End every window; give what was folded in them."""
        return tuple(told for key in list(self._open) for told in self._close(key))

    def _begin(self, key: _Key, notice: Notice) -> Told:
        self._open[key] = _Window(notice.at, (notice.name, notice.values))
        return _single(notice)

    def _close(self, key: _Key) -> tuple[Told, ...]:
        told = self._taken_out(key)
        del self._open[key]
        return told

    def _taken_out(self, key: _Key) -> tuple[Told, ...]:
        """Take what was folded out of a window."""
        self._held.pop(key, None)
        window = self._open[key]
        folded, window.folded = window.folded, None
        if folded is None:
            return ()
        window.said = (folded.name, folded.values)
        receipts, window.receipts = tuple(window.receipts), []
        return (replace(folded, receipts=receipts),)

    def _make_room(self) -> tuple[Told, ...]:
        """Close the window that was opened first where there are too many."""
        return self._close(next(iter(self._open))) if len(self._open) >= self._max_open else ()

    def _fold(self, key: _Key, window: _Window, notice: Notice, changes: int) -> None:
        folded = window.folded
        if folded is None:
            window.folded = _single(notice, changes)
        else:
            # An older notice that comes late counts, but does not speak.
            speaks = notice if notice.at >= folded.last_at else folded
            window.folded = Told(
                notice.device_id,
                speaks.name,
                notice.subject,
                speaks.values,
                min(folded.first_at, notice.at),
                max(folded.last_at, notice.at),
                folded.count + 1,
                folded.changes + changes,
            )
        if notice.receipt is not None:
            self._held.setdefault(key, notice.at)
            window.receipts.append(notice.receipt)


def _state(window: _Window) -> tuple[str, Hashable]:
    """Give the last word of a window."""
    return window.said if window.folded is None else (window.folded.name, window.folded.values)


def _single(notice: Notice, changes: int = 0) -> Told:
    receipts = () if notice.receipt is None else (notice.receipt,)
    return Told(
        notice.device_id,
        notice.name,
        notice.subject,
        notice.values,
        notice.at,
        notice.at,
        changes=changes,
        receipts=receipts,
    )
