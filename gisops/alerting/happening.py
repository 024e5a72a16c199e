"""What can happen to alerts, and what follows from it: the words that `step` takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from gisops.alerting.alert import Alert, Setting
from gisops.alerting.policy import Policy
from gisops.alerting.silence import Silence
from gisops.model.maintenance import MaintenanceWindow
from gisops.model.outage import Outage

__all__ = [
    "Acknowledged",
    "Action",
    "Assigned",
    "Book",
    "Happening",
    "Note",
    "OutageSeen",
    "Page",
    "PageKind",
    "SilenceAdded",
    "SilenceEnded",
    "Tick",
    "WindowCancelled",
    "WindowPlanned",
]


@dataclass(frozen=True, slots=True)
class OutageSeen:
    """An outage as the diagnosis judges it now: opened, changed or closed."""

    outage: Outage
    setting: Setting


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Somebody has taken an outage on."""

    outage_id: str
    by: str


@dataclass(frozen=True, slots=True)
class Assigned:
    """Somebody was given an outage."""

    outage_id: str
    to: str
    by: str


@dataclass(frozen=True, slots=True)
class SilenceAdded:
    """Somebody asked not to be paged."""

    silence: Silence


@dataclass(frozen=True, slots=True)
class SilenceEnded:
    """A silence was taken back."""

    silence_id: str
    ends_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class WindowPlanned:
    """Work was announced."""

    window: MaintenanceWindow


@dataclass(frozen=True, slots=True)
class WindowCancelled:
    """Announced work was ended."""

    window_id: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


Happening: TypeAlias = (
    OutageSeen | Acknowledged | Assigned | SilenceAdded | SilenceEnded | WindowPlanned | WindowCancelled | Tick
)


class PageKind(StrEnum):
    """What a page says."""

    OPENED = "opened"
    CHANGED = "changed"
    REOPENED = "reopened"
    ESCALATED = "escalated"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Page:
    """People are to be told.

    Parameters
    ----------
    kind
        What it says.
    alerts
        One or more of one group, as they are now.
    states
        For each alert what the page says of it, in one word: nobody is told the same word
        of the same alert twice.
    at
        When it was decided.
    level
        Escalation level whose routes it takes; 0 for the first.
    """

    kind: PageKind
    alerts: tuple[Alert, ...]
    states: tuple[str, ...]
    at: datetime
    level: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """A line for the audit log: what changed for an alert or silence, by whom, and why."""

    subject: str
    what: str
    by: str = "gisops"
    why: str = ""


Action: TypeAlias = Page | Note


@dataclass(frozen=True, slots=True)
class Book:
    """Everything the alerts rest on; it never changes, it is replaced.

    Parameters
    ----------
    policy
        The rules.
    alerts
        By id: those that last, and those resolved so lately that they may be reopened.
    silences, windows
        By id: those that are not over.
    """

    policy: Policy = field(default_factory=Policy)
    alerts: Mapping[str, Alert] = field(default_factory=dict)
    silences: Mapping[str, Silence] = field(default_factory=dict)
    windows: Mapping[str, MaintenanceWindow] = field(default_factory=dict)
