"""The process that opens version 3 notifications: pysnmp behind a socket pair, one frame after the other.

``python -m gisops.snmp.v3_receiver FD PARENT`` is started by `gisops.snmp.v3_process`
and ends with it. pysnmp parses, authenticates, decrypts, and answers questions who we
are. An inform is held, with pysnmp's own state for its answer, until the listener says
that it is stored. No network socket is open here: what pysnmp sends goes out through
the listener's port.
"""

from __future__ import annotations

import contextlib
import select
import socket
import sys
import time
from typing import Any

from pyasn1.codec.ber import encoder
from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.carrier.base import AbstractTransport, AbstractTransportDispatcher
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.proto.api import v2c
from pysnmp.proto.error import ProtocolError, StatusInformation
from pysnmp.proto.rfc1902 import OctetString

from gisops.children import end_with_parent
from gisops.config.credentials import Credential
from gisops.errors import WireError
from gisops.snmp.v3_frames import (
    MAX_FRAME,
    READY,
    Ack,
    Datagram,
    Malformed,
    Notified,
    Refused,
    Reply,
    Setup,
    decode_to_child,
)
from gisops.snmp.v3_trust import TOO_OPEN, level_of, screen
from gisops.wire.usm import user_keys
from gisops.wire.v3 import Envelope, parse_v3

__all__ = ["Receiver", "main"]

_TICK_S = 1.0
_MAX_HELD = 20000
"""Informs that wait to be stored; one more is not taken, and its sender tries again."""
_FORGET_S = 500.0
"""pysnmp forgets the state for an answer after 600 of its ticks; we let go before."""
_LEVELS = {1: 0, 2: 1, 3: 3}
"""pysnmp's security levels, as flags of a message."""
_AUTH = {
    None: config.USM_AUTH_NONE,
    "SHA-1": config.USM_AUTH_HMAC96_SHA,
    "SHA-224": config.USM_AUTH_HMAC128_SHA224,
    "SHA-256": config.USM_AUTH_HMAC192_SHA256,
    "SHA-384": config.USM_AUTH_HMAC256_SHA384,
    "SHA-512": config.USM_AUTH_HMAC384_SHA512,
}
_PRIVACY = {
    None: config.USM_PRIV_NONE,
    "AES-128": config.USM_PRIV_CFB128_AES,
    "AES-192": config.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "AES-256": config.USM_PRIV_CFB256_AES_BLUMENTHAL,
}


class _Port(AbstractTransport):  # type: ignore[misc]  # pysnmp is not typed
    """pysnmp's way out: frames to the listener instead of a socket."""

    PROTO_TRANSPORT_DISPATCHER = AbstractTransportDispatcher
    ADDRESS_TYPE = udp.UdpTransportAddress

    def __init__(self, pipe: socket.socket) -> None:
        self._pipe = pipe
        self.is_mute = False

    def send_message(self, outgoingMessage: bytes, transportAddress: tuple[str, int]) -> None:  # noqa: N803
        """Send for pysnmp."""
        if not self.is_mute:
            self._pipe.send(Reply((transportAddress[0], transportAddress[1]), bytes(outgoingMessage)).encode())

    def deliver(self, data: bytes, source: tuple[str, int]) -> None:
        """Hand pysnmp a datagram."""
        self._callback_function(self, self.ADDRESS_TYPE(source), data)


class Receiver:
    """pysnmp's engine with our identity, users as they are needed, and answers that wait.

    Parameters
    ----------
    pipe
        Our end of the socket pair.
    setup
        Who we are and who may speak.
    """

    def __init__(self, pipe: socket.socket, setup: Setup) -> None:
        self._pipe = pipe
        self._our_id = setup.engine_id
        self._users = {user.user.encode(): user for user in setup.users}
        self._known: set[tuple[bytes, bytes]] = set()
        self._held: dict[int, tuple[float, tuple[Any, ...]]] = {}
        self._next_handle = 0
        self._now: tuple[Datagram, Envelope] | None = None
        self._engine = _engine(setup)
        self._port = _Port(pipe)
        self._dispatcher = AbstractTransportDispatcher()
        self._dispatcher.set_timer_resolution(_TICK_S)
        self._dispatcher.register_transport(udp.DOMAIN_NAME, self._port)
        self._engine.register_transport_dispatcher(self._dispatcher)
        kinds = (v2c.SNMPv2TrapPDU.tagSet, v2c.InformRequestPDU.tagSet)
        # An empty context engine id stands for any.
        self._engine.message_dispatcher.register_context_engine_id(b"", kinds, self._notified)
        self._engine.observer.register_observer(self._failed, "rfc3412.prepareDataElements:sm-failure")
        for user in self._users.values():
            self._meet(self._our_id, user)

    def take(self, frame: bytes) -> None:
        """Do what a frame of the listener says."""
        said = decode_to_child(frame)
        if isinstance(said, Ack):
            self._answer(said)
        elif isinstance(said, Datagram):
            self._open(said)

    def tick(self, now: float) -> None:
        """Let pysnmp forget what is old, and forget what it forgot."""
        self._dispatcher.handle_timer_tick(now)
        while self._held:
            handle, (since, _) = next(iter(self._held.items()))
            if since > now - _FORGET_S:
                break
            self._answer(Ack(handle, is_stored=False))

    def _open(self, datagram: Datagram) -> None:
        try:
            envelope = parse_v3(datagram.data)
        except WireError:
            self._say(Malformed())
            return
        reason = screen(envelope, self._our_id, datagram.engine_id, self._users)
        if reason:
            self._say(Refused(reason))
            return
        if envelope.engine_id and envelope.engine_id != self._our_id:
            self._meet(envelope.engine_id, self._users[envelope.user])
        self._now = (datagram, envelope)
        try:
            self._port.deliver(datagram.data, datagram.source)
        except Exception:  # noqa: BLE001 - on bytes it does not like pysnmp raises whatever comes
            self._say(Malformed())

    def _meet(self, engine_id: bytes, user: Credential) -> None:
        """Give pysnmp the keys of a user at an engine, when first needed: 17,000 at the start would take minutes."""
        if (engine_id, user.user.encode()) in self._known:
            return
        self._known.add((engine_id, user.user.encode()))
        keys = user_keys(user, engine_id)
        config.add_v3_user(
            self._engine,
            user.user,
            _AUTH[user.auth],
            OctetString(keys.auth_key) if user.auth else None,
            _PRIVACY[user.privacy if user.auth else None],
            OctetString(keys.privacy_key) if user.auth and user.privacy else None,
            securityEngineId=OctetString(engine_id),
            authKeyType=config.USM_KEY_TYPE_LOCALIZED,
            privKeyType=config.USM_KEY_TYPE_LOCALIZED,
        )

    def _notified(self, engine: SnmpEngine, *call: Any) -> None:  # noqa: ANN401 - pysnmp is not typed
        """Take what pysnmp found authentic (its ``processPdu``; the order of ``call`` is RFC 3412's, section 4.5)."""
        model, security_model, name, level, context_id, context, version, pdu, size, reference = call
        if self._now is None:
            return
        datagram, envelope = self._now
        user = self._users.get(envelope.user)
        if model != 3 or user is None or _LEVELS[int(level)] != level_of(user):
            self._say(Refused(TOO_OPEN))
            return
        handle = 0
        if pdu.tagSet == v2c.InformRequestPDU.tagSet:
            if len(self._held) >= _MAX_HELD:
                self._say(Refused("too many informs wait to be stored"))
                return
            self._next_handle = handle = self._next_handle % (2**32 - 1) + 1
            answer = v2c.apiPDU.get_response(pdu)
            v2c.apiPDU.set_error_status(answer, 0)
            v2c.apiPDU.set_error_index(answer, 0)
            v2c.apiPDU.set_varbinds(answer, v2c.apiPDU.get_varbinds(pdu))
            held: tuple[Any, ...] = (
                model,
                security_model,
                name,
                level,
                context_id,
                context,
                version,
                answer,
                size,
                reference,
                {},
            )
            self._held[handle] = (time.monotonic(), (engine, *held))
        self._say(
            Notified(
                datagram.source,
                handle,
                envelope.engine_id,
                envelope.boots,
                envelope.time,
                envelope.found_digest,
                encoder.encode(pdu),
            )
        )

    def _failed(self, _: SnmpEngine, __: str, variables: dict[str, Any], ___: object) -> None:
        """Count what pysnmp refused; a sender that learns who and when we are is no failure."""
        reason = str(variables["statusInformation"].get("errorIndication", "refused"))
        envelope = self._now[1] if self._now else None
        if envelope is not None and (not envelope.engine_id or envelope.boots == envelope.time == 0):
            return
        self._say(Refused(reason))

    def _answer(self, ack: Ack) -> None:
        _, call = self._held.pop(ack.handle, (0.0, None))
        if call is None:
            return
        # pysnmp lets go of what it keeps for an answer only by making one.
        self._port.is_mute = not ack.is_stored
        # Where it let go already the sender hears nothing, and tries again.
        with contextlib.suppress(ProtocolError, StatusInformation):
            self._engine.message_dispatcher.return_response_pdu(*call)
        self._port.is_mute = False

    def _say(self, frame: Malformed | Refused | Notified) -> None:
        self._pipe.send(frame.encode())


def _engine(setup: Setup) -> SnmpEngine:
    """Make pysnmp's engine with our id and count of starts.

    Given an id it would keep a count of its own in the folder for temporary files.
    """
    engine = SnmpEngine()
    symbols = engine.get_mib_builder().import_symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineID", "snmpEngineBoots")
    for symbol, value in zip(symbols, (setup.engine_id, setup.boots), strict=True):
        symbol.syntax = symbol.syntax.clone(value)
    engine.snmpEngineID = symbols[0].syntax
    return engine


def main(arguments: list[str]) -> int:
    """Serve one listener until it goes."""
    end_with_parent(parent=int(arguments[1]))
    with socket.socket(fileno=int(arguments[0])) as pipe:
        setup = decode_to_child(pipe.recv(MAX_FRAME))
        if not isinstance(setup, Setup):
            return 1
        receiver = Receiver(pipe, setup)
        pipe.send(READY)
        poll = select.poll()
        poll.register(pipe, select.POLLIN)
        while True:
            if poll.poll(_TICK_S * 1000):
                frame = pipe.recv(MAX_FRAME)
                if not frame:
                    return 0
                receiver.take(frame)
            receiver.tick(time.monotonic())


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
