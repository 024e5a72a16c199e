"""How the nouns look as rows, and rows as nouns: the one place that knows both. No I/O."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import orjson

from gisops.model.event import Event, EventKind, StoredEvent
from gisops.model.outage import Outage
from gisops.model.state import DeviceKind, DeviceState
from gisops.store.ports import Sample, StateRow

__all__ = [
    "columns_of_events",
    "columns_of_outages",
    "columns_of_states",
    "event_of",
    "json_text",
    "last_by",
    "outage_of",
    "sample_of",
    "sample_record",
    "single",
    "state_of",
    "through_store",
]

Row = Mapping[str, Any]
Key = TypeVar("Key")
Item = TypeVar("Item")

_NUL = b"\\u0000"


def json_text(document: object) -> str:
    r"""Write JSON as ``jsonb`` takes it; NaN becomes null, NUL characters (no text has them) are left out.

    Examples
    --------
    >>> json_text({"load": float("nan"), "name": "a\x00b"})
    '{"load":null,"name":"ab"}'
    """
    text = orjson.dumps(document)
    if _NUL in text:
        text = orjson.dumps(_without_nul(orjson.loads(text)))
    return text.decode()


def _without_nul(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    return value


def single(value: float | None) -> float | None:
    """Round to single precision, in which readings are kept.

    Examples
    --------
    >>> single(0.1)
    0.10000000149011612
    """
    return None if value is None else float(struct.unpack("f", struct.pack("f", value))[0])


def last_by(items: Iterable[tuple[Key, Item]]) -> list[Item]:
    """Keep the last item of each key."""
    return list(dict(items).values())


def columns_of_events(events: Sequence[Event]) -> tuple[list[Any], ...]:
    """Give id, kind, subject, occurred_at, recorded_at, payload as columns; an id once."""
    once = list({event.id: event for event in reversed(events)}.values())[::-1]
    return (
        [event.id for event in once],
        [str(event.kind) for event in once],
        [event.subject for event in once],
        [event.occurred_at for event in once],
        [event.recorded_at for event in once],
        [json_text(dict(event.payload)) for event in once],
    )


def columns_of_states(states: Sequence[StateRow]) -> tuple[list[Any], ...]:
    """Give device_id, kind, state, since, seen_at, reason, metrics as columns; a device once."""
    once = last_by((row.device_id, row) for row in states)
    return (
        [row.device_id for row in once],
        [str(row.kind) for row in once],
        [str(row.state) for row in once],
        [row.since for row in once],
        [row.seen_at for row in once],
        [row.reason for row in once],
        [json_text(dict(row.metrics)) for row in once],
    )


def columns_of_outages(outages: Sequence[Outage]) -> tuple[list[Any], ...]:
    """Give id, root, cause, opened_at, updated_at, closed_at, document as columns; an outage once."""
    once = last_by((outage.id, outage) for outage in outages)
    return (
        [outage.id for outage in once],
        [outage.root_id for outage in once],
        [str(outage.likeliest) for outage in once],
        [outage.opened_at for outage in once],
        [outage.updated_at for outage in once],
        [outage.closed_at for outage in once],
        [json_text(outage.to_json()) for outage in once],
    )


def sample_record(sample: Sample) -> tuple[Any, ...]:
    """Give a sample in the order of the table's columns."""
    return (
        sample.device_id,
        sample.observed_at,
        sample.profile,
        sample.answered,
        sample.rtt_s,
        list(sample.values),
    )


def event_of(row: Row) -> StoredEvent:
    """Read an event row."""
    event = Event(
        row["id"],
        EventKind(row["kind"]),
        row["subject"],
        row["occurred_at"],
        row["recorded_at"],
        orjson.loads(row["payload"]),
    )
    return StoredEvent(row["seq"], event)


def state_of(row: Row) -> StateRow:
    """Read a state row."""
    return StateRow(
        row["device_id"],
        DeviceKind(row["kind"]),
        DeviceState(row["state"]),
        row["since"],
        row["seen_at"],
        row["reason"],
        orjson.loads(row["metrics"]),
    )


def outage_of(row: Row) -> Outage:
    """Read an outage row."""
    return Outage.from_json(orjson.loads(row["document"]))


def sample_of(row: Row) -> Sample:
    """Read a sample row."""
    return Sample(
        row["device_id"],
        row["ts"],
        row["profile"],
        row["answered"],
        row["rtt_s"],
        tuple(row["readings"]),
    )


def through_store(sample: Sample) -> Sample:
    """Give a sample as it comes back from the table."""
    return replace(sample, rtt_s=single(sample.rtt_s), values=tuple(single(value) for value in sample.values))
