"""How is a whole city's coverage worked out? Cameras shared out over processes, buildings mapped by all of them."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from multiprocessing.pool import Pool
from pathlib import Path
from typing import TypeVar

import numpy as np

from gisops.coverage.buildings import Buildings, from_polygons, load_arrays, save_arrays
from gisops.coverage.city import City, Scene, city_of
from gisops.coverage.levels import Criterion, criteria_of, load_plate, load_profile
from gisops.coverage.optics import TARGET_HEIGHT_M
from gisops.coverage.outline import Band, bands_of
from gisops.coverage.pose import Pose, poses_of
from gisops.coverage.sight import Sight, look
from gisops.coverage.targets import Points
from gisops.model.inventory import Inventory

__all__ = ["CoveragePlan", "bands_of_city", "compute_city", "no_buildings", "sights_of"]

_CHUNK = 50
# Below this many cameras a second process takes longer to start than to help.
_ALONE = 400


@dataclass(frozen=True, slots=True)
class CoveragePlan:
    """How to work it out.

    Parameters
    ----------
    criteria
        What counts as seen.
    grid_m
        Side of a square of ground, metres.
    target_height_m
        Height above ground at which things are looked at.
    workers
        Processes at most.
    """

    criteria: tuple[Criterion, ...] = field(default_factory=lambda: criteria_of(load_profile(), load_plate()))
    grid_m: float = 2.0
    target_height_m: float = TARGET_HEIGHT_M
    workers: int = field(default_factory=lambda: os.cpu_count() or 1)


def no_buildings() -> Buildings:
    """Give an open field."""
    return from_polygons(np.zeros(0, dtype=object), np.zeros(0))


def compute_city(
    inventory: Inventory,
    buildings: Buildings | None,
    plan: CoveragePlan,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> City:
    """Work out who sees what in a city.

    Parameters
    ----------
    inventory
        Its cameras, roads, places and districts.
    buildings
        What stands in the way; ``None`` for an open field.
    plan
        How to work it out.
    progress
        Told how many cameras are done, of how many.
    """
    cameras = list(inventory.cameras.values())
    poses = poses_of(cameras, inventory.presets.values(), plan.target_height_m)
    scene = Scene.of(inventory)
    sights = sights_of(poses, len(cameras), buildings or no_buildings(), scene.points, plan, progress)
    return city_of(cameras, sights, scene, inventory, plan.criteria, plan.grid_m)


def sights_of(
    poses: Sequence[Pose],
    cameras: int,
    buildings: Buildings,
    points: Points,
    plan: CoveragePlan,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[Sight]:
    """Look out of every camera; ``poses`` in the order of the cameras."""
    none, no_bits = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint8)
    nothing = Sight(none, no_bits, none, no_bits)
    found = _shared_out(_look, poses, _Given(buildings, points, plan), progress)
    return [found.get(number, nothing) for number in range(cameras)]


def bands_of_city(
    inventory: Inventory,
    buildings: Buildings | None,
    plan: CoveragePlan,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[list[Band]]:
    """Give what each camera sees as polygons, band by band, in the order of the inventory."""
    cameras = list(inventory.cameras.values())
    poses = poses_of(cameras, inventory.presets.values(), plan.target_height_m)
    none = np.zeros(0)
    nowhere = Points.of(none, none, none, np.zeros(0, dtype=np.int64))
    found = _shared_out(_outline, poses, _Given(buildings or no_buildings(), nowhere, plan), progress)
    return [found.get(number, []) for number in range(len(cameras))]


@dataclass(frozen=True, slots=True)
class _Given:
    """What a worker process is started with."""

    buildings: Buildings
    points: Points
    plan: CoveragePlan


_Group = list[Pose]
_T = TypeVar("_T")


def _look(poses: _Group, given: _Given) -> Sight:
    return look(poses, given.buildings, given.plan.criteria, given.points, given.plan.grid_m)


def _outline(poses: _Group, given: _Given) -> list[Band]:
    return [band for pose in poses for band in bands_of(pose, given.plan.criteria, given.buildings)]


def _shared_out(
    work: Callable[[_Group, _Given], _T],
    poses: Sequence[Pose],
    given: _Given,
    progress: Callable[[int, int], None],
) -> dict[int, _T]:
    """Do some work for all poses of each camera, in as many processes as help; by number of camera."""
    groups = [list(group) for _, group in groupby(poses, key=lambda pose: pose.camera)]
    # Neighbours in the inventory are neighbours in the city: a chunk touches few pages of the buildings.
    chunks = [groups[n : n + _CHUNK] for n in range(0, len(groups), _CHUNK)]
    found: dict[int, _T] = {}
    workers = min(given.plan.workers, max(1, len(groups) // _ALONE + 1))
    with _processes(workers, given) as pool:
        if pool is None:
            answers: Iterator[list[_T]] = ([work(group, given) for group in chunk] for chunk in chunks)
        else:
            answers = pool.imap(partial(_work_all, work), chunks)
        for chunk, answer in zip(chunks, answers, strict=True):
            found.update({group[0].camera: one for group, one in zip(chunk, answer, strict=True)})
            progress(len(found), len(groups))
    return found


@contextmanager
def _processes(workers: int, given: _Given) -> Iterator[Pool | None]:
    if workers == 1:
        yield None
        return
    # Spawned, not forked: a server that asks for coverage has threads, and a fork would copy their locks.
    with tempfile.TemporaryDirectory(prefix="gisops-coverage-") as name:
        save_arrays(given.buildings, Path(name))
        context = multiprocessing.get_context("spawn")
        with context.Pool(workers, _begin, (name, given.points, given.plan)) as pool:
            yield pool


_given: list[_Given] = []
"""In a worker process: what it was started with."""


def _begin(folder: str, points: Points, plan: CoveragePlan) -> None:
    _given[:] = [_Given(load_arrays(Path(folder)), points, plan)]


def _work_all(work: Callable[[_Group, _Given], _T], chunk: Sequence[_Group]) -> list[_T]:
    return [work(group, _given[0]) for group in chunk]
