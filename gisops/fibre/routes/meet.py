"""Which routes meet where no node is? And which are one and the same: two questions of two lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import shapely

from gisops.fibre.routes.offer import FittedRecord, KnownSpan, Note
from gisops.fibre.routes.places import Places
from gisops.geo.project import from_utm42, geometry_to_utm42

__all__ = ["Twins", "meetings"]

_LEAST_M = 1.0
"""Lines drawn by hand are not compared more finely than this, whatever the tolerance."""


class Twins:
    """Spans by their two nodes, to find the one that is the same as another.

    Parameters
    ----------
    tolerance_m
        Two lines between the same nodes are one where neither leaves the other by more (Hausdorff distance).
    spans
        Spans of the network by id.
    """

    def __init__(self, tolerance_m: float, spans: Mapping[str, KnownSpan]) -> None:
        self._apart_m = max(tolerance_m, _LEAST_M)
        self._between: dict[frozenset[str], list[tuple[str, Any]]] = {}
        for span_id, span in spans.items():
            self.add(span_id, span.start_id, span.end_id, span.line)

    def add(self, span_id: str, start_id: str, end_id: str, line: Any) -> None:  # noqa: ANN401 - a shapely line
        """Remember a span."""
        self._between.setdefault(frozenset((start_id, end_id)), []).append((span_id, line))

    def of(self, start_id: str, end_id: str, line: Any, but: str | None = None) -> str | None:  # noqa: ANN401
        """Give the id of a span that is the same as a line; ``but`` is not it."""
        flat = None
        for span_id, other in self._between.get(frozenset((start_id, end_id)), ()):
            if span_id == but:
                continue
            flat = geometry_to_utm42(line) if flat is None else flat
            if shapely.hausdorff_distance(flat, geometry_to_utm42(other), densify=0.1) <= self._apart_m:
                return span_id
        return None


def meetings(spans: Sequence[FittedRecord], known: Mapping[str, KnownSpan], places: Places) -> Iterator[Note]:
    """Report where a new span crosses, touches or runs along another and no node of both is there.

    Parameters
    ----------
    spans
        Fitted spans; their values name their nodes.
    known
        Spans of the network as it is; those that ``spans`` replace are not looked at.
    places
        All nodes.
    """
    ends = {span.id: {span.values["start_id"], span.values["end_id"]} for span in spans}
    lines = {span.id: span.geometry for span in spans}
    for span_id, there in known.items():
        if span_id not in lines:
            ends[span_id], lines[span_id] = {there.start_id, there.end_id}, there.line
    ids = tuple(lines)
    flat = [geometry_to_utm42(line) for line in lines.values()]
    tree = shapely.STRtree(flat)
    for number, span in enumerate(spans):
        for other in sorted(int(found) for found in tree.query(flat[number], predicate="intersects")):
            if other <= number:
                continue
            shared = [places.xy[node_id] for node_id in ends[span.id] & ends[ids[other]] if node_id in places.xy]
            yield from _met(span, ids[other], shapely.intersection(flat[number], flat[other]), shared, places)


def _met(
    span: FittedRecord,
    other: str,
    common: Any,  # noqa: ANN401 - a shapely geometry
    shared: Sequence[tuple[float, float]],
    places: Places,
) -> Iterator[Note]:
    near_m = max(places.tolerance_m, _LEAST_M)
    away = common
    if shared:
        away = shapely.difference(common, shapely.buffer(shapely.MultiPoint(shared), near_m))
    if away.is_empty:
        return
    x, y = shapely.get_coordinates(away)[0]
    lons, lats = from_utm42([x], [y])
    lon, lat = float(lons[0]), float(lats[0])
    if away.length > near_m:
        what = f"{span.id} runs along {other} for {away.length:,.0f} m"
        yield Note("crossing", span.place, what, "look whether both are there", lon, lat)
        return
    touching = any(
        abs(x - a) + abs(y - b) <= near_m for a, b in (places.xy[e] for e in _ends(span) if e in places.xy)
    )
    kind, verb = ("touching", "ends on") if touching else ("crossing", "crosses")
    what = f"{span.id} {verb} {other} where no node joins them (lon {lon:.6f} lat {lat:.6f})"
    yield Note(kind, span.place, what, "put a node there if they are joined", lon, lat)


def _ends(span: FittedRecord) -> tuple[str, str]:
    return span.values["start_id"], span.values["end_id"]
