"""Who may work where, from when to when: one permit to work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

__all__ = ["Permit", "PermitScope"]


class PermitScope(StrEnum):
    """What a permit is about."""

    BOX = "box"
    SITE = "site"
    SPAN = "span"
    AREA = "area"
    """A circle; its id is ``LON,LAT,METRES``."""


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to work at a place for a while.

    It explains an open door; unlike a maintenance window it excuses no loss.

    Parameters
    ----------
    id
        Stable; also the subject of its events.
    scope, scope_id
        Where.
    starts_at, ends_at
        UTC; the end is not in it.
    who
        Who works there: company and people, in words.
    what
        What they do, in words.
    issued_by
        Who gave leave.
    """

    id: str
    scope: PermitScope
    scope_id: str
    starts_at: datetime
    ends_at: datetime
    who: str
    what: str = ""
    issued_by: str = ""

    def holds(self, at: datetime) -> bool:
        """Whether it holds at a moment."""
        return self.starts_at <= at < self.ends_at

    def to_json(self) -> dict[str, Any]:
        """Give the permit as JSON-ready values (times as ISO 8601 UTC)."""
        return {
            "id": self.id,
            "scope": str(self.scope),
            "scope_id": self.scope_id,
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "who": self.who,
            "what": self.what,
            "issued_by": self.issued_by,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Permit:
        """Rebuild a permit from :meth:`to_json`'s document."""
        return cls(
            document["id"],
            PermitScope(document["scope"]),
            document["scope_id"],
            datetime.fromisoformat(document["starts_at"]),
            datetime.fromisoformat(document["ends_at"]),
            document["who"],
            document["what"],
            document["issued_by"],
        )
