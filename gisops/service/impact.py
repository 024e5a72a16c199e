"""Which services of a district are interrupted now, and why? In the words command staff use.

- Camera network *active / interrupted*: interrupted while fewer than nine cameras in ten see.
- E-challan *automated / manual*: manual while fewer than half of the sites that read plates or watch traffic do.
- Public safety *steady / security lapse*: a lapse while the network is interrupted, or while fewer than half of the
  cameras at a critical place see.

A camera that nobody asked lately may see or not: where it would decide, the word is ``unknown``, never well. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gisops.model.inventory import Inventory, Site
from gisops.model.state import DeviceState
from gisops.store.ports import StateRow

__all__ = ["CHALLAN_SHARE", "CRITICAL_SHARE", "NETWORK_SHARE", "SERVICES", "Impact", "ServiceMap"]

SERVICES: Mapping[str, tuple[str, str]] = {
    "camera_network": ("active", "interrupted"),
    "e_challan": ("automated", "manual"),
    "public_safety": ("steady", "security lapse"),
}
"""Name of a service to its two words."""
NETWORK_SHARE, CHALLAN_SHARE, CRITICAL_SHARE = 0.9, 0.5, 0.5
"""Least share of a district's cameras, of its enforcing sites, of the cameras at a critical place."""
_ENFORCING = frozenset({"anpr", "traffic"})


@dataclass(frozen=True, slots=True)
class Impact:
    """One service in one scope: its word (or ``unknown``, or ``none`` where it has no camera) and the reason."""

    word: str
    reason: str


@dataclass(slots=True)
class _Watch:
    """Cameras of one site that a service needs: how many there are, see, and are known not to."""

    site: Site
    all: int = 0
    sees: int = 0
    lost: int = 0


class ServiceMap:
    """The services of one inventory.

    Parameters
    ----------
    inventory
        What stands in the city.

    Examples
    --------
    >>> from gisops.model.inventory import Settings
    >>> ServiceMap(Inventory(Settings("empty"))).document({})
    [[['none', 'no cameras'], ['none', 'no cameras'], ['none', 'no cameras']]]
    """

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._scopes = ("", *inventory.districts)
        self._cameras = [
            (camera.id, inventory.sites[camera.site_id], camera.role in _ENFORCING)
            for camera in inventory.cameras.values()
            if camera.site_id in inventory.sites
        ]

    def document(self, states: Mapping[str, StateRow]) -> list[list[list[str]]]:
        """Give what travels to a page: the city, then each district; ``[word, reason]`` by service."""
        found = self.districts(states)
        return [[[i.word, i.reason] for i in found[scope].values()] for scope in self._scopes]

    def districts(self, states: Mapping[str, StateRow]) -> dict[str, dict[str, Impact]]:
        """Judge the city (key ``""``) and each district; services in the order of :data:`SERVICES`."""
        every, enforcing = self._watched(states)
        return {scope: self._judge(_of(every, scope), _of(enforcing, scope)) for scope in self._scopes}

    def _watched(self, states: Mapping[str, StateRow]) -> tuple[list[_Watch], list[_Watch]]:
        every: dict[str, _Watch] = {}
        enforcing: dict[str, _Watch] = {}
        for camera_id, site, enforces in self._cameras:
            row = states.get(camera_id)
            state = row.state if row else DeviceState.UNKNOWN
            for kept in (every, enforcing) if enforces else (every,):
                _count(kept.setdefault(site.id, _Watch(site)), state)
        return list(every.values()), list(enforcing.values())

    def _judge(self, every: list[_Watch], enforcing: list[_Watch]) -> dict[str, Impact]:
        total, sees, lost = _sums(every)
        holds = _holds(total, sees, lost, NETWORK_SHARE)
        network = _impact("camera_network", every, holds, f"{lost} of {total} cameras do not see")
        working = [_holds(watch.all, watch.sees, watch.lost, 0.0) for watch in enforcing]
        manual = working.count(False)
        holds = _holds(len(working), working.count(True), manual, CHALLAN_SHARE)
        challan = _impact("e_challan", enforcing, holds, f"{manual} of {len(working)} sites read no plates")
        return {"camera_network": network, "e_challan": challan, "public_safety": self._safety(every, network)}

    def _safety(self, every: list[_Watch], network: Impact) -> Impact:
        names = {key for key, place in self._inventory.places.items() if place.critical}
        critical = [watch for watch in every if watch.site.place_id in names]
        steady = [_holds(watch.all, watch.sees, watch.lost, CRITICAL_SHARE) for watch in critical]
        lapsed = [watch for watch, holds in zip(critical, steady, strict=True) if holds is False]
        if lapsed:
            worst = min(lapsed, key=lambda watch: (watch.sees / watch.all, watch.site.id))
            more = f" and {len(lapsed) - 1} more" if lapsed[1:] else ""
            return _impact("public_safety", every, False, f"{worst.site.name}: {worst.sees} of {worst.all} see{more}")
        known = None if None in steady else _KNOWN[network.word]
        return _impact("public_safety", every, known, network.reason)


_KNOWN = {"active": True, "interrupted": False, "unknown": None, "none": None}


def _count(watch: _Watch, state: DeviceState) -> None:
    watch.all += 1
    watch.sees += state in (DeviceState.UP, DeviceState.DEGRADED)
    watch.lost += state.is_lost or state is DeviceState.MAINTENANCE


def _of(watched: Iterable[_Watch], district_id: str) -> list[_Watch]:
    return [watch for watch in watched if not district_id or watch.site.district_id == district_id]


def _sums(watched: Iterable[_Watch]) -> tuple[int, int, int]:
    total = sees = lost = 0
    for watch in watched:
        total, sees, lost = total + watch.all, sees + watch.sees, lost + watch.lost
    return total, sees, lost


def _holds(total: int, sees: int, lost: int, share: float) -> bool | None:
    """Say whether at least such a share (of any, for 0) sees; ``None`` where the unknown ones decide."""
    need = max(share * total, 1e-9)
    if sees and sees >= need:
        return True
    return False if total - lost < need or lost == total else None


def _impact(service: str, watched: list[_Watch], holds: bool | None, trouble: str) -> Impact:
    well, ill = SERVICES[service]
    if not watched:
        return Impact("none", "no cameras")
    if holds is None:
        return Impact("unknown", "too many cameras are not known")
    return Impact(well, "") if holds else Impact(ill, trouble)
