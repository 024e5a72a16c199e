"""Events out of a file of JSON Lines, one event a line as the log holds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from gisops.errors import ConfigError
from gisops.model.event import Event, EventKind

__all__ = ["event_of_line", "line_of_event", "read_events"]

_KINDS = {str(kind): kind for kind in EventKind}


def read_events(path: Path) -> Iterator[Event]:
    """Read a file; empty lines are passed over, and events of kinds this gisops does not know.

    Raises
    ------
    ConfigError
        Where it cannot be read, or a line is no event.
    """
    try:
        with path.open("rb") as lines:
            yield from _events(str(path), lines)
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read ({error.strerror})", "name a file of events") from error


def _events(place: str, lines: Iterable[bytes]) -> Iterator[Event]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            event = event_of_line(f"{place} line {number}", line)
            if event is not None:
                yield event


def event_of_line(place: str, line: bytes) -> Event | None:
    """Read one line; ``None`` for an event of a kind that is not known.

    Raises
    ------
    ConfigError
        Where it is no event.
    """
    try:
        document: dict[str, Any] = orjson.loads(line)
        kind = _KINDS.get(document["kind"])
        if kind is None:
            return None
        occurred = datetime.fromisoformat(document["occurred_at"])
        recorded = datetime.fromisoformat(document.get("recorded_at") or document["occurred_at"])
        if occurred.tzinfo is None or recorded.tzinfo is None:
            raise ConfigError(place, "a time has no offset", "write it as 2026-03-01T22:30:00+00:00")
        return Event(str(document["id"]), kind, str(document["subject"]), occurred, recorded, document["payload"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        what = f"is no event ({type(error).__name__}: {error})"
        raise ConfigError(place, what, "write id, kind, subject, occurred_at, recorded_at, payload") from None


def line_of_event(event: Event) -> bytes:
    """Write one event as a line, its end included."""
    document = {
        "id": event.id,
        "kind": str(event.kind),
        "subject": event.subject,
        "occurred_at": event.occurred_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "payload": dict(event.payload),
    }
    return orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)
