"""Availability counted minute by minute from a history a person could draw: the oracle of the store's SQL.

Everything happens on whole minutes. Each device is walked through the period one
minute at a time; nothing is taken from the code under test but its words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from gisops.model.state import DeviceState

Value = TypeVar("Value")

__all__ = ["City", "Outcome", "Win", "truth"]

LOST = (DeviceState.DOWN, DeviceState.UNREACHABLE)
ANSWERS = (DeviceState.UP, DeviceState.DEGRADED)


@dataclass(frozen=True)
class Win:
    """Announced work: a scope as (word, id), from and to in minutes."""

    scope: tuple[str, str]
    start: int
    end: int


@dataclass
class City:
    """What happened, in minutes since the start.

    ``states`` by device: minute to state. ``places`` by device: minute from which on it
    belongs to (district, contractor); ``None``: it is gone. ``gaps``: when nobody asked.
    """

    states: Mapping[str, Mapping[int, DeviceState]]
    places: Mapping[str, Mapping[int, tuple[str, str] | None]]
    windows: Sequence[Win] = ()
    gaps: Sequence[tuple[int, int]] = ()


@dataclass
class Outcome:
    """Minutes and counts of one group."""

    devices: set[str] = field(default_factory=set)
    available: int = 0
    lost: int = 0
    unknown: int = 0
    maintenance: int = 0
    failures: int = 0
    restored: int = 0
    repair: int = 0
    open: int = 0


def truth(city: City, start: int, end: int, now: int) -> dict[tuple[str, str], Outcome]:
    """Count every (district, contractor) from ``start`` to ``end``; states are known up to ``now``."""
    found: dict[tuple[str, str], Outcome] = defaultdict(Outcome)
    for device in city.places:
        for minute in range(start, end):
            place = _at(city.places[device], minute)
            if place is None:
                continue
            outcome = found[place]
            outcome.devices.add(device)
            state = _at(city.states[device], minute) or DeviceState.UNKNOWN
            if _in_work(city, device, minute) or state is DeviceState.MAINTENANCE:
                outcome.maintenance += 1
            elif any(a <= minute < b for a, b in city.gaps) or state is DeviceState.UNKNOWN:
                outcome.unknown += 1
            elif state in LOST:
                outcome.lost += 1
            else:
                outcome.available += 1
        for onset, restored in _failures(city, device, now):
            place = _at(city.places[device], onset)
            if place is None:
                continue
            outcome = found[place]
            outcome.failures += start <= onset < end
            if restored is not None and start <= restored < end:
                outcome.restored += 1
                outcome.repair += restored - onset
            outcome.open += onset < end and (restored is None or restored >= end)
    return {place: outcome for place, outcome in found.items() if outcome.devices}


def _at(changes: Mapping[int, Value], minute: int) -> Value | None:
    last: Value | None = None
    for at, value in sorted(changes.items()):
        if at <= minute:
            last = value
    return last


def _in_work(city: City, device: str, minute: int) -> bool:
    place = _at(city.places[device], minute)
    if place is None:
        return False
    scopes = {("device", device), ("district", place[0]), ("contractor", place[1]), ("all", "all")}
    return any(win.start <= minute < win.end and win.scope in scopes for win in city.windows)


def _failures(city: City, device: str, now: int) -> list[tuple[int, int | None]]:
    """Walk the minutes: a loss begins when it is lost outside work, and lasts until it answers."""
    found: list[tuple[int, int | None]] = []
    onset: int | None = None
    waits = False  # lost, but inside the work it was lost in
    for minute in range(now):
        state = _at(city.states[device], minute)
        if state in ANSWERS:
            if onset is not None:
                found.append((onset, minute))
            onset, waits = None, False
        elif onset is None:
            changed = minute in city.states[device] and state in LOST
            if (changed or waits) and not _in_work(city, device, minute):
                onset, waits = minute, False
            elif changed:
                waits = True
    if onset is not None:
        found.append((onset, None))
    return found
