"""Every rule on a copy of the demonstration city with one thing broken; place, offender and remedy as read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gisops.errors import InventoryError
from gisops.inventory.check import check_inventory
from gisops.inventory.load import load_inventory

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "city"))


def replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def edit_feature(name: str, feature_id: str, change: Callable[[dict], None]) -> Callable[[Path], None]:  # type: ignore[type-arg]
    def edit(folder: Path) -> None:
        document = json.loads((folder / name).read_text(encoding="utf-8"))
        change(next(f for f in document["features"] if f["id"] == feature_id))
        (folder / name).write_text(json.dumps(document), encoding="utf-8")

    return edit


def into_folder(folder: Path) -> None:
    (folder / "sites.csv").unlink()
    (folder / "sites.csv").mkdir()


CASES: dict[str, tuple[Callable[[Path], None], str]] = {
    "unknown column": (
        replace("boxes.csv", "battery_wh", "batery_wh"),
        "boxes.csv:1: unknown column 'batery_wh': did you mean battery_wh?",
    ),
    "unknown setting": (
        replace("inventory.toml", "time_zone", "timezone"),
        "inventory.toml: unknown key 'timezone': did you mean time_zone?",
    ),
    "missing column": (
        replace("boxes.csv", "node_id", "nodeid"),
        "boxes.csv:1: column 'node_id' is missing: add it, see docs/inventory.md",
    ),
    "duplicate id": (
        replace("boxes.csv", "BX-APT-001,", "BX-CLF-001,"),
        "boxes.csv:3: id BX-CLF-001 stands already at {folder}/boxes.csv:2: give it its own",
    ),
    "duplicate address": (
        replace("boxes.csv", "127.16.0.2,", "127.16.0.1,"),
        "boxes.csv:3: BX-APT-001 has address 127.16.0.1 of BX-CLF-001: correct one of them",
    ),
    "camera without box": (
        replace("cameras.csv", ",BX-CLF-001,", ",BX-CLF-0001,"),
        "cameras.csv:2: CM-CLF-001-1 has box_id BX-CLF-0001, which is not in boxes: did you mean BX-CLF-001?",
    ),
    "outside": (
        replace("boxes.csv", "67.029771,24.813458,127", "66.500000,24.500000,127"),
        "boxes.csv:2: BX-CLF-001 at lon 66.5 lat 24.5 is outside every district: correct its place",
    ),
    "swapped": (
        replace("boxes.csv", "67.029771,24.813458,127", "24.813458,67.029771,127"),
        "boxes.csv:2: BX-CLF-001 at lon 24.8135 lat 67.0298 has lon and lat swapped: swap them",
    ),
    "bad value": (
        replace("cameras.csv", "Vendor B (demo),Fixed 4M,camera,16100", "Vendor B (demo),Fixed 4M,camera,161000"),
        "cameras.csv:2: snmp_port is '161000': must be at most 65535",
    ),
    "bad choice": (
        replace("boxes.csv", "127.16.0.1,2c", "127.16.0.1,2d"),
        "boxes.csv:2: snmp_version is '2d': use one of 2c, 3",
    ),
    "bad window": (
        replace("feeders.csv", "02:00-03:00", "2am-3am"),
        "shedding is '2am-3am': write windows as 02:00-04:00;14:00-16:00",
    ),
    "secret": (
        replace("boxes.csv", "2c,street-v2c", "2c,public"),
        "boxes.csv:2: BX-CLF-001 has a credential that looks like a secret: name an entry of the credentials file",
    ),
    "port twice": (
        replace("cameras.csv", "BX-CLF-001,2,", "BX-CLF-001,1,"),
        "cameras.csv:3: CM-CLF-001-2 shares port 1 of BX-CLF-001: give each camera its own port",
    ),
    "wrong crs": (
        replace(
            "districts/districts.geojson",
            '"features"',
            '"crs":{"properties":{"name":"urn:ogc:def:crs:EPSG::32642"}},"features"',
        ),
        "its CRS is urn:ogc:def:crs:EPSG::32642: reproject it to WGS 84 (EPSG:4326)",
    ),
    "metres": (
        edit_feature(
            "fibre_routes/nodes.geojson",
            "N-CLF-001",
            lambda f: f["geometry"].update(coordinates=[301000.0, 2746000.0]),
        ),
        "coordinate 301000 2746000 is not in degrees: reproject it to WGS 84",
    ),
    "span end": (
        edit_feature(
            "fibre_routes/spans.geojson",
            "SP-0001",
            lambda f: f["geometry"]["coordinates"].__setitem__(0, [67.0, 24.9]),
        ),
        "m from its node",
    ),
    "zero length": (
        edit_feature(
            "fibre_routes/spans.geojson",
            "SP-0001",
            lambda f: f["geometry"].update(coordinates=[f["geometry"]["coordinates"][0]] * 2),
        ),
        "span SP-0001 has no length: draw its route",
    ),
    "districts overlap": (
        edit_feature(
            "districts/districts.geojson",
            "central",
            lambda f: f["geometry"].update(
                coordinates=[[[67.02, 24.88], [67.08, 24.88], [67.08, 24.99], [67.02, 24.99], [67.02, 24.88]]]
            ),
        ),
        "overlaps or misses its neighbour near",
    ),
    "binary": (
        lambda folder: (folder / "boxes.csv").write_bytes(b"\xff\xfe\x00\x81"),  # type: ignore[dict-item]
        "boxes.csv: byte 0 is not UTF-8: save it as UTF-8 (Excel: CSV UTF-8)",
    ),
    "folder in place of a file": (
        into_folder,
        "sites.csv: cannot be read (Is a directory): put a file in the place of the folder",
    ),
    "not json": (
        lambda folder: (folder / "fibre_routes/spans.geojson").write_text("{"),  # type: ignore[dict-item]
        "spans.geojson: is not JSON",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_rule_names_place_offender_and_remedy(folder: Path, name: str) -> None:
    spoil, expected = CASES[name]
    spoil(folder)
    said = [str(finding) for finding in check_inventory(folder)[1]]
    assert any(expected.format(folder=folder) in line for line in said), said[:5]


def test_all_problems_are_found_not_only_the_first(folder: Path) -> None:
    for name in ("duplicate address", "bad choice", "secret", "bad window", "span end"):
        CASES[name][0](folder)
    assert len({finding.rule for finding in check_inventory(folder)[1]}) >= 4


def test_loading_a_broken_inventory_says_the_first_and_how_many(folder: Path) -> None:
    CASES["secret"][0](folder)
    CASES["bad choice"][0](folder)
    with pytest.raises(InventoryError, match=r"boxes.csv:2: .* \(1 more: gisops check inventory"):
        load_inventory(folder)


def test_a_semicolon_file_with_bom_and_crlf_reads_the_same(folder: Path) -> None:
    path = folder / "feeders.csv"
    rows = path.read_text(encoding="utf-8").replace(";", "|").replace(",", ";").replace("|", ",")
    quoted = "\r\n".join(line for line in rows.splitlines() if "," not in line)
    path.write_bytes(b"\xef\xbb\xbf" + quoted.encode() + b"\r\n")
    findings = check_inventory(folder)[1]
    assert {finding.rule for finding in findings} <= {"dangling_references"}


def test_a_missing_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match=r"is not a folder: name the folder that holds inventory\.toml"):
        check_inventory(tmp_path / "nowhere")
