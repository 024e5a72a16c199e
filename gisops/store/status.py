"""What is in a database, in a few numbers a person can check."""

from __future__ import annotations

from typing import Any

import psycopg

from gisops.store.dsn import place_of, unreachable
from gisops.store.migrate import applied_version

__all__ = ["database_status"]

_QUERY = """
SELECT current_setting('server_version') AS server,
       pg_database_size(current_database()) AS size_bytes,
       (SELECT seq FROM log_head) AS events,
       (SELECT beat_at FROM log_head) AS heartbeat_at,
       (SELECT count(*) FROM device_state) AS devices,
       (SELECT count(*) FROM outage WHERE closed_at IS NULL) AS open_outages,
       (SELECT count(*) FROM pg_inherits WHERE inhparent = 'sample'::regclass) AS sample_days
"""


def database_status(dsn: str) -> dict[str, Any]:
    """Count what is there.

    Returns
    -------
    dict
        JSON-ready: place, schema_version and, where there is a schema, server,
        size_bytes, events, heartbeat_at, devices, open_outages, sample_days.

    Raises
    ------
    StoreError
        Where the database cannot be reached.
    """
    status: dict[str, Any] = {"place": place_of(dsn), "schema_version": applied_version(dsn)}
    if not status["schema_version"]:
        return status
    try:
        with psycopg.connect(dsn, connect_timeout=10, row_factory=psycopg.rows.dict_row) as connection:
            found = connection.execute(_QUERY).fetchone() or {}
    except psycopg.Error as error:
        raise unreachable(dsn, error) from None
    beat_at = found.pop("heartbeat_at", None)
    return {**status, **found, "heartbeat_at": beat_at.isoformat() if beat_at else None}
