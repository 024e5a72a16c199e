"""Do we hear anybody at all? One fault next to ourselves must not be told as a thousand elsewhere.

When nobody has answered for a moment and several are silent, some others are
asked at once. While they have not answered, no loss is judged; when they are
silent too, we are blind, and what is silent is not known to be lost.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

__all__ = ["Blindness"]

SUSPECT_AFTER = timedelta(seconds=1.5)
"""Without any answer, while devices are silent."""
CANARIES = 12
"""Boxes asked to make sure; one answer clears the suspicion."""
LEAST = 3
"""With fewer boxes to ask, our blindness cannot be told from theirs."""


class Blindness:
    """Watches over our own hearing.

    Attributes
    ----------
    since
        Since when we hear nobody: the last answer; ``None`` while we hear.
    """

    def __init__(self) -> None:
        self._heard_at: datetime | None = None
        self._silent: set[str] = set()
        self._canaries: frozenset[str] = frozenset()
        self.since: datetime | None = None

    @property
    def is_suspected(self) -> bool:
        """Whether losses must not be judged yet."""
        return bool(self._canaries) and self.since is None

    def answered(self, at: datetime) -> bool:
        """Take an answer in; give whether it ended a blindness."""
        was_blind = self.since is not None
        self._heard_at = at
        if self._silent or self._canaries:
            self._silent.clear()
            self._canaries = frozenset()
        self.since = None
        return was_blind

    def silent(self, device_id: str, at: datetime, boxes: Collection[str]) -> frozenset[str]:
        """Take in that somebody who was not lost is silent.

        Parameters
        ----------
        device_id, at
            Who, and when.
        boxes
            Boxes that answered when they were last asked.

        Returns
        -------
        frozenset of str
            Whom to ask at once, to make sure; often nobody.
        """
        self._silent.add(device_id)
        if self.since is not None or self._heard_at is None:
            return frozenset()
        if self._canaries:
            if self._canaries <= self._silent:
                self.since = self._heard_at
            return frozenset()
        if at - self._heard_at < SUSPECT_AFTER:
            return frozenset()
        fresh = sorted(set(boxes) - self._silent)
        if len(fresh) < LEAST:
            return frozenset()
        self._canaries = frozenset(fresh[:: max(1, len(fresh) // CANARIES)][:CANARIES])
        return self._canaries
