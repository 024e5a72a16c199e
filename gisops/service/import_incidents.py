"""Put a file of incidents into the database: row by row, in bounded memory, and on from where it was cut off.

Refused lines go into a file of their own with the reason for each; it holds line numbers and reasons, not rows,
because rows may hold what must not be copied.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Any, Protocol

from gisops.errors import ConfigError, IncidentError, InventoryError
from gisops.incidents.cap_rows import CAP_COLUMNS, cap_rows
from gisops.incidents.csv_rows import csv_columns, csv_rows
from gisops.incidents.gazetteer import Gazetteer, entries_of
from gisops.incidents.geojson_rows import LAT, LON, geojson_rows
from gisops.incidents.mapping import ColumnMap, parse_mapping
from gisops.incidents.record import Incident, Reference
from gisops.incidents.row import Bounds, Refused, RowReader
from gisops.incidents.taxonomy import Taxonomy, parse_taxonomy, shipped_taxonomy
from gisops.incidents.xlsx_rows import xlsx_rows
from gisops.inventory.text_file import read_text
from gisops.model.inventory import Inventory
from gisops.store.incident_writer import Checkpoint, Merging

__all__ = ["IncidentReport", "Writing", "bounds_of", "import_incidents", "taxonomy_of"]

BATCH = 5_000
"""Rows a transaction: what a kill costs at most, and what memory holds at once."""
_AROUND_DEG = 0.05

Row = tuple[int, Mapping[str, str]]


class Writing(Protocol):
    """Where incidents go."""

    def checkpoint(self, key: str) -> Checkpoint | None:
        """Give how far a file has been read."""
        ...

    def declare_references(self, retain_days: Mapping[str, int]) -> None:
        """Say for how many days each kind of reference is kept."""
        ...

    def write_incidents(
        self, batch: list[Incident], merging: Merging, then: Mapping[str, int], mark: Checkpoint
    ) -> dict[str, int]:
        """Write a batch and its checkpoint."""
        ...

    def write_references(self, batch: list[Reference], then: Mapping[str, int], mark: Checkpoint) -> dict[str, int]:
        """Write a batch and its checkpoint."""
        ...


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """What became of a file's rows.

    Parameters
    ----------
    resumed_at
        Row after which it went on; 0 where it began at the beginning.
    read, new, merged, changed, same, refused
        Rows: all; new incidents; joined to another system's; corrections; known already; refused.
    rejects
        File of the refused lines; ``None`` where there are none.
    """

    file: str
    source: str
    resumed_at: int
    read: int
    new: int
    merged: int
    changed: int
    same: int
    refused: int
    rejects: str | None


def taxonomy_of(folder: Path) -> Taxonomy:
    """Give the taxonomy that holds for an inventory folder: the shipped one, under its ``incidents.toml``."""
    own = folder / "incidents.toml"
    shipped = shipped_taxonomy()
    return parse_taxonomy(read_text(own), str(own), shipped) if own.exists() else shipped


def bounds_of(inventory: Inventory) -> Bounds:
    """Give the box around all districts, and a few kilometres more."""
    boxes = [district.geometry.bounds for district in inventory.districts.values()]
    if not boxes:
        raise InventoryError(inventory.settings.name, "has no districts", "import them: incidents lie in one")
    west, south, east, north = zip(*boxes, strict=True)
    return min(west) - _AROUND_DEG, min(south) - _AROUND_DEG, max(east) + _AROUND_DEG, max(north) + _AROUND_DEG


def import_incidents(
    file: Path,
    mapping: Path,
    inventory: tuple[Path, Inventory],
    writer: Writing,
    now: Callable[[], datetime],
    rejects: Path | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> IncidentReport:
    """Import a file; one that was cut off goes on after its last batch.

    Parameters
    ----------
    file
        CSV, XLSX, GeoJSON (a collection, or a feature a line) or CAP 1.2, told by its name and beginning.
    mapping
        Column map.
    inventory
        Its folder and what it holds.
    writer
        The database.
    now
        UTC.
    rejects
        Where refused lines go; ``FILE.rejects.csv`` by default.
    progress
        Told the rows done.

    Raises
    ------
    IncidentError, ConfigError
        Where the file or the map cannot be read at all.
    StoreError
        Where the database cannot be written to; the next import goes on from there.
    """
    folder, city = inventory
    columns = _mapping(mapping)
    began = now()
    key = _key(file, mapping)
    known = writer.checkpoint(key)
    mark = Checkpoint(key, str(file), columns.source, 0, {}, 0, began)
    if known is not None and known.finished_at is None:
        mark = replace(known, file=str(file))
    taxonomy = taxonomy_of(folder)
    if columns.is_references:
        writer.declare_references({name: kind.retain_days for name, kind in taxonomy.references.items()})
    reader = RowReader(columns, taxonomy, Gazetteer(entries_of(city)), bounds_of(city), began)
    target = rejects or file.with_name(f"{file.name}.rejects.csv")
    kept = {name: timedelta(days=kind.retain_days) for name, kind in taxonomy.references.items()}
    resumed_at = mark.last_row
    with _Refusals(target, mark.reject_bytes) as refusals:
        rows = (row for row in _rows(file, columns) if row[0] > resumed_at)
        while batch := list(islice(rows, BATCH)):
            incidents: list[Incident] = []
            references: list[Reference] = []
            for number, row in batch:
                record = reader.read(row)
                if isinstance(record, Reference) and record.occurred_at < began - kept[record.kind]:
                    record = Refused(f"older than {record.kind} is kept ({kept[record.kind].days} days)")
                if isinstance(record, Refused):
                    refusals.add(number, record.reason)
                elif isinstance(record, Incident):
                    incidents.append(record)
                else:
                    references.append(record)
            refused = len(batch) - len(incidents) - len(references)
            then = {**mark.counts, "read": mark.counts.get("read", 0) + len(batch)}
            then["refused"] = then.get("refused", 0) + refused
            mark = replace(mark, last_row=batch[-1][0], reject_bytes=refusals.sync())
            mark = replace(mark, counts=_write(writer, incidents, references, columns, then, mark))
            progress(mark.counts["read"], 0)
        done = replace(mark, finished_at=now())
        _write(writer, [], [], columns, mark.counts, done)
    counts = {name: mark.counts.get(name, 0) for name in ("read", "new", "merged", "changed", "same", "refused")}
    if not counts["refused"]:
        target.unlink(missing_ok=True)
    return IncidentReport(
        str(file), columns.source, resumed_at, rejects=str(target) if counts["refused"] else None, **counts
    )


def _write(
    writer: Writing,
    incidents: list[Incident],
    references: list[Reference],
    columns: ColumnMap,
    then: Mapping[str, int],
    mark: Checkpoint,
) -> dict[str, int]:
    if columns.is_references:
        return writer.write_references(references, then, mark)
    merging = Merging(columns.source, columns.merge_m, 60.0 * columns.merge_minutes)
    return writer.write_incidents(incidents, merging, then, mark)


def _mapping(path: Path) -> ColumnMap:
    try:
        return parse_mapping(read_text(path), str(path))
    except InventoryError as error:
        raise ConfigError(error.place, error.what, "name the map with --mapping FILE") from error


def _key(file: Path, mapping: Path) -> str:
    """Tell one file under one map from every other: by what they hold, not by what they are called."""
    digest = hashlib.sha256(mapping.read_bytes())
    try:
        with file.open("rb") as stream:
            while part := stream.read(1 << 20):
                digest.update(part)
    except OSError as error:
        raise IncidentError(str(file), f"cannot be read ({error.strerror})", "see that it is there") from error
    return digest.hexdigest()


def _rows(file: Path, columns: ColumnMap) -> Iterator[Row]:
    place = str(file)
    with file.open("rb") as stream:
        head = stream.read(4096)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if zipfile.is_zipfile(file):
        with file.open("rb") as stream:
            yield from _checked(xlsx_rows(stream, place), columns, place)
    elif text.startswith(b"<"):
        _need(columns, CAP_COLUMNS, place)
        with file.open("rb") as stream:
            yield from cap_rows(stream, place)
    elif text.startswith(b"{"):
        with _text(file) as stream_text:
            yield from _with_point(geojson_rows(stream_text, place), columns)
    else:
        with _text(file) as stream_text:
            _need(columns, csv_columns(stream_text, place), place)
        with _text(file) as stream_text:
            yield from csv_rows(stream_text, place)


def _text(file: Path) -> IO[str]:
    return file.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _with_point(rows: Iterator[Row], columns: ColumnMap) -> Iterator[Row]:
    """Give features their point under the names the map has, where it names none of their properties."""
    names = {"lon": columns.columns.get("lon", ""), "lat": columns.columns.get("lat", "")}
    for number, row in rows:
        point = {names[ours]: row[key] for ours, key in (("lon", LON), ("lat", LAT)) if key in row and names[ours]}
        yield number, {**row, **{name: value for name, value in point.items() if not row.get(name)}}


def _checked(rows: Iterator[Row], columns: ColumnMap, place: str) -> Iterator[Row]:
    for first, (number, row) in enumerate(rows):
        if first == 0:
            _need(columns, list(row), place)
        yield number, row


def _need(columns: ColumnMap, theirs: Any, place: str) -> None:  # noqa: ANN401 - any sequence of names
    for ours, name in columns.columns.items():
        if name not in theirs:
            raise ConfigError(
                place, f"has no column {name!r} for {ours}", f"its columns are {', '.join(theirs) or 'none'}"
            )


class _Refusals:
    """The file of refused lines: cut to what belongs to the batches that are in, then added to."""

    def __init__(self, path: Path, length: int) -> None:
        self._path, self._length = path, length

    def __enter__(self) -> _Refusals:
        there = self._path.exists() and self._length > 0
        self._file = self._path.open("r+b" if there else "w+b")
        self._file.truncate(self._length if there else 0)
        self._file.seek(0, os.SEEK_END)
        if not there:
            self._write("line", "reason")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, line: int, reason: str) -> None:
        self._write(str(line), reason)

    def sync(self) -> int:
        """Have everything on the disk; give the length."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def _write(self, *fields: str) -> None:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(fields)
        self._file.write(line.getvalue().encode("utf-8", "replace"))
