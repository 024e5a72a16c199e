"""What is in the store, read: for pages, reports and everyone who follows the event log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

import asyncpg

from gisops.errors import StoreError
from gisops.model.event import EventKind, StoredEvent
from gisops.model.outage import Outage
from gisops.store.dsn import unreachable, url_of
from gisops.store.ports import Sample, StateRow
from gisops.store.rows import event_of, outage_of, sample_of, state_of
from gisops.store.sessions import CHANNEL, DRIVER_ERRORS, LOST, connect, failed

__all__ = ["PgReader"]

Answer = TypeVar("Answer")

IDLE_S = 3.0
"""Seconds without news after which a follower says so, and looks for itself."""
_RETRY_S = 0.5
_ATTEMPTS = 12
"""Of a request whose connection was lost: a restart of the database is waited out."""
_EVENT = "seq, id, kind, subject, occurred_at, recorded_at, payload"


class PgReader:
    """The reading end over PostgreSQL; open it with `PgReader.open`.

    Parameters
    ----------
    dsn, pool
        The database and connections to it.
    idle_s
        Seconds without news after which `follow` yields an empty list.
    sleep
        How to wait before a lost connection is made again.
    """

    def __init__(
        self,
        dsn: str,
        pool: Any,  # noqa: ANN401 - asyncpg is not typed
        idle_s: float = IDLE_S,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._dsn = dsn
        self._pool = pool
        self._idle_s = idle_s
        self._sleep = sleep

    @classmethod
    async def open(cls, dsn: str, idle_s: float = IDLE_S) -> PgReader:
        """Connect.

        Raises
        ------
        StoreError
            Where the database cannot be reached.
        """
        try:
            pool = await asyncpg.create_pool(
                url_of(dsn),
                min_size=1,
                max_size=4,
                timeout=5.0,
                command_timeout=30.0,
                server_settings={"application_name": "gisops", "timezone": "UTC", "jit": "off"},
            )
        except DRIVER_ERRORS as error:
            raise unreachable(dsn, error) from None
        return cls(dsn, pool, idle_s)

    async def states(self) -> tuple[int, list[StateRow]]:
        """Give the last event seq and every state, both of one moment."""

        async def read(connection: asyncpg.Connection) -> tuple[int, list[StateRow]]:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                seq = await connection.fetchval("SELECT seq FROM log_head")
                rows = await connection.fetch("SELECT * FROM device_state ORDER BY device_id")
            return seq, [state_of(row) for row in rows]

        return await self._ask(read)

    async def open_outages(self) -> list[Outage]:
        """Give the outages that last, latest first."""
        query = "SELECT document FROM outage WHERE closed_at IS NULL ORDER BY opened_at DESC, id"
        return [outage_of(row) for row in await self._fetch(query)]

    async def events_after(self, seq: int, limit: int = 1000) -> list[StoredEvent]:
        """Give events in log order, from after ``seq``."""
        query = f"SELECT {_EVENT} FROM event WHERE seq > $1 ORDER BY seq LIMIT $2"  # noqa: S608 - constant
        return [event_of(row) for row in await self._fetch(query, seq, limit)]

    async def device_events(self, device_id: str, limit: int = 50) -> list[StoredEvent]:
        """Give the latest events of a device, latest first."""
        query = f"SELECT {_EVENT} FROM event WHERE subject = $1 ORDER BY seq DESC LIMIT $2"  # noqa: S608
        return [event_of(row) for row in await self._fetch(query, device_id, limit)]

    async def events_of(self, kind: EventKind, since: datetime) -> list[StoredEvent]:
        """Give the events of a kind that occurred at ``since`` or later, in log order."""
        query = f"SELECT {_EVENT} FROM event WHERE kind = $1 AND occurred_at >= $2 ORDER BY seq"  # noqa: S608
        return [event_of(row) for row in await self._fetch(query, str(kind), since)]

    async def samples(self, device_id: str, since: datetime, limit: int = 5000) -> list[Sample]:
        """Give a device's samples from ``since`` on, oldest first."""
        query = "SELECT * FROM sample WHERE device_id = $1 AND ts >= $2 ORDER BY ts LIMIT $3"
        return [sample_of(row) for row in await self._fetch(query, device_id, since, limit)]

    async def heartbeat(self) -> datetime | None:
        """Give the time of the collector's last batch; ``None`` if it never wrote."""
        rows = await self._fetch("SELECT beat_at FROM log_head")
        beat_at: datetime | None = rows[0]["beat_at"]
        return beat_at

    async def follow(self, after_seq: int) -> AsyncIterator[list[StoredEvent]]:
        """Yield events as they are committed, in log order, none twice, none left out.

        A notification only wakes; what is yielded is always read from the log by
        number, so that one that is missed costs ``idle_s`` seconds and no event.
        While the database is away empty lists are yielded.
        """
        seq = after_seq
        while True:
            connection = None
            try:
                connection = await connect(self._dsn)
                news = asyncio.Event()
                await connection.add_listener(CHANNEL, lambda *_, news=news: news.set())
                connection.add_termination_listener(lambda _, news=news: news.set())
                while True:
                    events = await self._after(connection, seq)
                    if events:
                        seq = events[-1].seq
                        yield events
                        continue
                    if not await _came(news, self._idle_s):
                        events = await self._after(connection, seq)
                        seq = events[-1].seq if events else seq
                        yield events
                    news.clear()
            except (*DRIVER_ERRORS, StoreError):
                yield []
                await self._sleep(_RETRY_S)
            finally:
                if connection is not None:
                    connection.terminate()

    async def close(self) -> None:
        """Release the connections."""
        self._pool.terminate()

    async def _after(self, connection: asyncpg.Connection, seq: int) -> list[StoredEvent]:
        query = f"SELECT {_EVENT} FROM event WHERE seq > $1 ORDER BY seq LIMIT 1000"  # noqa: S608 - constant
        return [event_of(row) for row in await connection.fetch(query, seq)]

    async def _fetch(self, query: str, *arguments: object) -> list[Any]:
        async def read(connection: asyncpg.Connection) -> list[Any]:
            return list(await connection.fetch(query, *arguments))

        return await self._ask(read)

    async def _ask(self, read: Callable[[asyncpg.Connection], Awaitable[Answer]]) -> Answer:
        for left in reversed(range(_ATTEMPTS)):
            try:
                async with self._pool.acquire() as connection:
                    return await read(connection)
            except DRIVER_ERRORS as error:
                if left == 0 or not isinstance(error, LOST) or self._pool.is_closing():
                    raise failed(self._dsn, error) from error
            await self._sleep(_RETRY_S)
        raise AssertionError("unreachable: the last attempt returns or raises")


async def _came(news: asyncio.Event, within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            await news.wait()
    except TimeoutError:
        return False
    return True
