"""One question about availability, one answer: the tallies brought up to date, then one snapshot of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import asyncpg

from gisops.errors import StoreError
from gisops.health.availability import Line, Span
from gisops.model.membership import GroupKind
from gisops.model.state import DeviceKind
from gisops.store.availability import by_cause, by_day, by_group
from gisops.store.availability_days import local_days
from gisops.store.dsn import place_of
from gisops.store.sessions import DRIVER_ERRORS, connect, failed
from gisops.store.tally import catch_up

__all__ = ["Names", "Question", "ask"]

Names = Mapping[tuple[GroupKind, str], str]
"""What people call groups, by kind and id."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Parameters
    ----------
    by
        How devices are grouped; by nothing, all are one group.
    period
        From and to, UTC.
    kinds
        Which devices count.
    with_cause
        Whether each group is divided by what its losses were caused by.
    day_zone
        In which zone days begin, where the answer is by day.
    """

    by: Sequence[GroupKind]
    period: Span
    kinds: Sequence[DeviceKind]
    with_cause: bool = False
    day_zone: ZoneInfo | None = None


async def ask(dsn: str, question: Question, as_of: datetime) -> tuple[list[Line], Names]:
    """Answer a question.

    Parameters
    ----------
    dsn
        A migrated database.
    question
        What is asked; what of its period is not over yet is left out.
    as_of
        Now, UTC.

    Raises
    ------
    StoreError
        Where the database cannot be reached, or does not know an inventory yet.
    """
    start, end = question.period
    question = replace(question, period=(start, max(start, min(end, as_of))))
    connection = await connect(dsn)
    try:
        await catch_up(connection)
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            if not await connection.fetchval("SELECT EXISTS (SELECT FROM membership)"):
                raise StoreError(place_of(dsn), "it knows no inventory yet", "run gisops poll once")
            rows = await connection.fetch("SELECT kind, id, name FROM group_name")
            names = {(GroupKind(row["kind"]), row["id"]): row["name"] for row in rows}
            return await _lines(connection, question, as_of), names
    except DRIVER_ERRORS as error:
        raise failed(dsn, error) from error
    finally:
        connection.terminate()


async def _lines(connection: asyncpg.Connection, question: Question, as_of: datetime) -> list[Line]:
    by, kinds, period = question.by, question.kinds, question.period
    if period[0] >= period[1]:
        return []
    if question.day_zone is None:
        find = by_cause if question.with_cause else by_group
        return await find(connection, by, kinds, period, as_of)
    days = list(local_days(period, question.day_zone))
    if not question.with_cause:
        return await by_day(connection, by, kinds, days, as_of)
    return [
        replace(line, day=day.date) for day in days for line in await by_cause(connection, by, kinds, day.span, as_of)
    ]
