"""Files of incidents for tests: a map, and rows as a control room's log has them."""

from __future__ import annotations

from pathlib import Path

__all__ = ["CAD_MAP", "write_cad", "write_map"]

CAD_MAP = """
source = "cad"
time_zone = "Asia/Karachi"
time_format = "%d/%m/%Y %H:%M"

[columns]
id = "CASE_NO"
occurred_at = "REPORTED"
category = "OFFENCE"
lon = "LONG"
lat = "LAT"
place = "LOCATION"

[categories]
"Mobile Chheena" = "street_robbery"
"""


def write_map(path: Path, text: str = CAD_MAP) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def write_cad(path: Path, rows: list[str]) -> Path:
    path.write_text("\n".join(["CASE_NO,REPORTED,OFFENCE,LONG,LAT,LOCATION", *rows]) + "\n", encoding="utf-8")
    return path
