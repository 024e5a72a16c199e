"""Sums by level and district: by hand on a small city, and kept up as cameras come and go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely

from gisops.coverage.buildings import Buildings, from_polygons, load_arrays, save_arrays
from gisops.coverage.city import LiveCoverage
from gisops.coverage.levels import Criterion, load_profile
from gisops.coverage.outline import bands_of, visible_area
from gisops.coverage.pose import poses_of
from gisops.coverage.targets import Areas, road_points
from gisops.coverage.working import states_at, working_cameras
from gisops.geo.measure import geodesic_length_m
from gisops.geo.project import geometry_from_utm42
from gisops.model.event import Event, EventKind, StoredEvent
from gisops.model.inventory import Camera, District, Inventory, Place, Road
from gisops.model.state import DeviceState
from gisops.service.coverage import CoveragePlan, bands_of_city, compute_city
from tests.cities import small_city

OUTLINE = (Criterion("outline", 40.0),)
PLAN = CoveragePlan(OUTLINE, grid_m=0.5, workers=1)


def level_camera(camera: Camera, **changes: object) -> Camera:
    """Look level, 90 degrees wide, 4:3, 1.5 m + 7.5 m up: its field at 40 px/m is the trapezoid of 476 m2."""
    shape = {"hfov_deg": 90.0, "tilt_deg": 0.0, "height_m": 9.0, "sensor_width_px": 1920, "sensor_height_px": 1440}
    return replace(camera, **{**shape, **changes})  # type: ignore[arg-type] # mixed fields of one record


def city() -> Inventory:
    """Give ten level cameras: at each of five sites one looks east, the other south."""
    base = small_city()
    cameras = {key: level_camera(camera) for key, camera in base.cameras.items()}
    return replace(
        base,
        cameras=cameras,
        roads={"R": Road("R", "Road", "street", shapely.LineString([(67.005, 24.85), (67.055, 24.85)]))},
        places={
            "seen": Place("seen", "Seen", "hospital", 67.01015, 24.85, True),
            "unseen": Place("unseen", "Unseen", "hospital", 67.0150, 24.86, True),
            "minor": Place("minor", "Minor", "crossing", 67.01015, 24.85, False),
        },
    )


def test_the_sums_are_those_worked_out_by_hand() -> None:
    # A trapezoid between 10 and 24 m, as wide as twice the distance: 24^2 - 10^2 = 476 m2; ten of them, two at each
    # site that share their edge only. Along the road each eastward one holds 14 m.
    live = LiveCoverage(compute_city(city(), None, PLAN))
    level = live.summary()["scopes"][0]["levels"][0]
    assert level["area_m2"] == pytest.approx(4760.0, rel=0.01)
    assert level["road_m"] == pytest.approx(70.0, abs=5 * 4.0)
    assert (level["places"], live.summary()["scopes"][0]["places"]) == (1, 2)
    assert live.summary()["scopes"][1]["district"] == "d"
    assert live.summary()["cameras"] == {"working": 10, "all": 10}


def test_a_house_takes_its_ground_and_its_shadow() -> None:
    inventory = city()
    pose = poses_of([inventory.cameras["C1-1"]])[0]
    wall = shapely.transform(shapely.box(15.0, -40.0, 16.0, 40.0), pose.to_plane)
    buildings = from_polygons(np.array([wall], dtype=object), np.array([30.0]))
    area = visible_area(pose, OUTLINE[0], buildings)
    assert shapely.area(area) == pytest.approx(15.0**2 - 10.0**2, rel=1e-6)
    bands = bands_of(pose, load_profile().levels, buildings)
    whole = visible_area(pose, load_profile().levels[0], buildings)
    assert sum(shapely.area(band.shape) for band in bands) == pytest.approx(shapely.area(whole), rel=1e-9)
    # 960 px: 80 px/m end at 12 m, 40 would end at 24: nothing coarser than outline is left in front of the wall.
    assert {band.criterion: round(float(shapely.area(band.shape))) for band in bands} == {
        1: 15**2 - 12**2,
        2: 12**2 - 10**2,
    }
    assert all(shapely.is_valid(band.shape) for band in bands)
    assert [len(b) for b in bands_of_city(inventory, buildings, CoveragePlan(OUTLINE, workers=1))] == [1] * 10


def test_losing_a_box_takes_its_cameras_and_brings_them_back() -> None:
    live = LiveCoverage(compute_city(city(), None, PLAN))
    before = live.summary()
    assert live.lose_boxes(["B1"]) == ["C1-1", "C1-2"]
    after = live.summary()["scopes"][0]["levels"][0]
    assert after["area_m2"] == pytest.approx(0.8 * 4760.0, rel=0.01)
    assert after["places"] == 0
    assert live.lose_boxes(["B1"]) == []
    live.change(regained=["C1-1", "C1-2", "no such camera"])
    assert live.summary() == before


def test_what_two_cameras_see_is_counted_twice_in_folds_only() -> None:
    base = city()
    twin = replace(base.cameras["C1-1"], id="T", box_id="B2")
    live = LiveCoverage(compute_city(replace(base, cameras={**base.cameras, "T": twin}), None, PLAN))
    level = live.summary()["scopes"][0]["levels"][0]
    assert level["area_m2_by"] == pytest.approx([4760.0, 476.0, 0.0], rel=0.01)
    live.lose_boxes(["B2"])
    level = live.summary()["scopes"][0]["levels"][0]
    assert level["area_m2_by"] == pytest.approx([0.8 * 4760.0, 0.0, 0.0], rel=0.01)


def test_changes_end_where_a_fresh_count_does() -> None:
    made = compute_city(city(), None, PLAN)
    live = LiveCoverage(made)
    rng = np.random.default_rng(3)
    for _ in range(40):
        lost, back = ([made.cameras[n] for n in rng.integers(0, 10, 3)] for _ in range(2))
        live.change(lost, back)
        working = [camera for camera, is_up in zip(made.cameras, live.ground.working, strict=True) if is_up]
        assert live.summary() == LiveCoverage(made, working).summary()


def test_a_level_that_is_asked_of_some_roles_only() -> None:
    plates = Criterion("anpr", 40.0, 90.0, frozenset({"anpr"}))
    base = city()
    one = replace(base.cameras["C1-1"], role="anpr")
    live = LiveCoverage(
        compute_city(
            replace(base, cameras={**base.cameras, one.id: one}), None, replace(PLAN, criteria=(*OUTLINE, plates))
        )
    )
    levels = live.summary()["scopes"][0]["levels"]
    assert [level["area_m2"] for level in levels] == pytest.approx([4760.0, 476.0], rel=0.01)


def test_an_empty_city_sums_to_nothing() -> None:
    base = city()
    live = LiveCoverage(compute_city(replace(base, cameras={}, roads={}, places={}, districts={}), None, PLAN))
    assert live.summary()["scopes"][0]["levels"][0]["area_m2"] == 0.0


def test_processes_answer_what_one_does() -> None:
    base = small_city()
    cameras = {
        f"{key}-{n}": replace(camera, id=f"{key}-{n}") for n in range(41) for key, camera in base.cameras.items()
    }
    inventory = replace(base, cameras=cameras)
    one, two = (compute_city(inventory, None, CoveragePlan(OUTLINE, workers=workers)) for workers in (1, 2))
    assert np.array_equal(one.squares, two.squares)
    assert np.array_equal(one.ground.target, two.ground.target)


def test_road_pieces_add_up_to_the_geodesic_length() -> None:
    line = shapely.MultiLineString([[(67.0, 24.85), (67.01, 24.86), (67.03, 24.85)], [(67.1, 24.8), (67.1, 24.8)]])
    points = road_points([Road("R", "R", "street", line)])
    assert points.weight.sum() == pytest.approx(geodesic_length_m(line), rel=1e-12)


def test_squares_are_in_the_district_of_their_middle() -> None:
    half = District("half", "Half", geometry_from_utm42(shapely.box(300_000.0, 2_740_000.0, 300_333.0, 2_740_500.0)))
    areas = Areas([half])
    column, row = (v.ravel() for v in np.meshgrid(np.arange(150_000, 150_400), np.arange(1_370_000, 1_370_100)))
    found = areas.of_grid(column, row, 2.0)
    assert np.array_equal(
        found, areas.of_points(*(np.asarray(part * 2.0 + 1.0, dtype=np.float64) for part in (column, row)))
    )
    assert 0 < (found == 0).sum() < len(found)


def test_arrays_come_back_from_disk_as_they_were(tmp_path: Path) -> None:
    made = from_polygons(
        np.array([shapely.box(0, 0, 9, 9), shapely.box(500, 0, 900, 9)], dtype=object), np.array([3, 4.0])
    )
    save_arrays(made, tmp_path)
    back = load_arrays(tmp_path)
    assert isinstance(back, Buildings)
    corners = np.array([(-1.0, -1.0), (20.0, -1.0), (20.0, 20.0), (-1.0, 20.0)])
    assert back.walls(back.near(corners)).edges.tolist() == made.walls(made.near(corners)).edges.tolist()
    assert len(back.walls(back.near(corners)).edges) == 4


def test_the_past_is_folded_from_the_log() -> None:
    began = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)

    def changed(seq: int, device: str, minute: int, new: str) -> StoredEvent:
        at = began + timedelta(minutes=minute)
        event = Event(f"E{seq}", EventKind.STATE_CHANGED, device, at, at, {"new": new})
        return StoredEvent(seq, event)

    log = [
        changed(1, "a", 0, "up"), changed(2, "b", 0, "up"), changed(3, "a", 14, "down"),
        changed(5, "c", 5, "unknown"),
        changed(4, "a", 20, "up"), changed(6, "b", 3, "degraded"), changed(7, "b", 3, "unreachable"),
    ]  # fmt: skip
    states = states_at(log, began + timedelta(minutes=14))
    assert states == {"a": DeviceState.DOWN, "b": DeviceState.UNREACHABLE, "c": DeviceState.UNKNOWN}
    assert working_cameras(["a", "b", "c", "d"], states_at(log, began + timedelta(minutes=25))) == ["a"]
    assert working_cameras(["a", "b"], states_at(log, began + timedelta(minutes=2))) == ["a", "b"]
    assert working_cameras(["a"], states_at(log, began - timedelta(minutes=1))) == []
