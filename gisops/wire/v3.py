"""How a PDU travels in version 3: header, security parameters, scoped PDU (RFC 3412, RFC 3414).

Reading is in two steps, so that nothing is decrypted or believed before its
digest was checked: `parse_v3` finds the parts, `open_v3` verifies and opens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from gisops.errors import WireError
from gisops.wire.ber import decode_integer, encode_integer, read_header, tlv
from gisops.wire.message import V3
from gisops.wire.pdu import Pdu, Tag, TrapV1, decode_pdu, encode_pdu
from gisops.wire.response import Span
from gisops.wire.usm import DIGEST_SIZES, UserKeys, decrypt, digest, encrypt, verify

__all__ = [
    "FLAG_AUTH",
    "FLAG_PRIV",
    "FLAG_REPORTABLE",
    "Envelope",
    "Outline",
    "encode_v3",
    "open_v3",
    "outline_v3",
    "parse_v3",
]

FLAG_AUTH, FLAG_PRIV, FLAG_REPORTABLE = 1, 2, 4
USM = 3
MAX_SIZE = 65507


@dataclass(frozen=True, slots=True)
class Envelope:
    """The outside of a version 3 message, as found or as to be written.

    ``salt`` is msgPrivacyParameters, ``digest_at`` the offset of msgAuthenticationParameters
    in the datagram, ``body`` the scoped PDU (plain or encrypted) with its header.
    """

    msg_id: int
    flags: int
    engine_id: bytes
    boots: int
    time: int
    user: bytes
    found_digest: bytes = b""
    digest_at: int = 0
    salt: bytes = b""
    body: bytes = b""
    raw: bytes = b""


class Outline(NamedTuple):
    """Where the parts of a version 3 message stand that change from message to message.

    ``body`` is what is encrypted, without its header; in a message in the clear the whole scoped PDU.
    """

    msg_id: Span
    engine_id: Span
    boots: Span
    time: Span
    digest: Span
    salt: Span
    body: Span


def encode_v3(envelope: Envelope, pdu: Pdu, keys: UserKeys | None, context_engine: bytes) -> bytes:
    """Write a version 3 message.

    Parameters
    ----------
    envelope
        Header and security parameters; with the privacy flag ``salt`` must be
        8 octets that never repeat under the same key.
    pdu
        What it says.
    keys
        Needed for the auth and priv flags; ``None`` for discovery.
    context_engine
        contextEngineID of the scoped PDU.
    """
    scoped = tlv(
        Tag.SEQUENCE,
        tlv(Tag.OCTET_STRING, context_engine) + tlv(Tag.OCTET_STRING, b"") + encode_pdu(pdu),
    )
    blank = b""
    if envelope.flags & FLAG_AUTH:
        if keys is None or keys.auth is None:
            raise WireError("authentication asked for without a key")
        blank = bytes(DIGEST_SIZES[keys.auth])
    if envelope.flags & FLAG_PRIV:
        if keys is None or keys.privacy is None:
            raise WireError("privacy asked for without a key")
        secret = encrypt(keys, envelope.boots, envelope.time, envelope.salt, scoped)
        scoped = tlv(Tag.OCTET_STRING, secret)
    message = _assemble(envelope, blank, scoped)
    if not blank or keys is None:
        return message
    return _assemble(envelope, digest(keys, message), scoped)


def _assemble(envelope: Envelope, auth: bytes, scoped: bytes) -> bytes:
    header = tlv(
        Tag.SEQUENCE,
        tlv(Tag.INTEGER, encode_integer(envelope.msg_id))
        + tlv(Tag.INTEGER, encode_integer(MAX_SIZE))
        + tlv(Tag.OCTET_STRING, bytes((envelope.flags,)))
        + tlv(Tag.INTEGER, encode_integer(USM)),
    )
    security = tlv(
        Tag.SEQUENCE,
        tlv(Tag.OCTET_STRING, envelope.engine_id)
        + tlv(Tag.INTEGER, encode_integer(envelope.boots))
        + tlv(Tag.INTEGER, encode_integer(envelope.time))
        + tlv(Tag.OCTET_STRING, envelope.user)
        + tlv(Tag.OCTET_STRING, auth)
        + tlv(Tag.OCTET_STRING, envelope.salt),
    )
    return tlv(
        Tag.SEQUENCE,
        tlv(Tag.INTEGER, encode_integer(V3)) + header + tlv(Tag.OCTET_STRING, security) + scoped,
    )


def parse_v3(data: bytes) -> Envelope:
    """Find the parts of a version 3 datagram; nothing in them is believed yet."""
    _, at, end = _expect(data, 0, len(data), Tag.SEQUENCE)
    version, at = _int(data, at, end)
    if version != V3 or end != len(data):
        raise WireError("not a version 3 message")
    _, inner, at = _expect(data, at, end, Tag.SEQUENCE)
    msg_id, inner = _int(data, inner, at)
    _, inner = _int(data, inner, at)
    _, flags_at, inner = _expect(data, inner, at, Tag.OCTET_STRING)
    model, _ = _int(data, inner, at)
    if inner - flags_at != 1 or model != USM:
        raise WireError("not the user-based security model")
    _, inner, at = _expect(data, at, end, Tag.OCTET_STRING)
    _, inner, stop = _expect(data, inner, at, Tag.SEQUENCE)
    _, s, inner = _expect(data, inner, stop, Tag.OCTET_STRING)
    engine_id = data[s:inner]
    boots, inner = _int(data, inner, stop)
    time, inner = _int(data, inner, stop)
    _, s, inner = _expect(data, inner, stop, Tag.OCTET_STRING)
    user = data[s:inner]
    _, digest_at, inner = _expect(data, inner, stop, Tag.OCTET_STRING)
    found = data[digest_at:inner]
    _, s, inner = _expect(data, inner, stop, Tag.OCTET_STRING)
    if boots < 0 or time < 0:
        raise WireError("negative boots or time")
    flags = data[flags_at]
    return Envelope(msg_id, flags, engine_id, boots, time, user, found, digest_at, data[s:inner], data[at:end], data)


def open_v3(envelope: Envelope, keys: UserKeys | None) -> tuple[bytes, Pdu]:
    """Verify, decrypt and read a parsed message.

    Returns
    -------
    context_engine, pdu
        contextEngineID and what it says.

    Raises
    ------
    WireError
        ``wrong digest`` before anything is decrypted, or a body that is not well formed.
    """
    body = envelope.body
    if envelope.flags & FLAG_AUTH and (
        keys is None or not verify(keys, envelope.raw, envelope.digest_at, envelope.found_digest)
    ):
        raise WireError("wrong digest")
    if envelope.flags & FLAG_PRIV:
        if keys is None or keys.privacy is None or not envelope.flags & FLAG_AUTH:
            raise WireError("encrypted without a key")
        _, start, stop = _expect(body, 0, len(body), Tag.OCTET_STRING)
        body = decrypt(keys, envelope.boots, envelope.time, envelope.salt, body[start:stop])
    _, at, end = _expect(body, 0, len(body), Tag.SEQUENCE)
    _, s, at = _expect(body, at, end, Tag.OCTET_STRING)
    context_engine = body[s:at]
    _, _, at = _expect(body, at, end, Tag.OCTET_STRING)
    pdu = decode_pdu(body, at, end)
    if isinstance(pdu, TrapV1):
        raise WireError("a version 1 trap in version 3")
    return context_engine, pdu


def outline_v3(data: bytes) -> Outline:
    """Find the parts of a datagram that `parse_v3` reads; raises `WireError` where that would."""
    _, at, end = _expect(data, 0, len(data), Tag.SEQUENCE)
    _, _, at = _expect(data, at, end, Tag.INTEGER)
    _, inner, at = _expect(data, at, end, Tag.SEQUENCE)
    _, id_start, id_stop = _expect(data, inner, at, Tag.INTEGER)
    _, _, inner = _expect(data, id_stop, at, Tag.INTEGER)
    _, flags_at, _ = _expect(data, inner, at, Tag.OCTET_STRING)
    _, inner, at = _expect(data, at, end, Tag.OCTET_STRING)
    _, inner, stop = _expect(data, inner, at, Tag.SEQUENCE)
    spans: list[Span] = []
    for tag in (Tag.OCTET_STRING, Tag.INTEGER, Tag.INTEGER, *(Tag.OCTET_STRING,) * 3):
        _, start, inner = _expect(data, inner, stop, tag)
        spans.append((start, inner, tag))
    engine_id, boots, time, _, digest_, salt = spans
    start = _expect(data, at, end, Tag.OCTET_STRING)[1] if data[flags_at] & FLAG_PRIV else at
    body = (start, end, int(Tag.OCTET_STRING))
    return Outline((id_start, id_stop, Tag.INTEGER), engine_id, boots, time, digest_, salt, body)


def _expect(data: bytes, at: int, end: int, wanted: int) -> tuple[int, int, int]:
    tag, start, stop = read_header(data, at, end)
    if tag != wanted:
        raise WireError(f"tag {tag:#x} where {wanted:#x} belongs")
    return tag, start, stop


def _int(data: bytes, at: int, end: int) -> tuple[int, int]:
    _, start, stop = _expect(data, at, end, Tag.INTEGER)
    return decode_integer(data, start, stop), stop
