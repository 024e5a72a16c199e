"""What the drawer is about: a validated choice of one thing in the city."""

from __future__ import annotations

from dataclasses import dataclass

from gisops.model.inventory import Box, Camera, Centre, Inventory, Place, Site, Station

__all__ = ["Subject", "parse_subject"]

_KINDS = ("boxes", "cameras", "sites", "stations", "centres", "places")


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing of the inventory: ``table`` it is in, and its ``id``."""

    table: str
    id: str

    def record(self, inventory: Inventory) -> Box | Camera | Centre | Place | Site | Station:
        """Give its record."""
        found: Box | Camera | Centre | Place | Site | Station = getattr(inventory, self.table)[self.id]
        return found


def parse_subject(value: object, inventory: Inventory) -> Subject | None:
    """Read what the browser says was chosen.

    Parameters
    ----------
    value
        Anything at all: it comes from outside.
    inventory
        The thing must be in it.

    Returns
    -------
    Subject or None
        ``None`` for nothing, for nonsense and for what does not exist.
    """
    if not isinstance(value, dict):
        return None
    table, key = value.get("kind"), value.get("id")
    if not isinstance(table, str) or not isinstance(key, str) or table not in _KINDS:
        return None
    return Subject(table, key) if key in getattr(inventory, table) else None
