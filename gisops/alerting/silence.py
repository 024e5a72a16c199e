"""Who asked not to be paged about what, why and until when: one silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gisops.alerting.alert import GUARDED, NARROW, Alert
from gisops.model.membership import GroupKind
from gisops.model.outage import Cause

__all__ = ["Silence"]


@dataclass(frozen=True, slots=True)
class Silence:
    """No page is opened for the alerts it covers while it holds.

    Parameters
    ----------
    id
        Stable; also the subject of its events.
    scope, scope_id
        Which devices, as for a maintenance window; ``all`` for any.
    starts_at, ends_at
        UTC; the end is not in it.
    by, reason
        Who, and why; both are shown on every alert it covers.
    causes
        Only alerts of these causes; none: of any. Theft and tamper must be named, unless it is
        about one outage, device, box or site.
    outage_id
        Only the alert of this outage; empty: of any.
    """

    id: str
    scope: GroupKind
    scope_id: str
    starts_at: datetime
    ends_at: datetime
    by: str
    reason: str
    causes: tuple[Cause, ...] = ()
    outage_id: str = ""

    def holds(self, at: datetime) -> bool:
        """Whether it holds at a moment."""
        return self.starts_at <= at < self.ends_at

    def covers(self, alert: Alert) -> bool:
        """Whether an alert is one of those it is about."""
        if self.outage_id and self.outage_id not in (alert.id, alert.outage_id):
            return False
        is_meant = bool(self.outage_id) or self.scope in NARROW
        if alert.cause not in self.causes and (self.causes or (alert.cause in GUARDED and not is_meant)):
            return False
        return self.scope is GroupKind.ALL or (self.scope, self.scope_id) in alert.setting.groups

    def to_json(self) -> dict[str, Any]:
        """Give the silence as JSON-ready values (times as ISO 8601 UTC)."""
        return {
            "id": self.id,
            "scope": str(self.scope),
            "scope_id": self.scope_id,
            "starts_at": self.starts_at.isoformat(),
            "ends_at": self.ends_at.isoformat(),
            "by": self.by,
            "reason": self.reason,
            "causes": [str(cause) for cause in self.causes],
            "outage": self.outage_id,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Silence:
        """Rebuild a silence from :meth:`to_json`'s document."""
        return cls(
            document["id"],
            GroupKind(document["scope"]),
            document["scope_id"],
            datetime.fromisoformat(document["starts_at"]),
            datetime.fromisoformat(document["ends_at"]),
            document["by"],
            document["reason"],
            tuple(Cause(name) for name in document["causes"]),
            document["outage"],
        )
