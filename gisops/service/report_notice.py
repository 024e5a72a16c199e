"""How long until somebody knew, came and repaired: each outage's times out of the event log. Pure.

Onset is bounded: it began after the last answer of its root and not later than the first question
that was missed. So is the time to notice: at least from the first miss, at most from the last
answer. What is not known stays empty: nobody who did not come came after zero seconds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Any

from gisops.model.event import Event, EventKind
from gisops.model.inventory import Inventory
from gisops.model.outage import Outage

__all__ = ["BY_CONTRACTOR", "COLUMNS", "KINDS", "notice_rows", "notice_summary"]

KINDS = (
    EventKind.OUTAGE_OPENED,
    EventKind.OUTAGE_UPDATED,
    EventKind.OUTAGE_CLOSED,
    EventKind.OUTAGE_ACKNOWLEDGED,
    EventKind.OUTAGE_VISITED,
    EventKind.OUTAGE_REPAIRED,
    EventKind.STATE_CHANGED,
)
"""What it reads."""
COLUMNS = (
    "outage",
    "root",
    "cause",
    "contractor",
    "onset_after",
    "onset_by",
    "alert_at",
    "acknowledged_at",
    "acknowledged_by",
    "visited_at",
    "visited_by",
    "repaired_at",
    "closed_at",
    "notice_least_s",
    "notice_most_s",
    "to_acknowledge_s",
    "to_visit_s",
    "to_repair_s",
    "open",
)
BY_CONTRACTOR = (
    "contractor",
    "outages",
    "open",
    "acknowledged",
    "visited",
    "notice_most_s",
    "to_acknowledge_s",
    "to_visit_s",
    "to_repair_s",
)
_NOBODY = "(none)"
_LOST = frozenset({"down", "unreachable"})


def notice_rows(events: Iterable[Event], inventory: Inventory) -> list[dict[str, Any]]:
    """Give a row an outage, the latest alert first.

    Parameters
    ----------
    events
        Of :data:`KINDS`, in any order, any number of times; others are passed over.
    inventory
        Says whose box it is.

    Returns
    -------
    list of dict
        :data:`COLUMNS`; times as ISO 8601 UTC, spans in seconds, ``None`` where not known.
        ``notice_least_s`` and ``notice_most_s`` bound onset to alert; ``to_acknowledge_s`` and
        ``to_visit_s`` count from the alert; ``to_repair_s`` from the alert to the last device's
        return, or to the word of whoever repaired it while it is not back.
    """
    of_outage: dict[str, list[Event]] = defaultdict(list)
    losses: dict[str, list[Event]] = defaultdict(list)
    for event in {event.id: event for event in events}.values():
        if event.kind is EventKind.STATE_CHANGED:
            if event.payload.get("new") in _LOST:
                losses[event.subject].append(event)
        elif event.kind in KINDS:
            of_outage[event.subject].append(event)
    rows = [_row(found, losses, inventory) for found in of_outage.values()]
    return sorted(filter(None, rows), key=lambda row: (row["alert_at"], row["outage"]), reverse=True)


def notice_summary(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give :data:`BY_CONTRACTOR`: medians of the known times; the slowest to acknowledge first."""
    grouped: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["contractor"]].append(row)
    found = [
        {
            "contractor": contractor,
            "outages": len(own),
            "open": sum(row["open"] for row in own),
            "acknowledged": sum(row["acknowledged_at"] is not None for row in own),
            "visited": sum(row["visited_at"] is not None for row in own),
            **{name: _median(row[name] for row in own) for name in BY_CONTRACTOR[5:]},
        }
        for contractor, own in grouped.items()
    ]
    return sorted(found, key=lambda row: (-(row["to_acknowledge_s"] or 0.0), row["contractor"]))


def _row(events: list[Event], losses: Mapping[str, list[Event]], inventory: Inventory) -> dict[str, Any] | None:
    alert = _first(events, EventKind.OUTAGE_OPENED)
    if alert is None:  # it began before the record does
        return None
    told = [
        e for e in events if e.kind in (EventKind.OUTAGE_OPENED, EventKind.OUTAGE_UPDATED, EventKind.OUTAGE_CLOSED)
    ]
    last = Outage.from_json(max(told, key=lambda e: (e.recorded_at, e.kind is EventKind.OUTAGE_CLOSED)).payload)
    onset_after, onset_by = _onset(last, alert, losses)
    acknowledged = _first(events, EventKind.OUTAGE_ACKNOWLEDGED)
    visited = _first(events, EventKind.OUTAGE_VISITED, EventKind.OUTAGE_REPAIRED)
    repaired = _first(events, EventKind.OUTAGE_REPAIRED)
    alert_at = alert.recorded_at
    done = last.closed_at or (repaired.occurred_at if repaired else None)
    return {
        "outage": last.id,
        "root": last.root_id,
        "cause": str(last.likeliest),
        "contractor": _contractor(last, inventory),
        "onset_after": _text(onset_after),
        "onset_by": _text(onset_by),
        "alert_at": _text(alert_at),
        "acknowledged_at": _text(acknowledged.occurred_at if acknowledged else None),
        "acknowledged_by": acknowledged.payload.get("by") if acknowledged else None,
        "visited_at": _text(visited.occurred_at if visited else None),
        "visited_by": visited.payload.get("by") if visited else None,
        "repaired_at": _text(repaired.occurred_at if repaired else None),
        "closed_at": _text(last.closed_at),
        "notice_least_s": _seconds(onset_by, alert_at),
        "notice_most_s": _seconds(onset_after, alert_at),
        "to_acknowledge_s": _seconds(alert_at, acknowledged.occurred_at if acknowledged else None),
        "to_visit_s": _seconds(alert_at, visited.occurred_at if visited else None),
        "to_repair_s": _seconds(alert_at, done),
        "open": last.closed_at is None,
    }


def _onset(
    outage: Outage, alert: Event, losses: Mapping[str, list[Event]]
) -> tuple[datetime | None, datetime | None]:
    """Give the last answer of the root and the first miss; what the log does not say is ``None``.

    Of the losses of the root the one nearest to the alert is its own. A root that is no device
    (a feeder, a span) has the latest of its members' last answers: all of them lived until then.
    """
    ids = [outage.root_id] if outage.root_id in losses else list(outage.member_ids)
    nearest = [
        min(losses[i], key=lambda e: abs((e.recorded_at - alert.recorded_at).total_seconds()))
        for i in ids
        if losses.get(i)
    ]
    ends = None if outage.closed_at is None else outage.closed_at
    own = [e for e in nearest if ends is None or e.occurred_at <= ends]
    seen = [datetime.fromisoformat(e.payload["seen_at"]) for e in own if e.payload.get("seen_at")]
    missed = [datetime.fromisoformat(e.payload["since"]) for e in own if e.payload.get("since")]
    # An outage is opened with the time of its first missed question; one opened on a door or a tilt, before anything
    # was lost, says nothing of the loss.
    opened = datetime.fromisoformat(alert.payload["opened_at"])
    if not seen or opened >= max(seen):
        missed.append(opened)
    by = min(missed, default=None)
    after = [moment for moment in seen if by is None or moment <= by]
    return max(after, default=None), by


def _contractor(outage: Outage, inventory: Inventory) -> str:
    names: Counter[str] = Counter()
    for device_id in (outage.root_id, *outage.member_ids):
        camera = inventory.cameras.get(device_id)
        box = inventory.boxes.get(camera.box_id if camera else device_id)
        if box is not None:
            names[box.contractor] += 1
            if device_id == outage.root_id:
                return box.contractor
    return min(names, key=lambda name: (-names[name], name), default=_NOBODY)


def _first(events: Iterable[Event], *kinds: EventKind) -> Event | None:
    return min(
        (e for e in events if e.kind in kinds), key=lambda e: (e.occurred_at, e.recorded_at, e.id), default=None
    )


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    """Give the seconds between; what came before is no wait."""
    return None if start is None or end is None else round(max(0.0, (end - start).total_seconds()), 1)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(median(known), 1) if known else None
