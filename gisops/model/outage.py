"""An outage: devices lost for one cause, with a root, evidence and a life."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

__all__ = ["Cause", "Evidence", "Outage"]


class Cause(StrEnum):
    """Why devices are lost."""

    THEFT = "theft"
    TAMPER = "tamper"
    POWER_CUT = "power_cut"
    BATTERY_EXHAUSTED = "battery_exhausted"
    FIBRE_CUT = "fibre_cut"
    BOX_FAULT = "box_fault"
    CAMERA_FAULT = "camera_fault"
    UPSTREAM_FAULT = "upstream_fault"
    VENDOR_SHUTDOWN = "vendor_shutdown"
    PLANNED_WORK = "planned_work"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation that moved the judgement.

    Parameters
    ----------
    text
        In plain words, with the time it happened where it has one.
    favours
        The cause it speaks for most.
    weight_db
        Ten times the log10 of the likelihood ratio of ``favours`` against the
        mean of the others.
    """

    text: str
    favours: Cause
    weight_db: float


@dataclass(frozen=True, slots=True)
class Outage:
    """One outage as last judged.

    Parameters
    ----------
    id
        Stable for its whole life.
    root_id
        The device that explains the others.
    member_ids
        Every device inside, the root included, sorted.
    opened_at, updated_at, closed_at
        UTC; ``closed_at`` is ``None`` while it lasts.
    causes
        Posterior probability by cause; sums to one.
    evidence
        Strongest first.
    """

    id: str
    root_id: str
    member_ids: tuple[str, ...]
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    causes: Mapping[Cause, float] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()

    @property
    def likeliest(self) -> Cause:
        """The cause with the largest probability; ``unknown`` where none was judged."""
        if not self.causes:
            return Cause.UNKNOWN
        return max(self.causes, key=lambda cause: self.causes[cause])

    def to_json(self) -> dict[str, Any]:
        """Give the outage as JSON-ready values (times as ISO 8601 UTC)."""
        return {
            "id": self.id,
            "root": self.root_id,
            "members": list(self.member_ids),
            "opened_at": self.opened_at.isoformat(),
            "updated_at": self.updated_at.isoformat(),
            "closed_at": self.closed_at.isoformat() if self.closed_at else None,
            "cause": str(self.likeliest),
            "causes": {str(cause): round(p, 6) for cause, p in self.causes.items()},
            "evidence": [
                {"text": e.text, "favours": str(e.favours), "weight_db": round(e.weight_db, 1)} for e in self.evidence
            ],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Outage:
        """Rebuild an outage from :meth:`to_json`'s document."""
        closed = document["closed_at"]
        return cls(
            id=document["id"],
            root_id=document["root"],
            member_ids=tuple(document["members"]),
            opened_at=datetime.fromisoformat(document["opened_at"]),
            updated_at=datetime.fromisoformat(document["updated_at"]),
            closed_at=datetime.fromisoformat(closed) if closed else None,
            causes={Cause(name): p for name, p in document["causes"].items()},
            evidence=tuple(Evidence(e["text"], Cause(e["favours"]), e["weight_db"]) for e in document["evidence"]),
        )
