"""What is known when fibre may be cut: who is lost, which ports are dark, what an OTDR read.

The types that :mod:`gisops.fibre.locate` asks for, and the ways to make them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from gisops.errors import InventoryError
from gisops.fibre.network import FibreNetwork, need_node, need_span
from gisops.model.inventory import Inventory

__all__ = ["PORT_NAMES", "Evidence", "Noise", "OtdrReading", "Port", "evidence_of", "parse_otdr", "parse_port"]

Port = tuple[str, int]
"""Box id and port: 0 is A, 1 is B (``uplink_a_oper``, ``uplink_b_oper`` of the cabinet profile)."""
PORT_NAMES = ("A", "B")


@dataclass(frozen=True, slots=True)
class OtdrReading:
    """A break as an OTDR sees it.

    Parameters
    ----------
    node
        Number of the node it was launched from.
    spans
        Numbers of the spans the fibre runs through, in order; where the reading is longer than
        they are, the fibre is followed on through nodes that leave no choice.
    distance_m
        Fibre from the launch to the break, metres.
    error_m
        Half width of its uncertainty, metres: instrument, refractive index, helix of the fibre in the cable.
    """

    node: int
    spans: tuple[int, ...]
    distance_m: float
    error_m: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known at one moment; whatever is in no set is unknown and counts for nothing.

    Parameters
    ----------
    lost, alive
        Ids of boxes, cameras and stations. A device whose loss has another cause that is already
        known (a power cut, a theft) belongs in neither.
    dark, lit
        Fibre ports with and without loss of signal, of boxes that answer.
    otdr
        Readings.
    """

    lost: frozenset[str] = frozenset()
    alive: frozenset[str] = frozenset()
    dark: frozenset[Port] = frozenset()
    lit: frozenset[Port] = frozenset()
    otdr: tuple[OtdrReading, ...] = ()


@dataclass(frozen=True, slots=True)
class Noise:
    """How far evidence is to be believed; all are probabilities.

    Parameters
    ----------
    device_down
        A device that fibre reaches is down for a reason of its own.
    still_alive
        A device counts as alive although the fibre to it is cut: a stale word, a wrong drawing.
    alarm_missed
        A port that faces a cut is reported lit.
    alarm_false
        A port that faces no cut is reported dark: a pulled patch cord, a dead optic. Default: one in
        50 years, 8 hours to mend, is 2e-5.
    otdr_wrong
        A break is read on a whole fibre: an open far end, another fibre than noted. As rare as a false
        alarm, for nobody launches without a reason.
    cut_per_km
        A kilometre of cable is cut at this moment. Default 5e-4: half a cut a kilometre and year, some
        9 hours to mend, for a city that digs. (Crawford, "Fiber optic cable dig-ups", 1993, found
        0.0027 a kilometre and year for long-haul cable in the country.)
    """

    device_down: float = 0.02
    still_alive: float = 1e-4
    alarm_missed: float = 0.005
    alarm_false: float = 2e-5
    otdr_wrong: float = 2e-5
    cut_per_km: float = 5e-4

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if not 0.0 < value < 1.0:
                raise InventoryError(f"noise {name}", f"{value} is no probability", "give a number between 0 and 1")


def evidence_of(
    inventory: Inventory,
    network: FibreNetwork,
    lost: Iterable[str],
    dark: Iterable[Port] = (),
    unknown: Iterable[str] = (),
    otdr: Iterable[OtdrReading] = (),
) -> Evidence:
    """Complete what is known: all other devices live, and all other ports of living boxes have light.

    Parameters
    ----------
    lost, unknown
        Device ids; stations are unknown unless named, because nothing polls them. A lost box takes its
        cameras with it, an unknown one makes them unknown, unless they are named themselves.
    dark
        Ports with loss of signal.
    otdr
        Readings.

    Raises
    ------
    InventoryError
        If an id is in no table.
    """
    gone, unsaid = _known(inventory, lost), _known(inventory, unknown)
    named = gone | unsaid
    for box_id, cameras in inventory.cameras_of_box.items():
        if box_id in unsaid:
            unsaid.update(c for c in cameras if c not in named)
        elif box_id in gone:
            gone.update(c for c in cameras if c not in named)
    dark_ports = frozenset(dark)
    alive = frozenset(device_id for device_id in inventory.devices if device_id not in gone | unsaid)
    lit = frozenset(
        (box_id, port)
        for box_id, spans in network.ports.items()
        if box_id in alive
        for port in range(len(spans))
        if (box_id, port) not in dark_ports
    )
    return Evidence(frozenset(gone), alive, dark_ports, lit, tuple(otdr))


def parse_port(network: FibreNetwork, word: str) -> Port:
    """Read ``BOX:PORT``; the port is A or B, or 1 or 2 (its ifIndex).

    Raises
    ------
    InventoryError
        If there is no such box or port.
    """
    box_id, sign, port = word.rpartition(":")
    number = {"a": 0, "1": 0, "b": 1, "2": 1}.get(port.lower())
    if not sign or number is None:
        raise InventoryError(word, "is not BOX:PORT", "name the port A or B, as BX-CLF-001:A")
    if box_id not in network.ports:
        raise InventoryError(box_id, "is no box", _hint(box_id, network.ports))
    if number >= len(network.ports[box_id]):
        raise InventoryError(word, "has no span on that port", f"it has {len(network.ports[box_id])}")
    return box_id, number


def parse_otdr(network: FibreNetwork, word: str, share: float) -> OtdrReading:
    """Read ``NODE:SPAN[,SPAN…]:METRES[:PLUS_MINUS]``.

    Parameters
    ----------
    network
        The fibre.
    word
        As typed.
    share
        Uncertainty where none is written, as a share of the distance; never below a metre.

    Raises
    ------
    InventoryError
        If a part cannot be read or is not there.
    """
    parts = word.split(":")
    if len(parts) not in (3, 4):
        raise InventoryError(word, "is no OTDR reading", "write NODE:SPAN:METRES or NODE:SPAN,SPAN:METRES:PLUS_MINUS")
    node = need_node(network, parts[0])
    spans = tuple(need_span(network, span_id) for span_id in parts[1].split(","))
    numbers = []
    for text in parts[2:]:
        try:
            numbers.append(float(text))
        except ValueError:
            raise InventoryError(word, f"{text!r} is no number", "write metres") from None
    distance = numbers[0]
    error = numbers[1] if len(numbers) > 1 else max(1.0, share * distance)
    if not (0.0 <= distance < 1e6 and 0.0 < error < 1e6):
        raise InventoryError(word, "is out of range", "give metres from 0, and an uncertainty above 0")
    return OtdrReading(node, spans, distance, error)


def _known(inventory: Inventory, ids: Iterable[str]) -> set[str]:
    found = set(ids)
    for device_id in sorted(found):
        if device_id not in inventory.devices and device_id not in inventory.stations:
            known = [*inventory.boxes, *inventory.cameras, *inventory.stations]
            raise InventoryError(device_id, "is no box, camera or station", _hint(device_id, known))
    return found


def _hint(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean {near[0]}?" if near else "name one that is in the inventory"
