"""Make each message once, however many pages watch: fifty viewers cost one.

Pages that stand at the same place of the log get the same difference; only the server's time in it is theirs.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime
from typing import Any

from dashboard.payload import City, delta_message, full_message
from gisops.service.live import Delta, Snapshot

__all__ = ["Once"]

_KEPT = 64

_Made = tuple[dict[str, Any], Snapshot]


class Once:
    """What the pages of one process share.

    Parameters
    ----------
    city
        The numbered inventory.
    """

    def __init__(self, city: City) -> None:
        self._city = city
        self._full: _Made | None = None
        # Snapshots and deltas are kept with what was made of them: an identity is theirs while they live.
        self._deltas: OrderedDict[tuple[int, int], tuple[Delta, Snapshot, _Made]] = OrderedDict()

    def full(self, snapshot: Snapshot, now: datetime) -> dict[str, Any]:
        """Give the whole live state as a message."""
        if self._full is None or _mark(self._full[1]) != _mark(snapshot):
            self._full = (full_message(self._city, snapshot, now), snapshot)
        return {**self._full[0], "now": now.timestamp()}

    def delta(self, before: Snapshot, delta: Delta, now: datetime) -> _Made:
        """Give what one delta changes on a page that stands at ``before``, and the snapshot after it."""
        if not (delta.states or delta.outages):
            return delta_message(self._city, before, delta, now)
        key = (before.seq, id(delta))
        kept = self._deltas.get(key)
        if kept is None:
            kept = (delta, before, delta_message(self._city, before, delta, now))
            self._deltas[key] = kept
            if len(self._deltas) > _KEPT:
                self._deltas.popitem(last=False)
        message, after = kept[2]
        return {**message, "now": now.timestamp()}, after


def _mark(snapshot: Snapshot) -> tuple[object, ...]:
    """Two snapshots with one mark show the same."""
    return snapshot.seq, snapshot.heartbeat_at, frozenset(snapshot.outages)
