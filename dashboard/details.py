"""What the drawer shows of one thing: fetched from the view, built by pure functions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dash.development.base_component import Component

from dashboard.components import drawer
from dashboard.fibre_desk import FibreDesk
from dashboard.fibre_details import Shown, span_details, way_details
from dashboard.fibre_marks import NO_MARKS
from dashboard.power import dark_window, dark_words, inspection_words
from dashboard.records import Field, Schema
from dashboard.subject import Subject
from gisops.model.inventory import Box, Camera, Inventory, Site
from gisops.model.state import DeviceState
from gisops.service.live import DeviceHistory, LiveView, Snapshot
from gisops.store.ports import StateRow

__all__ = ["device_details", "shown", "thing_details"]


async def shown(view: LiveView, schema: Schema, desk: FibreDesk, subject: Subject, now: datetime) -> Shown:
    """Fetch what is known of a subject; give the drawer's children and what the map marks for it."""
    snapshot = await view.snapshot()
    if subject.table == "spans":
        return await span_details(desk, schema, subject, snapshot)
    if subject.table in ("boxes", "cameras"):
        history = await view.device(subject.id)
        children = device_details(view.inventory, schema, subject, snapshot, history, now)
        way, marks = await way_details(desk, subject.id)
        return [*children[:-2], *way, *children[-2:]], marks
    return thing_details(view.inventory, schema, subject, snapshot), NO_MARKS


def device_details(
    inventory: Inventory,
    schema: Schema,
    subject: Subject,
    snapshot: Snapshot,
    history: DeviceHistory,
    now: datetime,
) -> list[Any]:
    """Build the drawer of a box or camera."""
    zone = inventory.settings.time_zone
    device = inventory.devices[subject.id]
    row = history.state or snapshot.states.get(device.id)
    site = inventory.sites.get(device.site_id)
    outage = next((o for o in snapshot.outages.values() if device.id in o.member_ids), None)
    lost = sum(1 for key in outage.member_ids if key in inventory.cameras and _lost(snapshot, key)) if outage else 0
    return [
        drawer.head(_title(device), _subtitle(inventory, device, site), row.state if row else DeviceState.UNKNOWN),
        drawer.state_block(row, now, zone, _power(inventory, device, row, now)),
        drawer.outage_block(outage, _table(inventory, outage.root_id), lost, zone) if outage else None,
        drawer.readings_block(history, zone),
        _neighbours(inventory, snapshot, device),
        drawer.record_block("Path", _path(inventory, device)),
        drawer.events_block(history.events, zone),
        drawer.record_block("Record", schema.describe(subject.table, device)),
    ]


def thing_details(inventory: Inventory, schema: Schema, subject: Subject, snapshot: Snapshot) -> list[Any]:
    """Build the drawer of a site, station, centre or place, with the sites or boxes that belong to it."""
    record = subject.record(inventory)
    if subject.table == "sites":
        boxes = [box for box in inventory.boxes.values() if box.site_id == subject.id]
        cameras = [camera for camera in inventory.cameras.values() if camera.site_id == subject.id]
        related = [
            drawer.chips("Boxes", "boxes", [(b.id, b.name, _state(snapshot, b.id)) for b in boxes]),
            drawer.chips("Cameras", "cameras", [(c.id, c.id, _state(snapshot, c.id)) for c in cameras]),
        ]
    else:
        reference = {"stations": "station_id", "places": "place_id"}.get(subject.table, "")
        sites = [s for s in inventory.sites.values() if reference and getattr(s, reference) == subject.id]
        related = [drawer.chips(f"Sites ({len(sites)})", "sites", [(s.id, s.name, None) for s in sites])]
    kind = subject.table.removesuffix("s").capitalize()
    return [
        drawer.head(getattr(record, "name", record.id), f"{kind} · {record.id}", None),
        *related,
        drawer.record_block("Record", schema.describe(subject.table, record)),
    ]


def _power(inventory: Inventory, device: Box | Camera, row: StateRow | None, now: datetime) -> list[tuple[str, str]]:
    """Say what a box's battery and its inspection demand; nothing for a camera."""
    if not isinstance(device, Box):
        return []
    window = dark_window(row)
    late = inspection_words(device, inventory.settings, now)
    said = [("Time to dark", dark_words(window, now.timestamp()))] if window else []
    return [*said, *([("Inspection", late)] if late else [])]


def _title(device: Box | Camera) -> str:
    return device.name if isinstance(device, Box) else device.id


def _subtitle(inventory: Inventory, device: Box | Camera, site: Site | None) -> str:
    kind = "Distribution box" if isinstance(device, Box) else f"Camera · {device.role}"
    district = inventory.districts.get(site.district_id) if site else None
    parts = [
        kind,
        device.id if isinstance(device, Box) else "",
        site.name if site else "",
        district.name if district else "",
    ]
    return " · ".join(part for part in parts if part)


def _neighbours(inventory: Inventory, snapshot: Snapshot, device: Box | Camera) -> Component | None:
    if isinstance(device, Box):
        cameras = inventory.cameras_of_box.get(device.id, ())
        return drawer.chips(
            f"Cameras ({len(cameras)})", "cameras", [(key, key, _state(snapshot, key)) for key in cameras]
        )
    box = inventory.boxes.get(device.box_id)
    return drawer.chips("Its box", "boxes", [(box.id, box.name, _state(snapshot, box.id))]) if box else None


def _path(inventory: Inventory, device: Box | Camera) -> list[Field]:
    box = device if isinstance(device, Box) else inventory.boxes.get(device.box_id)
    site = inventory.sites.get(device.site_id)
    station = inventory.stations.get(site.station_id) if site else None
    feeder = inventory.feeders.get(box.feeder_id) if box else None
    fields = [Field("Station", station.name if station else "unknown", "Police station that answers for the site")]
    if box:
        fields.append(Field("Contractor", box.contractor, "Who maintains the box"))
        fields.append(Field("Fibre node", box.node_id, "Node of the fibre network inside the box"))
    if feeder:
        fields.append(Field("Feeder", f"{feeder.name} from {feeder.grid_station}", "Power circuit"))
        fields.append(Field("Load-shedding", feeder.shedding or "none planned", "Daily windows, local time"))
    return fields


def _table(inventory: Inventory, device_id: str) -> str:
    return "boxes" if device_id in inventory.boxes else "cameras"


def _state(snapshot: Snapshot, device_id: str) -> DeviceState:
    row = snapshot.states.get(device_id)
    return row.state if row else DeviceState.UNKNOWN


def _lost(snapshot: Snapshot, device_id: str) -> bool:
    return _state(snapshot, device_id).is_lost
