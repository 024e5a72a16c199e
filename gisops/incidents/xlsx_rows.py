"""The rows of the first sheet of an Excel workbook (ECMA-376), one at a time; only its shared texts are held."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import IO
from xml.etree import ElementTree as ET

from gisops.errors import IncidentError

__all__ = ["xlsx_rows"]

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SHEET = "xl/worksheets/sheet1.xml"
_MAX_TEXTS = 5_000_000
_MAX_BYTES = 8 << 30
# Built-in number formats that show a date or a time (ECMA-376 part 1, 18.8.30).
_DATES = frozenset({*range(14, 23), *range(45, 48)})
# Day 60 of the 1900 system is a 29 February that never was: counting from here is right for every later day.
_EPOCH_1900, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a sheet has no zone


def xlsx_rows(file: IO[bytes], place: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Give the rows below the first with the number of each; dates as ISO 8601 without an offset.

    Raises
    ------
    IncidentError
        Where it is no workbook, has no first sheet, or is larger than can be meant.
    """
    try:
        with zipfile.ZipFile(file) as book:
            if _SHEET not in book.namelist():
                raise IncidentError(place, "has no first sheet", "save it from Excel as .xlsx, or as CSV")
            if sum(part.file_size for part in book.infolist()) > _MAX_BYTES:
                raise IncidentError(place, "unpacks to more than 8 GB", "save it as CSV")
            yield from _sheet(book, place)
    except (zipfile.BadZipFile, ET.ParseError, EOFError, ValueError, KeyError, IndexError) as error:
        raise IncidentError(place, f"is no readable workbook ({error})", "save it again from Excel") from error


def _sheet(book: zipfile.ZipFile, place: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    texts = _shared(book, place)
    dates, epoch = _date_styles(book, place), _epoch(book, place)
    columns: dict[int, str] = {}
    number = 0
    for row in _elements(book, _SHEET, f"{_NS}row", place):
        number = int(row.get("r") or number + 1)
        values: dict[int, str] = {}
        at = -1
        for cell in row.iterfind(f"{_NS}c"):
            at = _column(cell.get("r") or "", at + 1)
            values[at] = _value(cell, texts, dates, epoch)
        row.clear()
        if not columns:
            columns = {at: text.strip() for at, text in values.items() if text.strip()}
        elif any(values.values()):
            yield number, {name: values.get(at, "") for at, name in columns.items()}
    if not columns:
        raise IncidentError(place, "has no first row", "begin with the names of the columns")


def _elements(book: zipfile.ZipFile, part: str, tag: str, place: str) -> Iterator[ET.Element]:
    """Give the elements of a tag as they end; what came before is forgotten."""
    with book.open(part) as stream:
        head = stream.read(1024)
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise IncidentError(place, "has a document type", "save it again from Excel")
    with book.open(part) as stream:
        root: ET.Element | None = None
        for event, element in ET.iterparse(stream, events=("start", "end")):  # noqa: S314 - no document type gets here
            if root is None:
                root = element
            if event == "end" and element.tag == tag:
                yield element
                if element is not root:
                    # Rows hang on sheetData, texts on the root: emptied, neither grows.
                    for parent in (root, *root):
                        if parent.tag in (f"{_NS}sheetData", f"{_NS}sst"):
                            parent.clear()


def _shared(book: zipfile.ZipFile, place: str) -> list[str]:
    part = "xl/sharedStrings.xml"
    if part not in book.namelist():
        return []
    texts = []
    for item in _elements(book, part, f"{_NS}si", place):
        texts.append("".join(run.text or "" for run in item.iter(f"{_NS}t")))
        if len(texts) > _MAX_TEXTS:
            raise IncidentError(place, f"more than {_MAX_TEXTS:,} different texts", "save it as CSV")
    return texts


def _date_styles(book: zipfile.ZipFile, place: str) -> frozenset[int]:
    part = "xl/styles.xml"
    if part not in book.namelist():
        return frozenset()
    own: set[int] = set()
    dated: set[int] = set()
    for sheet in _elements(book, part, f"{_NS}styleSheet", place):
        for form in sheet.iter(f"{_NS}numFmt"):
            code = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", form.get("formatCode") or "")
            if re.search(r"[ymdhs]", code, re.IGNORECASE):
                own.add(int(form.get("numFmtId") or 0))
        cells = sheet.find(f"{_NS}cellXfs")
        for style, form in enumerate(cells if cells is not None else ()):
            if int(form.get("numFmtId") or 0) in _DATES | own:
                dated.add(style)
    return frozenset(dated)


def _epoch(book: zipfile.ZipFile, place: str) -> datetime:
    for properties in _elements(book, "xl/workbook.xml", f"{_NS}workbookPr", place):
        if properties.get("date1904") in ("1", "true"):
            return _EPOCH_1904
    return _EPOCH_1900


def _column(reference: str, following: int) -> int:
    letters = re.match(r"[A-Z]+", reference)
    if letters is None:
        return following
    number = 0
    for letter in letters[0]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _value(cell: ET.Element, texts: list[str], dates: frozenset[int], epoch: datetime) -> str:
    kind = cell.get("t")
    if kind == "inlineStr":
        return "".join(run.text or "" for run in cell.iter(f"{_NS}t"))
    value = cell.findtext(f"{_NS}v") or ""
    if kind == "s" and value:
        return texts[int(value)]
    if kind == "e":
        return ""
    if value and kind in (None, "n") and int(cell.get("s") or 0) in dates:
        moment = epoch + timedelta(seconds=round(float(value) * 86400.0))
        return moment.isoformat(sep=" ")
    return value
