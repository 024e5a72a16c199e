"""What if it is cut here: who goes dark, who rides the other side of the ring, what must be pulled.

Everything that does not depend on the cut is laid out once in the pre-order of the
network's tree, so that a single cut is a slice of arrays. Pure; imports the model and geodesy only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gisops.errors import GeometryError
from gisops.fibre.network import FibreNetwork, network_of
from gisops.fibre.repair import Repair, repair_of
from gisops.fibre.topology import Skeleton, isolated_by, skeleton_of
from gisops.fibre.trace import Routes, routes_of
from gisops.geo.along import Position, point_along
from gisops.geo.project import to_utm42
from gisops.model.inventory import Inventory

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Cut", "DistrictLoss", "Impact", "PlaceLoss", "WhatIf"]

PLACE_REACH_M = 250.0
"""A camera this near a critical place watches it; the sites of the inventory name no more than one place each."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut span; ``chainage_m`` counts route metres from the span's start, ``None``: anywhere on it."""

    span: int
    chainage_m: float | None = None


@dataclass(frozen=True, slots=True)
class DistrictLoss:
    """What a district loses, of how many."""

    id: str
    name: str
    cameras: int
    of_cameras: int
    boxes: int


@dataclass(frozen=True, slots=True)
class PlaceLoss:
    """A critical place that loses cameras near it, of how many there are."""

    id: str
    name: str
    cameras: int
    of_cameras: int


@dataclass(frozen=True, slots=True)
class Impact:
    """What a cut does.

    Parameters
    ----------
    span_ids
        The cut spans.
    positions
        Where, for each cut that named a chainage; else ``None``.
    box_ids, camera_ids, station_ids
        Who reaches no centre any more.
    districts, places
        Service lost, most cameras first.
    rerouted_box_ids
        Boxes whose shortest way ran here and that another way still reaches.
    repairs
        What must be pulled, a cut each.
    """

    span_ids: tuple[str, ...]
    positions: tuple[Position | None, ...]
    box_ids: tuple[str, ...]
    camera_ids: tuple[str, ...]
    station_ids: tuple[str, ...]
    districts: tuple[DistrictLoss, ...]
    places: tuple[PlaceLoss, ...]
    rerouted_box_ids: tuple[str, ...]
    repairs: tuple[Repair, ...]

    @property
    def devices(self) -> int:
        """How many devices go dark."""
        return len(self.box_ids) + len(self.camera_ids)


class WhatIf:
    """Answers cuts of one inventory.

    Parameters
    ----------
    inventory
        What stands in the city.
    network, skeleton, routes
        Of that inventory; made from it where left out.

    Examples
    --------
    Asked span by span: ``WhatIf(inventory).cut([Cut(3)]).box_ids``.
    """

    def __init__(
        self,
        inventory: Inventory,
        network: FibreNetwork | None = None,
        skeleton: Skeleton | None = None,
        routes: Routes | None = None,
    ) -> None:
        self.inventory = inventory
        self.network = network or network_of(inventory)
        self.skeleton = skeleton or skeleton_of(self.network)
        self.routes = routes or routes_of(self.network)
        number = self.network.node_number
        boxes = tuple(inventory.boxes.values())
        cameras = tuple(inventory.cameras.values())
        box_node = {box.id: number[box.node_id] for box in boxes}
        self._boxes = _Laid.of([b.id for b in boxes], [box_node[b.id] for b in boxes], self.skeleton)
        self._cameras = _Laid.of([c.id for c in cameras], [box_node[c.box_id] for c in cameras], self.skeleton)
        stations = tuple(inventory.stations.values())
        self._stations = _Laid.of([s.id for s in stations], [number[s.node_id] for s in stations], self.skeleton)
        self._district_ids = list(inventory.districts)
        code = {district_id: place for place, district_id in enumerate(self._district_ids)}
        other = len(code)
        site_code = {site.id: code.get(site.district_id, other) for site in inventory.sites.values()}
        self._box_district = self._boxes.column([site_code.get(b.site_id, other) for b in boxes])
        self._camera_district = self._cameras.column([site_code.get(c.site_id, other) for c in cameras])
        self._cameras_of_district = np.bincount(self._camera_district, minlength=other + 1)
        self._place_ids = [p.id for p in inventory.places.values() if p.critical]
        self._near_first, self._near_place = self._watched()
        self._cameras_of_place = np.bincount(self._near_place, minlength=len(self._place_ids))

    def cut(self, cuts: Sequence[Cut]) -> Impact:
        """Say what one or several cuts at once do.

        Raises
        ------
        GeometryError
            If a chainage is not on its span.
        """
        network, skeleton = self.network, self.skeleton
        if len(cuts) == 1 and skeleton.label[cuts[0].span] != 0:
            lost = np.zeros(0, dtype=np.int64)
        elif len(cuts) == 1:
            lost = skeleton.subtree(cuts[0].span)
        else:
            isolated = isolated_by(network, {cut.span for cut in cuts})
            lost = skeleton.nodes[isolated[skeleton.nodes]]
        boxes, cameras = self._boxes.at(lost, skeleton), self._cameras.at(lost, skeleton)
        stations = self._stations.at(lost, skeleton)
        dark = np.zeros(len(network.node_ids), dtype=bool)
        dark[lost] = True
        riding = np.unique(np.concatenate([self.routes.riding(network, cut.span) for cut in cuts]))
        around = riding[~dark[riding]]
        return Impact(
            span_ids=tuple(network.span_ids[cut.span] for cut in cuts),
            positions=tuple(self._position(cut) for cut in cuts),
            box_ids=self._boxes.names(boxes),
            camera_ids=self._cameras.names(cameras),
            station_ids=self._stations.names(stations),
            districts=self._districts(boxes, cameras),
            places=self._places(cameras),
            rerouted_box_ids=tuple(box_id for node in around.tolist() for box_id in network.boxes_at[node]),
            repairs=tuple(repair_of(network, cut.span) for cut in cuts),
        )

    def _position(self, cut: Cut) -> Position | None:
        if cut.chainage_m is None:
            return None
        length, span_id = float(self.network.route_m[cut.span]), self.network.span_ids[cut.span]
        if not 0.0 <= cut.chainage_m <= length:
            raise GeometryError(
                f"{span_id}@{cut.chainage_m:g}", f"the span is {length:.1f} m long", "give metres from its start"
            )
        return point_along(self.network.lines[cut.span], cut.chainage_m)

    def _districts(self, boxes: NDArray[np.int64], cameras: NDArray[np.int64]) -> tuple[DistrictLoss, ...]:
        size = len(self._district_ids) + 1
        of_boxes = np.bincount(self._box_district[boxes], minlength=size)
        of_cameras = np.bincount(self._camera_district[cameras], minlength=size)
        hit = np.flatnonzero((of_boxes + of_cameras)[: size - 1])
        found = [
            DistrictLoss(
                id=(district := self.inventory.districts[self._district_ids[place]]).id,
                name=district.name,
                cameras=int(of_cameras[place]),
                of_cameras=int(self._cameras_of_district[place]),
                boxes=int(of_boxes[place]),
            )
            for place in hit.tolist()
        ]
        return tuple(sorted(found, key=lambda loss: (-loss.cameras, -loss.boxes, loss.id)))

    def _places(self, cameras: NDArray[np.int64]) -> tuple[PlaceLoss, ...]:
        first, last = self._near_first[cameras], self._near_first[cameras + 1]
        counts = np.zeros(len(self._place_ids), dtype=np.int64)
        for a, b in zip(first[last > first].tolist(), last[last > first].tolist(), strict=True):
            counts[self._near_place[a:b]] += 1
        found = [
            PlaceLoss(
                id=(place := self.inventory.places[self._place_ids[k]]).id,
                name=place.name,
                cameras=int(counts[k]),
                of_cameras=int(self._cameras_of_place[k]),
            )
            for k in np.flatnonzero(counts).tolist()
        ]
        return tuple(sorted(found, key=lambda loss: (-loss.cameras / loss.of_cameras, -loss.cameras, loss.id)))

    def _watched(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Find the critical places near each camera: first index by camera, and places in a row."""
        places = [self.inventory.places[key] for key in self._place_ids]
        count = len(self._cameras.ids)
        if not places or not count:
            return np.zeros(count + 1, dtype=np.int64), np.zeros(0, dtype=np.int64)
        cameras = [self.inventory.cameras[key] for key in self._cameras.ids]
        there = shapely.points(*to_utm42([p.lon for p in places], [p.lat for p in places]))
        tree = shapely.STRtree(np.asarray(there))
        spots = shapely.points(*to_utm42([c.lon for c in cameras], [c.lat for c in cameras]))
        camera, place = tree.query(spots, predicate="dwithin", distance=PLACE_REACH_M)
        order = np.lexsort((place, camera))
        first = np.searchsorted(camera[order], np.arange(count + 1))
        return first.astype(np.int64), place[order].astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Laid:
    """Things in the pre-order of the nodes they stand at, so that a subtree is a slice."""

    ids: tuple[str, ...]
    order: NDArray[np.int64]
    first: NDArray[np.int64]

    @classmethod
    def of(cls, ids: Sequence[str], nodes: Sequence[int], skeleton: Skeleton) -> _Laid:
        position = skeleton.at[np.array(nodes, dtype=np.int64)]
        order = np.argsort(position, kind="stable")
        first = np.searchsorted(position[order], np.arange(len(skeleton.nodes) + 2))
        return cls(tuple(ids[k] for k in order.tolist()), order, first)

    def column(self, values: Sequence[int]) -> NDArray[np.int64]:
        """Give values in this order."""
        return np.array(values, dtype=np.int64)[self.order]

    def at(self, nodes: NDArray[np.int64], skeleton: Skeleton) -> NDArray[np.int64]:
        """Give the places of what stands at nodes (in pre-order)."""
        if not len(nodes):
            return np.zeros(0, dtype=np.int64)
        positions = skeleton.at[nodes]
        low, high = self.first[positions], self.first[positions + 1]
        if int(positions[-1]) - int(positions[0]) + 1 == len(positions):
            return np.arange(low[0], high[-1])
        return np.concatenate([np.arange(a, b) for a, b in zip(low.tolist(), high.tolist(), strict=True)])

    def names(self, places: NDArray[np.int64]) -> tuple[str, ...]:
        """Give the ids, sorted."""
        return tuple(sorted(self.ids[k] for k in places.tolist()))
