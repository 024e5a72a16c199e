"""An inventory folder as an `Inventory`, or the first reason why it is none."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from gisops.errors import InventoryError
from gisops.inventory.check import check_inventory
from gisops.inventory.raw import Raw, Row
from gisops.model import inventory as model
from gisops.model.inventory import Inventory, Settings

__all__ = ["check_inventory", "load_inventory"]

Record = TypeVar("Record")


def load_inventory(folder: Path) -> Inventory:
    """Load an inventory that has no problem.

    Raises
    ------
    InventoryError
        With the first problem and how many more there are.
    """
    raw, findings = check_inventory(folder)
    if findings:
        first, more = findings[0], len(findings) - 1
        remedy = f"{first.remedy} ({more} more: gisops check inventory {folder})" if more else first.remedy
        raise InventoryError(first.place, first.what, remedy)
    return Inventory(
        settings=_record(Settings)(raw.tables["settings"][0]),
        districts=_keyed(raw, "districts", model.District),
        stations=_keyed(raw, "stations", model.Station),
        centres=_keyed(raw, "centres", model.Centre),
        feeders=_keyed(raw, "feeders", model.Feeder),
        sites=_keyed(raw, "sites", model.Site),
        boxes=_keyed(raw, "boxes", model.Box),
        cameras=_keyed(raw, "cameras", model.Camera),
        presets=_keyed(raw, "presets", model.Preset),
        nodes=_keyed(raw, "nodes", model.Node),
        spans=_keyed(raw, "spans", model.Span),
        places=_keyed(raw, "places", model.Place),
        roads=_keyed(raw, "roads", model.Road),
        coastline=tuple(row.geometry for row in raw.tables.get("coastline", [])),
        rivers=tuple(row.geometry for row in raw.tables.get("rivers", [])),
    )


def _record(kind: type[Record]) -> Callable[[Row], Record]:
    """Make records of one dataclass; a value that was not given takes the field's default."""
    names = {f.name for f in dataclasses.fields(kind)}  # type: ignore[arg-type]

    def make(row: Row) -> Record:
        values: dict[str, Any] = {n: v for n, v in row.values.items() if n in names and v is not None}
        if "geometry" in names:
            values["geometry"] = row.geometry
        return kind(**values)

    return make


def _keyed(raw: Raw, table: str, kind: type[Record]) -> dict[str, Record]:
    make = _record(kind)
    return {row.values["id"]: make(row) for row in raw.tables.get(table, [])}
