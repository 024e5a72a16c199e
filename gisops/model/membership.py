"""Where does a device belong: its box, site, station, district and contractor, and the words for such groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gisops.model.inventory import Inventory
from gisops.model.state import DeviceKind

__all__ = ["GroupKind", "Membership", "group_names", "memberships_of"]


class GroupKind(StrEnum):
    """By what devices are taken together."""

    DEVICE = "device"
    BOX = "box"
    SITE = "site"
    STATION = "station"
    DISTRICT = "district"
    CONTRACTOR = "contractor"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Membership:
    """Where one device belongs; a camera has the contractor of its box, a box is its own box."""

    device_id: str
    kind: DeviceKind
    box_id: str
    site_id: str
    station_id: str
    district_id: str
    contractor: str

    def group(self, kind: GroupKind) -> str:
        """Give the id of its group of a kind.

        Examples
        --------
        >>> where = Membership("C1", DeviceKind.CAMERA, "B1", "S1", "P1", "south", "A")
        >>> where.group(GroupKind.DISTRICT), where.group(GroupKind.ALL)
        ('south', 'all')
        """
        return {
            GroupKind.DEVICE: self.device_id,
            GroupKind.BOX: self.box_id,
            GroupKind.SITE: self.site_id,
            GroupKind.STATION: self.station_id,
            GroupKind.DISTRICT: self.district_id,
            GroupKind.CONTRACTOR: self.contractor,
            GroupKind.ALL: "all",
        }[kind]


def memberships_of(inventory: Inventory) -> dict[str, Membership]:
    """Give the membership of every polled device, by its id.

    A camera's station and district are those of its own site, which need not be its box's.
    """
    found = {}
    for device in inventory.devices.values():
        camera = inventory.cameras.get(device.id)
        box = inventory.boxes[camera.box_id] if camera else inventory.boxes[device.id]
        site = inventory.sites[device.site_id]
        found[device.id] = Membership(
            device.id,
            DeviceKind.CAMERA if camera else DeviceKind.BOX,
            box.id,
            site.id,
            site.station_id,
            site.district_id,
            box.contractor,
        )
    return found


def group_names(inventory: Inventory) -> Mapping[tuple[GroupKind, str], str]:
    """Give the names people know groups by; devices, contractors and groups without one are not in it."""
    return {
        **{(GroupKind.BOX, box.id): box.name for box in inventory.boxes.values()},
        **{(GroupKind.SITE, site.id): site.name for site in inventory.sites.values()},
        **{(GroupKind.STATION, station.id): station.name for station in inventory.stations.values()},
        **{(GroupKind.DISTRICT, district.id): district.name for district in inventory.districts.values()},
    }
