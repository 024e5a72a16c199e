"""What does a file of official data hold? CSV, GeoJSON, GeoPackage, Shapefile, KML or KMZ, brought to WGS 84.

Nothing is judged here: every row keeps its own column names, and its place in
the file, for the column map and the schema to make sense of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from gisops.errors import InventoryError
from gisops.inventory.csv_text import parse_csv
from gisops.inventory.kmz import read_kmz
from gisops.inventory.schema import nearest
from gisops.inventory.text_file import read_text

__all__ = ["Official", "OfficialRow", "official_layers", "read_official", "to_wgs84"]

_BY_GDAL = frozenset({".geojson", ".json", ".gpkg", ".shp", ".kml", ".kmz"})
_BY_US = frozenset({".csv", ".txt", ".tsv"})
_POINTS_ELSEWHERE = b"<OGRVRTDataSource"
"""A GDAL description of other sources, which may be anywhere; not data."""


@dataclass(frozen=True, slots=True)
class OfficialRow:
    """One row: its place, its values by the file's own names (missing ones left out), its geometry in WGS 84."""

    place: str
    values: Mapping[str, Any]
    geometry: Any = None


@dataclass(frozen=True, slots=True)
class Official:
    """A file of official data: its own column names and its rows."""

    columns: tuple[str, ...]
    rows: tuple[OfficialRow, ...]


def read_official(path: Path, layer: str | None = None, crs: str | None = None) -> Official:
    """Read a file of official data.

    Parameters
    ----------
    path
        The file; its ending says what it is.
    layer
        Layer of a file with several.
    crs
        Coordinate reference system, where the file does not say (a Shapefile
        without its ``.prj``) or says it wrongly; columns of a CSV file are left as they are.

    Raises
    ------
    InventoryError
        Where it cannot be read, its kind is not known, or its coordinate
        reference system is not known.
    """
    ending = path.suffix.lower()
    if ending in _BY_US:
        return _read_csv(path)
    if ending not in _BY_GDAL:
        kinds = ", ".join(sorted(_BY_GDAL | _BY_US))
        raise InventoryError(str(path), f"is of no kind that can be read ({ending or 'no ending'})", f"use {kinds}")
    return _read_vector(path, layer, crs)


def official_layers(path: Path) -> tuple[str, ...]:
    """Give the names of the layers of a file; one without a name for a CSV file.

    Raises
    ------
    InventoryError
        Where it cannot be read.
    """
    if path.suffix.lower() in _BY_US:
        return ("",)
    import pyogrio  # noqa: PLC0415 - as below

    with _said_in_one_line(path):
        return tuple(str(name) for name, _ in pyogrio.list_layers(_source(path)))


def to_wgs84(place: str, crs: str) -> Transformer:
    """Give the way from a coordinate reference system to WGS 84 longitude and latitude.

    Raises
    ------
    InventoryError
        Where there is no such system.
    """
    try:
        return Transformer.from_crs(CRS.from_user_input(crs), "EPSG:4326", always_xy=True)
    except CRSError as error:
        what = f"{crs!r} is not a coordinate reference system"
        raise InventoryError(place, what, "write it as EPSG:32642") from error


def _read_csv(path: Path) -> Official:
    parsed = parse_csv(read_text(path))
    if parsed.broken is not None:
        raise InventoryError(f"{path}:{parsed.broken_at}", f"is not CSV ({parsed.broken})", "check its quotes")
    if not parsed.header:
        raise InventoryError(str(path), "is empty", "export it again")
    rows = []
    for line, cells in parsed.rows:
        if len(cells) != len(parsed.header):
            what = f"{len(cells)} cells, {len(parsed.header)} columns"
            raise InventoryError(f"{path}:{line}", what, "put cells with commas in quotes")
        values = {name: cell for name, cell in zip(parsed.header, cells, strict=True) if cell.strip()}
        rows.append(OfficialRow(f"{path}:{line}", values))
    return Official(tuple(parsed.header), tuple(rows))


def _read_vector(path: Path, layer: str | None, crs: str | None) -> Official:
    import pyogrio.raw  # noqa: PLC0415 - GDAL takes longer to load than a whole check of an inventory

    layers = official_layers(path)
    if layer is None and len(layers) > 1:
        raise InventoryError(str(path), f"has layers {', '.join(layers)}", "choose one with --layer")
    if layer is not None and layer not in layers:
        remedy = nearest(layer, layers, f"use one of {', '.join(layers)}")
        raise InventoryError(str(path), f"has no layer {layer!r}", remedy)
    with _said_in_one_line(path):
        meta, _, geometry, fields = pyogrio.raw.read(_source(path), layer=layer, force_2d=True)
    names = tuple(str(name) for name in meta["fields"])
    shapes = shapely.from_wkb(geometry) if geometry is not None else np.full(len(fields[0]) if fields else 0, None)
    found = crs or meta["crs"]
    if found is None and any(g is not None for g in shapes):
        raise InventoryError(
            str(path), "does not say its coordinate reference system", "name it with --crs, such as --crs EPSG:32642"
        )
    if found is not None:
        shapes = _moved(to_wgs84(str(path), str(found)), shapes)
    return Official(names, tuple(_rows(path, names, fields, shapes)))


def _source(path: Path) -> Path | bytes:
    """Give what GDAL is to read: the file, or what is packed in it."""
    if path.suffix.lower() == ".kmz":
        return read_kmz(path)
    with path.open("rb") as file:
        if _POINTS_ELSEWHERE in file.read(4096):
            raise InventoryError(str(path), "describes data elsewhere", "give the file with the data itself")
    return path


@contextmanager
def _said_in_one_line(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InventoryError(str(path), f"cannot be read ({error.strerror})", "check its path and mode") from error
    except (RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0][:120]
        raise InventoryError(str(path), f"cannot be read ({reason})", "export it again from its source") from error


def _moved(transformer: Transformer, shapes: Any) -> Any:  # noqa: ANN401 - numpy arrays of shapely geometries
    return shapely.transform(shapes, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))


def _rows(path: Path, names: tuple[str, ...], fields: Any, shapes: Any) -> Iterator[OfficialRow]:  # noqa: ANN401
    for number, shape in enumerate(shapes):
        values = {name: _plain(column[number]) for name, column in zip(names, fields, strict=True)}
        given = {name: value for name, value in values.items() if value not in (None, "")}
        yield OfficialRow(f"{path} feature {number + 1}", given, shape)


def _plain(value: Any) -> str | list[str] | None:  # noqa: ANN401 - whatever GDAL gives
    """Give text (or a list of texts) for a field value; ``None`` where it is missing."""
    if value is None or (isinstance(value, float | np.floating) and np.isnan(value)):
        return None
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else str(value).removesuffix("T00:00:00.000")
    if isinstance(value, list | np.ndarray):
        return [str(part) for part in value]
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        return str(int(value)) if float(value).is_integer() and abs(float(value)) < 1e15 else repr(float(value))
    return str(value)
