"""One mistake in a small inventory, and the whole answer of the check to it: nothing more, nothing less."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gisops.errors import InventoryError
from gisops.inventory.check import check_inventory
from gisops.inventory.load import load_inventory
from tests.inventories import replace, set_coordinates, set_property, write_small_inventory

Spoil = Callable[[Path], object]
PROFILES = {"cabinet": "box", "camera": "camera"}
SPANS, NODES, DISTRICTS = "fibre_routes/spans.geojson", "fibre_routes/nodes.geojson", "districts/districts.geojson"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small_inventory(tmp_path / "city")


def answer(folder: Path) -> list[str]:
    findings = check_inventory(folder, profiles=PROFILES)[1]
    return [str(finding).replace(f"{folder}/", "") for finding in findings]


def both(*spoils: Spoil) -> Spoil:
    return lambda folder: [spoil(folder) for spoil in spoils]


def whole(name: str, content: bytes) -> Spoil:
    return lambda folder: (folder / name).write_bytes(content)


def swapped_districts(folder: Path) -> None:
    document = json.loads((folder / DISTRICTS).read_text(encoding="utf-8"))
    for feature in document["features"]:
        rings = feature["geometry"]["coordinates"]
        feature["geometry"]["coordinates"] = [[[lat, lon] for lon, lat in ring] for ring in rings]
    (folder / DISTRICTS).write_text(json.dumps(document), encoding="utf-8")


CASES: dict[str, tuple[Spoil, list[str]]] = {
    "nothing wrong": (lambda _: None, []),
    "unknown optional column": (
        replace("boxes.csv", "switch_ports", "swich_ports"),
        ["boxes.csv:1: unknown column 'swich_ports': did you mean switch_ports?"],
    ),
    "missing column": (
        replace("feeders.csv", "grid_station", "station"),
        [
            "feeders.csv:1: column 'grid_station' is missing: add it, see docs/inventory.md",
            "feeders.csv:1: unknown column 'station': did you mean grid_station?",
        ],
    ),
    "column twice": (
        replace("feeders.csv", "shedding", "name"),
        ["feeders.csv:1: column 'name' stands twice: remove one"],
    ),
    "empty value": (
        replace("feeders.csv", "F2,Feeder 2", "F2,"),
        ["feeders.csv:3: name is empty: fill it in (Name)"],
    ),
    "cell too many; what refers to the record is not dangling": (
        replace("feeders.csv", "F2,Feeder 2", "F2,Feeder, 2"),
        ["feeders.csv:3: 5 cells, 4 columns: put cells with commas in quotes"],
    ),
    "open quote": (
        replace("stations.csv", "Station 1", '"Station 1'),
        ["stations.csv:2: is not CSV (unexpected end of data): check its quotes"],
    ),
    "unknown setting": (
        replace("inventory.toml", "demo", "demmo"),
        ["inventory.toml: unknown key 'demmo': did you mean demo?"],
    ),
    "not TOML": (
        whole("inventory.toml", b"name = \n"),
        [
            "inventory.toml: is not valid TOML (Invalid value (at line 1, column 8)): correct the line it names",
        ],
    ),
    "unknown time zone": (
        replace("inventory.toml", "demo", 'time_zone = "Asia/Karchi"\ndemo'),
        ["inventory.toml: time_zone is 'Asia/Karchi': did you mean Asia/Karachi?"],
    ),
    "duplicate id": (
        replace("feeders.csv", "F2,", "F1,"),
        [
            "boxes.csv:3: B2 has feeder_id F2, which is not in feeders: add it to feeders",
            "feeders.csv:3: id F1 stands already at feeders.csv:2: give it its own",
        ],
    ),
    "duplicate address of a box and a camera": (
        replace("cameras.csv", "10.0.1.3", "10.0.0.1"),
        ["cameras.csv:4: C3 has address 10.0.0.1 of B1: correct one of them"],
    ),
    "two boxes with one tracker": (
        lambda folder: [
            replace("boxes.csv", "switch_ports", "switch_ports,tracker_id")(folder),
            replace("boxes.csv", "cabinet,2\n", "cabinet,2,TR-1\n")(folder),
            replace("boxes.csv", "cabinet,2\n", "cabinet,2,TR-1\n")(folder),
        ],
        ["boxes.csv:3: B2 has tracker_id TR-1 of B1: correct one of them"],
    ),
    "camera without box": (
        replace("cameras.csv", "C3,T2,B2", "C3,T2,"),
        ["cameras.csv:4: box_id is empty: fill it in (Distribution box that powers and connects it)"],
    ),
    "box without feeder": (
        replace("boxes.csv", "24.85,F1,N1", "24.85,,N1"),
        ["boxes.csv:2: feeder_id is empty: fill it in (Power circuit it hangs on)"],
    ),
    "box without fibre node": (
        replace("boxes.csv", "24.85,F1,N1", "24.85,F1,N9"),
        ["boxes.csv:2: B1 has node_id N9, which is not in nodes: add it to nodes"],
    ),
    "dangling place": (
        replace("sites.csv", "pole,H1", "pole,Hospital"),
        ["sites.csv:2: T1 has place_id Hospital, which is not in places: add it to places"],
    ),
    "outside every district": (
        replace("stations.csv", "67.05,24.85", "66.50,24.85"),
        [
            "stations.csv:2: P1 at lon 66.5 lat 24.85 is outside every district: correct its place",
            # a degree of longitude is N cos(lat) pi/180 = 101,072 m here (N of WGS 84), 0.55 of it 55,590 m
            "stations.csv:2: P1 is 55,590 m from its node N0: correct the coordinates of one of them",
        ],
    ),
    "swapped coordinates of a record": (
        replace("centres.csv", "67.05,24.85", "24.85,67.05"),
        [
            "centres.csv:2: K1 at lon 24.85 lat 67.05 has lon and lat swapped: swap them",
            None,  # type: ignore[list-item]  # and how far that is
        ],
    ),
    "swapped districts are one finding": (
        swapped_districts,
        [
            (
                "districts/districts.geojson: everything lies outside the districts, but inside with "
                "their lon and lat swapped: write longitude first, then latitude"
            )
        ],
    ),
    "wrong district": (
        replace("sites.csv", "Site 2,west", "Site 2,east"),
        [
            "sites.csv:3: T2 is said to be in east: it lies in west: correct the district or the place",
        ],
    ),
    "longitude beyond 180 in CSV": (
        replace("stations.csv", "67.05,24.85", "301000.0,2746000.0"),
        [
            "stations.csv:2: lat is '2746000.0': must be at most 90 deg",
            "stations.csv:2: lon is '301000.0': must be at most 180 deg",
        ],
    ),
    "metres in GeoJSON": (
        set_coordinates("basemap/places.geojson", "H1", [301000.0, 2746000.0]),
        [
            (
                "basemap/places.geojson feature 1 (H1): coordinate 301000 2746000 is not in degrees: "
                "reproject it to WGS 84 (UTM 42N is EPSG:32642)"
            )
        ],
    ),
    "wrong CRS": (
        replace(DISTRICTS, '"features"', '"crs":{"properties":{"name":"urn:ogc:def:crs:EPSG::32642"}},"features"'),
        ["districts/districts.geojson: its CRS is urn:ogc:def:crs:EPSG::32642: reproject it to WGS 84 (EPSG:4326)"],
    ),
    "CRS that is no object": (
        replace(DISTRICTS, '"features"', '"crs":["EPSG:1"],"features"'),
        ["districts/districts.geojson: its CRS is ['EPSG:1']: reproject it to WGS 84 (EPSG:4326)"],
    ),
    "invalid polygon": (
        set_coordinates(DISTRICTS, "east", [[[67.1, 24.8], [67.2, 24.9], [67.2, 24.8], [67.1, 24.9], [67.1, 24.8]]]),
        [
            (
                "districts/districts.geojson feature 2 (east): is not valid (Self-intersection[67.15 24.85]): "
                "repair it (make valid)"
            )
        ],
    ),
    "overlapping districts": (
        set_coordinates(
            DISTRICTS, "east", [[[67.09, 24.8], [67.2, 24.8], [67.2, 24.9], [67.09, 24.9], [67.09, 24.8]]]
        ),
        [
            (
                "districts/districts.geojson feature 1 (west): west overlaps or misses its neighbour near "
                "67.10000 24.80000: "
                "make the shared edge coincide"
            ),
            (
                "districts/districts.geojson feature 2 (east): east and west overlap by 11.196 km2: "
                "give the ground to one of them"
            ),
            (
                "districts/districts.geojson feature 2 (east): east overlaps or misses its neighbour near "
                "67.09000 24.90000: "
                "make the shared edge coincide"
            ),
        ],
    ),
    "sliver between districts": (
        set_coordinates(
            DISTRICTS, "east", [[[67.1002, 24.8], [67.2, 24.8], [67.2, 24.9], [67.1002, 24.9], [67.1002, 24.8]]]
        ),
        [
            (
                "districts/districts.geojson feature 1 (west): west overlaps or misses its neighbour near "
                "67.10000 24.80000: "
                "make the shared edge coincide"
            ),
            (
                "districts/districts.geojson feature 2 (east): east overlaps or misses its neighbour near "
                "67.10020 24.90000: "
                "make the shared edge coincide"
            ),
        ],
    ),
    "span end": (
        set_coordinates(SPANS, "S2", [[67.06, 24.8501], [67.07, 24.85]]),
        # a ten-thousandth of a degree of latitude is 11.1 m
        [
            (
                "fibre_routes/spans.geojson feature 2 (S2): span S2 ends 11.1 m from its node N1: "
                "move the end onto the node"
            )
        ],
    ),
    "span drawn from its end": (
        set_coordinates(SPANS, "S2", [[67.07, 24.85], [67.06, 24.85]]),
        [
            (
                "fibre_routes/spans.geojson feature 2 (S2): span S2 runs from its end N2 to its start: "
                "turn its line round, or swap start and end"
            )
        ],
    ),
    "span without length": (
        both(
            set_coordinates(SPANS, "S2", [[67.06, 24.85], [67.06, 24.85]]),
            set_coordinates(NODES, "N2", [67.06, 24.85]),
            replace("boxes.csv", "67.07,24.85", "67.06,24.85"),
            replace("cameras.csv", "67.07,24.85", "67.06,24.85"),
            replace("sites.csv", "67.07,24.85", "67.06,24.85"),
        ),
        ["fibre_routes/spans.geojson feature 2 (S2): span S2 has no length: draw its route"],
    ),
    "cable shorter than its route": (
        # S1 is 0.01 degrees of longitude at 24.85 N: N cos(lat) pi/18000 = 1,010.7 m
        set_property(SPANS, "S1", "fibreLength", 0.9),
        [
            (
                "fibre_routes/spans.geojson feature 1 (S1): span S1 has 900.0 m of cable on a route of 1,010.7 m: "
                "correct its cable length (fibreLength is in km) or its route"
            )
        ],
    ),
    "cable length that is no number": (
        set_property(SPANS, "S1", "fibreLength", "1,2"),
        ["fibre_routes/spans.geojson feature 1 (S1): fibreLength is '1,2': write a number with a decimal point"],
    ),
    "negative loop": (
        set_property(NODES, "N1", "gisops:slack_m", -5),
        ["fibre_routes/nodes.geojson feature 2 (N1): gisops:slack_m is -5: must be at least 0 m"],
    ),
    "installation that is no code": (
        set_property(SPANS, "S1", "deployment", ["overhead"]),
        ["fibre_routes/spans.geojson feature 1 (S1): deployment is 'overhead': use one of aerial, buried, duct"],
    ),
    "span in a loop": (
        both(
            set_property(SPANS, "S2", "start", "N2"),
            set_coordinates(SPANS, "S2", [[67.07, 24.85], [67.08, 24.85], [67.07, 24.85]]),
        ),
        [
            "fibre_routes/nodes.geojson feature 3 (N2): B2 at node N2 has no fibre to a centre: add the missing span",
            "fibre_routes/spans.geojson feature 2 (S2): span S2 starts and ends at node N2: name the other node",
        ],
    ),
    "island of fibre": (
        replace(SPANS, '"start": {"id": "N0"}', '"start": {"id": "N1"}'),
        [
            (
                "fibre_routes/nodes.geojson feature 2 (N1): B1, B2 at node N1 have no fibre to a centre: "
                "add the missing span"
            ),
            # 0.01 of the 101,072 m of a degree of longitude
            (
                "fibre_routes/spans.geojson feature 1 (S1): span S1 ends 1010.7 m from its node N1: "
                "move the end onto the node"
            ),
            "fibre_routes/spans.geojson feature 1 (S1): span S1 starts and ends at node N1: name the other node",
        ],
    ),
    "no centre": (
        replace("centres.csv", "K1,Centre,command,west,67.05,24.85,N0\n", ""),
        ["centres.csv: has no centre: add the command centre"],
    ),
    "misspelt OFDS property": (
        both(*[replace(SPANS, '"fibreCount"', '"fibrecount"')] * 2),
        [
            "fibre_routes/spans.geojson feature 1: unknown property 'fibrecount': did you mean fibreCount?",
        ],
    ),
    "port twice": (
        replace("cameras.csv", "B1,2,", "B1,1,"),
        [
            "cameras.csv:2: C1 shares port 1 of B1: give each camera its own port",
            "cameras.csv:3: C2 shares port 1 of B1: give each camera its own port",
        ],
    ),
    "more cameras than ports": (
        replace("boxes.csv", "cabinet,2\nB2", "cabinet,1\nB2"),
        [
            "boxes.csv:2: B1 has 2 cameras on a switch of 1 ports: correct switch_ports or move cameras",
            "cameras.csv:3: C2 is on port 2 of B1, which has 1: correct the port or the switch",
        ],
    ),
    "camera at another site than its box": (
        replace("cameras.csv", "C3,T2,B2,1,67.07", "C3,T1,B2,1,67.065"),
        [
            # half of the 1,010.7 m between the nodes
            "cameras.csv:4: C3 is 505 m from its box B2: correct the coordinates of one of them",
            "cameras.csv:4: C3 is 505 m from its site T1: correct the coordinates of one of them",
            "cameras.csv:4: C3 is at site T1, its box B2 at T2: correct site_id or box_id",
        ],
    ),
    "profile of another kind": (
        replace("boxes.csv", "Cabinet,cabinet", "Cabinet,camera"),
        ["boxes.csv:2: B1 has profile camera, which is for a camera: use one of cabinet"],
    ),
    "unknown profile": (
        replace("boxes.csv", "Cabinet,cabinet", "Cabinet,cabinett"),
        ["boxes.csv:2: B1 has profile cabinett, which is not known: did you mean cabinet?"],
    ),
    "community in place of a credential": (
        replace("boxes.csv", "street-v2c", "public"),
        [
            "boxes.csv:2: B1 has a credential that looks like a secret: name an entry of the credentials file",
        ],
    ),
    "password in place of a credential, not repeated": (
        replace("cameras.csv", "redzone-v3", "k4r@chi!"),
        ["cameras.csv:4: C3 has a credential that looks like a secret: name an entry of the credentials file"],
    ),
    "load-shedding window": (
        replace("feeders.csv", "02:00-04:00", "2-4 am"),
        ["feeders.csv:2: shedding is '2-4 am;14:00-16:00': write windows as 02:00-04:00;14:00-16:00"],
    ),
    "missing file": (
        lambda folder: (folder / "feeders.csv").unlink(),
        ["feeders.csv: is missing: add it, see docs/inventory.md"],
    ),
    "missing optional file": (
        both(lambda folder: (folder / "basemap/roads.geojson").unlink()),
        [],
    ),
    "empty CSV file": (
        whole("feeders.csv", b""),
        ["feeders.csv: is empty: begin it with the line id,name,grid_station"],
    ),
    "empty GeoJSON file": (
        whole(DISTRICTS, b" \n"),
        ["districts/districts.geojson: is empty: put a GeoJSON FeatureCollection into it"],
    ),
    "rubbish": (
        whole("feeders.csv", b"\x00\x01rubbish\x02"),
        [
            (
                "feeders.csv:1: no column of feeders stands in the first line: "
                "begin it with id,name,grid_station,... (docs/inventory.md)"
            )
        ],
    ),
    "binary": (
        whole("feeders.csv", b"\xff\xfe\x00\x81"),
        ["feeders.csv: byte 0 is not UTF-8: save it as UTF-8 (Excel: CSV UTF-8)"],
    ),
    "links in a ring": (
        both(lambda f: (f / "feeders.csv").unlink(), lambda f: (f / "feeders.csv").symlink_to(f / "feeders.csv")),
        [
            (
                "feeders.csv: cannot be read (Too many levels of symbolic links): "
                "replace the symbolic links that lead to each other by the file"
            )
        ],
    ),
    "pipe": (
        both(lambda f: (f / "feeders.csv").unlink(), lambda f: os.mkfifo(f / "feeders.csv")),
        ["feeders.csv: is not a plain file: put a file in its place"],
    ),
    "deeply nested JSON": (
        whole(DISTRICTS, b"[" * 100_000),
        [None],  # type: ignore[list-item]  # the words are Python's
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_mistake_has_its_whole_answer(folder: Path, name: str) -> None:
    spoil, expected = CASES[name]
    spoil(folder)
    said = answer(folder)
    assert len(said) == len(expected), said
    assert [line for line, wanted in zip(said, expected, strict=True) if wanted not in (None, line)] == []


def test_an_unreadable_folder_is_one_line(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(link)
    with pytest.raises(InventoryError, match="is not a folder: name the folder that holds inventory"):
        check_inventory(link)


def test_a_folder_with_nothing_of_an_inventory_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match="holds no file of an inventory: name the folder"):
        check_inventory(tmp_path)


def test_loading_says_the_first_problem_and_how_many_more(folder: Path) -> None:
    replace("cameras.csv", "B1,2,", "B1,1,")(folder)
    with pytest.raises(InventoryError) as caught:
        load_inventory(folder)
    assert str(caught.value).replace(f"{folder}", "DIR") == (
        "DIR/cameras.csv:2: C1 shares port 1 of B1: "
        "give each camera its own port (1 more: gisops check inventory DIR)"
    )


def test_semicolons_tabs_bom_and_line_ends_read_the_same(folder: Path) -> None:
    text = (folder / "sites.csv").read_text(encoding="utf-8")
    before = load_inventory(folder).sites
    for delimiter in (";", "\t"):
        excel = text.replace(",", delimiter).replace("\n", "\r\n")
        (folder / "sites.csv").write_bytes(b"\xef\xbb\xbf" + excel.encode())
        assert answer(folder) == []
        assert load_inventory(folder).sites == before
    (folder / "sites.csv").write_text("sep=;\n" + text.replace(",", ";"), encoding="utf-8")
    assert load_inventory(folder).sites == before


def test_loading_gives_typed_records_and_defaults(folder: Path) -> None:
    city = load_inventory(folder)
    assert (city.settings.name, city.settings.time_zone, city.settings.demo) == ("Small city", "Asia/Karachi", True)
    assert (city.boxes["B2"].switch_ports, city.boxes["B2"].snmp_port, city.boxes["B2"].battery_wh) == (2, 161, None)
    assert (city.spans["S1"].start_id, city.spans["S2"].start_id, city.spans["S1"].fibre_count) == ("N0", "N1", 24)
    assert city.nodes["N0"].kinds == ("passive",)
    assert (city.places["H1"].lon, city.places["H1"].critical) == (67.06, True)
    assert city.cameras_of_box["B1"] == ("C1", "C2")


def test_an_overlay_stands_for_a_file_that_stays_as_it_is(folder: Path) -> None:
    text = (folder / "feeders.csv").read_text(encoding="utf-8")
    findings = check_inventory(folder, overlay={"feeders.csv": text.replace("F2,", "F3,")})[1]
    assert [finding.rule for finding in findings] == ["dangling_references"]
    assert answer(folder) == []


def test_only_the_first_of_many_dangling_references_have_a_hint(folder: Path) -> None:
    header, first, *_ = (folder / "cameras.csv").read_text(encoding="utf-8").splitlines()
    lines = [
        first.replace("C1,", f"C{n},").replace("B1,1,", f"B1{chr(65 + n)},1,").replace("10.0.1.1", f"10.1.0.{n}")
        for n in range(58)
        if chr(65 + n).isalpha()
    ]
    (folder / "cameras.csv").write_text("\n".join([header, *lines]), encoding="utf-8")
    said = answer(folder)  # each hint compares with every id: thousands would take minutes
    assert (len(said), sum(line.endswith("did you mean B1?") for line in said)) == (len(lines), 50)
    assert said[-1] == "cameras.csv:53: C57 has box_id B1z, which is not in boxes: add it to boxes"
