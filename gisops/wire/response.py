"""Which values does a response carry, read in one pass against the objects that were asked for.

A device that is asked the same again answers in the same bytes but for the
values, so the names of a question are compared in place and never decoded.
Whatever is not exactly a plain answer to the question (an error status, another
object, a length written in another way) is ``None`` here: the general decoder
has the word.
"""

from __future__ import annotations

from collections.abc import Sequence

from gisops.errors import WireError
from gisops.wire.ber import encode_oid, read_header, tlv
from gisops.wire.pdu import PduType, Tag, Value, decode_value

__all__ = ["Answer", "Span", "name_tlvs", "read_message", "read_scoped"]

Span = tuple[int, int, int]
"""Start, stop and BER tag of a part of a datagram that may change from answer to answer."""

Answer = tuple[int, tuple[Value, ...], list[Span]]
"""Request id, values in the order of the names, and where the id and the values stand."""

_CALM = b"\x02\x01\x00\x02\x01\x00"
"""Error status 0 and error index 0."""


def name_tlvs(oids: Sequence[str]) -> tuple[bytes, ...]:
    """Give the names of a question as they stand in its answer, tag and length before each."""
    return tuple(tlv(Tag.OBJECT_ID, encode_oid(oid)) for oid in oids)


def read_message(data: bytes, community: bytes, names: Sequence[bytes]) -> Answer | None:
    """Read a version 2c datagram; ``None`` if it is not plainly an answer.

    Parameters
    ----------
    data
        The datagram.
    community
        As in the question.
    names
        Of the objects asked for (`name_tlvs`), in order.
    """
    try:
        tag, at, end = read_header(data, 0, len(data))
        if tag != Tag.SEQUENCE or end != len(data) or data[at : at + 3] != b"\x02\x01\x01":
            return None
        tag, start, at = read_header(data, at + 3, end)
        if tag != Tag.OCTET_STRING or data[start:at] != community:
            return None
        return _read(data, at, end, names)
    except (IndexError, WireError):
        return None


def read_scoped(data: bytes, engine_id: bytes, names: Sequence[bytes]) -> Answer | None:
    """Read a scoped PDU (RFC 3412 section 6.8); ``None`` if it is not plainly an answer.

    The first span is that of the context engine id, which must be ``engine_id``;
    the request id and the values follow.
    """
    try:
        tag, at, end = read_header(data, 0, len(data))
        if tag != Tag.SEQUENCE or end != len(data):
            return None
        tag, start, stop = read_header(data, at, end)
        if tag != Tag.OCTET_STRING or data[start:stop] != engine_id or data[stop : stop + 2] != b"\x04\x00":
            return None
        answer = _read(data, stop + 2, end, names)
    except (IndexError, WireError):
        return None
    if answer is not None:
        answer[2].insert(0, (start, stop, Tag.OCTET_STRING))
    return answer


def _read(data: bytes, at: int, end: int, names: Sequence[bytes]) -> Answer | None:
    tag, at, stop = read_header(data, at, end)
    if tag != PduType.RESPONSE or stop != end or data[at : at + 2] != b"\x02\x04":
        return None
    request_id = int.from_bytes(data[at + 2 : at + 6], "big", signed=True)
    spans: list[Span] = [(at + 2, at + 6, Tag.INTEGER)]
    if data[at + 6 : at + 12] != _CALM:
        return None
    tag, at, stop = read_header(data, at + 12, end)
    if tag != Tag.SEQUENCE or stop != end:
        return None
    values: list[Value] = []
    for name in names:
        if data[at] != Tag.SEQUENCE:
            return None
        size = data[at + 1]
        at += 2
        if size & 0x80:
            _, at, stop = read_header(data, at - 2, end)
        else:
            stop = at + size
        after = at + len(name)
        if data[at:after] != name:
            return None
        tag, start, at = read_header(data, after, stop)
        if at != stop or stop > end:
            return None
        values.append(decode_value(data, tag, start, stop))
        spans.append((start, stop, tag))
    return (request_id, tuple(values), spans) if at == end else None
