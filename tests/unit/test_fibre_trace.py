"""The way of a box to its centre and the light on it, worked out by hand on the small city."""

from dataclasses import replace

import pytest

from gisops.errors import InventoryError
from gisops.fibre.ask import cut_named, node_named
from gisops.fibre.budget import Losses, budget
from gisops.fibre.network import network_of
from gisops.fibre.schematic import schematic
from gisops.fibre.trace import routes_of, trace
from gisops.model.inventory import Inventory
from tests.cities import small_city

# A hundredth of a degree of longitude at latitude 24.85: pi/18000 x N(lat) cos(lat) with
# N = 6378137 / sqrt(1 - 0.00669438 sin2(lat)) gives 1,010.7 m.
STEP_M = 1010.7


def recorded() -> Inventory:
    """Give the small city with cable lengths 100 m over the route and splices at N2 alone."""
    city = small_city()
    cable = {"S1": 1110.0, "S2": 1110.0, "S3": 2120.0, "S4": 1110.0, "S5": 1110.0, "S6": 1110.0}
    splices = {"N0": 4, "N1": 0, "N2": 1, "N3": 0, "N4": 0, "N5": 1}
    return replace(
        city,
        spans={k: replace(s, cable_length_m=cable[k]) for k, s in city.spans.items()},
        nodes={k: replace(n, slack_m=15.0, splice_count=splices[k]) for k, n in city.nodes.items()},
    )


def test_way_of_a_camera_is_the_shortest_by_cable() -> None:
    city = recorded()
    network = network_of(city)
    path = trace(network, routes_of(network), node_named(city, network, "C4-2"))
    # N4 - S5 - N3 - S4 - N2 - S3 - N0: 1,110 + 1,110 + 2,120 beats 1,110 x 4 over the ring's other side.
    assert [hop.span_id for hop in path.hops] == ["S5", "S4", "S3"]
    assert (path.node_id, path.centre_id, path.cable_m) == ("N4", "K1", 4340.0)
    assert path.route_m == pytest.approx(4 * STEP_M, abs=1.0)
    # A pigtail at each end and the joint at N2; nothing where the cable runs through N3.
    assert path.splices == 3
    assert path.cable_known
    assert path.splices_known
    assert [(hop.from_chainage_m, hop.to_chainage_m) for hop in path.hops] == [
        (4340.0, 3230.0),
        (3230.0, 2120.0),
        (2120.0, 0.0),
    ]


def test_what_is_not_recorded_is_said() -> None:
    city = small_city()
    network = network_of(city)
    path = trace(network, routes_of(network), node_named(city, network, "B4"))
    assert not path.cable_known
    assert not path.splices_known
    assert path.cable_m == pytest.approx(path.route_m)
    assert path.splices == 4  # one at N3 and N2, a pigtail at each end


def test_budget_of_a_path_adds_up() -> None:
    at_1310, at_1490, at_1550 = budget(4340.0, 3, Losses())
    # 0.4 x 4.34 + 3 x 0.1 + 2 x 0.5 = 3.036 dB; LX10 has -9 - -19.5 = 10.5 dB.
    assert at_1310.loss_db == pytest.approx(3.036)
    assert at_1310.margin_db == pytest.approx(7.464)
    assert at_1490.margin_db == pytest.approx(7.464)
    # 0.3 x 4.34 + 1.3 = 2.602 dB of 23.
    assert at_1550.margin_db == pytest.approx(20.398)
    assert at_1550.received_dbm == pytest.approx(-2.602)


def test_schematic_counts_from_the_centre() -> None:
    city = recorded()
    network = network_of(city)
    lines = list(schematic(trace(network, routes_of(network), node_named(city, network, "B3"))))
    assert lines == [
        "       0 m  (K1) at N0",
        "            |  S3  2,120 m cable, 2,021 m route",
        "   2,120 m  o  N2  1 splice",
        "            |  S4  1,110 m cable, 1,011 m route",
        "   3,230 m [*] N3  1 splice",
    ]


def test_node_without_a_way_is_refused() -> None:
    city = small_city()
    alone = replace(city, spans={k: s for k, s in city.spans.items() if k != "S6"})
    network = network_of(alone)
    with pytest.raises(InventoryError, match="node N5: reaches no centre"):
        trace(network, routes_of(network), network.node_number["N5"])


def test_words_are_read_strictly() -> None:
    city = small_city()
    network = network_of(city)
    assert cut_named(network, "S4@12.5").chainage_m == 12.5
    with pytest.raises(InventoryError, match="span S9: is unknown: name one"):
        cut_named(network, "S9")
    with pytest.raises(InventoryError, match="chainage 'x' is no number"):
        cut_named(network, "S4@x")
    with pytest.raises(InventoryError, match="did you mean C4-2"):
        node_named(city, network, "C4-3x")
