"""Official data put into a layer: each format, what is merged, what is refused, and that nothing is half written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from gisops.errors import ConfigError, InventoryError
from gisops.inventory.column_map import ColumnMap, load_column_map
from gisops.inventory.load import load_inventory
from gisops.service.import_layer import ImportReport, Source, import_layer
from tests.inventories import write_small_inventory

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
# T2 of the small inventory is at lon 67.07 lat 24.85; the new pole stands 0.001 degrees east of it.
# In UTM 42N (central meridian 69 E) by Snyder's series, to the metre: see utm_42n below.
NEW = (67.071, 24.85)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small_inventory(tmp_path / "city")


def utm_42n(lon: float, lat: float) -> tuple[float, float]:
    """Transverse Mercator by Snyder (USGS Professional Paper 1395, equations 8-9 and 8-10)."""
    a, e2, k0 = 6378137.0, 0.00669437999014, 0.9996
    phi, ep2 = np.radians(lat), 0.00669437999014 / (1 - 0.00669437999014)
    n, t, c = a / np.sqrt(1 - e2 * np.sin(phi) ** 2), np.tan(phi) ** 2, ep2 * np.cos(phi) ** 2
    aa = np.cos(phi) * np.radians(lon - 69)
    m = a * (
        (1 - e2 / 4 - 3 * e2**2 / 64 - 5 * e2**3 / 256) * phi
        - (3 * e2 / 8 + 3 * e2**2 / 32 + 45 * e2**3 / 1024) * np.sin(2 * phi)
        + (15 * e2**2 / 256 + 45 * e2**3 / 1024) * np.sin(4 * phi)
        - 35 * e2**3 / 3072 * np.sin(6 * phi)
    )
    series = aa + (1 - t + c) * aa**3 / 6 + (5 - 18 * t + t**2 + 72 * c - 58 * ep2) * aa**5 / 120
    rest = aa**2 / 2 + (5 - t + 9 * c + 4 * c**2) * aa**4 / 24
    return 500_000 + k0 * n * series, k0 * (m + n * np.tan(phi) * rest)


def bring(folder: Path, table: str, path: Path, columns: ColumnMap | None = None, **more: Any) -> ImportReport:
    source = Source(path, columns or ColumnMap(), more.pop("layer", None), more.pop("crs", None))
    return import_layer(table, source, folder, now=lambda: NOW, **more)


def numbers(report: ImportReport) -> tuple[int, ...]:
    return (report.read, report.added, report.changed, report.unchanged, report.removed, report.refused)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def write_poles(path: Path, driver: str, xy: tuple[float, float], crs: str | None, **more: Any) -> Path:
    names = ["POLE_NO", "Location"]
    fields = [np.array(["T9"], dtype=object), np.array(["Clock tower"], dtype=object)]
    wkb = shapely.to_wkb(np.array([shapely.Point(xy)], dtype=object))
    pyogrio.raw.write(
        path, wkb, fields, names, crs=crs, geometry_type=more.pop("geometry_type", "Point"), driver=driver, **more
    )
    return path


POLES = ColumnMap({"id": "POLE_NO", "name": "Location"}, {"district_id": "west", "station_id": "P1", "mount": "pole"})


@pytest.mark.parametrize(
    ("name", "driver", "crs"),
    [
        ("poles.shp", "ESRI Shapefile", "EPSG:32642"),
        ("poles.gpkg", "GPKG", "EPSG:32642"),
        ("poles.geojson", "GeoJSON", "EPSG:4326"),
        ("poles.kml", "KML", "EPSG:4326"),
    ],
)
def test_a_new_pole_comes_in_from_each_format(folder: Path, tmp_path: Path, name: str, driver: str, crs: str) -> None:
    xy = utm_42n(*NEW) if crs == "EPSG:32642" else NEW
    report = bring(folder, "sites", write_poles(tmp_path / name, driver, xy, crs), POLES)
    assert (numbers(report), report.problems, report.written) == ((1, 1, 0, 2, 0, 0), (), True)
    site = load_inventory(folder).sites["T9"]
    assert (site.name, site.mount, site.place_id) == ("Clock tower", "pole", None)
    assert (site.lon, site.lat) == pytest.approx(NEW, abs=2e-7)


def test_csv_in_metres_is_brought_to_degrees(folder: Path, tmp_path: Path) -> None:
    x, y = utm_42n(*NEW)
    path = tmp_path / "poles.csv"
    path.write_text(f"ID;Name;District ID;Station-Id;X;Y\nT9;Pole;west;P1;{x:.3f};{y:.3f}\n", encoding="utf-8")
    assert [f.remedy for f in bring(folder, "sites", path).findings] == [
        "name its system with --crs, such as --crs EPSG:32642"
    ]
    report = bring(folder, "sites", path, crs="EPSG:32642")
    assert report.written
    site = load_inventory(folder).sites["T9"]
    assert (site.lon, site.lat) == pytest.approx(NEW, abs=2e-7)


def test_merging_changes_what_is_given_and_keeps_the_rest(folder: Path, tmp_path: Path) -> None:
    before = (folder / "boxes.csv").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "batteries.csv"
    path.write_text("id,battery_wh,contractor,remarks\nB1,950,,old\nB2,850.5,,new\n", encoding="utf-8")
    report = bring(folder, "boxes", path)
    assert (numbers(report), report.ignored_columns) == ((2, 0, 2, 0, 0, 0), ("remarks",))
    assert (folder / "boxes.csv").read_text(encoding="utf-8").splitlines() == [
        f"{before[0]},battery_wh",
        f"{before[1]},950",
        f"{before[2]},850.5",
    ]
    assert numbers(bring(folder, "boxes", path)) == (2, 0, 0, 2, 0, 0)


@pytest.mark.parametrize("table", ["stations", "centres", "feeders", "sites", "boxes", "cameras"])
def test_a_csv_layer_put_into_itself_changes_nothing(folder: Path, table: str) -> None:
    before = files_of(folder)
    report = bring(folder, table, folder / f"{table}.csv")
    assert (report.added, report.changed, report.written, report.ignored_columns) == (0, 0, False, ())
    assert files_of(folder) == before


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("districts", "districts/districts.geojson"),
        ("nodes", "fibre_routes/nodes.geojson"),
        ("spans", "fibre_routes/spans.geojson"),
        ("places", "basemap/places.geojson"),
        ("roads", "basemap/roads.geojson"),
    ],
)
def test_a_geojson_layer_put_into_itself_changes_no_record(folder: Path, table: str, name: str) -> None:
    before = load_inventory(folder)
    report = bring(folder, table, folder / name)
    assert (report.added, report.changed, report.refused) == (0, 0, 0)
    assert getattr(load_inventory(folder), table) == getattr(before, table)


def test_a_span_that_moves_keeps_its_other_properties(folder: Path, tmp_path: Path) -> None:
    document = json.loads((folder / "fibre_routes/spans.geojson").read_text(encoding="utf-8"))
    feature = document["features"][0]
    feature["geometry"]["coordinates"].insert(1, [67.055, 24.851])
    feature["properties"] = {"id": "S1", "gisops:ring": "R1"}
    (tmp_path / "survey.geojson").write_text(json.dumps({**document, "features": [feature]}), encoding="utf-8")
    assert numbers(bring(folder, "spans", tmp_path / "survey.geojson")) == (1, 0, 1, 1, 0, 0)
    span = load_inventory(folder).spans["S1"]
    assert (span.ring, span.fibre_count, span.start_id, span.name) == ("R1", 24, "N0", "Span 1")
    assert list(span.geometry.coords) == [(67.05, 24.85), (67.055, 24.851), (67.06, 24.85)]


def test_a_layer_can_be_built_from_nothing(tmp_path: Path) -> None:
    full, empty = write_small_inventory(tmp_path / "full"), tmp_path / "new"
    report = bring(empty, "feeders", full / "feeders.csv")
    assert (numbers(report), report.problems, report.written) == ((2, 2, 0, 0, 0, 0), (), True)
    assert (empty / "feeders.csv").read_bytes() == (full / "feeders.csv").read_bytes()


def test_what_would_break_the_inventory_is_not_written_unless_forced(folder: Path, tmp_path: Path) -> None:
    path, before = tmp_path / "feeders.csv", files_of(folder)
    path.write_text("id,name,grid_station\nF1,Feeder 1,Grid A\n", encoding="utf-8")
    report = bring(folder, "feeders", path, replace=True)
    assert [str(f).removeprefix(f"{folder}/") for f in report.problems] == [
        "boxes.csv:3: B2 has feeder_id F2, which is not in feeders: add it to feeders"
    ]
    assert (report.removed, report.written) == (1, False)
    assert files_of(folder) == before
    assert bring(folder, "feeders", path, replace=True, force=True).written
    assert "F2" not in (folder / "feeders.csv").read_text(encoding="utf-8")


def test_problems_that_are_there_already_do_not_stop_an_import(folder: Path, tmp_path: Path) -> None:
    text = (folder / "cameras.csv").read_text(encoding="utf-8")
    (folder / "cameras.csv").write_text(text.replace("B1,2,", "B1,1,"), encoding="utf-8")
    path = tmp_path / "feeders.csv"
    path.write_text("id,name,grid_station\nF3,Feeder 3,Grid B\n", encoding="utf-8")
    assert (bring(folder, "feeders", path).problems, "F3" in (folder / "feeders.csv").read_text()) == ((), True)


def test_refused_rows_say_why_and_stop_the_rest(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "feeders.csv"
    path.write_text(
        "id,name,grid_station,shedding\nF 3,A,G,\nF4,B,G,2am\nF5,C,G,\nF5,D,G,\n,E,G,\n", encoding="utf-8"
    )
    report = bring(folder, "feeders", path)
    assert [str(f).removeprefix(f"{tmp_path}/") for f in report.findings] == [
        "feeders.csv:2: id is 'F 3': use letters, digits and _ . : / - only, 64 at most",
        "feeders.csv:3: shedding is '2am': write windows as 02:00-04:00;14:00-16:00",
        f"feeders.csv:5: id F5 stands already at {path}:4: keep one of them",
        "feeders.csv:6: has no id: give it one",
    ]
    assert (numbers(report), report.written) == ((5, 1, 0, 2, 0, 4), False)
    assert bring(folder, "feeders", path, force=True).written
    assert set(load_inventory(folder).feeders) == {"F1", "F2", "F5"}


def test_a_dry_run_writes_nothing(folder: Path, tmp_path: Path) -> None:
    path, before = tmp_path / "feeders.csv", files_of(folder)
    path.write_text("id,name,grid_station\nF3,Feeder 3,Grid B\n", encoding="utf-8")
    assert numbers(bring(folder, "feeders", path, dry_run=True)) == (1, 1, 0, 2, 0, 0)
    assert files_of(folder) == before


def test_each_import_leaves_one_line(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "feeders.csv"
    path.write_text("id,name,grid_station\nF3,Feeder 3,Grid B\n", encoding="utf-8")
    bring(folder, "feeders", path)
    bring(folder, "feeders", path)
    (line,) = (folder / "imports.jsonl").read_text(encoding="utf-8").splitlines()
    kept = json.loads(line)
    assert (kept["imported_at"], kept["layer"], kept["added"]) == ("2026-11-21T03:00:00+00:00", "feeders", 1)
    assert sorted(p.name for p in folder.iterdir() if p.name.startswith(".")) == []


def test_a_shapefile_without_prj_needs_its_system_named(folder: Path, tmp_path: Path) -> None:
    path = write_poles(tmp_path / "poles.shp", "ESRI Shapefile", utm_42n(*NEW), "EPSG:32642")
    path.with_suffix(".prj").unlink()
    with pytest.raises(InventoryError, match="does not say its coordinate reference system: name it with --crs"):
        bring(folder, "sites", path, POLES)
    assert bring(folder, "sites", path, POLES, crs="EPSG:32642").written


def test_a_file_with_several_layers_needs_one_named(folder: Path, tmp_path: Path) -> None:
    path = write_poles(tmp_path / "city.gpkg", "GPKG", NEW, "EPSG:4326", layer="poles")
    write_poles(path, "GPKG", NEW, "EPSG:4326", layer="old", append=True)
    with pytest.raises(InventoryError, match="has layers poles, old: choose one with --layer"):
        bring(folder, "sites", path, POLES)
    with pytest.raises(InventoryError, match="has no layer 'pole': did you mean poles"):
        bring(folder, "sites", path, POLES, layer="pole")
    assert bring(folder, "sites", path, POLES, layer="poles").written


def test_columns_that_nothing_gives_are_named_at_once(folder: Path, tmp_path: Path) -> None:
    path = write_poles(tmp_path / "poles.geojson", "GeoJSON", NEW, "EPSG:4326")
    message = (
        "no column gives id, name, district_id, station_id of sites: say which in --map .* its columns are "
        "POLE_NO, Location"
    )
    with pytest.raises(InventoryError, match=message):
        bring(folder, "sites", path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[column]\n", r"unknown table \[column\]: did you mean columns\?"),
        ('[columns]\nnmae = "x"\n', r"\[columns\]: nmae is no column of sites: did you mean name\?"),
        ("columns = 1\n", r"columns is not a table: write \[columns\] and its keys below"),
        ('[values]\nname = ["x"]\n', r"\[values\]: name is not one value: write it in quotes"),
        ("[", "is not valid TOML"),
    ],
)
def test_a_wrong_map_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "map.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_column_map(path, "sites")


def test_a_map_that_names_a_column_the_file_lacks(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"has no column 'nane' for name: did you mean name\?"):
        bring(folder, "sites", folder / "sites.csv", ColumnMap({"name": "nane"}))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.csv", b"", "is empty: export it again"),
        ("x.csv", b"\xff\xfe", "byte 0 is not UTF-8"),
        ("x.csv", b"id,name\nF1\n", "1 cells, 2 columns: put cells with commas in quotes"),
        ("x.gpkg", b"rubbish", "cannot be read"),
        ("x.geojson", b"{", "cannot be read"),
        ("x.kml", b"<OGRVRTDataSource/>", "describes data elsewhere: give the file with the data itself"),
        ("x.pdf", b"", r"is of no kind that can be read \(.pdf\)"),
    ],
)
def test_a_file_that_is_no_data_is_one_line(
    folder: Path, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InventoryError, match=message):
        bring(folder, "feeders", path)
