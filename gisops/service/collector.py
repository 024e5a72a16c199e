"""The collector: asks every device on time, listens for traps, writes what follows.

Polling, judging and writing are separate tasks: a slow store delays neither
the next question nor a verdict.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from gisops.config.credentials import Credential
from gisops.errors import ConfigError
from gisops.health.profile import Profile
from gisops.model.event import Event, EventKind, Reachability
from gisops.model.inventory import Inventory
from gisops.service.fit import Fit
from gisops.service.fitter import Fitter
from gisops.service.lifeline import Lifeline
from gisops.service.watch import Watch
from gisops.service.writer import Writer
from gisops.snmp.ports import Poller, Reply, Target, Trap
from gisops.store.ports import Batch

__all__ = ["Collector", "Tally", "targets_of"]

TICK_S = 0.1
BEAT_S = 2.0
ALERT_INTERVAL_S = 0.5
CONFIRM_TIMEOUT_S = 0.5
"""Longest wait for an answer when a loss is to be confirmed: a second look must be a quick one."""


_NO_SNMP = Credential("none", "2c")
"""For a device that is never asked by SNMP."""


class Scheduler(Protocol):
    """When each device is asked; times are seconds on one monotonic clock."""

    def due(self, now: float) -> list[str]:
        """Give the devices to ask now."""
        ...

    def add(self, device_id: str) -> None:
        """Take a device in."""
        ...

    def remove(self, device_id: str) -> None:
        """Ask a device no more."""
        ...

    def hasten(self, ids: Iterable[str], now: float) -> None:
        """Put devices first in what is due next."""
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
    batches_spooled: int = 0
    failed_rounds: int = 0
    """Rounds of housekeeping (roll-ups, retention) that failed."""
    last_error: str | None = None
    """Why the last round of housekeeping failed; ``None`` when it did not."""

    def keep(self, failed_rounds: int, last_error: str | None) -> None:
        """Take over how housekeeping went."""
        self.failed_rounds, self.last_error = failed_rounds, last_error


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
        For a profile or credential that the inventory names and nobody defined. A device
        without SNMP needs no credential.
    """
    targets = {}
    for device in inventory.devices.values():
        profile = profiles.get(device.profile)
        if profile is None:
            raise ConfigError(
                device.id, f"profile {device.profile} is unknown", f"use one of {', '.join(sorted(profiles))}"
            )
        credential = credentials.get(device.credential)
        if credential is None and "snmp" not in profile.reach:
            credential = _NO_SNMP
        if credential is None:
            raise ConfigError(
                device.id, f"credential {device.credential} is unknown", "add it to the credentials file"
            )
        targets[device.id] = Target(
            device.id,
            device.address,
            device.snmp_port,
            credential,
            profile.oids,
            timeout_s,
            retries=1,
            uplink=inventory.cameras[device.id].box_id if device.id in inventory.cameras else device.id,
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
        writer: Writer,
        clock: Callable[[], datetime],
        lifeline: Lifeline | None = None,
        fitter: Fitter | None = None,
    ) -> None:
        self._watch = watch
        self._lifeline = lifeline
        self._fitter = fitter
        self._targets = dict(targets)
        self._quick = _quick(targets)
        self._poller = poller
        self._schedule = schedule
        self._writer = writer
        self._clock = clock
        self._addresses = _addresses(targets)
        self._bases: Mapping[str, Profile] = {}
        self._asking: set[str] = set()
        self._polls: set[asyncio.Task[None]] = set()
        self.tally = Tally()

    def on_trap(self, trap: Trap) -> None:
        """Take a trap in, from the receiver."""
        self.tally.traps += 1
        if self._watch.take_trap(trap) is None:
            self.tally.strangers += 1

    def knows(self, address: str) -> bool:
        """Whether a device of the inventory has this address."""
        return address in self._addresses

    def adopt(self, inventory: Inventory, profiles: Mapping[str, Profile], targets: Mapping[str, Target]) -> None:
        """Go on with another inventory, from the next tick on; nobody who stays is asked twice or left out."""
        now = asyncio.get_running_loop().time()
        for gone in self._targets.keys() - targets.keys():
            self._schedule.remove(gone)
        fresh = targets.keys() - self._targets.keys()
        for device_id in sorted(fresh):
            self._schedule.add(device_id)
        self._schedule.hasten(fresh, now)
        self._watch.adopt(inventory, profiles, self._clock())
        self._targets = dict(targets)
        self._quick = _quick(targets)
        self._addresses = _addresses(targets)
        self.fit_to(inventory, profiles)

    def fit_to(self, inventory: Inventory, profiles: Mapping[str, Profile]) -> None:
        """Have the devices walked whose profiles have tables; those that were walked already go on as they were."""
        self._bases = {device.id: profiles[device.profile] for device in inventory.devices.values()}
        if self._fitter is not None:
            self._fitter.forget(self._bases.keys() ^ self._targets.keys())
            for device_id, profile in self._bases.items():
                fit = self._fitter.known(self._targets[device_id], profile)
                if fit is not None:
                    self.take_fit(fit)
                else:
                    self._fitter.want([(self._targets[device_id], profile)])

    def take_fit(self, fit: Fit) -> None:
        """Ask a device for the rows that it has, from now on."""
        device_id = fit.target.device_id
        if device_id in self._targets:
            self._targets[device_id] = replace(self._targets[device_id], oids=fit.target.oids)
            self._quick[device_id] = replace(self._quick[device_id], oids=fit.target.oids)
            self._watch.fit(device_id, fit.profile)

    async def run(self, stop: asyncio.Event) -> None:
        """Collect until ``stop`` is set, then write what is left."""
        loop = asyncio.get_running_loop()
        writing = asyncio.create_task(self._writer.run(), name="writer")
        next_beat = loop.time()
        next_alert = loop.time()
        while not stop.is_set() and not writing.done():
            now = loop.time()
            self._ask(set(self._schedule.due(now)), self._targets)
            batch = self._watch.settle(self._clock())
            self._ask(self._watch.take_urgent(), self._quick)
            self._look_closer()
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
        self._queue(self._last_word())
        self._writer.finish()
        await writing
        self.tally.samples_dropped = self._writer.tally.samples_dropped
        self.tally.batches_spooled = self._writer.tally.spooled

    def _look_closer(self) -> None:
        """Probe who is silent, and walk anew who has restarted."""
        doubts, outdated = self._watch.take_doubts(), self._watch.take_outdated()
        if self._lifeline is not None:
            self._lifeline.ask(doubts)
        if self._fitter is not None:
            self._fitter.want((self._targets[d], self._bases[d]) for d in outdated if d in self._targets)

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
        self._writer.put(batch, self._watch.take_receipts())

    def _last_word(self) -> Batch:
        now = self._clock()
        batch = self._watch.finish(now)
        event = Event(
            f"{EventKind.COLLECTOR_STOPPED}:{now.isoformat()}",
            EventKind.COLLECTOR_STOPPED,
            "collector",
            now,
            now,
            {"polls": self.tally.polls},
        )
        return replace(batch, events=(*batch.events, event))


def _quick(targets: Mapping[str, Target]) -> dict[str, Target]:
    """Give the same questions with a shorter wait."""
    return {
        device_id: replace(target, timeout_s=min(target.timeout_s, CONFIRM_TIMEOUT_S))
        for device_id, target in targets.items()
    }


def _addresses(targets: Mapping[str, Target]) -> frozenset[str]:
    return frozenset(target.address for target in targets.values())


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
