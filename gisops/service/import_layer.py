"""Put official data into a layer of an inventory: read, merge, check the result, write it whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from gisops.errors import InventoryError
from gisops.inventory.column_map import ColumnMap, match_columns
from gisops.inventory.finding import Finding
from gisops.inventory.incoming import Incoming, incoming_rows
from gisops.inventory.merge import known_ids, merge_csv, merge_geojson
from gisops.inventory.official import Official, read_official, to_wgs84
from gisops.inventory.read import CSV_TABLES, file_of
from gisops.inventory.schema import schema
from gisops.inventory.text_file import read_text
from gisops.service.layer_files import keep_in_log, new_problems, write_whole

__all__ = ["LAYERS", "ImportReport", "Source", "import_layer"]

LAYERS = (*CSV_TABLES, "districts", "places", "roads", "nodes", "spans")
"""What can be imported."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a layer comes from, and how to read it.

    Parameters
    ----------
    path
        The official file.
    columns
        What the user says of its columns.
    layer, crs
        Layer of a file with several; coordinate reference system where the file does not say.
    """

    path: Path
    columns: ColumnMap
    layer: str | None = None
    crs: str | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import read, did and refused.

    Parameters
    ----------
    read, added, changed, unchanged, removed, refused
        Numbers of rows; ``unchanged`` counts records of the layer, ``refused`` rows of the file.
    ignored_columns
        Columns of the file that nothing of ours takes.
    findings
        Why rows were refused.
    problems
        Problems that the inventory would have with this layer and has not without.
    written
        Whether the file was replaced.
    """

    layer: str
    source: str
    target: str
    read: int
    added: int
    changed: int
    unchanged: int
    removed: int
    refused: int
    ignored_columns: tuple[str, ...]
    findings: tuple[Finding, ...]
    problems: tuple[Finding, ...]
    written: bool


def import_layer(
    table: str,
    source: Source,
    folder: Path,
    *,
    now: Callable[[], datetime],
    replace: bool = False,
    force: bool = False,
    dry_run: bool = False,
    profiles: Mapping[str, str] | None = None,
) -> ImportReport:
    """Merge official data into a layer by id, or replace the layer.

    Nothing is written where a row is refused or the inventory would get a
    problem that it does not have now, unless ``force``; then what is usable is
    written. The file is replaced in one step; ``imports.jsonl`` beside it keeps
    one line for each import.

    Parameters
    ----------
    table
        One of `LAYERS`.
    source
        The official file.
    folder
        The inventory folder; it is made where there is none.
    now
        Clock of the line in ``imports.jsonl``, in UTC.
    replace, force, dry_run
        Leave out records that do not come in; write in spite of problems; write nothing.
    profiles
        Kind of device by device profile, as for the check.

    Raises
    ------
    InventoryError
        Where the file or the layer cannot be read, or no column gives what new records need.
    ConfigError
        Where the column map names what is not there.
    """
    official = read_official(source.path, source.layer, source.crs)
    matched, ignored = match_columns(str(source.path), table, official.columns, source.columns)
    move = to_wgs84(str(source.path), source.crs) if source.crs else None
    usable, refused = incoming_rows(table, official, matched, move)
    target = folder / file_of(table)
    before = "" if replace and not _is_readable(target) else _text(target)
    known = known_ids(table, str(target), before)
    if official.rows:
        _need_columns(table, source.path, official, matched, usable, known)
    merged = (merge_csv if table in CSV_TABLES else merge_geojson)(
        table, str(target), before, usable, replace=replace
    )
    problems = new_problems(folder, {file_of(table): merged.text}, profiles)
    good = force or not (refused or problems)
    written = good and not dry_run and (merged.text != before)
    if written:
        write_whole({target: merged.text})
    report = ImportReport(
        layer=table,
        source=str(source.path),
        target=str(target),
        read=len(official.rows),
        added=len(merged.added),
        changed=len(merged.changed),
        unchanged=merged.unchanged,
        removed=len(merged.removed),
        refused=len({finding.place for finding in refused}),
        ignored_columns=ignored,
        findings=tuple(refused),
        problems=problems,
        written=written,
    )
    if written:
        keep_in_log(folder, [source.path], asdict(report), now())
    return report


def _text(path: Path) -> str:
    return read_text(path) if path.exists() else ""


def _is_readable(path: Path) -> bool:
    try:
        _text(path)
    except InventoryError:
        return False
    return True


def _need_columns(
    table: str,
    path: Path,
    official: Official,
    matched: ColumnMap,
    usable: list[Incoming],
    known: frozenset[str],
) -> None:
    """Say at once which columns new records need and nothing gives, not once for every row."""
    given = {*matched.columns, *matched.values, *(name for row in usable[:1] for name in row.values)}
    if table in ("nodes", "spans"):
        given.add("name")  # the standard asks for an id only
    if any(row.geometry is not None for row in official.rows):
        given |= {"lon", "lat"}
    missing = [column.name for column in schema()[table] if column.required and column.name not in given]
    if "id" in missing or (missing and any(row.id not in known for row in usable)):
        remedy = (
            f"say which in --map ([columns] or [values]); its columns are {', '.join(official.columns) or 'none'}"
        )
        raise InventoryError(str(path), f"no column gives {', '.join(missing)} of {table}", remedy)
