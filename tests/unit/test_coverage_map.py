"""What travels to the page: every band whole, in units from its camera."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely

from gisops.coverage.buildings import from_polygons
from gisops.coverage.levels import Criterion
from gisops.coverage.pose import poses_of
from gisops.errors import InventoryError
from gisops.geo.project import geometry_to_utm42
from gisops.model.event import Event, EventKind
from gisops.model.state import DeviceKind, DeviceState
from gisops.service.coverage import CoveragePlan
from gisops.service.coverage_map import CoverageMap
from gisops.service.coverage_when import worked
from gisops.store.fake import MemoryStore
from gisops.store.ports import Batch, StateRow
from tests.cities import small_city

PLAN = CoveragePlan((Criterion("outline", 40.0), Criterion("discern", 80.0)), grid_m=1.0, workers=1)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def drawn_area(rings: list[list[int]], unit: float, lon: float, lat: float) -> float:
    shapes = [shapely.Polygon(np.array(ring).reshape(-1, 2) * unit + (lon, lat)) for ring in rings]
    return sum(geometry_to_utm42(shape).area for shape in shapes)


async def test_both_sides_of_a_pillar_are_drawn() -> None:
    base = small_city()
    camera = replace(
        base.cameras["C1-1"], hfov_deg=90.0, tilt_deg=0.0, height_m=9.0, sensor_width_px=1920, sensor_height_px=1440
    )
    pose = poses_of([camera])[0]
    # Its field at 40 px/m is the trapezoid of 476 m2 from 10 to 24 m; the pillar's shadow cuts it in two:
    # from 10 to 24 m the wedge to 1/11 at either side of the axis, (24^2 - 10^2) / 11 = 43.3 m2, is not seen.
    pillar = shapely.transform(shapely.box(5.5, -0.5, 5.6, 0.5), pose.to_plane)
    buildings = from_polygons(np.array([pillar], dtype=object), np.array([30.0]))
    coverage = CoverageMap(replace(base, cameras={camera.id: camera}), lambda: buildings, PLAN)
    document = await coverage.bands()
    assert (document["buildings"], [level["name"] for level in document["levels"]]) == (1, ["outline", "discern"])
    bands = document["cameras"][0]
    assert [level for level, *_ in bands] == [0, 1]
    assert all(len(rings) == 2 for _, *rings in bands)
    area = sum(drawn_area(rings, document["unit"], camera.lon, camera.lat) for _, *rings in bands)
    assert area == pytest.approx(476.0 - 476.0 / 11.0, rel=0.02)


async def test_sums_follow_states_and_what_is_unknown_is_not_seen() -> None:
    city = small_city()
    coverage = CoverageMap(city, lambda: None, PLAN)
    states = {key: StateRow(key, DeviceKind.CAMERA, DeviceState.UP, NOW, NOW) for key in city.cameras}
    every = await coverage.live(states)
    assert every["cameras"] == {"working": 10, "all": 10}
    assert every["scopes"] == every["whole"]
    states["C1-1"] = replace(states["C1-1"], state=DeviceState.DOWN)
    del states["C2-1"]
    some = await coverage.live(states)
    assert some["cameras"] == {"working": 8, "all": 10}
    assert some["whole"] == every["whole"]
    assert (await coverage.bands())["buildings"] is None


async def test_a_file_that_cannot_be_read_is_said_and_asked_again() -> None:
    answers = iter([InventoryError("basemap/buildings.parquet", "cannot be read", "import again"), None])

    def load() -> None:
        answer = next(answers)
        if answer is not None:
            raise answer

    coverage = CoverageMap(small_city(), load, PLAN)
    with pytest.raises(InventoryError, match="import again"):
        await coverage.bands()
    first, second = await asyncio.gather(coverage.bands(), coverage.bands())
    assert first is second


async def test_the_store_tells_who_sees_now_and_who_saw_then() -> None:
    city, store = small_city(), MemoryStore()
    later = NOW + timedelta(minutes=14)
    events = [
        Event(f"{at}-{camera}", EventKind.STATE_CHANGED, camera, at, at, {"new": str(new)})
        for at, camera, new in (
            (NOW, "C1-1", DeviceState.UP),
            (NOW, "C2-1", DeviceState.UP),
            (later, "C1-1", DeviceState.DOWN),
        )
    ]
    rows = [
        StateRow("C1-1", DeviceKind.CAMERA, DeviceState.DOWN, later, NOW),
        StateRow("C2-1", DeviceKind.CAMERA, DeviceState.DEGRADED, NOW, later),
        StateRow("C2-2", DeviceKind.CAMERA, DeviceState.UNKNOWN, NOW, None),
    ]
    await store.write(Batch(later, events=events, states=rows))
    assert await worked(store, city, None) == ["C2-1"]
    assert await worked(store, city, NOW + timedelta(minutes=13)) == ["C1-1", "C2-1"]
    assert await worked(store, city, later) == ["C2-1"]
    assert await worked(store, city, NOW - timedelta(minutes=1)) == []
