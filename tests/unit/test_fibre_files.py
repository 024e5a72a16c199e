"""Fibre put into an inventory from every format and written in every format: the same network, or nothing at all."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely
from libcoveofds.geojson import GeoJSONToJSONConverter  # type: ignore[import-untyped]
from libcoveofds.jsonschemavalidate import JSONSchemaValidator  # type: ignore[import-untyped]
from libcoveofds.python_validate import PythonValidate  # type: ignore[import-untyped]
from libcoveofds.schema import OFDSSchema  # type: ignore[import-untyped]

from gisops.cli.main import main
from gisops.errors import FibreFileError
from gisops.fibre.ofds.package import Publication, network_id
from gisops.geo.project import geometry_to_utm42
from gisops.inventory.load import load_inventory
from gisops.inventory.read import read_inventory
from gisops.model.inventory import Inventory, Node, Span
from gisops.service.export_fibre import FORMATS, export_fibre
from gisops.service.import_fibre import FibreImport, FibreReport, import_fibre
from gisops.service.layer_files import write_whole
from tests.inventories import write_small_inventory

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
DATA = Path(__file__).parents[2] / "data"
PUBLICATION = Publication(network_id("Small city"), "Small city", "SMALL")
# The small inventory: N0 (67.05) -- N1 (67.06) -- N2 (67.07) on the parallel 24.85.
N1, N2 = (67.06, 24.85), (67.07, 24.85)
# A degree of latitude is 110,777 m there (meridian arc of WGS 84), so these are 3.00 m and 4.00 m:
NORTH_3_M, NORTH_4_M = 0.0000271, 0.0000361


@pytest.fixture(scope="module")
def city() -> Inventory:
    return load_inventory(DATA)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small_inventory(tmp_path / "city")


def bring(folder: Path, *paths: Path, **more: Any) -> FibreReport:
    order = FibreImport(paths, **{name: more.pop(name) for name in ("tolerance_m", "layer", "crs") if name in more})
    return import_fibre(order, folder, now=lambda: NOW, **more)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def of_inventory(inventory: Inventory) -> dict[str, dict[str, dict[str, Any]]]:
    """Give everything that is modelled by table, id and column; what is not said is left out."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for table, kind, records in (("nodes", Node, inventory.nodes), ("spans", Span, inventory.spans)):
        found[table] = {
            record.id: {
                name: value.wkt if name == "geometry" else value
                for name in kind.__slots__
                if (value := getattr(record, name)) not in (None, ())
            }
            for record in records.values()
        }
    return found


def of_folder(folder: Path) -> dict[str, dict[str, dict[str, Any]]]:
    """Give the same of an inventory that has fibre and nothing else."""
    raw = read_inventory(folder)
    return {
        table: {
            key: {
                **{name: value for name, value in row.values.items() if value not in (None, ())},
                "geometry": row.geometry.wkt,
            }
            for key, row in raw.by_id(table).items()
        }
        for table in ("nodes", "spans")
    }


@pytest.mark.parametrize("format_", FORMATS)
def test_the_whole_city_comes_back_from_every_format(format_: str, tmp_path: Path, city: Inventory) -> None:
    out = tmp_path / f"out{FORMATS[format_][0]}"
    export_fibre(city, PUBLICATION, format_, out)
    empty = tmp_path / "empty"
    report = bring(empty, out)
    assert (report.notes, report.problems, report.written) == ((), (), True)
    assert (report.nodes["added"], report.spans["added"]) == (396, 433)
    assert of_folder(empty) == of_inventory(city)


@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_again_changes_nothing(format_: str, tmp_path: Path, folder: Path) -> None:
    out = tmp_path / f"out{FORMATS[format_][0]}"
    inventory = load_inventory(folder)
    export_fibre(inventory, PUBLICATION, format_, out)
    before = files_of(folder)
    again = bring(folder, out)
    assert (again.nodes["unchanged"], again.spans["unchanged"], again.written) == (
        len(inventory.nodes),
        len(inventory.spans),
        False,
    )
    assert files_of(folder) == before


def complaints(package: dict[str, Any]) -> list[Any]:
    """Ask the standard's own checker: JSON Schema, then its additional checks."""
    schema = OFDSSchema()
    return [e.json()["message"] for e in JSONSchemaValidator(schema).validate(package)] + list(
        PythonValidate(schema).validate(package)
    )


def test_the_files_of_the_city_hold_before_the_checker_of_the_standard(tmp_path: Path, city: Inventory) -> None:
    (package,) = export_fibre(city, PUBLICATION, "ofds-json", tmp_path / "city.json")
    document = json.loads(package.read_bytes())
    assert complaints(document) == []
    assert OFDSSchema().schema_version == "0.4"
    converter = GeoJSONToJSONConverter()  # the reference transformation, not ours
    for file in export_fibre(city, PUBLICATION, "ofds-geojson", tmp_path / "geojson"):
        converter.process_data(json.loads(file.read_bytes()))
    assert complaints(converter.get_json()) == []
    assert len(converter.get_json()["networks"][0]["spans"]) == 433


def write_lines(path: Path, lines: list[Any], driver: str, crs: str | None, **more: Any) -> Path:
    names = np.array([f"Route {number}" for number in range(1, len(lines) + 1)], dtype=object)
    wkb = shapely.to_wkb(np.array(lines, dtype=object))
    pyogrio.raw.write(path, wkb, [names], ["Name"], crs=crs, geometry_type="LineString", driver=driver, **more)
    return path


# From 3 m north of N1 to 4 m north of N2, by a corner.
DRAWN = shapely.LineString([(67.06, 24.85 + NORTH_3_M), (67.065, 24.851), (67.07, 24.85 + NORTH_4_M)])


@pytest.mark.parametrize(
    ("name", "driver", "crs"),
    [
        ("r.kml", "LIBKML", "EPSG:4326"),
        ("r.geojson", "GeoJSON", "EPSG:4326"),
        ("r.gpkg", "GPKG", "EPSG:32642"),
        ("r.shp", "ESRI Shapefile", "EPSG:32642"),
    ],
)
def test_a_route_of_another_tool_is_snapped_whatever_its_format(
    name: str, driver: str, crs: str, tmp_path: Path, folder: Path
) -> None:
    line = geometry_to_utm42(DRAWN) if crs == "EPSG:32642" else DRAWN
    report = bring(folder, write_lines(tmp_path / name, [line], driver, crs))
    assert {kind: n for kind, n in report.counts.items() if n} == {"snapped": 2}
    assert [note.what for note in report.notes] == ["end moved 3.00 m onto node N1", "end moved 4.00 m onto node N2"]
    assert report.written
    span = load_inventory(folder).spans["SR-0001"]
    assert (span.name, span.start_id, span.end_id) == ("Route 1", "N1", "N2")
    assert span.geometry.coords[0] == N1
    assert span.geometry.coords[-1] == N2
    assert span.geometry.coords[1] == pytest.approx((67.065, 24.851), abs=1e-7)


def test_a_kmz_is_the_kml_packed_in_it(tmp_path: Path, folder: Path) -> None:
    kml = write_lines(tmp_path / "r.kml", [DRAWN], "LIBKML", "EPSG:4326")
    with zipfile.ZipFile(tmp_path / "r.kmz", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("files/icon.png", b"no picture")
        packed.write(kml, "doc.kml")
    report = bring(folder, tmp_path / "r.kmz")
    assert (report.spans["added"], report.counts["snapped"]) == (1, 2)


def test_two_kml_that_both_count_from_one_do_not_change_each_other(tmp_path: Path, folder: Path) -> None:
    """GDAL names a placemark without an id by its layer and number: that is no id."""
    elsewhere = shapely.LineString([N1, (67.06, 24.86)])
    for number, line in enumerate((DRAWN, elsewhere)):
        (tmp_path / f"{number}").mkdir()
        report = bring(folder, write_lines(tmp_path / f"{number}" / "r.kml", [line], "LIBKML", "EPSG:4326"))
        assert (report.spans["added"], report.spans["changed"], report.written) == (1, 0, True)
    assert {"SR-0001", "SR-0002"} <= set(load_inventory(folder).spans)


def test_the_tolerance_is_in_metres(tmp_path: Path, folder: Path) -> None:
    """At 3.5 m the end 4 m off gets a node of its own; the end 3 m off is snapped."""
    drawn = write_lines(tmp_path / "r.geojson", [DRAWN], "GeoJSON", "EPSG:4326")
    report = bring(folder, drawn, tolerance_m=3.5, dry_run=True)
    assert (report.counts["snapped"], report.counts["made"], report.written) == (1, 1, False)


@pytest.mark.parametrize("tolerance_m", [-1.0, 501.0, float("nan")])
def test_a_tolerance_that_cannot_be_meant_is_an_error(tolerance_m: float, folder: Path) -> None:
    with pytest.raises(FibreFileError, match=r"--tolerance: tolerance .* cannot be meant: give 0 to 500 m"):
        bring(folder, folder / "none.kml", tolerance_m=tolerance_m)


def test_nothing_is_written_where_a_feature_is_refused(tmp_path: Path, folder: Path) -> None:
    swapped = shapely.LineString([(24.85, 67.06), (24.86, 67.07)])
    drawn = write_lines(tmp_path / "r.geojson", [DRAWN, swapped], "GeoJSON", "EPSG:4326")
    before = files_of(folder)
    report = bring(folder, drawn)
    assert (report.counts["refused"], report.written) == (1, False)
    assert files_of(folder) == before
    forced = bring(folder, drawn, force=True)
    assert (forced.spans["added"], forced.written) == (1, True)
    assert set(load_inventory(folder).spans) >= {"SR-0001"}


def test_each_import_is_kept_in_the_log(tmp_path: Path, folder: Path) -> None:
    bring(folder, write_lines(tmp_path / "r.geojson", [DRAWN], "GeoJSON", "EPSG:4326"))
    (line,) = (folder / "imports.jsonl").read_text(encoding="utf-8").splitlines()
    said = json.loads(line)
    assert (said["imported_at"], said["counts"]["snapped"]) == ("2026-11-21T03:00:00+00:00", 2)
    assert len(said["sha256"]) == 64


def test_of_two_files_none_is_replaced_where_one_cannot_be(tmp_path: Path) -> None:
    first = tmp_path / "nodes.geojson"
    first.write_text("old", encoding="utf-8")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OSError, match="file"):
        write_whole({first: "new", tmp_path / "file" / "spans.geojson": "new"})
    assert first.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "nodes.geojson"]


@pytest.mark.parametrize("format_", ["ofds-json", "ofds-csv", "kml", "gpkg", "shp"])
def test_an_export_that_fails_leaves_what_was_there(format_: str, tmp_path: Path, city: Inventory) -> None:
    """Half of a pair of UTF-16 units is in no encoding: the second file fails when the first is written."""
    line = next(iter(city.spans.values())).geometry
    spoilt = Inventory(city.settings, nodes=city.nodes, spans={"S": Span("S", "\ud800", "J-001", "J-001", line)})
    ending = FORMATS[format_][0]
    out = tmp_path / f"out{ending}"
    there = out if ending else out / "spans.csv"
    there.parent.mkdir(exist_ok=True)
    there.write_text("old", encoding="utf-8")
    with pytest.raises(FibreFileError, match="holds text that is no Unicode"):
        export_fibre(spoilt, PUBLICATION, format_, out)
    assert files_of(tmp_path) == {str(there.relative_to(tmp_path)): b"old"}


@pytest.mark.parametrize(
    ("format_", "out", "complaint"),
    [
        ("kml", "city.txt", "city.txt: does not end in .kml: name it city.kml"),
        ("ofds-csv", "file", "file: is a file: name a folder: ofds-csv is several files"),
        ("gpkg", "folder.gpkg", "folder.gpkg: is a folder: name a file"),
    ],
)
def test_a_place_that_does_not_suit_the_format_is_one_line(
    format_: str, out: str, complaint: str, tmp_path: Path, city: Inventory
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    (tmp_path / "folder.gpkg").mkdir()
    with pytest.raises(FibreFileError) as caught:
        export_fibre(city, PUBLICATION, format_, tmp_path / out)
    assert str(caught.value).endswith(complaint)


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("r.json", b"{", "is not JSON"),
        ("r.csv", b"a,b\n1,2\n", "is no table of OFDS: name its columns nodes/0/id or spans/0/id"),
        ("r.kmz", b"PK no zip", "is no KMZ"),
        ("r.kml", b"<kml>", "cannot be read"),
        ("r.gpkg", b"SQLite format 3\x00", "cannot be read"),
        ("r.shp", b"\x00\x00\x27\x0a", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line_and_code_2(
    name: str, content: bytes, complaint: str, tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    before = files_of(folder)
    assert main(["fibre", "import", str(tmp_path / name), "--into", str(folder)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert complaint in said.err
    assert files_of(folder) == before


def test_the_command_reports_and_writes(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = write_lines(tmp_path / "r.geojson", [DRAWN], "GeoJSON", "EPSG:4326")
    assert main(["fibre", "import", str(drawn), "--into", str(folder), "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "end moved 3.00 m onto node N1" in said
    assert "Nothing was written (--dry-run)." in said
    assert main(["fibre", "import", str(drawn), "--into", str(folder), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["read"], document["spans"]["added"], document["written"]) == (1, 1, True)
    out = tmp_path / "city.json"
    assert main(["fibre", "export", str(out), "--format", "ofds-json", "--inventory", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["spans"] == len(load_inventory(folder).spans)


def test_a_refused_route_is_code_1(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    point_line = shapely.LineString([(67.06, 24.85), (67.06, 24.85)])
    drawn = write_lines(tmp_path / "r.geojson", [point_line], "GeoJSON", "EPSG:4326")
    assert main(["fibre", "import", str(drawn), "--into", str(folder)]) == 1
    said = capsys.readouterr()
    assert "refused: " in said.out
    assert "has no length: draw its route" in said.out
    assert said.err.endswith("not written: correct the problems above, or --force\n")


class Schema03(OFDSSchema):  # type: ignore[misc]
    """The checker at the version before."""

    schema_version = "0.3"
    package_schema_url = str(Path(OFDSSchema.package_schema_url).with_name("schema-0-3-0.json"))


HREF_0_3 = (
    "https://raw.githubusercontent.com/Open-Telecoms-Data/open-fibre-data-standard/0__3__0/schema/network-schema.json"
)
LINKS_0_3 = [{"href": HREF_0_3, "rel": "describedby"}]
NETWORK_0_3 = "fdd329aa-9f32-5f92-bb1c-81b9f3408033"
PACKAGE_0_3: dict[str, Any] = {
    "networks": [
        {
            "id": NETWORK_0_3,
            "name": "Elsewhere",
            "links": LINKS_0_3,
            "organisations": [{"id": "O1", "name": "Owner"}],
            "phases": [{"id": "P1", "name": "Phase I"}],
            "nodes": [
                {"id": "X1", "name": "West", "location": {"type": "Point", "coordinates": [67.06, 24.86]}},
                {"id": "X2", "name": "East", "location": {"type": "Point", "coordinates": [67.07, 24.86]}},
            ],
            "spans": [
                {
                    "id": "T1",
                    "name": "West to East",
                    "start": "X1",
                    "end": "X2",
                    "status": "underConstruction",
                    "phase": {"id": "P1", "name": "Phase I"},
                    "route": {"type": "LineString", "coordinates": [[67.06, 24.86], [67.07, 24.86]]},
                    "physicalInfrastructureProvider": {"id": "O1", "name": "Owner"},
                    "deployment": ["aboveGround"],
                    "fibreCount": 24,
                    "fibreLength": 1.1,
                }
            ],
        }
    ]
}
NODES_0_3_CSV = f"""id,nodes/0/id,nodes/0/name,nodes/0/location
{NETWORK_0_3},X1,West,POINT (67.06 24.86)
{NETWORK_0_3},X2,East,POINT (67.07 24.86)
"""
SPANS_0_3_CSV = (
    "id,spans/0/id,spans/0/name,spans/0/start,spans/0/end,spans/0/status,spans/0/phase/id,spans/0/phase/name,"
    "spans/0/route,spans/0/physicalInfrastructureProvider/id,spans/0/physicalInfrastructureProvider/name,"
    "spans/0/deployment,spans/0/fibreCount,spans/0/fibreLength\n"
    f'{NETWORK_0_3},T1,West to East,X1,X2,underConstruction,P1,Phase I,"LINESTRING (67.06 24.86, 67.07 24.86)",'
    "O1,Owner,aboveGround,24,1.1\n"
)


def features_0_3(table: str, place: str) -> dict[str, Any]:
    """Write the package as GeoJSON by hand: ends stand as whole nodes, the network in each feature."""
    (network,) = PACKAGE_0_3["networks"]
    nodes = {node["id"]: {k: v for k, v in node.items() if k != "location"} for node in network["nodes"]}
    features = []
    for record in network[table]:
        properties = {k: v for k, v in record.items() if k != place}
        properties |= {end: nodes[properties[end]] for end in ("start", "end") if end in properties}
        properties |= {"network": {"id": NETWORK_0_3, "links": LINKS_0_3}}
        features.append({"type": "Feature", "geometry": record[place], "properties": properties})
    return {"type": "FeatureCollection", "features": features}


@pytest.mark.parametrize("form", ["json", "geojson", "csv"])
def test_version_0_3_is_read_in_each_form(form: str, tmp_path: Path, folder: Path) -> None:
    assert [e.json()["message"] for e in JSONSchemaValidator(Schema03()).validate(PACKAGE_0_3)] == []
    (tmp_path / "in").mkdir()
    if form == "json":
        (tmp_path / "in" / "p.json").write_text(json.dumps(PACKAGE_0_3), encoding="utf-8")
    elif form == "geojson":
        for table, place in (("nodes", "location"), ("spans", "route")):
            text = json.dumps(features_0_3(table, place))
            (tmp_path / "in" / f"{table}.geojson").write_text(text, encoding="utf-8")
    else:
        (tmp_path / "in" / "nodes.csv").write_text(NODES_0_3_CSV, encoding="utf-8")
        (tmp_path / "in" / "spans.csv").write_text(SPANS_0_3_CSV, encoding="utf-8")
    report = bring(folder, *sorted((tmp_path / "in").iterdir()))
    assert (report.notes, report.problems) == ((), ())
    inventory = load_inventory(folder)
    span = inventory.spans["T1"]
    assert (span.start_id, span.end_id, span.status, span.fibre_count) == ("X1", "X2", "underConstruction", 24)
    assert (span.organisation, span.phase, span.installation, span.cable_length_m) == (
        "Owner",
        "Phase I",
        "aerial",
        1100.0,
    )
    assert inventory.nodes["X2"].name == "East"
