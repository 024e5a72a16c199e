"""Pixels a metre and fields of view, against numbers worked out by hand."""

from __future__ import annotations

from math import atan, degrees, radians, sqrt, tan

import numpy as np
import pytest
import shapely

from gisops.coverage.levels import (
    MAX_CRITERIA,
    Criterion,
    LevelProfile,
    criteria_of,
    load_plate,
    load_profile,
    plate_names,
    profile_names,
)
from gisops.coverage.optics import Optics, px_per_m_at
from gisops.coverage.pose import poses_of
from gisops.errors import ConfigError
from gisops.model.inventory import Preset
from tests.cities import small_city


def at(optics: Optics, x: float, y: float = 0.0) -> float:
    return float(optics.density(np.array([x]), np.array([y]))[0])


def test_the_2025_levels_are_the_default() -> None:
    profile = load_profile()
    assert [(level.name, level.px_per_m) for level in profile.levels] == [
        ("overview", 20), ("outline", 40), ("discern", 80), ("perceive", 125), ("characterise", 250),
        ("validate", 500), ("scrutinise", 1500),
    ]  # fmt: skip


def test_every_profile_and_plate_fits_a_byte() -> None:
    for profile in profile_names():
        for plate in plate_names():
            criteria = criteria_of(load_profile(profile), load_plate(plate))
            assert len(criteria) <= MAX_CRITERIA
            assert criteria[-1].roles == {"anpr", "traffic"}


def test_too_many_levels_and_unknown_names_are_refused() -> None:
    many = LevelProfile("many", "", "", tuple(Criterion(str(n), n + 1.0) for n in range(9)))
    with pytest.raises(ConfigError, match="9 levels"):
        criteria_of(many)
    with pytest.raises(ConfigError, match="did you mean iec-2025"):
        load_profile("iec-2024")
    with pytest.raises(ConfigError, match="choose from eu"):
        load_plate("zzz")


def test_plates_need_their_width_and_their_strokes() -> None:
    # 170 / 0.520 m = 326.9, but 2.7 / 0.008 m = 337.5; 280 / 0.520 = 538.5; 130 / 0.305 = 426.2; 215 / 0.305 = 704.9.
    wanted = {"eu": 337.5, "eu-moving": 538.5, "us": 426.2, "us-moving": 704.9}
    assert {name: round(load_plate(name).px_per_m, 1) for name in plate_names()} == wanted


def test_density_on_the_axis_of_a_level_camera() -> None:
    # 60 degrees see 2 x 20 x tan 30 = 23.094 m at 20 m: 3,840 px on them are 166.28 a metre.
    assert px_per_m_at(20.0, 60.0, 3840) == pytest.approx(166.277, abs=1e-3)
    assert at(Optics(60.0, 0.0, 0.0, 3840, 2160), 20.0) == pytest.approx(166.277, abs=1e-3)


def test_a_tilted_camera_sees_by_depth_along_its_axis() -> None:
    # 7.5 m above the plane, 45 degrees down: the axis meets it at 7.5 m, 7.5 sqrt 2 = 10.607 m away.
    # 90 degrees: f = 960 px, 960 / 10.607 = 90.51 px/m; at 15 m the depth is (15 + 7.5) / sqrt 2 = 15.910: 60.34.
    camera = Optics(90.0, 45.0, 7.5, 1920, 1440)
    assert at(camera, 7.5) == pytest.approx(90.51, abs=0.01)
    assert at(camera, 15.0) == pytest.approx(60.34, abs=0.01)


def test_the_picture_ends_at_the_vertical_field() -> None:
    # 90 degrees, 4:3: half the vertical field is atan 0.75 = 36.87. Tilted 45 down: from 8.13 to 81.87 degrees.
    camera = Optics(90.0, 45.0, 7.5, 1920, 1440)
    half = degrees(atan(0.75))
    near, far = 7.5 / tan(radians(45 + half)), 7.5 / tan(radians(45 - half))
    assert (round(near, 3), round(far, 2)) == (1.071, 52.5)
    assert [at(camera, x) > 0 for x in (near - 0.01, near + 0.01, far - 0.1, far + 0.1)] == [False, True, True, False]


def test_a_field_is_the_trapezoid_worked_out_by_hand() -> None:
    # Level at 7.5 m, 90 degrees, 4:3: |y| <= x, x >= 7.5 / 0.75 = 10; 40 px/m to x = 960 / 40 = 24.
    field = shapely.Polygon(Optics(90.0, 0.0, 7.5, 1920, 1440).field(Criterion("outline", 40.0)))
    wanted = shapely.Polygon([(10, -10), (24, -24), (24, 24), (10, 10)])
    assert field.symmetric_difference(wanted).area < 1e-6
    assert Optics(90.0, 0.0, 7.5, 1920, 1440).field(Criterion("far too fine", 100.0)) == []


@pytest.mark.parametrize(
    ("hfov", "tilt", "drop"), [(90, 0, 7.5), (32, 15, 5), (60, 88, 6), (110, 30, 0.5), (150, 20, 5)]
)
def test_field_and_density_tell_the_same(hfov: float, tilt: float, drop: float) -> None:
    camera = Optics(hfov, tilt, drop, 2560, 1440)
    criterion = Criterion("overview", 20.0)
    field = shapely.Polygon(camera.field(criterion))
    x, y = (v.ravel() for v in np.meshgrid(np.arange(-30, 260, 0.7), np.arange(-120, 120, 0.7)))
    dense = camera.density(x, y) >= 20.0
    inside = shapely.contains_xy(field, x, y)
    # On a fisheye's arcs the field is a polygon of chords.
    assert (dense != inside).mean() < (1e-9 if camera.is_straight else 2e-3)


def test_a_camera_that_looks_straight_down_sees_around_its_foot() -> None:
    # f = 960 px at 4.8 m: 200 px/m everywhere; 4.8 m to both sides, 3.6 m ahead and behind.
    camera = Optics(90.0, 90.0, 4.8, 1920, 1440)
    assert at(camera, 0.0) == pytest.approx(200.0)
    assert shapely.Polygon(camera.field(Criterion("discern", 80.0))).area == pytest.approx(9.6 * 7.2)


def test_a_fisheye_sees_all_round_by_slant() -> None:
    # 3,000 px on 2 pi are 477.5 a radian: 20 px/m to 23.87 m of slant, 23.24 m on the plane 5.45 m below.
    camera = Optics(360.0, 90.0, 5.45, 3000, 3000)
    far = sqrt((3000 / (2 * np.pi) / 20) ** 2 - 5.45**2)
    area = shapely.Polygon(camera.field(Criterion("overview", 20.0))).area
    assert area == pytest.approx(np.pi * far**2, rel=2e-3)
    assert at(camera, -10.0, 3.0) > 20.0


def test_a_camera_below_the_plane_does_not_break() -> None:
    assert Optics(90.0, 0.0, -1.0, 1920, 1080).field(Criterion("outline", 40.0))
    assert Optics(360.0, 90.0, 6.0, 300, 300).field(Criterion("fine", 80.0)) == []


def test_plates_are_not_read_from_too_steep_above() -> None:
    # 30 degrees from 6 m up: not nearer than 6 / tan 30 = 10.39 m.
    camera, plates = Optics(32.0, 20.0, 6.0, 3840, 2160), criteria_of(load_profile(), load_plate())[-1]
    x = np.array([10.3, 10.5])
    assert camera.is_flat_enough(plates, x, np.zeros(2)).tolist() == [False, True]


def test_poses_turn_true_north_to_the_grid_and_follow_presets() -> None:
    cameras = list(small_city().cameras.values())[:2]
    presets = [
        Preset("P1", cameras[1].id, "gate", 10.0, 5.0, 20.0),
        Preset("P2", "elsewhere", "gate", 10.0, 5.0, 20.0),
        Preset("P3", cameras[1].id, "home again", cameras[1].azimuth_deg, cameras[1].tilt_deg, cameras[1].hfov_deg),
    ]
    poses = poses_of(cameras, presets)
    assert [pose.camera for pose in poses] == [0, 1, 1]
    # Meridian convergence at 67.01 E, 24.85 N in zone 42: (67.01 - 69) x sin 24.85 = -0.836 degrees.
    # West of the middle meridian the way north leans towards it, to the right; so does true east, to the south.
    assert degrees(poses[0].heading) == pytest.approx(360.0 - 0.836, abs=0.01)
    x, y = poses[0].to_local(np.array([poses[0].x + 10.0]), np.array([poses[0].y]))
    assert (round(float(x[0]), 2), round(float(y[0]), 2)) == (10.0, 0.15)
    assert poses_of([]) == []
