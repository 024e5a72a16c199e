"""Put routes into the fibre of an inventory: read, fit, merge, check the result, write both files or neither."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from gisops.errors import FibreFileError
from gisops.fibre.routes.fit import fit
from gisops.fibre.routes.offer import KINDS, FittedRecord, Known, KnownSpan, Note
from gisops.inventory.column_map import ColumnMap
from gisops.inventory.finding import Finding
from gisops.inventory.incoming import Incoming
from gisops.inventory.merge import Merged, merge_geojson
from gisops.inventory.raw import Raw
from gisops.inventory.read import GEOJSON_FILES, read_inventory
from gisops.inventory.text_file import read_text
from gisops.service.fibre_files import read_fibre_files
from gisops.service.layer_files import keep_in_log, new_problems, write_whole

__all__ = ["FibreImport", "FibreReport", "import_fibre"]

MOST_TOLERANCE_M = 500.0
"""Beyond this the next box is nearer than the true one."""


@dataclass(frozen=True, slots=True)
class FibreImport:
    """What comes in and how it is read.

    Parameters
    ----------
    paths
        Files, as :func:`gisops.service.fibre_files.read_fibre_files` takes them.
    tolerance_m
        How far from a node is still at it.
    layer, crs, columns
        Of files of other tools.
    """

    paths: tuple[Path, ...]
    tolerance_m: float = 5.0
    layer: str | None = None
    crs: str | None = None
    columns: ColumnMap | None = None


@dataclass(frozen=True, slots=True)
class FibreReport:
    """What an import of fibre read, did and refused.

    Parameters
    ----------
    read
        Features of the files.
    counts
        Notes by kind, those that did not occur included.
    nodes, spans
        Numbers ``added``, ``changed`` and ``unchanged`` by name.
    notes
        What was done with which feature, and why one was refused.
    problems
        Problems that the inventory would have with this fibre and has not without.
    written
        Whether the files were replaced.
    """

    sources: tuple[str, ...]
    target: str
    tolerance_m: float
    read: int
    counts: Mapping[str, int]
    nodes: Mapping[str, int]
    spans: Mapping[str, int]
    notes: tuple[Note, ...]
    problems: tuple[Finding, ...]
    written: bool


def import_fibre(
    order: FibreImport,
    folder: Path,
    *,
    now: Callable[[], datetime],
    force: bool = False,
    dry_run: bool = False,
    profiles: Mapping[str, str] | None = None,
) -> FibreReport:
    """Fit routes and nodes into the fibre of an inventory and merge them by id.

    Nothing is written where a feature is refused or the inventory would get a
    problem that it does not have now, unless ``force``; then what is usable is
    written. Both files are replaced in one step each, and neither before both are
    on the disk; ``imports.jsonl`` beside them keeps one line for each import.

    Raises
    ------
    FibreFileError, InventoryError, ConfigError
        Where a file cannot be read at all, or the tolerance cannot be meant.
    """
    if not 0.0 <= order.tolerance_m <= MOST_TOLERANCE_M:
        what = f"tolerance {order.tolerance_m:g} m cannot be meant"
        raise FibreFileError("--tolerance", what, f"give 0 to {MOST_TOLERANCE_M:g} m")
    files = read_fibre_files(order.paths, layer=order.layer, crs=order.crs, columns=order.columns)
    before = {table: _text(folder / GEOJSON_FILES[table]) for table in ("nodes", "spans")}
    fitted = fit(files.nodes, files.routes, _known(folder), order.tolerance_m)
    notes = (*files.notes, *fitted.notes)
    merged = {
        table: merge_geojson(
            table, str(folder / GEOJSON_FILES[table]), before[table], _incoming(records), replace=False
        )
        for table, records in (("nodes", fitted.nodes), ("spans", fitted.spans))
    }
    texts = {GEOJSON_FILES[table]: result.text for table, result in merged.items()}
    problems = new_problems(folder, texts, profiles)
    refused = any(note.kind == "refused" for note in notes)
    changes = any(result.added or result.changed for result in merged.values())
    written = changes and not dry_run and (force or not (refused or problems))
    report = FibreReport(
        sources=tuple(str(path) for path in order.paths),
        target=str(folder / "fibre_routes"),
        tolerance_m=order.tolerance_m,
        read=files.read,
        counts=dict(_counted(notes)),
        nodes=_numbers(merged["nodes"]),
        spans=_numbers(merged["spans"]),
        notes=notes,
        problems=problems,
        written=written,
    )
    if written:
        write_whole({folder / name: text for name, text in texts.items()})
        keep_in_log(folder, order.paths, asdict(report), now())
    return report


def _text(path: Path) -> str:
    return read_text(path) if path.exists() else ""


def _known(folder: Path) -> Known:
    """Give the fibre of an inventory as far as it can be read; the check says what cannot."""
    raw = read_inventory(folder) if folder.is_dir() else Raw(folder)
    nodes = {key: row.geometry for key, row in raw.by_id("nodes").items()}
    spans = {
        key: KnownSpan(row.values["start_id"], row.values["end_id"], row.geometry)
        for key, row in raw.by_id("spans").items()
        if row.values.get("start_id") in nodes and row.values.get("end_id") in nodes
    }
    return Known(nodes, spans)


def _incoming(records: Sequence[FittedRecord]) -> list[Incoming]:
    return [Incoming(record.place, record.id, record.values, record.geometry) for record in records]


def _numbers(merged: Merged) -> dict[str, int]:
    return {"added": len(merged.added), "changed": len(merged.changed), "unchanged": merged.unchanged}


def _counted(notes: Sequence[Note]) -> list[tuple[str, int]]:
    found = Counter(note.kind for note in notes)
    return [(kind, found[kind]) for kind in KINDS]
