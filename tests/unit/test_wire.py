"""The wire format against the RFCs' own vectors and against bytes worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gisops.config.credentials import Credential
from gisops.errors import WireError
from gisops.wire.ber import decode_oid, encode_integer, encode_oid
from gisops.wire.message import V2C, Message, decode_message, encode_message
from gisops.wire.pdu import Pdu, PduType, Tag, VarBind, null_binds
from gisops.wire.usm import localise, user_keys
from gisops.wire.v3 import FLAG_AUTH, FLAG_PRIV, Envelope, encode_v3, open_v3, parse_v3

ENGINE = bytes.fromhex("000000000000000000000002")
V3 = Credential(
    "x",
    "3",
    user="gisops",
    auth="SHA-256",
    auth_password="maplesyrup",
    privacy="AES-128",
    privacy_password="maplesyrup",
)


@pytest.mark.parametrize(
    ("value", "octets"),
    [(0, "00"), (127, "7f"), (128, "0080"), (256, "0100"), (-1, "ff"), (-128, "80"), (-129, "ff7f")],
)
def test_integers_are_as_short_as_x690_8_3_says(value: int, octets: str) -> None:
    assert encode_integer(value).hex() == octets


def test_oid_with_a_large_number_and_back() -> None:
    # 113549 = 6*16384 + 119*128 + 13: X.690's own example octets 86 f7 0d.
    assert encode_oid("1.2.840.113549").hex() == "2a864886f70d"
    assert decode_oid(bytes.fromhex("2a864886f70d")) == "1.2.840.113549"


def test_password_to_key_is_rfc_3414_a_3_2() -> None:
    assert localise("SHA-1", "maplesyrup", ENGINE).hex() == "6695febc9288e36282235fc7151f128497b38f3f"


def test_a_get_as_net_snmp_sends_it() -> None:
    by_hand = bytes.fromhex("3026020101040464656d6fa01b02022a2a020100020100300f300d06092b06010201010300000500")
    message = Message(V2C, b"demo", Pdu(PduType.GET, 0x2A2A, 0, 0, null_binds(["1.3.6.1.2.1.1.3.0.0"])))
    assert encode_message(message) == by_hand
    assert decode_message(by_hand) == message


def test_every_kind_of_value_comes_back() -> None:
    binds = (
        VarBind("1.3.1", Tag.INTEGER, -5),
        VarBind("1.3.2", Tag.OCTET_STRING, b"\x00\xff"),
        VarBind("1.3.3", Tag.OBJECT_ID, "1.3.6.1"),
        VarBind("1.3.4", Tag.COUNTER32, 2**32 - 1),
        VarBind("1.3.5", Tag.COUNTER64, 2**64 - 1),
        VarBind("1.3.6", Tag.TIMETICKS, 0),
        VarBind("1.3.7", Tag.NO_SUCH_INSTANCE),
        VarBind("1.3.8", Tag.IP_ADDRESS, bytes(4)),
    )
    message = Message(V2C, b"c", Pdu(PduType.RESPONSE, 1, 0, 0, binds))
    assert decode_message(encode_message(message)) == message


def test_version_3_opens_only_unaltered() -> None:
    keys = user_keys(V3, ENGINE)
    pdu = Pdu(PduType.GET, 7, 0, 0, null_binds(["1.3.6.1.2.1.1.3.0"]))
    envelope = Envelope(99, FLAG_AUTH | FLAG_PRIV, ENGINE, 3, 1000, b"gisops", salt=bytes(8))
    data = encode_v3(envelope, pdu, keys, ENGINE)
    assert open_v3(parse_v3(data), keys) == (ENGINE, pdu)
    assert b"\x2b\x06\x01\x02\x01" not in data
    parsed = parse_v3(data)
    for at in (parsed.digest_at, len(data) - 1):
        altered = bytearray(data)
        altered[at] ^= 1
        with pytest.raises(WireError, match="wrong digest"):
            open_v3(parse_v3(bytes(altered)), keys)


def test_secrets_do_not_show() -> None:
    shown = repr(user_keys(V3, ENGINE)) + repr(V3)
    assert "maplesyrup" not in shown
    assert "auth_key" not in shown


def test_longer_aes_keys_have_their_length() -> None:
    lengths = [len(user_keys(replace(V3, privacy=p), ENGINE).privacy_key) for p in ("AES-128", "AES-192", "AES-256")]
    assert lengths == [16, 24, 32]


@pytest.mark.parametrize("rubbish", [b"", b"\x30", b"\x30\x84\xff\xff\xff\xff", b"\x30\x03\x02\x01\x05", bytes(40)])
def test_rubbish_is_a_wire_error(rubbish: bytes) -> None:
    with pytest.raises(WireError):
        decode_message(rubbish)
