"""How asyncpg connections are made here, and which of its errors mean the connection, not the request."""

from __future__ import annotations

from typing import Any

import asyncpg

from gisops.errors import StoreError
from gisops.store.dsn import place_of, unreachable, url_of

__all__ = ["CHANNEL", "DRIVER_ERRORS", "INVENTORY_CHANNEL", "LOST", "MISTAKES", "WORK_CHANNEL", "connect", "failed"]

CHANNEL = "gisops_event"
"""Notifications carry the last event number and nothing else."""
INVENTORY_CHANNEL = "gisops_inventory"
"""Told after a changed inventory was written; carries nothing."""
WORK_CHANNEL = "gisops_work"
"""Told when maintenance was announced or ended; carries nothing."""
LOST = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
)
"""The connection is gone or not to be had; another may do."""
DRIVER_ERRORS = (*LOST, asyncpg.PostgresError)
"""Everything asyncpg and the network raise."""
MISTAKES = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError)
"""What was asked for is wrong; no database would do it."""
_CONNECT_S = 5.0
_COMMAND_S = 30.0


async def connect(dsn: str) -> Any:  # noqa: ANN401 - asyncpg is not typed
    """Open a connection.

    Raises
    ------
    StoreError
        Where the server cannot be reached or does not let us in.
    """
    try:
        return await asyncpg.connect(
            url_of(dsn),
            timeout=_CONNECT_S,
            command_timeout=_COMMAND_S,
            server_settings={"application_name": "gisops", "timezone": "UTC", "jit": "off"},
        )
    except DRIVER_ERRORS as error:
        raise unreachable(dsn, error) from None


def failed(dsn: str, error: BaseException) -> StoreError:
    """Turn what a request raised into one line."""
    if isinstance(error, LOST):
        what = f"connection lost ({type(error).__name__})"
        return StoreError(place_of(dsn), what, "see that the database runs; the request can be repeated")
    if isinstance(error, asyncpg.UndefinedTableError):
        return StoreError(place_of(dsn), "its schema is missing", "run gisops db migrate")
    first = (str(error).splitlines() or [type(error).__name__])[0]
    return StoreError(place_of(dsn), first, "nothing was changed; see the database's log")
