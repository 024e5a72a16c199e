"""The collector: asks every device on time, listens for traps, writes what follows.

Polling, judging and writing are separate tasks: a slow store delays neither
the next question nor a verdict; what it cannot take waits in memory, bounded.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from gisops.config.credentials import Credential
from gisops.errors import ConfigError, StoreError
from gisops.health.profile import Profile
from gisops.model.event import Event, EventKind, Reachability
from gisops.model.inventory import Inventory
from gisops.service.watch import Watch
from gisops.snmp.ports import Poller, Reply, Target, Trap
from gisops.store.ports import Batch, Recorder

__all__ = ["Collector", "Tally", "targets_of"]

TICK_S = 0.1
BEAT_S = 2.0
RETRY_S = 1.0
ALERT_INTERVAL_S = 0.5
CONFIRM_TIMEOUT_S = 0.5
"""Longest wait for an answer when a loss is to be confirmed: a second look must be a quick one."""
MAX_WAITING = 3000
"""Batches that wait for the store before the samples of the oldest are dropped (events never are)."""


class Scheduler(Protocol):
    """When each device is asked; times are seconds on one monotonic clock."""

    def due(self, now: float) -> list[str]:
        """Give the devices to ask now."""
        ...


@dataclass(slots=True)
class Tally:
    """What the collector did so far."""

    polls: int = 0
    answers: int = 0
    silences: int = 0
    refusals: int = 0
    traps: int = 0
    strangers: int = 0
    state_changes: int = 0
    samples_dropped: int = 0


def targets_of(
    inventory: Inventory,
    profiles: Mapping[str, Profile],
    credentials: Mapping[str, Credential],
    timeout_s: float,
) -> dict[str, Target]:
    """Turn every box and camera into something that can be asked.

    Raises
    ------
    ConfigError
        For a profile or credential that the inventory names and nobody defined.
    """
    targets = {}
    for device in inventory.devices.values():
        profile = profiles.get(device.profile)
        if profile is None:
            raise ConfigError(
                device.id, f"profile {device.profile} is unknown", f"use one of {', '.join(sorted(profiles))}"
            )
        credential = credentials.get(device.credential)
        if credential is None:
            raise ConfigError(
                device.id, f"credential {device.credential} is unknown", "add it to the credentials file"
            )
        targets[device.id] = Target(
            device.id, device.address, device.snmp_port, credential, profile.oids, timeout_s, retries=1
        )
    return targets


class Collector:
    """Runs one `Watch` over real sockets and a real store until told to stop."""

    def __init__(
        self,
        watch: Watch,
        targets: Mapping[str, Target],
        poller: Poller,
        schedule: Scheduler,
        recorder: Recorder,
        clock: Callable[[], datetime],
    ) -> None:
        self._watch = watch
        self._targets = targets
        self._quick = {
            device_id: replace(target, timeout_s=min(target.timeout_s, CONFIRM_TIMEOUT_S))
            for device_id, target in targets.items()
        }
        self._poller = poller
        self._schedule = schedule
        self._recorder = recorder
        self._clock = clock
        self._waiting: deque[Batch] = deque()
        self._asking: set[str] = set()
        self._polls: set[asyncio.Task[None]] = set()
        self._written = asyncio.Event()
        self._is_over = False
        self.tally = Tally()

    def on_trap(self, trap: Trap) -> None:
        """Take a trap in, from the receiver."""
        self.tally.traps += 1
        if self._watch.take_trap(trap) is None:
            self.tally.strangers += 1

    async def run(self, stop: asyncio.Event) -> None:
        """Collect until ``stop`` is set, then write what is left."""
        loop = asyncio.get_running_loop()
        writer = asyncio.create_task(self._write_all(), name="writer")
        next_beat = loop.time()
        next_alert = loop.time()
        while not stop.is_set():
            now = loop.time()
            self._ask(set(self._schedule.due(now)), self._targets)
            batch = self._watch.settle(self._clock())
            self._ask(self._watch.take_urgent(), self._quick)
            if now >= next_alert:
                self._ask(set(self._watch.on_alert(batch.beat_at)), self._quick)
                next_alert = now + ALERT_INTERVAL_S
            if batch.events or batch.samples or now >= next_beat:
                self._queue(batch)
                next_beat = now + BEAT_S
            await _wait(stop, TICK_S)
        for poll in self._polls:
            poll.cancel()
        await asyncio.gather(*self._polls, return_exceptions=True)
        self._is_over = True
        self._queue(self._last_word())
        await writer

    def _ask(self, device_ids: set[str], targets: Mapping[str, Target]) -> None:
        fresh = device_ids - self._asking
        if not fresh:
            return
        self._asking |= fresh
        task = asyncio.create_task(self._poll([targets[d] for d in sorted(fresh)]))
        self._polls.add(task)
        task.add_done_callback(self._polls.discard)

    async def _poll(self, targets: list[Target]) -> None:
        try:
            await self._poller.poll(targets, self._on_reply)
        finally:
            self._asking.difference_update(target.device_id for target in targets)

    def _on_reply(self, reply: Reply) -> None:
        self._asking.discard(reply.target.device_id)
        self.tally.polls += 1
        self.tally.answers += reply.reachability is Reachability.ANSWERED
        self.tally.silences += reply.reachability is Reachability.SILENT
        self.tally.refusals += reply.reachability is Reachability.REFUSED
        self._watch.take_reply(reply, self._clock())

    def _queue(self, batch: Batch) -> None:
        self.tally.state_changes += len(batch.states)
        self._waiting.append(batch)
        if len(self._waiting) > MAX_WAITING:
            self._thin()
        self._written.set()

    def _thin(self) -> None:
        """Drop the oldest waiting samples, count them, keep every event and state."""
        for number, batch in enumerate(self._waiting):
            if batch.samples:
                self.tally.samples_dropped += len(batch.samples)
                self._waiting[number] = replace(batch, samples=())
                return

    async def _write_all(self) -> None:
        """Write what waits, in order, until the last word is written; try again while the store is away."""
        while self._waiting or not self._is_over:
            if not self._waiting:
                self._written.clear()
                await self._written.wait()
                continue
            try:
                await self._recorder.write(self._waiting[0])
            except StoreError:
                if self._is_over:
                    raise
                await asyncio.sleep(RETRY_S)
            else:
                self._waiting.popleft()

    def _last_word(self) -> Batch:
        now = self._clock()
        batch = self._watch.settle(now)
        event = Event(
            f"{EventKind.COLLECTOR_STOPPED}:{now.isoformat()}",
            EventKind.COLLECTOR_STOPPED,
            "collector",
            now,
            now,
            {"polls": self.tally.polls},
        )
        return replace(batch, events=(*batch.events, event))


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
