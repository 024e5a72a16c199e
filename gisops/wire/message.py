"""How a PDU travels in versions 1 and 2c: community in the clear (RFC 1157, RFC 1901)."""

from __future__ import annotations

from dataclasses import dataclass

from gisops.errors import WireError
from gisops.wire.ber import decode_integer, encode_integer, read_header, tlv
from gisops.wire.pdu import Pdu, PduType, Tag, TrapV1, decode_pdu, encode_pdu

__all__ = ["V1", "V2C", "V3", "Message", "decode_message", "encode_message", "peek_version"]

V1, V2C, V3 = 0, 1, 3
_FIRST = frozenset({PduType.GET, PduType.GET_NEXT, PduType.RESPONSE, PduType.SET})
_PDUS = {
    V1: _FIRST | {PduType.TRAP_V1},
    V2C: _FIRST | {PduType.GET_BULK, PduType.INFORM, PduType.TRAP_V2},
}
"""RFC 1157 section 4, RFC 3416 section 3; a report belongs to version 3 only."""


@dataclass(frozen=True, slots=True)
class Message:
    """A version 1 or 2c message."""

    version: int
    community: bytes
    pdu: Pdu | TrapV1


def peek_version(data: bytes) -> int:
    """Give the version number of a message (0, 1 or 3) without reading the rest."""
    tag, start, stop = read_header(data, 0, len(data))
    if tag != Tag.SEQUENCE or stop != len(data):
        raise WireError("not an SNMP message")
    tag, start, stop = read_header(data, start, stop)
    version = decode_integer(data, start, stop) if tag == Tag.INTEGER else -1
    if version not in (V1, V2C, V3):
        raise WireError("not an SNMP version")
    return version


def encode_message(message: Message) -> bytes:
    """Give a message's bytes (version 1 traps are read here, never sent)."""
    if isinstance(message.pdu, TrapV1):
        raise WireError("version 1 traps are not sent")
    return tlv(
        Tag.SEQUENCE,
        tlv(Tag.INTEGER, encode_integer(message.version))
        + tlv(Tag.OCTET_STRING, message.community)
        + encode_pdu(message.pdu),
    )


def decode_message(data: bytes) -> Message:
    """Read a whole version 1 or 2c datagram."""
    version = peek_version(data)
    if version == V3:
        raise WireError("a version 3 message")
    _, start, end = read_header(data, 0, len(data))
    _, _, at = read_header(data, start, end)
    tag, start, stop = read_header(data, at, end)
    if tag != Tag.OCTET_STRING:
        raise WireError("community is missing")
    pdu = decode_pdu(data, stop, end)
    kind = PduType.TRAP_V1 if isinstance(pdu, TrapV1) else pdu.type
    if kind not in _PDUS[version]:
        raise WireError(f"a PDU of type {kind:#x} in a message of version {version}")
    return Message(version, data[start:stop], pdu)
