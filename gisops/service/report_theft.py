"""The theft report: every box that was taken or opened in a period, with when, where and what went with it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from gisops.health.availability import Span
from gisops.model.event import Event, EventKind
from gisops.model.inventory import Box, Inventory
from gisops.model.outage import Cause, Outage

__all__ = ["COLUMNS", "theft_rows"]

COLUMNS = ("outage", "cause", "box", "name", "district", "contractor", "opened_at", "closed_at", "hours", "cameras")


def theft_rows(inventory: Inventory, events: Iterable[Event], period: Span) -> list[dict[str, Any]]:
    """Give a row for each outage that was opened in a period and judged a theft or tampering, the latest first.

    Parameters
    ----------
    inventory
        Gives boxes, their districts and contractors; what is not in it any more has none.
    events
        Outages opened, updated and closed, in log order: the last word on each counts.
    period
        From and to; the end is not in it.
    """
    last: dict[str, Outage] = {}
    for event in events:
        if event.kind in (EventKind.OUTAGE_OPENED, EventKind.OUTAGE_UPDATED, EventKind.OUTAGE_CLOSED):
            last[event.subject] = Outage.from_json(event.payload)
    found = [
        outage
        for outage in last.values()
        if outage.likeliest in (Cause.THEFT, Cause.TAMPER) and period[0] <= outage.opened_at < period[1]
    ]
    return [_row(inventory, outage, period[1]) for outage in sorted(found, key=lambda o: (o.opened_at, o.id))[::-1]]


def _row(inventory: Inventory, outage: Outage, until: datetime) -> dict[str, Any]:
    box = _box_of(inventory, outage.root_id)
    site = inventory.sites.get(box.site_id) if box else None
    district = inventory.districts.get(site.district_id) if site else None
    lasted = (outage.closed_at or until) - outage.opened_at
    return {
        "outage": outage.id,
        "cause": str(outage.likeliest),
        "box": box.id if box else outage.root_id,
        "name": box.name if box else None,
        "district": district.name if district else None,
        "contractor": box.contractor if box else None,
        "opened_at": outage.opened_at.isoformat(),
        "closed_at": outage.closed_at.isoformat() if outage.closed_at else None,
        "hours": round(lasted.total_seconds() / 3600.0, 2),
        "cameras": sum(member in inventory.cameras for member in outage.member_ids),
    }


def _box_of(inventory: Inventory, device_id: str) -> Box | None:
    camera = inventory.cameras.get(device_id)
    return inventory.boxes.get(camera.box_id if camera else device_id)
