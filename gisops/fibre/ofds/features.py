"""How does a network package read as GeoJSON: one feature collection of nodes, one of spans? And back.

The transformation of the standard: what a feature refers to stands in it whole,
and the network without its lists stands in every feature.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gisops.errors import FibreFileError

__all__ = ["are_ofds_features", "from_features", "to_features"]

_LISTS = ("nodes", "spans", "phases", "organisations")
_GEOMETRY = {"node": "location", "span": "route"}
_ORGANISATIONS = ("transmissionMediumOwner", "physicalInfrastructureProvider", "supplier")


def to_features(package: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Bring a package into GeoJSON.

    Returns
    -------
    nodes, spans
        Two feature collections (RFC 7946).
    """
    collections: dict[str, list[dict[str, Any]]] = {"node": [], "span": []}
    for network in package["networks"]:
        known = {name: {item["id"]: item for item in network.get(name, ())} for name in _LISTS}
        rest = {name: value for name, value in network.items() if name not in _LISTS}
        for kind, features in collections.items():
            features += [_feature(kind, record, rest, known) for record in network.get(f"{kind}s", ())]
    nodes, spans = ({"type": "FeatureCollection", "features": features} for features in collections.values())
    return nodes, spans


def from_features(*collections: Mapping[str, Any], place: str = "GeoJSON") -> dict[str, Any]:
    """Bring feature collections of nodes and spans back into one package.

    Raises
    ------
    FibreFileError
        Where a feature says neither that it is a node nor that it is a span.
    """
    networks: dict[str, dict[str, Any]] = {}
    for collection in collections:
        for number, feature in enumerate(collection["features"], 1):
            where = f"{place} feature {number}"
            properties = feature.get("properties") if isinstance(feature, dict) else None
            if not isinstance(properties, dict):
                raise FibreFileError(where, "has no properties", "export it again")
            kind = properties.get("featureType") or _kind_of(feature.get("geometry"))
            if kind not in _GEOMETRY:
                raise FibreFileError(where, "is neither node nor span", "give it featureType node or span")
            own = properties.get("network")
            own = own if isinstance(own, dict) else {}
            network = networks.setdefault(str(own.get("id")), {**own, "nodes": [], "spans": []})
            record = {name: value for name, value in properties.items() if name not in ("network", "featureType")}
            for end in ("start", "end"):
                if isinstance(record.get(end), dict):
                    record[end] = record[end].get("id")
            _refer(network, record)
            network[f"{kind}s"].append({**record, _GEOMETRY[kind]: feature.get("geometry")})
    return {"networks": list(networks.values())}


def are_ofds_features(document: object) -> bool:
    """Tell whether a GeoJSON document is one of the standard: its features name their network or their kind."""
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not features or not isinstance(features[0], dict):
        return False
    properties = features[0].get("properties")
    return isinstance(properties, dict) and (
        "featureType" in properties or isinstance(properties.get("network"), dict)
    )


def _feature(
    kind: str, record: Mapping[str, Any], network: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    properties = {name: value for name, value in record.items() if name != _GEOMETRY[kind]}
    for name in _ORGANISATIONS:
        if name in properties:
            properties[name] = known["organisations"].get(properties[name]["id"], properties[name])
    if "phase" in properties:
        properties["phase"] = known["phases"].get(properties["phase"]["id"], properties["phase"])
    for end in ("start", "end"):
        if end in properties:
            properties[end] = known["nodes"].get(properties[end], {"id": properties[end]})
    properties |= {"network": dict(network), "featureType": kind}
    return {"type": "Feature", "id": record["id"], "properties": properties, "geometry": record.get(_GEOMETRY[kind])}


def _refer(network: dict[str, Any], record: dict[str, Any]) -> None:
    """Put what stands in a record whole into the lists of its network, and a reference in its place."""
    for name, table in (("phase", "phases"), *((name, "organisations") for name in _ORGANISATIONS)):
        whole = record.get(name)
        if not isinstance(whole, dict) or not isinstance(whole.get("id"), str):
            continue
        known = network.setdefault(table, [])
        first = next((item for item in known if item["id"] == whole["id"]), None)
        if first is None:
            known.append(first := whole)
        record[name] = {part: first[part] for part in ("id", "name") if part in first}


def _kind_of(geometry: object) -> str | None:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    return {"Point": "node", "LineString": "span", "MultiLineString": "span"}.get(str(kind))
