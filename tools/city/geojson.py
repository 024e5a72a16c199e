"""How is a layer written so that two versions compare line by line? RFC 7946, one feature a line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["DECIMALS", "Coordinates", "feature", "rounded", "write_collection"]

# A number, a position, a line of positions, a ring of ...
Coordinates = float | Sequence["Coordinates"]

# 1e-6 degree is 0.11 m: finer than anything drawn by hand (RFC 7946 section 11.2 advises no more).
DECIMALS = 6


def rounded(coordinates: Coordinates) -> Coordinates:
    """Round nested coordinates to the precision that is written.

    Examples
    --------
    >>> rounded([(67.00000049, 24.8)])
    [[67.0, 24.8]]
    """
    if isinstance(coordinates, (int, float)):
        return round(float(coordinates), DECIMALS)
    return [rounded(part) for part in coordinates]


def feature(kind: str, coordinates: Coordinates, properties: dict[str, Any]) -> dict[str, Any]:
    """Make one GeoJSON feature; its ``id`` member repeats the property of that name."""
    return {
        "type": "Feature",
        "id": properties["id"],
        "properties": properties,
        "geometry": {"type": kind, "coordinates": rounded(coordinates)},
    }


def write_collection(path: Path, features: list[dict[str, Any]]) -> None:
    """Write features in the order given, one a line, in UTF-8 with a newline at the end.

    Raises
    ------
    OSError
        If the folder cannot be made or the file cannot be written.
    """
    lines = [json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in features]
    body = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(body, encoding="utf-8", newline="\n")
