"""What do a device's answers say: each read by its profile, in the light of the answer before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from gisops.health.profile import Profile
from gisops.health.reading import Reading
from gisops.model.inventory import Inventory
from gisops.service.fit import is_outdated
from gisops.snmp.ports import Reply

__all__ = ["Readings"]


class Readings:
    """The last readings of every device.

    Attributes
    ----------
    profiles
        By device id; with the rows that the device has, once it was walked.
    """

    def __init__(self) -> None:
        self._last: dict[str, Reading] = {}
        self._outdated: set[str] = set()
        self.profiles: dict[str, Profile] = {}

    def stand_on(self, inventory: Inventory, profiles: Mapping[str, Profile]) -> None:
        """Go on with an inventory; ``profiles`` by name, their rows not known yet."""
        self.profiles = {device.id: profiles[device.profile] for device in inventory.devices.values()}
        self._forget(self._last.keys() - self.profiles.keys())

    def fit(self, device_id: str, profile: Profile) -> None:
        """Read a device by its profile with the rows that it has."""
        if device_id in self.profiles:
            self.profiles[device_id] = profile
            self._forget({device_id})

    def is_current(self, reply: Reply) -> bool:
        """Whether an answer is to what the device is asked now; its rows may have become known since."""
        oids = self.profiles[reply.target.device_id].oids
        return reply.target.oids is oids or reply.target.oids == oids

    def read(self, reply: Reply, at: datetime) -> Reading:
        """Make readings of an answer, and see whether the device has restarted."""
        device_id = reply.target.device_id
        profile, before = self.profiles[device_id], self._last.get(device_id)
        reading = profile.read(reply.values, at, before)
        if profile.columns and is_outdated(before, reading):
            self._outdated.add(device_id)
        self._last[device_id] = reading
        return reading

    def take_outdated(self) -> set[str]:
        """Give the devices whose rows may have moved, and forget them."""
        taken, self._outdated = self._outdated, set()
        return taken

    def _forget(self, device_ids: Iterable[str]) -> None:
        for device_id in device_ids:
            self._last.pop(device_id, None)
