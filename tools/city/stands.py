"""Who stands where on the fibre? Stations and centres by hand; sites spread along it, denser where it matters.

Positions are those of real neighbourhoods; the sites themselves are generated demonstration data.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, radians
from typing import NamedTuple

import networkx as nx
import numpy as np

from tools.city.fibre import length_m
from tools.city.junctions import Point

__all__ = ["CENTRES", "STATIONS", "Stand", "area_of", "candidates", "choose"]

STATIONS: tuple[tuple[str, str, float, float], ...] = (
    ("PS-ARM", "Artillery Maidan Police Station", 67.0227, 24.8538),
    ("PS-PRD", "Preedy Police Station", 67.0262, 24.8625),
    ("PS-CVL", "Civil Lines Police Station", 67.0300, 24.8470),
    ("PS-FRR", "Frere Police Station", 67.0340, 24.8452),
    ("PS-CLF", "Clifton Police Station", 67.0316, 24.8205),
    ("PS-BTB", "Boat Basin Police Station", 67.0223, 24.8218),
    ("PS-DRK", "Darakhshan Police Station", 67.0560, 24.8062),
    ("PS-GZR", "Gizri Police Station", 67.0480, 24.8235),
    ("PS-DEF", "Defence Police Station", 67.0640, 24.8400),
    ("PS-MTD", "Mithadar Police Station", 66.9990, 24.8505),
    ("PS-KHD", "Kharadar Police Station", 66.9968, 24.8518),
    ("PS-ARB", "Arambagh Police Station", 67.0150, 24.8560),
    ("PS-FRZ", "Ferozabad Police Station", 67.0600, 24.8690),
    ("PS-TPS", "Tipu Sultan Police Station", 67.0715, 24.8652),
    ("PS-BHD", "Bahadurabad Police Station", 67.0665, 24.8812),
    ("PS-SHF", "Shahrah-e-Faisal Police Station", 67.1130, 24.8828),
    ("PS-APT", "Airport Police Station", 67.1600, 24.8882),
    ("PS-MDL", "Model Colony Police Station", 67.1842, 24.8996),
)
CENTRES: tuple[tuple[str, str, str, float, float], ...] = (
    ("CC-CPO", "Central Police Office command centre", "command", 67.0118, 24.8520),
    ("CC-KPO", "Karachi Police Office command centre", "command", 67.0452, 24.8568),
    ("RC-STH", "Regional centre South", "regional", 67.0331, 24.8262),
    ("RC-EST", "Regional centre East", "regional", 67.1180, 24.8838),
)
BILAWAL: Point = (67.0291, 24.8136)

# Code, name, centre, pull in metres: a site belongs to the area whose centre is nearest after the pull.
_AREAS: tuple[tuple[str, str, float, float], ...] = (
    ("RDZ", "Red Zone", 67.0240, 24.8515),
    ("SDR", "Saddar", 67.0290, 24.8610),
    ("TWR", "Tower", 67.0030, 24.8520),
    ("CLF", "Clifton", 67.0290, 24.8170),
    ("CPR", "China Port Road", 66.9960, 24.8080),
    ("KMR", "Keamari", 66.9800, 24.8300),
    ("DHA", "Defence", 67.0600, 24.8150),
    ("SEA", "Sea View", 67.0600, 24.7800),
    ("SHF", "Shahrah-e-Faisal", 67.0800, 24.8670),
    ("PEC", "PECHS", 67.0620, 24.8800),
    ("GUL", "Gulshan", 67.0950, 24.9150),
    ("LQT", "Liaquatabad", 67.0550, 24.9100),
    ("LYR", "Lyari", 67.0050, 24.8680),
    ("APT", "Airport", 67.1600, 24.8930),
    ("MLR", "Malir", 67.2000, 24.8500),
    ("KRG", "Korangi", 67.1500, 24.8300),
)
_DENSE_RED_ZONE_M, _DENSE_CORRIDOR_M, _SPARSE_M = 0.62, 0.85, 1.25
_OFFSET_M = 7.0


class Stand(NamedTuple):
    """A place on the fibre: the edge it taps, the point on it, and where the equipment stands."""

    edge: tuple[Point, Point]
    tap: Point
    at: Point
    bearing_deg: float


def metres(a: Point, b: Point) -> float:
    """Distance on the plane that touches the city."""
    return hypot((a[0] - b[0]) * cos(radians(24.86)), a[1] - b[1]) * 111_195.0


def area_of(at: Point) -> tuple[str, str]:
    """Code and name of the area a point is in."""
    code, name, _, _ = min(_AREAS, key=lambda area: metres(at, (area[2], area[3])))
    return code, name


def tap(graph: nx.Graph[Point], at: Point) -> Stand:
    """The nearest place on the fibre, with the equipment at ``at`` itself."""
    best: tuple[float, Stand] | None = None
    for a, b in sorted((min(edge), max(edge)) for edge in graph.edges()):
        scale = cos(radians(at[1]))
        dx, dy = (b[0] - a[0]) * scale, b[1] - a[1]
        share = ((at[0] - a[0]) * scale * dx + (at[1] - a[1]) * dy) / (dx * dx + dy * dy)
        share = min(0.98, max(0.02, share))
        foot = (round(a[0] + share * (b[0] - a[0]), 6), round(a[1] + share * (b[1] - a[1]), 6))
        apart = metres(at, foot)
        if best is None or apart < best[0] - 1e-9:
            best = (apart, Stand((a, b), foot, at, _bearing(a, b)))
    if best is None:
        raise ValueError("the network has no edge")
    return best[1]


def candidates(graph: nx.Graph[Point]) -> list[Stand]:
    """Possible sites: every 60 m or so along every edge, a few metres beside the road."""
    found = []
    for first, second in sorted((min(e), max(e)) for e in graph.edges()):
        size = length_m((first, second))
        for step in range(1, max(2, int(size // 60))):
            share = step / max(2, int(size // 60))
            if size < 25:
                continue
            x, y = (first[k] + share * (second[k] - first[k]) for k in (0, 1))
            bearing = _bearing(first, second)
            side = radians(bearing + 90.0)
            at = (
                round(x + _OFFSET_M * np.sin(side) / (111_195.0 * cos(radians(y))), 6),
                round(y + _OFFSET_M * np.cos(side) / 111_195.0, 6),
            )
            found.append(Stand((first, second), (round(x, 6), round(y, 6)), at, bearing))
    return found


def choose(stands: Sequence[Stand], wanted: int, protect: Sequence[Point]) -> list[Stand]:
    """Pick so many, evenly apart, closer together in the Red Zone and along the corridor.

    Those nearest to Bilawal House Chowrangi and to each critical place go first.
    """
    first = [min(stands, key=lambda s: metres(s.at, place)) for place in (BILAWAL, *protect)]
    order = list(
        dict.fromkeys([s for s, place in zip(first, (BILAWAL, *protect), strict=True) if metres(s.at, place) < 300.0])
    )
    rng = np.random.default_rng(2026)
    order += [stands[i] for i in rng.permutation(len(stands)) if stands[i] not in set(order)]
    low, high = 100.0, 1500.0
    chosen: list[Stand] = []
    for _ in range(40):
        apart = (low + high) / 2
        chosen = _apart(order, apart)
        if len(chosen) == wanted:
            break
        low, high = (apart, high) if len(chosen) > wanted else (low, apart)
    if len(chosen) < wanted:
        chosen = _apart(order, low)
    return chosen[:wanted]


def _apart(order: Sequence[Stand], base_m: float) -> list[Stand]:
    chosen: list[Stand] = []
    xy = np.empty((len(order), 2))
    for stand in order:
        here = np.array((stand.at[0] * cos(radians(24.86)), stand.at[1])) * 111_195.0
        if chosen:
            gaps = np.hypot(*(xy[: len(chosen)] - here).T)
            if gaps.min() < base_m * _density(stand.at):
                continue
        xy[len(chosen)] = here
        chosen.append(stand)
    return chosen


def _density(at: Point) -> float:
    code, _ = area_of(at)
    if code in ("RDZ", "SDR", "TWR", "CLF"):
        return _DENSE_RED_ZONE_M
    return _DENSE_CORRIDOR_M if code in ("SHF", "APT", "DHA", "CPR", "PEC") else _SPARSE_M


def _bearing(a: Point, b: Point) -> float:
    return float(np.degrees(np.arctan2((b[0] - a[0]) * cos(radians(a[1])), b[1] - a[1])) % 360.0)
