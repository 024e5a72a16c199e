"""A trail in the event log: what is written of each fix away from home, and trails read back from it.

One ``box_moved`` event a fix, ``box_recovered`` at the end. A trail is what a box was away for
since it was last recovered, so that the same fixes in any order, any number of times, make the
same trail.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from gisops.model.event import Event, EventKind
from gisops.model.inventory import Box, Inventory
from gisops.model.position import Fix
from gisops.trails.excursion import Excursion, excursions, in_order
from gisops.trails.moved import Home, beyond_m
from gisops.trails.trail import Near, Trail, measure_trail

__all__ = [
    "RECOVERED_BACK",
    "RECOVERED_TOLD",
    "fix_of",
    "home_of",
    "moved_event",
    "recovered_event",
    "trail_json",
    "trails_from",
]

RECOVERED_BACK = "back"
RECOVERED_TOLD = "told"


def home_of(box: Box) -> Home:
    """Give the place of a box as the inventory has it."""
    return Home(box.lon, box.lat)


def moved_event(box: Box, excursion: Excursion, fix: Fix, inventory: Inventory, now: datetime) -> Event:
    """Say that a box is away from its place; the same fix always makes the same event."""
    fixes = [f for f in excursion.fixes if f.at <= fix.at]
    home = home_of(box)
    trail = measure_trail(box.id, home, fixes, inventory.stations.values(), fix.at, with_passed=False)
    payload: dict[str, Any] = {
        "tracker": fix.tracker_id,
        "lon": round(fix.lon, 7),
        "lat": round(fix.lat, 7),
        "accuracy_m": fix.accuracy_m,
        "speed_mps": _rounded(trail.speed_mps, 2),
        "stated_speed_mps": fix.speed_mps,
        "bearing_deg": _rounded(trail.bearing_deg, 1),
        "battery_pct": fix.battery_pct,
        "displaced_m": round(trail.displaced_m, 1),
        "beyond_m": round(beyond_m(home, fix.accuracy_m), 1),
        "distance_m": round(trail.distance_m, 1),
        "began_at": trail.began_at.isoformat(),
        "home_until": excursion.at_home.at.isoformat() if excursion.at_home else None,
        "state": str(trail.state),
        "station": _near_json(trail.nearest),
    }
    identity = f"{EventKind.BOX_MOVED}:{box.id}:{fix.tracker_id}:{fix.at.isoformat()}"
    return Event(identity, EventKind.BOX_MOVED, box.id, fix.at, now, payload)


def recovered_event(box_id: str, at: datetime, now: datetime, how: str, by: str = "", note: str = "") -> Event:
    """Say that a box is back at its place, or that somebody says it is recovered."""
    kind = EventKind.BOX_RECOVERED
    payload = {"how": how, "by": by, "note": note}
    return Event(f"{kind}:{box_id}:{at.isoformat()}", kind, box_id, at, now, payload)


def trails_from(events: Iterable[Event], inventory: Inventory, now: datetime) -> list[Trail]:
    """Rebuild the trails from events in any order; the latest begun first.

    Events of boxes that are not in the inventory are passed over.
    """
    moved: dict[str, list[Event]] = defaultdict(list)
    back: dict[str, set[datetime]] = defaultdict(set)
    told: dict[str, set[datetime]] = defaultdict(set)
    for event in events:
        if event.subject in inventory.boxes and event.kind is EventKind.BOX_MOVED:
            moved[event.subject].append(event)
        elif event.kind is EventKind.BOX_RECOVERED:
            ends = told if event.payload.get("how") == RECOVERED_TOLD else back
            ends[event.subject].add(event.occurred_at)
    found = []
    for box_id, own in moved.items():
        by_end: dict[datetime | None, list[Event]] = defaultdict(list)
        for event in own:
            by_end[min((end for end in back[box_id] if end >= event.occurred_at), default=None)].append(event)
        for end, parts in by_end.items():
            found += _trails(inventory, box_id, parts, sorted(told[box_id]), end, now)
    return sorted(found, key=lambda trail: (trail.began_at, trail.box_id), reverse=True)


def trail_json(trail: Trail) -> dict[str, Any]:
    """Give a trail as JSON-ready values; ``fixes`` as [lon, lat, epoch seconds, accuracy]."""
    return {
        "box": trail.box_id,
        "state": str(trail.state),
        "began_at": trail.began_at.isoformat(),
        "home_until": trail.home_until.isoformat() if trail.home_until else None,
        "last_at": trail.fixes[-1].at.isoformat(),
        "recovered_at": trail.recovered_at.isoformat() if trail.recovered_at else None,
        "distance_m": round(trail.distance_m, 1),
        "displaced_m": round(trail.displaced_m, 1),
        "speed_kmh": None if trail.speed_mps is None else round(trail.speed_mps * 3.6, 1),
        "bearing_deg": _rounded(trail.bearing_deg, 1),
        "station": _near_json(trail.nearest),
        "passed": [
            {"id": p.station_id, "name": p.name, "distance_m": round(p.distance_m, 1), "at": p.at.isoformat()}
            for p in trail.passed
        ],
        "fixes": [[round(f.lon, 6), round(f.lat, 6), round(f.at.timestamp(), 1), f.accuracy_m] for f in trail.fixes],
    }


def _trails(
    inventory: Inventory,
    box_id: str,
    events: list[Event],
    told: list[datetime],
    end: datetime | None,
    now: datetime,
) -> list[Trail]:
    """Give the trails of what a box was away for until it was back at ``end``.

    What it sent from where it was found, before the feed knew that it was, is none.
    """
    home = home_of(inventory.boxes[box_id])
    until = {e.occurred_at: e.payload["home_until"] for e in events if e.payload.get("home_until")}
    found = []
    for trip in excursions(home, in_order(fix_of(event) for event in events), told):
        since = [until[fix.at] for fix in trip.fixes if fix.at in until]
        found.append(
            measure_trail(
                box_id,
                home,
                trip.fixes,
                inventory.stations.values(),
                now,
                home_until=datetime.fromisoformat(max(since)) if since else None,
                recovered_at=trip.back_at or end,
            )
        )
    return found


def fix_of(event: Event) -> Fix:
    """Give the fix that a ``box_moved`` event tells of."""
    payload: Mapping[str, Any] = event.payload
    return Fix(
        payload["tracker"],
        event.occurred_at,
        payload["lon"],
        payload["lat"],
        payload["accuracy_m"],
        payload["stated_speed_mps"],
        payload["battery_pct"],
    )


def _near_json(near: Near | None) -> dict[str, Any] | None:
    if near is None:
        return None
    return {
        "id": near.station_id,
        "name": near.name,
        "distance_m": round(near.distance_m, 1),
        "bearing_deg": _rounded(near.bearing_deg, 1),
    }


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
