"""How one version 3 agent is spoken to, fast: keys and bytes made ready, digests checked before anything is opened.

Derived from the general encoder and decoder (`gisops.wire.v3`): what is sent
is their message with a few parts exchanged; what is read fits one that they read.
"""

from __future__ import annotations

from collections.abc import Sequence
from hmac import compare_digest
from struct import Struct

from gisops.snmp.peers import Peer
from gisops.snmp.template import FIRST_NUMBER, Template
from gisops.wire.ber import encode_integer, tlv
from gisops.wire.pdu import Tag
from gisops.wire.response import Span
from gisops.wire.shape import Shape, ShapeBook
from gisops.wire.usm import PreparedKeys, UserKeys
from gisops.wire.v3 import FLAG_AUTH, FLAG_PRIV, FLAG_REPORTABLE, Envelope, encode_v3, outline_v3

__all__ = ["Session", "level_of"]

_VECTOR = Struct(">II8s")
"""Boots, time and salt make the vector (RFC 3826 section 3.1.2.1)."""


def level_of(keys: UserKeys) -> int:
    """Give the flags that messages under these keys must carry."""
    return (FLAG_AUTH if keys.auth else 0) | (FLAG_PRIV if keys.privacy else 0)


class Session:
    """Messages to and from one agent under one user's keys.

    Parameters
    ----------
    keys
        Localised for the agent.
    peer
        The agent's engine and clock; a new engine needs a new session.
    """

    __slots__ = (
        "_digest_at",
        "_found_at",
        "_parts",
        "_prepared",
        "_ready_for",
        "_scoped_head",
        "_shape",
        "keys",
        "peer",
    )

    def __init__(self, keys: UserKeys, peer: Peer) -> None:
        self.keys = keys
        self.peer = peer
        self._prepared = PreparedKeys(keys) if keys.auth else None
        self._shape: Shape | None = None
        self._ready_for: tuple[Template, int, int] | None = None
        self._parts: tuple[bytes, ...] = ()
        self._scoped_head = b""
        self._digest_at = self._found_at = 0

    def seal(self, number: int, template: Template, now: float, salt: int) -> bytes:
        """Give the datagram of a question.

        Parameters
        ----------
        number
            Request id and message id.
        template
            The question.
        now
            On the clock of the peer.
        salt
            A number below 2**64 that does not come again under these keys.
        """
        peer, keys, prepared = self.peer, self.keys, self._prepared
        time = peer.time_at(now)
        salt_octets = salt.to_bytes(8, "big") if keys.privacy else b""
        if prepared is None:
            envelope = Envelope(number, FLAG_REPORTABLE, peer.engine_id, peer.boots, time, keys.user)
            return encode_v3(envelope, template.pdu(number), keys, peer.engine_id)
        time_octets = encode_integer(time)
        ready_for = (template, peer.boots, len(time_octets))
        if ready_for != self._ready_for:
            self._make_ready(template, time, salt_octets)
            self._ready_for = ready_for
        number_octets = number.to_bytes(4, "big")
        body = self._scoped_head + number_octets + template.tail
        if keys.privacy:
            body = prepared.seal(_VECTOR.pack(peer.boots, time, salt_octets), body)
        first, second, third, fourth, fifth = self._parts
        blank = bytes(prepared.size)
        message = b"".join(
            (first, number_octets, second, time_octets, third, blank, fourth, salt_octets, fifth, body)
        )
        at = self._digest_at
        return message[:at] + prepared.sign(message) + message[at + prepared.size :]

    def open(self, data: bytes, now: float) -> tuple[int, bytes] | None:
        """Verify and decrypt a datagram.

        Returns
        -------
        msg_id, scoped
            ``None`` where it does not fit those that were read before, or is not
            what it should be: the general decoder then says what it is.
        """
        shape, prepared = self._shape, self._prepared
        if shape is None or prepared is None or shape.size != len(data):
            return None
        fields = shape.take(data)
        if fields is None:
            return None
        msg_id, engine_id, boots, time, digest, salt, body = fields
        peer = self.peer
        if engine_id != peer.engine_id:
            return None
        at = self._found_at
        blank = data[:at] + bytes(prepared.size) + data[at + prepared.size :]
        if not compare_digest(prepared.sign(blank), digest) or not peer.accept(boots, time, now):
            return None
        return msg_id, prepared.open(_VECTOR.pack(boots, time, salt), body) if salt else body

    def learn(self, data: bytes, book: ShapeBook) -> None:
        """Remember the outside of a datagram that was verified and believed in full."""
        outline = outline_v3(data)
        start, stop, _ = outline.digest
        if self._prepared is not None and stop - start == self._prepared.size:
            self._found_at = start
            self._shape = book.learn(data, outline)

    def _make_ready(self, template: Template, time: int, salt: bytes) -> None:
        """Let the general encoder write such a message, and keep what stays the same."""
        peer, keys = self.peer, self.keys
        flags = FLAG_REPORTABLE | level_of(keys)
        envelope = Envelope(FIRST_NUMBER, flags, peer.engine_id, peer.boots, time, keys.user, salt=salt)
        message = encode_v3(envelope, template.pdu(FIRST_NUMBER), keys, peer.engine_id)
        outline = outline_v3(message)
        fields = (outline.msg_id, outline.time, outline.digest, outline.salt, outline.body)
        self._parts = _between(message, fields)
        self._digest_at = outline.digest[0]
        context = tlv(Tag.OCTET_STRING, peer.engine_id) + tlv(Tag.OCTET_STRING, b"")
        scoped = tlv(Tag.SEQUENCE, context + template.pdu_head + bytes(4) + template.tail)
        self._scoped_head = scoped[: len(scoped) - len(template.tail) - 4]


def _between(data: bytes, fields: Sequence[Span]) -> tuple[bytes, ...]:
    """Give what stands before each field; behind the last one there is nothing."""
    starts = (0, *(stop for _, stop, _ in fields))
    return tuple(data[start : field[0]] for start, field in zip(starts, fields, strict=False))
