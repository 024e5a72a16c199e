"""OFDS exports hold before the standard's own checker, and what we model comes back as it was."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from libcoveofds.geojson import GeoJSONToJSONConverter  # type: ignore[import-untyped]
from libcoveofds.jsonschemavalidate import JSONSchemaValidator  # type: ignore[import-untyped]
from libcoveofds.python_validate import PythonValidate  # type: ignore[import-untyped]
from libcoveofds.schema import OFDSSchema  # type: ignore[import-untyped]
from shapely import LineString, Point

from gisops.errors import FibreFileError
from gisops.fibre.ofds.features import are_ofds_features, from_features, to_features
from gisops.fibre.ofds.package import OfdsRecord, Publication, from_package, network_id, to_package
from gisops.fibre.ofds.tables import from_tables, to_tables
from gisops.inventory.load import load_inventory
from gisops.model.inventory import Inventory, Node, Span

DATA = Path(__file__).parents[2] / "data"
PUBLICATION = Publication(network_id("Small city"), "Small city", "SMALL")

NODES = [
    Node("N1", "Splice, west", Point(67.01, 24.85), ("passive",), "operational", 15.0, 1),
    Node("N2", "صدر", Point(67.02, 24.86), ("access", "cabinet"), "planned", 0.0, 0),
    Node("N3", "=N3", Point(67.03, 24.86)),
]
SPANS = [
    Span(
        "S1",
        'The "ring"',
        "N1",
        "N2",
        LineString([(67.01, 24.85), (67.0151234, 24.8552345), (67.02, 24.86)]),
        status="operational",
        fibre_count=48,
        ring="R1;R2",
        cable_length_m=1523.457,
        organisation="Owner, Ltd",
        phase="Phase I",
        installation="duct",
    ),
    Span("S2", "S2", "N2", "N3", LineString([(67.02, 24.86), (67.03, 24.86)]), installation="aerial"),
    Span("S3", "S3", "N1", "N3", LineString([(67.01, 24.85), (67.03, 24.86)]), installation="buried"),
]


@pytest.fixture(scope="module")
def city() -> Inventory:
    return load_inventory(DATA)


def complaints(package: dict[str, Any]) -> list[Any]:
    """Ask the standard's own checker: JSON Schema, then its additional checks."""
    schema = OFDSSchema()
    package = json.loads(json.dumps(package))
    return [e.json()["message"] for e in JSONSchemaValidator(schema).validate(package)] + list(
        PythonValidate(schema).validate(package)
    )


def said(records: list[OfdsRecord]) -> dict[str, dict[str, Any]]:
    """Give what is said by id, with the geometry as text; what is not said is left out."""
    return {
        r.values["id"]: {
            **{k: v for k, v in r.values.items() if v is not None and k in OURS},
            "geometry": r.geometry.wkt,
        }
        for r in records
    }


OURS = {f for kind in (Node, Span) for f in kind.__slots__}


def modelled(records: list[Node] | list[Span]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for record in records:
        values = {name: getattr(record, name) for name in record.__slots__}
        values["geometry"] = values["geometry"].wkt
        found[record.id] = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
            if value not in (None, ())
        }
    return found


def as_text(document: Any) -> Any:
    return json.loads(json.dumps(document, ensure_ascii=False))


def by_json(package: dict[str, Any]) -> dict[str, Any]:
    return as_text(package)  # type: ignore[no-any-return]


def by_geojson(package: dict[str, Any]) -> dict[str, Any]:
    nodes, spans = to_features(package)
    return from_features(as_text(nodes), as_text(spans))


def by_csv(package: dict[str, Any]) -> dict[str, Any]:
    return from_tables(to_tables(package), "folder")


@pytest.mark.parametrize("through", [by_json, by_geojson, by_csv])
def test_nothing_we_model_is_lost_on_the_way_and_back(through: Any) -> None:
    found = from_package(through(to_package(NODES, SPANS, PUBLICATION)), "file")
    assert said(found["nodes"]) == modelled(NODES)
    assert said(found["spans"]) == modelled(SPANS)


@pytest.mark.parametrize("through", [by_json, by_geojson, by_csv])
def test_the_city_holds_before_the_checker_of_the_standard(through: Any, city: Inventory) -> None:
    package = through(to_package(city.nodes.values(), city.spans.values(), PUBLICATION))
    assert complaints(package) == []
    network = package["networks"][0]
    assert (len(network["nodes"]), len(network["spans"])) == (396, 433)


def test_the_checker_would_complain() -> None:
    package = to_package(NODES[:2], SPANS, PUBLICATION)
    package["networks"][0]["spans"][0]["status"] = "lit"
    del package["networks"][0]["links"]
    assert len(complaints(package)) == 4  # status, links, and two spans that end at a node that is not there


def test_our_own_files_are_geojson_of_the_standard() -> None:
    """The reference conversion of the standard makes a valid package of the inventory's two files."""
    converter = GeoJSONToJSONConverter()
    for name in ("nodes", "spans"):
        converter.process_data(json.loads((DATA / f"fibre_routes/{name}.geojson").read_text(encoding="utf-8")))
    assert complaints(converter.get_json()) == []


def test_our_geojson_is_what_the_reference_conversion_reads(city: Inventory) -> None:
    package = to_package(city.nodes.values(), city.spans.values(), PUBLICATION)
    converter = GeoJSONToJSONConverter()
    for collection in to_features(package):
        assert are_ofds_features(collection)
        converter.process_data(as_text(collection))
    theirs = converter.get_json()
    assert complaints(theirs) == []
    network, ours = theirs["networks"][0], as_text(package["networks"][0])
    assert (network["nodes"], network["spans"]) == (ours["nodes"], ours["spans"])


def test_fibre_length_is_in_kilometres_and_installation_in_the_codes_of_the_standard() -> None:
    first, second, third = to_package(NODES, SPANS, PUBLICATION)["networks"][0]["spans"]
    assert first["fibreLength"] == 1.523457
    assert (first["deployment"], first["supportingInfrastructure"]) == (["belowGround"], {"type": "duct"})
    assert (second["deployment"], second["supportingInfrastructure"]) == (["aboveGround"], {"type": "pole"})
    assert (third["deployment"], third["supportingInfrastructure"]) == (["belowGround"], {"type": "none"})
    assert "fibreLength" not in second


def test_version_0_3_is_read_with_its_names() -> None:
    package = copy.deepcopy(to_package(NODES, SPANS[:1], PUBLICATION))
    network = package["networks"][0]
    network["links"][0]["href"] = (
        "https://raw.githubusercontent.com/Open-Telecoms-Data/open-fibre-data-standard/0__3__0/schema/"
        "network-schema.json"
    )
    span = network["spans"][0]
    span["physicalInfrastructureProvider"] = span.pop("transmissionMediumOwner")
    found = from_package(package, "file")["spans"][0]
    assert (found.values["organisation"], found.values["cable_length_m"]) == ("Owner, Ltd", 1523.457)


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ([], "f: is no OFDS network package: export it as {'networks': [...]}"),
        ({"networks": [7]}, "f networks/0: is no network: export it again"),
        ({"networks": [{"nodes": [1]}]}, "f networks/0: nodes is no list of objects: export it again"),
        (
            {"networks": [{"links": [{"rel": "describedby", "href": "https://x/0__2__0/s.json"}]}]},
            "f networks/0: follows https://x/0__2__0/s.json: convert it to OFDS 0.4 (0.3 is read, too)",
        ),
    ],
)
def test_what_is_no_package_is_one_line(document: object, complaint: str) -> None:
    with pytest.raises(FibreFileError) as caught:
        from_package(document, "f")
    assert str(caught.value) == complaint


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('id,spans/0/id\n1,"S', "folder/spans.csv:1: is not CSV (unexpected end of data): check its quotes"),
        ("id,spans/0/id\n1\n", "folder/spans.csv:2: has not as many cells as columns: check its quotes"),
        (
            "id,spans/0/id,spans/0/route\n1,S,LINE\n",
            "folder/spans.csv:2 spans/0/route: is no well-known text: write POINT (67.01 24.85)",
        ),
    ],
)
def test_tables_that_cannot_be_read_are_one_line(text: str, complaint: str) -> None:
    with pytest.raises(FibreFileError) as caught:
        from_tables({"spans.csv": text}, "folder")
    assert str(caught.value) == complaint


def test_a_node_in_two_columns_is_read_as_0_3_wrote_it_once() -> None:
    text = "id,nodes/0/id,nodes/0/location/type,nodes/0/location/coordinates\nx,1,Point,-0.174;5.625\n"
    record = from_package(from_tables({"nodes.csv": text}, "folder"), "folder")["nodes"][0]
    assert record.geometry.equals(Point(-0.174, 5.625))
