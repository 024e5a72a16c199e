"""What comes in to be fitted into the network, what goes out, and what is said of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["KINDS", "Fitted", "FittedRecord", "Known", "KnownSpan", "Note", "Offer"]

KINDS = ("snapped", "split", "made", "turned", "crossing", "touching", "self_crossing", "duplicate", "refused")
"""Of notes. Only ``refused`` is an answer that is bad; the others say what was done, or what to look at."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A route or a node that comes in: its place in the file, typed values by our columns, geometry in WGS 84."""

    place: str
    values: Mapping[str, Any]
    geometry: Any


@dataclass(frozen=True, slots=True)
class KnownSpan:
    """A span of the network as it is."""

    start_id: str
    end_id: str
    line: Any


@dataclass(frozen=True, slots=True)
class Known:
    """The network as it is: points by node id, spans by id."""

    nodes: Mapping[str, Any]
    spans: Mapping[str, KnownSpan]


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was done with a feature, or is wrong with it.

    Parameters
    ----------
    kind
        One of `KINDS`.
    place
        Which feature.
    what
        What was done or found, with its value.
    remedy
        What to do about it; empty where there is nothing to do.
    lon, lat
        Where, in WGS 84 degrees; ``None`` where it is no single place.
    """

    kind: str
    place: str
    what: str
    remedy: str = ""
    lon: float | None = None
    lat: float | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.what}" + (f": {self.remedy}" if self.remedy else "")


@dataclass(frozen=True, slots=True)
class FittedRecord:
    """A node or span that fits: where it comes from, its id, its values by our columns, its geometry in WGS 84."""

    place: str
    id: str
    values: Mapping[str, Any]
    geometry: Any


@dataclass(frozen=True, slots=True)
class Fitted:
    """Nodes and spans to be merged into the network, and everything there is to say."""

    nodes: tuple[FittedRecord, ...]
    spans: tuple[FittedRecord, ...]
    notes: tuple[Note, ...]
