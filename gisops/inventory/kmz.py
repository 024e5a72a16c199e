"""Which KML is packed in a KMZ? Read without unpacking anything to disk, and never more than a limit."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from gisops.errors import InventoryError

__all__ = ["MOST_BYTES", "read_kmz"]

MOST_BYTES = 200_000_000
"""A KML this large holds a million vertices and more; what claims to be larger is no map of a city."""
_IS_ENCRYPTED = 0x1


def read_kmz(path: Path, most_bytes: int = MOST_BYTES) -> bytes:
    """Give the main KML of a KMZ: the first at its top, as Google Earth takes it; pictures and the rest stay packed.

    Parameters
    ----------
    path
        A zip file.
    most_bytes
        What is larger unpacked is refused; what the file says of itself is not believed.

    Raises
    ------
    InventoryError
        Where it is no zip file, has no KML, or one that is too large, encrypted or damaged.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            inside = [entry for entry in packed.infolist() if entry.filename.lower().endswith(".kml")]
            if not inside:
                raise InventoryError(str(path), "holds no KML", "export it again, or give the KML itself")
            main = min(inside, key=lambda entry: entry.filename.count("/"))
            if main.flag_bits & _IS_ENCRYPTED:
                raise InventoryError(str(path), f"{main.filename} is encrypted", "export it without a password")
            with packed.open(main) as file:
                text = file.read(most_bytes + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError) as error:
        raise InventoryError(str(path), f"is no KMZ ({error})"[:160], "export it again from its source") from error
    if len(text) > most_bytes:
        what = f"{main.filename} is larger than {most_bytes / 1e6:,.0f} MB unpacked"
        raise InventoryError(str(path), what, "export less at a time")
    return text
