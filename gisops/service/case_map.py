"""What did the place of an outage look like at an instant? One SVG that opens anywhere and asks nobody."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from shapely.geometry import box

from gisops.model.inventory import Box, Camera, Inventory
from gisops.model.outage import Outage
from gisops.model.state import DeviceState
from gisops.store.past import PastMoment

__all__ = ["case_map"]

_SIZE = 900
_LEAST_M = 500.0
_M_PER_DEG = 111_320.0
_FILL = {
    DeviceState.UP: "#0b8a60",
    DeviceState.DEGRADED: "#b97700",
    DeviceState.DOWN: "#cf1f36",
    DeviceState.UNREACHABLE: "#a8267f",
    DeviceState.MAINTENANCE: "#2263c9",
    DeviceState.UNKNOWN: "#66758a",
}


@dataclass(frozen=True, slots=True)
class _Frame:
    """A square of ground on a square of paper: equirectangular about its middle, north up."""

    lon: float
    lat: float
    half_m: float

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        scale = _SIZE / (2 * self.half_m)
        x = (lon - self.lon) * _M_PER_DEG * math.cos(math.radians(self.lat))
        return round(_SIZE / 2 + x * scale, 1), round(_SIZE / 2 - (lat - self.lat) * _M_PER_DEG * scale, 1)

    @property
    def area(self) -> Any:  # noqa: ANN401 - shapely is not typed
        north = self.half_m / _M_PER_DEG
        east = north / math.cos(math.radians(self.lat))
        return box(self.lon - east, self.lat - north, self.lon + east, self.lat + north)


def case_map(inventory: Inventory, moment: PastMoment, outage: Outage) -> str:
    """Draw the surroundings of an outage at an instant.

    Parameters
    ----------
    inventory
        Roads, fibre and devices.
    moment
        The states to draw.
    outage
        Whose members are framed, and named.
    """
    members = [device for key in outage.member_ids if (device := inventory.devices.get(key))]
    frame = _frame(members or list(inventory.devices.values()))
    states = {row.device_id: row.state for row in moment.states}
    zone = ZoneInfo(inventory.settings.time_zone)
    local = moment.at.astimezone(zone)
    title = f"{outage.id} · {local:%d %b %Y %H:%M:%S} {local.tzname()} ({moment.at:%H:%M:%S} UTC)"
    demo = " · DEMONSTRATION DATA" if inventory.settings.demo else ""
    unasked = "nobody asked the devices at this time" if moment.unasked_since else ""
    body = [
        *_lines((road.geometry for road in inventory.roads.values()), frame, "#c9c3b4", 3.0),
        *_lines((span.geometry for span in inventory.spans.values()), frame, "#0b8ba0", 1.4),
        *_devices(inventory, frame, states, frozenset(outage.member_ids)),
    ]
    return "\n".join(
        (
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE} {_SIZE + 70}" '
                f'font-family="Arial, sans-serif">'
            ),
            f"<title>{escape(title)}</title>",
            f'<rect width="{_SIZE}" height="{_SIZE + 70}" fill="#f4f2ec"/>',
            *body,
            f'<rect y="{_SIZE}" width="{_SIZE}" height="70" fill="#ffffff"/>',
            f'<text x="16" y="{_SIZE + 26}" font-size="19" font-weight="bold">{escape(title)}</text>',
            (
                f'<text x="16" y="{_SIZE + 52}" font-size="15" fill="#556579">'
                f"{escape(_counts(states, outage))}{escape(demo)} {escape(unasked)}</text>"
            ),
            *_scale(frame),
            "</svg>\n",
        )
    )


def _frame(devices: list[Box | Camera]) -> _Frame:
    lons, lats = [device.lon for device in devices] or [67.06], [device.lat for device in devices] or [24.88]
    lon, lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    east = (max(lons) - min(lons)) * _M_PER_DEG * math.cos(math.radians(lat))
    half_m = max(_LEAST_M, 0.65 * max(east, (max(lats) - min(lats)) * _M_PER_DEG))
    return _Frame(lon, lat, half_m)


def _lines(geometries: Iterable[Any], frame: _Frame, ink: str, width: float) -> list[str]:
    found = []
    for geometry in geometries:
        inside = geometry.intersection(frame.area)
        for part in getattr(inside, "geoms", [inside]):
            if part.geom_type != "LineString" or part.is_empty:
                continue
            points = " ".join("{},{}".format(*frame.at(x, y)) for x, y, *_ in part.coords)
            found.append(f'<polyline points="{points}" fill="none" stroke="{ink}" stroke-width="{width}"/>')
    return found


def _devices(
    inventory: Inventory, frame: _Frame, states: dict[str, DeviceState], members: frozenset[str]
) -> list[str]:
    west, south, east, north = frame.area.bounds
    found = []
    # Cameras first: a box stands above the cameras of its pole; what is lost stands above all.
    order = sorted(inventory.devices.values(), key=lambda d: (states.get(d.id, DeviceState.UNKNOWN).is_lost, d.id))
    for device in sorted(order, key=lambda d: isinstance(d, Box)):
        if west <= device.lon <= east and south <= device.lat <= north:
            found += _device(device, frame, states.get(device.id, DeviceState.UNKNOWN), device.id in members)
    return found


def _device(device: Box | Camera, frame: _Frame, state: DeviceState, is_member: bool) -> list[str]:
    x, y = frame.at(device.lon, device.lat)
    ink = _FILL[state]
    label = f"<title>{escape(device.id)}: {state}</title>"
    if isinstance(device, Camera):
        bearing = math.radians(device.azimuth_deg)
        end_x, end_y = round(x + 24 * math.sin(bearing), 1), round(y - 24 * math.cos(bearing), 1)
        return [
            (
                f'<g>{label}<line x1="{x}" y1="{y}" x2="{end_x}" y2="{end_y}" stroke="{ink}" stroke-width="2"/>'
                f'<circle cx="{end_x}" cy="{end_y}" r="4" fill="{ink}"/></g>'
            )
        ]
    fill = "#ffffff" if state is DeviceState.UNREACHABLE else ink
    drawn = [
        (
            f'<g>{label}<rect x="{x - 7:.1f}" y="{y - 7:.1f}" width="14" height="14" fill="{fill}" '
            f'stroke="{ink}" stroke-width="3"/></g>'
        )
    ]
    if is_member:
        drawn.append(f'<text x="{x + 12:.1f}" y="{y + 5:.1f}" font-size="14">{escape(device.id)}</text>')
    return drawn


def _counts(states: dict[str, DeviceState], outage: Outage) -> str:
    mine = [states.get(key, DeviceState.UNKNOWN) for key in outage.member_ids]
    return f"{sum(state.is_lost for state in mine)} of {len(mine)} devices of this case lost"


def _scale(frame: _Frame) -> list[str]:
    metres = max(m for m in (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000) if m <= frame.half_m)
    width = metres * _SIZE / (2 * frame.half_m)
    x, y = _SIZE - 20 - width, _SIZE + 48
    text = f"{metres} m" if metres < 1000 else f"{metres // 1000} km"
    return [
        f'<line x1="{x:.1f}" y1="{y}" x2="{_SIZE - 20}" y2="{y}" stroke="#16212f" stroke-width="3"/>',
        f'<text x="{_SIZE - 20}" y="{y - 8}" font-size="13" text-anchor="end">{text}, north is up</text>',
    ]
