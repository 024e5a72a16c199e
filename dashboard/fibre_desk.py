"""What the page asks the fibre: one network laid out once an inventory, on the first question.

Answers are those of :mod:`gisops.fibre`; nothing here draws. Questions block for
milliseconds, so callers ask from a thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from gisops.errors import InventoryError
from gisops.fibre.ask import node_named
from gisops.fibre.evidence import OtdrReading
from gisops.fibre.locate import Locator
from gisops.fibre.network import need_node, need_span, network_of
from gisops.fibre.otdr_place import CrewPoint, OtdrPlace, crew_point, place_otdr
from gisops.fibre.ports import ports_read
from gisops.fibre.suspect import CutHypothesis, CutWatch
from gisops.fibre.trace import Path, trace
from gisops.fibre.whatif import Cut, Impact, WhatIf
from gisops.geo.along import nearest_on_line
from gisops.model.inventory import Inventory
from gisops.model.outage import Cause
from gisops.model.state import DeviceState
from gisops.service.live import Snapshot

__all__ = ["FibreDesk", "SpanAnswer"]

_NO_CUT = frozenset({Cause.THEFT, Cause.TAMPER, Cause.POWER_CUT, Cause.BATTERY_EXHAUSTED, Cause.PLANNED_WORK})
"""A device that is lost for one of these says nothing about the fibre."""
OTDR_SHARE = 0.001
"""Error of a reading as a share of its distance where its instrument's is not known."""


@dataclass(frozen=True, slots=True)
class SpanAnswer:
    """What a cut of a span at a chainage does, and where a crew goes."""

    span_id: str
    chainage_m: float
    route_m: float
    impact: Impact
    crew: CrewPoint
    suspects: tuple[CutHypothesis, ...]


class FibreDesk:
    """Answers of one inventory.

    Parameters
    ----------
    inventory
        What stands in the city.

    Raises
    ------
    InventoryError
        At the first question, where the fibre of the inventory does not hang together.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self._lock = Lock()

    @cached_property
    def _ask(self) -> WhatIf:
        return WhatIf(self.inventory, network_of(self.inventory))

    @cached_property
    def locator(self) -> Locator:
        """The network laid out for locating."""
        return Locator(self.inventory, self._ask.network, routes=self._ask.routes)

    @cached_property
    def _watch(self) -> CutWatch:
        return CutWatch(self.locator)

    def span(self, span_id: str, at: tuple[float, float] | None, snapshot: Snapshot) -> SpanAnswer:
        """Ask what a cut of a span would do.

        Parameters
        ----------
        span_id
            Which.
        at
            Where it was clicked, longitude and latitude; its middle where not said.
        snapshot
            For what is suspected now.
        """
        ask = self._ask
        span = need_span(ask.network, span_id)
        route = float(ask.network.route_m[span])
        chainage = route / 2 if at is None else nearest_on_line(ask.network.lines[span], *at).chainage_m
        chainage = min(max(chainage, 0.0), route)
        return SpanAnswer(
            span_id=span_id,
            chainage_m=chainage,
            route_m=route,
            impact=ask.cut([Cut(span, chainage)]),
            crew=crew_point(self.inventory, ask.network, span, chainage),
            suspects=self.suspects(snapshot),
        )

    def way(self, device_id: str) -> Path:
        """Trace a box or camera to its centre; ``InventoryError`` where it reaches none."""
        return trace(self._ask.network, self._ask.routes, node_named(self.inventory, self._ask.network, device_id))

    def launches(self, span_id: str) -> tuple[tuple[str, str], ...]:
        """Give the nodes an OTDR may be launched from into a span: both ends, and the centre; id and words."""
        network, routes = self._ask.network, self._ask.routes
        span = need_span(network, span_id)
        ends = sorted(
            (int(network.starts[span]), int(network.ends[span])), key=lambda n: (float(routes.distance_m[n]), n)
        )
        found = {network.node_ids[n]: f"{self.inventory.nodes[network.node_ids[n]].name}" for n in ends}
        if int(routes.at[ends[0]]) >= 0:
            path = trace(network, routes, ends[0])
            centre = path.hops[-1].to_id if path.hops else path.node_id
            name = self.inventory.centres[path.centre_id].name
            found = {centre: f"{name}, {path.cable_m:,.0f} m before the span", **found}
        return tuple(found.items())

    def otdr(self, span_id: str, node_id: str, distance_m: float) -> tuple[OtdrPlace, CrewPoint]:
        """Place a reading of a fibre over a span.

        Raises
        ------
        InventoryError
            Where the fibre is not that long, or the node does not lead to the span.
        """
        network, routes = self._ask.network, self._ask.routes
        span, node = need_span(network, span_id), need_node(network, node_id)
        ends = sorted(
            (int(network.starts[span]), int(network.ends[span])), key=lambda n: (float(routes.distance_m[n]), n)
        )
        before: tuple[int, ...] = ()
        if node not in ends:
            hops = trace(network, routes, ends[0]).hops
            before = tuple(network.span_number[hop.span_id] for hop in reversed(hops))
        reading = OtdrReading(node, (*before, span), distance_m, max(1.0, OTDR_SHARE * distance_m))
        places = place_otdr(network, reading)
        if not places:
            raise InventoryError(
                f"{distance_m:,.0f} m from {node_id}", "lies beyond the fibre", "check the launch and the distance"
            )
        place = places[0]
        number = network.span_number[place.span_id]
        return place, crew_point(self.inventory, network, number, place.chainage_m)

    def suspects(self, snapshot: Snapshot) -> tuple[CutHypothesis, ...]:
        """Ask which cuts the live states speak for; losses that an outage explains otherwise are left out."""
        other = {
            member
            for outage in snapshot.outages.values()
            if any(share >= 0.5 and cause in _NO_CUT for cause, share in outage.causes.items())
            for member in outage.member_ids
        }
        rows = [row for key, row in snapshot.states.items() if key not in other]
        alive = [row for row in rows if row.state in (DeviceState.UP, DeviceState.DEGRADED)]
        lost = frozenset(row.device_id for row in rows if row.state.is_lost)
        with self._lock:  # one memory for all pages
            dark, lit = ports_read(
                self.locator.ports_of,
                ((row.device_id, row.metrics) for row in alive if row.device_id in self.inventory.boxes),
            )
            return self._watch.review(lost, frozenset(row.device_id for row in alive), dark, lit)
