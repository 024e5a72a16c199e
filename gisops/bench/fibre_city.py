"""A city of any size for benches: access rings between hubs of a backbone ring, spurs on them, roads under all."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from gisops.model.inventory import (
    Box,
    Camera,
    Centre,
    District,
    Inventory,
    Node,
    Place,
    Road,
    Settings,
    Site,
    Span,
    Station,
)

if TYPE_CHECKING:
    Spot = tuple[float, float]

__all__ = ["fibre_city"]

_WEST, _SOUTH, _WIDE, _HIGH = 66.95, 24.80, 0.40, 0.25
_RING = 24
"""Boxes on an access ring; every fourth has a spur of one to three more."""


def fibre_city(boxes: int, seed: int = 1) -> Inventory:
    """Build a city.

    Parameters
    ----------
    boxes
        As many distribution boxes, a span each and some more; 14 cameras for 3 boxes.
    seed
        Of chance.
    """
    return _Builder(boxes, random.Random(seed)).build()  # noqa: S311 - repeatable chance


class _Builder:
    def __init__(self, boxes: int, rng: random.Random) -> None:
        self._want, self._rng = boxes, rng
        self._at: dict[str, Spot] = {}
        self._ends: list[tuple[str, str]] = []
        self._box_nodes: list[str] = []

    def build(self) -> Inventory:
        hubs = [self._node(f"H{k:04d}", self._anywhere()) for k in range(max(4, self._want // 60))]
        self._ends += list(zip(hubs, [*hubs[1:], hubs[0]], strict=True))
        while len(self._box_nodes) < self._want:
            place = self._rng.randrange(len(hubs))
            self._ring(hubs[place], hubs[(place + 1) % len(hubs)])
        return self._inventory(hubs)

    def _anywhere(self) -> Spot:
        return _WEST + _WIDE * self._rng.random(), _SOUTH + _HIGH * self._rng.random()

    def _node(self, node_id: str, at: Spot) -> str:
        self._at[node_id] = at
        return node_id

    def _ring(self, first: str, last: str) -> None:
        a, b, before = self._at[first], self._at[last], first
        bulge = self._rng.uniform(-0.02, 0.02)
        for step in range(1, _RING + 1):
            if len(self._box_nodes) >= self._want:
                break
            share = step / (_RING + 1)
            aside = bulge * 4 * share * (1 - share)
            here = self._stand((a[0] + (b[0] - a[0]) * share + aside, a[1] + (b[1] - a[1]) * share - aside), before)
            before = here
            if step % 4 == 0:
                tip = here
                for _ in range(self._rng.randint(1, 3)):
                    if len(self._box_nodes) < self._want:
                        x, y = self._at[tip]
                        tip = self._stand((x + self._rng.uniform(-2e-3, 2e-3), y + 2e-3), tip)
        self._ends.append((before, last))

    def _stand(self, at: Spot, before: str) -> str:
        node_id = self._node(f"N{len(self._box_nodes):06d}", at)
        self._box_nodes.append(node_id)
        self._ends.append((before, node_id))
        return node_id

    def _inventory(self, hubs: list[str]) -> Inventory:
        from shapely import LineString, Point
        from shapely import box as rectangle

        seventh = _WIDE / 7
        districts = {
            f"D{k}": District(
                f"D{k}",
                f"District {k}",
                rectangle(_WEST + k * seventh, _SOUTH, _WEST + (k + 1) * seventh, _SOUTH + _HIGH),
            )
            for k in range(7)
        }
        boxes, cameras, sites = {}, {}, {}
        for k, node_id in enumerate(self._box_nodes):
            lon, lat = self._at[node_id]
            district = f"D{min(6, max(0, int((lon - _WEST) / seventh)))}"
            sites[f"T{k}"] = Site(f"T{k}", f"Site {k}", district, "P0", lon, lat)
            boxes[f"B{k}"] = Box(
                f"B{k}", f"T{k}", f"Box {k}", lon, lat, "F", node_id, "127.0.0.1", "2c", "street", "C", "M"
            )
            for port in range(5 if k % 3 else 4):
                key = f"C{k}-{port}"
                cameras[key] = Camera(
                    id=key,
                    site_id=f"T{k}",
                    box_id=f"B{k}",
                    switch_port=port,
                    lon=lon,
                    lat=lat,
                    azimuth_deg=90.0 * port,
                    hfov_deg=60.0,
                    height_m=7.0,
                    tilt_deg=10.0,
                    sensor_width_px=1920,
                    sensor_height_px=1080,
                    role="fixed",
                    address="127.0.0.1",
                    snmp_version="2c",
                    credential="street",
                    vendor="V",
                    model="M",
                )
        lines = [[(x := _WEST + 0.02 * k, _SOUTH), (x, _SOUTH + _HIGH)] for k in range(21)]
        lines += [[(_WEST, y := _SOUTH + 0.02 * k), (_WEST + _WIDE, y)] for k in range(13)]
        spots = [self._anywhere() for _ in range(max(8, self._want // 40))]
        chosen = self._rng.sample(self._box_nodes, max(3, self._want // 100))
        return Inventory(
            settings=Settings("Bench city", demo=True),
            districts=districts,
            stations={f"P{k}": Station(f"P{k}", f"Station {k}", "D0", *self._at[n], n) for k, n in enumerate(chosen)},
            centres={
                f"K{k}": Centre(f"K{k}", f"Centre {k}", "command", "D0", *self._at[n], n)
                for k, n in enumerate(hubs[:: max(1, len(hubs) // 4)])
            },
            sites=sites,
            boxes=boxes,
            cameras=cameras,
            nodes={node_id: Node(node_id, node_id, Point(at)) for node_id, at in self._at.items()},
            spans={
                f"S{k:06d}": Span(f"S{k:06d}", f"S{k}", a, b, LineString([self._at[a], self._at[b]]))
                for k, (a, b) in enumerate(self._ends)
            },
            places={
                f"L{k}": Place(f"L{k}", f"Hospital {k}", "hospital", *at, critical=True) for k, at in enumerate(spots)
            },
            roads={f"R{k}": Road(f"R{k}", f"Road {k}", "arterial", LineString(line)) for k, line in enumerate(lines)},
        )
