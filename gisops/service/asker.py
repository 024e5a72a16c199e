"""Asks each device by the means it has: SNMP, or RTSP and TCP where its profile knows no SNMP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from gisops.health.vitality import Sign
from gisops.model.event import Reachability
from gisops.probe.ports import Prober, ProbeResult, ProbeTarget
from gisops.snmp.ports import Poller, Reply, Target

__all__ = ["Asker"]


class Asker:
    """A `gisops.snmp.ports.Poller` over another and a prober.

    Parameters
    ----------
    snmp
        Asks everybody who has SNMP.
    prober
        Asks the others; it is closed by who opened it, and so is ``snmp``.
    hosts
        The others by device id.
    """

    def __init__(self, snmp: Poller, prober: Prober, hosts: Mapping[str, ProbeTarget]) -> None:
        self._snmp = snmp
        self._prober = prober
        self.adopt(hosts)

    def adopt(self, hosts: Mapping[str, ProbeTarget]) -> None:
        """Go on with other hosts."""
        # Whether it is there is all a poll asks: the way to it is looked for when it is not.
        self._hosts = {device_id: replace(host, trace=False) for device_id, host in hosts.items()}

    async def poll(self, targets: Iterable[Target], on_reply: Callable[[Reply], None]) -> None:
        """Ask every target once; call ``on_reply`` for each, exactly once, as it is known."""
        by_snmp, others = [], {}
        for target in targets:
            if target.device_id in self._hosts:
                others[target.device_id] = target
            else:
                by_snmp.append(target)
        if not others:
            await self._snmp.poll(by_snmp, on_reply)
            return

        def take(result: ProbeResult) -> None:
            on_reply(_reply_of(others[result.target.device_id], result))

        hosts = [replace(self._hosts[d], timeout_s=target.timeout_s) for d, target in others.items()]
        async with asyncio.TaskGroup() as group:
            group.create_task(self._snmp.poll(by_snmp, on_reply))
            group.create_task(self._prober.probe(hosts, take))

    async def close(self) -> None:
        """Close nothing: both ends belong to others."""


def _reply_of(target: Target, result: ProbeResult) -> Reply:
    rtts = [echo.rtt_s for echo in result.echoes.values() if echo.sign.is_life and echo.rtt_s is not None]
    if any(sign.is_life for sign in result.signs.values()):
        return Reply(target, Reachability.ANSWERED, (), min(rtts, default=None))
    if all(sign is Sign.NOT_ALLOWED for sign in result.signs.values()):
        return Reply(target, Reachability.REFUSED, (), None, "it could not be asked from here")
    return Reply(target, Reachability.SILENT)
