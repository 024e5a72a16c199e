"""What stands in the city, in the database: for exports and for those who open it with a GIS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass
from typing import Any

import orjson
import psycopg
import shapely
from shapely.geometry.base import BaseGeometry

from gisops.errors import StoreError
from gisops.model.inventory import Inventory
from gisops.store.dsn import place_of, unreachable
from gisops.store.sessions import INVENTORY_CHANNEL

__all__ = ["asset_rows", "write_inventory"]

AssetRow = tuple[str, str, str, bytes | None, str | None]

_UPSERT = """
INSERT INTO asset (layer, id, record, geom_wkb, bounds)
SELECT * FROM asset_new
ON CONFLICT (layer, id) DO UPDATE
SET record = excluded.record, geom_wkb = excluded.geom_wkb, bounds = excluded.bounds
WHERE (asset.record, asset.geom_wkb) IS DISTINCT FROM (excluded.record, excluded.geom_wkb)
"""
_DELETE = """
DELETE FROM asset WHERE NOT EXISTS (
    SELECT FROM asset_new AS n WHERE n.layer = asset.layer AND n.id = asset.id)
"""


def asset_rows(inventory: Inventory) -> Iterator[AssetRow]:
    """Turn every record of an inventory into a row: layer, id, record as JSON, WKB, bounds.

    Layers have the names of the inventory's collections; a record that has
    ``lon`` and ``lat`` has their point as geometry.
    """
    for collection in fields(inventory):
        records = getattr(inventory, collection.name)
        if not isinstance(records, dict):
            continue
        for record in records.values():
            if is_dataclass(record) and not isinstance(record, type):
                yield _row(collection.name, record)
    for layer, shapes in (("coastline", inventory.coastline), ("rivers", inventory.rivers)):
        for number, shape in enumerate(shapes, start=1):
            yield (layer, f"{layer}-{number}", "{}", shapely.to_wkb(shape), _bounds(shape))


def write_inventory(dsn: str, inventory: Inventory) -> int:
    """Make the asset table equal to an inventory; a second time changes nothing.

    Returns
    -------
    int
        How many rows were added, changed or removed.

    Raises
    ------
    StoreError
        Where the database cannot be reached or has no such table yet.
    """
    try:
        connection = psycopg.connect(dsn, connect_timeout=10)
    except psycopg.Error as error:
        raise unreachable(dsn, error) from None
    with connection:
        try:
            connection.execute("CREATE TEMP TABLE asset_new (LIKE asset) ON COMMIT DROP")
            with connection.cursor().copy("COPY asset_new FROM STDIN") as copy:
                for row in asset_rows(inventory):
                    copy.write_row(row)
            changed = connection.execute(_UPSERT).rowcount + connection.execute(_DELETE).rowcount
            if changed:
                connection.execute("SELECT pg_notify(%s, '')", (INVENTORY_CHANNEL,))
        except psycopg.Error as error:
            connection.rollback()
            what = (str(error).splitlines() or [type(error).__name__])[0]
            raise StoreError(place_of(dsn), what, "run gisops db migrate and try again") from error
        return changed


def _row(layer: str, record: Any) -> AssetRow:  # noqa: ANN401 - any record of the inventory
    document = asdict(record)
    shape = document.pop("geometry", None)
    if shape is None and "lon" in document:
        shape = shapely.Point(document["lon"], document["lat"])
    if shape is None:
        return (layer, record.id, orjson.dumps(document).decode(), None, None)
    return (layer, record.id, orjson.dumps(document).decode(), shapely.to_wkb(shape), _bounds(shape))


def _bounds(shape: BaseGeometry) -> str:
    west, south, east, north = shape.bounds
    return f"({east!r},{north!r}),({west!r},{south!r})"
