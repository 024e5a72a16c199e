"""Write the fibre of an inventory in a form other tools read: whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gisops.errors import FibreFileError
from gisops.fibre.ofds.features import to_features
from gisops.fibre.ofds.package import Publication, network_id, to_package
from gisops.fibre.ofds.tables import to_tables
from gisops.fibre.vector import write_geopackage, write_kml, write_shapefiles
from gisops.inventory.read import GEOJSON_FILES
from gisops.inventory.text_file import read_text
from gisops.model.inventory import Inventory

__all__ = ["FORMATS", "export_fibre", "publication_of"]


def _package(inventory: Inventory, publication: Publication) -> dict[str, Any]:
    return to_package(inventory.nodes.values(), inventory.spans.values(), publication)


def _ofds_json(path: Path, inventory: Inventory, publication: Publication) -> None:
    path.write_text(_json(_package(inventory, publication)), encoding="utf-8")


def _ofds_geojson(path: Path, inventory: Inventory, publication: Publication) -> None:
    for name, collection in zip(("nodes", "spans"), to_features(_package(inventory, publication)), strict=True):
        (path / f"{name}.geojson").write_text(_json(collection), encoding="utf-8")


def _ofds_csv(path: Path, inventory: Inventory, publication: Publication) -> None:
    for name, text in to_tables(_package(inventory, publication)).items():
        (path / name).write_text(text, encoding="utf-8", newline="")


def _kml(path: Path, inventory: Inventory, _: Publication) -> None:
    write_kml(path, inventory.nodes.values(), inventory.spans.values())


def _gpkg(path: Path, inventory: Inventory, _: Publication) -> None:
    write_geopackage(path, inventory.nodes.values(), inventory.spans.values())


def _shp(path: Path, inventory: Inventory, _: Publication) -> None:
    write_shapefiles(path, inventory.nodes.values(), inventory.spans.values())


FORMATS: Mapping[str, tuple[str, Callable[[Path, Inventory, Publication], None]]] = {
    "ofds-json": (".json", _ofds_json),
    "ofds-geojson": ("", _ofds_geojson),
    "ofds-csv": ("", _ofds_csv),
    "kml": (".kml", _kml),
    "gpkg": (".gpkg", _gpkg),
    "shp": ("", _shp),
}
"""Ending of the file (empty: a folder of files), and who writes it."""


def publication_of(folder: Path, name: str) -> Publication:
    """Say which network the fibre of an inventory is: as its own files say, else by its name."""
    try:
        document = json.loads(read_text(folder / GEOJSON_FILES["spans"]))
        said = document["features"][0]["properties"]["network"]
        if len(said["id"]) == len(network_id("")):  # a UUID, which the standard asks for
            return Publication(said["id"], str(said.get("name") or name), said.get("identifier"))
    except (ValueError, KeyError, IndexError, TypeError):
        pass  # not said, or not in the form of the standard
    return Publication(network_id(name), name)


def export_fibre(inventory: Inventory, publication: Publication, format_: str, out: Path) -> tuple[Path, ...]:
    """Write the fibre; what stood there is replaced in one step a file, once everything is written.

    Parameters
    ----------
    format_
        One of `FORMATS`.
    out
        The file, or the folder for a format of several.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    FibreFileError
        Where there is no fibre, or the place does not suit the format.
    """
    ending, write = FORMATS[format_]
    if not inventory.spans:
        raise FibreFileError(inventory.settings.name, "has no spans", "import some: gisops fibre import")
    if ending and out.suffix.lower() != ending:
        raise FibreFileError(str(out), f"does not end in {ending}", f"name it {out.with_suffix(ending).name}")
    if ending and out.is_dir():
        raise FibreFileError(str(out), "is a folder", "name a file")
    if not ending and out.exists() and not out.is_dir():
        raise FibreFileError(str(out), "is a file", f"name a folder: {format_} is several files")
    target = out if not ending else out.parent
    target.mkdir(parents=True, exist_ok=True)
    workplace = Path(tempfile.mkdtemp(dir=target, prefix=".fibre-"))
    try:
        write(workplace / out.name if ending else workplace, inventory, publication)
        written = []
        for file in sorted(workplace.iterdir()):
            with file.open("rb") as handle:
                os.fsync(handle.fileno())
            written.append(file.replace(target / file.name))
        return tuple(written)
    except UnicodeEncodeError as error:
        what = f"holds text that is no Unicode ({error.object[error.start : error.end]!r})"
        raise FibreFileError(inventory.settings.name, what, "correct it in the inventory") from error
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
