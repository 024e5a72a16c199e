"""What is each district made of? Rings of arcs, joined into one coverage.

An arc named with a leading minus is walked backwards.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from tools.city.arcs import ARCS, NODES
from tools.city.curve import bend
from tools.city.junctions import Point

__all__ = ["DISTRICTS", "District", "arc_line", "ring"]


class District(NamedTuple):
    """A district as it is put together.

    Attributes
    ----------
    identity, name, name_ur
        Id, English name and Urdu name.
    official_area_km2
        Area the government publishes.
    rings
        Names of the arcs around each part, in order.
    """

    identity: str
    name: str
    name_ur: str
    official_area_km2: float
    rings: tuple[tuple[str, ...], ...]


DISTRICTS: tuple[District, ...] = (
    District(
        "south", "Karachi South", "کراچی جنوبی", 122,
        (("coast clifton", "malir lower", "-south east", "-lyari garden", "-lyari west",
          "-south keamari wharf", "coast chinna creek", "south keamari clifton"),),
    ),
    District(
        "east", "Karachi East", "کراچی شرقی", 139,
        (("south east", "malir middle", "east korangi", "-east malir", "-lyari east"),),
    ),
    District(
        "central", "Karachi Central", "کراچی وسطی", 69,
        (("lyari garden", "lyari east", "-central malir", "-west central", "-keamari central"),),
    ),
    District(
        "west", "Karachi West", "کراچی غربی", 370,
        (("west central", "west malir", "-hub upper", "-west keamari"),),
    ),
    District(
        "korangi", "Korangi", "کورنگی", 108,
        (("coast korangi", "-korangi malir east", "-malir landhi", "-korangi malir north", "-east korangi",
          "-malir middle", "-malir lower"),),
    ),
    District(
        "malir", "Malir", "ملیر", 2160,
        (("coast qasim", "-malir outer", "-west malir", "central malir", "east malir", "korangi malir north",
          "malir landhi", "korangi malir east"),),
    ),
    District(
        "keamari", "Keamari", "کیماڑی", 559,
        (("coast west", "coast west wharf", "south keamari wharf", "lyari west", "keamari central",
          "west keamari", "-hub lower"),
         ("coast keamari", "-south keamari clifton")),
    ),
)  # fmt: skip


def arc_line(name: str) -> list[Point]:
    """Vertices of one arc from its start to its end, backwards where the name has a leading minus.

    Raises
    ------
    KeyError
        If there is no such arc, or it names no such node.
    """
    arc = ARCS[name.removeprefix("-")]
    points = [NODES[arc.start], *arc.between, NODES[arc.end]]
    line = bend(points) if arc.curved else points
    return line[::-1] if name.startswith("-") else line


def ring(names: tuple[str, ...]) -> list[Point]:
    """Join arcs into a closed ring, anticlockwise as RFC 7946 section 3.1.6 asks.

    Raises
    ------
    ValueError
        If an arc does not begin where the one before it ends.
    """
    points: list[Point] = []
    for name in names:
        line = arc_line(name)
        if points and points[-1] != line[0]:
            raise ValueError(f"arc {name!r} begins at {line[0]}, not at {points[-1]}")
        points.extend(line[1:] if points else line)
    if points[0] != points[-1]:
        raise ValueError(f"ring of {names[0]!r} does not close: {points[0]} and {points[-1]}")
    twice_area = sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(points))
    return points if twice_area > 0 else points[::-1]
