"""Who asks the fleet: our engine, gufo-snmp, pysnmp, and a bare loop over one socket that checks nothing.

Each asks ten objects of every device and counts an answer as right when its last
value is the number of the device that was asked.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from typing import Any

from gisops.bench.poll_fleet import OIDS, Fleet, address_of, credential_of
from gisops.bench.poll_round import Ask, Outcome, measure_rounds

__all__ = ["CONTENDERS"]

_SO_RCVBUFFORCE = 33
_RECEIVE_BUFFER = 4 * 1024 * 1024
_WINDOW = 1024
"""Questions the bare loop has out at once."""
_AT_ONCE = 64
"""Questions of pysnmp and gufo-snmp under way at once: as many as pysnmp's receive buffer holds answers."""

Contender = Callable[[Ask, Fleet, Outcome], Coroutine[Any, Any, None]]


async def _gisops(ask: Ask, fleet: Fleet, outcome: Outcome) -> None:
    from gisops.service.memory import count_rather_than_search
    from gisops.snmp.engine import Limits, SnmpEngine
    from gisops.snmp.ports import Reply, Target

    count_rather_than_search()
    credential = credential_of(fleet, ask.version)
    targets = [
        Target(str(n), address_of(n), fleet.port, credential, OIDS, ask.timeout_s, 0) for n in range(ask.devices)
    ]
    engine = await SnmpEngine.open(limits=Limits(per_second=None))
    rtts: list[float] = []

    async def one() -> int:
        right = 0

        def take(reply: Reply) -> None:
            nonlocal right
            if reply.rtt_s is not None:
                rtts.append(reply.rtt_s)
                right += reply.values[-1] == int(reply.target.device_id)

        if len(outcome.rounds) == 1:  # the cold round is over
            rtts.clear()
        await engine.poll(targets, take)
        return right

    await measure_rounds(ask, one, outcome)
    rtts.sort()
    outcome.rtt_ms = [1000 * rtts[min(len(rtts) - 1, int(len(rtts) * q))] for q in (0.5, 0.95, 0.99)] if rtts else []
    outcome.drops = engine.drops
    await engine.close()


async def _bare_loop(ask: Ask, fleet: Fleet, outcome: Outcome) -> None:
    """Send ready-made questions and count what comes back by its request id; nothing is read or checked."""
    from gisops.snmp.template import FIRST_NUMBER, Template

    template = Template(credential_of(fleet, "2c"), OIDS)
    head, tail = template.head, template.tail
    places = [(address_of(n), fleet.port) for n in range(ask.devices)]
    loop = asyncio.get_running_loop()
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    with contextlib.suppress(OSError):  # not root: as much as the system allows, which holds the window
        sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BUFFER)
    sock.bind(("127.0.0.1", 0))
    pending: set[bytes] = set()
    id_at: dict[int, int] = {}
    waiting: Iterator[int] = iter(())
    done = asyncio.Event()

    def send() -> None:
        while len(pending) < _WINDOW:
            number = next(waiting, None)
            if number is None:
                return
            octets = (FIRST_NUMBER + number).to_bytes(4, "big")
            pending.add(octets)
            sock.sendto(head + octets + tail, places[number])

    def drain() -> None:
        try:
            while True:
                data = sock.recvfrom(2048)[0]
                at = id_at.get(len(data))
                if at is None:  # where the id stands depends on the size of the answer alone
                    at = next(k for k in range(len(data)) if data[k : k + 4] in pending)
                    id_at[len(data)] = at
                pending.discard(data[at : at + 4])
        except BlockingIOError:
            send()
        if not pending:
            done.set()

    async def one() -> int:
        nonlocal waiting
        done.clear()
        waiting = iter(range(ask.devices))
        send()
        async with asyncio.timeout(30):
            await done.wait()
        return ask.devices

    loop.add_reader(sock.fileno(), drain)
    await measure_rounds(ask, one, outcome)
    loop.remove_reader(sock.fileno())
    sock.close()


async def _gufo(ask: Ask, fleet: Fleet, outcome: Outcome) -> None:
    """One session, that is one socket, a device, kept from round to round."""
    from gufo.snmp import Aes128Key, Sha1Key, User
    from gufo.snmp.aio import SnmpSession

    user = None
    if ask.version == "3":
        user = User(
            fleet.user,
            auth_key=Sha1Key(fleet.auth_password.encode()),
            priv_key=Aes128Key(fleet.privacy_password.encode()),
        )
    sessions: list[SnmpSession] = []
    room = asyncio.Semaphore(_AT_ONCE)

    async def get(number: int) -> bool:
        async with room:
            if number == len(sessions):
                sessions.append(
                    SnmpSession(
                        addr=address_of(number),
                        port=fleet.port,
                        community=fleet.community,
                        user=user,
                        timeout=ask.timeout_s,
                    )
                )
                await sessions[number].refresh()
            values = await sessions[number].get_many(OIDS)
            return bool(values.get(OIDS[-1]) == number)

    async def one() -> int:
        return sum(await asyncio.gather(*map(get, range(ask.devices))))

    await measure_rounds(ask, one, outcome)


async def _pysnmp(ask: Ask, fleet: Fleet, outcome: Outcome) -> None:
    if ask.version == "2c":
        get = await _pysnmp_v2c(ask, fleet)
    else:
        get = await _pysnmp_v3(ask, fleet)
    room = asyncio.Semaphore(_AT_ONCE)

    async def is_right(number: int) -> bool:
        async with room:
            error, status, _, binds = await get(number)
            return not error and not status and int(binds[-1][1]) == number

    async def one() -> int:
        return sum(await asyncio.gather(*map(is_right, range(ask.devices))))

    await measure_rounds(ask, one, outcome)


async def _pysnmp_v2c(ask: Ask, fleet: Fleet) -> Callable[[int], Awaitable[Any]]:
    from pysnmp.hlapi.v1arch.asyncio import CommunityData, SnmpDispatcher, UdpTransportTarget, get_cmd
    from pysnmp.proto.rfc1902 import Null, ObjectName

    dispatcher, community = SnmpDispatcher(), CommunityData(fleet.community, mpModel=1)  # noqa: S508 - what is compared
    binds = [(ObjectName(oid), Null("")) for oid in OIDS]
    places = [
        await UdpTransportTarget.create((address_of(n), fleet.port), timeout=ask.timeout_s, retries=0)
        for n in range(ask.devices)
    ]
    return lambda number: get_cmd(dispatcher, community, places[number], *binds, lookupMib=False)


async def _pysnmp_v3(ask: Ask, fleet: Fleet) -> Callable[[int], Awaitable[Any]]:
    from pysnmp.hlapi.v3arch.asyncio import (
        ContextData,
        ObjectIdentity,
        ObjectType,
        SnmpEngine,
        UdpTransportTarget,
        UsmUserData,
        get_cmd,
        usmAesCfb128Protocol,
        usmHMACSHAAuthProtocol,
    )

    engine, context = SnmpEngine(), ContextData()
    user = UsmUserData(
        fleet.user,
        fleet.auth_password,
        fleet.privacy_password,
        authProtocol=usmHMACSHAAuthProtocol,
        privProtocol=usmAesCfb128Protocol,
    )
    places = [
        await UdpTransportTarget.create((address_of(n), fleet.port), timeout=ask.timeout_s, retries=0)
        for n in range(ask.devices)
    ]
    binds = [ObjectType(ObjectIdentity(oid)) for oid in OIDS]
    return lambda number: get_cmd(engine, user, places[number], context, *binds, lookupMib=False)


CONTENDERS: Mapping[str, Contender] = {
    "gisops": _gisops,
    "bare loop": _bare_loop,
    "gufo-snmp": _gufo,
    "pysnmp": _pysnmp,
}
