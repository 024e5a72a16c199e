"""Write the demonstration network: ``python -m tools.city.inventory [FOLDER]``.

Reads the districts and places beside it; everything else comes from the tables
of this folder and a fixed seed, so a second run writes the same bytes.
"""

from __future__ import annotations

import csv
import sys
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import networkx as nx
import shapely
from shapely.geometry import shape

from tools.city.basemap import layers
from tools.city.cable import lay_cable
from tools.city.equipment import boxes_and_cameras, camera_counts
from tools.city.fibre import Routes, length_m, routes
from tools.city.fibre_plan import TARGET_KM
from tools.city.geojson import feature, write_collection
from tools.city.junctions import Point
from tools.city.stands import CENTRES, STATIONS, Stand, area_of, candidates, choose, metres, tap

__all__ = ["build", "main"]

SITES = 300
FEEDERS = 40
NETWORK = {
    "id": "fdd329aa-9f32-5f92-bb1c-81b9f3408033",
    "identifier": "KHI-SC",
    "name": "Karachi Safe City (demonstration)",
    "links": [{"href": "https://standard.ofds.info/en/0__4__0/network-schema.json", "rel": "describedby"}],
}
# Grid stations of the city's utility by neighbourhood; which feeder leaves which is invented.
_GRIDS: tuple[tuple[str, float, float], ...] = (
    ("West Wharf", 66.985, 24.845), ("Queens Road", 67.008, 24.846), ("Lyari", 67.000, 24.868),
    ("Garden", 67.024, 24.876), ("Old Clifton", 67.030, 24.826), ("Clifton", 67.022, 24.812),
    ("Gizri", 67.048, 24.822), ("Defence", 67.068, 24.808), ("Jacob Lines", 67.042, 24.866),
    ("Baloch Colony", 67.078, 24.865), ("Jail Road", 67.056, 24.884), ("Civic Centre", 67.072, 24.900),
    ("Gulshan", 67.096, 24.922), ("Liaquatabad", 67.046, 24.906), ("Airport", 67.160, 24.892),
    ("Malir", 67.195, 24.875), ("Korangi", 67.140, 24.826), ("Landhi", 67.190, 24.846),
)  # fmt: skip
_SHEDDING = ("", "02:00-03:00", "", "14:00-15:30", "10:00-11:00;20:30-21:30", "", "04:00-05:00;16:00-17:00")


def build() -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Make the tables, the fibre nodes and the fibre spans."""
    trim_m = 9_000.0
    for _ in range(6):
        network = routes(trim_m)
        tables, nodes, spans, total_m = _furnish(network)
        miss_m = TARGET_KM * 1000.0 - total_m
        if abs(miss_m) < 20.0:
            break
        trim_m += miss_m
    return tables, nodes, spans


def _furnish(
    network: Routes,
) -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, Any]], list[dict[str, Any]], float]:
    base = layers()
    critical = [
        (f["geometry"]["coordinates"][0], f["geometry"]["coordinates"][1])
        for f in base["basemap/places.geojson"]
        if f["properties"]["critical"]
    ]
    chosen = choose(candidates(network.graph), SITES, critical)
    bilawal = chosen[0]
    chosen.sort(key=lambda s: (s is not bilawal, area_of(s.at)[0], s.at))
    districts = [(f["properties"]["id"], shape(f["geometry"])) for f in base["districts/districts.geojson"]]
    tables = _tables(chosen, districts, base["basemap/places.geojson"])
    stands = [
        (f"N-{site['id'][3:]}", stand, "distribution") for site, stand in zip(tables["sites"], chosen, strict=True)
    ]
    stands += [(f"N-{row[0]}", tap(network.graph, (row[2], row[3])), "police station") for row in STATIONS]
    stands += [(f"N-{row[0]}", tap(network.graph, (row[3], row[4])), "control centre") for row in CENTRES]
    nodes, spans = _fibre(network, stands)
    lay_cable(nodes, spans)
    total_m = sum(length_m([tuple(p) for p in s["geometry"]["coordinates"]]) for s in spans)
    return tables, nodes, spans, total_m


def _tables(
    chosen: list[Stand], districts: list[tuple[str, Any]], places: list[dict[str, Any]]
) -> dict[str, list[dict[str, Any]]]:
    rng = Random(193)  # noqa: S311 - a fixed seed is the point
    counts = camera_counts(SITES, rng)
    in_area: dict[str, int] = {}
    tables: dict[str, list[dict[str, Any]]] = {"sites": [], "boxes": [], "cameras": []}
    for number, stand in enumerate(chosen):
        code, area = area_of(stand.at)
        in_area[code] = in_area.get(code, 0) + 1
        near = min(places, key=lambda f: metres(stand.at, tuple(f["geometry"]["coordinates"])))
        is_near = metres(stand.at, tuple(near["geometry"]["coordinates"])) < 300.0
        protected = near["properties"]["id"] if is_near and near["properties"]["critical"] else ""
        serial = in_area[code]
        name = f"{near['properties']['name']}" if is_near else f"{area} {serial}"
        if is_near and any(site["name"] == name for site in tables["sites"]):
            name = f"{name} ({code} {serial})"
        site: dict[str, Any] = {
            "id": f"ST-{code}-{serial:03d}",
            "name": name,
            "district_id": _district(stand.at, districts),
            "station_id": min(STATIONS, key=lambda s: metres(stand.at, (s[2], s[3])))[0],
            "lon": stand.at[0],
            "lat": stand.at[1],
            "mount": "gantry" if number % 11 == 5 else "pole",
            "place_id": protected,
        }
        box, cameras = boxes_and_cameras(site, number, counts[number], stand.bearing_deg, rng)
        box["node_id"] = f"N-{site['id'][3:]}"
        tables["sites"].append(site)
        tables["boxes"].append(box)
        tables["cameras"] += cameras
    tables["feeders"] = _feeders(tables["boxes"])
    tables["stations"] = [
        {"id": i, "name": n, "district_id": _district((x, y), districts), "lon": x, "lat": y, "node_id": f"N-{i}"}
        for i, n, x, y in STATIONS
    ]
    tables["centres"] = [
        {"id": i, "name": n, "kind": k, "district_id": _district((x, y), districts), "lon": x, "lat": y,
         "node_id": f"N-{i}"}
        for i, n, k, x, y in CENTRES
    ]  # fmt: skip
    return tables


def _district(at: Point, districts: list[tuple[str, Any]]) -> str:
    point = shapely.Point(at)
    return min(districts, key=lambda d: (d[1].distance(point), d[0]))[0]


def _feeders(boxes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Halve the boxes again and again across their longer side, until each group is one feeder."""
    groups = [boxes]
    while len(groups) < FEEDERS:
        groups.sort(key=len)
        big = groups.pop()
        width = max(b["lon"] for b in big) - min(b["lon"] for b in big)
        height = max(b["lat"] for b in big) - min(b["lat"] for b in big)
        ordered = sorted(big, key=lambda b: (b["lon"], b["lat"]) if width > height else (b["lat"], b["lon"]))
        groups += [ordered[: len(ordered) // 2], ordered[len(ordered) // 2 :]]
    feeders = []
    groups.sort(key=lambda g: g[0]["id"])
    for number, group in enumerate(groups, 1):
        middle = (sum(b["lon"] for b in group) / len(group), sum(b["lat"] for b in group) / len(group))
        grid = min(_GRIDS, key=lambda g: metres(middle, (g[1], g[2])))[0]
        feeder_id = f"FD-{number:02d}"
        is_core = sum(b["id"].startswith("BX-RDZ") for b in group) * 2 > len(group)
        shedding = "" if is_core else _SHEDDING[number % len(_SHEDDING)]
        feeders.append({"id": feeder_id, "name": f"{grid} 11 kV feeder {number}", "grid_station": grid,
                        "shedding": shedding})  # fmt: skip
        for box in group:
            box["feeder_id"] = feeder_id
    return feeders


def _fibre(
    network: Routes, stands: list[tuple[str, Stand, str]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Cut the routes at every stand and branch: OFDS nodes, and spans between neighbours."""
    graph = network.graph.copy()
    at: dict[Point, tuple[str, str, Point]] = {}
    by_edge: dict[tuple[Point, Point], list[tuple[str, Stand, str]]] = {}
    for stand in stands:
        by_edge.setdefault(stand[1].edge, []).append(stand)
    drops: list[tuple[str, Point, str, Point]] = []
    for edge, group in by_edge.items():
        rings = graph.edges[edge]["rings"]
        graph.remove_edge(*edge)
        group.sort(key=lambda item: metres(edge[0], item[1].tap))
        chain: list[Point] = [edge[0]]
        for node_id, place, kind in group:
            point = place.tap
            while point in at or point in graph:
                point = (round(point[0] + 2e-6, 6), point[1])
            if metres(place.tap, place.at) < 60.0:
                at[point] = (node_id, kind, place.at)
            else:
                at[point] = (f"J-{node_id[2:]}", "splice", point)
                drops.append((node_id, place.at, kind, point))
            chain.append(point)
        chain.append(edge[1])
        for a, b in pairwise(chain):
            graph.add_edge(a, b, rings=rings)
    for number, point in enumerate(sorted(p for p in graph if graph.degree(p) != 2 and p not in at), 1):
        at[point] = (f"J-{number:03d}", "splice", point)
    return _ofds(graph, at, drops)


def _ofds(
    graph: nx.Graph[Point], at: dict[Point, tuple[str, str, Point]], drops: list[tuple[str, Point, str, Point]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    nodes = [_node(*entry) for entry in at.values()] + [_node(i, kind, point) for i, point, kind, _ in drops]
    spans: list[dict[str, Any]] = []
    done: set[frozenset[Point]] = set()
    for start in sorted(at):
        for step in sorted(graph.neighbors(start)):
            if frozenset((start, step)) in done:
                continue
            way, rings = [start, step], graph.edges[start, step]["rings"]
            done.add(frozenset((start, step)))
            while way[-1] not in at:
                following = next(n for n in graph.neighbors(way[-1]) if n != way[-2])
                done.add(frozenset((way[-1], following)))
                way.append(following)
            if way[0] == way[-1]:
                continue
            line = [at[way[0]][2], *way[1:-1], at[way[-1]][2]]
            spans.append(_span(len(spans) + 1, at[way[0]][0], at[way[-1]][0], line, rings))
    for node_id, point, _, joint in drops:
        spans.append(_span(len(spans) + 1, at[joint][0], node_id, [joint, point], ()))
    return sorted(nodes, key=lambda n: n["id"]), spans


def _node(node_id: str, kind: str, point: Point) -> dict[str, Any]:
    names = {"distribution": "Distribution box", "splice": "Splice", "police station": "Police station",
             "control centre": "Control centre"}  # fmt: skip
    types = {"splice": ["passive"], "distribution": ["access"], "police station": ["access"],
             "control centre": ["core"]}  # fmt: skip
    properties = {"id": node_id, "name": f"{names[kind]} {node_id[2:]}", "type": types[kind],
                  "status": "operational", "network": NETWORK, "featureType": "node"}  # fmt: skip
    return feature("Point", point, properties)


def _span(number: int, start: str, end: str, line: list[Point], rings: tuple[str, ...]) -> dict[str, Any]:
    span_id = f"SP-{number:04d}"
    properties: dict[str, Any] = {
        "id": span_id, "name": f"{start[2:]} to {end[2:]}", "start": {"id": start}, "end": {"id": end},
        "status": "operational", "fibreCount": 48 if rings else 24, "network": NETWORK, "featureType": "span",
    }  # fmt: skip
    if rings:
        properties["gisops:ring"] = ";".join(rings)
    return feature("LineString", [tuple(p) for p in line], properties)


def main(arguments: list[str]) -> int:
    """Write the network into a folder (``data`` if none is named)."""
    folder = Path(arguments[0]) if arguments else Path("data")
    tables, nodes, spans = build()
    for table, rows in tables.items():
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    write_collection(folder / "fibre_routes/nodes.geojson", nodes)
    write_collection(folder / "fibre_routes/spans.geojson", spans)
    (folder / "inventory.toml").write_text(
        'name = "Karachi Safe City (demonstration)"\ncrs = "EPSG:4326"\ntime_zone = "Asia/Karachi"\n'
        "demo = true\nautonomy_contract_h = 8\ninspection_interval_days = 90\n",
        encoding="utf-8",
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
