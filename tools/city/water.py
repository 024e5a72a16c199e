"""Where is the water's edge, and where do the rivers run? Lines drawn from the arcs of the districts."""

from __future__ import annotations

from tools.city.districts import arc_line
from tools.city.junctions import Point

__all__ = ["COASTLINE", "RIVERS", "joined"]

# (id, name, arcs in order)
COASTLINE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("hawkes-bay-manora", "Cape Monze, Hawke's Bay, Sandspit and Manora", ("coast west",)),
    ("west-wharf", "West Wharf", ("coast west wharf",)),
    ("chinna-creek", "Chinna Creek", ("coast chinna creek",)),
    ("keamari", "Keamari and East Wharf", ("coast keamari",)),
    ("clifton-defence", "Clifton Beach, Sea View and Defence", ("coast clifton",)),
    ("korangi-creek", "Korangi Creek", ("coast korangi",)),
    ("port-qasim", "Port Qasim and Phitti Creek", ("coast qasim",)),
)

RIVERS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("lyari", "Lyari River", ("lyari port", "lyari west", "lyari garden", "lyari east", "lyari upper")),
    ("malir", "Malir River", (
        "malir lower", "malir middle", "malir inner", "malir landhi", "malir upper")),
    ("hub", "Hub River", ("hub lower", "hub upper")),
)  # fmt: skip


def joined(names: tuple[str, ...]) -> list[Point]:
    """One line of arcs that follow each other, from the first to the last."""
    line = arc_line(names[0])
    for name in names[1:]:
        line = [*line, *arc_line(name)[1:]]
    return line
