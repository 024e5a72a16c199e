"""What rows does a CSV text have? Commas, Excel's semicolons or tabs; any line ends."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

__all__ = ["CsvText", "parse_csv"]

_DELIMITERS = ",;\t"


@dataclass
class CsvText:
    """A parsed CSV text.

    Parameters
    ----------
    header
        Column names without blanks around them; empty for an empty text.
    rows
        Line number (1 is the first line of the text, of several the last) and cells.
    broken_at, broken
        Line at which it stops to be CSV, and why (``None``: it does not).
    """

    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    header_line: int = 1
    broken_at: int = 0
    broken: str | None = None


def parse_csv(text: str) -> CsvText:
    r"""Split a CSV text into cells; empty lines are left out.

    Examples
    --------
    >>> parse_csv("id;name\r\nA;Saddar, west\r\n").rows
    [(2, ['A', 'Saddar, west'])]
    """
    parsed = CsvText()
    first = text.partition("\n")[0].strip()
    skip = first.lower().startswith("sep=")  # how Excel marks its delimiter
    delimiter = first[4:5] if skip and first[4:5] else _delimiter_of(first)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells) or (skip and reader.line_num == 1):
                continue
            if parsed.header:
                parsed.rows.append((reader.line_num, cells))
            else:
                parsed.header = [name.strip() for name in cells]
                parsed.header_line = reader.line_num
    except csv.Error as error:
        parsed.broken_at, parsed.broken = reader.line_num, str(error)
    return parsed


def _delimiter_of(header: str) -> str:
    """Choose what separates most names of the header."""
    return max(_DELIMITERS, key=header.count)
