"""What did the instrument find along the fibre? Block KeyEvents: splices, connectors, bends, the end."""

from __future__ import annotations

from dataclasses import dataclass

from gisops.errors import SorError
from gisops.fibre.otdr.cursor import Cursor
from gisops.fibre.otdr.trace import SorEvent

__all__ = ["KeyEvents", "read_events"]

_KINDS = {"0": "non-reflective", "1": "reflective", "2": "saturated"}
_ORIGINS = {
    "A": "added",
    "M": "moved",
    "E": "end",
    "F": "found",
    "O": "out of range",
    "D": "end-moved",
}
_MARKERS = 5
_LEAST_BYTES = 23
"""Of an event of version 1 with an empty comment."""


@dataclass(frozen=True, slots=True)
class KeyEvents:
    """Events by time, and what the instrument summed up; ``None`` where it did not."""

    events: tuple[SorEvent, ...]
    total_loss_db: float | None
    return_loss_db: float | None


def read_events(data: bytes, place: str, major: int) -> KeyEvents:
    """Read KeyEvents; version 2 has five markers besides for each event, which are not needed here.

    Raises
    ------
    SorError
        Where it is too short, or has a kind of event that the format does not know.
    """
    cursor = Cursor(data, f"{place} KeyEvents")
    count = cursor.number("H")
    if count * _LEAST_BYTES > cursor.left:
        raise SorError(
            cursor.place, f"has {count} events in {len(data):,} bytes", "copy it again from the instrument"
        )
    events = sorted((_event(cursor, major) for _ in range(count)), key=lambda event: (event.ticks, event.number))
    total, _, finish = cursor.number("i"), cursor.number("i"), cursor.number("i")
    returned, _, end = cursor.number("H"), cursor.number("i"), cursor.number("i")
    return KeyEvents(
        events=tuple(events),
        total_loss_db=total / 1000.0 if finish and total else None,
        return_loss_db=returned / 1000.0 if end and returned else None,
    )


def _event(cursor: Cursor, major: int) -> SorEvent:
    number, ticks = cursor.number("H"), cursor.number("i")
    attenuation, loss, reflectance = cursor.number("h"), cursor.number("h"), cursor.number("i")
    code = cursor.take(6).decode("latin-1")
    cursor.take(2)  # how the loss was measured: LS or 2P
    if code[0] not in _KINDS:
        raise SorError(cursor.place, f"event {number} has code {code!r}", "export it again from the instrument")
    if major > 1:
        cursor.numbers("I", _MARKERS)
    return SorEvent(
        number=number,
        ticks=ticks,
        attenuation_db_km=attenuation / 1000.0,
        loss_db=loss / 1000.0,
        reflectance_db=reflectance / 1000.0 if reflectance else None,
        kind=_KINDS[code[0]],
        origin=_ORIGINS.get(code[1], "other"),
        comment=cursor.text(),
    )
