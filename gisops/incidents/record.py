"""What is kept of an incident, and of an event in another system? Never a plate, a face or a name.

An incident is something that happened. A reference points at something another system holds (a plate read, a face
matched): its id there, where, when, what kind, how sure, and a link back; what it is about stays where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["RADIUS_M", "Incident", "Precision", "Reference"]


class Precision(StrEnum):
    """How well the place is known."""

    EXACT = "exact"
    """Coordinates that somebody took there."""
    STREET = "street"
    """A named place, crossing or short street."""
    AREA = "area"
    """Somewhere in a neighbourhood or district: counted there, never put on a point map."""


RADIUS_M = {Precision.EXACT: 0.0, Precision.STREET: 150.0, Precision.AREA: 1500.0}
"""Standard error of the place where nothing better is known, metres: half a block, half a neighbourhood."""


@dataclass(frozen=True, slots=True)
class Incident:
    """One report of an incident.

    Parameters
    ----------
    source, source_id
        Which system reports it, and its number there.
    category
        Of the taxonomy.
    occurred_at
        UTC.
    lon, lat
        WGS 84 degrees.
    precision, radius_m
        How well the place is known, as a word and as a standard error in metres.
    place
        The place it was found by, as the gazetteer calls it; ``None`` where coordinates came along.
    link
        Back to the source.
    """

    source: str
    source_id: str
    category: str
    occurred_at: datetime
    lon: float
    lat: float
    precision: Precision
    radius_m: float
    place: str | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """One event of another system, by reference.

    Parameters
    ----------
    kind
        Of the taxonomy: ``anpr``, ``face_match`` ...
    confidence
        0 to 1 as that system says; ``None`` where it does not.
    """

    source: str
    source_id: str
    kind: str
    occurred_at: datetime
    lon: float
    lat: float
    precision: Precision
    radius_m: float
    confidence: float | None
    link: str | None = None
