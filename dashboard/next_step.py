"""What to do next about a loss, in one line: by its cause, with the names of those who have to do it. Pure."""

from __future__ import annotations

from gisops.model.inventory import Box, Camera, Inventory
from gisops.model.outage import Cause

__all__ = ["next_step"]

_STEPS: dict[Cause, str] = {
    Cause.THEFT: "Send {station} to the box; keep the footage of its neighbours; {contractor} replaces it",
    Cause.TAMPER: "Send {station} to look at the door; keep the footage of its neighbours",
    Cause.POWER_CUT: "Ask about feeder {feeder}; generator for the box that is dark first",
    Cause.BATTERY_EXHAUSTED: "{contractor}: power first, then test the battery",
    Cause.FIBRE_CUT: "Measure by OTDR from the last box that answers; send a splice crew",
    Cause.BOX_FAULT: "{contractor} visits the box: switch and controller",
    Cause.CAMERA_FAULT: "Restart the camera's port; then {contractor} visits",
    Cause.UPSTREAM_FAULT: "Look at the switch above it before anybody drives out",
    Cause.VENDOR_SHUTDOWN: "Call {contractor}: the service was switched off",
    Cause.PLANNED_WORK: "Nothing: announced work; check that it ends in time",
    Cause.UNKNOWN: "Ask the box by hand (gisops probe), then {contractor} visits",
}


def next_step(inventory: Inventory, device: Box | Camera | None, cause: Cause | None) -> str:
    """Say what to do; ``cause`` ``None``: the loss is not judged yet."""
    if device is None:
        return ""
    if cause is None:
        return "Wait for the judgement; it takes a few polls"
    box = device if isinstance(device, Box) else inventory.boxes.get(device.box_id)
    site = inventory.sites.get(device.site_id)
    station = inventory.stations.get(site.station_id) if site else None
    feeder = inventory.feeders.get(box.feeder_id) if box else None
    return _STEPS[cause].format(
        station=station.name if station else "the police station",
        contractor=box.contractor if box and box.contractor else "the contractor",
        feeder=f"{feeder.name} ({feeder.grid_station})" if feeder else "of the box",
    )
