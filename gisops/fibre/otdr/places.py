"""Where on the ground are the events of a trace? From the fibre of a span, launch cable taken off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gisops.fibre.evidence import OtdrReading
from gisops.fibre.network import FibreNetwork
from gisops.fibre.otdr.trace import SorEvent, SorTrace
from gisops.fibre.otdr_place import OtdrPlace, place_otdr

__all__ = ["PlacedEvent", "place_events"]

_LEAST_ERROR_M = 1.0


@dataclass(frozen=True, slots=True)
class PlacedEvent:
    """An event and where it may be.

    Parameters
    ----------
    event
        Of the trace.
    fibre_m, error_m
        Metres of fibre from the node, negative on the launch cable; half width of its uncertainty.
    places
        The likeliest first; none on the launch cable, and none beyond the fibre of the network.
    """

    event: SorEvent
    fibre_m: float
    error_m: float
    places: tuple[OtdrPlace, ...]


def place_events(
    network: FibreNetwork,
    trace: SorTrace,
    node: int,
    spans: Sequence[int],
    *,
    launch_m: float | None = None,
    share: float = 0.001,
) -> tuple[PlacedEvent, ...]:
    """Place every event of a trace.

    Parameters
    ----------
    network
        The fibre.
    trace
        As the instrument saved it.
    node
        Number of the node it was launched from.
    spans
        Numbers of the spans the light meets first, in order.
    launch_m
        Metres of launch cable between the instrument and the node; that of the file where not given.
    share
        Error of the instrument and of the group index, as a share of the distance.

    Returns
    -------
    tuple of PlacedEvent
        In the order of the trace.

    Raises
    ------
    InventoryError
        If a span does not go on from the one before.

    Notes
    -----
    The half width is share times the distance and half the spacing of the curve, and at least a metre.
    """
    launch = trace.launch_m if launch_m is None else launch_m
    placed = []
    for event in trace.events:
        fibre_m = trace.event_m(event) - launch
        error_m = max(_LEAST_ERROR_M, share * fibre_m + trace.resolution_m / 2.0)
        reading = OtdrReading(node, tuple(spans), max(fibre_m, 0.0), error_m)
        places = place_otdr(network, reading) if fibre_m >= -error_m else ()
        placed.append(PlacedEvent(event, fibre_m, error_m, places))
    return tuple(placed)
