"""The rows of a CSV file, one at a time, whatever its size; its delimiter is found by the first line."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from typing import IO

from gisops.errors import IncidentError

__all__ = ["csv_columns", "csv_rows"]

_DELIMITERS = ",;\t|"


def csv_columns(text: IO[str], place: str) -> list[str]:
    """Read the first line.

    Raises
    ------
    IncidentError
        Where there is none, or two columns have one name.
    """
    return _header(text, place)[0]


def csv_rows(text: IO[str], place: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Give the rows of an open file with the number of the line each ends on.

    Parameters
    ----------
    text
        Opened with ``newline=""`` and ``errors="surrogateescape"``: a row that is not UTF-8 is refused, not the file.
    place
        Its name in errors.
    """
    columns, delimiter = _header(text, place)
    reader = csv.reader(text, delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # A field of more than 128 kB, or a quote that never ends: nothing after it can be told apart.
            raise IncidentError(place, f"line {reader.line_num + 1}: {error}", "correct the quotes there") from error
        if row:
            yield reader.line_num + 1, dict(zip(columns, row, strict=False))


def _header(text: IO[str], place: str) -> tuple[list[str], str]:
    line = text.readline(100_000)
    if not line.strip():
        raise IncidentError(place, "has no first line", "begin with the names of the columns")
    delimiter = max(_DELIMITERS, key=line.count)
    columns = [name.strip() for name in next(csv.reader([line], delimiter=delimiter))]
    twice = {name for name in columns if columns.count(name) > 1 and name}
    if twice:
        raise IncidentError(place, f"has two columns {min(twice)!r}", "give each column a name of its own")
    return columns, delimiter
