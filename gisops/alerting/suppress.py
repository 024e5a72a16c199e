"""What keeps a page from being opened for an alert, in words; it keeps nothing else from happening."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from gisops.alerting.alert import GUARDED, NARROW, Alert
from gisops.alerting.happening import Book
from gisops.alerting.policy import Policy
from gisops.alerting.silence import Silence
from gisops.model.maintenance import MaintenanceWindow
from gisops.model.membership import GroupKind

__all__ = ["inhibitors", "suppressions"]


def inhibitors(alerts: Iterable[Alert]) -> dict[str, str]:
    """Give for every live alert whose root depends on that of another one the id of that other.

    Of two that depend on each other the earlier holds the later.
    """
    by_root: dict[str, list[Alert]] = {}
    live = [alert for alert in alerts if alert.is_live]
    for alert in live:
        by_root.setdefault(alert.root_id, []).append(alert)
    found: dict[str, Alert] = {}
    for parent in live:
        for root in by_root.keys() & parent.setting.scope:
            for child in by_root[root]:
                is_mutual = parent.root_id in child.setting.scope
                if child is parent or (is_mutual and _age(child) < _age(parent)):
                    continue
                if child.id not in found or _age(parent) < _age(found[child.id]):
                    found[child.id] = parent
    return {child: parent.id for child, parent in found.items()}


def suppressions(book: Book, now: datetime) -> dict[str, tuple[str, ...]]:
    """Give for every live alert what suppresses it at a moment, in words; nothing for one that nothing does."""
    held_by = inhibitors(book.alerts.values())
    silences = [s for s in book.silences.values() if s.holds(now)]
    windows = [w for w in book.windows.values() if w.holds(now)]
    found = {}
    for alert in book.alerts.values():
        if alert.is_live and (reasons := _reasons(alert, silences, windows, held_by, book.policy, now)):
            found[alert.id] = reasons
    return found


def _reasons(
    alert: Alert,
    silences: Iterable[Silence],
    windows: Iterable[MaintenanceWindow],
    held_by: Mapping[str, str],
    policy: Policy,
    now: datetime,
) -> tuple[str, ...]:
    reasons = [
        f"silence {s.id} by {s.by} until {s.ends_at.isoformat()}: {s.reason}" for s in silences if s.covers(alert)
    ]
    reasons += [
        f"maintenance {w.id} by {w.by} until {w.ends_at.isoformat()}" + (f": {w.note}" if w.note else "")
        for w in windows
        if (w.scope is GroupKind.ALL or (w.scope, w.scope_id) in alert.setting.groups)
        and (alert.cause not in GUARDED or w.scope in NARROW)
    ]
    if alert.cause in GUARDED:
        return tuple(reasons)
    if alert.id in held_by:
        reasons.append(f"alert {held_by[alert.id]}, on which it depends")
    if policy.quiet is not None and policy.quiet.holds(now) and alert.severity.rank < policy.quiet_below.rank:
        reasons.append(f"quiet hours {policy.quiet}")
    return tuple(reasons)


def _age(alert: Alert) -> tuple[datetime, str]:
    return (alert.opened_at, alert.id)
