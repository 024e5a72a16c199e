"""Who may be working here now: permits out of the event log, held against a place.

A permit explains that a door is open and that somebody is there. It excuses no loss: a box that
is stolen under a permit is stolen all the same, and those named on it were the last who had leave.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from shapely import LineString

from gisops.errors import ConfigError
from gisops.geo.along import nearest_on_line
from gisops.geo.measure import check_degrees, distance_m
from gisops.model.event import Event, EventKind
from gisops.model.inventory import Inventory
from gisops.model.permit import Permit, PermitScope

__all__ = ["PermitBook", "area_of", "ended_event", "issued_event", "permits_of"]

_WIDEST_M = 20_000.0


class PermitBook:
    """The permits of a city.

    Parameters
    ----------
    permits
        Any, in any order.
    inventory
        What stands in the city.
    """

    def __init__(self, permits: Iterable[Permit], inventory: Inventory) -> None:
        self._inventory = inventory
        self._by_scope: dict[PermitScope, list[Permit]] = defaultdict(list)
        for permit in sorted(permits, key=lambda p: (p.starts_at, p.id)):
            self._by_scope[permit.scope].append(permit)

    def works_at(self, now: datetime, element: str) -> list[Permit]:
        """Give the permits that hold at a moment for an element, the earliest begun first.

        Parameters
        ----------
        now
            UTC.
        element
            Id of a box, camera, site or span. A permit for a box is one for its cameras; one for a
            site for all that stands there; one for an area for all that stands or runs in it.
            For an id that is in no inventory there is none.
        """
        keys = self._keys(element)
        found = [
            permit
            for scope in (PermitScope.BOX, PermitScope.SITE, PermitScope.SPAN)
            for permit in self._by_scope[scope]
            if permit.holds(now) and (scope, permit.scope_id) in keys
        ]
        found += [p for p in self._by_scope[PermitScope.AREA] if p.holds(now) and self._is_in(element, p.scope_id)]
        return sorted(found, key=lambda permit: (permit.starts_at, permit.id))

    def _keys(self, element: str) -> frozenset[tuple[PermitScope, str]]:
        keys: set[tuple[PermitScope, str]] = set()
        camera = self._inventory.cameras.get(element)
        box = self._inventory.boxes.get(camera.box_id if camera else element)
        if box is not None:
            keys |= {(PermitScope.BOX, box.id), (PermitScope.SITE, box.site_id)}
        if camera is not None:
            keys.add((PermitScope.SITE, camera.site_id))
        if element in self._inventory.sites:
            keys.add((PermitScope.SITE, element))
        if element in self._inventory.spans:
            keys.add((PermitScope.SPAN, element))
        return frozenset(keys)

    def _is_in(self, element: str, area: str) -> bool:
        lon, lat, radius_m = area_of(area)
        span = self._inventory.spans.get(element)
        if span is not None:
            line: LineString = span.geometry
            return nearest_on_line(line, lon, lat).distance_m <= radius_m
        record: Any = self._inventory.devices.get(element) or self._inventory.sites.get(element)
        return record is not None and distance_m(lon, lat, record.lon, record.lat) <= radius_m


def area_of(text: str) -> tuple[float, float, float]:
    """Read an area.

    Raises
    ------
    ConfigError
        Where it is none.

    Examples
    --------
    >>> area_of("67.03,24.81,300")
    (67.03, 24.81, 300.0)
    """
    try:
        lon, lat, radius_m = (float(part) for part in text.split(","))
        check_degrees("area", lon, lat)
    except ValueError:
        raise ConfigError(f"area {text}", "is no circle", "write LON,LAT,METRES such as 67.03,24.81,300") from None
    if not 0 < radius_m <= _WIDEST_M:
        raise ConfigError(f"area {text}", "its radius cannot be", f"give metres up to {_WIDEST_M:g}")
    return lon, lat, radius_m


def permits_of(events: Iterable[Event]) -> list[Permit]:
    """Fold events into permits, in any order and however often each comes; the earliest begun first."""
    issued: dict[str, Permit] = {}
    ended: dict[str, datetime] = {}
    for event in events:
        if event.kind is EventKind.PERMIT_ISSUED:
            issued.setdefault(event.subject, Permit.from_json(event.payload))
        elif event.kind is EventKind.PERMIT_ENDED:
            at = datetime.fromisoformat(event.payload["ends_at"])
            ended[event.subject] = min(at, ended.get(event.subject, at))
    found = [
        replace(permit, ends_at=max(permit.starts_at, min(permit.ends_at, ended.get(permit.id, permit.ends_at))))
        for permit in issued.values()
    ]
    return sorted(found, key=lambda permit: (permit.starts_at, permit.id))


def issued_event(permit: Permit, now: datetime) -> Event:
    """Say that a permit is given."""
    kind = EventKind.PERMIT_ISSUED
    return Event(f"{kind}:{permit.id}", kind, permit.id, now, now, permit.to_json())


def ended_event(permit: Permit, by: str, note: str, now: datetime) -> Event:
    """Say that a permit holds no more."""
    kind = EventKind.PERMIT_ENDED
    payload = {"ends_at": now.isoformat(), "by": by, "note": note}
    return Event(f"{kind}:{permit.id}:{now.isoformat()}", kind, permit.id, now, now, payload)
