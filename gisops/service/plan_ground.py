"""What is worth seeing, and where may poles stand? A brief's area, cells and poles out of an inventory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gisops.coverage.targets import Areas
from gisops.errors import PlanningError
from gisops.geo.project import geometry_to_utm42, to_utm42
from gisops.planning.candidates import road_poles
from gisops.planning.demand import Demand, kernel_weight, mixed, road_weight
from gisops.service.plan_incidents import incident_points

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from gisops.model.inventory import Inventory
    from gisops.service.plan_brief import PlanBrief

__all__ = ["Ground", "lay_ground"]

_SAMPLES = 4
"""Points a cell's edge: roads that only cut a corner are found as well."""
_MOST_CELLS = 400_000


@dataclass(frozen=True)
class Ground:
    """Cells of demand and poles, metres UTM 42N.

    Parameters
    ----------
    area
        Where is planned.
    demand
        Cells that hold any demand.
    weight
        By cell, share of the whole mix; they add up to 1.
    layers
        By layer of the mix, what each cell holds (metres, places, incidents).
    district
        By cell, number of its district in the order of the inventory; -1: none.
    poles
        n x 2.
    incidents
        How many incidents count; 0 where the mix has none.
    """

    area: BaseGeometry
    demand: Demand
    weight: NDArray[np.float64]
    layers: dict[str, NDArray[np.float64]]
    district: NDArray[np.int64]
    poles: NDArray[np.float64]
    incidents: int


def lay_ground(brief: PlanBrief, inventory: Inventory, folder: Path, now: datetime) -> Ground:
    """Lay cells and poles.

    Parameters
    ----------
    brief, inventory
        What is asked, of what; names are checked already.
    folder
        Of the inventory: its ``incidents`` are read where the mix has them.
    now
        UTC.

    Raises
    ------
    PlanningError
        Where there is no road, no demand or too much of it.
    """
    area = _area(brief, inventory)
    every = [geometry_to_utm42(road.geometry) for road in inventory.roads.values()]
    roads = [part for line in every if not shapely.is_empty(part := shapely.intersection(line, area))]
    wanted = [
        part
        for road, line in zip(inventory.roads.values(), every, strict=True)
        if (not brief.road_kinds or road.kind in brief.road_kinds)
        and not shapely.is_empty(part := shapely.intersection(line, area))
    ]
    if not wanted:
        raise PlanningError("area", "has no road to stand on", "choose a larger area, or other road_kinds")
    critical = [place for place in inventory.places.values() if place.critical]
    places = np.column_stack(to_utm42([p.lon for p in critical], [p.lat for p in critical]))
    places = places[shapely.contains_xy(area, places[:, 0], places[:, 1])]
    incidents = np.zeros((0, 2))
    if brief.mix.get("incidents", 0.0) > 0.0:
        incidents = incident_points(folder, inventory, now)
        incidents = incidents[shapely.contains_xy(area, incidents[:, 0], incidents[:, 1])]
        if not len(incidents):
            raise PlanningError(
                "demand",
                "no incidents in the area",
                f"put them into {folder / 'incidents'}, or take them out of the mix",
            )
    edge = brief.grid_m
    demand = _cells(roads, [places, incidents], edge, area)
    layers = {
        "roads": road_weight(demand, roads),
        "places": kernel_weight(demand, places, np.ones(len(places)), brief.bandwidth_m),
        "incidents": kernel_weight(demand, incidents, np.ones(len(incidents)), brief.bandwidth_m),
    }
    weight = mixed(layers, brief.mix)
    if not weight.sum() > 0.0:
        raise PlanningError("demand", "there is none in the area", "choose a larger area or another mix")
    number = Areas(inventory.districts.values()).of_points(*demand.xy.T)
    poles = road_poles([shapely.simplify(part, 0.0) for part in wanted], brief.every_m, _excluded(brief, inventory))
    if not len(poles):
        raise PlanningError("candidates", "no pole may stand anywhere", "forbid less, or choose a larger area")
    return Ground(area, demand, weight / weight.sum(), layers, number, poles, len(incidents))


def _area(brief: PlanBrief, inventory: Inventory) -> BaseGeometry:
    area = None
    if brief.districts:
        area = shapely.unary_union([geometry_to_utm42(inventory.districts[d].geometry) for d in brief.districts])
    if brief.centre is not None:
        x, y = to_utm42(*brief.centre)
        circle = shapely.buffer(shapely.Point(float(x), float(y)), brief.radius_m, quad_segs=32)
        area = circle if area is None else shapely.intersection(area, circle)
    if area is None or shapely.is_empty(area):
        raise PlanningError("area", "is empty", "see that the circle lies in the districts")
    return area


def _excluded(brief: PlanBrief, inventory: Inventory) -> BaseGeometry | None:
    zones = []
    for zone in brief.forbidden:
        if zone.place_id is not None:
            place = inventory.places[zone.place_id]
            x, y = to_utm42(place.lon, place.lat)
            zones.append(shapely.buffer(shapely.Point(float(x), float(y)), zone.radius_m))
        else:
            zones.append(geometry_to_utm42(shapely.Polygon(zone.ring)))
    return shapely.unary_union(zones) if zones else None


def _cells(roads: list[BaseGeometry], points: list[NDArray[np.float64]], edge: float, area: BaseGeometry) -> Demand:
    """Give the cells that a road passes or a point lies in."""
    step = edge / _SAMPLES
    every = [*points]
    for line in shapely.get_parts(np.array(roads, dtype=object)):
        count = max(1, int(np.ceil(shapely.length(line) / step)))
        share = np.arange(count + 1) / count
        every.append(shapely.get_coordinates(shapely.line_interpolate_point(line, share, normalized=True)))
    keys = np.unique(np.floor(np.concatenate(every) / edge).astype(np.int64), axis=0)
    if len(keys) > _MOST_CELLS:
        raise PlanningError(
            "demand", f"{len(keys):,} cells", f"keep to {_MOST_CELLS:,}: a larger grid_m, a smaller area"
        )
    middles = np.asarray((keys + 0.5) * edge, dtype=np.float64)
    inside = shapely.intersects_xy(area, middles[:, 0], middles[:, 1])
    return Demand(middles[inside], edge)
