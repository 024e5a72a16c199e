"""What must be bought, in a workbook: bill of quantities, and lists of cameras, boxes, cables and trenches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from gisops.model.inventory import Inventory

__all__ = ["write_bill"]

_HEAD = PatternFill("solid", fgColor="1F3A56")
_MONEY = "#,##0"


def write_bill(plan: Mapping[str, Any], inventory: Inventory, path: Path) -> None:
    """Write the workbook; amounts are formulae, so that a price changed by hand carries through."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 - a new workbook has one
    sheet.title = "Bill of quantities"
    _bill(sheet, plan, inventory)
    _phases(book.create_sheet("Phases"), plan)
    for title, key, columns in (
        ("Cameras", "cameras", ("id", "phase", "model", "pole", "azimuth_deg", "tilt_deg", "hfov_deg", "height_m",
                                "box", "port", "cable_m", "power_w", "lon", "lat", "rupees")),
        ("Poles", "poles", ("id", "phase", "lon", "lat")),
        ("Boxes", "boxes", ("id", "phase", "pole", "cameras", "power_w", "lon", "lat")),
    ):  # fmt: skip
        _list(book.create_sheet(title), columns, plan[key])
    pieces = [{"number": n + 1, **piece} for n, piece in enumerate(plan["fibre"]["pieces"])]
    _list(book.create_sheet("Trenches"), ("number", "phase", "metres"), pieces)
    book.save(path)


def _bill(sheet: Worksheet, plan: Mapping[str, Any], inventory: Inventory) -> None:
    sheet.append([_safe(f"{plan['name']}: bill of quantities")])
    sheet["A1"].font = Font(bold=True, size=14)
    demo = "DEMO DATA. " if plan["demo"] else ""
    sheet.append([_safe(f"{demo}{inventory.settings.name}; made {plan['made_at']}; {plan['note']}")])
    sheet.append([])
    _head(sheet, ("Item", "Quantity", "Unit", "Rate, PKR", "Amount, PKR"))
    first = sheet.max_row + 1
    for line in plan["cost"]["lines"]:
        row = sheet.max_row + 1
        sheet.append([_safe(line["item"]), line["count"], line["unit"], line["each"], f"=B{row}*D{row}"])
    last = sheet.max_row
    sheet.append(["Total", None, None, None, f"=SUM(E{first}:E{last})"])
    sheet.append(["Budget", None, None, None, plan["budget"]])
    sheet.append(["Left over", None, None, None, f"=E{last + 2}-E{last + 1}"])
    for row in range(first, sheet.max_row + 1):
        for column in "BDE":
            sheet[f"{column}{row}"].number_format = _MONEY
    sheet[f"A{last + 1}"].font = sheet[f"E{last + 1}"].font = Font(bold=True)
    cables = sum(camera["cable_m"] for camera in plan["cameras"])
    sheet.append([])
    sheet.append(["Camera cable (in the camera's rate)", round(cables, 1), "m"])
    _widths(sheet, (44, 14, 8, 16, 18))


def _phases(sheet: Worksheet, plan: Mapping[str, Any]) -> None:
    _head(sheet, ("Phase", "Budget, PKR", "Cost, PKR", "Cameras", "Boxes", "Demand seen before", "after"))
    for phase in plan["phases"]:
        keys = ("name", "budget", "rupees", "cameras", "boxes", "value_before", "value_after")
        sheet.append([_safe(phase[key]) for key in keys])
        for column, shape in (("B", _MONEY), ("C", _MONEY), ("F", "0.00%"), ("G", "0.00%")):
            sheet[f"{column}{sheet.max_row}"].number_format = shape
    _widths(sheet, (24, 18, 18, 10, 10, 20, 10))


def _list(sheet: Worksheet, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    _head(sheet, columns)
    for row in rows:
        sheet.append([_safe(row[column]) for column in columns])
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    _widths(sheet, [max(11, len(column) + 3) if column != "model" else 30 for column in columns])


def _head(sheet: Worksheet, columns: Sequence[str]) -> None:
    sheet.append(list(columns))
    for cell in sheet[sheet.max_row]:
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _widths(sheet: Worksheet, widths: Sequence[float]) -> None:
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width


def _safe(value: object) -> Any:  # noqa: ANN401 - whatever a cell takes
    """Keep a text of the brief from being a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value
