"""What waits to be sent to a receiver, and what became of it: the outbox in the database.

A message is marked only after it was sent. A sender that is killed between the two sends it
again: at least once, with the same key, so that a receiver that keeps keys drops the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from gisops.store.dsn import unreachable, url_of
from gisops.store.sessions import DRIVER_ERRORS, failed

__all__ = ["PgOutbox", "Waiting"]

_NEXT = """
SELECT id, document, created_at, next_at, attempts FROM notice
WHERE receiver = $1 AND sent_at IS NULL AND given_up_at IS NULL ORDER BY id LIMIT 1
"""
_SENT = "UPDATE notice SET sent_at = $2, attempts = attempts + 1, last_error = '' WHERE id = $1 AND sent_at IS NULL"
_FAILED = "UPDATE notice SET next_at = $2, attempts = attempts + 1, last_error = $3 WHERE id = $1"
_GIVEN_UP = "UPDATE notice SET given_up_at = $2, attempts = attempts + 1, last_error = $3 WHERE id = $1"
_AUDIT = """
INSERT INTO alert_audit (at, subject, what, who, why)
SELECT $2, alert_id, $3, 'gisops', receiver || ': ' || state || $4 FROM notice_item WHERE notice_id = $1
"""
_RECEIVERS = "SELECT DISTINCT receiver FROM notice WHERE sent_at IS NULL AND given_up_at IS NULL"


@dataclass(frozen=True, slots=True)
class Waiting:
    """The oldest message that waits for a receiver; those after it wait for it, so that the order holds."""

    id: int
    document: Mapping[str, Any]
    created_at: datetime
    next_at: datetime
    attempts: int


class PgOutbox:
    """The outbox over PostgreSQL; open it with `PgOutbox.open`."""

    def __init__(self, dsn: str, pool: Any) -> None:  # noqa: ANN401 - asyncpg is not typed
        self._dsn, self._pool = dsn, pool

    @classmethod
    async def open(cls, dsn: str) -> PgOutbox:
        """Connect.

        Raises
        ------
        StoreError
            Where the database cannot be reached.
        """
        try:
            pool = await asyncpg.create_pool(
                url_of(dsn),
                min_size=0,
                max_size=4,
                timeout=5.0,
                command_timeout=30.0,
                server_settings={"application_name": "gisops", "timezone": "UTC", "jit": "off"},
            )
        except DRIVER_ERRORS as error:
            raise unreachable(dsn, error) from None
        return cls(dsn, pool)

    async def next_for(self, receiver: str) -> Waiting | None:
        """Give the oldest message that waits for a receiver."""
        try:
            row = await self._pool.fetchrow(_NEXT, receiver)
        except DRIVER_ERRORS as error:
            raise failed(self._dsn, error) from error
        if row is None:
            return None
        document = orjson.loads(row["document"])
        return Waiting(row["id"], document, row["created_at"], row["next_at"], row["attempts"])

    async def receivers(self) -> set[str]:
        """Give for whom something waits."""
        try:
            return {row["receiver"] for row in await self._pool.fetch(_RECEIVERS)}
        except DRIVER_ERRORS as error:
            raise failed(self._dsn, error) from error

    async def mark_sent(self, notice_id: int, at: datetime) -> None:
        """Note that the receiver has it."""
        await self._do((_SENT, notice_id, at), (_AUDIT, notice_id, at, "sent", ""))

    async def mark_failed(self, notice_id: int, at: datetime, next_at: datetime | None, why: str) -> None:
        """Note that it did not get through: when it is tried again, or (``None``) that it is given up."""
        if next_at is not None:
            await self._do((_FAILED, notice_id, next_at, why))
        else:
            await self._do((_GIVEN_UP, notice_id, at, why), (_AUDIT, notice_id, at, "given up", f" ({why})"))

    async def close(self) -> None:
        """Release the connections."""
        self._pool.terminate()

    async def _do(self, *statements: tuple[Any, ...]) -> None:
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                for query, *arguments in statements:
                    await connection.execute(query, *arguments)
        except DRIVER_ERRORS as error:
            raise failed(self._dsn, error) from error
