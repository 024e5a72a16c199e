"""What is an alert: one outage as people live with it, from the first page to the word that it is over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gisops.model.membership import GroupKind
from gisops.model.outage import Cause

__all__ = ["GUARDED", "NARROW", "Alert", "AlertState", "Impact", "Paged", "Setting", "Severity"]

GUARDED = frozenset({Cause.THEFT, Cause.TAMPER})
"""Causes that wait for nobody: no grouping, no quiet hours, no inhibition; a wide silence must name them."""
NARROW = frozenset({GroupKind.DEVICE, GroupKind.BOX, GroupKind.SITE})
"""Work or a silence on so little explains an opened door; one on a whole district does not."""


class Severity(StrEnum):
    """How bad it is, by impact."""

    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for info to 3 for critical."""
        return list(Severity).index(self)


class AlertState(StrEnum):
    """Where it stands with people."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"
    REOPENED = "reopened"

    @property
    def is_unclaimed(self) -> bool:
        """Whether it lasts and nobody has taken it on."""
        return self in (AlertState.OPEN, AlertState.REOPENED)


@dataclass(frozen=True, slots=True)
class Impact:
    """What the city lost with it.

    Parameters
    ----------
    cameras_lost, boxes_lost
        Numbers of devices.
    critical_places
        Names of critical places that no camera looks at any more.
    blind_hot_spots
        Names of hot spots that nothing looks at any more.
    enforcement_lanes
        E-challan cameras lost, one a lane.
    """

    cameras_lost: int = 0
    boxes_lost: int = 0
    critical_places: tuple[str, ...] = ()
    blind_hot_spots: tuple[str, ...] = ()
    enforcement_lanes: int = 0


@dataclass(frozen=True, slots=True)
class Setting:
    """Where an outage sits in the city, as far as alerts care.

    Parameters
    ----------
    impact
        What is lost.
    place
        The root in words.
    district_id
        Of the root; of most members where the root has none; empty where nobody knows.
    groups
        Groups that hold the root (where it is no device: all members). A maintenance
        window or silence on one of them covers the alert.
    scope
        Ids of what depends on the root, without it: an alert about one of these is inhibited.
    lon, lat
        WGS 84 degrees; ``None`` where unknown.
    """

    impact: Impact = field(default_factory=Impact)
    place: str = ""
    district_id: str = ""
    groups: frozenset[tuple[GroupKind, str]] = frozenset()
    scope: frozenset[str] = frozenset()
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Paged:
    """One page that went out for an alert: what it said, and when it was decided."""

    state: str
    at: datetime
    severity: Severity
    cause: Cause


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert as last decided; it never changes, it is replaced.

    Parameters
    ----------
    id
        Of the first outage it was about.
    outage_id
        Of the one it is about now: the same fault that comes back soon is the same alert.
    round
        1, and one more each time it was reopened.
    state, severity, cause, probability
        As last decided; ``probability`` is that of the likeliest cause.
    root_id, setting
        What explains the loss, and where it sits.
    evidence
        The strongest, in words.
    opened_at, updated_at, resolved_at
        UTC; of this round.
    ready_at
        Before this moment it waits for others of its group.
    claimed_by, claimed_at
        Who acknowledged it or has it assigned, since when.
    pages
        What was sent in this round, oldest first.
    level
        Escalations of this round.
    suppressed_by
        What keeps a page from being opened now, in words; empty: nothing does.
    past
        Ids of the outages of earlier rounds.
    members
        Ids of what is lost with it, the root included.
    part_of
        Resolved because another alert took it in, this one: its devices are still lost.
    """

    id: str
    outage_id: str
    state: AlertState
    severity: Severity
    cause: Cause
    probability: float
    root_id: str
    opened_at: datetime
    updated_at: datetime
    ready_at: datetime
    round: int = 1
    setting: Setting = field(default_factory=Setting)
    evidence: tuple[str, ...] = ()
    resolved_at: datetime | None = None
    claimed_by: str = ""
    claimed_at: datetime | None = None
    pages: tuple[Paged, ...] = ()
    level: int = 0
    suppressed_by: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    members: frozenset[str] = frozenset()
    part_of: str = ""

    @property
    def is_live(self) -> bool:
        """Whether it lasts."""
        return self.state is not AlertState.RESOLVED
