"""The fibre is 193.0 km on the map, at the command line and in the database, by computations that share nothing."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path
from typing import Any

import psycopg
import pytest
from shapely import LineString, Point

from dashboard.layers import layer_document
from dashboard.payload import City, city_document
from gisops.cli.main import main
from gisops.errors import StoreError
from gisops.inventory.load import load_inventory
from gisops.model.inventory import Inventory, Node, Settings, Span
from gisops.store.assets import write_inventory
from gisops.store.span_length import span_lengths_m

pytestmark = pytest.mark.integration
DATA = Path(__file__).parents[2] / "data"


def drawn_km(features: list[dict[str, Any]]) -> float:
    """Measure lines as the page draws them, by the radii of curvature of WGS 84 at the middle of each piece."""
    a, e2 = 6_378_137.0, 0.00669437999014
    total = 0.0
    for feature in features:
        for (lon_a, lat_a), (lon_b, lat_b) in itertools.pairwise(feature["geometry"]["coordinates"]):
            middle = math.radians((lat_a + lat_b) / 2.0)
            w = math.sqrt(1.0 - e2 * math.sin(middle) ** 2)
            north = math.radians(lat_b - lat_a) * a * (1.0 - e2) / w**3
            east = math.radians(lon_b - lon_a) * a / w * math.cos(middle)
            total += math.hypot(north, east)
    return total / 1000.0


def test_the_fibre_is_193_km_however_it_is_computed(
    postgres_dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    city = load_inventory(DATA)
    write_inventory(postgres_dsn, city)
    monkeypatch.setenv("GISOPS_DSN", postgres_dsn)
    assert main(["fibre", "length", "--inventory", str(DATA), "--database", "--json"]) == 0
    (said,) = json.loads(capsys.readouterr().out)["totals"]
    lengths_km = {
        "the map's number": city_document(City.of(city), 90, 12)["fibre_km"][0],
        "the map's lines": drawn_km(layer_document(city, "fibre")["features"]),
        "command line, geodesic": said["geodesic_m"] / 1000.0,
        "command line, plane": said["planar_m"] / 1000.0,
        "database": said["sql_m"] / 1000.0,
    }
    assert lengths_km == pytest.approx(dict.fromkeys(lengths_km, 193.0), abs=0.05)
    assert max(lengths_km.values()) - min(lengths_km.values()) <= 0.1
    assert said["sql_m"] == pytest.approx(said["geodesic_m"], abs=0.01)  # a centimetre in 193 km
    assert said["spans"] == 433


def store(dsn: str, *lines: LineString) -> None:
    nodes = {"A": Node("A", "A", Point(0, 0))}
    spans = {f"S{k}": Span(f"S{k}", f"S{k}", "A", "A", line) for k, line in enumerate(lines)}
    write_inventory(dsn, Inventory(Settings("Lines"), nodes=nodes, spans=spans))


def test_the_database_computes_what_is_known(postgres_dsn: str) -> None:
    """A degree of the equator is 111,319.491 m (a pi/180); the parts of WGS 84 known from its definition."""
    store(
        postgres_dsn,
        LineString([(0, 0), (0.5, 0), (1, 0)]),
        LineString([(-1, 0), (0, 0)]),
        LineString([(67.0, 24.8), (67.0, 24.8)]),
    )
    found = span_lengths_m(postgres_dsn)
    assert found["S0"] == pytest.approx(111_319.491, abs=0.02)
    assert found["S1"] == pytest.approx(111_319.491, abs=0.02)
    assert found["S2"] == 0.0


def test_a_line_with_heights_has_no_length_there(postgres_dsn: str) -> None:
    store(
        postgres_dsn, LineString([(67.0, 24.8), (67.01, 24.8)]), LineString([(67.0, 24.8, 5.0), (67.01, 24.8, 5.0)])
    )
    assert set(span_lengths_m(postgres_dsn)) == {"S0"}


def test_a_database_without_the_table_is_one_line(postgres_dsn: str) -> None:
    with psycopg.connect(postgres_dsn) as connection:
        connection.execute("DROP TABLE asset CASCADE")
    with pytest.raises(StoreError, match="run gisops db migrate and try again"):
        span_lengths_m(postgres_dsn)
