"""What was read so far, value by value with the place of each, and every complaint about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gisops.inventory.finding import Finding

__all__ = ["Raw", "Row"]


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its place, its typed values, and its geometry if it has one."""

    place: str
    values: Mapping[str, Any]
    geometry: Any = None


@dataclass
class Raw:
    """Everything that was read, and everything that was wrong with it.

    Parameters
    ----------
    folder
        The inventory folder; places in findings begin with it.
    overlay
        Texts that stand for files of the folder, by relative name: an inventory
        can be checked as it would be after a file is replaced.
    tables
        Records by table; a table whose file could not be read is not in it.
    refused
        Ids, by table, of records that could not be read: they exist, so what
        refers to them is not dangling.
    findings
        What was wrong.
    """

    folder: Path
    overlay: Mapping[str, str] = field(default_factory=dict)
    tables: dict[str, list[Row]] = field(default_factory=dict)
    refused: dict[str, set[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def rows(self, table: str) -> list[Row]:
        """Give the records of a table; none where it was not read."""
        return self.tables.get(table, [])

    def by_id(self, table: str) -> dict[str, Row]:
        """Give the records of a table that have an id, the last of several by the same."""
        return {row.values["id"]: row for row in self.rows(table) if row.values.get("id")}

    def complain(self, rule: str, place: str, what: str, remedy: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(place, what, remedy, rule))
