"""Who gets a page: routes by district, cause, severity and time, and the receivers they name. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from gisops.alerting.alert import Alert, Severity
from gisops.alerting.policy import Hours, Policy
from gisops.model.outage import Cause

__all__ = ["DAYS", "Match", "Receiver", "Route", "Routes", "receivers_for", "receivers_of", "who_gets"]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Receiver:
    """One address on one channel.

    Parameters
    ----------
    name
        As routes call it.
    kind
        Of the channel.
    options
        Its settings as written, secrets as references.
    place
        Where it is written, for errors.
    """

    name: str
    kind: str
    options: Mapping[str, object] = field(default_factory=dict, repr=False)
    place: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """What is sent to on its own: each number of a text message is, so that one that fails repeats no other."""
        numbers = self.options.get("to")
        if self.kind == "sms" and isinstance(numbers, list) and len(numbers) > 1:
            return tuple(f"{self.name}#{position + 1}" for position in range(len(numbers)))
        return (self.name,)


@dataclass(frozen=True, slots=True)
class Route:
    """Which alerts go to which receivers, and when.

    Parameters
    ----------
    name
        For people.
    receivers
        Names of receivers.
    districts, causes
        Only these; none: any.
    severity
        At least this.
    hours, days
        Local time of day, and days of the week (as in :data:`DAYS`); ``None``, none: always.
    level
        0 for the first page; 1, 2, ... for the escalation of that level.
    is_last
        Where it takes an alert, the routes after it are not asked.
    """

    name: str
    receivers: tuple[str, ...]
    districts: frozenset[str] = frozenset()
    causes: frozenset[Cause] = frozenset()
    severity: Severity = Severity.INFO
    hours: Hours | None = None
    days: frozenset[str] = frozenset()
    level: int = 0
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Routes:
    """A whole routing file."""

    policy: Policy
    zone: ZoneInfo
    receivers: Mapping[str, Receiver]
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Whether a route takes an alert, and why not where it does not."""

    route: Route
    takes: bool
    why: str


def who_gets(
    routes: Routes, district_id: str, cause: Cause, severity: Severity, at: datetime, level: int = 0
) -> list[Match]:
    """Ask every route in turn whether it takes an alert.

    Parameters
    ----------
    routes
        The routing file.
    district_id, cause, severity
        Of the alert.
    at
        UTC; when it is paged.
    level
        Escalation level, 0 for the first page.

    Returns
    -------
    list of Match
        One a route, in order; those after a last one that takes it are not asked.
    """
    found: list[Match] = []
    for route in routes.routes:
        why = _refusal(route, district_id, cause, severity, at, level, routes.zone)
        found.append(Match(route, not why, why))
        if not why and route.is_last:
            break
    return found


def receivers_of(matches: Sequence[Match]) -> tuple[str, ...]:
    """Give the receivers of the routes that take it, each once, in order."""
    return tuple(dict.fromkeys(name for match in matches if match.takes for name in match.route.receivers))


def receivers_for(routes: Routes, alert: Alert, at: datetime, level: int = 0) -> tuple[str, ...]:
    """Give who is told of an alert."""
    return receivers_of(who_gets(routes, alert.setting.district_id, alert.cause, alert.severity, at, level))


def _refusal(
    route: Route,
    district_id: str,
    cause: Cause,
    severity: Severity,
    at: datetime,
    level: int,
    zone: ZoneInfo,
) -> str:
    if route.level != level:
        return f"is for escalation level {route.level}" if route.level else "is for the first page only"
    if route.districts and district_id not in route.districts:
        return f"takes districts {', '.join(sorted(route.districts))}"
    if route.causes and cause not in route.causes:
        return f"takes causes {', '.join(sorted(route.causes))}"
    if severity.rank < route.severity.rank:
        return f"takes {route.severity} and worse"
    if route.hours is not None and not route.hours.holds(at):
        return f"takes {route.hours} only"
    if route.days and DAYS[at.astimezone(zone).weekday()] not in route.days:
        return f"takes {', '.join(day for day in DAYS if day in route.days)} only"
    return ""
