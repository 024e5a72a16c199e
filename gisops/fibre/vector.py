"""How do nodes and spans read as GIS layers: GeoPackage, Shapefile, KML? Written by GDAL, in WGS 84."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from gisops.errors import FibreFileError
from gisops.geo.measure import geodesic_length_m
from gisops.model.inventory import Node, Span

__all__ = ["write_geopackage", "write_kml", "write_shapefiles"]

_DBF_NAME_LENGTH = 10
_LAYERS: tuple[tuple[str, type[Node] | type[Span], str], ...] = (
    ("nodes", Node, "Point"),
    ("spans", Span, "LineString"),
)
_WHOLE_NUMBERS = frozenset({"fibre_count", "splice_count"})

Column = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]
"""Values, and where they are missing."""


def write_geopackage(path: Path, nodes: Iterable[Node], spans: Iterable[Span]) -> None:
    """Write layers ``nodes`` and ``spans`` into one GeoPackage; ``route_length_m`` is geodesic.

    Raises
    ------
    FibreFileError
        Where it cannot be written.
    """
    _write_layers(nodes, spans, lambda _: path, "GPKG")


def write_kml(path: Path, nodes: Iterable[Node], spans: Iterable[Span]) -> None:
    """Write folders ``nodes`` and ``spans`` into one KML; names and values as `write_geopackage`."""
    _write_layers(nodes, spans, lambda _: path, "LIBKML", name="Name")


def write_shapefiles(folder: Path, nodes: Iterable[Node], spans: Iterable[Span]) -> None:
    """Write ``nodes.shp`` and ``spans.shp`` into a folder, in UTF-8; column names are cut to ten characters."""
    _write_layers(nodes, spans, lambda layer: folder / f"{layer}.shp", "ESRI Shapefile", encoding="UTF-8")


def _write_layers(
    nodes: Iterable[Node],
    spans: Iterable[Span],
    path_of: Callable[[str], Path],
    driver: str,
    name: str = "name",
    encoding: str | None = None,
) -> None:
    import pyogrio.raw  # noqa: PLC0415 - GDAL takes longer to load than anything else here

    written: set[Path] = set()
    tables: tuple[list[Any], list[Any]] = (list(nodes), list(spans))
    for (layer, kind, geometry_type), records in zip(_LAYERS, tables, strict=True):
        path = path_of(layer)
        columns = _columns(kind, records)
        names = [name if column == "name" else column for column in columns]
        if driver == "ESRI Shapefile":
            names = [column[:_DBF_NAME_LENGTH] for column in names]
        try:
            pyogrio.raw.write(
                path,
                shapely.to_wkb(np.array([record.geometry for record in records], dtype=object)),
                [values for values, _ in columns.values()],
                np.array(names, dtype=object),
                field_mask=[missing for _, missing in columns.values()],
                layer=layer,
                driver=driver,
                geometry_type=geometry_type,
                crs="EPSG:4326",
                append=path in written,
                encoding=encoding,
            )
        except UnicodeEncodeError as error:
            what = f"holds text that is no Unicode ({error.object[error.start : error.end]!r})"
            raise FibreFileError(layer, what, "correct it in the inventory") from error
        except (RuntimeError, ValueError, OSError) as error:
            reason = str(error).splitlines()[0][:120]
            raise FibreFileError(path.name, f"cannot be written ({reason})", "choose another place") from error
        written.add(path)


def _columns(kind: type[Node] | type[Span], records: Sequence[Any]) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for field in dataclasses.fields(kind):
        if field.name != "geometry":
            found[field.name] = _column(field.name, [getattr(record, field.name) for record in records])
    if kind is Span:
        lengths = [round(geodesic_length_m(record.geometry), 3) for record in records]
        found["route_length_m"] = _column("route_length_m", lengths)
    return found


def _column(name: str, values: Sequence[Any]) -> Column:
    missing = np.array([value is None or value == () for value in values], dtype=bool)
    if name in _WHOLE_NUMBERS:
        return np.array([0 if value is None else value for value in values], dtype=np.int32), missing
    if name.endswith("_m"):
        return np.array([0.0 if value is None else value for value in values], dtype=np.float64), missing
    return np.array([_text(value) for value in values], dtype=object), missing


def _text(value: Any) -> str | None:  # noqa: ANN401 - text or a tuple of texts
    return ";".join(value) if isinstance(value, tuple) else value
