"""What does the whole city get from its cameras? Ground, roads and critical places, by district and level, live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gisops.coverage.levels import Criterion
from gisops.coverage.sight import Sight
from gisops.coverage.tally import MAX_FOLD, Sights, Tally, join_sights
from gisops.coverage.targets import Areas, Points, place_points, road_points
from gisops.model.inventory import Camera, Inventory, Place

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["City", "LiveCoverage", "Scene", "city_of"]


@dataclass(frozen=True)
class Scene:
    """What there is to be seen, apart from ground: pieces of road and critical places, in one grid of points.

    The first ``road_count`` groups are roads, those after it critical places.
    """

    points: Points
    road_count: int
    places: tuple[Place, ...]

    @classmethod
    def of(cls, inventory: Inventory) -> Scene:
        """Lay out an inventory's roads and critical places."""
        roads = road_points(list(inventory.roads.values()))
        places = tuple(place for place in inventory.places.values() if place.critical)
        rings = place_points(places)
        count = len(inventory.roads)
        points = Points.of(
            np.concatenate([roads.x, rings.x]),
            np.concatenate([roads.y, rings.y]),
            np.concatenate([roads.weight, rings.weight]),
            np.concatenate([roads.group, rings.group + count]),
        )
        return cls(points, count, places)


@dataclass(frozen=True)
class City:
    """Who sees what in a whole city, whether it works or not.

    Parameters
    ----------
    cameras
        Their ids; their places here are the numbers of `Sights`.
    boxes
        Box id of each.
    criteria, district_ids
        In the order of the sums.
    grid_m
        Side of a square of ground, metres.
    squares
        Keys of the squares that any camera sees.
    ground, roads, places
        Who sees which squares, pieces of road, points at places.
    place_ids, place_of
        Critical places, and which of them each point stands at.
    """

    cameras: tuple[str, ...]
    boxes: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    district_ids: tuple[str, ...]
    grid_m: float
    squares: NDArray[np.int64]
    ground: Sights
    roads: Sights
    places: Sights
    place_ids: tuple[str, ...]
    place_of: NDArray[np.int64]
    place_area: NDArray[np.int64]

    @cached_property
    def number_of(self) -> Mapping[str, int]:
        """Number of a camera by id."""
        return {camera: number for number, camera in enumerate(self.cameras)}

    def cameras_of(self, boxes: Iterable[str]) -> list[int]:
        """Number the cameras that hang on some boxes."""
        wanted = set(boxes)
        return [number for number, box in enumerate(self.boxes) if box in wanted]


def city_of(
    cameras: Sequence[Camera],
    sights: Sequence[Sight],
    scene: Scene,
    inventory: Inventory,
    criteria: Sequence[Criterion],
    grid_m: float,
) -> City:
    """Put together what all cameras see (``sights`` in the order of ``cameras``)."""
    districts = tuple(inventory.districts)
    areas = Areas(inventory.districts.values())
    squares, first, target, bits = join_sights([s.squares for s in sights], [s.square_bits for s in sights])
    column, row = squares >> 32, squares & 0xFFFFFFFF
    ground = Sights(
        first, target, bits,
        np.full(len(squares), grid_m * grid_m, dtype=np.float32),
        areas.of_grid(column, row, grid_m).astype(np.int16),
        len(districts), len(criteria),
    )  # fmt: skip
    points = scene.points
    area = areas.of_points(points.x, points.y).astype(np.int16)
    is_road = points.group < scene.road_count
    roads = _of_points(sights, is_road, points, area, len(districts), len(criteria))
    places = _of_points(sights, ~is_road, points, area, len(districts), len(criteria))
    place_of = points.group[~is_road] - scene.road_count
    middles = np.zeros(len(scene.places), dtype=np.int64)
    middles[place_of] = area[~is_road]
    return City(
        cameras=tuple(camera.id for camera in cameras),
        boxes=tuple(camera.box_id for camera in cameras),
        criteria=tuple(criteria),
        district_ids=districts,
        grid_m=grid_m,
        squares=squares,
        ground=ground,
        roads=roads,
        places=places,
        place_ids=tuple(place.id for place in scene.places),
        place_of=place_of,
        place_area=middles,
    )


def _of_points(
    sights: Sequence[Sight],
    wanted: NDArray[np.bool_],
    points: Points,
    area: NDArray[np.int16],
    areas: int,
    criteria: int,
) -> Sights:
    number = np.cumsum(wanted) - 1
    keep = [wanted[sight.points] for sight in sights]
    target = [number[sight.points[k]] for sight, k in zip(sights, keep, strict=True)]
    none = np.zeros(0, dtype=np.int64)
    return Sights(
        np.concatenate([[0], np.cumsum([len(part) for part in target], dtype=np.int64)]),
        np.concatenate([*target, none]).astype(np.int32),
        np.concatenate([*(s.point_bits[k] for s, k in zip(sights, keep, strict=True)), none]).astype(np.uint8),
        points.weight[wanted].astype(np.float32), area[wanted], areas, criteria,
    )  # fmt: skip


class LiveCoverage:
    """What the working cameras of a city see; changes with them in milliseconds.

    Parameters
    ----------
    city
        Who sees what.
    working
        Ids of the cameras that work; all of them where it is not given. Unknown ids are passed over.
    """

    def __init__(self, city: City, working: Iterable[str] | None = None) -> None:
        self.city = city
        numbers = None if working is None else [n for c in working if (n := city.number_of.get(c)) is not None]
        self.ground, self.roads, self.places = (
            Tally(sights, numbers) for sights in (city.ground, city.roads, city.places)
        )

    def change(self, lost: Iterable[str] = (), regained: Iterable[str] = ()) -> None:
        """Take cameras out and put cameras in, by id; unknown ids are passed over."""
        out, back = (
            [n for camera in cameras if (n := self.city.number_of.get(camera)) is not None]
            for cameras in (lost, regained)
        )
        for tally in (self.ground, self.roads, self.places):
            tally.change(out, back)

    def lose_boxes(self, boxes: Iterable[str]) -> list[str]:
        """Take out every working camera that hangs on some boxes; give their ids."""
        working = self.ground.working
        lost = [self.city.cameras[n] for n in self.city.cameras_of(boxes) if working[n]]
        self.change(lost=lost)
        return lost

    def places_seen(self) -> NDArray[np.bool_]:
        """Say which critical places are seen: ``(criteria, places)``."""
        seen = np.zeros((len(self.city.criteria), len(self.city.place_ids)), dtype=bool)
        for number, counts in enumerate(self.places.counts):
            seen[number, self.city.place_of[counts > 0]] = True
        return seen

    def summary(self) -> dict[str, Any]:
        """Sum up the city and each district, by criterion.

        Returns
        -------
        dict
            ``cameras`` (working and all), ``grid_m``, and ``scopes``: the city first (``district`` null), then every
            district, each with ``road_m`` (all there are), ``places`` (critical ones) and ``levels``: ``name``,
            ``px_per_m``, ``area_m2``, ``road_m``, ``places``, and for folds of 1 to 3 cameras ``area_m2_by`` and
            ``road_m_by``.
        """
        city, working = self.city, self.ground.working
        seen = self.places_seen()
        rows = [(None, None), *((name, n) for n, name in enumerate(city.district_ids))]
        return {
            "cameras": {"working": int(working.sum()), "all": len(working)},
            "grid_m": city.grid_m,
            "scopes": [self._scope(name, number, seen) for name, number in rows],
        }

    def _scope(self, name: str | None, number: int | None, seen: NDArray[np.bool_]) -> dict[str, Any]:
        city = self.city
        pick = slice(None) if number is None else slice(number, number + 1)
        mine = np.ones(len(city.place_ids), dtype=bool) if number is None else city.place_area == number
        folds = range(1, MAX_FOLD + 1)
        area = [self.ground.covered(fold)[pick].sum(axis=0) for fold in folds]
        road = [self.roads.covered(fold)[pick].sum(axis=0) for fold in folds]
        return {
            "district": name,
            "road_m": round(float(self.roads.covered(0)[pick, 0].sum()), 1),
            "places": int(mine.sum()),
            "levels": [
                {
                    "name": criterion.name,
                    "px_per_m": round(criterion.px_per_m, 1),
                    "area_m2": round(float(area[0][k]), 1),
                    "road_m": round(float(road[0][k]), 1),
                    "places": int((seen[k] & mine).sum()),
                    "area_m2_by": [round(float(part[k]), 1) for part in area],
                    "road_m_by": [round(float(part[k]), 1) for part in road],
                }
                for k, criterion in enumerate(city.criteria)
            ],
        }
