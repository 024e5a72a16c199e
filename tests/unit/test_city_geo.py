"""The map of Karachi that ships: one coverage, a city one recognises, roads that connect."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import shapely
from shapely.geometry import shape

from gisops.geo.measure import distance_m, geodesic_area_m2, geodesic_length_m
from gisops.geo.project import geometry_from_utm42, geometry_to_utm42
from tools.city.basemap import layers, main
from tools.city.curve import bend
from tools.city.districts import ring
from tools.city.network import noded

ROOT = Path(__file__).parents[2]
FILES = sorted(layers())


@cache
def features(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((ROOT / "data" / name).read_text("utf-8"))["features"]
    return found


def geometries(name: str) -> dict[str, Any]:
    return {item["properties"]["id"]: shape(item["geometry"]) for item in features(name)}


def districts() -> dict[str, Any]:
    return geometries("districts/districts.geojson")


def land() -> Any:
    return shapely.union_all(list(districts().values()))


def district_of(lon: float, lat: float) -> list[str]:
    here = shapely.Point(lon, lat)
    return [name for name, area in districts().items() if area.contains(here)]


def choices(table: str, column: str) -> set[str]:
    with (ROOT / "gisops" / "model" / "schema.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if (row["table"], row["column"]) == (table, column)]
    return set(rows[0]["choices"].split(";"))


def positions(coordinates: Any) -> Iterator[list[float]]:
    if isinstance(coordinates[0], float):
        yield coordinates
        return
    for part in coordinates:
        yield from positions(part)


# The files as files


def test_writing_the_layers_again_gives_the_same_bytes(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 0
    for name in FILES:
        assert (tmp_path / name).read_bytes() == (ROOT / "data" / name).read_bytes(), name


@pytest.mark.parametrize("name", FILES)
def test_a_layer_is_plain_geojson_with_one_feature_a_line(name: str) -> None:
    text = (ROOT / "data" / name).read_text("utf-8")
    whole = json.loads(text)
    assert set(whole) == {"type", "features"}
    middle = text.splitlines()[1:-1]
    assert [json.loads(line.rstrip(",")) for line in middle] == whole["features"]
    identities = [item["properties"]["id"] for item in whole["features"]]
    assert len(set(identities)) == len(identities)


@pytest.mark.parametrize("name", FILES)
def test_positions_are_longitude_then_latitude_with_six_decimals(name: str) -> None:
    for item in features(name):
        for lon, lat in positions(item["geometry"]["coordinates"]):
            assert 66.6 < lon < 67.6, item["id"]
            assert 24.7 < lat < 25.7, item["id"]
            assert (round(lon, 6), round(lat, 6)) == (lon, lat)


# Districts

OFFICIAL_KM2 = {
    "south": 122,
    "east": 139,
    "central": 69,
    "west": 370,
    "korangi": 108,
    "malir": 2160,
    "keamari": 559,
}


def test_districts_are_one_coverage_without_a_gap() -> None:
    assert set(districts()) == set(OFFICIAL_KM2)
    assert shapely.coverage_is_valid(list(districts().values()))
    assert land().geom_type == "Polygon"
    assert len(land().interiors) == 0


@pytest.mark.parametrize("name", sorted(OFFICIAL_KM2))
def test_area_is_within_fifteen_percent_of_the_official_one(name: str) -> None:
    assert geodesic_area_m2(districts()[name]) / 1e6 == pytest.approx(OFFICIAL_KM2[name], rel=0.15)
    stated = {item["id"]: item["properties"]["official_area_km2"] for item in features(FILES[-1])}
    assert stated[name] == OFFICIAL_KM2[name]


@pytest.mark.parametrize(
    ("names", "published"),
    [
        (["south"], (66.97, 24.75, 67.10, 24.90)),
        (["east"], (67.02, 24.82, 67.20, 24.97)),
        (["central"], (67.01, 24.90, 67.07, 25.00)),
        (["west", "keamari"], (66.65, 24.78, 67.24, 25.26)),
        (["malir", "korangi"], (67.07, 24.76, 67.58, 25.65)),
    ],
)
def test_extent_is_near_the_published_one(names: list[str], published: tuple[float, ...]) -> None:
    found = shapely.total_bounds([districts()[name] for name in names])
    # Central's 69 km2 do not fit into its box of 66 km2, hence three hundredths (3 km) and no less.
    assert tuple(found) == pytest.approx(published, abs=0.03)


@pytest.mark.parametrize("name", sorted(OFFICIAL_KM2))
def test_outer_rings_run_anticlockwise(name: str) -> None:
    for part in shapely.get_parts(districts()[name]):
        assert part.exterior.is_ccw


@pytest.mark.parametrize(
    ("place", "lon", "lat", "district"),
    [
        ("Saddar", 67.0280, 24.8600, "south"),
        ("Lyari", 66.9950, 24.8720, "south"),
        ("Defence Phase 5", 67.0550, 24.8050, "south"),
        ("Defence Phase 8", 67.0800, 24.7700, "south"),
        ("Mazar-e-Quaid", 67.0411, 24.8754, "east"),
        ("Gulshan-e-Iqbal", 67.0920, 24.9200, "east"),
        ("Gulistan-e-Johar", 67.1300, 24.9150, "east"),
        ("Karachi University", 67.1206, 24.9392, "east"),
        ("Liaquatabad", 67.0450, 24.9060, "central"),
        ("North Nazimabad", 67.0400, 24.9400, "central"),
        ("New Karachi", 67.0650, 24.9850, "central"),
        ("Orangi", 66.9960, 24.9450, "west"),
        ("Manghopir hills", 67.0300, 25.0500, "west"),
        ("Baldia", 66.9650, 24.9150, "keamari"),
        ("S.I.T.E.", 66.9950, 24.9000, "keamari"),
        ("Keamari", 66.9790, 24.8205, "keamari"),
        ("Manora", 66.9740, 24.7990, "keamari"),
        ("Hawke's Bay", 66.8700, 24.8600, "keamari"),
        ("Mubarak Village", 66.6700, 24.8500, "keamari"),
        ("Korangi", 67.1350, 24.8300, "korangi"),
        ("Landhi", 67.1880, 24.8460, "korangi"),
        ("Shah Faisal Colony", 67.1500, 24.8750, "korangi"),
        ("Jinnah airport", 67.1688, 24.8998, "malir"),
        ("Gadap", 67.2500, 25.1500, "malir"),
        ("Bahria Town", 67.3100, 25.0400, "malir"),
        ("Port Qasim", 67.3405, 24.7920, "malir"),
    ],
)
def test_a_known_place_lies_in_its_district(place: str, lon: float, lat: float, district: str) -> None:
    assert district_of(lon, lat) == [district], place


@pytest.mark.parametrize(
    ("water", "lon", "lat"),
    [
        ("Arabian Sea", 66.95, 24.75),
        ("Chinna Creek", 66.9970, 24.8350),
        ("harbour channel", 66.9750, 24.8250),
        ("Manora channel", 66.9790, 24.8060),
        ("backwater behind Sandspit", 66.9400, 24.8500),
        ("off Clifton beach", 67.0200, 24.7900),
        ("off Sea View", 67.0400, 24.7750),
        ("Gizri Creek", 67.1060, 24.7800),
        ("Korangi Creek", 67.1800, 24.7850),
        ("Lasbela across the Hub", 66.8000, 25.0500),
    ],
)
def test_water_and_the_neighbours_lie_in_no_district(water: str, lon: float, lat: float) -> None:
    assert district_of(lon, lat) == [], water


# Coast and rivers


def test_the_coastline_is_the_edge_of_the_districts() -> None:
    edge = land().boundary
    for line in geometries("basemap/coastline.geojson").values():
        assert edge.covers(line)
    # From Cape Monze to Gharo Creek and round the harbour: an unbroken shore.
    shore = shapely.line_merge(shapely.union_all(list(geometries("basemap/coastline.geojson").values())))
    assert shore.geom_type in {"LineString", "MultiLineString"}
    assert len(shapely.get_parts(shore)) == 1


@pytest.mark.parametrize(
    ("river", "one", "other"),
    [
        ("lyari", "south", "keamari"),
        ("lyari", "south", "central"),
        ("lyari", "east", "central"),
        ("malir", "south", "korangi"),
        ("malir", "east", "korangi"),
        ("malir", "malir", "korangi"),
        ("hub", "keamari", None),
        ("hub", "west", None),
    ],
)
def test_a_river_is_the_boundary_between(river: str, one: str, other: str | None) -> None:
    line = geometries("basemap/rivers.geojson")[river]
    opposite = land().boundary if other is None else districts()[other].boundary
    shared = shapely.intersection_all([line, districts()[one].boundary, opposite])
    parts = [part for part in shapely.get_parts(shared) if part.geom_type == "LineString"]
    assert sum(map(geodesic_length_m, parts)) > 500.0


@pytest.mark.parametrize("river", ["lyari", "malir", "hub"])
def test_a_river_begins_in_the_sea_and_does_not_cross_itself(river: str) -> None:
    line = geometries("basemap/rivers.geojson")[river]
    mouth = shapely.get_point(line, 0)
    assert any(coast.touches(mouth) for coast in geometries("basemap/coastline.geojson").values())
    assert line.is_simple


# Roads


def road_graph() -> nx.Graph[tuple[float, float]]:
    graph: nx.Graph[tuple[float, float]] = nx.Graph()
    for item in features("basemap/roads.geojson"):
        for a, b in pairwise(item["geometry"]["coordinates"]):
            graph.add_edge(tuple(a), tuple(b), metres=distance_m(*a, *b))
    return graph


def test_nearly_all_roads_are_one_network() -> None:
    graph = road_graph()
    lengths = [graph.subgraph(part).size(weight="metres") for part in nx.connected_components(graph)]
    assert max(lengths) / sum(lengths) >= 0.95


def test_no_stretch_of_road_is_drawn_twice_or_has_no_length() -> None:
    graph = road_graph()
    drawn = sum(len(item["geometry"]["coordinates"]) - 1 for item in features("basemap/roads.geojson"))
    assert graph.number_of_edges() == drawn
    assert min(edge["metres"] for _, _, edge in graph.edges(data=True)) > 10.0


def test_the_red_zone_and_the_corridor_are_the_dense_part() -> None:
    roads = geometries("basemap/roads.geojson")
    corridor = shapely.union_all([roads["shahrah-e-faisal"], roads["airport-road"]])
    near = geometry_from_utm42(geometry_to_utm42(corridor).buffer(1_000.0))
    zone = shapely.union(shapely.box(66.98, 24.80, 67.05, 24.87), near)
    inside = sum(
        geodesic_length_m(part)
        for road in roads.values()
        for part in shapely.get_parts(shapely.intersection(road, zone))
        if part.geom_type == "LineString"
    )
    assert inside > 140_000.0
    assert sum(map(geodesic_length_m, roads.values())) > 350_000.0


def test_roads_stay_on_land_but_for_the_bridge_to_keamari() -> None:
    wet = {
        name: geodesic_length_m(shapely.line_merge(shapely.difference(road, land())))
        for name, road in geometries("basemap/roads.geojson").items()
        if not land().covers(road)
    }
    assert set(wet) == {"keamari-road"}
    assert wet["keamari-road"] < 400.0


def test_kinds_are_those_of_the_schema() -> None:
    for name, table in (("basemap/roads.geojson", "roads"), ("basemap/places.geojson", "places")):
        assert {item["properties"]["kind"] for item in features(name)} <= choices(table, "kind")


@pytest.mark.parametrize(
    ("road", "places"),
    [
        ("shahrah-e-faisal", ["metropole", "ftc", "nursery", "baloch-colony", "karsaz", "star-gate"]),
        ("ii-chundrigar", ["merewether-tower", "state-bank", "city-station"]),
        ("ma-jinnah", ["merewether-tower", "civil-hospital", "numaish", "quaid-mazar"]),
        ("khayaban-e-iqbal", ["teen-talwar", "do-talwar", "abdullah-shah-ghazi"]),
        ("shahrah-e-iran", ["bilawal-chowrangi", "uk-mission"]),
        ("university-road", ["hassan-square", "expo-centre", "nipa-chowrangi", "karachi-university"]),
    ],
)
def test_a_road_passes_the_places_it_is_known_for(road: str, places: list[str]) -> None:
    line = geometry_to_utm42(geometries("basemap/roads.geojson")[road])
    for place in places:
        point = geometry_to_utm42(geometries("basemap/places.geojson")[place])
        # A kilometre for the university, whose campus is that deep; the others stand at the kerb.
        assert line.distance(point) < (1_100.0 if place == "karachi-university" else 400.0), place


def test_bilawal_chowrangi_is_a_junction_of_roads() -> None:
    at = (67.0291, 24.8136)
    assert road_graph().degree(at) >= 4
    assert geometries("basemap/places.geojson")["bilawal-chowrangi"] == shapely.Point(at)


# Places


def test_every_place_lies_in_one_district_and_has_its_urdu_name() -> None:
    for item in features("basemap/places.geojson"):
        assert len(district_of(*item["geometry"]["coordinates"])) == 1, item["id"]
        # U+0600-06FF is the Arabic block, with Urdu's letters.
        assert all("\u0600" <= letter <= "\u06ff" or letter == " " for letter in item["properties"]["name_ur"])
        assert item["properties"]["aliases"], item["id"]


def test_no_two_places_share_a_name() -> None:
    names = [item["properties"]["name"] for item in features("basemap/places.geojson")]
    assert len(set(names)) == len(names) >= 60


# The tools that draw it


def test_roads_that_cross_get_the_crossing_as_a_vertex() -> None:
    east, north = noded(
        [
            ("a", "A", "street", [(67.00, 24.80), (67.02, 24.80)]),
            ("b", "B", "street", [(67.01, 24.79), (67.01, 24.81)]),
        ]
    )
    assert east == [(67.00, 24.80), (67.01, 24.80), (67.02, 24.80)]
    assert north == [(67.01, 24.79), (67.01, 24.80), (67.01, 24.81)]


def test_a_road_that_stops_short_of_another_is_joined_to_it() -> None:
    # 0.0005 degree of latitude are 55 m: less than the 120 m of a sloppy end.
    east, north = noded(
        [
            ("a", "A", "street", [(67.00, 24.80), (67.02, 24.80)]),
            ("b", "B", "street", [(67.01, 24.8005), (67.01, 24.81)]),
        ]
    )
    assert (67.01, 24.8005) in east
    assert north[0] == (67.01, 24.8005)


def test_an_expressway_passes_over_without_a_junction() -> None:
    east, over = noded(
        [
            ("a", "A", "street", [(67.00, 24.80), (67.02, 24.80)]),
            ("b", "B", "expressway", [(67.01, 24.79), (67.01, 24.81)]),
        ]
    )
    assert (len(east), len(over)) == (2, 2)


def test_a_curve_passes_through_what_was_written() -> None:
    written = [(67.0, 24.8), (67.01, 24.82), (67.03, 24.81), (67.03, 24.85)]
    assert bend(written)[::4] == written


def test_arcs_that_do_not_follow_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="arc 'coast qasim' begins at"):
        ring(("coast west", "coast qasim"))
    with pytest.raises(ValueError, match="does not close"):
        ring(("coast west",))
