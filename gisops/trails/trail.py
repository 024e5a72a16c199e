"""How far has a box been taken, how fast is it, past which police stations: one trail, measured."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np

from gisops.geo.along import bearing_deg
from gisops.geo.measure import distance_m, distances_m
from gisops.geo.project import to_utm42
from gisops.model.inventory import Station
from gisops.model.position import Fix
from gisops.trails.moved import UNSTATED_M, Home, apart_m

__all__ = [
    "LOST_AFTER_S",
    "STANDS_AFTER_S",
    "Near",
    "Passed",
    "Trail",
    "TrailState",
    "measure_trail",
    "nearest_station",
]

LOST_AFTER_S = 180.0
"""Without a fix for so long, or five times its usual spacing, a tracker's fix is lost."""
STANDS_AFTER_S = 120.0
"""At one place for so long, it stands."""
PASSES_WITHIN_M = 1500.0
"""A station is passed that is so near the way."""
_SPEED_OVER_S = 10.0
"""A speed is taken over so long at least: over less it would be that of the noise."""
_SPACINGS = 5.0


class TrailState(StrEnum):
    """What a box that was taken does now."""

    MOVING = "moving"
    STANDING = "standing"
    LOST = "lost"
    """Its tracker has not been heard for a while: it is somewhere beyond the last fix."""
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class Near:
    """A police station: how far, and in which direction (clockwise from true north) seen from the box."""

    station_id: str
    name: str
    distance_m: float
    bearing_deg: float | None


@dataclass(frozen=True, slots=True)
class Passed:
    """When the way came nearest to a station, and how near."""

    station_id: str
    name: str
    distance_m: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Trail:
    """Where a box was taken.

    Parameters
    ----------
    box_id, state
        Which, and what it does now.
    began_at
        Time of the first fix away from home: it left between ``home_until`` and this.
    home_until
        Time of the last fix at home; ``None``: there is none.
    fixes
        Those away, in order of time.
    distance_m
        Driven, at least: steps that the accuracies would explain are not counted.
    displaced_m
        From home to the last fix, as the crow flies.
    speed_mps
        At the last fix; ``None`` where it cannot be said.
    bearing_deg
        In which direction it goes; ``None`` where it stands or that cannot be said.
    nearest
        The police station nearest to the last fix.
    passed
        Stations within 1,500 m of the way, in the order it passed them.
    recovered_at
        When it was back, or said to be recovered.
    """

    box_id: str
    state: TrailState
    began_at: datetime
    home_until: datetime | None
    fixes: tuple[Fix, ...]
    distance_m: float
    displaced_m: float
    speed_mps: float | None
    bearing_deg: float | None
    nearest: Near | None
    passed: tuple[Passed, ...]
    recovered_at: datetime | None = None


def measure_trail(
    box_id: str,
    home: Home,
    fixes: Sequence[Fix],
    stations: Iterable[Station],
    now: datetime,
    *,
    home_until: datetime | None = None,
    recovered_at: datetime | None = None,
    with_passed: bool = True,
) -> Trail:
    """Measure a trail.

    Parameters
    ----------
    box_id, home
        Whose, and where it belongs.
    fixes
        Away from home, in order of time; one at least.
    stations
        Police stations.
    now
        UTC; decides whether the tracker's fix is lost.
    home_until, recovered_at
        As in :class:`Trail`.
    with_passed
        Whether the stations on the way are asked for.
    """
    stations = tuple(stations)
    last = fixes[-1]
    steps = _steps(home, fixes)
    speed, bearing = _motion(fixes)
    state = TrailState.RECOVERED if recovered_at else _state(fixes, now)
    return Trail(
        box_id,
        state,
        fixes[0].at,
        home_until,
        tuple(fixes),
        _length_m(steps),
        distance_m(home.lon, home.lat, last.lon, last.lat),
        speed,
        bearing if state is TrailState.MOVING else None,
        nearest_station(last.lon, last.lat, stations),
        _passed(fixes, stations) if with_passed else (),
        recovered_at,
    )


def nearest_station(lon: float, lat: float, stations: Iterable[Station]) -> Near | None:
    """Give the police station nearest to a place; ``None`` where there is none."""
    stations = tuple(stations)
    if not stations:
        return None
    metres = distances_m(lon, lat, [s.lon for s in stations], [s.lat for s in stations])
    place = int(np.argmin(metres))
    station, metre = stations[place], float(metres[place])
    return Near(station.id, station.name, metre, bearing_deg(lon, lat, station.lon, station.lat) if metre else None)


def _steps(home: Home, fixes: Sequence[Fix]) -> list[tuple[float, float]]:
    """Give the places that are surely apart, from home on."""
    lon, lat = [home.lon, *(f.lon for f in fixes)], [home.lat, *(f.lat for f in fixes)]
    # Which are apart is seen well enough on the map grid, some 0.04 % off; what is added up is geodesic.
    x, y = (axis.tolist() for axis in to_utm42(lon, lat))
    kept, accuracy = [0], home.accuracy_m
    for n, fix in enumerate(fixes, 1):
        if math.hypot(x[n] - x[kept[-1]], y[n] - y[kept[-1]]) > apart_m(accuracy, fix.accuracy_m):
            kept.append(n)
            accuracy = fix.accuracy_m if fix.accuracy_m is not None else UNSTATED_M
    return [(lon[n], lat[n]) for n in kept]


def _length_m(steps: Sequence[tuple[float, float]]) -> float:
    lon, lat = zip(*steps, strict=True)
    return float(np.sum(distances_m(lon[:-1], lat[:-1], lon[1:], lat[1:]))) if len(steps) > 1 else 0.0


def _motion(fixes: Sequence[Fix]) -> tuple[float | None, float | None]:
    """Give speed and direction at the last fix; its own speed where it states one."""
    last = fixes[-1]
    before = next((f for f in reversed(fixes) if (last.at - f.at).total_seconds() >= _SPEED_OVER_S), None)
    if before is None:
        return last.speed_mps, None
    metres = distance_m(before.lon, before.lat, last.lon, last.lat)
    measured = metres / (last.at - before.at).total_seconds()
    has_gone = metres > apart_m(before.accuracy_m, last.accuracy_m)
    bearing = bearing_deg(before.lon, before.lat, last.lon, last.lat) if has_gone else None
    return (last.speed_mps if last.speed_mps is not None else measured), bearing


def _state(fixes: Sequence[Fix], now: datetime) -> TrailState:
    last = fixes[-1]
    spacing = float(np.median(np.diff([f.at.timestamp() for f in fixes[-20:]]))) if len(fixes) > 2 else 0.0
    if (now - last.at).total_seconds() > max(LOST_AFTER_S, _SPACINGS * spacing):
        return TrailState.LOST
    if (last.at - fixes[0].at).total_seconds() < STANDS_AFTER_S:
        return TrailState.MOVING
    # Reaching back to the first fix that is older than the time it takes to be standing.
    lately = [f for f in fixes if (last.at - f.at).total_seconds() <= STANDS_AFTER_S]
    older = next(f for f in reversed(fixes) if (last.at - f.at).total_seconds() >= STANDS_AFTER_S)
    stays = all(
        distance_m(f.lon, f.lat, last.lon, last.lat) <= apart_m(f.accuracy_m, last.accuracy_m)
        for f in (older, *lately)
    )
    return TrailState.STANDING if stays else TrailState.MOVING


def _passed(fixes: Sequence[Fix], stations: Sequence[Station]) -> tuple[Passed, ...]:
    found = []
    for station in stations:
        metres = distances_m(station.lon, station.lat, [f.lon for f in fixes], [f.lat for f in fixes])
        place = int(np.argmin(metres))
        if metres[place] <= PASSES_WITHIN_M:
            found.append(Passed(station.id, station.name, float(metres[place]), fixes[place].at))
    return tuple(sorted(found, key=lambda p: (p.at, p.distance_m)))
