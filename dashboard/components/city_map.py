"""The map: local vector layers under the devices, which the page's script draws on a canvas."""

from __future__ import annotations

import dash_leaflet as dl

from dashboard import ids
from gisops.model.inventory import Inventory

__all__ = ["LAYERS", "city_map"]

# Layer, z-index of its pane. Lines of one layer share a canvas; devices stand above all at 450.
LAYERS = (
    ("sea", 210),
    ("districts", 215),
    ("rivers", 220),
    ("coastline", 225),
    ("roads", 230),
    ("fibre", 240),
)

# Where an inventory without districts and sites opens: the city of Karachi.
_KARACHI = [24.88, 67.06]


def city_map(inventory: Inventory, tile_url: str | None) -> dl.Map:
    """Give the map; the page's script fits it to the sites once it knows which part no panel covers."""
    tiles = [dl.TileLayer(url=tile_url, attribution="", opacity=0.6, zIndex=1)] if tile_url else []
    return dl.Map(
        id=ids.MAP,
        children=[
            *tiles,
            *(_layer(name, z_index) for name, z_index in LAYERS),
            dl.ScaleControl(position="bottomright", imperial=False),
            dl.ZoomControl(position="bottomright"),
        ],
        center=_centre(inventory),
        zoom=12,
        trackViewport=False,
        zoomControl=False,
        attributionControl=False,
        preferCanvas=True,
        zoomSnap=0.5,
        zoomDelta=1,
        wheelPxPerZoomLevel=120,
        minZoom=9,
        maxZoom=19,
        className="map",
    )


def _layer(name: str, z_index: int) -> dl.Pane:
    return dl.Pane(
        dl.GeoJSON(
            id=ids.layer(name),
            url=f"/data/{name}.geojson",
            style={"variable": f"gisops.styles.{name}"},
            hideout={"theme": "dark", "zoom": 12, "district": None},
            interactive=False,
        ),
        name=f"pane-{name}",
        style={"zIndex": z_index, "pointerEvents": "none"},
    )


def _centre(inventory: Inventory) -> list[float]:
    sites = inventory.sites.values()
    if not sites:
        return _KARACHI
    return [sum(site.lat for site in sites) / len(sites), sum(site.lon for site in sites) / len(sites)]
