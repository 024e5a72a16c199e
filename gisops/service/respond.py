"""Who sees this place now, who is nearest, and where can they run? For a point on the map or an incident.

Built once for an inventory; each answer then takes milliseconds. Cameras are asked through the same optics and walls
as `gisops.service.coverage`; what works is passed in, so the past is answered like the present.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import hypot, inf, radians, tan
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gisops.coverage.buildings import Buildings
from gisops.coverage.levels import Criterion, criteria_of, load_plate, load_profile
from gisops.coverage.line import sees_past
from gisops.coverage.optics import MAX_REACH_M
from gisops.coverage.pose import Pose, poses_of
from gisops.coverage.sight import asked_of
from gisops.geo.project import from_utm42, to_utm42
from gisops.incidents.roads import FLIGHT_KMH, PATROL_KMH, Reach, Reached, RoadNet, Spot, road_net
from gisops.model.inventory import Inventory
from gisops.service.coverage import no_buildings

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ResponseDesk"]

MINUTES = (2, 5, 10)
_STATIONS = 3
_NEAR_ROAD_M = 500.0
_CAMERA_AT_ROAD_M = 60.0
_STATION_AT_ROAD_M = 2000.0
_PATROL_S = 3600.0
# How far along the roads an approach is looked at.
_APPROACH_M = 150.0
_MOST_APPROACHES = 8


@dataclass(frozen=True, slots=True)
class _Eyes:
    """All poses as columns, for a first look at which of them have a point in the picture, sharply enough.

    The pinhole of `gisops.coverage.optics`, for all at once; a fisheye only by its reach.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    heading: NDArray[np.float64]
    tilt: NDArray[np.float64]
    drop: NDArray[np.float64]
    across: NDArray[np.float64]
    down: NDArray[np.float64]
    deepest: NDArray[np.float64]
    is_straight: NDArray[np.bool_]

    def candidates(self, x: float, y: float) -> NDArray[np.int64]:
        """Number the poses that may see a point."""
        dx, dy = x - self.x, y - self.y
        # A corner of the picture is farther off than it is deep, by less than twice up to 120 degrees.
        near = np.flatnonzero(dx * dx + dy * dy <= (2.0 * self.deepest) ** 2)
        dx, dy = dx[near], dy[near]
        c, s = np.cos(self.heading[near]), np.sin(self.heading[near])
        forward, left = dx * c + dy * s, dy * c - dx * s
        c, s, h = np.cos(self.tilt[near]), np.sin(self.tilt[near]), self.drop[near]
        depth = forward * c + h * s
        inside = (depth > 0.0) & (depth <= self.deepest[near] + 1e-6)
        inside &= np.abs(left) <= depth * self.across[near] + 1e-6
        inside &= np.abs(forward * s - h * c) <= depth * self.down[near] + 1e-6
        found: NDArray[np.int64] = near[inside | ~self.is_straight[near]]
        return found


@dataclass(frozen=True, slots=True)
class _Passed:
    """Cameras beside roads: the edge, the number of the camera, and where it stands along the edge."""

    edge: NDArray[np.int64]
    camera: NDArray[np.int64]
    along_m: NDArray[np.float64]


class ResponseDesk:
    """Answers for one inventory.

    Parameters
    ----------
    inventory
        Cameras, stations and roads.
    buildings
        What stands in the way; ``None`` for an open field, and the answer says so.
    criteria
        Levels of detail, as in coverage.
    """

    def __init__(
        self, inventory: Inventory, buildings: Buildings | None, criteria: Sequence[Criterion] | None = None
    ) -> None:
        self._inventory = inventory
        self._has_buildings = buildings is not None
        self._buildings = buildings or no_buildings()
        self._criteria = tuple(criteria or criteria_of(load_profile(), load_plate()))
        self._cameras = list(inventory.cameras.values())
        self._poses = poses_of(self._cameras, inventory.presets.values())
        self._eyes = _eyes_of(self._poses, self._criteria)
        self.net: RoadNet = road_net(inventory.roads.values())
        self._passed = self._cameras_on_edges()
        self._stations = self._snapped_stations()

    def answer(self, lon: float, lat: float, working: Collection[str]) -> dict[str, Any]:
        """Answer for a point.

        Parameters
        ----------
        lon, lat
            WGS 84 degrees.
        working
            Ids of the cameras that work, or worked at the moment asked about.

        Returns
        -------
        dict
            ``sees``: cameras that see it, best first (``id``, ``level``, ``px_per_m``, ``distance_m``, ``works``);
            ``approaches``: points on the roads around it and who sees them; ``stations`` by road time; ``flight``:
            for 2, 5 and 10 minutes the length of road in reach, and edge by edge the cameras passed, in order.

        Raises
        ------
        GeometryError
            Where the point is outside the zone.
        """
        (x,), (y,) = (v.tolist() for v in to_utm42([lon], [lat]))
        start = self.net.snap(np.array([x]), np.array([y]), _NEAR_ROAD_M)[0]
        seen_by = self._seen_by(x, y, working)
        found: dict[str, Any] = {
            "lon": lon,
            "lat": lat,
            "buildings": self._has_buildings,
            "sees": seen_by,
            "working": sum(camera["works"] for camera in seen_by),
            "road": None,
            "approaches": [],
            "stations": [],
            "flight": None,
        }
        if start is None:
            return found
        edge = self.net.edges[start.edge]
        found["road"] = {"id": edge.road_id, "off_m": round(start.off_m, 1)}
        reached = self.net.reach(start, FLIGHT_KMH, 60.0 * MINUTES[-1])
        found["approaches"] = self._approaches(start, working)
        found["stations"] = self._nearest_stations(start)
        found["flight"] = self._flight(reached, working)
        return found

    def isochrones(self, lon: float, lat: float) -> dict[int, shapely.MultiLineString]:
        """Give the roads in reach after each of `MINUTES`, in degrees, to be drawn."""
        (x,), (y,) = (v.tolist() for v in to_utm42([lon], [lat]))
        start = self.net.snap(np.array([x]), np.array([y]), _NEAR_ROAD_M)[0]
        if start is None:
            return {}
        reached = self.net.reach(start, FLIGHT_KMH, 60.0 * MINUTES[-1])
        seconds = self.net.seconds(FLIGHT_KMH)
        found = {}
        for minutes in MINUTES:
            lines = [
                shapely.transform(piece, lambda p: np.column_stack(from_utm42(p[:, 0], p[:, 1])))
                for reach in reached.values()
                for piece in self.net.pieces(reach, seconds, 60.0 * minutes)
            ]
            found[minutes] = shapely.MultiLineString(lines)
        return found

    def seen_plainly(self, lon: float, lat: float) -> set[str]:
        """Ask every camera in turn who sees a point: the plain way, by which the quick one is judged."""
        (x,), (y,) = (v.tolist() for v in to_utm42([lon], [lat]))
        return {self._cameras[pose.camera].id for pose in self._poses if self._sight(pose, x, y) is not None}

    def _seen_by(self, x: float, y: float, working: Collection[str]) -> list[dict[str, Any]]:
        best: dict[int, dict[str, Any]] = {}
        for number in self._eyes.candidates(x, y).tolist():
            seen = self._sight(self._poses[number], x, y)
            if seen is not None and seen["px_per_m"] > best.get(seen["camera"], {"px_per_m": 0.0})["px_per_m"]:
                best[seen["camera"]] = seen
        answers = []
        for camera, seen in best.items():
            record = self._cameras[camera]
            works = record.id in working
            answers.append({"id": record.id, "role": record.role, **seen, "works": works})
        answers.sort(key=lambda answer: (not answer["works"], -answer["px_per_m"], answer["id"]))
        for answer in answers:
            answer.pop("camera")
        return answers

    def _sight(self, pose: Pose, x: float, y: float) -> dict[str, Any] | None:
        """Say how well one pose sees a point, walls included; ``None`` where it does not."""
        here = np.array([x]), np.array([y])
        forward, left = pose.to_local(*here)
        density = float(pose.optics.density(forward, left)[0])
        met = [
            criterion
            for _, criterion in asked_of(self._criteria, pose.role)
            if density >= criterion.px_per_m and pose.optics.is_flat_enough(criterion, forward, left)[0]
        ]
        if not met:
            return None
        f, s = float(forward[0]), float(left[0])
        if not sees_past(pose, f, s, self._buildings):
            return None
        levels = [criterion for criterion in met if not criterion.roles]
        return {
            "camera": pose.camera,
            "level": max(levels, key=lambda level: level.px_per_m).name if levels else None,
            "reads_plates": any(criterion.roles for criterion in met),
            "px_per_m": round(density, 1),
            "distance_m": round(hypot(f, s), 1),
        }

    def _approaches(self, start: Spot, working: Collection[str]) -> list[dict[str, Any]]:
        """Look at the roads around, a block away in each direction."""
        slow: Mapping[str, float] = dict.fromkeys(FLIGHT_KMH, 3.6)
        # At one metre a second, seconds are metres.
        reached = self.net.reach(Spot(start.edge, start.along_m, 0.0), slow, _APPROACH_M)
        points: list[tuple[float, float, str]] = []
        for reach in reached.values():
            edge = self.net.edges[reach.edge]
            for along in self._block_away(reach, edge.length_m):
                point = shapely.line_interpolate_point(edge.line, along)
                points.append((point.x, point.y, edge.road_id))
        answers = []
        for x, y, road_id in points[:_MOST_APPROACHES]:
            seen = self._seen_by(x, y, working)
            (lon,), (lat,) = (v.round(6).tolist() for v in from_utm42([x], [y]))
            cameras = [camera["id"] for camera in seen if camera["works"]]
            answers.append({"lon": lon, "lat": lat, "road": road_id, "cameras": cameras})
        return answers

    def _block_away(self, reach: Reach, length_m: float) -> list[float]:
        """Give the places on an edge at exactly the length of an approach from the start."""
        found = []
        for at, along, step in ((reach.at_s[0], 0.0, 1.0), (reach.at_s[1], length_m, -1.0)):
            if at < _APPROACH_M <= at + length_m and reach.inside is None:
                found.append(along + step * (_APPROACH_M - at))
        if reach.inside is not None:
            found += [
                along
                for along in (reach.inside[0] - _APPROACH_M, reach.inside[0] + _APPROACH_M)
                if 0.0 < along < length_m
            ]
        return found

    def _nearest_stations(self, start: Spot) -> list[dict[str, Any]]:
        if not self._stations:
            return []
        # The nearest by air first: once they are timed, no farther search can matter to most points.
        within = _PATROL_S
        reached = self.net.reach(start, PATROL_KMH, within, self._likely(start))
        seconds = self.net.seconds(PATROL_KMH)
        times = []
        for station_id, spot in self._stations:
            reach = reached.get(spot.edge)
            at = inf if reach is None else self.net.time_at(reach, spot.along_m, seconds)
            if at < inf:
                times.append((at + spot.off_m / (20.0 / 3.6), station_id))
        times.sort()
        return [
            {"id": station_id, "name": self._inventory.stations[station_id].name, "minutes": round(at / 60.0, 1)}
            for at, station_id in times[:_STATIONS]
        ]

    def _likely(self, start: Spot) -> list[int]:
        """Give the edges of the stations that are nearest by air, twice as many as are asked for."""
        here = shapely.line_interpolate_point(self.net.edges[start.edge].line, start.along_m)
        away = sorted((self.net.edges[spot.edge].line.distance(here), spot.edge) for _, spot in self._stations)
        return [edge for _, edge in away[: 2 * _STATIONS]]

    def _flight(self, reached: Reached, working: Collection[str]) -> dict[str, Any]:
        passed = self._passed
        at = self._times(reached, passed.edge, passed.along_m)
        there = np.flatnonzero(at <= 60.0 * MINUTES[-1])
        order = there[np.lexsort((passed.camera[there], at[there], passed.edge[there]))]
        edges: dict[int, dict[str, Any]] = {}
        for number, camera, when in zip(
            passed.edge[order].tolist(), passed.camera[order].tolist(), at[order].round(1).tolist(), strict=True
        ):
            name = self._cameras[camera].id
            edge = edges.get(number)
            if edge is None:
                edge = edges[number] = {
                    "road": self.net.edges[number].road_id, "edge": number, "at_s": when,
                    "minutes": next(m for m in MINUTES if when <= 60.0 * m), "cameras": [],
                }  # fmt: skip
            edge["cameras"].append({"id": name, "at_s": when, "works": name in working})
        in_order = sorted(edges.values(), key=lambda edge: float(edge["at_s"]))
        return {"road_km": self._road_km(reached), "edges": in_order}

    def _times(self, reached: Reached, edge: NDArray[np.int64], along_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Say when one is at places on edges, all at once."""
        length = self.net.lengths_m[edge]
        each = np.array(self.net.seconds(FLIGHT_KMH))[edge] / length
        ends = reached.at_s[edge]
        at = np.minimum(ends[:, 0] + each * along_m, ends[:, 1] + each * (length - along_m))
        direct = reached.walk_s + each * np.abs(along_m - reached.start.along_m)
        first: NDArray[np.float64] = np.where(edge == reached.start.edge, np.minimum(at, direct), at)
        return first

    def _road_km(self, reached: Reached) -> dict[str, float]:
        """Add up what is in reach; both ends of an edge count, what they share only once."""
        seconds = self.net.seconds(FLIGHT_KMH)
        first = reached.start.edge
        edges = reached.edges[reached.edges != first]
        length = self.net.lengths_m[edges]
        each = np.array(seconds)[edges] / length
        found = {}
        for minutes in MINUTES:
            left = np.maximum(60.0 * minutes - reached.at_s[edges], 0.0).sum(axis=1)
            own = sum(piece.length for piece in self.net.pieces(reached[first], seconds, 60.0 * minutes))
            found[str(minutes)] = round((float(np.minimum(length, left / each).sum()) + own) / 1000.0, 2)
        return found

    def _cameras_on_edges(self) -> _Passed:
        x, y = to_utm42([c.lon for c in self._cameras], [c.lat for c in self._cameras])
        spots = self.net.snap(x, y, _CAMERA_AT_ROAD_M)
        beside = [(spot.edge, camera, spot.along_m) for camera, spot in enumerate(spots) if spot is not None]
        return _Passed(
            np.array([edge for edge, _, _ in beside], dtype=np.int64),
            np.array([camera for _, camera, _ in beside], dtype=np.int64),
            np.array([along for _, _, along in beside], dtype=np.float64),
        )

    def _snapped_stations(self) -> list[tuple[str, Spot]]:
        stations = list(self._inventory.stations.values())
        if not stations:
            return []
        x, y = to_utm42([s.lon for s in stations], [s.lat for s in stations])
        spots = self.net.snap(x, y, _STATION_AT_ROAD_M)
        return [(s.id, spot) for s, spot in zip(stations, spots, strict=True) if spot is not None]


def _eyes_of(poses: Sequence[Pose], criteria: Sequence[Criterion]) -> _Eyes:
    least = np.array([min(criterion.px_per_m for _, criterion in asked_of(criteria, pose.role)) for pose in poses])

    def column(value: Callable[[Pose], float]) -> NDArray[np.float64]:
        return np.array([value(pose) for pose in poses], dtype=np.float64)

    return _Eyes(
        column(lambda pose: pose.x),
        column(lambda pose: pose.y),
        column(lambda pose: pose.heading),
        column(lambda pose: radians(pose.optics.tilt_deg)),
        column(lambda pose: pose.optics.drop_m),
        column(lambda pose: tan(pose.optics.half_angles[0])),
        column(lambda pose: tan(pose.optics.half_angles[1])),
        np.minimum(MAX_REACH_M, column(lambda pose: pose.optics.focal_px) / least) if poses else least,
        np.array([pose.optics.is_straight for pose in poses], dtype=bool),
    )
