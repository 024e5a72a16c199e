"""What malformed datagrams do to what we know of the city, by way of real sockets: nothing.

Replies: a real engine asks real agents (versions 2c and 3); before every honest answer
come altered ones. Traps: altered ones from the address of a device. All that gets
through is given to a watch that has seen every device up.
"""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from gisops.bench.malformed import genuine, is_malformed, malformed
from gisops.bench.trap_samples import USER
from gisops.config.credentials import Credential
from gisops.diagnosis.likelihood import shipped_causes
from gisops.health.catalogue import shipped_profiles
from gisops.model.event import Reachability
from gisops.model.inventory import Inventory
from gisops.service.collector import targets_of
from gisops.service.watch import Watch
from gisops.simulate.answer import Agent
from gisops.simulate.city import City
from gisops.simulate.fleet import agents_of
from gisops.snmp.engine import SnmpEngine
from gisops.snmp.ports import Reply, Target, Trap
from gisops.snmp.traps import TrapListener
from gisops.wire.message import V3, peek_version

__all__ = ["Harm", "through_the_watch"]

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
_FOR_EVER_S = 1e6
_BEFORE_EACH = 20
"""Altered answers before the honest one."""
_LOT = 200
_ASKED = 4
"""Boxes, and cameras, that are asked; every second in version 3."""
_TIMEOUT_S = 5.0
_PATIENCE_S = 20.0


@dataclass(slots=True)
class Harm:
    """What came of it.

    Parameters
    ----------
    replies, traps
        Malformed datagrams sent.
    polls, unanswered, wrong_values
        Questions asked; not answered although the honest answer came; answered with
        other values than the agent gave.
    traps_taken
        Malformed traps that were handed on (a well formed part of one is no crime,
        as long as nothing follows from it).
    state_changes
        States that changed though nothing had happened.
    """

    replies: int = 0
    traps: int = 0
    polls: int = 0
    unanswered: int = 0
    wrong_values: int = 0
    traps_taken: int = 0
    state_changes: int = 0


class _Liar(asyncio.DatagramProtocol):
    """An agent that sends altered answers before the honest one."""

    def __init__(self, agent: Agent, rng: random.Random, harm: Harm) -> None:
        self._agent = agent
        self._rng = rng
        self._harm = harm
        self._transport: asyncio.DatagramTransport | None = None
        self.target: Target
        self.is_lying = False

    @classmethod
    async def open(cls, agent: Agent, target: Target, rng: random.Random, harm: Harm) -> _Liar:
        """Have it answer on a free port; ``target`` becomes what is to be asked."""
        liar = cls(agent, rng, harm)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: liar, local_addr=("127.0.0.1", 0))
        liar._transport = transport
        liar.target = replace(target, address="127.0.0.1", port=transport.get_extra_info("sockname")[1])
        return liar

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer."""
        honest = self._agent.answer(data, BEGAN)
        if honest is None or self._transport is None:
            return
        if self.is_lying:
            for lie in islice(_lies([honest], self._rng), _BEFORE_EACH):
                self._harm.replies += 1
                self._transport.sendto(lie, addr)
        self._transport.sendto(honest, addr)

    def close(self) -> None:
        """Answer no more."""
        if self._transport is not None:
            self._transport.close()


def _lies(seeds: Sequence[bytes], rng: random.Random) -> Iterator[bytes]:
    """Give altered datagrams that are malformed for certain, or cannot be authentic."""
    for data in malformed(seeds, rng):
        if data in seeds:
            continue
        if _is_v3(seeds[0]) or is_malformed(data):
            yield data


def _is_v3(data: bytes) -> bool:
    return peek_version(data) == V3


async def through_the_watch(inventory: Inventory, replies: int, traps: int, rng: random.Random) -> Harm:
    """Send about so many malformed replies and traps; see what the watch makes of them."""
    credentials = {d.credential: Credential(d.credential, "2c", "bench") for d in inventory.devices.values()}
    profiles = shipped_profiles()
    watch = Watch(inventory, profiles, shipped_causes(), _FOR_EVER_S, BEGAN)
    agents = {a.device_id: a for a in agents_of(City(inventory, BEGAN, random.Random(1)), credentials).values()}  # noqa: S311
    targets = targets_of(inventory, profiles, credentials, _TIMEOUT_S)
    asked = [*sorted(inventory.boxes)[:_ASKED], *sorted(inventory.cameras)[:_ASKED]]
    harm = Harm()
    engine = await SnmpEngine.open()
    try:
        async with AsyncExitStack() as stack:
            liars = []
            for number, device_id in enumerate(asked):
                credential = USER if number % 2 else targets[device_id].credential
                agent = replace(agents[device_id], credential=credential)
                liar = await _Liar.open(agent, replace(targets[device_id], credential=credential), rng, harm)
                stack.callback(liar.close)
                liars.append(liar)
            await _ask(watch, engine, liars, replies, harm)
    finally:
        await engine.close()
    await _tell(watch, inventory, traps, rng, harm)
    return harm


async def _ask(watch: Watch, engine: SnmpEngine, liars: Sequence[_Liar], replies: int, harm: Harm) -> None:
    """Ask every agent honestly once, then again and again while they lie first."""
    honest: dict[str, Reply] = {}
    heard: list[Reply] = []
    targets = [liar.target for liar in liars]
    await engine.poll(targets, lambda reply: honest.__setitem__(reply.target.device_id, reply))
    for reply in honest.values():
        watch.take_reply(reply, BEGAN)
    watch.settle(BEGAN)
    for liar in liars:
        liar.is_lying = True
    at = BEGAN
    while harm.replies < replies:
        at += timedelta(seconds=30)
        heard.clear()
        await engine.poll(targets, heard.append)
        for reply in heard:
            harm.polls += 1
            harm.unanswered += reply.reachability is not Reachability.ANSWERED
            harm.wrong_values += reply.values != honest[reply.target.device_id].values
            watch.take_reply(reply, at)
        harm.state_changes += len(watch.settle(at).states)


async def _tell(watch: Watch, inventory: Inventory, traps: int, rng: random.Random, harm: Harm) -> None:
    """Send malformed traps from the address of a device that was asked."""
    address = inventory.boxes[min(inventory.boxes)].address
    seeds = [data for data in genuine() if not _is_v3(data)]
    later = BEGAN + timedelta(days=1)

    def take(trap: Trap) -> None:
        harm.traps_taken += 1
        watch.take_trap(trap._replace(source=address))

    listener = await TrapListener.open("127.0.0.1", 0, lambda _: True, take, lambda: later)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.connect(("127.0.0.1", listener.port))
            for data in islice(_lies(seeds, rng), traps):
                harm.traps += 1
                sender.send(data)
                if harm.traps % _LOT == 0:
                    await asyncio.sleep(0)
            async with asyncio.timeout(_PATIENCE_S):
                while listener.tally.received + listener.tally.drops < harm.traps:  # noqa: ASYNC110 - nobody says so
                    await asyncio.sleep(0.01)
    finally:
        await listener.close()
    harm.state_changes += len(watch.finish(later + timedelta(hours=1)).states)
