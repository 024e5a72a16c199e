"""Which services are interrupted, where, and since when? In the words command staff use.

- *Camera network* of a site: ``active`` while any of its cameras sees, else ``interrupted``; of a district:
  ``interrupted`` while fewer than `Rules.district_share` of its cameras see.
- *E-challan* (sites with plate or traffic cameras only): ``automated`` while one of those sees, else ``manual``; of a
  district: ``manual`` while fewer than `Rules.challan_share` of such sites are automated.
- *Public safety*: ``security lapse`` at a site that is interrupted, and at a critical place already while fewer than
  `Rules.critical_share` of its cameras see; in a district while its network is interrupted or a critical place in it
  has lapsed; else ``steady``.

A camera nobody has asked lately may see or not: where it would decide, the service is not known (``None``), neither
in order nor interrupted. The states are folded over the record of every camera, so the time each began is exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from gisops.model.inventory import Inventory
from gisops.model.state import DeviceState

__all__ = ["Change", "Rules", "Service", "Services", "fold_services"]

_CHALLAN_ROLES = frozenset({"anpr", "traffic"})
_SEES = {
    DeviceState.UP: True, DeviceState.DEGRADED: True, DeviceState.DOWN: False, DeviceState.UNREACHABLE: False,
    DeviceState.MAINTENANCE: False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rules:
    """From when on a service counts as interrupted; shares of what there is."""

    district_share: float = 0.9
    challan_share: float = 0.5
    critical_share: float = 0.5


@dataclass(frozen=True, slots=True)
class Change:
    """A camera's state from a moment on."""

    at: datetime
    camera_id: str
    state: DeviceState


@dataclass(frozen=True, slots=True)
class Service:
    """One service at one place: its word, ``None`` where it is not known; and since when, where that was seen."""

    word: str | None
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Services:
    """The three services of a site or district.

    Parameters
    ----------
    id
        Of the site or district.
    network, challan, safety
        ``challan`` is ``None`` where no camera is there for it.
    seeing, cameras
        How many cameras see, of how many.
    """

    id: str
    network: Service
    challan: Service | None
    safety: Service
    seeing: int
    cameras: int


@dataclass(slots=True)
class _Tally:
    """Cameras of one place: how many there are, see, and are known not to."""

    all: int = 0
    see: int = 0
    lost: int = 0

    def put(self, was: bool | None, now: bool | None) -> None:
        self.see += (now is True) - (was is True)
        self.lost += (now is False) - (was is False)

    def has(self, share: float) -> bool | None:
        """Say whether at least such a share (of any, for 0) sees; ``None`` where the unknown ones decide."""
        need = max(share * self.all, 1e-9)
        if self.see >= need and self.see:
            return True
        return False if self.all - self.lost < need or self.lost == self.all else None


@dataclass(slots=True)
class _Place:
    """One site or district while the record is folded."""

    id: str
    cameras: _Tally = field(default_factory=_Tally)
    challan: _Tally = field(default_factory=_Tally)
    challan_sites: int = 0
    automated_sites: int = 0
    manual_sites: int = 0
    critical_sites: int = 0
    lapsed_critical: int = 0
    steady_critical: int = 0
    is_critical: bool = False
    words: dict[str, str | None] = field(default_factory=lambda: {"network": None, "challan": None, "safety": None})
    since: dict[str, datetime | None] = field(default_factory=dict)

    def say(self, service: str, word: str | None, at: datetime) -> None:
        if word != self.words[service]:
            self.words[service] = word
            self.since[service] = at


def fold_services(
    inventory: Inventory, changes: Iterable[Change], rules: Rules | None = None
) -> tuple[list[Services], list[Services]]:
    """Give the services of every site and every district that has cameras.

    Parameters
    ----------
    inventory
        Sites, districts, cameras, critical places.
    changes
        The record of the cameras; of other devices nothing is taken.
    rules
        Thresholds.

    Returns
    -------
    sites, districts
        In the order of the inventory.
    """
    rules = rules or Rules()
    sites, districts = _places(inventory)
    sees: dict[str, bool | None] = {}
    for moment, together in _by_moment(changes):
        touched: dict[str, _Place] = {}
        for change in together:
            camera = inventory.cameras.get(change.camera_id)
            site = sites.get(camera.site_id) if camera is not None else None
            if camera is None or site is None:
                continue
            was, now = sees.get(camera.id), _SEES.get(change.state)
            sees[camera.id] = now
            site.cameras.put(was, now)
            district = districts[inventory.sites[site.id].district_id]
            district.cameras.put(was, now)
            if camera.role in _CHALLAN_ROLES:
                site.challan.put(was, now)
                district.challan.put(was, now)
            touched[site.id] = site
        # What happens at one moment is judged once, after all of it.
        for site in touched.values():
            _judge_site(site, districts[inventory.sites[site.id].district_id], rules, moment)
        for district_id in dict.fromkeys(inventory.sites[site_id].district_id for site_id in touched):
            _judge_district(districts[district_id], rules, moment)
    return [_services(p) for p in sites.values()], [_services(p) for p in districts.values() if p.cameras.all]


def _places(inventory: Inventory) -> tuple[dict[str, _Place], dict[str, _Place]]:
    districts = {site.district_id: _Place(site.district_id) for site in inventory.sites.values()}
    districts = {name: districts[name] for name in (*inventory.districts, *districts) if name in districts}
    sites: dict[str, _Place] = {}
    for camera in inventory.cameras.values():
        site = inventory.sites.get(camera.site_id)
        if site is None:
            continue
        place = inventory.places.get(site.place_id or "")
        district = districts[site.district_id]
        if site.id not in sites:
            sites[site.id] = _Place(site.id, is_critical=place is not None and place.critical)
            district.critical_sites += sites[site.id].is_critical
        mine = sites[site.id]
        mine.cameras.all += 1
        district.cameras.all += 1
        if camera.role in _CHALLAN_ROLES:
            district.challan_sites += mine.challan.all == 0
            mine.challan.all += 1
            district.challan.all += 1
    return {name: sites[name] for name in inventory.sites if name in sites}, districts


def _by_moment(changes: Iterable[Change]) -> Iterable[tuple[datetime, list[Change]]]:
    together: list[Change] = []
    for change in sorted(changes, key=lambda change: change.at):
        if together and change.at != together[0].at:
            yield together[0].at, together
            together = []
        together.append(change)
    if together:
        yield together[0].at, together


def _judge_site(site: _Place, district: _Place, rules: Rules, at: datetime) -> None:
    before = dict(site.words)
    any_sees = site.cameras.has(0.0)
    site.say("network", _word(any_sees, "active", "interrupted"), at)
    if site.challan.all:
        site.say("challan", _word(site.challan.has(0.0), "automated", "manual"), at)
    steady = site.cameras.has(rules.critical_share) if site.is_critical and any_sees else any_sees
    site.say("safety", _word(steady, "steady", "security lapse"), at)
    for word, step in ((before, -1), (site.words, 1)):
        district.automated_sites += step * (word["challan"] == "automated")
        district.manual_sites += step * (word["challan"] == "manual")
        district.lapsed_critical += step * (site.is_critical and word["safety"] == "security lapse")
        district.steady_critical += step * (site.is_critical and word["safety"] == "steady")


def _judge_district(district: _Place, rules: Rules, at: datetime) -> None:
    enough = district.cameras.has(rules.district_share)
    district.say("network", _word(enough, "active", "interrupted"), at)
    need = rules.challan_share * district.challan_sites
    if district.challan_sites:
        some = district.automated_sites >= need
        none = district.challan_sites - district.manual_sites < need
        district.say("challan", _word(True if some else False if none else None, "automated", "manual"), at)
    steady: bool | None = None
    if enough is False or district.lapsed_critical:
        steady = False
    elif enough and district.steady_critical == district.critical_sites:
        steady = True
    district.say("safety", _word(steady, "steady", "security lapse"), at)


def _word(holds: bool | None, good: str, bad: str) -> str | None:
    return None if holds is None else good if holds else bad


def _services(place: _Place) -> Services:
    network, challan, safety = (
        Service(place.words[name], place.since.get(name)) for name in ("network", "challan", "safety")
    )
    return Services(
        place.id, network, challan if place.challan.all else None, safety, place.cameras.see, place.cameras.all
    )
