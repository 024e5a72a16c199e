"""Which services of a district are interrupted, and why? In the words command staff use.

Camera network *active / interrupted*: interrupted while some site has lost every camera. E-challan *automated /
manual*: manual where a site whose cameras read plates or watch traffic has lost all of those. Public safety *steady /
security lapse*: a lapse while a critical place is watched by nobody, or a tenth of the cameras is lost. What is not
known is ``unknown``, never well. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gisops.model.inventory import Inventory, Site
from gisops.model.state import DeviceState
from gisops.store.ports import StateRow

__all__ = ["LAPSE_SHARE", "SERVICES", "Impact", "ServiceMap"]

SERVICES: Mapping[str, tuple[str, str]] = {
    "camera_network": ("active", "interrupted"),
    "e_challan": ("automated", "manual"),
    "public_safety": ("steady", "security lapse"),
}
"""Name of a service to its two words."""
LAPSE_SHARE = 0.10
"""Share of a district's cameras whose loss is a lapse wherever they stand."""
_ENFORCING = frozenset({"anpr", "traffic"})


@dataclass(frozen=True, slots=True)
class Impact:
    """One service in one scope: its word (or ``unknown``, or ``none`` where it has no camera) and the reason."""

    word: str
    reason: str


@dataclass(slots=True)
class _Watch:
    """Cameras of one site that a service needs, counted by what is known of them."""

    site: Site
    lost: int = 0
    sees: int = 0
    unknown: int = 0

    @property
    def is_blind(self) -> bool:
        return self.lost > 0 and self.sees == 0 and self.unknown == 0


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

    def site(self, site_id: str, states: Mapping[str, StateRow]) -> dict[str, Impact]:
        """Judge one site; ``KeyError`` for an unknown id."""
        site = self._inventory.sites[site_id]
        every, enforcing = self._watched(states)
        return self._judge(*([w for w in all_ if w.site is site] for all_ in (every, enforcing)))

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
        return {
            "camera_network": _word("camera_network", every, _blind(every, "without any camera")),
            "e_challan": _word("e_challan", enforcing, _blind(enforcing, "without plate or traffic cameras")),
            "public_safety": _word("public_safety", every, self._lapse(every)),
        }

    def _lapse(self, every: list[_Watch]) -> str:
        places = self._inventory.places
        unwatched = sorted(
            places[key].name for key in _unwatched_places(every) if key in places and places[key].critical
        )
        if unwatched:
            return f"nobody watches {unwatched[0]}" + (f" and {len(unwatched) - 1} more" if unwatched[1:] else "")
        lost, total = sum(w.lost for w in every), sum(w.lost + w.sees + w.unknown for w in every)
        return f"{lost} of {total} cameras lost" if total and lost >= LAPSE_SHARE * total else ""


def _count(watch: _Watch, state: DeviceState) -> None:
    if state.is_lost:
        watch.lost += 1
    elif state in (DeviceState.UNKNOWN, DeviceState.MAINTENANCE):
        watch.unknown += 1
    else:
        watch.sees += 1


def _of(watched: Iterable[_Watch], district_id: str) -> list[_Watch]:
    return [watch for watch in watched if not district_id or watch.site.district_id == district_id]


def _unwatched_places(watched: Iterable[_Watch]) -> set[str]:
    """Places none of whose sites sees anything, of those that have lost a site."""
    by_place: dict[str, list[_Watch]] = {}
    for watch in watched:
        if watch.site.place_id:
            by_place.setdefault(watch.site.place_id, []).append(watch)
    return {key for key, there in by_place.items() if all(watch.is_blind for watch in there)}


def _blind(watched: Iterable[_Watch], what: str) -> str:
    names = [watch.site.name for watch in watched if watch.is_blind]
    if not names:
        return ""
    return f"{names[0]} {what}" if len(names) == 1 else f"{len(names)} sites {what}, {names[0]} first"


def _word(service: str, watched: list[_Watch], trouble: str) -> Impact:
    well, ill = SERVICES[service]
    if not watched:
        return Impact("none", "no cameras")
    if trouble:
        return Impact(ill, trouble)
    blank = sum(watch.sees == 0 and watch.unknown > 0 for watch in watched)
    if blank:
        return Impact("unknown", f"{blank} of {len(watched)} sites are not known")
    return Impact(well, "")
