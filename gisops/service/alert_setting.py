"""What an outage means in this city: what is lost with it, where it sits, what depends on it. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from gisops.alerting.alert import Impact, Setting
from gisops.model.inventory import Inventory
from gisops.model.membership import GroupKind, Membership, memberships_of
from gisops.model.outage import Outage

__all__ = ["City"]

_ENFORCEMENT = frozenset({"anpr", "traffic"})


class City:
    """An inventory, looked up by outage."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._memberships = memberships_of(inventory)
        self._cameras_of_place: dict[str, set[str]] = defaultdict(set)
        for camera in inventory.cameras.values():
            place_id = inventory.sites[camera.site_id].place_id
            if place_id is not None and place_id in inventory.places and inventory.places[place_id].critical:
                self._cameras_of_place[place_id].add(camera.id)

    def setting_of(self, outage: Outage) -> Setting:
        """Give the setting of an outage; what the inventory does not know counts for nothing."""
        members = [self._memberships[m] for m in outage.member_ids if m in self._memberships]
        root = self._memberships.get(outage.root_id)
        lon, lat = self._position(outage.root_id, members)
        return Setting(
            self._impact(outage),
            self._place(outage.root_id),
            root.district_id if root else _most_common(m.district_id for m in members),
            _groups(root) if root else _common_groups(members),
            self._scope(outage),
            lon,
            lat,
        )

    def _impact(self, outage: Outage) -> Impact:
        members = set(outage.member_ids)
        cameras = members & self._inventory.cameras.keys()
        roles = Counter(self._inventory.cameras[camera_id].role for camera_id in cameras)
        blind = (place for place, looking in self._cameras_of_place.items() if looking <= cameras)
        return Impact(
            cameras_lost=len(cameras),
            boxes_lost=len(members & self._inventory.boxes.keys()),
            critical_places=tuple(sorted(self._inventory.places[place].name for place in blind)),
            enforcement_lanes=sum(roles[role] for role in _ENFORCEMENT),
        )

    def _place(self, root_id: str) -> str:
        inventory = self._inventory
        device = inventory.devices.get(root_id)
        if device is not None:
            return f"{inventory.sites[device.site_id].name} ({root_id})"
        for records in (inventory.spans, inventory.feeders, inventory.stations, inventory.centres):
            if root_id in records:
                return f"{records[root_id].name} ({root_id})"
        return root_id

    def _scope(self, outage: Outage) -> frozenset[str]:
        inventory, root = self._inventory, outage.root_id
        found = set(outage.member_ids)
        boxes = (root,) if root in inventory.boxes else inventory.boxes_of_feeder.get(root, ())
        for box_id in boxes:
            found.add(box_id)
            found.update(inventory.cameras_of_box.get(box_id, ()))
        return frozenset(found - {root})

    def _position(self, root_id: str, members: list[Membership]) -> tuple[float, float] | tuple[None, None]:
        inventory = self._inventory
        at = inventory.devices.get(root_id) or inventory.stations.get(root_id) or inventory.centres.get(root_id)
        if at is not None:
            return at.lon, at.lat
        if root_id in inventory.spans:
            middle = inventory.spans[root_id].geometry.interpolate(0.5, normalized=True)
            return float(middle.x), float(middle.y)
        boxes = [inventory.boxes[m.device_id] for m in members if m.device_id in inventory.boxes]
        if not boxes:
            return None, None
        return sum(b.lon for b in boxes) / len(boxes), sum(b.lat for b in boxes) / len(boxes)


def _groups(member: Membership) -> frozenset[tuple[GroupKind, str]]:
    return frozenset((kind, member.group(kind)) for kind in GroupKind)


def _common_groups(members: list[Membership]) -> frozenset[tuple[GroupKind, str]]:
    if not members:
        return frozenset()
    return frozenset.intersection(*(_groups(member) for member in members))


def _most_common(names: Iterable[str]) -> str:
    counts = Counter(names)
    return min(counts, key=lambda name: (-counts[name], name), default="")
