"""Which of these hosts live? Every probe that is asked for, many hosts at once, in bounded numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from gisops.errors import ProbeError
from gisops.health.vitality import Route, Sign
from gisops.probe.icmp import IcmpSocket
from gisops.probe.ports import Echo, ProbeResult, ProbeTarget
from gisops.probe.route import open_way, trace
from gisops.probe.rtsp import ask_options
from gisops.probe.tcp import knock

__all__ = ["HostProber", "Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is under way at once: hosts, connections (a descriptor each), routes."""

    hosts: int = 1000
    connections: int = 128
    routes: int = 8


class HostProber:
    """A `gisops.probe.ports.Prober`; make it with `open`.

    ``notes`` says once what this process may not do; the results say ``not_allowed`` there.
    """

    def __init__(self, icmp: IcmpSocket | None, limits: Limits, notes: tuple[str, ...]) -> None:
        self._icmp = icmp
        self._limits = limits
        self._connections = asyncio.Semaphore(limits.connections)
        self._routes = asyncio.Semaphore(limits.routes)
        self.notes = notes

    @classmethod
    async def open(cls, limits: Limits | None = None) -> HostProber:
        """Open what this process may open; without ICMP the other probes still work."""
        try:
            icmp, notes = await IcmpSocket.open(), ()
        except ProbeError as error:
            return cls(None, limits or Limits(), (str(error),))
        return cls(icmp, limits or Limits(), notes)

    @property
    def icmp_means(self) -> str:
        """By what means echo requests are sent: ``echo socket``, ``raw socket`` or ``none``."""
        if self._icmp is None:
            return "none"
        return "raw socket" if self._icmp.is_raw else "echo socket"

    async def probe(self, targets: Iterable[ProbeTarget], on_result: Callable[[ProbeResult], None]) -> None:
        """Probe every target; call ``on_result`` for each, exactly once, as it is known."""
        waiting = iter(targets)

        async def work(mine: Iterator[ProbeTarget]) -> None:
            for target in mine:
                on_result(await self._one(target))

        async with asyncio.TaskGroup() as group:
            for _ in range(self._limits.hosts):
                first = next(waiting, None)
                if first is None:
                    break
                group.create_task(work(_chain(first, waiting)))

    async def close(self) -> None:
        """Release the sockets."""
        if self._icmp is not None:
            await self._icmp.close()

    async def _one(self, target: ProbeTarget) -> ProbeResult:
        asked: dict[str, asyncio.Task[Echo]] = {}
        async with asyncio.TaskGroup() as group:
            if target.icmp:
                asked["icmp"] = group.create_task(self._ping(target))
            for port in target.tcp:
                asked[f"tcp {port}"] = group.create_task(self._knock(target, port))
            if target.rtsp_port is not None:
                asked["rtsp"] = group.create_task(self._ask(target, target.rtsp_port))
        # Afterwards: building packets for a route must not make the others' answers look late.
        found, how = await self._trace(target)
        return ProbeResult(target, {name: task.result() for name, task in asked.items()}, found, how)

    async def _ping(self, target: ProbeTarget) -> Echo:
        if self._icmp is None:
            return Echo(Sign.NOT_ALLOWED)
        return await self._icmp.ping(target.address, target.timeout_s)

    async def _knock(self, target: ProbeTarget, port: int) -> Echo:
        async with self._connections:
            return await knock(target.address, port, target.timeout_s)

    async def _ask(self, target: ProbeTarget, port: int) -> Echo:
        async with self._connections:
            return await ask_options(target.address, port, target.rtsp_path, target.timeout_s)

    async def _trace(self, target: ProbeTarget) -> tuple[Route | None, str]:
        if not target.trace:
            return None, ""
        async with self._routes:
            try:
                way = await open_way(target.address)
            except ProbeError as error:
                return None, str(error)
            return await trace(way, target.timeout_s), way.name


def _chain(first: ProbeTarget, others: Iterator[ProbeTarget]) -> Iterator[ProbeTarget]:
    yield first
    yield from others
