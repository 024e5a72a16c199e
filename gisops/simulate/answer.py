"""What an agent answers to a datagram: versions 1, 2c and 3, GET, GETNEXT and GETBULK. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from gisops.config.credentials import Credential
from gisops.errors import WireError
from gisops.wire.message import V3, Message, decode_message, encode_message, peek_version
from gisops.wire.pdu import Pdu, PduType, Tag, Value, VarBind
from gisops.wire.usm import UserKeys, user_keys
from gisops.wire.v3 import FLAG_AUTH, FLAG_PRIV, FLAG_REPORTABLE, Envelope, encode_v3, open_v3, parse_v3

__all__ = ["Agent", "engine_id_of"]

_MAX_REPETITIONS = 50
_STATS = "1.3.6.1.6.3.15.1.1."
_UNSUPPORTED, _NOT_IN_TIME, _UNKNOWN_USER, _UNKNOWN_ENGINE, _WRONG_DIGEST = (
    f"{_STATS}{number}.0" for number in (1, 2, 3, 4, 5)
)
_WINDOW_S = 150


def engine_id_of(device_id: str) -> bytes:
    """Give an engine id made of the device's own name (RFC 3411: format 4, text; enterprise 32473)."""
    return bytes.fromhex("80007ed904") + device_id.encode()[:27]


@dataclass(frozen=True, slots=True)
class Agent:
    """One device's agent.

    Parameters
    ----------
    device_id, credential
        Whose it is, and who may ask.
    get
        Tagged value of an OID now; ``None`` where there is no such instance.
    after
        The OID after one; ``None`` at the end.
    booted_at
        When it started; UTC.
    boots
        snmpEngineBoots.
    """

    device_id: str
    credential: Credential
    get: Callable[[str, datetime], tuple[int, Value] | None]
    after: Callable[[str], str | None]
    booted_at: Callable[[], datetime]
    boots: int = 1

    def answer(self, data: bytes, now: datetime) -> bytes | None:
        """Give the answer to a datagram; ``None`` where silence is right.

        Raises
        ------
        WireError
            For a datagram that is not well formed.
        """
        if peek_version(data) == V3:
            return self._answer_v3(parse_v3(data), now) if self.credential.version == "3" else None
        if self.credential.version == "3":
            return None
        message = decode_message(data)
        if message.community != self.credential.community.encode() or not isinstance(message.pdu, Pdu):
            return None
        response = self._respond(message.pdu, now)
        return encode_message(Message(message.version, message.community, response)) if response else None

    def _respond(self, pdu: Pdu, now: datetime) -> Pdu | None:
        if pdu.type == PduType.GET:
            binds = tuple(self._bind(b.oid, now) for b in pdu.varbinds)
        elif pdu.type == PduType.GET_NEXT:
            binds = tuple(self._next(b.oid, now) for b in pdu.varbinds)
        elif pdu.type == PduType.GET_BULK:
            return Pdu(PduType.RESPONSE, pdu.request_id, 0, 0, self._bulk(pdu, now))
        else:
            return None
        return Pdu(PduType.RESPONSE, pdu.request_id, 0, 0, binds)

    def _bind(self, oid: str, now: datetime) -> VarBind:
        found = self.get(oid, now)
        return VarBind(oid, *found) if found else VarBind(oid, Tag.NO_SUCH_INSTANCE)

    def _next(self, oid: str, now: datetime) -> VarBind:
        following = self.after(oid)
        return self._bind(following, now) if following else VarBind(oid, Tag.END_OF_MIB_VIEW)

    def _bulk(self, pdu: Pdu, now: datetime) -> tuple[VarBind, ...]:
        single = max(0, min(pdu.error_status, len(pdu.varbinds)))
        binds = [self._next(b.oid, now) for b in pdu.varbinds[:single]]
        columns = [b.oid for b in pdu.varbinds[single:]]
        for _ in range(max(0, min(pdu.error_index, _MAX_REPETITIONS))):
            row = [self._next(oid, now) for oid in columns]
            binds += row
            columns = [b.oid for b in row]
            if all(b.tag == Tag.END_OF_MIB_VIEW for b in row):
                break
        return tuple(binds)

    def _answer_v3(self, asked: Envelope, now: datetime) -> bytes | None:
        own_engine = engine_id_of(self.device_id)
        keys = user_keys(self.credential, own_engine)
        uptime = int((now - self.booted_at()).total_seconds())
        mine = Envelope(asked.msg_id, 0, own_engine, self.boots, uptime, asked.user)
        if asked.engine_id != own_engine:
            return self._report(mine, asked, _UNKNOWN_ENGINE, None)
        if asked.user != keys.user:
            return self._report(mine, asked, _UNKNOWN_USER, None)
        level = (FLAG_AUTH if keys.auth else 0) | (FLAG_PRIV if keys.privacy else 0)
        if asked.flags & (FLAG_AUTH | FLAG_PRIV) != level:
            return self._report(mine, asked, _UNSUPPORTED, None)
        try:
            context, pdu = open_v3(asked, keys)
        except WireError as error:
            if str(error) == "wrong digest":
                return self._report(mine, asked, _WRONG_DIGEST, None)
            raise
        if asked.boots != self.boots or abs(asked.time - uptime) > _WINDOW_S:
            return self._report(mine, asked, _NOT_IN_TIME, keys)
        response = self._respond(pdu, now)
        if response is None:
            return None
        sealed = replace(mine, flags=level, salt=_salt(asked.msg_id, now) if keys.privacy else b"")
        return encode_v3(sealed, response, keys, context)

    def _report(self, mine: Envelope, asked: Envelope, oid: str, keys: UserKeys | None) -> bytes | None:
        if not asked.flags & FLAG_REPORTABLE:
            return None
        pdu = Pdu(PduType.REPORT, 0, 0, 0, (VarBind(oid, Tag.COUNTER32, 1),))
        flags = FLAG_AUTH if keys is not None and keys.auth else 0
        return encode_v3(replace(mine, flags=flags), pdu, keys, mine.engine_id)


def _salt(msg_id: int, now: datetime) -> bytes:
    """Give 8 octets that do not come again: the time in microseconds, and the question's number."""
    return ((int(now.timestamp() * 1e6) << 12 | msg_id & 0xFFF) % 2**64).to_bytes(8, "big")
