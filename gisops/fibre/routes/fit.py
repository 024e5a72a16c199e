"""How do routes become spans of the network? Ends on nodes, cut at nodes, each once; with a note on everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import shapely

from gisops.fibre.routes.cut import Stop, cut_at, with_ends
from gisops.fibre.routes.lines import crosses_itself, parts_of, why_not_here, why_not_line
from gisops.fibre.routes.meet import Twins, meetings
from gisops.fibre.routes.offer import Fitted, FittedRecord, Known, Note, Offer
from gisops.fibre.routes.places import Places, node_tree
from gisops.geo.measure import distance_m
from gisops.geo.project import geometry_to_utm42, to_utm42

__all__ = ["fit"]

_NO_DISTANCE_M = 0.01


def fit(nodes: Iterable[Offer], routes: Iterable[Offer], known: Known, tolerance_m: float) -> Fitted:
    """Fit nodes and routes into a network.

    A route that names its two nodes (``start_id`` and ``end_id``), or whose id the
    network has, keeps them; its ends must be within the tolerance of them. Any
    other has its ends snapped to the nearest node within the tolerance, gets a
    node of its own where none is, and is cut at every node it passes.

    Parameters
    ----------
    nodes, routes
        What comes in.
    known
        The network as it is.
    tolerance_m
        How far from a node is still at it, in metres.

    Returns
    -------
    Fitted
        Nodes and spans to merge by id, and a note for everything that was done, found or refused.
    """
    return _Fit(known, tolerance_m).run(nodes, routes)


class _Fit:
    """One fitting: what is known so far, and what was said."""

    def __init__(self, known: Known, tolerance_m: float) -> None:
        self.known, self.tolerance_m = known, tolerance_m
        self.box = shapely.box(*shapely.total_bounds(list(known.nodes.values()))) if known.nodes else None
        self.places = Places(tolerance_m, known.nodes)
        self.twins = Twins(tolerance_m, known.spans)
        self.notes: list[Note] = []
        self.nodes: dict[str, FittedRecord] = {}
        self.spans: dict[str, FittedRecord] = {}
        self.spare_points: list[Offer] = []
        self.made: dict[str, Note] = {}
        self.numbers: dict[str, Iterator[str]] = {}

    def run(self, nodes: Iterable[Offer], routes: Iterable[Offer]) -> Fitted:
        """Do it in order: nodes first, all ends, then the cuts, for which every node must be known."""
        for offer in nodes:
            self._node(offer)
        ended = [ended for route in routes for part in parts_of(route) if (ended := self._ended(part)) is not None]
        ids, tree = node_tree(self.places)
        for route, start_id, end_id, is_named in ended:
            self._span(route, start_id, end_id, [] if is_named else self._stops(route, start_id, end_id, ids, tree))
        used = {node for span in self.spans.values() for node in (span.values["start_id"], span.values["end_id"])}
        for offer in self.spare_points:
            self._drop_unused(offer, used)
        for node_id, note in self.made.items():  # the route they were made for may have been refused since
            if node_id in used:
                self.notes.append(note)
            else:
                del self.nodes[node_id]
        self.notes += meetings(list(self.spans.values()), self.known.spans, self.places)
        return Fitted(tuple(self.nodes.values()), tuple(self.spans.values()), tuple(self.notes))

    def _node(self, offer: Offer) -> None:
        refusal = why_not_here(offer, self.box)
        if refusal is not None:
            self.notes.append(refusal)
            return
        point = offer.geometry
        node_id: str = offer.values.get("id") or ""
        if node_id in self.nodes:
            what = f"node {node_id} stands already at {self.nodes[node_id].place}"
            self.notes.append(Note("refused", offer.place, what, "keep one of them", point.x, point.y))
            return
        if node_id not in self.known.nodes:
            x, y = (float(value[0]) for value in to_utm42([point.x], [point.y]))
            near = self.places.near(x, y)
            if near and not node_id:
                away, at = near[0]
                what = f"is node {at}, {away:.1f} m away"
                self.notes.append(Note("duplicate", offer.place, what, "", point.x, point.y))
                return
            if not node_id:
                node_id = self._free("NR-")
                self.spare_points.append(Offer(offer.place, {**offer.values, "id": node_id}, point))
        values = {"name": node_id, **offer.values, "id": node_id}
        self.nodes[node_id] = FittedRecord(offer.place, node_id, values, point)
        self.places.add(node_id, point.x, point.y)

    def _drop_unused(self, offer: Offer, used: set[str]) -> None:
        """A point without an id is a node only where a route ends or is cut at it."""
        node_id = offer.values["id"]
        if node_id not in used:
            del self.nodes[node_id]
            what = f"is a point that no route comes within {self.tolerance_m:g} m of"
            x, y = offer.geometry.x, offer.geometry.y
            self.notes.append(Note("refused", offer.place, what, "give it an id if it is a node", x, y))

    def _ended(self, route: Offer) -> tuple[Offer, str, str, bool] | None:
        """Put the ends of a route on nodes; tell whether it named them. ``None`` where it is refused."""
        refusal = why_not_here(route, self.box) or why_not_line(route, self.tolerance_m)
        if refusal is not None:
            self.notes.append(refusal)
            return None
        said = len(self.notes)
        named = self._named_ends(route)
        if isinstance(named, Note):
            self.notes.append(named)
            return None
        if named is None:
            points = shapely.get_coordinates(route.geometry)[[0, -1]]
            start_id, end_id = (self._end(route, float(lon), float(lat)) for lon, lat in points)
        else:
            start_id, end_id, line = named
            route = Offer(route.place, route.values, line)
        if start_id == end_id:
            del self.notes[said:]  # what was done with it does not matter any more
            what = f"starts and ends at node {start_id}"
            self.notes.append(Note("refused", route.place, what, "draw it to another node, or lower --tolerance"))
            return None
        line = with_ends(route.geometry, self.places.lonlat[start_id], self.places.lonlat[end_id])
        route = Offer(route.place, route.values, line)
        looped = crosses_itself(route)
        if looped is not None:
            self.notes.append(looped)
        return route, start_id, end_id, named is not None

    def _named_ends(self, route: Offer) -> tuple[str, str, Any] | Note | None:
        """Give the nodes a route names and its line from the first to the second, or why that cannot be."""
        before = self.known.spans.get(route.values.get("id", ""))
        start_id = route.values.get("start_id") or (before.start_id if before else None)
        end_id = route.values.get("end_id") or (before.end_id if before else None)
        if start_id is None or end_id is None:
            return None
        for node_id in (start_id, end_id):
            if node_id not in self.places.lonlat:
                what = f"ends at node {node_id}, which is not in the network"
                return Note("refused", route.place, what, "import the nodes, too")
        there = [self.places.lonlat[start_id], self.places.lonlat[end_id]]
        line = route.geometry
        for turned in (False, True):
            ends = [line.coords[-1], line.coords[0]] if turned else [line.coords[0], line.coords[-1]]
            off = [distance_m(at[0], at[1], *node) for at, node in zip(ends, there, strict=True)]
            if max(off) <= self.tolerance_m:
                if turned:
                    what = f"was drawn from {end_id} to {start_id}"
                    self.notes.append(Note("turned", route.place, what))
                self._say_snapped(route.place, zip((start_id, end_id), off, strict=True))
                return start_id, end_id, shapely.reverse(line) if turned else line
            if not turned:
                first = off
        worst = max(range(2), key=first.__getitem__)
        what = f"ends {first[worst]:,.1f} m from its node {(start_id, end_id)[worst]}"
        return Note("refused", route.place, what, "correct it, or raise --tolerance", *there[worst])

    def _say_snapped(self, place: str, moved: Iterable[tuple[str, float]]) -> None:
        for node_id, away in moved:
            if away > _NO_DISTANCE_M:
                lon, lat = self.places.lonlat[node_id]
                self.notes.append(Note("snapped", place, f"end moved {away:.2f} m onto node {node_id}", "", lon, lat))

    def _end(self, route: Offer, lon: float, lat: float) -> str:
        """Give the node an end stands on; make one where there is none."""
        x, y = (float(value[0]) for value in to_utm42([lon], [lat]))
        near = self.places.near(x, y)
        if near:
            away, node_id = near[0]
            self._say_snapped(route.place, [(node_id, away)])
            return node_id
        node_id = self._free("NR-")
        self.nodes[node_id] = FittedRecord(
            route.place, node_id, {"id": node_id, "name": node_id}, shapely.Point(lon, lat)
        )
        self.places.add(node_id, lon, lat)
        what = f"node {node_id} made at its end: none was within {self.tolerance_m:g} m"
        self.made[node_id] = Note("made", route.place, what, "", lon, lat)
        return node_id

    def _stops(
        self, route: Offer, start_id: str, end_id: str, ids: Sequence[str], tree: shapely.STRtree
    ) -> list[tuple[str, Stop]]:
        """Give the nodes a route passes, in order; those at its very ends are its ends already."""
        flat = geometry_to_utm42(route.geometry)
        found = []
        for number in tree.query(flat, predicate="dwithin", distance=self.tolerance_m):
            node_id = ids[int(number)]
            metres = float(flat.project(shapely.Point(self.places.xy[node_id])))
            inside = self.tolerance_m < metres < flat.length - self.tolerance_m
            if node_id not in (start_id, end_id) and inside:
                found.append((metres, node_id))
        return [(node_id, (metres, self.places.lonlat[node_id])) for metres, node_id in sorted(found)]

    def _span(self, route: Offer, start_id: str, end_id: str, stops: list[tuple[str, Stop]]) -> None:
        """Cut a route at its stops, and keep each piece that is not there yet."""
        at = [start_id, *(node_id for node_id, _ in stops), end_id]
        pieces = cut_at(route.geometry, [stop for _, stop in stops])
        if stops:
            what = f"cut into {len(pieces)} at {', '.join(at[1:-1][:5])}" + (" and more" if len(stops) > 5 else "")
            self.notes.append(Note("split", route.place, what))
        given = route.values.get("id")
        for number, (line, a, b) in enumerate(zip(pieces, at, at[1:], strict=False), 1):
            span_id = given if given and not stops else f"{given}-{number}" if given else None
            twin = self.twins.of(a, b, line, span_id)
            if twin is not None:
                self.notes.append(Note("duplicate", route.place, f"is span {twin} from {a} to {b}"))
                continue
            if span_id in self.spans:
                what = f"span {span_id} stands already at {self.spans[span_id].place}"
                self.notes.append(Note("refused", route.place, what, "keep one of them"))
                continue
            span_id = span_id or self._free("SR-")
            values = {"name": span_id, **route.values, "id": span_id, "start_id": a, "end_id": b}
            if len(pieces) > 1:
                values.pop("cable_length_m", None)  # that of the whole, and nobody measured the parts
            self.spans[span_id] = FittedRecord(route.place, span_id, values, line)
            self.twins.add(span_id, a, b, line)

    def _free(self, prefix: str) -> str:
        """Give an id that nothing has."""
        taken = (self.places.lonlat.keys(), self.known.spans.keys(), self.spans.keys())
        names = self.numbers.setdefault(prefix, _numbered(prefix))
        return next(name for name in names if not any(name in ids for ids in taken))


def _numbered(prefix: str) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"{prefix}{number:04d}"
