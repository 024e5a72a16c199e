"""What was arranged beforehand, at a moment: permits to work, and feeders that are off by plan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gisops.model.inventory import Inventory
from gisops.model.permit import Permit
from gisops.priors.permits import PermitBook
from gisops.priors.shedding import planned_outage

__all__ = ["Surroundings"]

LOOK_EVERY = timedelta(seconds=5)
"""Permits and plans change by the minute."""


class Surroundings:
    """What is arranged in a city.

    Parameters
    ----------
    inventory
        What stands in the city.

    Attributes
    ----------
    works
        Boxes where a permit to work is in force; ``None`` where no permit was ever issued: then there is no
        register, and that there is no permit says nothing.
    shed
        Feeders that are off by plan.
    """

    def __init__(self, inventory: Inventory) -> None:
        self._permits: tuple[Permit, ...] = ()
        self._looked_at: datetime | None = None
        self.works: frozenset[str] | None = None
        self.shed: frozenset[str] = frozenset()
        self.stand_on(inventory)

    def stand_on(self, inventory: Inventory) -> None:
        """Go on with another inventory."""
        self._inventory = inventory
        self._zone = ZoneInfo(inventory.settings.time_zone)
        self._planned = [feeder for feeder in inventory.feeders.values() if feeder.shedding]
        self._book = PermitBook(self._permits, inventory)
        self._looked_at = None

    def issue(self, permits: Iterable[Permit]) -> None:
        """Know these permits from now on, and no others."""
        self._permits = tuple(permits)
        self._book = PermitBook(self._permits, self._inventory)
        self._looked_at = None

    def look(self, now: datetime) -> bool:
        """See what holds now; give whether that was looked at (it is, every few seconds)."""
        if self._looked_at is not None and timedelta() <= now - self._looked_at < LOOK_EVERY:
            return False
        self._looked_at = now
        self.shed = frozenset(f.id for f in self._planned if planned_outage(f, now, self._zone) is not None)
        held = any(permit.holds(now) for permit in self._permits)
        found = (box_id for box_id in self._inventory.boxes if self._book.works_at(now, box_id)) if held else ()
        self.works = frozenset(found) if self._permits else None
        return True
