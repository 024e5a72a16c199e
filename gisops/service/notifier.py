"""Who follows the event log and decides what is to be sent: one step an event, each written before the next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from gisops.alerting.alert import Alert
from gisops.alerting.engine import step
from gisops.alerting.happening import Action, Book, Happening, Note, OutageSeen, Page, Tick
from gisops.errors import StoreError
from gisops.model.event import StoredEvent
from gisops.model.outage import Outage
from gisops.notify.dispatch import messages_of
from gisops.notify.routes import Routes
from gisops.service.alert_events import happening_of
from gisops.service.alert_setting import City
from gisops.store.alerts import Decision, Kept, NewNotice, SupersededError
from gisops.store.ports import StateRow

__all__ = ["AlertStore", "Log", "Notifier"]

_RETRY_S = 1.0


class AlertStore(Protocol):
    """What a notifier needs of the store."""

    async def told(self, alerts: Sequence[Alert]) -> Mapping[str, frozenset[str]]:
        """Give the receivers by alert id that were told something in the alert's round."""
        ...

    async def commit(self, decision: Decision) -> None:
        """Write a decision, all of it or nothing."""
        ...


class Log(Protocol):
    """What a notifier asks of the log when it is new."""

    async def states(self) -> tuple[int, list[StateRow]]:
        """Give the number of the last event, and every state."""
        ...

    async def open_outages(self) -> list[Outage]:
        """Give the outages that last."""
        ...


class Notifier:
    """The one that decides.

    Parameters
    ----------
    kept
        What an earlier notifier left.
    routes, city
        Who gets what, and what stands where.
    store
        Where decisions go.
    clock, sleep
        UTC, and how to wait while the database is away.
    queued
        Called after something was put into the outbox.
    complain
        Called with one line where the database is away.
    """

    def __init__(
        self,
        kept: Kept,
        routes: Routes,
        city: City,
        store: AlertStore,
        clock: Callable[[], datetime],
        *,
        queued: Callable[[], None] = lambda: None,
        complain: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.book = Book(
            routes.policy,
            {alert.id: alert for alert in kept.alerts},
            {silence.id: silence for silence in kept.silences},
            {window.id: window for window in kept.windows},
        )
        self.seq = kept.seq or 0
        self._is_new = kept.seq is None
        self._routes, self._city, self._store, self._clock = routes, city, store, clock
        self._queued, self._complain, self._sleep = queued, complain, sleep

    async def begin_if_new(self, log: Log) -> None:
        """Where no notifier was before, start at the end of the log, with the outages that last."""
        if not self._is_new:
            return
        self._is_new = False
        self.seq, _ = await log.states()
        for outage in await log.open_outages():
            await self._step(OutageSeen(outage, self._city.setting_of(outage)), self.seq)
        await self._step(Tick(), self.seq, is_kept=True)

    async def follow(self, batches: AsyncIterator[list[StoredEvent]]) -> None:
        """Take events in as they come, and the time as it passes, for as long as the batches go on."""
        async for events in batches:
            before = self.seq
            for stored in events:
                happening = happening_of(stored.event, self._city)
                self.seq = stored.seq
                if happening is not None:
                    await self._step(happening, stored.seq)
            await self._step(Tick(), self.seq, is_kept=self.seq > before)

    async def _step(self, happening: Happening, seq: int, *, is_kept: bool = False) -> None:
        now = self._clock()
        book, actions = step(self.book, happening, now)
        alerts = [alert for name, alert in book.alerts.items() if self.book.alerts.get(name) is not alert]
        dropped = [name for name in self.book.alerts if name not in book.alerts]
        if alerts or dropped or actions or is_kept:
            while True:
                try:
                    await self._commit(alerts, dropped, actions, seq, now)
                    break
                except SupersededError:
                    raise
                except StoreError as error:
                    self._complain(str(error))
                    await self._sleep(_RETRY_S)
        self.book = book

    async def _commit(
        self, alerts: Sequence[Alert], dropped: Sequence[str], actions: Sequence[Action], seq: int, now: datetime
    ) -> None:
        notes = [action for action in actions if isinstance(action, Note)]
        notices: list[NewNotice] = []
        for page in (action for action in actions if isinstance(action, Page)):
            made = messages_of(page, self._routes, await self._store.told(page.alerts))
            for receiver, message in made.items():
                items = tuple(zip((a.id for a in message.alerts), message.states, strict=True))
                notices.append(NewNotice(message.key, receiver, message.to_json(), items))
            unheard = {a.id for a in page.alerts} - {a.id for m in made.values() for a in m.alerts}
            notes += [Note(name, "told nobody", why=f"no route takes it: {page.kind}") for name in sorted(unheard)]
        await self._store.commit(Decision(seq, now, alerts, dropped, notes, notices))
        if notices:
            self._queued()
