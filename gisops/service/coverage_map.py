"""What does the page draw and say of coverage? Bands camera by camera once, and the sums of those that work now.

Worked out when first asked for, in processes of its own, and kept: a city's buildings do not move. Losing cameras
then costs milliseconds (see `gisops.coverage.tally`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import shapely

from gisops.coverage.buildings import Buildings
from gisops.coverage.city import City, LiveCoverage
from gisops.coverage.outline import Band
from gisops.coverage.working import SEEING
from gisops.geo.project import from_utm42
from gisops.model.inventory import Inventory
from gisops.service.coverage import CoveragePlan, bands_of_city, compute_city
from gisops.store.ports import StateRow

__all__ = ["CoverageMap"]

# Finer than a pixel at the closest zoom is not drawn: 0.4 m, and whole units of 1e-6 degree.
_SIMPLER_M = 0.4
_UNIT_DEG = 1e-6


class CoverageMap:
    """Coverage for pages: one for each process that serves them.

    Parameters
    ----------
    inventory
        What stands in the city.
    buildings
        Loads what stands in the way; called once, in a thread; ``None`` from it for an open field.
    plan
        How to work it out.
    """

    def __init__(
        self, inventory: Inventory, buildings: Callable[[], Buildings | None], plan: CoveragePlan | None = None
    ) -> None:
        self._inventory = inventory
        self._load = buildings
        self._plan = plan or CoveragePlan()
        self._bands: asyncio.Task[dict[str, Any]] | None = None
        self._city: asyncio.Task[LiveCoverage] | None = None
        self._buildings: asyncio.Task[Buildings | None] | None = None
        self._whole: list[dict[str, Any]] = []
        self._turn = asyncio.Lock()

    async def bands(self) -> dict[str, Any]:
        """Give what each camera sees, as rings to draw; the first call may take a while.

        Returns
        -------
        dict
            ``levels`` (``name``, ``px_per_m``), ``buildings`` (their number, or null), ``unit`` (degrees) and
            ``cameras``: in the order of the inventory, a list of ``[level, ring, ring ...]``; a ring is a flat list
            of longitude and latitude in units from the camera, holes like shells (fill by even and odd).
        """
        if self._bands is None or _failed(self._bands):
            self._bands = asyncio.create_task(self._make_bands())
        return await asyncio.shield(self._bands)

    async def live(self, states: Mapping[str, StateRow]) -> dict[str, Any]:
        """Sum up what the cameras that work now see (`LiveCoverage.summary`), and in ``whole`` what all would."""
        if self._city is None or _failed(self._city):
            self._city = asyncio.create_task(self._make_live())
        live = await asyncio.shield(self._city)
        async with self._turn:
            return await asyncio.to_thread(self._sum_up, live, states)

    def _sum_up(self, live: LiveCoverage, states: Mapping[str, StateRow]) -> dict[str, Any]:
        city = live.city
        sees = np.array([c in states and states[c].state in SEEING for c in city.cameras], dtype=bool)
        working = live.ground.working
        ids = np.array(city.cameras, dtype=object)
        live.change(lost=ids[working & ~sees], regained=ids[~working & sees])
        return {**live.summary(), "whole": self._whole}

    async def _ready(self) -> Buildings | None:
        if self._buildings is None or _failed(self._buildings):
            self._buildings = asyncio.create_task(asyncio.to_thread(self._load))
        return await asyncio.shield(self._buildings)

    async def _make_bands(self) -> dict[str, Any]:
        buildings = await self._ready()
        return await asyncio.to_thread(self._bands_document, buildings)

    async def _make_live(self) -> LiveCoverage:
        buildings = await self._ready()
        city: City = await asyncio.to_thread(compute_city, self._inventory, buildings, self._plan)
        live = await asyncio.to_thread(LiveCoverage, city)
        self._whole = live.summary()["scopes"]
        return live

    def _bands_document(self, buildings: Buildings | None) -> dict[str, Any]:
        found = bands_of_city(self._inventory, buildings, self._plan)
        cameras = list(self._inventory.cameras.values())
        return {
            "levels": [{"name": c.name, "px_per_m": round(c.px_per_m, 1)} for c in self._plan.criteria],
            "buildings": None if buildings is None else len(buildings),
            "unit": _UNIT_DEG,
            "cameras": [
                [drawn for band in bands if len(drawn := _drawn(band, camera.lon, camera.lat)) > 1]
                for camera, bands in zip(cameras, found, strict=True)
            ],
        }


def _failed(task: asyncio.Task[Any]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


def _drawn(band: Band, lon: float, lat: float) -> list[Any]:
    """Write a band as its level and its rings."""
    rings = shapely.get_rings(shapely.get_parts(shapely.simplify(band.shape, _SIMPLER_M)))
    drawn: list[Any] = [band.criterion]
    for ring in rings:
        points = shapely.get_coordinates(ring)[:-1]
        if len(points) < 3:
            continue
        east, north = from_utm42(points[:, 0], points[:, 1])
        units = np.column_stack([east - lon, north - lat]) / _UNIT_DEG
        drawn.append(np.rint(units).astype(int).ravel().tolist())
    return drawn
