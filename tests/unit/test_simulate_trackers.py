"""The way thieves drive, and what their tracker says, without a network."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from shapely import LineString

from gisops.errors import ScenarioError
from gisops.geo.measure import distance_m, geodesic_length_m
from gisops.inventory.load import load_inventory
from gisops.model.inventory import Road
from gisops.simulate.faults import parse_fault, read_timeline
from gisops.simulate.getaway import place_after, way_to
from gisops.simulate.trackers import Feed, Trackers
from tests.cities import small_city

T0 = datetime(2026, 3, 1, 21, tzinfo=UTC)


def test_the_way_keeps_to_the_roads_and_stays_at_its_end() -> None:
    # An L of two roads that meet within 60 m; the straight line would be shorter.
    roads = {
        "R1": Road("R1", "East", "street", LineString([(67.0, 24.85), (67.02, 24.85)])),
        "R2": Road("R2", "North", "street", LineString([(67.0202, 24.8502), (67.02, 24.87)])),
    }
    city = replace(small_city(), roads=roads)
    way = way_to(city, (67.0, 24.8501), (67.0201, 24.87))
    assert [tuple(round(v, 4) for v in point) for point in way.coords] == [
        (67.0, 24.8501), (67.0, 24.85), (67.02, 24.85), (67.0202, 24.8502), (67.02, 24.87), (67.0201, 24.87),
    ]  # fmt: skip
    lon, lat = place_after(way, 100.0, 10.0)
    assert lat == pytest.approx(24.85)
    assert distance_m(67.0, 24.85, lon, lat) == pytest.approx(1000 - distance_m(67.0, 24.8501, 67.0, 24.85), abs=0.1)
    assert place_after(way, 1e6, 10.0) == pytest.approx(way.coords[-1])
    assert geodesic_length_m(way) > distance_m(67.0, 24.8501, 67.0201, 24.87)


def test_a_tracker_rests_drives_and_comes_back() -> None:
    city = small_city()
    box = replace(city.boxes["B1"], tracker_id="TR-1")
    city = replace(city, boxes={"B1": box}, cameras={})
    now = T0
    trackers = Trackers(city, Feed(1, "secret"), lambda: now, random.Random(1))  # noqa: S311 - chance

    def collect(seconds: float) -> list[tuple[float, float]]:
        """Give when it sent, and how far from home it was then."""
        trackers.sent.clear()
        for step in range(int(seconds)):
            trackers.collect(now + timedelta(seconds=step))
        found = []
        for request in trackers.sent:
            values = dict(parse_qsl(urlsplit(request.split(" ")[1]).query))
            at = float(values["timestamp"]) - T0.timestamp()
            found.append((at, distance_m(box.lon, box.lat, float(values["lon"]), float(values["lat"]))))
        return found

    still = collect(250)
    assert [at for at, _ in still] == [0, 120, 240]
    assert all(metres < 25 for _, metres in still)
    now = T0 + timedelta(seconds=250)
    theft = parse_fault("test", {"fault": "theft", "target": "B1", "tracker_to": "67.1,24.85", "approach_s": 5}, city)
    trackers.note(theft, now)
    gone = collect(105)
    assert len(gone) == 21
    assert gone[-1][1] == pytest.approx((gone[-1][0] - 255) * 10, abs=25)
    now = T0 + timedelta(seconds=400)
    trackers.note(parse_fault("test", {"fault": "restore", "target": "B1"}, city), now)
    back = collect(30)
    assert len(back) >= 5
    assert all(metres < 25 for _, metres in back)


def test_where_a_getaway_goes_is_checked_before_anything_is_played() -> None:
    city = small_city()
    with pytest.raises(ScenarioError, match="tracker_to is 'nowhere'"):
        parse_fault("test", {"fault": "theft", "target": "B1", "tracker_to": "nowhere"}, city)
    with pytest.raises(ScenarioError, match="only a theft"):
        parse_fault("test", {"fault": "tamper", "target": "B1", "tracker_to": "67.1,24.85"}, city)


@pytest.mark.parametrize("name", ["demo", "bilawal_house"])
def test_the_scenarios_that_are_shipped_can_be_played(name: str) -> None:
    data = Path(__file__).parents[2] / "data"
    faults = read_timeline(data / "scenarios" / f"{name}.toml", load_inventory(data))
    assert [fault.tracker_to for fault in faults if fault.kind == "theft"] == ["china-port"]
