"""Whatever arrives, only `WireError` escapes the decoders; and pysnmp reads what we write."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder as pyasn1_decoder
from pyasn1.codec.ber import encoder as pyasn1_encoder
from pysnmp.proto import api

from gisops.errors import WireError
from gisops.wire.message import V2C, Message, decode_message, encode_message
from gisops.wire.pdu import Pdu, PduType, Tag, VarBind
from gisops.wire.v3 import Envelope, encode_v3, open_v3, parse_v3

OIDS = st.lists(st.integers(0, 2**32 - 1), min_size=0, max_size=12).map(
    lambda tail: ".".join(map(str, [1, 3, *tail]))
)
BINDS = st.one_of(
    st.builds(VarBind, OIDS, st.just(int(Tag.INTEGER)), st.integers(-(2**31), 2**31 - 1)),
    st.builds(VarBind, OIDS, st.just(int(Tag.GAUGE32)), st.integers(0, 2**32 - 1)),
    st.builds(VarBind, OIDS, st.just(int(Tag.COUNTER64)), st.integers(0, 2**64 - 1)),
    st.builds(VarBind, OIDS, st.just(int(Tag.OCTET_STRING)), st.binary(max_size=300)),
    st.builds(VarBind, OIDS, st.just(int(Tag.OBJECT_ID)), OIDS),
    st.builds(VarBind, OIDS, st.just(int(Tag.NO_SUCH_INSTANCE))),
)
MESSAGES = st.builds(
    lambda request_id, binds: Message(V2C, b"demo", Pdu(PduType.RESPONSE, request_id, 0, 0, tuple(binds))),
    st.integers(-(2**31), 2**31 - 1),
    st.lists(BINDS, max_size=8),
)


@given(MESSAGES)
def test_what_is_written_is_read(message: Message) -> None:
    assert decode_message(encode_message(message)) == message


@given(MESSAGES)
@settings(max_examples=60)
def test_pysnmp_reads_and_rewrites_the_same_bytes(message: Message) -> None:
    ours = encode_message(message)
    theirs, rest = pyasn1_decoder.decode(ours, asn1Spec=api.PROTOCOL_MODULES[api.SNMP_VERSION_2C].Message())
    assert rest == b""
    assert decode_message(pyasn1_encoder.encode(theirs)) == message


@given(MESSAGES, st.data())
def test_a_mutated_message_is_read_or_refused(message: Message, data: st.DataObject) -> None:
    octets = bytearray(encode_message(message))
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(octets[: data.draw(st.integers(0, len(octets)))])
    for candidate in (bytes(octets), cut):
        try:
            decode_message(candidate)
        except WireError:
            continue


@given(st.binary(max_size=200), st.integers(0, 200), st.integers(0, 255))
def test_a_mutated_version_3_message_is_read_or_refused(noise: bytes, at: int, octet: int) -> None:
    good = encode_v3(Envelope(1, 0, b"engine", 1, 2, b"user"), Pdu(PduType.GET, 1), None, b"engine")
    mutated = bytearray(good)
    mutated[at % len(good)] = octet
    for candidate in (noise, bytes(mutated), good[: at % len(good)]):
        try:
            open_v3(parse_v3(candidate), None)
        except WireError:
            continue
