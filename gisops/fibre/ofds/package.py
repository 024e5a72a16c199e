"""What do nodes and spans look like as an OFDS network package (JSON), and what does a package say in our terms."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import shapely
from shapely.geometry import mapping, shape

from gisops.errors import FibreFileError
from gisops.model.inventory import Node, Span
from gisops.model.ofds import from_ofds, to_ofds

__all__ = ["OfdsRecord", "Publication", "from_package", "network_id", "to_package"]

_SCHEMA = "https://standard.ofds.info/en/0__4__0/network-schema.json"
_READABLE = ("0__4__", "0__3__")
_CRS = {"name": "urn:ogc:def:crs:OGC::CRS84", "uri": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}
_GEOMETRY = {"nodes": "location", "spans": "route"}


@dataclass(frozen=True, slots=True)
class Publication:
    """Which network is published: a UUID, a name and, where there is one, an identifier of our own."""

    id: str
    name: str
    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class OfdsRecord:
    """One node or span as a package says it: values by our columns, not checked yet; its geometry if it has one."""

    place: str
    values: Mapping[str, Any]
    geometry: Any = None


def network_id(name: str) -> str:
    """Give the UUID of a network that has none: always the same for the same name (RFC 9562, version 5).

    Examples
    --------
    >>> network_id("Small city") == network_id("Small city")
    True
    """
    return str(uuid5(NAMESPACE_URL, f"gisops:{name}"))


def to_package(nodes: Iterable[Node], spans: Iterable[Span], publication: Publication) -> dict[str, Any]:
    """Write nodes and spans as a network package of OFDS 0.4.

    What is ``None`` is left out. An organisation or phase is its own identifier.

    Returns
    -------
    dict
        A JSON document.
    """
    written = {
        "nodes": [_written("nodes", node) for node in nodes],
        "spans": [_written("spans", span) for span in spans],
    }
    organisations = {span["transmissionMediumOwner"]["id"] for span in written["spans"] if _OWNER in span}
    phases = {span["phase"]["id"] for span in written["spans"] if "phase" in span}
    network: dict[str, Any] = {
        "id": publication.id,
        **({"identifier": publication.identifier} if publication.identifier else {}),
        "name": publication.name,
        **{name: records for name, records in written.items() if records},
        **_named("phases", phases),
        **_named("organisations", organisations),
        "crs": dict(_CRS),
        "links": [{"href": _SCHEMA, "rel": "describedby"}],
    }
    return {"networks": [network]}


_OWNER = "transmissionMediumOwner"


def from_package(document: object, place: str) -> dict[str, list[OfdsRecord]]:
    """Read a network package; all of its networks.

    Parameters
    ----------
    document
        Parsed JSON.
    place
        The file, for places and errors.

    Returns
    -------
    dict
        Records of ``nodes`` and of ``spans``; a geometry that cannot be read is ``None``.

    Raises
    ------
    FibreFileError
        Where the document is no package, or one of a version that is not read.
    """
    networks = document.get("networks") if isinstance(document, dict) else None
    if not isinstance(networks, list):
        raise FibreFileError(place, "is no OFDS network package", "export it as {'networks': [...]}")
    found: dict[str, list[OfdsRecord]] = {"nodes": [], "spans": []}
    for number, network in enumerate(networks):
        where = f"{place} networks/{number}"
        if not isinstance(network, dict):
            raise FibreFileError(where, "is no network", "export it again")
        check_version(network, where)
        for table, records in found.items():
            entries = network.get(table, [])
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                raise FibreFileError(where, f"{table} is no list of objects", "export it again")
            records += [_read(table, entry, f"{where}/{table}/{at}") for at, entry in enumerate(entries)]
    return found


def check_version(network: Mapping[str, Any], place: str) -> None:
    """Refuse a version of the standard that is not read; a network that does not say is taken as 0.4.

    Raises
    ------
    FibreFileError
        Where it says another.
    """
    links = network.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") == "describedby":
            href = str(link.get("href"))
            if not any(version in href for version in _READABLE):
                raise FibreFileError(place, f"follows {href[:120]}", "convert it to OFDS 0.4 (0.3 is read, too)")


def _written(table: str, record: Node | Span) -> dict[str, Any]:
    values = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    geometry = values.pop("geometry")
    given = {name: value for name, value in values.items() if value not in (None, ())}
    found = to_ofds(table, given)
    for end in ("start", "end"):
        if end in found:
            found[end] = found[end]["id"]
    drawn = mapping(shapely.force_2d(geometry))
    coordinates = drawn["coordinates"]
    found[_GEOMETRY[table]] = {
        "type": drawn["type"],
        "coordinates": list(coordinates) if table == "nodes" else [list(point) for point in coordinates],
    }
    return found


def _named(name: str, ids: set[str]) -> dict[str, Any]:
    return {name: [{"id": key, "name": key} for key in sorted(ids)]} if ids else {}


def _read(table: str, entry: Mapping[str, Any], place: str) -> OfdsRecord:
    named = entry.get("id")
    drawn = entry.get(_GEOMETRY[table])
    rest = {name: value for name, value in entry.items() if name != _GEOMETRY[table]}
    try:
        geometry = shapely.force_2d(shape(drawn)) if drawn is not None else None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, shapely.errors.ShapelyError):
        geometry = None
    return OfdsRecord(f"{place} ({str(named)[:64]})", from_ofds(table, rest), geometry)
