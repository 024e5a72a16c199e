"""How values look in bytes: the part of BER (ITU-T X.690) that SNMP uses, definite lengths only.

Decoders take a buffer with the bounds of one value and raise `WireError` on
anything that is not well formed; nothing else escapes them.
"""

from __future__ import annotations

from functools import lru_cache

from gisops.errors import WireError

__all__ = [
    "decode_integer",
    "decode_oid",
    "decode_unsigned",
    "encode_integer",
    "encode_oid",
    "encode_unsigned",
    "read_header",
    "tlv",
]

MAX_SUBIDENTIFIERS = 128
"""RFC 2578 section 3.5."""


def tlv(tag: int, content: bytes) -> bytes:
    """Wrap content in a tag and its length."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    if size < 0x100:
        return bytes((tag, 0x81, size)) + content
    return bytes((tag, 0x82, size >> 8, size & 0xFF)) + content


def read_header(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Read a tag and length.

    Returns
    -------
    tag, start, stop
        The tag, and the bounds of the content, which lie inside ``end``.
    """
    if at + 2 > end:
        raise WireError("truncated header")
    tag = data[at]
    size = data[at + 1]
    start = at + 2
    if size & 0x80:
        count = size & 0x7F
        if not 1 <= count <= 4 or start + count > end:
            raise WireError("bad length")
        size = int.from_bytes(data[start : start + count], "big")
        start += count
    stop = start + size
    if stop > end:
        raise WireError("content runs past its container")
    return tag, start, stop


def encode_integer(value: int) -> bytes:
    """Give the content octets of a signed integer, as short as can be."""
    return value.to_bytes((value + (value < 0)).bit_length() // 8 + 1, "big", signed=True)


def encode_unsigned(value: int) -> bytes:
    """Give the content octets of a Counter, Gauge or TimeTicks (a leading zero keeps it positive)."""
    return encode_integer(value)


def decode_integer(data: bytes, start: int, stop: int) -> int:
    """Read a signed integer of 1 to 8 octets."""
    if not 1 <= stop - start <= 8:
        raise WireError("integer of an impossible size")
    return int.from_bytes(data[start:stop], "big", signed=True)


def decode_unsigned(data: bytes, start: int, stop: int) -> int:
    """Read a Counter, Gauge or TimeTicks of up to 64 bits.

    Agents that forget the leading zero send a number that looks negative; it is
    read as the unsigned number they mean.
    """
    if not 1 <= stop - start <= 9:
        raise WireError("unsigned of an impossible size")
    value = int.from_bytes(data[start:stop], "big")
    if value >> 64:
        raise WireError("unsigned beyond 64 bits")
    return value


@lru_cache(maxsize=65536)
def encode_oid(dotted: str) -> bytes:
    """Give the content octets of a dotted OBJECT IDENTIFIER.

    Examples
    --------
    >>> encode_oid("1.3.6.1.2.1.1.3.0").hex()
    '2b06010201010300'
    """
    try:
        parts = [int(part) for part in dotted.split(".")]
    except ValueError as error:
        raise WireError(f"{dotted!r} is not an object identifier") from error
    if len(parts) < 2 or parts[0] > 2 or (parts[0] < 2 and parts[1] > 39) or min(parts) < 0:
        raise WireError(f"{dotted!r} is not an object identifier")
    out = bytearray()
    for part in (parts[0] * 40 + parts[1], *parts[2:]):
        septets = [part & 0x7F]
        while part := part >> 7:
            septets.append(part & 0x7F | 0x80)
        out += bytes(reversed(septets))
    return bytes(out)


@lru_cache(maxsize=65536)
def decode_oid(content: bytes) -> str:
    """Read an OBJECT IDENTIFIER into its dotted form."""
    if not content or content[-1] & 0x80:
        raise WireError("object identifier ends inside a number")
    parts: list[int] = []
    number = 0
    is_first = True
    for octet in content:
        if is_first and octet == 0x80:
            raise WireError("a sub-identifier with leading zeros")  # X.690 section 8.19.2
        is_first = not octet & 0x80
        number = number << 7 | octet & 0x7F
        if number >> 32:
            raise WireError("sub-identifier beyond 32 bits")
        if not octet & 0x80:
            parts.append(number)
            number = 0
    if len(parts) >= MAX_SUBIDENTIFIERS:
        raise WireError("object identifier too long")
    first = min(parts[0] // 40, 2)
    return ".".join(map(str, (first, parts[0] - 40 * first, *parts[1:])))
