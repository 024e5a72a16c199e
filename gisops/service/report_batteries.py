"""The battery report: every box with its runs on battery, measured autonomy and lost capacity, as rows. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from gisops.health.power.ranking import CONTRACT_H, BatteryRank, rank_batteries
from gisops.health.power.record import histories
from gisops.model.event import Event
from gisops.model.inventory import Inventory

__all__ = ["COLUMNS", "battery_rows", "battery_summary"]

COLUMNS = (
    "rank",
    "box",
    "name",
    "district",
    "contractor",
    "episodes",
    "darknesses",
    "autonomy_h",
    "autonomy_is",
    "share_of_contract_pct",
    "contract",
    "projected_h",
    "usable_wh",
    "rated_wh",
    "lost_pct",
    "last_on_battery",
)


def battery_rows(
    inventory: Inventory, events: Iterable[Event], contract_h: float = CONTRACT_H
) -> list[dict[str, Any]]:
    """Give a row a box, the one that lost most of its capacity first, those nobody measured last.

    Parameters
    ----------
    inventory
        Gives boxes, their labels and contractors.
    events
        The log's measured runs on battery, in log order.
    contract_h
        Hours a box has to last.
    """
    runs = histories(events)
    return [
        _row(inventory, found, max((e.ended_low for e in runs.get(found.box_id, ())), default=None))
        for found in rank_batteries(inventory.boxes.values(), runs, contract_h)
    ]


def battery_summary(rows: list[dict[str, Any]], contract_h: float = CONTRACT_H) -> dict[str, Any]:
    """Count the rows by how they stand with the contract."""
    return {
        "boxes": len(rows),
        "measured": sum(row["episodes"] > 0 for row in rows),
        "contract_h": contract_h,
        "met": sum(row["contract"] == "met" for row in rows),
        "missed": sum(row["contract"] == "missed" for row in rows),
        "open": sum(row["contract"] == "open" for row in rows),
        "ranked": sum(row["rank"] is not None for row in rows),
    }


def _row(inventory: Inventory, found: BatteryRank, last: datetime | None) -> dict[str, Any]:
    box = inventory.boxes[found.box_id]
    site = inventory.sites.get(box.site_id)
    district = inventory.districts.get(site.district_id) if site else None
    verdict = {True: "met", False: "missed", None: "open"}[found.is_met]
    return {
        "rank": found.rank,
        "box": box.id,
        "name": box.name,
        "district": district.name if district else None,
        "contractor": box.contractor,
        "episodes": found.episodes,
        "darknesses": found.darknesses,
        "autonomy_h": _rounded(found.autonomy_h, 2),
        "autonomy_is": None if found.autonomy_h is None else "at least" if found.is_at_least else "measured",
        "share_of_contract_pct": _rounded(found.share, 3, 100.0),
        "contract": None if found.autonomy_h is None else verdict,
        "projected_h": _rounded(found.projected_h, 2),
        "usable_wh": _rounded(found.usable_wh, 0),
        "rated_wh": found.rated_wh,
        "lost_pct": _rounded(found.lost_share, 3, 100.0),
        "last_on_battery": last.isoformat() if last else None,
    }


def _rounded(value: float | None, digits: int, scale: float = 1.0) -> float | None:
    return None if value is None else round(round(value, digits) * scale, 6)
