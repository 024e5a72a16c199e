"""Whose turn is it: work that one program at a time may do, however many have it on their list."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

__all__ = ["sole"]


@asynccontextmanager
async def sole(connection: asyncpg.Connection, work: str) -> AsyncIterator[bool]:
    """Hold the turn for ``work`` inside the block; gives whether it is ours.

    The lock belongs to the connection: it ends with it, however that ends, and it
    outlives the transactions made in between.
    """
    is_ours: bool = await connection.fetchval("SELECT pg_try_advisory_lock(hashtext($1))", f"gisops.{work}")
    try:
        yield is_ours
    finally:
        if is_ours and not connection.is_closed():
            await connection.execute("SELECT pg_advisory_unlock(hashtext($1))", f"gisops.{work}")
