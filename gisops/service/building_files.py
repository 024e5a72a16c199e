"""Which files can buildings be read from? Batches of footprints and heights, whatever the format, in bounded memory.

GeoParquet (Overture among others) by pyarrow; Google Open Buildings (CSV with WKT) and Microsoft footprints (a
GeoJSON feature a line, also called ``.csv.gz``) line by line; everything else, OpenStreetMap extracts too, by GDAL.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

from gisops.errors import InventoryError
from gisops.service.building_heights import (
    batch_heights,
    height_columns,
    property_height,
    row_height,
    tagged_heights,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Footprints", "read_footprints"]

_BATCH = 50_000
_REMEDY = "give GeoPackage, GeoParquet, Shapefile, GeoJSON, FlatGeobuf, .osm.pbf, or Google's or Microsoft's files"


@dataclass(frozen=True, slots=True)
class Footprints:
    """Some rows of a file: geometries (``None`` where there is none or it cannot be read), heights, and the CRS."""

    geometry: NDArray[np.object_]
    height_m: NDArray[np.float64]
    crs: str


def read_footprints(
    path: Path, *, layer: str | None = None, crs: str | None = None, height: str | None = None
) -> Iterator[Footprints]:
    """Read a file of buildings, batch by batch.

    Parameters
    ----------
    path
        The file; its format is told by its name, a ``.gz`` at the end is opened.
    layer
        Of a file with several.
    crs
        Where the file does not say; WGS 84 for those that cannot.
    height
        Column of the height in metres; without it, the usual names are looked for, then storeys.

    Raises
    ------
    InventoryError
        If the file cannot be read, is no file of areas, or lacks the column.
    """
    if not path.is_file():
        raise InventoryError(str(path), "no such file", "check the name")
    suffixes = [s.lower() for s in path.suffixes]
    kind = next((s for s in reversed(suffixes) if s != ".gz"), "")
    try:
        if kind in (".parquet", ".geoparquet"):
            yield from _parquet(path, crs, height)
        elif kind in (".csv", ".geojsonl", ".ndjson", ".jsonl", ".geojsons"):
            yield from _lines(path, crs or "EPSG:4326", height)
        else:
            yield from _gdal(path, layer, crs, height)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, ValueError) as error:
        raise InventoryError(str(path), f"cannot be read ({_short(error)})", _REMEDY) from error


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


# ---- GDAL -------------------------------------------------------------------------------


def _gdal(path: Path, layer: str | None, crs: str | None, height: str | None) -> Iterator[Footprints]:
    import pyogrio  # noqa: PLC0415 - GDAL takes half a second to load
    from pyogrio.errors import DataLayerError, DataSourceError  # noqa: PLC0415

    is_osm = path.name.lower().endswith((".osm.pbf", ".osm", ".pbf"))
    try:
        info = pyogrio.read_info(path, layer=layer or ("multipolygons" if is_osm else None))
        fields = [str(name) for name in info["fields"]]
        columns = height_columns(path, fields, height) + (["other_tags"] if is_osm else [])
        with pyogrio.open_arrow(
            path,
            layer=layer or ("multipolygons" if is_osm else None),
            columns=columns,
            where="building IS NOT NULL" if is_osm else None,
            batch_size=_BATCH,
            use_pyarrow=True,
        ) as (meta, stream):
            for batch in stream:
                geometry = batch.column(meta["geometry_name"] or "wkb_geometry").to_numpy(zero_copy_only=False)
                heights = tagged_heights(batch) if is_osm else batch_heights(batch, columns)
                yield Footprints(_from_wkb(geometry), heights, crs or meta["crs"] or "")
    except (DataSourceError, DataLayerError) as error:
        raise InventoryError(str(path), f"cannot be read ({_short(error)})", _REMEDY) from error


# ---- GeoParquet -------------------------------------------------------------------------


def _parquet(path: Path, crs: str | None, height: str | None) -> Iterator[Footprints]:
    import pyarrow.parquet as pq  # noqa: PLC0415

    with pq.ParquetFile(path) as file:
        geo = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"{}"))
        column = geo.get("primary_column", "geometry")
        if column not in file.schema_arrow.names:
            raise InventoryError(str(path), f"no column {column}", "give a GeoParquet file")
        said = geo.get("columns", {}).get(column, {})
        if said.get("encoding", "WKB") != "WKB":
            raise InventoryError(str(path), f"encoding {said['encoding']}", "write its geometries as WKB")
        # No member means longitude and latitude on WGS 84; null means that nobody knows.
        known = "EPSG:4326" if "crs" not in said else json.dumps(said["crs"]) if said["crs"] else ""
        columns = height_columns(path, file.schema_arrow.names, height)
        for batch in file.iter_batches(_BATCH, columns=[column, *columns]):
            geometry = batch.column(column).to_numpy(zero_copy_only=False)
            yield Footprints(_from_wkb(geometry), batch_heights(batch, columns), crs or known)


# ---- lines ------------------------------------------------------------------------------


def _lines(path: Path, crs: str, height: str | None) -> Iterator[Footprints]:
    with _text(path) as file:
        head = file.readline()
        if head.lstrip().startswith("{"):
            for lines in _chunks(_with(head, file)):
                yield _features(lines, crs, height)
            return
        names = next(csv.reader([head]), [])
        if "geometry" not in names:
            raise InventoryError(str(path), "no column geometry", "give Google's file, or a GeoJSON feature a line")
        csv.field_size_limit(1 << 24)
        columns = [names.index(name) for name in height_columns(path, names, height)]
        at = names.index("geometry")
        for rows in _chunks(csv.reader(file)):
            texts = np.array([row[at] if len(row) > at else None for row in rows], dtype=object)
            heights = np.array([row_height(row, names, columns) for row in rows], dtype=np.float64)
            yield Footprints(shapely.from_wkt(texts, on_invalid="ignore"), heights, crs)


def _features(lines: Sequence[str], crs: str, height: str | None) -> Footprints:
    geometry = np.full(len(lines), None, dtype=object)
    heights = np.full(len(lines), np.nan)
    texts: list[str | None] = []
    for row, line in enumerate(lines):
        try:
            feature = orjson.loads(line)
            shape = feature.get("geometry")
            texts.append(orjson.dumps(shape).decode() if shape else None)
            heights[row] = property_height(feature.get("properties") or {}, height)
        except (ValueError, AttributeError):
            texts.append(None)
    geometry[:] = shapely.from_geojson(np.array(texts, dtype=object), on_invalid="ignore")
    return Footprints(geometry, heights, crs)


def _with(head: str, file: IO[str]) -> Iterator[str]:
    yield head
    yield from (line for line in file if line.strip())


def _chunks(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while chunk := list(islice(rows, _BATCH)):
        yield chunk


@contextmanager
def _text(path: Path) -> Iterator[IO[str]]:
    with path.open("rb") as raw:
        is_packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        plain: Any = gzip.GzipFile(fileobj=raw) if is_packed else raw
        with io.TextIOWrapper(plain, encoding="utf-8-sig", newline="") as text:
            yield text


def _from_wkb(values: NDArray[np.object_]) -> NDArray[np.object_]:
    shapes: NDArray[np.object_] = shapely.from_wkb(values, on_invalid="ignore")
    return shapes
