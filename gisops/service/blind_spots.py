"""Which lost box costs the city most, what is seen by nobody now, and what one more loss would cost.

Risk lies on pieces of road: the weighted kernel density of the incidents times the piece's length, scaled so that all
pieces together hold all incidents an hour. Who sees which piece comes from the same sights as coverage.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from gisops.coverage.buildings import Buildings
from gisops.coverage.city import Scene
from gisops.coverage.levels import Criterion, load_profile
from gisops.coverage.pose import poses_of
from gisops.coverage.working import SEEING
from gisops.errors import ConfigError
from gisops.fibre.network import need_span
from gisops.fibre.whatif import Cut, WhatIf
from gisops.geo.project import from_utm42
from gisops.incidents.blind import Loss, Watch, blind_now, lose, unseen
from gisops.incidents.density import Density
from gisops.inventory.schema import nearest
from gisops.model.inventory import Inventory
from gisops.service.coverage import CoveragePlan, no_buildings, sights_of
from gisops.service.incident_analysis import Incidents

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BlindDesk", "open_blind_desk", "watch_of"]

# Ground is not asked for here: squares as large as coverage takes them cost nothing.
_COARSE_M = 50.0
_SQUARE_M = 250.0
_MOST_SQUARES = 20


DEFAULT_BANDWIDTH_M = 250.0
"""Two blocks: as far as what happens at one place says something of the next."""
_DENSITY_CELL_M = 50.0
State = tuple[str, datetime]
"""State of a device, and since when."""


def open_blind_desk(
    incidents: Incidents, buildings: Buildings | None, level: str, bandwidth_m: float | None
) -> tuple[BlindDesk, dict[str, Any]]:
    """Lay the risk of a period over a city's cameras, and say by what rules.

    Raises
    ------
    ConfigError
        Where there is no level of that name.
    """
    levels = {criterion.name: criterion for criterion in load_profile().levels}
    if level not in levels:
        raise ConfigError("--level", f"there is no {level}", nearest(level, levels, f"one of {', '.join(levels)}"))
    density, said = incidents.density(bandwidth_m or DEFAULT_BANDWIDTH_M, _DENSITY_CELL_M)
    per_hour = float(incidents.weight.sum()) / (24.0 * incidents.period.days)
    watch, x, y = watch_of(incidents.inventory, buildings, density, per_hour, levels[level])
    head = {name: said[name] for name in ("demo", "from", "to", "incidents", "used", "left_out", "bandwidth_m")}
    return BlindDesk(incidents.inventory, watch, x, y), {**head, "level": level}


def watch_of(
    inventory: Inventory, buildings: Buildings | None, density: Density, per_hour: float, level: Criterion
) -> tuple[Watch, NDArray[np.float64], NDArray[np.float64]]:
    """Say which camera sees which piece of road at a level, and the risk there.

    Parameters
    ----------
    inventory, buildings
        The city.
    density
        Of weighted incidents.
    per_hour
        All weighted incidents an hour, which the pieces together hold.
    level
        What counts as seen.

    Returns
    -------
    Watch, x, y
        The cameras in the order of the inventory; where the pieces lie, UTM metres.
    """
    cameras = list(inventory.cameras.values())
    scene = Scene.of(inventory)
    points = scene.points
    plan = CoveragePlan((level,), _COARSE_M)
    poses = poses_of(cameras, inventory.presets.values(), plan.target_height_m)
    sights = sights_of(poses, len(cameras), buildings or no_buildings(), points, plan)
    is_road = points.group < scene.road_count
    number = np.cumsum(is_road) - 1
    seen = [number[sight.points[is_road[sight.points]]] for sight in sights]
    first = np.concatenate([[0], np.cumsum([len(part) for part in seen], dtype=np.int64)])
    x, y = points.x[is_road], points.y[is_road]
    risk = _at(density, x, y) * points.weight[is_road]
    total = float(risk.sum())
    scaled = risk * (per_hour / total) if total > 0.0 else np.zeros(len(risk))
    return Watch(first, np.concatenate([*seen, np.zeros(0, dtype=np.int64)]), scaled), x, y


class BlindDesk:
    """Answers for one inventory and one record of incidents.

    Parameters
    ----------
    inventory
        The city.
    watch, x, y
        As `watch_of` gives them.
    """

    def __init__(self, inventory: Inventory, watch: Watch, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        self._inventory = inventory
        self._watch = watch
        self._x, self._y = x, y
        self._cameras = list(inventory.cameras)
        self._number = {camera: n for n, camera in enumerate(self._cameras)}

    def now(
        self,
        states: Mapping[str, State],
        outages: Mapping[str, tuple[str, str, Sequence[str]]],
        now: datetime,
    ) -> dict[str, Any]:
        """Give the repair list: what is lost, dearest first, and the squares nobody sees.

        Parameters
        ----------
        states
            State of each device; a device that is not in it is unknown.
        outages
            Open ones: root, cause and members by id. What no outage explains stands under its own box.
        now
            UTC.
        """
        working = self._working(states)
        hours = np.full(len(self._cameras), np.nan)
        for camera, number in self._number.items():
            state = states.get(camera)
            if state is not None and not working[number] and state[0] != "unknown":
                hours[number] = max(0.0, (now - state[1]).total_seconds() / 3600.0)
        roots, causes = self._roots(states, working, outages)
        found = blind_now(self._watch, working, roots, hours)
        return {
            "unit": "incident-weighted camera-hours: an hour of the average camera is 1",
            "per_hour": round(found.per_hour, 2),
            "so_far": round(found.so_far, 1),
            "unseen_pct": round(found.unseen_pct, 2),
            "cameras": {"working": int(working.sum()), "all": len(working)},
            "repairs": [{**self._loss(loss), "cause": causes.get(loss.root)} for loss in found.losses],
            "blind": self._squares(working),
        }

    def without(self, states: Mapping[str, State], kind: str, name: str) -> dict[str, Any]:
        """Say what it would cost to lose a ``box``, ``span`` or ``feeder`` as well, in the same unit.

        Raises
        ------
        ConfigError
            Where there is none of that name.
        """
        cameras = self._taken_by(kind, name)
        loss, after_pct = lose(self._watch, self._working(states), name, [self._number[c] for c in cameras])
        found = self._loss(loss)
        found["unseen_more_pct"] = found.pop("regained_pct")
        del found["so_far"], found["hours"]
        return {"kind": kind, **found, "unseen_pct": round(after_pct, 2)}

    def _taken_by(self, kind: str, name: str) -> Collection[str]:
        inventory = self._inventory
        if kind == "span":
            ask = WhatIf(inventory)
            return ask.cut([Cut(need_span(ask.network, name))]).camera_ids
        known: Mapping[str, Any] = inventory.boxes if kind == "box" else inventory.feeders
        if name not in known:
            raise ConfigError(f"--{kind} {name}", "is not in the inventory", nearest(name, known, "see its files"))
        boxes = [name] if kind == "box" else inventory.boxes_of_feeder[name]
        return [camera for box in boxes for camera in inventory.cameras_of_box[box]]

    def _working(self, states: Mapping[str, State]) -> NDArray[np.bool_]:
        return np.array([c in states and states[c][0] in SEEING for c in self._cameras], dtype=bool)

    def _roots(
        self,
        states: Mapping[str, State],
        working: NDArray[np.bool_],
        outages: Mapping[str, tuple[str, str, Sequence[str]]],
    ) -> tuple[dict[str, list[int]], dict[str, str]]:
        """Put each lost camera under what is to be repaired for it; one that is unknown is under nothing."""
        root_of: dict[str, str] = {}
        causes: dict[str, str] = {}
        for root, cause, members in outages.values():
            causes[root] = cause
            for member in (root, *members):
                root_of.setdefault(member, root)
        roots: dict[str, list[int]] = {}
        for camera, number in self._number.items():
            state = states.get(camera)
            if working[number] or state is None or state[0] == "unknown":
                continue
            box = self._inventory.cameras[camera].box_id
            box_state = states.get(box)
            own = box if box_state is not None and box_state[0] in ("down", "unreachable") else camera
            root = root_of.get(camera) or root_of.get(box) or own
            roots.setdefault(root, []).append(number)
        return roots, causes

    def _loss(self, loss: Loss) -> dict[str, Any]:
        return {
            "root": loss.root,
            "cameras": [self._cameras[n] for n in loss.cameras],
            "per_hour": round(loss.per_hour, 3),
            "so_far": round(loss.so_far, 2),
            "hours": None if loss.hours is None else round(loss.hours, 2),
            "regained_pct": round(loss.regained_pct, 3),
        }

    def _squares(self, working: NDArray[np.bool_]) -> list[dict[str, Any]]:
        """Give the squares with the most unseen risk."""
        hidden = np.flatnonzero(unseen(self._watch, working))
        column, row = (np.floor(v[hidden] / _SQUARE_M).astype(np.int64) for v in (self._x, self._y))
        keys, number = np.unique(column << 32 | row, return_inverse=True)
        risk = np.bincount(number, weights=self._watch.risk[hidden], minlength=len(keys))
        order = np.argsort(-risk, kind="stable")[:_MOST_SQUARES]
        order = order[risk[order] > 0.0]
        if not len(order):
            return []
        keys = keys[order]
        lon, lat = from_utm42(((keys >> 32) + 0.5) * _SQUARE_M, ((keys & 0xFFFFFFFF) + 0.5) * _SQUARE_M)
        share = 100.0 * risk[order] / self._watch.watched
        return [
            {"lon": round(float(a), 5), "lat": round(float(b), 5), "unseen_pct": round(float(c), 3)}
            for a, b, c in zip(lon, lat, share, strict=True)
        ]


def _at(density: Density, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Read the density at points; none outside the grid."""
    rows, columns = density.per_km2.shape
    column = np.floor((x - density.west_m) / density.cell_m).astype(np.int64)
    row = np.floor((y - density.south_m) / density.cell_m).astype(np.int64)
    inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    found = np.zeros(len(x))
    found[inside] = density.per_km2[row[inside], column[inside]]
    return found
