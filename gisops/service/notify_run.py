"""Who follows the log, decides, sends and beats: the notifier put together and run."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from gisops.config.secret import follow_secret
from gisops.errors import ConfigError
from gisops.inventory.load import load_inventory
from gisops.notify.build import build_channels
from gisops.notify.message import Message
from gisops.notify.ports import Channel, Refused
from gisops.notify.routes import Routes
from gisops.notify.routes_text import load_routes
from gisops.service.alert_setting import City
from gisops.service.deadman import Deadman, post_beat
from gisops.service.notifier import Notifier
from gisops.service.sender import Sender
from gisops.store.alerts import PgAlerts
from gisops.store.migrate import migrate
from gisops.store.outbox import PgOutbox
from gisops.store.reader import PgReader

__all__ = ["NotifyPlan", "NotifyTally", "notify"]

_TICK_S = 1.0


@dataclass(frozen=True, slots=True)
class NotifyPlan:
    """What a notifier is to work with; ``heartbeat`` is an address or a reference to one, empty for none."""

    inventory: Path
    routes: Path
    dsn: str
    heartbeat: str = ""
    every: timedelta = timedelta(seconds=60)
    within: timedelta = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class NotifyTally:
    """What was done: messages sent, beats told, number of the last event taken in."""

    sent: int
    beats: int
    seq: int


class _Nobody:
    """The channel of a receiver that was taken out of the routing file."""

    async def send(self, message: Message) -> None:
        """Refuse it."""
        raise Refused(f"the routing file has no such receiver any more ({message.key})")


class _Bell:
    """Wakes a sender when something was queued."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake it."""
        self._rung.set()

    async def wait(self, longest_s: float) -> None:
        """Come back when it is rung, or after so many seconds."""
        try:
            async with asyncio.timeout(longest_s):
                await self._rung.wait()
        except TimeoutError:
            return
        self._rung.clear()


async def notify(
    plan: NotifyPlan,
    clock: Callable[[], datetime],
    stop: asyncio.Event,
    ready: Callable[[int], None],
    complain: Callable[[str], None],
    environ: Mapping[str, str] = os.environ,
) -> NotifyTally:
    """Run until ``stop`` is set.

    Parameters
    ----------
    plan
        What to work with.
    clock
        UTC.
    stop
        Set to end.
    ready
        Called with the number of addresses when everything stands.
    complain
        Called with one line for whatever does not get through.
    environ
        Where ``env:`` references are looked up.

    Raises
    ------
    GisopsError
        Where the inventory, the routes or the database cannot be used.
    """
    city, routes, channels, url = await asyncio.to_thread(_prepare, plan, clock, environ)
    await asyncio.to_thread(migrate, plan.dsn)
    alerts = PgAlerts(plan.dsn)
    reader = await PgReader.open(plan.dsn, idle_s=_TICK_S)
    outbox = await PgOutbox.open(plan.dsn)
    bells: list[_Bell] = []
    senders: list[Sender] = []

    def ring() -> None:
        for bell in bells:
            bell.ring()

    try:
        notifier = Notifier(await alerts.load(clock()), routes, city, alerts, clock, queued=ring, complain=complain)
        await notifier.begin_if_new(reader)
        for gone in sorted(await outbox.receivers() - channels.keys()):
            channels[gone] = _Nobody()
        for receiver, channel in channels.items():
            bells.append(_Bell())
            senders.append(Sender(receiver, channel, outbox, clock, random.random, bells[-1].wait, complain))
        deadman = Deadman(reader.heartbeat, post_beat(url), clock, asyncio.sleep, plan.every, plan.within, complain)
        works = [sender.run() for sender in senders]
        works.append(notifier.follow(reader.follow(notifier.seq)))
        if url:
            works.append(deadman.run())
        ready(len(channels))
        await _work_until(stop, works)
        return NotifyTally(sum(s.sent for s in senders), deadman.told, notifier.seq)
    finally:
        await alerts.close()
        await outbox.close()
        await reader.close()


def _prepare(
    plan: NotifyPlan, clock: Callable[[], datetime], environ: Mapping[str, str]
) -> tuple[City, Routes, dict[str, Channel], str]:
    inventory = load_inventory(plan.inventory)
    routes = load_routes(plan.routes, inventory.settings.time_zone)
    channels, mistakes = build_channels(routes, environ, plan.routes.parent, clock)
    if mistakes:
        raise mistakes[0]
    url = follow_secret("--heartbeat", plan.heartbeat, environ)
    if url and not url.startswith(("http://", "https://")):
        raise ConfigError("--heartbeat", "is no web address", "write it as https://HOST/..., or env:NAME")
    return City(inventory), routes, channels, url


async def _work_until(stop: asyncio.Event, works: Sequence[Coroutine[None, None, None]]) -> None:
    tasks = [asyncio.create_task(work) for work in works]
    stopped = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([*tasks, stopped], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (*tasks, stopped):
            task.cancel()
        await asyncio.gather(*tasks, stopped, return_exceptions=True)
    for ended in done:
        ended.result()  # no work ends by itself: raise what ended it
