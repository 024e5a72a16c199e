"""What does an event of the log mean for the alerts. Pure."""

from __future__ import annotations

from datetime import datetime

from gisops.alerting.happening import (
    Acknowledged,
    Assigned,
    Happening,
    OutageSeen,
    SilenceAdded,
    SilenceEnded,
    WindowCancelled,
    WindowPlanned,
)
from gisops.alerting.silence import Silence
from gisops.model.event import Event, EventKind
from gisops.model.maintenance import MaintenanceWindow
from gisops.model.outage import Outage
from gisops.service.alert_setting import City

__all__ = ["happening_of"]

_OUTAGE = frozenset({EventKind.OUTAGE_OPENED, EventKind.OUTAGE_UPDATED, EventKind.OUTAGE_CLOSED})


def happening_of(event: Event, city: City) -> Happening | None:
    """Give what an event means for the alerts; ``None`` for nothing."""
    payload, kind = event.payload, event.kind
    if kind in _OUTAGE:
        outage = Outage.from_json(payload)
        return OutageSeen(outage, city.setting_of(outage))
    if kind is EventKind.OUTAGE_ACKNOWLEDGED:
        return Acknowledged(event.subject, payload["by"])
    if kind is EventKind.ALERT_ASSIGNED:
        return Assigned(event.subject, payload["to"], payload["by"])
    if kind is EventKind.SILENCE_ADDED:
        return SilenceAdded(Silence.from_json(payload))
    if kind is EventKind.SILENCE_ENDED:
        return SilenceEnded(event.subject, datetime.fromisoformat(payload["ends_at"]), payload["by"])
    if kind is EventKind.MAINTENANCE_PLANNED:
        return WindowPlanned(MaintenanceWindow.from_json(payload))
    if kind is EventKind.MAINTENANCE_CANCELLED:
        return WindowCancelled(event.subject, datetime.fromisoformat(payload["ends_at"]))
    return None
