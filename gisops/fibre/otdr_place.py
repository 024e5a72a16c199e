"""Where on the ground is what an OTDR reads? Fibre metres become a chainage and a place, with their uncertainty.

Between two nodes the fibre is longer than the route: loops lie at both ends, and the
cable sags and snakes. So the loops are taken off, and what is left is shared evenly
along the route.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gisops.errors import InventoryError
from gisops.fibre.evidence import OtdrReading
from gisops.fibre.network import FibreNetwork
from gisops.fibre.repair import enclosure_beyond
from gisops.geo.along import nearest_on_line, point_along
from gisops.geo.measure import distance_m
from gisops.geo.project import to_utm42
from gisops.model.inventory import Inventory

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CrewPoint", "OtdrPlace", "Stretch", "combine", "crew_point", "place_otdr", "stretches"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span as the light meets it; metres of fibre from the launch.

    ``is_forward``: entered at its start. ``is_sure``: named, or the only way on.
    """

    span: int
    is_forward: bool
    fibre_from_m: float
    fibre_to_m: float
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class OtdrPlace:
    """A place on a span with its uncertainty along the route.

    Parameters
    ----------
    span_id
        The span.
    chainage_m
        Likeliest, route metres from the span's start.
    from_m, to_m
        The interval of chainage; cut off at the ends of the span.
    lon, lat
        Of the likeliest place, WGS 84.
    line
        Route over the interval, shapely LineString (a Point where it has no length), WGS 84.
    """

    span_id: str
    chainage_m: float
    from_m: float
    to_m: float
    lon: float
    lat: float
    line: shapely.LineString | shapely.Point


@dataclass(frozen=True, slots=True)
class CrewPoint:
    """Where to send a crew.

    Parameters
    ----------
    lon, lat
        Nearest point of a road, WGS 84; the place itself where no road is near.
    road_name
        Of it; ``None`` where there is none.
    walk_m
        From there to the place.
    enclosure_id, enclosure_m
        Nearest node where the cable is spliced (or may be), on this span or beyond it, and metres of
        route to it.
    """

    lon: float
    lat: float
    road_name: str | None
    walk_m: float
    enclosure_id: str
    enclosure_m: float

    @property
    def navigation(self) -> str:
        """Link that a telephone opens in its own map (RFC 5870)."""
        return f"geo:{self.lat:.6f},{self.lon:.6f}"


def stretches(network: FibreNetwork, reading: OtdrReading) -> list[Stretch]:
    """Follow the light of a reading span by span.

    Parameters
    ----------
    network
        The fibre.
    reading
        The spans that it names are followed first, then every way on that does not turn back,
        until the reading ends; a branch is followed both ways, for nobody said which.

    Raises
    ------
    InventoryError
        If a named span does not go on from the one before.
    """
    found: list[Stretch] = []
    far, node = 0.0, reading.node
    for span in reading.spans:
        if node not in (int(network.starts[span]), int(network.ends[span])):
            raise InventoryError(
                f"OTDR at {network.node_ids[reading.node]}",
                f"span {network.span_ids[span]} does not go on from {network.node_ids[node]}",
                "name the spans in the order the light meets them",
            )
        found.append(_stretch(network, span, node, far))
        far, node = found[-1].fibre_to_m, network.other_end(span, node)
    limit = reading.distance_m + reading.error_m
    seen = set(reading.spans)
    frontier = [(node, far, True)]
    while frontier:
        node, far, is_sure = frontier.pop()
        if far >= limit or node in network.centre_of:
            continue
        onward = [(other, span) for other, span in network.links[node] if span not in seen]
        for other, span in onward:
            seen.add(span)
            found.append(_stretch(network, span, node, far, is_sure and len(onward) == 1))
            frontier.append((other, found[-1].fibre_to_m, found[-1].is_sure))
    return found


def _stretch(network: FibreNetwork, span: int, node: int, far: float, is_sure: bool = True) -> Stretch:
    return Stretch(span, int(network.starts[span]) == node, far, far + float(network.cable_m[span]), is_sure)


def place_otdr(network: FibreNetwork, reading: OtdrReading) -> tuple[OtdrPlace, ...]:
    """Find where a reading ends.

    Returns
    -------
    tuple of OtdrPlace
        One for each span that the interval touches; several where it spans a node or a
        branch; none where the fibre is not that long. Those that hold the reading itself come first.
    """
    places = []
    for stretch in stretches(network, reading):
        low, high = reading.distance_m - reading.error_m, reading.distance_m + reading.error_m
        if high < stretch.fibre_from_m or low > stretch.fibre_to_m:
            continue
        off = max(stretch.fibre_from_m - reading.distance_m, reading.distance_m - stretch.fibre_to_m, 0.0)
        at = sorted(_chainage(network, stretch, fibre) for fibre in (low, high))
        best = _chainage(network, stretch, reading.distance_m)
        places.append((off, _place(network, stretch.span, best, at[0], at[1])))
    return tuple(place for _, place in sorted(places, key=lambda item: (item[0], item[1].span_id)))


def _chainage(network: FibreNetwork, stretch: Stretch, fibre_m: float) -> float:
    """Turn fibre from the launch into route metres from the span's start."""
    span = stretch.span
    cable, route = float(network.cable_m[span]), float(network.route_m[span])
    along = min(max(fibre_m - stretch.fibre_from_m, 0.0), cable)
    if not stretch.is_forward:
        along = cable - along
    at_start = network.loop_m[int(network.starts[span])] or 0.0
    at_end = network.loop_m[int(network.ends[span])] or 0.0
    laid = cable - at_start - at_end
    if laid <= 0.0:  # loops that leave no cable are a mistake of the record: share everything evenly
        return route * along / cable if cable else 0.0
    return route * min(max((along - at_start) / laid, 0.0), 1.0)


def _place(network: FibreNetwork, span: int, best: float, low: float, high: float) -> OtdrPlace:
    line = network.lines[span]
    here = point_along(line, min(best, float(network.route_m[span])))
    return OtdrPlace(
        span_id=network.span_ids[span],
        chainage_m=best,
        from_m=low,
        to_m=high,
        lon=here.lon,
        lat=here.lat,
        line=_part(line, low, high, float(network.route_m[span])),
    )


def _part(line: shapely.LineString, low: float, high: float, length: float) -> shapely.LineString | shapely.Point:
    """Cut the route out between two chainages."""
    first, last = point_along(line, min(low, length)), point_along(line, min(high, length))
    points = shapely.get_coordinates(line)
    chain = np.concatenate([[0.0], np.cumsum([distance_m(*a, *b) for a, b in itertools.pairwise(points)])])
    between = [tuple(p) for p, c in zip(points.tolist(), chain.tolist(), strict=True) if low < c < high]
    whole = [(first.lon, first.lat), *between, (last.lon, last.lat)]
    return shapely.LineString(whole) if len(set(whole)) > 1 else shapely.Point(whole[0])


def combine(network: FibreNetwork, readings: Sequence[OtdrReading]) -> tuple[OtdrPlace, ...]:
    """Bring readings from both launch ends together.

    Two readings of one cut from opposite ends bracket it; each carries its own error, so the
    places are averaged by the inverse of their variance and the interval is what both allow.

    Returns
    -------
    tuple of OtdrPlace
        One for each span on which the intervals of all readings that touch it meet; where they
        do not meet, each reading's own place.
    """
    by_span: dict[str, list[OtdrPlace]] = {}
    order = []
    for reading in readings:
        for place in place_otdr(network, reading):
            by_span.setdefault(place.span_id, []).append(place)
            order.append(place.span_id)
    most = max((len(places) for places in by_span.values()), default=0)
    found = []
    for span_id in dict.fromkeys(order):
        places = by_span[span_id]
        low, high = max(p.from_m for p in places), min(p.to_m for p in places)
        if most > 1 and len(places) == most and low <= high:
            weights = [1.0 / max(p.to_m - p.from_m, 0.1) ** 2 for p in places]
            best = sum(w * p.chainage_m for w, p in zip(weights, places, strict=True)) / sum(weights)
            span = network.span_number[span_id]
            found.append((-most, _place(network, span, min(max(best, low), high), low, high)))
        else:
            found += [(-1, place) for place in places]
    return tuple(place for _, place in sorted(found, key=lambda item: item[0]))


def crew_point(inventory: Inventory, network: FibreNetwork, span: int, chainage_m: float) -> CrewPoint:
    """Find where a crew gets to a place on a span.

    Parameters
    ----------
    inventory
        Its roads are read.
    network, span, chainage_m
        The place.
    """
    here = point_along(network.lines[span], chainage_m)
    route = float(network.route_m[span])
    ends = []
    for away, end in ((chainage_m, int(network.starts[span])), (route - chainage_m, int(network.ends[span]))):
        node, passed, _ = enclosure_beyond(network, span, end)
        # A branch or an end of the cable counts, whatever is recorded: it cannot run through there.
        ends.append((away + sum(float(network.route_m[s]) for s in passed), node))
    ends.sort()
    roads = list(inventory.roads.values())
    spot = shapely.Point(*(float(v) for v in to_utm42(here.lon, here.lat)))
    enclosure_m, enclosure = ends[0]
    if roads:
        lines = [
            shapely.transform(r.geometry, lambda xy: np.column_stack(to_utm42(xy[:, 0], xy[:, 1]))) for r in roads
        ]
        road = roads[int(np.argmin(shapely.distance(np.array(lines, dtype=object), spot)))]
        parts = getattr(road.geometry, "geoms", [road.geometry])
        near = min((nearest_on_line(part, here.lon, here.lat) for part in parts), key=lambda n: n.distance_m)
        return CrewPoint(near.lon, near.lat, road.name, near.distance_m, network.node_ids[enclosure], enclosure_m)
    return CrewPoint(here.lon, here.lat, None, 0.0, network.node_ids[enclosure], enclosure_m)
