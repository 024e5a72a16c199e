"""When does the database say that something was changed there: the inventory, or announced work."""

from __future__ import annotations

import asyncio

from gisops.errors import StoreError
from gisops.store.sessions import DRIVER_ERRORS, INVENTORY_CHANNEL, connect

__all__ = ["tell_of_changes"]

_RETRY_S = 5.0
_LOOK_S = 30.0


async def tell_of_changes(
    dsn: str, changed: asyncio.Event, channel: str = INVENTORY_CHANNEL, *, at_first: bool = False
) -> None:
    """Set an event whenever somebody notifies a channel, for ever.

    A connection that is lost is made again; what was notified meanwhile is not known,
    so ``changed`` is set then, too; with ``at_first``, also once the first one listens.
    """
    is_first = not at_first
    while True:
        try:
            connection = await connect(dsn)
        except StoreError:
            await asyncio.sleep(_RETRY_S)
            continue
        try:
            await connection.add_listener(channel, lambda *_: changed.set())
            if not is_first:
                changed.set()
            is_first = False
            while not connection.is_closed():
                await asyncio.sleep(_LOOK_S)
                await connection.execute("SELECT 1")
        except DRIVER_ERRORS:
            await asyncio.sleep(_RETRY_S)
        finally:
            connection.terminate()
