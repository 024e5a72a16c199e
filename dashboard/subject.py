"""What the drawer is about: a validated choice of one thing in the city."""

from __future__ import annotations

from dataclasses import dataclass

from gisops.model.inventory import Box, Camera, Centre, Inventory, Place, Site, Span, Station

__all__ = ["Subject", "parse_subject"]

_KINDS = ("boxes", "cameras", "sites", "stations", "centres", "places", "spans")


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing of the inventory: ``table`` it is in, its ``id``, and where on it (longitude, latitude) if said."""

    table: str
    id: str
    at: tuple[float, float] | None = None

    def record(self, inventory: Inventory) -> Box | Camera | Centre | Place | Site | Span | Station:
        """Give its record."""
        found: Box | Camera | Centre | Place | Site | Span | Station = getattr(inventory, self.table)[self.id]
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
    return Subject(table, key, _place(value.get("at"))) if key in getattr(inventory, table) else None


def _place(value: object) -> tuple[float, float] | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in value):
        return None
    lon, lat = float(value[0]), float(value[1])
    return (lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None
