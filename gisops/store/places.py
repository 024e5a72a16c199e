"""Where each device belongs, in the database, and since when: what reports group by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg

from gisops.errors import StoreError
from gisops.model.inventory import Inventory
from gisops.model.membership import group_names, memberships_of
from gisops.store.dsn import place_of, unreachable

__all__ = ["write_memberships"]

_COLUMNS = "device_id, kind, box_id, site_id, station_id, district_id, contractor"
_NEW = f"CREATE TEMP TABLE place ON COMMIT DROP AS SELECT {_COLUMNS} FROM membership WITH NO DATA"  # noqa: S608
_SAME = """
SELECT FROM place AS p WHERE (p.device_id, p.kind, p.box_id, p.site_id, p.station_id, p.district_id, p.contractor)
    = (m.device_id, m.kind, m.box_id, m.site_id, m.station_id, m.district_id, m.contractor)
"""
# A row that began later than now (a clock was put back) never held.
_FORGET = f"DELETE FROM membership AS m WHERE t1 = 'infinity' AND t0 >= %s AND NOT EXISTS ({_SAME})"  # noqa: S608
_END = f"UPDATE membership AS m SET t1 = %s WHERE t1 = 'infinity' AND NOT EXISTS ({_SAME})"  # noqa: S608
_BEGIN = f"""
INSERT INTO membership (t0, {_COLUMNS})
SELECT CASE WHEN EXISTS (SELECT FROM membership) THEN %s ELSE '-infinity' END, {_COLUMNS} FROM place AS p
WHERE NOT EXISTS (SELECT FROM membership AS m WHERE m.device_id = p.device_id AND m.t1 = 'infinity')
"""  # noqa: S608 - our own names
_NAME = """
INSERT INTO group_name AS g (kind, id, name) VALUES (%s, %s, %s)
ON CONFLICT (kind, id) DO UPDATE SET name = excluded.name WHERE g.name <> excluded.name
"""


def write_memberships(dsn: str, inventory: Inventory, now: datetime) -> int:
    """Have the tables say what an inventory says from now on; a second time changes nothing.

    A device that has moved, or is gone, keeps its old place for the time before. Names
    of groups are what they are called now; groups that are gone keep theirs.

    Parameters
    ----------
    dsn
        A migrated database.
    inventory
        What stands in the city.
    now
        UTC. The very first inventory holds for all time before it, too.

    Returns
    -------
    int
        How many places were begun or ended.

    Raises
    ------
    StoreError
        Where the database cannot be reached or has no such tables yet.
    """
    try:
        connection = psycopg.connect(dsn, connect_timeout=10)
    except psycopg.Error as error:
        raise unreachable(dsn, error) from None
    with connection:
        try:
            return _write(connection, inventory, now)
        except psycopg.Error as error:
            connection.rollback()
            what = (str(error).splitlines() or [type(error).__name__])[0]
            raise StoreError(place_of(dsn), what, "run gisops db migrate and try again") from error


def _write(connection: psycopg.Connection[Any], inventory: Inventory, now: datetime) -> int:
    # One writer at a time; readers are not kept out.
    connection.execute("LOCK TABLE membership IN SHARE ROW EXCLUSIVE MODE")
    connection.execute(_NEW.encode())
    with connection.cursor().copy(f"COPY place ({_COLUMNS}) FROM STDIN".encode()) as copy:
        for m in memberships_of(inventory).values():
            copy.write_row((m.device_id, str(m.kind), m.box_id, m.site_id, m.station_id, m.district_id, m.contractor))
    changed = sum(connection.execute(s.encode(), (now,)).rowcount for s in (_FORGET, _END, _BEGIN))
    names = [(str(kind), group_id, name) for (kind, group_id), name in group_names(inventory).items()]
    connection.cursor().executemany(_NAME, names)
    return changed
