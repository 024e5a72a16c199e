"""The inspection report: every box with its due day, days overdue and seal, as rows. Pure over an inventory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gisops.health.inspections import InspectionState, Seal, inspections
from gisops.model.inventory import Box, Inventory

__all__ = ["COLUMNS", "inspection_rows", "inspection_summary"]

COLUMNS = (
    "box",
    "name",
    "district",
    "contractor",
    "state",
    "inspected_on",
    "due_on",
    "overdue_days",
    "seal",
    "seal_no",
    "seal_before",
    "in_order",
)


def inspection_rows(
    inventory: Inventory, now: datetime, before: Mapping[str, Box] | None = None
) -> list[dict[str, Any]]:
    """Give a row a box, the one that waits longest first.

    Parameters
    ----------
    inventory
        Its settings give the interval and the zone in which a day begins.
    now
        UTC.
    before
        Boxes of an earlier inventory by id: a seal that differs from it is ``changed``.
    """
    settings = inventory.settings
    today = now.astimezone(ZoneInfo(settings.time_zone)).date()
    rows = []
    for found in inspections(inventory.boxes.values(), today, settings.inspection_interval_days, before):
        box = inventory.boxes[found.box_id]
        site = inventory.sites.get(box.site_id)
        district = inventory.districts.get(site.district_id) if site else None
        rows.append(
            {
                "box": box.id,
                "name": box.name,
                "district": district.name if district else None,
                "contractor": box.contractor,
                "state": str(found.state),
                "inspected_on": box.inspected_on.isoformat() if box.inspected_on else None,
                "due_on": found.due_on.isoformat() if found.due_on else None,
                "overdue_days": found.overdue_days,
                "seal": str(found.seal),
                "seal_no": found.seal_no,
                "seal_before": found.seal_before,
                "in_order": found.is_in_order,
            }
        )
    return rows


def inspection_summary(rows: list[dict[str, Any]]) -> dict[str, int]:
    """Count the rows by what is wrong with them."""
    return {
        "boxes": len(rows),
        "overdue": sum(row["state"] == InspectionState.OVERDUE for row in rows),
        "never_inspected": sum(row["state"] == InspectionState.NEVER for row in rows),
        "seal_missing": sum(row["seal"] == Seal.MISSING for row in rows),
        "seal_changed": sum(row["seal"] == Seal.CHANGED for row in rows),
        "in_order": sum(row["in_order"] for row in rows),
    }
