"""What would have been said of a log of events: the same diagnosis as live, as fast as the file can be read.

Events may come late, twice or out of order by as much as ``lateness``: they are put
in order of when they happened first. Polls are not in the log, so what rests on a
poll that changed nothing (a voltage that fell) is not seen again.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gisops.alerting.policy import Policy, severity_of
from gisops.diagnosis.caseload import Caseload
from gisops.diagnosis.facts import DeviceFact
from gisops.diagnosis.likelihood import CauseTable
from gisops.model.event import Event, EventKind
from gisops.model.inventory import Inventory
from gisops.model.outage import Outage
from gisops.model.state import DeviceState
from gisops.priors.permits import permits_of
from gisops.service.alert_setting import City
from gisops.service.layout import layout_of
from gisops.service.signals import signal_of
from gisops.service.surroundings import Surroundings

__all__ = ["LATENESS", "Replay", "in_order", "replay", "update_json"]

LATENESS = timedelta(seconds=30)
"""How late an event may come and still be put in its place."""
REVIEW_EVERY = timedelta(seconds=0.1)
"""Least time, of the events' own, between two reviews."""
_MOMENT = timedelta(milliseconds=1)
_REMEMBERED = 200_000
"""Identities of events kept to know a repeat, before those that are past lateness are dropped."""


@dataclass(order=True, slots=True)
class _Waiting:
    at: datetime
    id: str
    event: Event = field(compare=False)


def in_order(events: Iterable[Event], lateness: timedelta = LATENESS) -> Iterator[Event]:
    """Give events in the order of when they happened, each once.

    Parameters
    ----------
    events
        As they came.
    lateness
        An event that came later than this after one that happened after it is given at once, out of order.
    """
    waiting: list[_Waiting] = []
    given: dict[str, datetime] = {}
    latest: datetime | None = None
    for event in events:
        if event.id in given:
            continue
        given[event.id] = event.occurred_at
        heapq.heappush(waiting, _Waiting(event.occurred_at, event.id, event))
        latest = event.occurred_at if latest is None else max(latest, event.occurred_at)
        while waiting and waiting[0].at <= latest - lateness:
            yield heapq.heappop(waiting).event
        if len(given) > _REMEMBERED:
            given = {known: at for known, at in given.items() if at > latest - 2 * lateness}
    while waiting:
        yield heapq.heappop(waiting).event


class Replay:
    """Plays events before a diagnosis.

    Parameters
    ----------
    inventory
        What stands in the city.
    causes
        Priors and likelihoods.
    """

    def __init__(self, inventory: Inventory, causes: CauseTable) -> None:
        self._cases = Caseload(layout_of(inventory), causes)
        self._surroundings = Surroundings(inventory)
        self._permits: list[Event] = []
        self._reviewed_at: datetime | None = None
        self._now: datetime | None = None

    @property
    def cases(self) -> Caseload:
        """The outages as they stand."""
        return self._cases

    def run(self, events: Iterable[Event]) -> Iterator[Outage]:
        """Give each outage as it is opened, changed or closed; ``events`` in order."""
        for event in events:
            if self._now is not None and event.occurred_at > self._now:
                yield from self._pass_time(event.occurred_at)
            if self._surroundings.look(event.occurred_at):
                self._cases.arrange(self._surroundings.works, self._surroundings.shed)
            self._take(event)
            self._now = event.occurred_at if self._now is None else max(self._now, event.occurred_at)
        if self._now is not None:
            yield from self._cases.review(self._now)
            if self._cases.again_at is not None:
                yield from self._cases.review(self._cases.again_at + _MOMENT)

    def _pass_time(self, until: datetime) -> Iterator[Outage]:
        """Review what was known before the clock moves on, and what only time makes known."""
        now = self._now
        if now is None:
            return
        if self._cases.is_due(now) and (self._reviewed_at is None or until - self._reviewed_at >= REVIEW_EVERY):
            self._reviewed_at = now
            yield from self._cases.review(now)
        again_at = self._cases.again_at
        if again_at is not None and again_at + _MOMENT < until:
            self._reviewed_at = again_at
            yield from self._cases.review(again_at + _MOMENT)

    def _take(self, event: Event) -> None:
        if event.kind is EventKind.STATE_CHANGED:
            if event.payload["new"] == DeviceState.MAINTENANCE:
                self._cases.leave_out(event.subject, is_news=True)
            else:
                self._cases.know(_fact_of(event), is_news=True)
            self._cases.take_back(event.subject, event.payload.get("metrics") or {}, event.occurred_at)
        elif event.kind is EventKind.TRAP_RECEIVED:
            signal = signal_of(event)
            if signal is not None:
                self._cases.hear(signal)
        elif event.kind in (EventKind.PERMIT_ISSUED, EventKind.PERMIT_ENDED):
            self._permits.append(event)
            self._surroundings.issue(permits_of(self._permits))
        elif event.kind is EventKind.COLLECTOR_BLINDED:
            self._cases.blind(datetime.fromisoformat(event.payload["since"]))
        elif event.kind is EventKind.COLLECTOR_HEARS:
            self._cases.blind(None)


def _fact_of(event: Event) -> DeviceFact:
    payload = event.payload
    is_lost = DeviceState(payload["new"]).is_lost
    onset = payload.get("lost_at") or payload.get("since")
    lost_at = (datetime.fromisoformat(onset) if onset else event.occurred_at) if is_lost else None
    seen_at = datetime.fromisoformat(payload["seen_at"]) if payload.get("seen_at") else None
    return DeviceFact(event.subject, lost_at, payload.get("metrics") or {}, seen_at)


def update_json(outage: Outage, city: City) -> dict[str, Any]:
    """Give one line of the output: the outage, its severity, and where it is."""
    setting = city.setting_of(outage)
    return {
        **outage.to_json(),
        "severity": str(severity_of(setting.impact, outage.likeliest, Policy())),
        "impact": {
            "cameras_lost": setting.impact.cameras_lost,
            "boxes_lost": setting.impact.boxes_lost,
            "critical_places": list(setting.impact.critical_places),
            "enforcement_lanes": setting.impact.enforcement_lanes,
        },
        "location": {
            "place": setting.place,
            "district": setting.district_id,
            "lon": setting.lon,
            "lat": setting.lat,
        },
    }


def replay(
    inventory: Inventory,
    causes: CauseTable,
    events: Iterable[Event],
    lateness: timedelta,
    write: Callable[[dict[str, Any]], object],
) -> int:
    """Replay a log, write one document an update; give the number of updates."""
    city = City(inventory)
    number = 0
    for outage in Replay(inventory, causes).run(in_order(events, lateness)):
        write(update_json(outage, city))
        number += 1
    return number
