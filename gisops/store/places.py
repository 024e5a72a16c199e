"""Where each device belongs, in the database: what reports group by."""

from __future__ import annotations

import psycopg

from gisops.errors import StoreError
from gisops.model.inventory import Inventory
from gisops.model.membership import group_names, memberships_of
from gisops.store.dsn import place_of, unreachable

__all__ = ["write_memberships"]

_TABLES = {
    "membership": ("device_id", "kind", "box_id", "site_id", "station_id", "district_id", "contractor"),
    "group_name": ("kind", "id", "name"),
}
_KEYS = {"membership": ("device_id",), "group_name": ("kind", "id")}


def write_memberships(dsn: str, inventory: Inventory) -> int:
    """Make the tables equal to an inventory; a second time changes nothing.

    Returns
    -------
    int
        How many rows were added, changed or removed.

    Raises
    ------
    StoreError
        Where the database cannot be reached or has no such tables yet.
    """
    rows: dict[str, list[tuple[str, ...]]] = {
        "membership": [
            (m.device_id, str(m.kind), m.box_id, m.site_id, m.station_id, m.district_id, m.contractor)
            for m in memberships_of(inventory).values()
        ],
        "group_name": [(str(kind), group_id, name) for (kind, group_id), name in group_names(inventory).items()],
    }
    try:
        connection = psycopg.connect(dsn, connect_timeout=10)
    except psycopg.Error as error:
        raise unreachable(dsn, error) from None
    with connection:
        try:
            return sum(_make_equal(connection, table, records) for table, records in rows.items())
        except psycopg.Error as error:
            connection.rollback()
            what = (str(error).splitlines() or [type(error).__name__])[0]
            raise StoreError(place_of(dsn), what, "run gisops db migrate and try again") from error


def _make_equal(connection: psycopg.Connection, table: str, records: list[tuple[str, ...]]) -> int:
    keys, columns = ", ".join(_KEYS[table]), _TABLES[table]
    rest = [column for column in columns if column not in _KEYS[table]]
    sets = ", ".join(f"{column} = excluded.{column}" for column in rest)
    old, new = (", ".join(f"{side}.{column}" for column in rest) for side in (table, "excluded"))
    same = " AND ".join(f"n.{key} = {table}.{key}" for key in _KEYS[table])
    connection.execute(f"CREATE TEMP TABLE new_{table} (LIKE {table}) ON COMMIT DROP".encode())
    with connection.cursor().copy(f"COPY new_{table} FROM STDIN".encode()) as copy:
        for record in records:
            copy.write_row(record)
    put = f"""
        INSERT INTO {table} SELECT * FROM new_{table}
        ON CONFLICT ({keys}) DO UPDATE SET {sets} WHERE ({old}) IS DISTINCT FROM ({new})"""  # noqa: S608 - our names
    gone = f"DELETE FROM {table} WHERE NOT EXISTS (SELECT FROM new_{table} AS n WHERE {same})"  # noqa: S608
    return connection.execute(put.encode()).rowcount + connection.execute(gone.encode()).rowcount
