"""What is recorded of what devices say by themselves: each once, a storm as one with a count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from gisops.health.storm import Notice, Storm, Told
from gisops.model.event import Event, EventKind
from gisops.snmp.ports import Trap

__all__ = ["Notifications"]


class _Said(NamedTuple):
    """What a notification says, comparable: two that say the same may be folded."""

    oid: str
    metrics: tuple[tuple[str, float | None], ...]
    port: int | None


class Notifications:
    """Folds notifications into events, and keeps the receipts of informs until their event is handed over."""

    def __init__(self) -> None:
        self._storm = Storm()
        self._told: list[Told] = []
        self._names: dict[int, str] = {}

    def take(
        self, device_id: str, name: str, metrics: Mapping[str, float | None], port: int | None, trap: Trap
    ) -> None:
        """Take one in.

        Parameters
        ----------
        device_id
            Who sent it.
        name
            As its profile calls it.
        metrics
            Readings that came with it.
        port
            ifIndex that it is about; ``None`` where it is about the whole device.
        trap
            As received.
        """
        said = _Said(trap.oid, tuple(metrics.items()), port)
        subject = "" if port is None else str(port)
        if trap.receipt is not None:
            self._names[trap.receipt] = trap.id
        self._told += self._storm.take(Notice(device_id, name, trap.received_at, said, subject, trap.receipt))

    def settle(self, now: datetime) -> tuple[list[Event], tuple[int, ...]]:
        """Give the events to record by now, and the receipts of the informs in them."""
        return self._hand_over((*self._told, *self._storm.due(now)), now)

    def finish(self, now: datetime) -> tuple[list[Event], tuple[int, ...]]:
        """Give everything that is left, folded or not."""
        return self._hand_over((*self._told, *self._storm.flush()), now)

    def _hand_over(self, told: Iterable[Told], now: datetime) -> tuple[list[Event], tuple[int, ...]]:
        self._told = []
        events: list[Event] = []
        receipts: list[int] = []
        for each in told:
            events.append(self._event_of(each, now))
            receipts += each.receipts
        for receipt in receipts:
            self._names.pop(receipt, None)
        return events, tuple(receipts)

    def _event_of(self, told: Told, now: datetime) -> Event:
        said = told.values
        assert isinstance(said, _Said)  # noqa: S101 - put in by `take`
        # An inform that its sender repeats to a collector started anew must not be written twice.
        inform = self._names.get(told.receipts[0], "") if told.receipts else ""
        identity = (
            inform or f"trap:{told.device_id}:{told.name}:{told.subject}:{told.first_at.isoformat()}:{told.count}"
        )
        payload = {
            "trap": told.name,
            "oid": said.oid,
            "values": dict(said.metrics),
            "port": said.port,
            "count": told.count,
            "changes": told.changes,
            "last_at": told.last_at.isoformat(),
        }
        return Event(identity, EventKind.TRAP_RECEIVED, told.device_id, told.first_at, now, payload)
