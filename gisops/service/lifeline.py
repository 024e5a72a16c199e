"""Do silent devices live? They are asked by other means than SNMP, each once at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping

from gisops.probe.ports import Prober, ProbeResult, ProbeTarget

__all__ = ["Lifeline"]


class Lifeline:
    """Probes who is in doubt.

    Parameters
    ----------
    prober
        Asks.
    hosts
        Who can be asked, by device id; others are passed over.
    on_result
        Told what came of each.
    """

    def __init__(
        self, prober: Prober, hosts: Mapping[str, ProbeTarget], on_result: Callable[[ProbeResult], None]
    ) -> None:
        self._prober = prober
        self._on_result = on_result
        self._hosts = hosts
        self._asking: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def adopt(self, hosts: Mapping[str, ProbeTarget]) -> None:
        """Go on with other hosts."""
        self._hosts = hosts

    def ask(self, device_ids: Iterable[str]) -> None:
        """Probe devices; returns at once."""
        fresh = sorted((set(device_ids) & self._hosts.keys()) - self._asking)
        if fresh:
            self._asking.update(fresh)
            task = asyncio.create_task(self._probe([self._hosts[d] for d in fresh]), name="lifeline")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop asking; who was not heard of by now is not told of."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _probe(self, hosts: list[ProbeTarget]) -> None:
        def take(result: ProbeResult) -> None:
            self._asking.discard(result.target.device_id)
            self._on_result(result)

        try:
            await self._prober.probe(hosts, take)
        finally:
            self._asking.difference_update(host.device_id for host in hosts)
