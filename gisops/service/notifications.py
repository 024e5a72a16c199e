"""What of the notifications is recorded: who sent them, what they say, and repeats as one event with a count.

No I/O and no clock: traps in, events out, with the receipts of the informs that became
part of them, to be acknowledged once these events are stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from gisops.health.profile import Profile
from gisops.health.storm import Notice, Storm, Told
from gisops.model.event import Event, EventKind
from gisops.service.signals import port_of
from gisops.snmp.ports import Trap, Value

__all__ = ["Intake", "Recorded"]

_Words = tuple[str, tuple[tuple[str, Value], ...]]
"""OID of the notification and its bindings: two that differ in any are not the same."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Events to be stored, and the informs that are part of them."""

    events: tuple[Event, ...] = ()
    receipts: tuple[int, ...] = ()


_NOTHING = Recorded()


class Intake:
    """Folds notifications into events.

    Parameters
    ----------
    device_at
        Gives a device id by address; ``None`` for a stranger.
    profile_of
        Gives the profile of a device id.
    storm
        What folds.

    Attributes
    ----------
    strangers
        Notifications from addresses that are nobody's.
    """

    def __init__(
        self,
        device_at: Callable[[str], str | None],
        profile_of: Callable[[str], Profile | None],
        storm: Storm | None = None,
    ) -> None:
        self._device_at = device_at
        self._profile_of = profile_of
        self._storm = storm if storm is not None else Storm()
        self._ids: dict[int, str] = {}
        self._number = 0
        self.strangers = 0

    def take(self, trap: Trap) -> Recorded:
        """Take a notification in; give what is to be recorded at once (nothing for a mere repeat)."""
        device_id = self._device_at(trap.source)
        profile = self._profile_of(device_id) if device_id is not None else None
        if device_id is None or profile is None:
            self.strangers += 1
            return _NOTHING
        if trap.receipt is not None:
            self._ids[trap.receipt] = trap.id
        port = port_of(trap)
        said: _Words = (trap.oid, trap.values)
        subject = "" if port is None else str(port)
        name = profile.traps.get(trap.oid, trap.oid)
        told = self._storm.take(Notice(device_id, name, trap.received_at, said, subject, trap.receipt))
        return self._recorded(told, trap.received_at) if told else _NOTHING

    def due(self, now: datetime) -> Recorded:
        """Give what was folded and is to be recorded by ``now``."""
        return self._recorded(self._storm.due(now), now)

    def flush(self, now: datetime) -> Recorded:
        """Give all that was folded: the collector ends."""
        return self._recorded(self._storm.flush(), now)

    def _recorded(self, told: Iterable[Told], now: datetime) -> Recorded:
        events: list[Event] = []
        receipts: list[int] = []
        for one in told:
            names = [self._ids.pop(receipt, "") for receipt in one.receipts]
            receipts += one.receipts
            self._number += 1
            identity = f"trap:{one.device_id}:{one.name}:{one.first_at.isoformat()}:{self._number}"
            # The same inform, had from two collectors or after a restart, is one event.
            events.append(self._event(one, names[0] if one.count == 1 and names else identity, now))
        return Recorded(tuple(events), tuple(receipts))

    def _event(self, told: Told, identity: str, now: datetime) -> Event:
        oid, values = cast("_Words", told.values)
        profile = self._profile_of(told.device_id)
        metrics = profile.metric_of_oid if profile is not None else {}
        payload = {
            "trap": (profile.traps.get(oid, "other") if profile is not None else "other"),
            "oid": oid,
            "values": {m.name: m.decode(value) for name, value in values if (m := metrics.get(name)) is not None},
            "port": int(told.subject) if told.subject else None,
            "count": told.count,
            "changes": told.changes,
            "first_at": told.first_at.isoformat(),
        }
        return Event(identity, EventKind.TRAP_RECEIVED, told.device_id, told.last_at, now, payload)
