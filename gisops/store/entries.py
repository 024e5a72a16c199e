"""What people enter of boxes, permits and outages, written to the log, and read from it by kind."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import UTC, datetime

from gisops.errors import StoreError
from gisops.model.event import Event, EventKind
from gisops.store.reader import PgReader
from gisops.store.recorder import PgRecorder

__all__ = ["EVER", "events_of_kinds", "note_entries", "root_of_outage"]

EVER = datetime(2000, 1, 1, tzinfo=UTC)
"""Before anything was written."""


async def events_of_kinds(dsn: str, kinds: Sequence[EventKind], since: datetime = EVER) -> list[Event]:
    """Give the events of some kinds that occurred at ``since`` or later, kind by kind in log order.

    Raises
    ------
    StoreError
        Where the database is away.
    """
    reader = await PgReader.open(dsn)
    try:
        return [stored.event for kind in kinds for stored in await reader.events_of(kind, since)]
    finally:
        await reader.close()


async def note_entries(dsn: str, events: Sequence[Event]) -> None:
    """Write events; one whose id is there already changes nothing.

    Raises
    ------
    StoreError
        Where the database is away.
    """
    recorder = await PgRecorder.open(dsn)
    try:
        await recorder.note(events)
    finally:
        await recorder.close()


async def root_of_outage(dsn: str, outage_id: str) -> str:
    """Give the root of an outage that there is.

    Raises
    ------
    StoreError
        Where the database is away, or there is no such outage.
    """
    opened = await events_of_kinds(dsn, [EventKind.OUTAGE_OPENED])
    known = {event.subject: event.payload["root"] for event in opened}
    if outage_id not in known:
        near = difflib.get_close_matches(outage_id, sorted(known), n=1)
        remedy = f"did you mean {near[0]}?" if near else "see the outages on the page of gisops serve"
        raise StoreError(f"outage {outage_id}", "is not known", remedy)
    root: str = known[outage_id]
    return root
