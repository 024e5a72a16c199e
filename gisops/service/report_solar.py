"""The solar report: what every panel gave on each local day, as rows. Pure over samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from gisops.health.power.estimate import Panel
from gisops.health.power.harvest import harvest_by_day
from gisops.health.profile import Profile
from gisops.model.inventory import Box, Inventory
from gisops.store.ports import Sample

__all__ = ["COLUMNS", "solar_rows", "solar_summary"]

COLUMNS = (
    "day",
    "box",
    "name",
    "contractor",
    "panel_w",
    "harvest_wh",
    "read_h",
    "daylight_read_pct",
    "share_of_clear_sky_pct",
)
_METRIC = "solar_power_w"


def solar_rows(
    inventory: Inventory, box: Box, samples: Sequence[Sample], profiles: Mapping[str, Profile]
) -> list[dict[str, Any]]:
    """Give a row a day of one box; none where it has no panel or nothing was read.

    Parameters
    ----------
    inventory
        Gives the time zone in which a day begins.
    box
        With its panel's rated power.
    samples
        Of the box, oldest first.
    profiles
        By name: they tell which value of a sample is the panel's power.
    """
    if not box.solar_w:
        return []
    place = {
        name: next((n for n, metric in enumerate(profile.metrics) if metric.name == _METRIC), None)
        for name, profile in profiles.items()
    }
    readings = [
        (sample.observed_at, sample.values[n] if n < len(sample.values) else None)
        for sample in samples
        if sample.answered and (n := place[sample.profile]) is not None
    ]
    zone = ZoneInfo(inventory.settings.time_zone)
    found = harvest_by_day(readings, Panel(box.solar_w, box.lon, box.lat), zone)
    return [
        {
            "day": day.day.isoformat(),
            "box": box.id,
            "name": box.name,
            "contractor": box.contractor,
            "panel_w": box.solar_w,
            "harvest_wh": round(day.energy_wh, 1),
            "read_h": round(day.observed_h, 2),
            "daylight_read_pct": round(100 * day.daylight_share, 1),
            "share_of_clear_sky_pct": None
            if day.share_of_clear_sky is None
            else round(100 * day.share_of_clear_sky, 1),
        }
        for day in found
    ]


def solar_summary(inventory: Inventory, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Add the days up."""
    return {
        "panels": sum(1 for box in inventory.boxes.values() if box.solar_w),
        "panels_read": len({row["box"] for row in rows}),
        "harvest_kwh": round(sum(row["harvest_wh"] for row in rows) / 1000, 3),
    }
