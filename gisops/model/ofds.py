"""What is each column called in the Open Fibre Data Standard, and in which form does it stand there? Both ways.

The standard (0.4; what 0.3 calls otherwise is read, too) nests organisations,
phases and nodes as objects with an ``id``, gives cable in kilometres, and says
how a span is installed in two properties. What it has no word for stands in
properties of ours that begin with ``gisops:``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

__all__ = ["OFDS_NAMES", "from_ofds", "ofds_value", "to_ofds"]

OFDS_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "nodes": {"kinds": "type", "slack_m": "gisops:slack_m", "splice_count": "gisops:splice_count"},
        "spans": {
            "start_id": "start",
            "end_id": "end",
            "fibre_count": "fibreCount",
            "ring": "gisops:ring",
            "cable_length_m": "fibreLength",
            "organisation": "transmissionMediumOwner",
            "phase": "phase",
            "installation": "deployment",
        },
    }
)
"""Property by column, for the columns that the standard calls otherwise or writes in another form."""

_OWNER_IN_0_3 = "physicalInfrastructureProvider"
_SUPPORT = "supportingInfrastructure"
_INSTALLATION = {
    "aerial": ("aboveGround", "pole"),
    "buried": ("belowGround", "none"),
    "duct": ("belowGround", "duct"),
}
"""Codes of the lists ``deployment`` (closed) and ``spanSupportingInfrastructure`` (open)."""
_IN_A_TUBE = frozenset({"duct", "pipe"})
_TO_THE_MILLIMETRE = 6


def from_ofds(table: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Bring the properties of a node or span into columns; what has no other name stays as it is.

    Examples
    --------
    >>> found = from_ofds("spans", {"id": "S1", "start": {"id": "N1"}, "fibreLength": 0.4123})
    >>> found["start_id"], found["cable_length_m"], found["installation"]
    ('N1', 412.3, None)
    """
    found = dict(properties)
    for column in OFDS_NAMES.get(table, {}):
        found[column] = ofds_value(table, column, properties)
    if table in OFDS_NAMES and not found.get("name"):
        found["name"] = found.get("id")  # the standard asks for an id only
    return found


def ofds_value(table: str, column: str, properties: Mapping[str, Any]) -> Any:  # noqa: ANN401 - of any type
    """Give the value of one column from OFDS properties; objects may stand as JSON text, as GDAL gives them."""
    value = _decoded(properties.get(OFDS_NAMES[table][column]))
    if column == "organisation":
        value = _decoded(properties.get(_OWNER_IN_0_3)) if value is None else value
    if column == "installation":
        return _installation(value, _decoded(properties.get(_SUPPORT)))
    if column == "cable_length_m":
        return _metres(value)
    if isinstance(value, dict):
        return (value.get("name") or value.get("id")) if column in ("organisation", "phase") else value.get("id")
    return value


def to_ofds(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Bring values by column into OFDS properties; the way back of `from_ofds`.

    Examples
    --------
    >>> to_ofds("spans", {"end_id": "N2", "cable_length_m": 412.3, "installation": "duct"})
    {'end': {'id': 'N2'}, 'fibreLength': 0.4123, 'deployment': ['belowGround'], \
'supportingInfrastructure': {'type': 'duct'}}
    """
    names = OFDS_NAMES.get(table, {})
    found: dict[str, Any] = {}
    for column, value in values.items():
        written: Any = list(value) if isinstance(value, tuple) else value
        if written is None or column not in names:
            found[column] = written
        elif column in ("start_id", "end_id"):
            found[names[column]] = {"id": written}
        elif column in ("organisation", "phase"):
            found[names[column]] = {"id": written, "name": written}
        elif column == "cable_length_m":
            found[names[column]] = round(written / 1000.0, _TO_THE_MILLIMETRE)
        elif column == "installation":
            deployment, support = _INSTALLATION[written]
            found[names[column]], found[_SUPPORT] = [deployment], {"type": support}
        else:
            found[names[column]] = written
    return found


def _installation(deployment: Any, support: Any) -> Any:  # noqa: ANN401 - values of any file
    """Tell how a span is installed; ``None`` where it is not said, or above ground here and below there."""
    said = {str(code) for code in deployment} if isinstance(deployment, list) else {deployment or None}
    if said == {"aboveGround"}:
        return "aerial"
    if said == {"belowGround"}:
        kind = support.get("type") if isinstance(support, dict) else None
        return "duct" if kind in _IN_A_TUBE else "buried"
    if said <= {None, "aboveGround", "belowGround"}:
        return None
    return ";".join(sorted(str(code) for code in said))  # for the schema to complain of


def _metres(kilometres: object) -> object:
    """Give metres to the millimetre; what is no number is left for the schema to complain of."""
    if isinstance(kilometres, bool) or not isinstance(kilometres, int | float | str):
        return kilometres
    try:
        metres = float(kilometres) * 1000.0
    except (ValueError, OverflowError):
        return kilometres
    return round(metres, 3) if math.isfinite(metres) else kilometres


def _decoded(value: Any) -> Any:  # noqa: ANN401 - a value of any file
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value
