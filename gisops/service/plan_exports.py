"""In which files does a plan leave the house? Each kind by its name; one way for the command and the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gisops.model.inventory import Inventory
from gisops.service.plan_bill_xlsx import write_bill
from gisops.service.plan_file import write_plan
from gisops.service.plan_gis import write_gpkg, write_kml
from gisops.service.plan_report import write_report

__all__ = ["EXPORTS", "write_all"]

_Write = Callable[[Mapping[str, Any], Inventory, Path], None]


def _plan(plan: Mapping[str, Any], _inventory: Inventory, path: Path) -> None:
    write_plan(plan, path)


EXPORTS: dict[str, _Write] = {
    "plan.json": _plan,
    "bill.xlsx": write_bill,
    "plan.gpkg": write_gpkg,
    "plan.kml": write_kml,
    "report.html": write_report,
}
"""By file name, who writes it."""


def write_all(plan: Mapping[str, Any], inventory: Inventory, folder: Path) -> list[Path]:
    """Write a plan and all its exports into a folder, made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, write in EXPORTS.items():
        write(plan, inventory, folder / name)
        files.append(folder / name)
    return files
