"""What devices say by themselves: traps and informs of versions 1, 2c and 3 on one UDP port.

Receiving comes first: whatever is in the socket is taken out of it before it is decoded,
and waits in a bounded queue, so that a burst is lost neither in the kernel nor here.
Version 3 is opened in a process of its own; it comes and goes through this port.
"""

from __future__ import annotations

import asyncio
import socket
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from gisops.config.credentials import Credential
from gisops.errors import SnmpError, WireError
from gisops.snmp.informs import Informs, key_of
from gisops.snmp.kernel_drops import kernel_drops
from gisops.snmp.ports import Trap
from gisops.snmp.trap_pdu import trap_of
from gisops.snmp.v3_frames import Ack, Datagram, Malformed, Notified, Refused
from gisops.snmp.v3_process import Said, V3Process
from gisops.snmp.v3_trust import Freshness
from gisops.wire.message import V3, Message, decode_message, encode_message, peek_version
from gisops.wire.notification import read_trap
from gisops.wire.pdu import PduType, TrapV1, decode_pdu, encode_pdu

__all__ = ["EngineIds", "TrapListener", "TrapTally"]

EngineIds = Mapping[str, bytes] | Callable[[str], bytes | None]
"""Engine id of the agent at an address; a trap of version 3 from any other is not believed."""
RECEIVE_BUFFER = 4 * 1024 * 1024
"""What any user may have where the system's limit is raised to it (net.core.rmem_max)."""
_PRIVILEGED_BUFFER = 32 * 1024 * 1024
"""With CAP_NET_ADMIN: a second and more of the worst burst, should this process not get to run."""
_SO_RCVBUFFORCE = 33
MAX_BACKLOG = 100_000
"""Datagrams received and not decoded yet (some 40 MB); one more is dropped and counted."""
_DRAIN, _DECODE = 1024, 256
"""Datagrams taken in, and decoded, before other tasks get their turn."""
_NO_USERS = "no version 3 credential"
_TOO_MANY = "too many informs wait to be stored"


@dataclass(slots=True)
class TrapTally:
    """Datagrams by what became of them.

    Parameters
    ----------
    received
        Taken out of the socket.
    taken
        Handed on as a `Trap`.
    strangers
        From an address that nobody expects.
    malformed
        Not a notification, or not well formed.
    refused
        Version 3 and not believed, or an inform too many; ``reasons`` says why.
    drops
        Lost: in the kernel's buffer, or where a queue of ours was full.
    informs
        Of those taken, how many wanted an acknowledgement.
    repeats
        Informs that came again; they are not handed on twice.
    acknowledged
        Informs answered.
    restarts
        How often the process for version 3 had to be started again.
    """

    received: int = 0
    taken: int = 0
    strangers: int = 0
    malformed: int = 0
    refused: int = 0
    drops: int = 0
    informs: int = 0
    repeats: int = 0
    acknowledged: int = 0
    restarts: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Answer:
    """How an inform is answered: with these octets, or by the child that holds it."""

    source: tuple[str, int]
    octets: bytes = b""
    handle: int = 0
    generation: int = 0


def _widen(sock: socket.socket) -> None:
    try:
        sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _PRIVILEGED_BUFFER)
    except OSError:  # not privileged, or not Linux: as much as the system allows
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)


class TrapListener:
    """A `gisops.snmp.ports.TrapReceiver`; make it with `open`."""

    def __init__(
        self,
        sock: socket.socket,
        accepts: Callable[[str], bool],
        on_trap: Callable[[Trap], None],
        clock: Callable[[], datetime],
        engine_ids: EngineIds | None = None,
    ) -> None:
        self._sock = sock
        self._loop = asyncio.get_running_loop()
        self._accepts = accepts
        self._on_trap = on_trap
        self._clock = clock
        engine_ids = engine_ids or {}
        self._engine_id = engine_ids.get if isinstance(engine_ids, Mapping) else engine_ids
        self._backlog: deque[tuple[bytes, tuple[str, int], datetime]] = deque()
        self._worker: asyncio.Handle | None = None
        self._informs: Informs[_Answer] = Informs()
        self._fresh = Freshness()
        self._secure: V3Process | None = None
        self._tally = TrapTally()
        self._shed = 0

    @classmethod
    async def open(
        cls,
        bind: str,
        port: int,
        accepts: Callable[[str], bool],
        on_trap: Callable[[Trap], None],
        clock: Callable[[], datetime],
        *,
        users: Iterable[Credential] = (),
        engine_ids: EngineIds | None = None,
        state_dir: Path | None = None,
    ) -> TrapListener:
        """Listen.

        Parameters
        ----------
        bind, port
            Local address and UDP port (0: any free one).
        accepts
            Whether notifications from an address are taken at all.
        on_trap
            Called for each, once; an inform has a `Trap.receipt` to be given to `acknowledge`.
        clock
            Gives UTC.
        users
            Credentials; those of version 3 are who may send version 3 notifications. With
            none of them such notifications are refused, and no process is started.
        engine_ids
            Engine id by address of the agents that send version 3 traps: a mapping, or a
            function asked each time. Informs do not need it: they name our engine.
        state_dir
            Folder that keeps our own engine id; ``None``: a new one every time.

        Raises
        ------
        SnmpError
            Where the port is in use or may not be used, two version 3 credentials share a
            user name, or our engine id cannot be kept.
        """
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        _widen(sock)
        try:
            sock.bind((bind, port))
        except OSError as error:
            sock.close()
            raise SnmpError(
                f"{bind}:{port}",
                f"cannot listen for traps ({error.strerror})",
                "stop what uses the port, or choose another with --trap-port",
            ) from error
        listener = cls(sock, accepts, on_trap, clock, engine_ids)
        secured = [user for user in users if user.version == "3"]
        if secured:
            try:
                listener._secure = V3Process(secured, state_dir, listener._send, listener._heard)
            except SnmpError:
                sock.close()
                raise
        listener._loop.add_reader(sock.fileno(), listener._drain)
        return listener

    @property
    def port(self) -> int:
        """The UDP port it listens on."""
        port: int = self._sock.getsockname()[1]
        return port

    @property
    def secure(self) -> V3Process | None:
        """The process for version 3 notifications; ``None`` without version 3 credentials."""
        return self._secure

    @property
    def tally(self) -> TrapTally:
        """What became of the datagrams so far."""
        dropped = self._secure.dropped if self._secure else 0
        self._tally.restarts = max(0, self._secure.generation - 1) if self._secure else 0
        if self._sock.fileno() >= 0:
            self._tally.drops = kernel_drops(self._sock) + self._shed + dropped
        return self._tally

    def acknowledge(self, receipts: Iterable[int]) -> None:
        """Answer informs, by `Trap.receipt`, now that they are stored; unknown ones change nothing."""
        for receipt in receipts:
            answer = self._informs.stored(receipt, self._loop.time())
            if answer is not None:
                self._answer(answer)

    async def close(self) -> None:
        """Stop listening; what was received by now is handed on first."""
        self._loop.remove_reader(self._sock.fileno())
        self._drain()
        while self._backlog:
            self._decode()
        if self._worker is not None:
            self._worker.cancel()
        if self._secure is not None:
            await self._secure.close()
        _ = self.tally
        self._sock.close()

    def _drain(self) -> None:
        """Take datagrams out of the socket, then decode some."""
        receive, accepts, keep = self._sock.recvfrom, self._accepts, self._backlog.append
        room = MAX_BACKLOG - len(self._backlog)
        now = self._clock()
        received = 0
        try:
            while received < _DRAIN:
                datagram = receive(65535)
                received += 1
                if not accepts(datagram[1][0]):
                    self._tally.strangers += 1
                elif received > room:
                    self._shed += 1
                else:
                    keep((*datagram, now))
        except OSError:
            # Empty as a rule; an error of an earlier answer, such as a closed port, is nobody's loss.
            pass
        self._tally.received += received
        if self._worker is None:
            self._decode()

    def _decode(self) -> None:
        """Decode some of what was received; the rest when the others had their turn."""
        self._worker = None
        backlog, on_trap, tally = self._backlog, self._on_trap, self._tally
        for _ in range(min(_DECODE, len(backlog))):
            data, source, now = backlog.popleft()
            found = read_trap(data)
            if found is not None:
                tally.taken += 1
                ticks, oid, values = found
                on_trap(Trap(source[0], now, oid, ticks / 100, values))
                continue
            try:
                self._take(data, source, now)
            except WireError:
                tally.malformed += 1
        if backlog:
            self._worker = self._loop.call_soon(self._decode)

    def _take(self, data: bytes, source: tuple[str, int], now: datetime) -> None:
        """Take what is not a version 2c trap of the usual shape."""
        if peek_version(data) == V3:
            if self._secure is None:
                self._refuse(_NO_USERS)
            else:
                self._secure.submit(Datagram(source, self._engine_id(source[0]) or b"", data))
            return
        message = decode_message(data)
        pdu = message.pdu
        trap = trap_of(pdu, source[0], now)
        if isinstance(pdu, TrapV1) or pdu.type != PduType.INFORM:
            self._hand_on(trap)
            return
        answer = Message(message.version, message.community, replace(pdu, type=PduType.RESPONSE))
        self._inform(trap, encode_pdu(pdu), _Answer(source, encode_message(answer)))

    def _inform(self, trap: Trap, pdu: bytes, answer: _Answer) -> None:
        key = key_of(answer.source, pdu)
        standing, superseded = self._informs.take(key, answer, self._loop.time())
        if superseded is not None:
            self._let_go(superseded)
        if standing.receipt is None:
            self._refuse(_TOO_MANY)
            self._let_go(answer)
        elif standing.is_stored:
            self._tally.repeats += 1
            self._answer(answer)
        elif standing.is_new:
            self._tally.informs += 1
            name = f"inform:{trap.source}:{trap.received_at:%Y%m%dT%H}:{key.hex()}"
            self._hand_on(trap._replace(receipt=standing.receipt, id=name))
        else:
            self._tally.repeats += 1

    def _hand_on(self, trap: Trap) -> None:
        self._tally.taken += 1
        self._on_trap(trap)

    def _refuse(self, reason: str) -> None:
        self._tally.refused += 1
        self._tally.reasons[reason] += 1

    def _heard(self, said: Said) -> None:
        """Take what the child made of a version 3 datagram."""
        if isinstance(said, Refused):
            self._refuse(said.reason)
        elif isinstance(said, Malformed):
            self._tally.malformed += 1
        else:
            self._notified(said)

    def _notified(self, said: Notified) -> None:
        if self._secure is None:
            return
        answer = _Answer(said.source, handle=said.handle, generation=self._secure.generation)
        is_ours = said.engine_id == self._secure.engine_id
        clock = (said.boots, said.time)
        reason = self._fresh.refuse(said.engine_id, clock, said.mark, self._loop.time(), is_ours=is_ours)
        if reason:
            self._refuse(reason)
            self._let_go(answer)
            return
        try:
            trap = trap_of(decode_pdu(said.pdu, 0, len(said.pdu)), said.source[0], self._clock())
        except WireError:
            self._tally.malformed += 1
            self._let_go(answer)
            return
        if said.handle:
            self._inform(trap, said.pdu, answer)
        else:
            self._hand_on(trap)

    def _answer(self, answer: _Answer) -> None:
        self._tally.acknowledged += 1
        if answer.octets:
            self._send(answer.octets, answer.source)
        elif self._secure is not None:
            self._secure.answer(Ack(answer.handle, is_stored=True), answer.generation)

    def _let_go(self, answer: _Answer) -> None:
        if answer.handle and self._secure is not None:
            self._secure.answer(Ack(answer.handle, is_stored=False), answer.generation)

    def _send(self, data: bytes, target: tuple[str, int]) -> None:
        try:
            self._sock.sendto(data, target)
        except OSError:
            # No room or no route: to the sender the same as a lost datagram, it tries again.
            return
