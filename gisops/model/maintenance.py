"""What work is announced, on which devices, from when to when: one window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gisops.model.membership import GroupKind, Membership

__all__ = ["MaintenanceWindow"]


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """Announced work.

    Parameters
    ----------
    id
        Stable; also the subject of its events.
    scope, scope_id
        Which devices: one device, all of a box (the box and its cameras), site, station,
        district or contractor, or ``all`` (whose id is ``all``).
    starts_at, ends_at
        UTC; the end is not in it. Equal: it was taken back before it began and never holds.
    by, note
        Who announced it, and what is done, in words.
    series
        The id that windows of recurring work have in common; of a single window its own.
    """

    id: str
    scope: GroupKind
    scope_id: str
    starts_at: datetime
    ends_at: datetime
    by: str
    note: str = ""
    series: str = ""

    def __post_init__(self) -> None:
        if not self.series:
            object.__setattr__(self, "series", self.id)

    def holds(self, at: datetime) -> bool:
        """Whether it holds at a moment."""
        return self.starts_at <= at < self.ends_at

    def covers(self, device: Membership) -> bool:
        """Whether a device is one of those it is about."""
        return device.group(self.scope) == self.scope_id

    def to_json(self) -> dict[str, Any]:
        """Give the window as JSON-ready values (times as ISO 8601 UTC)."""
        return {
            "id": self.id,
            "scope": str(self.scope),
            "scope_id": self.scope_id,
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "by": self.by,
            "note": self.note,
            "series": self.series,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> MaintenanceWindow:
        """Rebuild a window from :meth:`to_json`'s document."""
        return cls(
            document["id"],
            GroupKind(document["scope"]),
            document["scope_id"],
            datetime.fromisoformat(document["starts_at"]),
            datetime.fromisoformat(document["ends_at"]),
            document["by"],
            document["note"],
            document["series"],
        )
