"""How is a whole city's coverage worked out? Cameras shared out over processes, buildings mapped by all of them."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import numpy as np

from gisops.coverage.buildings import Buildings, from_polygons, load_arrays, save_arrays
from gisops.coverage.city import City, Scene, city_of
from gisops.coverage.levels import Criterion, criteria_of, load_plate, load_profile
from gisops.coverage.optics import TARGET_HEIGHT_M
from gisops.coverage.pose import Pose, poses_of
from gisops.coverage.sight import Sight, look
from gisops.coverage.targets import Points
from gisops.model.inventory import Inventory

__all__ = ["CoveragePlan", "compute_city", "no_buildings", "sights_of"]

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
    sights = [nothing] * cameras
    of_camera = [list(group) for _, group in groupby(poses, key=lambda pose: pose.camera)]
    # Neighbours in the inventory are neighbours in the city: a chunk touches few pages of the buildings.
    chunks = [of_camera[n : n + _CHUNK] for n in range(0, len(of_camera), _CHUNK)]
    done = 0
    with _lookers(buildings, points, plan, len(of_camera)) as looked:
        for chunk, found in zip(chunks, looked(chunks), strict=True):
            for group, sight in zip(chunk, found, strict=True):
                sights[group[0].camera] = sight
            done += len(chunk)
            progress(done, len(of_camera))
    return sights


_Chunk = list[list[Pose]]


@contextmanager
def _lookers(
    buildings: Buildings, points: Points, plan: CoveragePlan, cameras: int
) -> Iterator[Callable[[Sequence[_Chunk]], Iterator[list[Sight]]]]:
    workers = min(plan.workers, max(1, cameras // _ALONE + 1))
    if workers == 1:
        yield lambda chunks: (_look_all(chunk, buildings, points, plan) for chunk in chunks)
        return
    # Spawned, not forked: a server that asks for coverage has threads, and a fork would copy their locks.
    with tempfile.TemporaryDirectory(prefix="gisops-coverage-") as name:
        save_arrays(buildings, Path(name))
        context = multiprocessing.get_context("spawn")
        with context.Pool(workers, _begin, (name, points, plan)) as pool:
            yield lambda chunks: pool.imap(_look, chunks)


def _look_all(chunk: _Chunk, buildings: Buildings, points: Points, plan: CoveragePlan) -> list[Sight]:
    return [look(poses, buildings, plan.criteria, points, plan.grid_m) for poses in chunk]


_given: list[tuple[Buildings, Points, CoveragePlan]] = []
"""What a worker process was started with."""


def _begin(folder: str, points: Points, plan: CoveragePlan) -> None:
    _given[:] = [(load_arrays(Path(folder)), points, plan)]


def _look(chunk: _Chunk) -> list[Sight]:
    return _look_all(chunk, *_given[0])
