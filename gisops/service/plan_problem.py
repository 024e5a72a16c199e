"""Who would see what? Candidates on poles and the cameras there are, against the same cells, as a siting problem."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array

from gisops.coverage.buildings import Buildings
from gisops.coverage.levels import Criterion, load_profile
from gisops.coverage.pose import poses_of
from gisops.coverage.sight import Sight, look
from gisops.coverage.targets import Points, place_points
from gisops.errors import PlanningError
from gisops.geo.project import from_utm42, geometry_to_utm42, to_utm42
from gisops.model.inventory import Camera, Inventory
from gisops.planning.siting import Floor, Rules, Siting
from gisops.service.building_store import load_buildings
from gisops.service.coverage import CoveragePlan, no_buildings, sights_of
from gisops.service.plan_ground import Ground, lay_ground
from gisops.service.plan_roads import DigNet, dig_net

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from gisops.service.plan_brief import PlanBrief

__all__ = ["Problem", "pose_problem"]

_COARSE_M = 50.0
"""Squares of ground are not asked for here: as large as coverage takes them they cost nothing."""
_FAR_M = 400.0
"""Cameras farther than this from the area see nothing of it."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Problem:
    """A brief, turned into arrays.

    Columns of ``siting`` are the ground's cells, then one of weight 0 for each place that must be seen.
    Candidate 0 stands for all cameras there are: locked, for nothing.

    Parameters
    ----------
    pole, model, azimuth_deg
        By candidate from 1 on (index less 1): pole, camera of the catalogue, degrees from true north.
    incidence
        How it was found out who sees what, in words.
    """

    brief: PlanBrief
    ground: Ground
    siting: Siting
    net: DigNet
    pole: NDArray[np.int64]
    model: NDArray[np.int64]
    azimuth_deg: NDArray[np.float64]
    points: Points
    criteria: tuple[Criterion, ...]
    buildings: Buildings | None
    incidence: str

    @cached_property
    def lon_lat(self) -> NDArray[np.float64]:
        """By pole, degrees."""
        return np.column_stack(from_utm42(*self.ground.poles.T))

    def pole_of(self, candidates: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the poles of candidates (never 0, which has none)."""
        return self.pole[np.asarray(candidates, dtype=np.int64) - 1]

    def seen_from(self, lon: float, lat: float, model: int, azimuth_deg: float) -> NDArray[np.int64]:
        """Give the cells that a camera anywhere would see."""
        poses = poses_of([_camera(self.brief, model, lon, lat, azimuth_deg, 0)])
        sight = look(poses, self.buildings or no_buildings(), self.criteria, self.points, _COARSE_M)
        return np.array(_columns(sight, self.points, self.brief, self.criteria, len(self.ground.weight)))


def pose_problem(
    brief: PlanBrief, inventory: Inventory, folder: Path, now: datetime, progress: Progress = lambda _d, _a: None
) -> Problem:
    """Turn a brief into a problem.

    Raises
    ------
    PlanningError
        Where there is nothing to plan, or a place that must be seen can be seen by nobody.
    """
    ground = lay_ground(brief, inventory, folder, now)
    buildings = load_buildings(folder)
    levels = {level.name: level for level in load_profile().levels}
    criteria = tuple(levels[name] for name in dict.fromkeys([brief.level, *(m.level for m in brief.musts)]))
    points = _points(brief, ground, inventory)
    pole, model, azimuth = _turned(brief, len(ground.poles))
    lon, lat = from_utm42(*ground.poles.T)
    tried = [
        _camera(brief, int(m), float(lon[p]), float(lat[p]), float(a), k)
        for k, (p, m, a) in enumerate(zip(pole, model, azimuth, strict=True))
    ]
    old = _old(inventory, ground)
    presets = [preset for preset in inventory.presets.values() if preset.camera_id in {c.id for c in old}]
    plan = CoveragePlan(criteria, _COARSE_M)
    cameras = [*old, *tried]
    poses = poses_of(cameras, presets)
    sights = sights_of(poses, len(cameras), buildings or no_buildings(), points, plan, progress)
    cells = len(ground.weight)
    rows = [_columns(sight, points, brief, criteria, cells) for sight in sights]
    seen = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *rows[: len(old)]]))
    every = [seen, *rows[len(old) :]]
    row = np.repeat(np.arange(len(every)), [len(each) for each in every])
    covers = coo_array(
        (np.ones(len(row)), (row, np.concatenate(every))), shape=(len(every), cells + len(brief.musts))
    ).tocsr()
    sector = np.floor(azimuth / (360.0 / brief.arms)).astype(np.int64)
    siting = Siting(
        covers,
        np.concatenate([ground.weight, np.zeros(len(brief.musts))]),
        np.concatenate([[0.0], np.array([camera.cost for camera in brief.cameras])[model]]),
        np.concatenate([[-1], pole * brief.arms + sector]),
        rules=Rules(
            count=None if brief.count is None else brief.count + 1,
            locked=(0,),
            must=tuple(range(cells, cells + len(brief.musts))),
            floors=_floors(brief, ground, inventory),
        ),
    )
    _check_musts(siting, brief, cells)
    roads = [part for r in inventory.roads.values() for part in shapely.get_parts(geometry_to_utm42(r.geometry))]
    nodes = np.column_stack(
        to_utm42([n.geometry.x for n in inventory.nodes.values()], [n.geometry.y for n in inventory.nodes.values()])
    )
    words = (
        f"viewsheds past {len(buildings):,} buildings" if buildings is not None
        else "optics by range and field of view on open ground: the inventory has no buildings"
    )  # fmt: skip
    return Problem(
        brief, ground, siting, dig_net(roads, ground.poles, nodes, brief.reach_m),
        pole, model, azimuth, points, criteria, buildings, words,
    )  # fmt: skip


def _points(brief: PlanBrief, ground: Ground, inventory: Inventory) -> Points:
    x, y = ground.demand.xy.T
    rings = place_points([inventory.places[must.place_id] for must in brief.musts])
    return Points.of(
        np.concatenate([x, rings.x]),
        np.concatenate([y, rings.y]),
        np.concatenate([ground.weight, np.zeros(len(rings.x))]),
        np.concatenate([np.arange(len(x)), rings.group + len(x)]),
    )


def _columns(
    sight: Sight, points: Points, brief: PlanBrief, criteria: Sequence[Criterion], cells: int
) -> NDArray[np.int64]:
    """Give the columns a sight meets: cells at the brief's level, each must at its own."""
    column = points.group[sight.points]
    names = [criterion.name for criterion in criteria]
    wanted = np.array([0, *(names.index(must.level) for must in brief.musts)])
    bit = wanted[np.maximum(column - cells + 1, 0)]
    return np.unique(column[(sight.point_bits >> bit) & 1 == 1])


def _turned(brief: PlanBrief, poles: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    models, turns = len(brief.cameras), brief.azimuths
    index = np.arange(poles * models * turns)
    return index // (models * turns), (index // turns) % models, (index % turns) * 360.0 / turns


def _camera(brief: PlanBrief, model: int, lon: float, lat: float, azimuth_deg: float, number: int) -> Camera:
    """Give a camera as the inventory would have it, so that it sees as one of the inventory would."""
    item = brief.cameras[model]
    return Camera(
        id=f"candidate-{number}", site_id="", box_id="", switch_port=0, lon=lon, lat=lat, azimuth_deg=azimuth_deg,
        hfov_deg=item.hfov_deg, height_m=item.height_m, tilt_deg=item.tilt_deg,
        sensor_width_px=item.sensor_width_px, sensor_height_px=item.sensor_height_px, role=item.role,
        address="", snmp_version="", credential="", vendor="", model=item.name,
    )  # fmt: skip


def _old(inventory: Inventory, ground: Ground) -> list[Camera]:
    cameras = list(inventory.cameras.values())
    if not cameras:
        return []
    x, y = to_utm42([c.lon for c in cameras], [c.lat for c in cameras])
    near = np.atleast_1d(shapely.distance(shapely.points(x, y), ground.area) <= _FAR_M)
    return [camera for camera, is_near in zip(cameras, near, strict=True) if is_near]


def _floors(brief: PlanBrief, ground: Ground, inventory: Inventory) -> tuple[Floor, ...]:
    order = list(inventory.districts)
    found = []
    for floor in brief.floors:
        cells = np.flatnonzero(ground.district == order.index(floor.district_id))
        if not len(cells):
            raise PlanningError(
                f"floor {floor.district_id}", "has no demand in the area", "drop it or widen the area"
            )
        found.append(Floor(floor.district_id, cells, floor.share))
    return tuple(found)


def _check_musts(siting: Siting, brief: PlanBrief, cells: int) -> None:
    sees = np.diff(siting.seen_by.indptr)
    for number, must in enumerate(brief.musts):
        if not sees[cells + number]:
            raise PlanningError(
                f"must {must.place_id}", f"no pole of the candidates sees it at {must.level}",
                "ask for a coarser level, poles closer together or a camera with more pixels",
            )  # fmt: skip
    if not math.isfinite(siting.weight.sum()):  # pragma: no cover - weights are checked where they are made
        raise PlanningError("demand", "is not finite", "check the mix")
