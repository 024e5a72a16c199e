"""The polling engine: one UDP socket, any number of devices, none of which can hold up another.

Replies are matched on request id, source address and the objects they name;
version 3 replies are verified before they are opened. Whatever else arrives is
counted and changes nothing.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from gisops.errors import SnmpError, WireError
from gisops.model.event import Reachability
from gisops.snmp.exchange import Exchange, Question
from gisops.snmp.peers import Peer
from gisops.snmp.ports import Reply, Target
from gisops.wire.message import V2C, V3, Message, decode_message, encode_message, peek_version
from gisops.wire.pdu import Pdu, PduType, null_binds
from gisops.wire.usm import user_keys
from gisops.wire.v3 import (
    FLAG_AUTH,
    FLAG_PRIV,
    FLAG_REPORTABLE,
    Envelope,
    encode_v3,
    open_v3,
    parse_v3,
)

__all__ = ["EngineStats", "SnmpEngine"]

RECEIVE_BUFFER = 4 * 1024 * 1024
BURST = 64
"""Questions sent before the replies that came meanwhile are taken in."""
SWEEP_S = 0.05
DRAIN = 256
"""Datagrams taken in before other tasks get their turn."""
MAX_RESYNCS = 3
_USM_STATS = "1.3.6.1.6.3.15.1.1."
_NOT_IN_TIME, _UNKNOWN_ENGINE = _USM_STATS + "2.0", _USM_STATS + "4.0"
_REFUSALS = {
    _USM_STATS + "1.0": "security level not supported",
    _USM_STATS + "3.0": "unknown user",
    _USM_STATS + "5.0": "wrong digest: check the passwords",
    _USM_STATS + "6.0": "cannot decrypt: check the privacy password",
}


@dataclass(slots=True)
class EngineStats:
    """What the socket has seen: datagrams by what became of them."""

    sent: int = 0
    received: int = 0
    matched: int = 0
    garbage: int = 0
    """Not SNMP, or not well formed."""
    strays: int = 0
    """Late, repeated, from elsewhere, or not what was asked."""
    forged: int = 0
    """Version 3 with a wrong digest, an old clock or the wrong engine."""


class SnmpEngine:
    """A `gisops.snmp.ports.Poller` over one socket; make it with `open`."""

    def __init__(self, sock: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        self._sock = sock
        self._loop = loop
        self._pending: dict[int, Question] = {}
        self._peers: dict[tuple[str, int], Peer] = {}
        self._next_id = random.SystemRandom().randrange(2**24, 2**31 - 1)
        self._salt = int.from_bytes(os.urandom(8), "big")
        self._sweeper: asyncio.TimerHandle | None = None
        self.stats = EngineStats()

    @classmethod
    async def open(cls, bind: str = "127.0.0.1", port: int = 0) -> SnmpEngine:
        """Open the socket.

        Parameters
        ----------
        bind, port
            Local address and UDP port (0: any); loopback reaches loopback only.

        Raises
        ------
        SnmpError
            Where the address cannot be used.
        """
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        try:
            sock.bind((bind, port))
        except OSError as error:
            sock.close()
            raise SnmpError(
                f"{bind}:{port}", f"cannot poll from here ({error.strerror})", "choose another"
            ) from error
        engine = cls(sock, asyncio.get_running_loop())
        engine._loop.add_reader(sock.fileno(), engine._drain)
        return engine

    @property
    def address(self) -> tuple[str, int]:
        """The local address and port questions come from."""
        host, port = self._sock.getsockname()
        return host, port

    async def poll(self, targets: Iterable[Target], on_reply: Callable[[Reply], None]) -> None:
        """Ask every target once; returns when ``on_reply`` was called for each."""
        done = asyncio.Event()
        left = 0

        def take(reply: Reply) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                done.set()
            on_reply(reply)

        wanted = list(targets)
        left = len(wanted)
        for number, target in enumerate(wanted, 1):
            exchange = Exchange(target, take, open_questions=1)
            self._ask(Question(exchange, target.oids, target.retries + 1))
            if number % BURST == 0:
                await asyncio.sleep(0)
        if wanted:
            await done.wait()

    async def close(self) -> None:
        """Close the socket; questions under way are reported silent."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        self._loop.remove_reader(self._sock.fileno())
        self._sock.close()
        pending, self._pending = self._pending, {}
        for question in pending.values():
            question.exchange.finish(Reachability.SILENT)

    def _ask(self, question: Question) -> None:
        target = question.exchange.target
        self._next_id = self._next_id + 1 if self._next_id < 2**31 - 2 else 2**24
        question.sent_at = self._loop.time()
        question.deadline = question.sent_at + target.timeout_s
        question.attempts_left -= 1
        self._pending[self._next_id] = question
        self._schedule_sweep()
        try:
            self._sock.sendto(self._encode(question, self._next_id), (target.address, target.port))
            self.stats.sent += 1
        except OSError:
            # A full send buffer or no route: to the device's state the same as a lost datagram.
            return

    def _encode(self, question: Question, number: int) -> bytes:
        target = question.exchange.target
        credential = target.credential
        pdu = Pdu(PduType.GET, number, 0, 0, null_binds(question.oids))
        if credential.version != "3":
            return encode_message(Message(V2C, credential.community.encode(), pdu))
        peer = self._peers.get((target.address, target.port))
        question.discovering = peer is None
        if peer is None:
            empty = Pdu(PduType.GET, number)
            return encode_v3(Envelope(number, FLAG_REPORTABLE, b"", 0, 0, b""), empty, None, b"")
        keys = user_keys(credential, peer.engine_id)
        flags = FLAG_REPORTABLE | (FLAG_AUTH if keys.auth else 0) | (FLAG_PRIV if keys.privacy else 0)
        self._salt = (self._salt + 1) % 2**64
        envelope = Envelope(
            number,
            flags,
            peer.engine_id,
            peer.boots,
            peer.time_at(self._loop.time()),
            keys.user,
            salt=self._salt.to_bytes(8, "big") if keys.privacy else b"",
        )
        return encode_v3(envelope, pdu, keys, peer.engine_id)

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
                if peek_version(data) == V3:
                    self._take_v3(parse_v3(data), source)
                else:
                    self._take_v2c(decode_message(data), source)
            except WireError:
                self.stats.garbage += 1

    def _take_v2c(self, message: Message, source: tuple[str, int]) -> None:
        pdu = message.pdu
        if not isinstance(pdu, Pdu) or pdu.type != PduType.RESPONSE:
            self.stats.strays += 1
            return
        question = self._find(pdu.request_id, source)
        credential = question.exchange.target.credential if question else None
        if question is None or credential is None or credential.version == "3":
            self.stats.strays += 1
            return
        if message.community != credential.community.encode():
            self.stats.strays += 1
            return
        self._answer(pdu.request_id, question, pdu)

    def _take_v3(self, envelope: Envelope, source: tuple[str, int]) -> None:
        question = self._find(envelope.msg_id, source)
        if question is None or question.exchange.target.credential.version != "3":
            self.stats.strays += 1
            return
        now = self._loop.time()
        if question.discovering:
            self._discovered(envelope, question, source, now)
            return
        peer = self._peers[source]
        keys = user_keys(question.exchange.target.credential, peer.engine_id)
        authentic = bool(envelope.flags & FLAG_AUTH)
        if authentic and envelope.engine_id != peer.engine_id:
            self.stats.forged += 1
            return
        try:
            _, pdu = open_v3(envelope, keys)
        except WireError:
            self.stats.forged += authentic
            self.stats.garbage += not authentic
            return
        if pdu.type == PduType.REPORT:
            self._reported(envelope, question, pdu, source)
            return
        expected = (FLAG_AUTH if keys.auth else 0) | (FLAG_PRIV if keys.privacy else 0)
        secured = envelope.flags & (FLAG_AUTH | FLAG_PRIV) == expected and envelope.user == keys.user
        if not secured or (keys.auth and not peer.accept(envelope.boots, envelope.time, now)):
            self.stats.forged += 1
        elif pdu.type != PduType.RESPONSE or pdu.request_id != envelope.msg_id:
            self.stats.strays += 1
        else:
            self._answer(envelope.msg_id, question, pdu)

    def _discovered(self, envelope: Envelope, question: Question, source: tuple[str, int], now: float) -> None:
        _, pdu = open_v3(replace(envelope, flags=envelope.flags & FLAG_REPORTABLE), None)
        if envelope.flags & FLAG_AUTH or pdu.type != PduType.REPORT or not 5 <= len(envelope.engine_id) <= 32:
            self.stats.strays += 1
            return
        # Unauthenticated: good enough to choose keys with, the clock is put right by an authentic report.
        self._peers[source] = Peer(envelope.engine_id, envelope.boots, envelope.time, now)
        self._repeat(envelope.msg_id, question)

    def _reported(self, envelope: Envelope, question: Question, pdu: Pdu, source: tuple[str, int]) -> None:
        oid = pdu.varbinds[0].oid if pdu.varbinds else ""
        if oid == _NOT_IN_TIME and envelope.flags & FLAG_AUTH and question.resyncs < MAX_RESYNCS:
            self._peers[source] = Peer(envelope.engine_id, envelope.boots, envelope.time, self._loop.time())
            self._repeat(envelope.msg_id, question)
        elif oid == _UNKNOWN_ENGINE and question.resyncs < MAX_RESYNCS:
            del self._peers[source]
            self._repeat(envelope.msg_id, question)
        elif oid in _REFUSALS:
            del self._pending[envelope.msg_id]
            self.stats.matched += 1
            rtt_s = self._loop.time() - question.sent_at
            question.exchange.finish(Reachability.REFUSED, rtt_s, _REFUSALS[oid])
        else:
            self.stats.strays += 1

    def _repeat(self, number: int, question: Question) -> None:
        """Ask again at once with what was just learnt; it costs none of the retries."""
        del self._pending[number]
        question.resyncs += 1
        question.attempts_left += 1
        self._ask(question)

    def _find(self, number: int, source: tuple[str, int]) -> Question | None:
        question = self._pending.get(number)
        if question is None:
            return None
        target = question.exchange.target
        return question if (target.address, target.port) == source else None

    def _answer(self, number: int, question: Question, pdu: Pdu) -> None:
        follow_up = question.take(pdu, self._loop.time())
        if follow_up is None:
            self.stats.strays += 1
            return
        del self._pending[number]
        self.stats.matched += 1
        for part in follow_up:
            self._ask(part)

    def _schedule_sweep(self) -> None:
        if self._sweeper is None:
            self._sweeper = self._loop.call_later(SWEEP_S, self._sweep)

    def _sweep(self) -> None:
        """Find the questions whose time is up: ask again, or call the target silent."""
        self._sweeper = None
        now = self._loop.time()
        expired = [(number, q) for number, q in self._pending.items() if q.deadline <= now]
        for number, question in expired:
            del self._pending[number]
            if question.exchange.is_done:
                continue
            if question.attempts_left > 0:
                # An agent that lost its memory may have a new engine id: find out again.
                target = question.exchange.target
                if question.attempts_left == 1:
                    self._peers.pop((target.address, target.port), None)
                self._ask(question)
            else:
                question.exchange.finish(Reachability.SILENT)
        if self._pending:
            self._schedule_sweep()
