"""Which cameras work now, or worked at a past minute, as the store tells it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from gisops.coverage.working import SEEING, states_at, working_cameras
from gisops.errors import ConfigError
from gisops.model.event import StoredEvent
from gisops.model.inventory import Inventory
from gisops.store.ports import Reader
from gisops.store.reader import PgReader

__all__ = ["read_working", "time_of", "worked"]

_PAGE = 5000


def time_of(text: str, time_zone: str) -> datetime:
    """Read a time; without an offset it is local.

    Raises
    ------
    ConfigError
        If it is no time.

    Examples
    --------
    >>> time_of("2026-03-01T02:14", "Asia/Karachi").isoformat()
    '2026-02-28T21:14:00+00:00'
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--at {text}", "is no time", "write it as 2026-03-01T02:14 or with +05:00") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(time_zone))
    return moment.astimezone(UTC)


def read_working(dsn: str, inventory: Inventory, at: datetime | None) -> list[str]:
    """Ask the store which cameras see now (``at`` is ``None``) or saw then."""

    async def ask() -> list[str]:
        reader = await PgReader.open(dsn)
        try:
            return await worked(reader, inventory, at)
        finally:
            await reader.close()

    return asyncio.run(ask())


async def worked(reader: Reader, inventory: Inventory, at: datetime | None) -> list[str]:
    """Give the cameras that see now, or saw at a moment.

    The past is folded from the log, from its beginning: exact for any moment, at the price of reading it.
    """
    if at is None:
        _, rows = await reader.states()
        seeing = {row.device_id for row in rows if row.state in SEEING}
        return [camera for camera in inventory.cameras if camera in seeing]
    events: list[StoredEvent] = []
    seq = 0
    while page := await reader.events_after(seq, _PAGE):
        events += page
        seq = page[-1].seq
    return working_cameras(inventory.cameras, states_at(events, at))
