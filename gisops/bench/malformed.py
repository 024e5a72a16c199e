"""What malformed datagrams look like: real ones, altered in octets or in structure, and scapy's own fuzz.

Everything is drawn from a generator that is passed in, so a run can be had again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from gisops.bench.trap_samples import SENDER_ENGINE, USER, v2c_traps, v3_traps
from gisops.errors import WireError
from gisops.wire.ber import encode_integer, encode_oid, read_header, tlv
from gisops.wire.message import V1, V2C, Message, decode_message, encode_message
from gisops.wire.notification import TRAP_OID
from gisops.wire.pdu import Pdu, PduType, Tag, VarBind
from gisops.wire.usm import user_keys
from gisops.wire.v3 import FLAG_AUTH, FLAG_PRIV, Envelope, encode_v3

__all__ = ["genuine", "is_malformed", "malformed", "scapy_fuzz", "v1_trap"]

_COMMUNITY = b"bench"
_DEEPEST = 60
_STRANGE = (0x00, 0x01, 0x7F, 0x80, 0x81, 0x82, 0x84, 0x88, 0xFE, 0xFF, 0x30, 0xA2, 0xA4, 0xA7)
_LONG = (b"\x80", b"\x81\xff", b"\x82\xff\xff", b"\x83\x00\x00\x01", b"\x84\xff\xff\xff\xff", b"\x88" + b"\xff" * 8)


def v1_trap(generic: int, specific: int, ticks: int) -> bytes:
    """Give a version 1 trap (RFC 1157 section 4.1.6), which gisops itself never sends."""
    bind = tlv(
        Tag.SEQUENCE,
        tlv(Tag.OBJECT_ID, encode_oid("1.3.6.1.2.1.99.1.1.1.4.2")) + tlv(Tag.INTEGER, encode_integer(1)),
    )
    pdu = tlv(
        PduType.TRAP_V1,
        tlv(Tag.OBJECT_ID, encode_oid("1.3.6.1.4.1.318"))
        + tlv(Tag.IP_ADDRESS, bytes((127, 0, 0, 1)))
        + tlv(Tag.INTEGER, encode_integer(generic))
        + tlv(Tag.INTEGER, encode_integer(specific))
        + tlv(Tag.TIMETICKS, encode_integer(ticks))
        + tlv(Tag.SEQUENCE, bind),
    )
    return tlv(Tag.SEQUENCE, tlv(Tag.INTEGER, b"\0") + tlv(Tag.OCTET_STRING, _COMMUNITY) + pdu)


def genuine() -> list[bytes]:
    """Give what devices really send: replies, traps and informs of versions 1, 2c and 3."""
    binds = (
        VarBind("1.3.6.1.2.1.1.3.0", Tag.TIMETICKS, 123456),
        VarBind(TRAP_OID, Tag.OBJECT_ID, "1.3.6.1.4.1.39165.1.1"),
        VarBind("1.3.6.1.2.1.1.1.0", Tag.OCTET_STRING, b"DS-2CD2T87G2 V5.7.15"),
        VarBind("1.3.6.1.2.1.31.1.1.1.6.3", Tag.COUNTER64, 2**63 + 5),
        VarBind("1.3.6.1.2.1.33.1.2.4.0", Tag.INTEGER, -32768),
        VarBind("1.3.6.1.2.1.4.20.1.1", Tag.IP_ADDRESS, bytes((10, 1, 2, 3))),
        VarBind("1.3.6.1.2.1.99.1.1.1.4.9", Tag.NO_SUCH_INSTANCE),
    )
    found = [encode_message(Message(V1, _COMMUNITY, Pdu(PduType.RESPONSE, 70_000, 0, 0, binds[:3])))]
    kinds = (PduType.RESPONSE, PduType.INFORM)
    found += [encode_message(Message(V2C, _COMMUNITY, Pdu(kind, 70_001, 0, 0, binds))) for kind in kinds]
    found += [v1_trap(generic, 1, 4200) for generic in range(7)]
    found += v2c_traps(12)
    found += v3_traps(4, 3)
    keys = user_keys(USER, SENDER_ENGINE)
    for number, flags in enumerate((0, FLAG_AUTH, FLAG_AUTH | FLAG_PRIV)):
        salt = bytes((0, 0, 0, 0, 0, 0, 0, number)) if flags & FLAG_PRIV else b""
        envelope = Envelope(9 + number, flags, SENDER_ENGINE, 3, 1000, keys.user, salt=salt)
        pdu = Pdu(PduType.RESPONSE, 9 + number, 0, 0, binds)
        found.append(encode_v3(envelope, pdu, keys if flags else None, SENDER_ENGINE))
    return found


def scapy_fuzz(count: int, seed: int) -> list[bytes]:
    """Give so many of scapy's fuzzed SNMP messages: every field of its ASN.1 drawn at random."""
    from scapy.asn1.asn1 import ASN1_OID
    from scapy.layers.snmp import SNMP, SNMPresponse, SNMPtrapv1, SNMPtrapv2, SNMPvarbind
    from scapy.packet import fuzz

    random.seed(seed)  # scapy draws from the module's generator
    # scapy cannot build an address it drew at random.
    kinds = (SNMPresponse, partial(SNMPtrapv1, agent_addr="127.0.0.1"), SNMPtrapv2)
    found = []
    for number in range(count):
        binds = [SNMPvarbind(oid=ASN1_OID("1.3.6.1.2.1.1.3.0"), value=number)]
        pdu = fuzz(kinds[number % len(kinds)](varbindlist=binds))
        found.append(bytes(fuzz(SNMP(PDU=pdu)) if number % 2 else SNMP(version=1, community="bench", PDU=pdu)))
    return found


def malformed(seeds: Sequence[bytes], rng: random.Random) -> Iterator[bytes]:
    """Give altered datagrams without end; some of them are, by chance, well formed still."""
    alterations = (_octets, _octets, _structure, _structure, _length, _cut, _splice, _nest, _noise)
    while True:
        seed = rng.choice(seeds)
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            seed = rng.choice(alterations)(seed, seeds, rng) or b"\x30"
        yield seed


def is_malformed(data: bytes) -> bool:
    """Whether pyasn1, with pysnmp's definitions, takes a datagram for no message of version 1 or 2c."""
    from pyasn1.codec.ber import decoder
    from pyasn1.type.error import ValueConstraintError
    from pysnmp.proto import api

    if len(data) < 5 or data[0] != Tag.SEQUENCE:
        return True
    try:
        message = decode_message(data)
    except WireError:
        return True
    try:
        _, rest = decoder.decode(data, asn1Spec=api.PROTOCOL_MODULES[message.version].Message())
    except ValueConstraintError:
        return False  # a number out of its range, in a message that is well formed
    except Exception:  # noqa: BLE001 - on bytes it does not like pysnmp raises whatever comes
        return True
    return bool(rest)


def _octets(data: bytes, _: Sequence[bytes], rng: random.Random) -> bytes:
    out = bytearray(data)
    for _n in range(rng.choice((1, 1, 2, 4))):
        at = rng.randrange(len(out))
        out[at] = rng.choice(_STRANGE) if rng.random() < 0.5 else out[at] ^ 1 << rng.randrange(8)
    return bytes(out)


def _places(data: bytes) -> list[tuple[int, int, int]]:
    """Give begin, start of content and end of every value in a message."""
    found: list[tuple[int, int, int]] = []
    waiting = [(0, len(data))]
    while waiting:
        at, end = waiting.pop()
        while at < end:
            try:
                tag, start, stop = read_header(data, at, end)
            except WireError:
                break
            found.append((at, start, stop))
            if tag & 0x20:
                waiting.append((start, stop))
            at = stop
    return found


def _structure(data: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    """Take one value out, double it, move it, or put another in its place; lengths around it stay as they were."""
    places = _places(data)
    if not places:
        return data[1:]
    at, start, stop = rng.choice(places)
    value = data[at:stop]
    changes: tuple[Callable[[], bytes], ...] = (
        lambda: b"",
        lambda: value + value,
        lambda: bytes((rng.randrange(256),)) + data[at + 1 : stop],
        lambda: tlv(data[at], rng.randbytes(rng.choice((0, 1, 4, 5, 8, 9, 10, 130)))),
        lambda: tlv(data[at], data[start:stop] * 2)[:60_000],
        lambda: rng.choice(seeds)[:60],
    )
    return data[:at] + rng.choice(changes)() + data[stop:]


def _length(data: bytes, _: Sequence[bytes], rng: random.Random) -> bytes:
    """Have a value lie about its length."""
    places = _places(data)
    if not places:
        return data
    at, start, _stop = rng.choice(places)
    lie = rng.choice((*_LONG, bytes((rng.randrange(128),)), bytes((data[at + 1] ^ 1,))))
    return data[: at + 1] + lie + data[start:]


def _cut(data: bytes, _: Sequence[bytes], rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def _splice(data: bytes, seeds: Sequence[bytes], rng: random.Random) -> bytes:
    other = rng.choice(seeds)
    return data[: rng.randrange(len(data))] + other[rng.randrange(len(other)) :]


def _nest(data: bytes, _: Sequence[bytes], rng: random.Random) -> bytes:
    """Wrap all or part of it again and again."""
    out = data[rng.randrange(len(data)) :][:400]
    for _n in range(rng.randrange(1, _DEEPEST)):
        out = tlv(rng.choice((0x30, 0xA2, 0xA7, 0x04)), out)
    return out


def _noise(data: bytes, _: Sequence[bytes], rng: random.Random) -> bytes:
    return data[:2] + rng.randbytes(rng.randrange(1, 120))
