"""What travels to the page: columns, numbers instead of ids, and only differences."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from shapely.geometry import LineString

import dashboard
from dashboard.board import STATES
from dashboard.layers import LAYER_NAMES, layer_document
from dashboard.payload import City, city_document, delta_message, full_message, packed
from gisops.model.inventory import Inventory, Settings
from gisops.model.state import DeviceKind, DeviceState
from gisops.service.live import Delta, Snapshot
from gisops.store.ports import StateRow
from tests.cities import small_city

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_devices_are_numbered_boxes_first() -> None:
    numbers = City.of(small_city()).device_numbers
    assert [numbers["B1"], numbers["B5"], numbers["C1-1"], numbers["C5-2"]] == [0, 4, 5, 14]


def test_the_version_follows_the_inventory() -> None:
    city = small_city()
    moved = replace(city, boxes={**city.boxes, "B1": replace(city.boxes["B1"], lon=67.5)})
    assert City.of(city).version == City.of(small_city()).version
    assert City.of(city).version != City.of(moved).version


def test_a_full_message_has_a_digit_a_device_and_unknown_where_nothing_is_known() -> None:
    states = {"B2": StateRow("B2", DeviceKind.BOX, DeviceState.DOWN, NOON, None, "silent")}
    city = City.of(small_city())
    message = full_message(city, Snapshot(3, states, {}, NOON), NOON)
    assert message["codes"] == "525555555555555"
    assert message["since"][:3] == [None, 1772366400, None]
    assert message["reasons"] == {"1": "silent"}
    assert (message["seq"], message["heartbeat"]) == (3, 1772366400.0)


def test_a_device_the_inventory_does_not_know_is_left_out() -> None:
    states = {"X9": StateRow("X9", DeviceKind.BOX, DeviceState.DOWN, NOON, None)}
    city = City.of(small_city())
    assert full_message(city, Snapshot(3, states, {}, NOON), NOON)["codes"] == "5" * 15
    delta = Delta(3, 4, tuple(states.values()), (), NOON)
    assert delta_message(city, Snapshot(3, {}, {}, NOON), delta, NOON)[0]["changed"] == []


def test_a_delta_message_carries_only_what_changed() -> None:
    city = City.of(small_city())
    row = StateRow("C1-1", DeviceKind.CAMERA, DeviceState.DEGRADED, NOON, NOON, "camera hot")
    message, after = delta_message(city, Snapshot(3, {}, {}, NOON), Delta(3, 4, [row], (), NOON), NOON)
    assert message["changed"] == [[5, 1, 1772366400, "camera hot"]]
    assert (message["from"], message["seq"], message["rows"], message["gone"]) == (3, 4, [], [])
    assert after.states == {"C1-1": row}


def test_a_heartbeat_is_small() -> None:
    message, _ = delta_message(City.of(small_city()), Snapshot(3, {}, {}, NOON), Delta(3, 3, (), (), NOON), NOON)
    assert message == {
        "kind": "delta",
        "from": 3,
        "seq": 3,
        "now": 1772366400.0,
        "heartbeat": 1772366400.0,
    }


def test_equal_documents_pack_to_equal_bytes() -> None:
    one, two = packed({"a": [1, 2]}), packed({"a": [1, 2]})
    assert (one.body, one.etag) == (two.body, two.etag)
    assert json.loads(gzip.decompress(one.body)) == {"a": [1, 2]}
    assert packed({"a": [1, 3]}).etag != one.etag


def test_the_fibre_of_a_district_is_what_lies_inside_it() -> None:
    # Six spans along the parallel of 24.85 degrees north: 1 + 1 + 2 + 1 + 1 + 1 hundredths of a degree.
    # A degree of longitude is 111.320 km * cos(24.85) * 1.0006 (ellipsoid) = 101.07 km there.
    document = city_document(City.of(small_city()), 90, 12)
    assert document["fibre_km"] == pytest.approx([7.075, 7.075], abs=0.01)


def test_an_inventory_without_layers_has_empty_ones() -> None:
    bare = Inventory(Settings("Bare"))
    for name in LAYER_NAMES:
        assert layer_document(bare, name) == {"type": "FeatureCollection", "features": []}


def test_the_sea_lies_south_of_the_coast_whichever_way_it_is_drawn() -> None:
    coast = [(66.7, 24.9), (67.0, 24.8), (67.4, 24.75)]
    for line in (coast, coast[::-1]):
        city = replace(small_city(), coastline=(LineString(line),))
        (feature,) = layer_document(city, "sea")["features"]
        ring = feature["geometry"]["coordinates"][0]
        assert min(y for _, y in ring) == 24.0
        assert max(y for _, y in ring) == 24.9


def test_two_drawn_halves_of_a_coast_make_one_sea() -> None:
    halves = (LineString([(66.7, 24.9), (67.0, 24.8)]), LineString([(67.0, 24.8), (67.4, 24.75)]))
    (feature,) = layer_document(replace(small_city(), coastline=halves), "sea")["features"]
    assert (67.4, 24.75) in [tuple(point) for point in feature["geometry"]["coordinates"][0]]


def test_the_page_numbers_states_as_the_server_does() -> None:
    script = Path(dashboard.__file__).parent.joinpath("assets", "10-core.js").read_text(encoding="utf-8")
    found = re.search(r"const STATES = (\[.*?\]);", script)
    assert found
    assert json.loads(found.group(1)) == [str(state) for state in STATES]
