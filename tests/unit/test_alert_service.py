"""What an outage means in a small city, what the log means for alerts, and who is told that we live: with fakes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gisops.alerting.alert import Alert, Impact
from gisops.alerting.happening import Acknowledged, Assigned, OutageSeen, SilenceEnded, WindowCancelled
from gisops.errors import StoreError
from gisops.inventory.load import load_inventory
from gisops.model.event import Event, EventKind, StoredEvent
from gisops.model.membership import GroupKind
from gisops.model.outage import Cause, Outage
from gisops.notify.message import Message
from gisops.notify.ports import Refused, Undelivered
from gisops.notify.routes_text import read_routes
from gisops.service.alert_events import happening_of
from gisops.service.alert_setting import City
from gisops.service.deadman import Deadman
from gisops.service.notifier import Notifier
from gisops.service.sender import Sender
from gisops.store.alerts import Decision, Kept
from gisops.store.outbox import Waiting
from tests.alert_city import at, outage
from tests.inventories import write_small_inventory


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City(load_inventory(write_small_inventory(tmp_path)))


def lost(root: str, *members: str) -> Outage:
    return replace(outage("O1", root), member_ids=members)


# What an outage means.


def test_a_lost_box(city: City) -> None:
    found = city.setting_of(lost("B1", "B1", "C1", "C2"))
    assert (found.impact.cameras_lost, found.impact.boxes_lost) == (2, 1)
    assert (found.place, found.district_id, found.lon, found.lat) == ("Site 1 (B1)", "west", 67.06, 24.85)
    assert found.scope == {"C1", "C2"}
    assert {(GroupKind.BOX, "B1"), (GroupKind.STATION, "P1"), (GroupKind.CONTRACTOR, "Contractor")} <= found.groups


def test_a_critical_place_is_blind_only_when_none_of_its_cameras_is_left(tmp_path: Path) -> None:
    inventory = load_inventory(write_small_inventory(tmp_path))
    places = {name: replace(place, critical=True) for name, place in inventory.places.items()}
    city = City(replace(inventory, places=places))
    name = inventory.places["H1"].name
    assert city.setting_of(lost("B1", "B1", "C1", "C2")).impact.critical_places == (name,)
    assert city.setting_of(lost("C1", "C1")).impact.critical_places == ()


def test_e_challan_lanes_are_counted(city: City) -> None:
    assert city.setting_of(lost("B2", "B2", "C3")).impact == Impact(1, 1, enforcement_lanes=1)


def test_a_feeder_has_all_its_boxes_and_cameras_in_its_scope_and_the_groups_of_all_its_members(city: City) -> None:
    found = city.setting_of(lost("F1", "B1", "C1"))
    assert found.scope == {"B1", "C1", "C2"}
    assert (GroupKind.BOX, "B1") in found.groups
    assert (GroupKind.DEVICE, "B1") not in found.groups


def test_a_span_sits_in_its_middle(city: City) -> None:
    found = city.setting_of(lost("S2", "B1", "B2", "C1", "C2", "C3"))
    assert (found.lon, found.lat) == pytest.approx((67.065, 24.85))
    assert found.district_id == "west"
    assert (GroupKind.BOX, "B1") not in found.groups


def test_what_the_inventory_does_not_know_counts_for_nothing(city: City) -> None:
    found = city.setting_of(lost("X", "X", "Y"))
    assert (found.impact, found.place, found.district_id, found.groups, found.lon) == (
        Impact(),
        "X",
        "",
        frozenset(),
        None,
    )


# What the log means.


def event(kind: EventKind, payload: Mapping[str, object]) -> Event:
    return Event("e", kind, "X1", at(0), at(0), payload)


def test_every_event_that_matters_is_understood(city: City) -> None:
    closed = outage("X1", "B1", closed_s=9)
    seen = happening_of(event(EventKind.OUTAGE_CLOSED, closed.to_json()), city)
    assert isinstance(seen, OutageSeen)
    assert seen.outage == closed
    ended = {"ends_at": at(5).isoformat(), "by": "Sana", "note": ""}
    for kind, payload, happening in (
        (EventKind.OUTAGE_ACKNOWLEDGED, {"by": "Bilal", "note": ""}, Acknowledged("X1", "Bilal")),
        (EventKind.ALERT_ASSIGNED, {"to": "Sana", "by": "Bilal", "note": ""}, Assigned("X1", "Sana", "Bilal")),
        (EventKind.SILENCE_ENDED, ended, SilenceEnded("X1", at(5), "Sana")),
        (EventKind.MAINTENANCE_CANCELLED, ended, WindowCancelled("X1", at(5))),
        (EventKind.STATE_CHANGED, {}, None),
    ):
        assert happening_of(event(kind, payload), city) == happening


# Deciding.

ROUTES = """
[[receivers]]
name = "r"
kind = "cap"
folder = "f"
sender = "s"
[[routes]]
causes = ["theft"]
receivers = ["r"]
"""


class FakeStore:
    """Keeps decisions; is away as often as it is told to be."""

    def __init__(self, away: int = 0) -> None:
        self.decisions: list[Decision] = []
        self.away = away

    async def told(self, alerts: Sequence[Alert]) -> Mapping[str, frozenset[str]]:
        queued = [n for d in self.decisions for n in d.notices]
        return {a.id: frozenset(n.receiver for n in queued if (a.id in dict(n.items))) for a in alerts}

    async def commit(self, decision: Decision) -> None:
        if self.away:
            self.away -= 1
            raise StoreError("db", "connection lost", "see that it runs")
        self.decisions.append(decision)


class FakeLog:
    """A log that ends with an outage open."""

    async def states(self) -> tuple[int, list[object]]:
        return 41, []

    async def open_outages(self) -> list[Outage]:
        return [outage("O1", "B1", Cause.THEFT)]


async def batches(*events: Event) -> AsyncIterator[list[StoredEvent]]:
    for number, item in enumerate(events, 42):
        yield [StoredEvent(number, item)]


async def test_it_starts_at_the_end_of_the_log_and_waits_while_the_database_is_away(city: City) -> None:
    routes, _ = read_routes(ROUTES, "routes.toml", "Asia/Karachi")
    assert routes is not None
    store, waits, lines = FakeStore(away=2), list[float](), list[str]()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    kept = Kept(None, [], [], [])
    notifier = Notifier(kept, routes, city, store, lambda: at(0), complain=lines.append, sleep=sleep)
    await notifier.begin_if_new(FakeLog())  # type: ignore[arg-type]
    await notifier.begin_if_new(FakeLog())  # type: ignore[arg-type]
    closed = outage("O1", "B1", Cause.THEFT, closed_s=9)
    await notifier.follow(batches(Event("e", EventKind.OUTAGE_CLOSED, "O1", at(9), at(9), closed.to_json())))
    assert waits == [1.0, 1.0]
    assert lines == ["db: connection lost: see that it runs"] * 2
    notices = [(d.seq, n.receiver, n.document["kind"]) for d in store.decisions for n in d.notices]
    assert notices == [(41, "r", "opened"), (42, "r", "resolved")]


async def test_what_no_route_takes_is_noted(city: City) -> None:
    routes, _ = read_routes(ROUTES + '[[routes]]\nlevel = 1\nreceivers = ["r"]\n', "routes.toml", "Asia/Karachi")
    assert routes is not None
    store, clock = FakeStore(), [at(0)]
    notifier = Notifier(Kept(1, [], [], []), routes, city, store, lambda: clock[0])
    await notifier.follow(batches(Event("e", EventKind.OUTAGE_OPENED, "O1", at(0), at(0), outage().to_json())))
    clock[0] = at(10)
    await notifier.follow(batches(Event("f", EventKind.STATE_CHANGED, "C1", at(9), at(9), {})))
    notes = [(note.subject, note.what, note.why) for d in store.decisions for note in d.notes]
    assert notes[-1] == ("O1", "told nobody", "no route takes it: opened")


# Sending.


class FakeOutbox:
    """One message, and what became of it."""

    def __init__(self, waiting: Waiting | None) -> None:
        self.waiting = waiting
        self.marks: list[tuple[object, ...]] = []

    async def next_for(self, _: str) -> Waiting | None:
        return self.waiting

    async def mark_sent(self, notice_id: int, at: datetime) -> None:
        self.marks.append((notice_id, at))

    async def mark_failed(self, notice_id: int, at: datetime, next_at: datetime | None, why: str) -> None:
        self.marks.append((notice_id, at, next_at, why))


class FakeChannel:
    """Raises what it is given."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    async def send(self, _: Message) -> None:
        if self.error:
            raise self.error


MESSAGE = {
    "key": "k",
    "kind": "opened",
    "at": at(0).isoformat(),
    "level": 0,
    "zone": "UTC",
    "states": [],
    "alerts": [],
}


@pytest.mark.parametrize(
    ("error", "mark"),
    [
        (None, (7, at(1))),
        (Undelivered("h: answered 503"), (7, at(1), at(2), "h: answered 503")),
        (Refused("h: answered 400"), (7, at(1), None, "h: answered 400")),
    ],
)
async def test_what_becomes_of_a_message(error: Exception | None, mark: tuple[object, ...]) -> None:
    outbox = FakeOutbox(Waiting(7, MESSAGE, at(0), at(1), 0))

    async def wait(_: float) -> None:
        """Not waited here."""

    sender = Sender("r", FakeChannel(error), outbox, lambda: at(1), lambda: 1.0, wait)
    assert await sender.send_next() == 0
    assert outbox.marks == [mark]


async def test_nothing_is_sent_before_its_time() -> None:
    async def wait(_: float) -> None:
        """Not waited here."""

    early = FakeOutbox(Waiting(7, MESSAGE, at(0), at(4), 0))
    assert await Sender("r", FakeChannel(), early, lambda: at(1), lambda: 1.0, wait).send_next() == 3
    assert await Sender("r", FakeChannel(), FakeOutbox(None), lambda: at(1), lambda: 1.0, wait).send_next() == 5
    assert early.marks == []


# The heartbeat.


async def test_the_beat_follows_that_of_the_collector() -> None:
    beats: list[datetime | Exception | None] = [at(0), at(0), None, StoreError("db", "away", "x"), at(500), at(500)]
    clock = iter([at(120), at(121), at(122), at(123), at(501), at(502)])
    posted, lines = list[datetime](), list[str]()

    async def beat() -> datetime | None:
        found = beats.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    async def post(now: datetime, _: datetime) -> None:
        posted.append(now)
        if now == at(502):
            raise Undelivered("watch.example: answered 500")

    async def sleep(_: float) -> None:
        """Not waited here."""

    every = timedelta(seconds=60)
    deadman = Deadman(beat, post, lambda: next(clock), sleep, every, timedelta(seconds=120), lines.append)
    assert [await deadman.once() for _ in range(6)] == [True, False, False, False, True, False]
    assert (posted, deadman.told) == ([at(120), at(501), at(502)], 2)
    assert lines == [
        "heartbeat: the collector is silent (last beat: 2026-03-01T12:00:00+00:00): the outside party is not told",
        "heartbeat: watch.example: answered 500: tried again in 60 s",
    ]
