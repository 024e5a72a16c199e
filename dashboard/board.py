"""What the numbers and the offline list say about a moment of the network.

Pure: an inventory and a snapshot in, tallies and rows out. One line stands for
one cause: a lost box speaks for its cameras, and an outage for all its members.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.next_step import next_step
from dashboard.outage_shape import hull
from dashboard.power import Window, dark_window, is_soon_dark
from dashboard.words import CAUSE_LABELS
from gisops.model.inventory import Box, Camera, Inventory
from gisops.model.outage import Cause, Outage
from gisops.model.state import DeviceState
from gisops.service.live import Delta, Snapshot
from gisops.store.ports import StateRow

__all__ = ["CODES", "STATES", "advance", "offline_rows", "row_changes", "tallies"]

STATES: tuple[DeviceState, ...] = (
    DeviceState.UP,
    DeviceState.DEGRADED,
    DeviceState.DOWN,
    DeviceState.UNREACHABLE,
    DeviceState.MAINTENANCE,
    DeviceState.UNKNOWN,
)
CODES: Mapping[DeviceState, int] = {state: code for code, state in enumerate(STATES)}
"""Number of a state in what travels to the page."""


def advance(snapshot: Snapshot, delta: Delta) -> Snapshot:
    """Give the snapshot that follows from one delta.

    Parameters
    ----------
    snapshot
        Where the page stands; not changed.
    delta
        What happened after it. Applying it twice gives the same.
    """
    states, outages = snapshot.states, snapshot.outages
    if delta.states:
        states = {**states, **{row.device_id: row for row in delta.states}}
    if delta.outages:
        touched = {outage.id: outage for outage in delta.outages}
        outages = {key: o for key, o in {**outages, **touched}.items() if o.closed_at is None}
    return Snapshot(max(delta.seq, snapshot.seq), states, outages, delta.heartbeat_at or snapshot.heartbeat_at)


def tallies(inventory: Inventory, snapshot: Snapshot) -> list[list[Any]]:
    """Count devices by state, for the whole city and for each district.

    Returns
    -------
    list
        One entry for the city, then one for each district in the order of the
        inventory: ``[boxes by state, cameras by state, open outages, blind
        sites]``, states in the order of :data:`STATES`. A site is blind when it
        has cameras and every one of them is lost.
    """
    scopes = {district_id: place for place, district_id in enumerate(inventory.districts, start=1)}
    counts: list[list[Any]] = [[[0] * len(STATES), [0] * len(STATES), 0, 0] for _ in range(len(scopes) + 1)]
    scope_of_site = {site.id: scopes.get(site.district_id, 0) for site in inventory.sites.values()}
    seeing = {camera.site_id: False for camera in inventory.cameras.values()}
    columns: tuple[Mapping[str, Box | Camera], ...] = (inventory.boxes, inventory.cameras)
    for column, devices in enumerate(columns):
        for device in devices.values():
            row = snapshot.states.get(device.id)
            state = row.state if row else DeviceState.UNKNOWN
            for scope in {0, scope_of_site.get(device.site_id, 0)}:
                counts[scope][column][CODES[state]] += 1
            if column and not state.is_lost:
                seeing[device.site_id] = True
    for site_id, sees in seeing.items():
        for scope in {0, scope_of_site.get(site_id, 0)} if not sees else ():
            counts[scope][3] += 1
    for outage in snapshot.outages.values():
        root = _device(inventory, outage.root_id)
        for scope in {0, scope_of_site.get(root.site_id, 0) if root else 0}:
            counts[scope][2] += 1
    return counts


@dataclass(frozen=True, slots=True)
class _Loss:
    """What one line of the list is about, before it is written out."""

    key: str
    root_id: str
    cameras_lost: int
    since_s: int
    cause: str
    probability: float | None
    evidence: str
    member_ids: tuple[str, ...]
    is_soon: bool = False
    judged: Cause | None = None
    outage_id: str = ""


def offline_rows(inventory: Inventory, snapshot: Snapshot) -> list[dict[str, Any]]:
    """List what is offline: one row an outage, one for each lost root that is in none, and who is soon dark.

    Returns
    -------
    list of dict
        ``id`` of the row, ``device`` (root), ``name``, ``site``, ``district``
        (name), ``state`` (code), ``lost`` (cameras), ``cause``, ``p``
        (probability or ``None``), ``since`` (seconds of the epoch), ``evidence``,
        ``dark`` (darkness of the member on battery that is the first, or ``None``),
        ``outage`` (id, or empty), ``station``, ``feeder``, ``contractor`` and ``next`` (what to do), ``shape``
        (latitude, longitude around the members of an outage),
        ``soon`` (nothing is lost yet, but may be within the hour) and ``box``
        (south, west, north, east of the members); most cameras first, then
        latest first.
    """
    losses = [_of_outage(inventory, snapshot, outage) for outage in snapshot.outages.values()]
    judged = {member for outage in snapshot.outages.values() for member in outage.member_ids}
    losses += _unjudged(inventory, snapshot, judged)
    losses += _soon_dark(inventory, snapshot, judged)
    rows = [_row(inventory, snapshot, loss) for loss in losses]
    return sorted(rows, key=lambda row: (-row["lost"], -row["since"], row["id"]))


def _of_outage(inventory: Inventory, snapshot: Snapshot, outage: Outage) -> _Loss:
    lost = sum(member in inventory.cameras and _is_lost(snapshot, member) for member in outage.member_ids)
    return _Loss(
        key=outage.id,
        root_id=outage.root_id,
        cameras_lost=lost,
        since_s=int(outage.opened_at.timestamp()),
        cause=CAUSE_LABELS[outage.likeliest],
        probability=outage.causes.get(outage.likeliest),
        evidence=outage.evidence[0].text if outage.evidence else "",
        member_ids=outage.member_ids,
        judged=outage.likeliest,
        outage_id=outage.id,
    )


def _unjudged(inventory: Inventory, snapshot: Snapshot, judged: set[str]) -> Iterable[_Loss]:
    free = {k: row for k, row in snapshot.states.items() if row.state.is_lost and k not in judged}
    for key, row in free.items():
        if key in inventory.boxes:
            cameras = [camera for camera in inventory.cameras_of_box.get(key, ()) if camera in free]
            yield _alone(row, len(cameras), (key, *cameras))
        elif key in inventory.cameras and inventory.cameras[key].box_id not in free:
            yield _alone(row, 1, (key,))


def _alone(row: StateRow, cameras: int, members: tuple[str, ...]) -> _Loss:
    since = int(row.since.timestamp())
    return _Loss(row.device_id, row.device_id, cameras, since, "Not judged yet", None, row.reason, members)


def _soon_dark(inventory: Inventory, snapshot: Snapshot, judged: set[str]) -> Iterable[_Loss]:
    for key in inventory.boxes.keys() - judged:
        row = snapshot.states.get(key)
        if row is not None and is_soon_dark(row):
            since = int(row.since.timestamp())
            members = (key, *inventory.cameras_of_box.get(key, ()))
            yield _Loss(key, key, 0, since, "On battery", None, row.reason, members, is_soon=True)


def _row(inventory: Inventory, snapshot: Snapshot, loss: _Loss) -> dict[str, Any]:
    root = _device(inventory, loss.root_id)
    site = inventory.sites.get(root.site_id) if root else None
    district = inventory.districts.get(site.district_id) if site else None
    row = snapshot.states.get(loss.root_id)
    root_box = root if isinstance(root, Box) else inventory.boxes.get(root.box_id) if root else None
    station = inventory.stations.get(site.station_id) if site else None
    feeder = inventory.feeders.get(root_box.feeder_id) if root_box else None
    members = [device for key in loss.member_ids or (loss.root_id,) if (device := _device(inventory, key))]
    lons, lats = [m.lon for m in members], [m.lat for m in members]
    return {
        "id": loss.key,
        "device": loss.root_id,
        "name": root.name if isinstance(root, Box) else loss.root_id,
        "site": site.name if site else "",
        "district": district.name if district else "",
        "state": CODES[row.state if row else DeviceState.UNKNOWN],
        "lost": loss.cameras_lost,
        "cause": loss.cause,
        "p": None if loss.probability is None else round(loss.probability, 3),
        "since": loss.since_s,
        "evidence": loss.evidence,
        "dark": _first_dark(snapshot, loss.member_ids),
        "soon": loss.is_soon,
        "outage": loss.outage_id,
        "station": station.name if station else "",
        "feeder": feeder.name if feeder else "",
        "contractor": root_box.contractor if root_box else "",
        "next": "Power first: mains or generator" if loss.is_soon else next_step(inventory, root, loss.judged),
        "shape": hull(tuple((m.lat, m.lon) for m in members)) if loss.outage_id else None,
        "box": [min(lats), min(lons), max(lats), max(lons)] if members else None,
    }


def _first_dark(snapshot: Snapshot, member_ids: Iterable[str]) -> Window | None:
    """Give the window of the member on battery that goes dark first."""
    windows = [window for key in member_ids if (window := dark_window(snapshot.states.get(key)))]
    return min(windows, key=lambda window: float("inf") if window[0] is None else window[0], default=None)


def row_changes(
    before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]
) -> tuple[list[Mapping[str, Any]], list[str]]:
    """Give the rows that are new or different, and the ids of those that are gone."""
    old = {row["id"]: row for row in before}
    new = {row["id"]: row for row in after}
    return [row for key, row in new.items() if old.get(key) != row], [key for key in old if key not in new]


def _device(inventory: Inventory, device_id: str) -> Box | Camera | None:
    return inventory.boxes.get(device_id) or inventory.cameras.get(device_id)


def _is_lost(snapshot: Snapshot, device_id: str) -> bool:
    row = snapshot.states.get(device_id)
    return row is not None and row.state.is_lost
