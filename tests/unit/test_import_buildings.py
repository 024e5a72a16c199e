"""Buildings from every format there is, repaired, counted, and never half written."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from numpy.typing import NDArray

from gisops.coverage.buildings import Buildings
from gisops.errors import InventoryError
from gisops.geo.project import geometry_to_utm42
from gisops.model.inventory import Inventory
from gisops.service.building_heights import FLOOR_M
from gisops.service.building_store import BUILDINGS_FILE, load_buildings
from gisops.service.import_buildings import BuildingSource, BuildingsReport, import_buildings
from tests.cities import small_city

HOUSE = shapely.box(67.0100, 24.8501, 67.0101, 24.8502)
BARN = shapely.box(67.0110, 24.8501, 67.0112, 24.8503)
BOW = shapely.Polygon([(67.012, 24.850), (67.0122, 24.8502), (67.0122, 24.850), (67.012, 24.8502)])
FAR = shapely.box(70.0, 30.0, 70.001, 30.001)
POLE = shapely.Point(67.01, 24.85)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def objects(*shapes: object) -> NDArray[np.object_]:
    made = np.empty(len(shapes), dtype=object)
    made[:] = shapes
    return made


def brought(folder: Path, path: Path, inventory: Inventory | None = None, **source: str) -> BuildingsReport:
    return import_buildings(BuildingSource(path, **source), folder, inventory or small_city(), lambda: NOW)


def stored(folder: Path) -> Buildings:
    buildings = load_buildings(folder)
    assert buildings is not None
    return buildings


def heights(folder: Path) -> list[float | None]:
    found = np.sort(stored(folder).height_m.astype(float))
    return [None if np.isnan(height) else round(float(height), 2) for height in found]


def write(
    path: Path, shapes: NDArray[np.object_], driver: str, crs: str = "EPSG:4326", **fields: list[object]
) -> Path:
    pyogrio.raw.write(
        path, shapely.to_wkb(shapes), field_data=[np.array(v) for v in fields.values()], fields=list(fields),
        geometry_type="Unknown" if driver != "ESRI Shapefile" else "Polygon", crs=crs, driver=driver,
    )  # fmt: skip
    return path


@pytest.mark.parametrize(
    ("name", "driver", "crs"),
    [
        ("b.gpkg", "GPKG", "EPSG:4326"),
        ("b.gpkg", "GPKG", "EPSG:32642"),
        ("b.shp", "ESRI Shapefile", "EPSG:32642"),
        ("b.geojson", "GeoJSON", "EPSG:4326"),
        ("b.fgb", "FlatGeobuf", "EPSG:4326"),
    ],
)
def test_the_formats_of_gdal_come_in_alike(tmp_path: Path, name: str, driver: str, crs: str) -> None:
    shapes = objects(HOUSE, BARN)
    if crs == "EPSG:32642":
        shapes = objects(*(geometry_to_utm42(shape) for shape in shapes))
    report = brought(tmp_path, write(tmp_path / name, shapes, driver, crs, height=[6.5, 12.0]))
    assert (report.read, report.written, report.with_height, report.unusable) == (2, 2, 2, 0)
    assert heights(tmp_path) == [6.5, 12.0]
    area = geometry_to_utm42(HOUSE).area
    walls = stored(tmp_path).walls(np.array([0]))
    x, y = walls.edges[:, 0], walls.edges[:, 1]
    shoelace = abs(float(np.sum(x * walls.edges[:, 3] - walls.edges[:, 2] * y))) / 2
    assert shoelace == pytest.approx(area, rel=0.01)


def test_what_is_no_building_here_is_counted(tmp_path: Path) -> None:
    shapes = objects(HOUSE, HOUSE, BOW, FAR, POLE, BARN)
    report = brought(tmp_path, write(tmp_path / "b.gpkg", shapes, "GPKG"))
    assert (report.read, report.written, report.repaired) == (6, 3, 1)
    assert (report.outside, report.unusable, report.duplicates, report.with_height) == (1, 1, 1, 0)
    # Kept invalid rings would be two triangles; the repaired one is that, as a multipolygon.
    assert len(stored(tmp_path).edges) == 4 + 4 + 6
    line = json.loads((tmp_path / "imports.jsonl").read_text())
    assert (line["layer"], line["written"], line["imported_at"]) == ("buildings", 3, NOW.isoformat())
    assert len(line["sha256"]) == 64


def test_geoparquet_with_storeys(tmp_path: Path) -> None:
    path = tmp_path / "overture.parquet"
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
    table = pa.table(
        {"geometry": shapely.to_wkb(objects(HOUSE, BARN)), "height": [None, 9.0], "num_floors": [2, 7]}
    ).replace_schema_metadata({"geo": json.dumps(geo)})
    pq.write_table(table, path)
    brought(tmp_path, path)
    assert heights(tmp_path) == [round(2 * FLOOR_M, 2), 9.0]


def test_google_open_buildings(tmp_path: Path) -> None:
    path = tmp_path / "3b3_buildings.csv.gz"
    rows = ["latitude,longitude,area_in_meters,confidence,geometry,full_plus_code"]
    rows += [f'24.85,67.01,1.0,0.9,"{shape.wkt}",7J' for shape in (HOUSE, BARN)]
    rows += ['24.85,67.01,1.0,0.9,"POLYGON((67 24",7J', "24.85"]
    path.write_bytes(gzip.compress("\n".join(rows).encode()))
    report = brought(tmp_path, path)
    assert (report.read, report.written, report.unusable, report.with_height) == (4, 2, 2, 0)
    assert heights(tmp_path) == [None, None]


def test_microsoft_footprints(tmp_path: Path) -> None:
    path = tmp_path / "part.csv.gz"
    lines = [
        json.dumps(
            {"type": "Feature", "properties": {"height": high, "confidence": -1}, "geometry": shape.__geo_interface__}
        )
        for shape, high in ((HOUSE, -1.0), (BARN, 7.25))
    ]
    path.write_bytes(gzip.compress("\n".join([*lines, "{broken", ""]).encode()))
    report = brought(tmp_path, path)
    assert (report.read, report.written, report.unusable, report.with_height) == (3, 2, 1, 1)
    assert heights(tmp_path) == [7.25, None]


def test_an_openstreetmap_extract(tmp_path: Path) -> None:
    path = tmp_path / "city.osm"
    corners = [(67.0100, 24.8501), (67.0101, 24.8501), (67.0101, 24.8502), (67.0100, 24.8502)]
    nodes = "".join(f'<node id="{n}" version="1" lat="{y}" lon="{x}"/>' for n, (x, y) in enumerate(corners, 1))
    refs = "".join(f'<nd ref="{n}"/>' for n in (1, 2, 3, 4, 1))
    ways = "".join(
        f'<way id="{n}" version="1">{refs}<tag k="{kind}" v="yes"/><tag k="building:levels" v="4"/></way>'
        for n, kind in ((10, "building"), (11, "amenity"))
    )
    path.write_text(f'<?xml version="1.0"?><osm version="0.6">{nodes}{ways}</osm>')
    report = brought(tmp_path, path)
    assert (report.read, report.written) == (1, 1)
    assert heights(tmp_path) == [round(4 * FLOOR_M, 2)]


def test_a_named_height_column_and_one_that_is_not_there(tmp_path: Path) -> None:
    path = write(tmp_path / "b.gpkg", objects(HOUSE, BARN), "GPKG", roof=["21 ft", "none"], height=[1.0, 2.0])
    brought(tmp_path, path, height="roof")
    assert heights(tmp_path) == [6.4, None]
    with pytest.raises(InventoryError, match="no column storey: its columns are roof, height"):
        brought(tmp_path, path, height="storey")


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("nothing.gpkg", None, "no such file"),
        ("b.gpkg", b"not a database", "cannot be read"),
        ("b.parquet", b"PAR1 not really", "cannot be read"),
        ("b.csv", b"a,b\n1,2\n", "no column geometry"),
        ("b.csv.gz", b"\x1f\x8bbroken", "cannot be read"),
        ("b.geojson", b'{"type":"FeatureCollection","features":[]}', "none of its 0 rows"),
    ],
)
def test_a_file_that_is_none_leaves_what_was_there(
    tmp_path: Path, name: str, content: bytes | None, complaint: str
) -> None:
    brought(tmp_path, write(tmp_path / "good.gpkg", objects(HOUSE), "GPKG"))
    before = (tmp_path / BUILDINGS_FILE).read_bytes()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InventoryError, match=complaint):
        brought(tmp_path, tmp_path / name)
    assert (tmp_path / BUILDINGS_FILE).read_bytes() == before
    assert [path.name for path in (tmp_path / BUILDINGS_FILE).parent.iterdir()] == [BUILDINGS_FILE.name]


def test_all_elsewhere_is_refused_and_without_districts_nothing_is_elsewhere(tmp_path: Path) -> None:
    path = write(tmp_path / "b.gpkg", objects(FAR), "GPKG")
    with pytest.raises(InventoryError, match="1 lie elsewhere"):
        brought(tmp_path, path)
    assert brought(tmp_path, path, replace(small_city(), districts={})).written == 1


def test_no_file_is_no_buildings(tmp_path: Path) -> None:
    assert load_buildings(tmp_path) is None
    (tmp_path / BUILDINGS_FILE).parent.mkdir()
    (tmp_path / BUILDINGS_FILE).write_bytes(b"rubbish")
    with pytest.raises(InventoryError, match="import the buildings again"):
        load_buildings(tmp_path)
