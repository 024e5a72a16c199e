"""What notifications are sent in a bench: those of a street cabinet, no two alike in uptime and request number."""

from __future__ import annotations

from collections.abc import Iterator

from gisops.config.credentials import Credential
from gisops.wire.message import V2C, Message, encode_message
from gisops.wire.notification import TRAP_OID, UPTIME
from gisops.wire.pdu import Pdu, PduType, Tag, VarBind
from gisops.wire.usm import user_keys
from gisops.wire.v3 import FLAG_AUTH, FLAG_PRIV, Envelope, encode_v3

__all__ = ["COMMUNITY", "SENDER_ENGINE", "USER", "v2c_traps", "v3_traps"]

COMMUNITY = "bench"
USER = Credential("bench", "3", "", "bench", "SHA-256", "bench-only-auth", "AES-128", "bench-only-priv")
SENDER_ENGINE = bytes.fromhex("80007ed9056269736f7073")
_IF_INDEX, _IF_ADMIN, _IF_OPER = "1.3.6.1.2.1.2.2.1.1", "1.3.6.1.2.1.2.2.1.7", "1.3.6.1.2.1.2.2.1.8"
_LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
_ON_BATTERY = "1.3.6.1.2.1.33.2.1"
_DOOR, _SENSOR = "1.3.6.1.2.1.99.0.1", "1.3.6.1.2.1.99.1.1.1.4.2"


def _pdu(number: int, sayings: int | None = None) -> Pdu:
    oid, binds = _saying(number if sayings is None else number % sayings)
    head = (
        VarBind(UPTIME, Tag.TIMETICKS, 100_000 + 7 * number),
        VarBind(TRAP_OID, Tag.OBJECT_ID, oid),
    )
    return Pdu(PduType.TRAP_V2, 1_000_000 + number, 0, 0, (*head, *binds))


def _saying(number: int) -> tuple[str, tuple[VarBind, ...]]:
    """One in two a link, the others a UPS with its readings or a sensor."""
    if number % 2:
        port = 3 + number // 2 % 24
        objects = ((_IF_INDEX, port), (_IF_ADMIN, 1), (_IF_OPER, 2))
        return _LINK_DOWN, tuple(VarBind(f"{oid}.{port}", Tag.INTEGER, value) for oid, value in objects)
    if number % 4:
        return _DOOR, (VarBind(_SENSOR, Tag.INTEGER, number // 4 % 2),)
    minutes, seconds = number // 4 % 480, number // 4 % 3600
    ups = "1.3.6.1.2.1.33.1"
    objects = ((f"{ups}.2.3.0", minutes), (f"{ups}.2.2.0", seconds), (f"{ups}.9.7.0", 5))
    return _ON_BATTERY, tuple(VarBind(oid, Tag.INTEGER, value) for oid, value in objects)


def v2c_traps(count: int, sayings: int | None = None) -> Iterator[bytes]:
    """Give so many datagrams; where ``sayings`` is given, they say only so many things again and again."""
    for number in range(count):
        yield encode_message(Message(V2C, COMMUNITY.encode(), _pdu(number, sayings)))


def v3_traps(count: int, boots: int) -> Iterator[bytes]:
    """Give so many authenticated and encrypted datagrams of one sender that started ``boots`` times."""
    keys = user_keys(USER, SENDER_ENGINE)
    for number in range(count):
        salt = number.to_bytes(8, "big")
        envelope = Envelope(1 + number, FLAG_AUTH | FLAG_PRIV, SENDER_ENGINE, boots, 1000, keys.user, salt=salt)
        yield encode_v3(envelope, _pdu(number), keys, SENDER_ENGINE)
