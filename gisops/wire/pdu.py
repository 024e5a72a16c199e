"""What an SNMP message says: protocol data units and their variable bindings (RFC 3416, RFC 1157)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

from gisops.errors import WireError
from gisops.wire.ber import (
    decode_integer,
    decode_oid,
    decode_unsigned,
    encode_integer,
    encode_oid,
    encode_unsigned,
    read_header,
    tlv,
)

__all__ = [
    "Pdu",
    "PduType",
    "Tag",
    "TrapV1",
    "Value",
    "VarBind",
    "decode_binds",
    "decode_pdu",
    "decode_value",
    "encode_pdu",
    "null_binds",
]

Value = int | bytes | str | None
"""Integer-like, octets, dotted OBJECT IDENTIFIER, or nothing."""
MAX_VARBINDS = 2000


class Tag(IntEnum):
    """BER tags of the values SNMP knows."""

    INTEGER = 0x02
    OCTET_STRING = 0x04
    NULL = 0x05
    OBJECT_ID = 0x06
    SEQUENCE = 0x30
    IP_ADDRESS = 0x40
    COUNTER32 = 0x41
    GAUGE32 = 0x42
    TIMETICKS = 0x43
    OPAQUE = 0x44
    COUNTER64 = 0x46
    NO_SUCH_OBJECT = 0x80
    NO_SUCH_INSTANCE = 0x81
    END_OF_MIB_VIEW = 0x82


class PduType(IntEnum):
    """BER tags of the protocol data units."""

    GET = 0xA0
    GET_NEXT = 0xA1
    RESPONSE = 0xA2
    SET = 0xA3
    TRAP_V1 = 0xA4
    GET_BULK = 0xA5
    INFORM = 0xA6
    TRAP_V2 = 0xA7
    REPORT = 0xA8


_UNSIGNED = frozenset({Tag.COUNTER32, Tag.GAUGE32, Tag.TIMETICKS, Tag.COUNTER64})
_OCTETS = frozenset({Tag.OCTET_STRING, Tag.IP_ADDRESS, Tag.OPAQUE})
_NOTHING = frozenset({Tag.NULL, Tag.NO_SUCH_OBJECT, Tag.NO_SUCH_INSTANCE, Tag.END_OF_MIB_VIEW})
_KNOWN_PDUS = frozenset(PduType)


@dataclass(frozen=True, slots=True)
class VarBind:
    """An object and its value; ``value`` is ``None`` for NULL and the three exceptions."""

    oid: str
    tag: int = Tag.NULL
    value: Value = None


@dataclass(frozen=True, slots=True)
class Pdu:
    """A protocol data unit.

    In a GETBULK ``error_status`` holds non-repeaters and ``error_index`` max-repetitions.
    """

    type: int
    request_id: int
    error_status: int = 0
    error_index: int = 0
    varbinds: tuple[VarBind, ...] = ()


@dataclass(frozen=True, slots=True)
class TrapV1:
    """A version 1 trap (RFC 1157 section 4.1.6)."""

    enterprise: str
    agent: bytes
    generic: int
    specific: int
    uptime_ticks: int
    varbinds: tuple[VarBind, ...] = field(default=())


def null_binds(oids: Iterable[str]) -> tuple[VarBind, ...]:
    """Bind nothing to each object, as a question does."""
    return tuple(VarBind(oid) for oid in oids)


def encode_pdu(pdu: Pdu) -> bytes:
    """Give a PDU's bytes."""
    return tlv(
        pdu.type,
        tlv(Tag.INTEGER, encode_integer(pdu.request_id))
        + tlv(Tag.INTEGER, encode_integer(pdu.error_status))
        + tlv(Tag.INTEGER, encode_integer(pdu.error_index))
        + tlv(Tag.SEQUENCE, b"".join(map(_encode_bind, pdu.varbinds))),
    )


def decode_pdu(data: bytes, at: int, end: int) -> Pdu | TrapV1:
    """Read the PDU at ``at``; it must end at ``end``."""
    kind, start, stop = read_header(data, at, end)
    if kind not in _KNOWN_PDUS or stop != end:
        raise WireError("not a PDU")
    if kind == PduType.TRAP_V1:
        return _decode_trap_v1(data, start, stop)
    request_id, start = _integer(data, start, stop)
    error_status, start = _integer(data, start, stop)
    error_index, start = _integer(data, start, stop)
    return Pdu(kind, request_id, error_status, error_index, _decode_bind_list(data, start, stop))


def _encode_bind(bind: VarBind) -> bytes:
    return tlv(Tag.SEQUENCE, tlv(Tag.OBJECT_ID, encode_oid(bind.oid)) + tlv(bind.tag, _content(bind)))


def _content(bind: VarBind) -> bytes:
    value = bind.value
    if bind.tag in _NOTHING:
        return b""
    if bind.tag in _OCTETS and isinstance(value, bytes):
        return value
    if bind.tag == Tag.OBJECT_ID and isinstance(value, str):
        return encode_oid(value)
    if bind.tag in _UNSIGNED and isinstance(value, int):
        return encode_unsigned(value)
    if bind.tag == Tag.INTEGER and isinstance(value, int):
        return encode_integer(value)
    raise WireError(f"{value!r} does not fit tag {bind.tag:#x}")


def _integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    tag, start, stop = read_header(data, at, end)
    if tag != Tag.INTEGER:
        raise WireError("an integer is missing")
    return decode_integer(data, start, stop), stop


def _decode_bind_list(data: bytes, at: int, end: int) -> tuple[VarBind, ...]:
    tag, at, stop = read_header(data, at, end)
    if tag != Tag.SEQUENCE or stop != end:
        raise WireError("variable bindings are missing")
    return decode_binds(data, at, end)


def decode_binds(data: bytes, at: int, end: int) -> tuple[VarBind, ...]:
    """Read the variable bindings that fill ``at`` to ``end``."""
    binds: list[VarBind] = []
    while at < end:
        tag, start, stop = read_header(data, at, end)
        if tag != Tag.SEQUENCE or len(binds) >= MAX_VARBINDS:
            raise WireError("bad variable binding")
        name_tag, name_start, name_stop = read_header(data, start, stop)
        if name_tag != Tag.OBJECT_ID:
            raise WireError("bad variable name")
        value_tag, value_start, value_stop = read_header(data, name_stop, stop)
        if value_stop != stop:
            raise WireError("bytes after a value")
        value = decode_value(data, value_tag, value_start, value_stop)
        binds.append(VarBind(decode_oid(data[name_start:name_stop]), value_tag, value))
        at = stop
    return tuple(binds)


def decode_value(data: bytes, tag: int, start: int, stop: int) -> Value:
    """Read the content of a value by its tag."""
    if tag == Tag.INTEGER:
        return decode_integer(data, start, stop)
    if tag in _UNSIGNED:
        return decode_unsigned(data, start, stop)
    if tag in _OCTETS:
        return data[start:stop]
    if tag == Tag.OBJECT_ID:
        return decode_oid(data[start:stop])
    if tag in _NOTHING and start == stop:
        return None
    raise WireError(f"unknown value tag {tag:#x}")


def _decode_trap_v1(data: bytes, at: int, end: int) -> TrapV1:
    tag, start, stop = read_header(data, at, end)
    agent_tag, agent_start, agent_stop = read_header(data, stop, end)
    if tag != Tag.OBJECT_ID or agent_tag != Tag.IP_ADDRESS or agent_stop - agent_start != 4:
        raise WireError("bad version 1 trap")
    generic, at = _integer(data, agent_stop, end)
    specific, at = _integer(data, at, end)
    ticks_tag, ticks_start, ticks_stop = read_header(data, at, end)
    if ticks_tag != Tag.TIMETICKS:
        raise WireError("a version 1 trap without its time")
    return TrapV1(
        decode_oid(data[start:stop]),
        data[agent_start:agent_stop],
        generic,
        specific,
        decode_unsigned(data, ticks_start, ticks_stop),
        _decode_bind_list(data, ticks_stop, end),
    )
