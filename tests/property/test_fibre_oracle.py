"""The fibre against networkx: the same questions on a graph rebuilt from the records, on random networks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import networkx as nx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import LineString, Point

from gisops.fibre.mincut import minimum_cut
from gisops.fibre.network import network_of
from gisops.fibre.resilience import resilience
from gisops.fibre.topology import articulation_nodes, skeleton_of
from gisops.fibre.trace import routes_of, trace
from gisops.fibre.whatif import Cut, WhatIf
from gisops.model.inventory import Box, Camera, Centre, Inventory, Node, Settings, Span, Station

CORE = "core"
often = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True)
class Drawn:
    """A city, and the graph that networkx is asked about: all centres are one node."""

    city: Inventory
    graph: Any

    def at(self, node_id: str) -> str:
        """Name a node as the graph does."""
        return CORE if node_id in {c.node_id for c in self.city.centres.values()} else node_id

    def reached(self, cut: tuple[str, ...] = ()) -> set[str]:
        """Give what is still joined to a centre."""
        left = self.graph.copy()
        left.remove_edges_from([(a, b, k) for a, b, k in self.graph.edges(keys=True) if k in cut])
        return set(nx.node_connected_component(left, CORE))

    def lost_boxes(self, cut: tuple[str, ...]) -> tuple[str, ...]:
        """Give the boxes that were reached and are no more."""
        gone = self.reached() - self.reached(cut)
        return tuple(sorted(b.id for b in self.city.boxes.values() if self.at(b.node_id) in gone))


@st.composite
def networks(draw: st.DrawFn) -> Drawn:
    """Draw up to ten nodes with spans between any of them: parallel ones, loops and parts no centre reaches."""
    size = draw(st.integers(2, 10))
    number = st.integers(0, size - 1)
    ends = draw(st.lists(st.tuples(number, number), min_size=1, max_size=18))
    cables = draw(st.lists(st.integers(1, 2000), min_size=len(ends), max_size=len(ends)))
    centres = draw(st.sets(number, min_size=1, max_size=2))
    at = {f"N{k}": (67.0 + 0.01 * (k % 4), 24.85 + 0.01 * (k // 4)) for k in range(size)}
    nodes = {k: Node(k, k, Point(xy)) for k, xy in at.items()}
    spans = {}
    for k, ((a, b), cable) in enumerate(zip(ends, cables, strict=True)):
        start, end = f"N{a}", f"N{b}"
        middle = (67.001 + 0.001 * k, 24.999)
        line = LineString([at[start], middle, at[end]])
        spans[f"S{k:02d}"] = Span(f"S{k:02d}", f"S{k}", start, end, line, cable_length_m=float(cable))
    boxes = {f"B{k}": _box(k) for k in range(size)}
    cameras = {f"C{k}": _camera(k) for k in range(0, size, 2)}
    stations = {f"P{k}": Station(f"P{k}", f"P{k}", "d", 67.0, 24.85, f"N{k}") for k in range(0, size, 3)}
    city = Inventory(
        settings=Settings("Drawn"),
        nodes=nodes,
        spans=spans,
        boxes=boxes,
        cameras=cameras,
        stations=stations,
        centres={f"K{k}": Centre(f"K{k}", f"K{k}", "command", "d", 67.0, 24.85, f"N{k}") for k in sorted(centres)},
    )
    graph: Any = nx.MultiGraph()
    drawn = Drawn(city, graph)
    graph.add_nodes_from([CORE, *(drawn.at(node_id) for node_id in nodes)])
    for span in spans.values():
        graph.add_edge(drawn.at(span.start_id), drawn.at(span.end_id), key=span.id, cable=span.cable_length_m)
    return drawn


def _box(k: int) -> Box:
    return Box(
        id=f"B{k}",
        site_id="T",
        name=f"B{k}",
        lon=67.0,
        lat=24.85,
        feeder_id="F",
        node_id=f"N{k}",
        address="127.0.0.1",
        snmp_version="2c",
        credential="c",
        contractor="c",
        model="m",
        profile="cabinet",
        switch_ports=2,
    )


def _camera(k: int) -> Camera:
    return Camera(
        id=f"C{k}",
        site_id="T",
        box_id=f"B{k}",
        switch_port=1,
        lon=67.0,
        lat=24.85,
        azimuth_deg=0.0,
        hfov_deg=60.0,
        height_m=7.0,
        tilt_deg=10.0,
        sensor_width_px=1920,
        sensor_height_px=1080,
        role="fixed",
        address="127.0.0.1",
        snmp_version="2c",
        credential="c",
        vendor="v",
        model="m",
    )


@often
@given(networks())
def test_bridges_and_what_hangs_on_them(drawn: Drawn) -> None:
    core = drawn.graph.subgraph(nx.node_connected_component(drawn.graph, CORE))
    bridges = {key for a, b in nx.bridges(core) for key in core[a][b]}
    report = resilience(drawn.city)
    assert {weak.span_id for weak in report.bridges} == bridges
    for weak in report.bridges:
        gone = drawn.reached() - drawn.reached((weak.span_id,))
        assert weak.boxes == sum(drawn.at(b.node_id) in gone for b in drawn.city.boxes.values())
        assert weak.stations == sum(drawn.at(s.node_id) in gone for s in drawn.city.stations.values())
    assert set(report.parted_ids) == {n for n in drawn.city.nodes if drawn.at(n) not in core}


@often
@given(networks())
def test_articulation_nodes_and_what_hangs_on_them(drawn: Drawn) -> None:
    network = network_of(drawn.city)
    found = articulation_nodes(network, skeleton_of(network))
    core = drawn.graph.subgraph(nx.node_connected_component(drawn.graph, CORE))
    assert {network.node_ids[n] for n in found} == set(nx.articulation_points(nx.Graph(core))) - {CORE}
    for node, others in found.items():
        left = core.copy()
        left.remove_node(network.node_ids[node])
        parted = set(left) - nx.node_connected_component(left, CORE)
        assert {network.node_ids[n] for n in others.tolist()} == parted


@often
@given(networks())
def test_nodes_without_two_ways(drawn: Drawn) -> None:
    """Menger: two ways without a common span, or without a common node, by networkx's flows."""
    report = resilience(drawn.city)
    reached = drawn.reached() - {CORE}
    flow = _capacities(drawn.graph)
    one_span = {n for n in reached if nx.maximum_flow_value(flow, n, CORE) < 2}
    assert set(report.one_span_ids) == one_span
    # A second span to the very next node, a centre, is a second way past all nodes.
    simple: Any = nx.Graph(drawn.graph)
    one_node = set()
    for node in reached:
        direct = drawn.graph.number_of_edges(node, CORE)
        others = simple.copy()
        others.remove_edges_from([(node, CORE)] if direct else [])
        beyond = nx.node_connectivity(others, node, CORE) if nx.has_path(others, node, CORE) else 0
        if direct + beyond < 2:
            one_node.add(node)
    assert set(report.one_node_ids) == one_node


@often
@given(networks())
def test_least_cuts(drawn: Drawn) -> None:
    network = network_of(drawn.city)
    flow = _capacities(drawn.graph)
    for number, node_id in enumerate(network.node_ids):
        cut = tuple(network.span_ids[s] for s in minimum_cut(network, number))
        node = drawn.at(node_id)
        if node == CORE or node not in drawn.reached():
            assert cut == ()
            continue
        assert len(cut) == nx.maximum_flow_value(flow, node, CORE)
        assert node not in drawn.reached(cut)


def _capacities(graph: Any) -> Any:
    """Give both directions of every edge, parallel ones added up."""
    flow: Any = nx.DiGraph()
    flow.add_nodes_from(graph)
    simple: Any = nx.Graph(graph)
    for a, b in simple.edges():
        if a != b:
            count = graph.number_of_edges(a, b)
            flow.add_edge(a, b, capacity=count)
            flow.add_edge(b, a, capacity=count)
    return flow


@often
@given(networks())
def test_traces_are_shortest_ways(drawn: Drawn) -> None:
    network = network_of(drawn.city)
    routes = routes_of(network)
    lengths = nx.single_source_dijkstra_path_length(drawn.graph, CORE, weight="cable")
    for number, node_id in enumerate(network.node_ids):
        if drawn.at(node_id) not in lengths:
            assert routes.distance_m[number] == float("inf")
            continue
        path = trace(network, routes, number)
        assert abs(path.cable_m - lengths[drawn.at(node_id)]) < 1e-6
        here = node_id
        for hop in path.hops:
            span = drawn.city.spans[hop.span_id]
            assert {hop.from_id, hop.to_id} == {span.start_id, span.end_id}
            assert hop.from_id == here
            here = hop.to_id
        assert drawn.city.centres[path.centre_id].node_id == here


@often
@given(networks(), st.data())
def test_what_cuts_lose_and_what_rides_the_other_side(drawn: Drawn, data: st.DataObject) -> None:
    ask = WhatIf(drawn.city)
    spans = data.draw(st.lists(st.sampled_from(sorted(drawn.city.spans)), min_size=1, max_size=3, unique=True))
    cut = tuple(spans)
    impact = ask.cut([Cut(ask.network.span_number[s]) for s in cut])
    assert impact.box_ids == drawn.lost_boxes(cut)
    assert impact.camera_ids == tuple(
        sorted(c.id for c in drawn.city.cameras.values() if c.box_id in drawn.lost_boxes(cut))
    )
    before = nx.single_source_dijkstra_path_length(drawn.graph, CORE, weight="cable")
    left = drawn.graph.copy()
    left.remove_edges_from([(a, b, k) for a, b, k in drawn.graph.edges(keys=True) if k in cut])
    after = nx.single_source_dijkstra_path_length(left, CORE, weight="cable")
    for box in drawn.city.boxes.values():
        node = drawn.at(box.node_id)
        if node in after and after[node] > before[node]:  # where two ways are as long, either may be in use
            assert box.id in impact.rerouted_box_ids
        if box.id in impact.rerouted_box_ids:
            assert node in after
            assert any(_is_on_shortest(drawn, before, node, span_id) for span_id in cut)


def _is_on_shortest(drawn: Drawn, lengths: dict[str, float], node: str, span_id: str) -> bool:
    span = drawn.city.spans[span_id]
    from_node = nx.single_source_dijkstra_path_length(drawn.graph, node, weight="cable")
    a, b = drawn.at(span.start_id), drawn.at(span.end_id)
    cable = span.cable_length_m or 0.0
    ways = [lengths[x] + cable + from_node[y] for x, y in ((a, b), (b, a)) if x in lengths and y in from_node]
    return any(abs(way - lengths[node]) < 1e-6 for way in ways)


@often
@given(networks())
def test_classes_are_the_pairs_that_cut_only_jointly(drawn: Drawn) -> None:
    network = network_of(drawn.city)
    label = skeleton_of(network).label
    whole = drawn.reached()
    alone = {s: drawn.reached((s,)) for s in network.span_ids}
    ring = [s for s in network.span_ids if alone[s] == whole and drawn.at(drawn.city.spans[s].start_id) in whole]
    for a, b in combinations(ring, 2):
        parts = drawn.reached((a, b)) != whole
        assert parts == bool(label[network.span_number[a]] == label[network.span_number[b]])
