"""The response desk on the demonstration's city: it sees what coverage sees, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gisops.coverage.city import Scene
from gisops.coverage.levels import load_profile
from gisops.coverage.pose import poses_of
from gisops.geo.project import from_utm42
from gisops.inventory.load import load_inventory
from gisops.model.inventory import Inventory
from gisops.service.building_store import load_buildings
from gisops.service.coverage import CoveragePlan, no_buildings, sights_of
from gisops.service.respond import ResponseDesk

DATA = Path("data")
LEVELS = load_profile().levels


@pytest.fixture(scope="module")
def part() -> Inventory:
    """Clifton: forty cameras, all roads and stations."""
    city = load_inventory(DATA)
    cameras = {name: camera for name, camera in city.cameras.items() if name.startswith("CM-CLF")}
    return replace(city, cameras=dict(list(cameras.items())[:40]))


def test_the_desk_sees_exactly_what_coverage_sees(part: Inventory) -> None:
    """Coverage sweeps whole fields of view; the desk looks along one line. They must agree at every piece of road."""
    buildings = load_buildings(DATA) or no_buildings()
    scene = Scene.of(part)
    points = scene.points
    plan = CoveragePlan(LEVELS, 50.0, workers=1)
    sights = sights_of(poses_of(list(part.cameras.values())), len(part.cameras), buildings, points, plan)
    names = list(part.cameras)
    seen = np.unique(np.concatenate([sight.points for sight in sights]))
    rng = np.random.default_rng(3)
    # Seen ones, and some a few metres on, which may lie behind a wall.
    chosen = np.unique(np.concatenate([rng.choice(seen, 60, replace=False), rng.choice(seen, 60) + 3]))
    desk = ResponseDesk(part, buildings, LEVELS)
    compared = 0
    for point in chosen[chosen < len(points.x)].tolist():
        want = {names[n] for n, sight in enumerate(sights) if point in sight.points}
        (lon,), (lat,) = from_utm42(points.x[[point]], points.y[[point]])
        answer = desk.answer(float(lon), float(lat), set())
        assert {camera["id"] for camera in answer["sees"]} == want
        compared += len(want)
    assert compared > 60


def test_what_works_comes_first_and_the_rest_is_told_apart(part: Inventory) -> None:
    desk = ResponseDesk(part, None, LEVELS)
    camera = next(iter(part.cameras.values()))
    # 40 m before the camera.
    east, north = np.sin(np.radians(camera.azimuth_deg)), np.cos(np.radians(camera.azimuth_deg))
    lon, lat = camera.lon + 40.0 * east / 101_000.0, camera.lat + 40.0 * north / 110_800.0
    one = desk.answer(lon, lat, {camera.id})
    assert one["buildings"] is False
    assert one["sees"][0]["id"] == camera.id
    assert (one["sees"][0]["works"], one["working"]) == (True, 1)
    assert one["sees"][0]["distance_m"] == pytest.approx(40.0, abs=1.0)
    assert desk.answer(lon, lat, set())["working"] == 0


def test_roads_stations_and_the_cameras_passed(part: Inventory) -> None:
    desk = ResponseDesk(part, None, LEVELS)
    place = part.places["bilawal-chowrangi"]
    found = desk.answer(place.lon, place.lat, set(part.cameras))
    minutes = [station["minutes"] for station in found["stations"]]
    assert len(minutes) == 3
    assert minutes == sorted(minutes)
    reach = found["flight"]["road_km"]
    assert 0.0 < reach["2"] < reach["5"] < reach["10"]
    first = [edge["at_s"] for edge in found["flight"]["edges"]]
    assert first == sorted(first)
    for edge in found["flight"]["edges"]:
        times = [camera["at_s"] for camera in edge["cameras"]]
        assert times == sorted(times), "cameras stand in the order in which one passes them"
        assert times[0] <= 600.0
    lines = desk.isochrones(place.lon, place.lat)
    assert set(lines) == {2, 5, 10}
    assert lines[2].length < lines[5].length < lines[10].length


def test_out_at_sea_there_is_no_road_and_nobody_sees(part: Inventory) -> None:
    found = ResponseDesk(part, None, LEVELS).answer(66.8, 24.6, set(part.cameras))
    assert (found["sees"], found["road"], found["flight"], found["stations"]) == ([], None, None, [])
