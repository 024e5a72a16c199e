"""What devices say by themselves: version 1 and 2c traps and informs on one UDP port.

Version 3 notifications are not taken here; they are counted.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from gisops.errors import SnmpError, WireError
from gisops.snmp.ports import Trap
from gisops.wire.message import V3, Message, decode_message, encode_message, peek_version
from gisops.wire.pdu import PduType, TrapV1, VarBind

__all__ = ["TrapListener", "TrapStats", "trap_of"]

RECEIVE_BUFFER = 4 * 1024 * 1024
DRAIN = 512
_UPTIME = "1.3.6.1.2.1.1.3.0"
_TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"
_GENERIC = "1.3.6.1.6.3.1.1.5."
_ENTERPRISE_SPECIFIC = 6


@dataclass(slots=True)
class TrapStats:
    """Datagrams by what became of them."""

    received: int = 0
    taken: int = 0
    garbage: int = 0
    strangers: int = 0
    version_3: int = 0


def trap_of(message: Message, source: str, now: datetime) -> Trap:
    """Read a notification out of a message.

    Parameters
    ----------
    message
        A version 1 trap, or a version 2c trap or inform.
    source
        Address it came from.
    now
        UTC.

    Raises
    ------
    WireError
        Where it is no notification, or lacks the two bindings RFC 3416 section 4.2.6 asks for.
    """
    pdu = message.pdu
    if isinstance(pdu, TrapV1):
        # RFC 3584 section 3.1.
        specific = f"{pdu.enterprise}.0.{pdu.specific}"
        oid = specific if pdu.generic == _ENTERPRISE_SPECIFIC else f"{_GENERIC}{pdu.generic + 1}"
        return Trap(source, now, oid, pdu.uptime_ticks / 100, _values(pdu.varbinds))
    if pdu.type not in (PduType.TRAP_V2, PduType.INFORM) or len(pdu.varbinds) < 2:
        raise WireError("not a notification")
    uptime, trap_oid = pdu.varbinds[:2]
    if uptime.oid != _UPTIME or trap_oid.oid != _TRAP_OID or not isinstance(trap_oid.value, str):
        raise WireError("a notification without sysUpTime and snmpTrapOID")
    seconds = uptime.value / 100 if isinstance(uptime.value, int) else None
    return Trap(source, now, trap_oid.value, seconds, _values(pdu.varbinds[2:]))


def _values(binds: tuple[VarBind, ...]) -> tuple[tuple[str, int | bytes | str | None], ...]:
    return tuple((bind.oid, bind.value) for bind in binds)


class TrapListener:
    """A `gisops.snmp.ports.TrapReceiver`; make it with `open`."""

    def __init__(
        self,
        sock: socket.socket,
        is_allowed: Callable[[str], bool],
        on_trap: Callable[[Trap], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._sock = sock
        self._is_allowed = is_allowed
        self._on_trap = on_trap
        self._clock = clock
        self.stats = TrapStats()

    @classmethod
    async def open(
        cls,
        bind: str,
        port: int,
        is_allowed: Callable[[str], bool],
        on_trap: Callable[[Trap], None],
        clock: Callable[[], datetime],
    ) -> TrapListener:
        """Listen.

        Parameters
        ----------
        bind, port
            Local address and UDP port (0: any free one).
        is_allowed
            Whether notifications from an address are taken at all.
        on_trap
            Called for each; an inform is acknowledged after it returns.
        clock
            Gives UTC.

        Raises
        ------
        SnmpError
            Where the port is in use or may not be used.
        """
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        try:
            sock.bind((bind, port))
        except OSError as error:
            sock.close()
            raise SnmpError(
                f"{bind}:{port}",
                f"cannot listen for traps ({error.strerror})",
                "stop what uses the port, or choose another with --trap-port",
            ) from error
        listener = cls(sock, is_allowed, on_trap, clock)
        asyncio.get_running_loop().add_reader(sock.fileno(), listener._drain)
        return listener

    @property
    def port(self) -> int:
        """The UDP port it listens on."""
        port: int = self._sock.getsockname()[1]
        return port

    async def close(self) -> None:
        """Stop listening."""
        asyncio.get_running_loop().remove_reader(self._sock.fileno())
        self._sock.close()

    def _drain(self) -> None:
        for _ in range(DRAIN):
            try:
                data, source = self._sock.recvfrom(65535)
            except BlockingIOError:
                return
            except OSError:
                continue
            self.stats.received += 1
            try:
                self._take(data, source)
            except WireError:
                self.stats.garbage += 1

    def _take(self, data: bytes, source: tuple[str, int]) -> None:
        if not self._is_allowed(source[0]):
            self.stats.strangers += 1
            return
        if peek_version(data) == V3:
            self.stats.version_3 += 1
            return
        message = decode_message(data)
        self._on_trap(trap_of(message, source[0], self._clock()))
        self.stats.taken += 1
        pdu = message.pdu
        if not isinstance(pdu, TrapV1) and pdu.type == PduType.INFORM:
            answer = replace(message, pdu=replace(pdu, type=PduType.RESPONSE))
            self._sock.sendto(encode_message(answer), source)
